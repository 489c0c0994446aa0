import { routesOf } from "../../resource.ts";
import type { Route } from "../../route.ts";
import { incomingPhoneNumbers } from "./incoming-phone-numbers.ts";

/** Numbers of accounts. */
export const numberRoutes: readonly Route[] = [...routesOf(incomingPhoneNumbers)];
