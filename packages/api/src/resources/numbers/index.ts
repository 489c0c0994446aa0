import { routesOf } from "../../resource.ts";
import type { Route } from "../../route.ts";
import { availableCountry, availableNumbers, countryList } from "./available-phone-numbers.ts";
import { incomingNumbersByType, incomingPhoneNumbers } from "./incoming-phone-numbers.ts";
import { IMPORT_LIMIT_BYTES, inventoryImports } from "./inventory-imports.ts";
import { inventoryNumbers } from "./inventory-numbers.ts";
import { numberPeriods } from "./number-periods.ts";

/** Numbers of accounts, numbers that they can have, and where those come from. */
export const numberRoutes: readonly Route[] = [
  ...routesOf(incomingPhoneNumbers),
  ...incomingNumbersByType.flatMap((resource) => routesOf(resource)),
  countryList,
  ...routesOf(availableCountry),
  ...availableNumbers.flatMap((resource) => routesOf(resource)),
  ...routesOf(inventoryNumbers),
  ...routesOf(inventoryImports).map((route) => ({ ...route, bodyLimitBytes: IMPORT_LIMIT_BYTES })),
  ...routesOf(numberPeriods),
];
