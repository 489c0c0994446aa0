import { routesOf } from "../../resource.ts";
import type { Route } from "../../route.ts";
import { numberRegions, sipDomainRegions, trunkRegions } from "./region-routes.ts";

/** Regions that trunks and numbers are to be served from. */
export const regionRoutes: readonly Route[] = [
  ...routesOf(trunkRegions),
  ...routesOf(numberRegions),
  ...routesOf(sipDomainRegions),
];
