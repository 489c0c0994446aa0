import type {
  Account,
  AccountSettings,
  CallerId,
  CallLimit,
  Carrier,
  CarrierDress,
  CarrierPrefix,
  CarrierSource,
  CarrierTarget,
  Credential,
  CredentialList,
  DialingPermission,
  DirectoryEntity,
  EdgeLocation,
  IpAccessControlList,
  IpAddress,
  OriginationUrl,
  PeerSettings,
  PhoneNumber,
  PublicKey,
  Trunk,
  TrunkList,
  TrunkTls,
} from "@trunkline/trunking";
import type { CallerIdName } from "./caller-ids.types.ts";
import type { Address, Application, CallerName, Rate, RegionRoute } from "./catalogue.types.ts";
import type { InventoryNumber } from "./inventory.types.ts";
import type { ApiKey } from "./keys.types.ts";
import type { PhoneNumberSettings, PublicKeyName } from "./store.ts";
import type { UsageTrigger } from "./usage.types.ts";
import type { User } from "./users.types.ts";

/** Where rows of one kind are kept. Column names are the fields' in snake_case. */
export type Table<Row> = {
  readonly name: string;
  readonly fields: readonly (keyof Row & string)[];
  /** Fields of text that are stored encrypted (`Secrets.seal`). */
  readonly sealed: readonly (keyof Row & string)[];
  /** What identifies a row; joined by `/` it is the `key` of a `DirectoryChange`. */
  readonly key: readonly (keyof Row & string)[];
};

function table<Row>(
  name: string,
  fields: Table<Row>["fields"],
  more: { readonly sealed?: Table<Row>["sealed"]; readonly key?: Table<Row>["key"] } = {},
): Table<Row> {
  return { name, fields, sealed: more.sealed ?? [], key: more.key ?? (["sid"] as unknown as Table<Row>["key"]) };
}

export const accounts = table<Account>("accounts", ["sid", "parentSid", "friendlyName", "status", "type"]);

export const apiKeys = table<ApiKey>("api_keys", ["sid", "accountSid", "friendlyName", "kind", "scopes"]);

export const trunks = table<Trunk>("trunks", [
  "sid",
  "accountSid",
  "friendlyName",
  "domainName",
  "disasterRecoveryUrl",
  "disasterRecoveryMethod",
  "secure",
  "cnamLookupEnabled",
  "recordingMode",
  "recordingTrim",
  "transferMode",
  "transferCallerId",
  "symmetricRtpEnabled",
  "failoverFinalStatuses",
  "failoverTimeoutMs",
]);

export const originationUrls = table<OriginationUrl>("origination_urls", [
  "sid",
  "accountSid",
  "trunkSid",
  "friendlyName",
  "sipUrl",
  "priority",
  "weight",
  "enabled",
]);

export const ipAccessControlLists = table<IpAccessControlList>("ip_access_control_lists", [
  "sid",
  "accountSid",
  "friendlyName",
]);

export const ipAddresses = table<IpAddress>("ip_addresses", [
  "sid",
  "listSid",
  "friendlyName",
  "ipAddress",
  "cidrPrefixLength",
]);

export const credentialLists = table<CredentialList>("credential_lists", ["sid", "accountSid", "friendlyName"]);

export const credentials = table<Credential>("credentials", ["sid", "listSid", "username", "ha1Md5", "ha1Sha256"], {
  sealed: ["ha1Md5", "ha1Sha256"],
});

const TRUNK_LIST = { key: ["trunkSid", "listSid"] } as const;
export const trunkIpAccessControlLists = table<TrunkList>(
  "trunk_ip_access_control_lists",
  ["trunkSid", "listSid"],
  TRUNK_LIST,
);
export const trunkCredentialLists = table<TrunkList>("trunk_credential_lists", ["trunkSid", "listSid"], TRUNK_LIST);

const ROUTED_NUMBER_FIELDS = ["sid", "accountSid", "e164", "trunkSid"] as const;
export const phoneNumbers = table<PhoneNumber & PhoneNumberSettings>("phone_numbers", [
  ...ROUTED_NUMBER_FIELDS,
  "friendlyName",
  "voiceUrl",
  "voiceMethod",
  "voiceFallbackUrl",
  "voiceFallbackMethod",
  "voiceApplicationSid",
  "voiceCallerIdLookup",
  "statusCallback",
  "statusCallbackMethod",
  "isoCountry",
  "type",
  "capabilities",
  "smsUrl",
  "smsMethod",
  "smsFallbackUrl",
  "smsFallbackMethod",
  "smsApplicationSid",
  "addressSid",
  "identitySid",
  "bundleSid",
]);

export const inventoryNumbers = table<InventoryNumber>("inventory_numbers", [
  "sid",
  "e164",
  "isoCountry",
  "type",
  "carrierSid",
  "monthlyPriceMicros",
  "capabilities",
  "locality",
  "region",
  "state",
]);

const ROUTED_CALLER_ID_FIELDS = ["sid", "accountSid", "e164"] as const;
export const callerIds = table<CallerId & CallerIdName>("caller_ids", [...ROUTED_CALLER_ID_FIELDS, "friendlyName"]);

