import { routesOf } from "../../resource.ts";
import type { Route } from "../../route.ts";
import { applications } from "./applications.ts";

/** Applications of accounts. */
export const applicationRoutes: readonly Route[] = [...routesOf(applications)];
