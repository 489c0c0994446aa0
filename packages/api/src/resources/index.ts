import type { Route } from "../route.ts";
import { accountRoutes } from "./accounts/index.ts";
import { addressRoutes } from "./addresses/index.ts";
import { applicationRoutes } from "./applications/index.ts";
import { auditRoutes } from "./audit/index.ts";
import { callerIdRoutes } from "./caller-ids/index.ts";
import { callRoutes } from "./calls/index.ts";
import { carrierRoutes } from "./carriers/index.ts";
import { debuggerRoutes } from "./debugger/index.ts";
import { emptyListRoutes } from "./empty/index.ts";
import { keyRoutes } from "./keys/index.ts";
import { lookupRoutes } from "./lookups/index.ts";
import { networkRoutes } from "./network/index.ts";
import { numberRoutes } from "./numbers/index.ts";
import { permissionRoutes } from "./permissions/index.ts";
import { pricingRoutes } from "./pricing/index.ts";
import { recordingRoutes } from "./recordings/index.ts";
import { regionRoutes } from "./regions/index.ts";
import { sipListRoutes } from "./sip-lists/index.ts";
import { statisticsRoutes } from "./statistics/index.ts";
import { trunkRoutes } from "./trunks/index.ts";
import { usageRoutes } from "./usage/index.ts";
import { userRoutes } from "./users/index.ts";

/** Every route of the API; what is not here is 404, a method that is not here 405. */
export function routes(): readonly Route[] {
  return [
    ...trunkRoutes,
    ...accountRoutes,
    ...keyRoutes,
    ...sipListRoutes,
    ...numberRoutes,
    ...callerIdRoutes,
    ...callRoutes,
    ...debuggerRoutes,
    ...auditRoutes,
    ...recordingRoutes,
    ...permissionRoutes,
    ...carrierRoutes,
    ...usageRoutes,
    ...statisticsRoutes,
    ...networkRoutes,
    ...applicationRoutes,
    ...addressRoutes,
    ...pricingRoutes,
    ...lookupRoutes,
    ...regionRoutes,
    ...emptyListRoutes,
    ...userRoutes,
  ];
}
