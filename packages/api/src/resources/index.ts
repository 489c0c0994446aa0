import { routesOf } from "../resource.ts";
import type { Route } from "../route.ts";
import { accountSettingsRoutes } from "./account-settings.ts";
import { accounts } from "./accounts.ts";
import { alerts } from "./alerts.ts";
import { callRecordings } from "./call-recordings.ts";
import { calls } from "./calls.ts";
import { carrierPrefixes } from "./carrier-prefixes.ts";
import { carrierSources } from "./carrier-sources.ts";
import { carrierTargets } from "./carrier-targets.ts";
import { carriers } from "./carriers.ts";
import { credentialLists } from "./credential-lists.ts";
import { credentials } from "./credentials.ts";
import { debuggerWebhookRoutes } from "./debugger-webhook.ts";
import { dialingPermissionCountries, highRiskSpecialPrefixes } from "./dialing-permissions.ts";
import { dialingUpdateRoutes } from "./dialing-updates.ts";
import { errorCodeRoutes } from "./error-codes.ts";
import { geoPermissions } from "./geo-permissions.ts";
import { incomingPhoneNumbers } from "./incoming-phone-numbers.ts";
import { ipAccessControlLists } from "./ip-access-control-lists.ts";
import { ipAddresses } from "./ip-addresses.ts";
import { limits } from "./limits.ts";
import { liveCalls } from "./live-calls.ts";
import { callNotifications, notifications } from "./notifications.ts";
import { originationUrls } from "./origination-urls.ts";
import { ownCallRoutes } from "./own-calls.ts";
import { ownRecordings } from "./own-recordings.ts";
import { ownTrunks } from "./own-trunks.ts";
import { peerStatusRoutes } from "./peer-status.ts";
import { publicKeys } from "./public-keys.ts";
import { recordingMediaRoutes } from "./recording-media.ts";
import { recordings } from "./recordings.ts";
import { simulatedCalls } from "./simulated-calls.ts";
import { simulationRoute } from "./simulations.ts";
import { trunkCredentialLists, trunkIpAccessControlLists } from "./trunk-lists.ts";
import { trunkPhoneNumbers } from "./trunk-phone-numbers.ts";
import { trunkRecordingRoutes } from "./trunk-recording.ts";
import { trunks } from "./trunks.ts";

/** Every route of the API; what is not here is 404, a method that is not here 405. */
export function routes(): readonly Route[] {
  return [
    ...routesOf(trunks),
    ...routesOf(originationUrls),
    ...routesOf(trunkCredentialLists),
    ...routesOf(trunkIpAccessControlLists),
    ...routesOf(trunkPhoneNumbers),
    ...trunkRecordingRoutes,
    ...routesOf(accounts),
    ...routesOf(credentialLists),
    ...routesOf(credentials),
    ...routesOf(ipAccessControlLists),
    ...routesOf(ipAddresses),
    ...routesOf(incomingPhoneNumbers),
    ...routesOf(calls),
    ...routesOf(callNotifications),
    ...routesOf(callRecordings),
    ...routesOf(recordings),
    ...recordingMediaRoutes,
    ...routesOf(notifications),
    ...routesOf(alerts),
    ...routesOf(publicKeys),
    ...routesOf(dialingPermissionCountries),
    ...routesOf(highRiskSpecialPrefixes),
    ...dialingUpdateRoutes,
    ...ownCallRoutes,
    ...routesOf(ownRecordings),
    ...debuggerWebhookRoutes,
    ...errorCodeRoutes,
    ...routesOf(liveCalls),
    ...routesOf(simulatedCalls),
    ...routesOf(ownTrunks),
    ...accountSettingsRoutes,
    ...routesOf(geoPermissions),
    ...routesOf(limits),
    simulationRoute,
    ...routesOf(carriers),
    ...routesOf(carrierTargets),
    ...routesOf(carrierPrefixes),
    ...routesOf(carrierSources),
    ...peerStatusRoutes,
  ];
}
