export { createDirectory } from "./directory/directory.ts";
export type * from "./directory/directory.types.ts";
export type { OverlayChange } from "./directory/overlay.ts";
export { checkDomainName, type TrunkDomainName, trunkDomainSuffix } from "./domain-name.ts";
export { isE164, isEmergencyNumber, toE164 } from "./e164.ts";
export type * from "./errors.ts";
export { errorCodes, errorEntry, errorText, isErrorCode } from "./errors.ts";
export { type AddedHeader, checkAddedHeader, checkRemovedHeader, type RemovedHeader } from "./header-rule.ts";
export * from "./health/breaker.ts";
export { type Invalid, invalid } from "./invalid.ts";
export { type Cidr, canonicalIpAddress, checkCidr } from "./ip-address.ts";
export type * from "./limits/claims.ts";
export { createLocalCounters } from "./limits/counters.ts";
export type * from "./model.ts";
export { type Continent, continentOf } from "./numbering/continents.ts";
export { countryOf, countryPrefixes } from "./numbering/countries.ts";
export { type NumberRisk, riskOf, specialPrefixesUnder } from "./numbering/risk.ts";
export { inOrderOfTrial } from "./order.ts";
export { DEFAULT_PEER_SETTINGS, DEFAULT_TRUNK_TLS } from "./peer-settings.ts";
export type * from "./ports.ts";
export { atLongestPrefix, prefixesOf } from "./rating/longest-prefix.ts";
export type * from "./record/events.ts";
export { closeInterrupted, foldCallEvent } from "./record/fold.ts";
export { accountSettings, DEFAULT_ACCOUNT_SETTINGS } from "./route/account-settings.ts";
export { DEFAULT_COPIED_HEADERS } from "./route/copied-headers.ts";
export { DEFAULT_CARRIER_DRESS } from "./route/dress.ts";
export { DEFAULT_FINAL_STATUSES, DEFAULT_RETRY_STATUSES, NO_RESPONSE_MS } from "./route/failover.ts";
export {
  countryPermission,
  type PermissionReader,
  type RiskPermission,
} from "./route/geo-permission.ts";
export { type Identity, identify, trunkByHost } from "./route/identify.ts";
export { admitAttempt } from "./route/limits.ts";
export { routeOrigination } from "./route/origination.ts";
export { type OwnCall, type OwnCallDecision, routeOwnCall } from "./route/own-call.ts";
export type { RecordingPlan } from "./route/recording.ts";
export { type Redirect, type RedirectDecision, routeRedirect } from "./route/redirect.ts";
export { type Replayed, type ReplayVerdict, replay } from "./route/replay.ts";
export { route } from "./route/route.ts";
export { type SimulatedCall, type Simulation, simulate } from "./route/simulate.ts";
export { egressOf, overTls, parseTargetUrl, serverUri, targetAddress } from "./route/target-uri.ts";
export { routeTermination } from "./route/termination.ts";
export type * from "./route/types.ts";
export { isSid, mintSid, type SidPrefix } from "./sid.ts";
export { type OriginationSipUrl, parseOriginationSipUrl } from "./sip-url.ts";
export type * from "./trace.ts";
export { amountMicros, decimalOfMicros } from "./usage/amount.ts";
export { USAGE_CATEGORIES, type Usage, type UsageCategory, usageCategory, usageOf } from "./usage/categories.ts";
export {
  addDays,
  type Day,
  dayOf,
  ordinalOf,
  type Period,
  type PeriodKind,
  periodAt,
  periodOf,
  sharedDays,
} from "./usage/periods.ts";
