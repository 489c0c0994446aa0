import { routesOf } from "../../resource.ts";
import type { Route } from "../../route.ts";
import { usageRecords } from "./usage-records.ts";
import { usageTriggers } from "./usage-triggers.ts";

/** What accounts used, and who is told when it gets much. */
export const usageRoutes: readonly Route[] = [...usageRecords.flatMap(routesOf), ...routesOf(usageTriggers)];
