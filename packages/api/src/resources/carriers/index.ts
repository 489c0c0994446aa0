import { routesOf } from "../../resource.ts";
import type { Route } from "../../route.ts";
import { carrierPrefixes } from "./carrier-prefixes.ts";
import { carrierSources } from "./carrier-sources.ts";
import { carrierTargets } from "./carrier-targets.ts";
import { carriers } from "./carriers.ts";
import { peerStatusRoutes } from "./peer-status.ts";

/** The operator's carriers, and how peers are met. */
export const carrierRoutes: readonly Route[] = [
  ...routesOf(carriers),
  ...routesOf(carrierTargets),
  ...routesOf(carrierPrefixes),
  ...routesOf(carrierSources),
  ...peerStatusRoutes,
];
