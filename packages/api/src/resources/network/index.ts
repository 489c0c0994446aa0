import type { Route } from "../../route.ts";
import { bandwidthRoute } from "./bandwidth.ts";
import { networkRoute } from "./network.ts";

/** What firewalls, lines and PBXs have to know. */
export const networkRoutes: readonly Route[] = [networkRoute, bandwidthRoute];
