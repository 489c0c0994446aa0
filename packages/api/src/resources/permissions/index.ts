import { routesOf } from "../../resource.ts";
import type { Route } from "../../route.ts";
import { dialingPermissionCountries, highRiskSpecialPrefixes } from "./dialing-permissions.ts";
import { dialingUpdateRoutes } from "./dialing-updates.ts";
import { geoPermissions } from "./geo-permissions.ts";

/** Where an account may call. */
export const permissionRoutes: readonly Route[] = [
  ...routesOf(dialingPermissionCountries),
  ...routesOf(highRiskSpecialPrefixes),
  ...dialingUpdateRoutes,
  ...routesOf(geoPermissions),
];
