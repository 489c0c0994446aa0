import { routesOf } from "../../resource.ts";
import type { Route } from "../../route.ts";
import { events } from "./events.ts";
import { eventsCsvRoute } from "./events-csv.ts";

/** Audit events. */
export const auditRoutes: readonly Route[] = [...routesOf(events), eventsCsvRoute];