export const carriers = table<Carrier>("carriers", [
  "sid",
  "friendlyName",
  "enabled",
  "priority",
  "retryStatuses",
  "ownNumbersOnly",
]);
export const carrierTargets = table<CarrierTarget>("carrier_targets", [
  "sid",
  "carrierSid",
  "sipUrl",
  "priority",
  "weight",
]);
export const carrierPrefixes = table<CarrierPrefix>("carrier_prefixes", ["sid", "carrierSid", "prefix", "costMicros"]);
export const carrierSources = table<CarrierSource>("carrier_sources", ["sid", "carrierSid", "cidr", "port"]);

const carrierDresses = table<CarrierDress>(
  "carrier_dresses",
  [
    "carrierSid",
    "calledNumberForm",
    "callerNumberForm",
    "calledPrefix",
    "callerIdHeaders",
    "addedHeaders",
    "removedHeaders",
    "codecs",
    "srtp",
  ],
  { key: ["carrierSid"] },
);

const peerSettings = table<PeerSettings>(
  "peer_settings",
  [
    "ownerSid",
    "username",
    "password",
    "registrarUrl",
    "registrationExpiresSec",
    "probeIntervalSec",
    "clientCertificate",
  ],
  { key: ["ownerSid"], sealed: ["password"] },
);

const trunkTls = table<TrunkTls>("trunk_tls", ["trunkSid", "ownCertificate", "clientNames"], {
  key: ["trunkSid"],
});

export const callLimits = table<CallLimit>("call_limits", ["ownerSid", "maxCps", "burst", "maxConcurrentCalls"], {
  key: ["ownerSid"],
});
const ENCRYPTED_TO_FIELDS = ["sid", "accountSid", "publicKey"] as const;
export const publicKeys = table<PublicKey & PublicKeyName>("public_keys", [...ENCRYPTED_TO_FIELDS, "friendlyName"]);

const accountSettings = table<AccountSettings>(
  "account_settings",
  [
    "accountSid",
    "homeCountry",
    "maxCallDurationSec",
    "deprecatedTlsAllowed",
    "dialingPermissionsInherited",
    "recordingKeySid",
    "mediaAuthRequired",
    "secondFactorRequired",
  ],
  { key: ["accountSid"] },
);
export const dialingPermissions = table<DialingPermission>(
  "dialing_permissions",
  ["accountSid", "destination", "lowRisk", "highRiskSpecial", "highRiskTollFraud"],
  { key: ["accountSid", "destination"] },
);

export const users = table<User>("users", ["sid", "accountSid", "email", "friendlyName", "language", "role", "status"]);

export const usageTriggers = table<UsageTrigger>("usage_triggers", [
  "sid",
  "accountSid",
  "friendlyName",
  "usageCategory",
  "triggerBy",
  "valueMicros",
  "recurring",
  "callbackUrl",
  "callbackMethod",
]);

export const applications = table<Application>("applications", [
  "sid",
  "accountSid",
  "friendlyName",
  "apiVersion",
  "voiceUrl",
  "voiceMethod",
  "voiceFallbackUrl",
  "voiceFallbackMethod",
  "voiceCallerIdLookup",
  "statusCallback",
  "statusCallbackMethod",
  "smsUrl",
  "smsMethod",
  "smsFallbackUrl",
  "smsFallbackMethod",
  "smsStatusCallback",
  "messageStatusCallback",
  "publicApplicationConnectEnabled",
]);
export const addresses = table<Address>("addresses", [
  "sid",
  "accountSid",
  "friendlyName",
  "customerName",
  "street",
  "streetSecondary",
  "city",
  "region",
  "postalCode",
  "isoCountry",
  "emergencyEnabled",
]);
export const rates = table<Rate>("rates", [
  "sid",
  "kind",
  "prefix",
  "isoCountry",
  "numberType",
  "friendlyName",
  "priceMicros",
]);
export const callerNames = table<CallerName>("caller_names", ["e164", "callerName", "callerType"], { key: ["e164"] });
export const regionRoutes = table<RegionRoute>("region_routes", ["ownerSid", "friendlyName", "voiceRegion"], {
  key: ["ownerSid"],
});

export const edgeLocations = table<EdgeLocation>("edge_locations", ["name", "aliases"], { key: ["name"] });

/** The rows that routing sees, with exactly the fields it sees. Parents before children, so that a load reads naturally. */
export const DIRECTORY_TABLES = {
  account: accounts,
  trunk: trunks,
  originationUrl: originationUrls,
  ipAddress: ipAddresses,
  trunkIpAccessControlList: trunkIpAccessControlLists,
  credential: credentials,
  trunkCredentialList: trunkCredentialLists,
  phoneNumber: table<PhoneNumber>("phone_numbers", ROUTED_NUMBER_FIELDS),
  callerId: table<CallerId>("caller_ids", ROUTED_CALLER_ID_FIELDS),
  carrier: carriers,
  carrierTarget: carrierTargets,
  carrierPrefix: carrierPrefixes,
  carrierSource: carrierSources,
  carrierDress: carrierDresses,
  peerSettings,
  trunkTls,
  callLimit: callLimits,
  publicKey: table<PublicKey>("public_keys", ENCRYPTED_TO_FIELDS),
  accountSettings,
  dialingPermission: dialingPermissions,
  edgeLocation: edgeLocations,
} as const satisfies { readonly [E in DirectoryEntity]: unknown };
