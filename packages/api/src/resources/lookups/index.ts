import { routesOf } from "../../resource.ts";
import type { Route } from "../../route.ts";
import { callerNames } from "./caller-names.ts";
import { lookupRoute } from "./lookup.ts";

/** What numbers are, and whose. */
export const lookupRoutes: readonly Route[] = [lookupRoute, ...routesOf(callerNames)];
