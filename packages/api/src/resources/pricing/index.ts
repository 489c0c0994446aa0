import { routesOf } from "../../resource.ts";
import type { Route } from "../../route.ts";
import { currencyRoutes } from "./currency.ts";
import { rates } from "./rates.ts";
import { trunkingCountries, trunkingNumberRoute } from "./trunking-prices.ts";

/** What calls and numbers cost. */
export const pricingRoutes: readonly Route[] = [
  ...routesOf(rates),
  ...currencyRoutes,
  ...routesOf(trunkingCountries),
  trunkingNumberRoute,
];
