import { routesOf } from "../resource.ts";
import type { Route } from "../route.ts";
import { originationUrls } from "./origination-urls.ts";
import { trunks } from "./trunks.ts";

/** Every route of the API; what is not here is 404, a method that is not here 405. */
export function routes(): readonly Route[] {
  return [...routesOf(trunks), ...routesOf(originationUrls)];
}
