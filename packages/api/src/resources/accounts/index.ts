import { routesOf } from "../../resource.ts";
import type { Route } from "../../route.ts";
import { accountSettingsRoutes } from "./account-settings.ts";
import { accounts } from "./accounts.ts";
import { balanceRoute } from "./balance.ts";
import { installationRoutes } from "./installation.ts";
import { limits } from "./limits.ts";

/** Accounts, their settings and limits. */
export const accountRoutes: readonly Route[] = [
  ...routesOf(accounts),
  ...accountSettingsRoutes,
  balanceRoute,
  ...installationRoutes,
  ...routesOf(limits),
];
