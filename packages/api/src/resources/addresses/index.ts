import { routesOf } from "../../resource.ts";
import type { Route } from "../../route.ts";
import { addresses } from "./addresses.ts";
import { dependentPhoneNumbers } from "./dependent-phone-numbers.ts";

/** Addresses of customers. */
export const addressRoutes: readonly Route[] = [...routesOf(addresses), ...routesOf(dependentPhoneNumbers)];
