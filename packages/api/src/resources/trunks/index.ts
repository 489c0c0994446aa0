import { routesOf } from "../../resource.ts";
import type { Route } from "../../route.ts";
import { contactRoutes } from "./contact.ts";
import { originationUrls } from "./origination-urls.ts";
import { ownTrunks } from "./own-trunks.ts";
import { setupGuideRoutes } from "./setup-guides.ts";
import { trunkCredentialLists, trunkIpAccessControlLists } from "./trunk-lists.ts";
import { trunkPhoneNumbers } from "./trunk-phone-numbers.ts";
import { trunkRecordingRoutes } from "./trunk-recording.ts";
import { trunks } from "./trunks.ts";

/** Trunks and what hangs on them: Trunking v1, and our own fields of a trunk. */
export const trunkRoutes: readonly Route[] = [
  ...routesOf(trunks),
  ...routesOf(originationUrls),
  ...routesOf(trunkCredentialLists),
  ...routesOf(trunkIpAccessControlLists),
  ...routesOf(trunkPhoneNumbers),
  ...trunkRecordingRoutes,
  ...routesOf(ownTrunks),
  ...setupGuideRoutes,
  ...contactRoutes,
];
