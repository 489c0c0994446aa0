import { routesOf } from "../../resource.ts";
import type { Route } from "../../route.ts";
import { ownUserRoutes } from "./own-user.ts";
import { secondFactorRoutes } from "./second-factor.ts";
import { sessionRoutes } from "./sessions.ts";
import { userActionRoutes, users } from "./users.ts";

/** People who sign in to the console: themselves, their second factors and sessions (ACC-3). */
export const userRoutes: readonly Route[] = [
  ...ownUserRoutes,
  ...secondFactorRoutes,
  ...sessionRoutes,
  ...routesOf(users),
  ...userActionRoutes,
];
