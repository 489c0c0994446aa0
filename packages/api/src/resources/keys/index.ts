import { routesOf } from "../../resource.ts";
import type { Route } from "../../route.ts";
import { keys, signingKeys } from "./account-keys.ts";
import { authTokenRoutes } from "./auth-tokens.ts";
import { iamKeys } from "./iam-keys.ts";

/** API keys and auth tokens. */
export const keyRoutes: readonly Route[] = [
  ...routesOf(keys),
  ...routesOf(signingKeys),
  ...routesOf(iamKeys),
  ...authTokenRoutes,
];
