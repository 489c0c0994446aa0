import { DEFAULT_RETRY_STATUSES } from "@trunkline/trunking";
import { block, domainLabel, type Field, flag, number, type Row, secret, text } from "./fields.ts";
import { quoted } from "./item.ts";
import { carrierFields, numberFields, trunkFields } from "./kind-fields.ts";

export type KindName =
  | "settings"
  | "account-limit"
  | "debugger-webhook"
  | "geo-permission"
  | "credential-list"
  | "credential"
  | "credential-limit"
  | "ip-access-control-list"
  | "ip-address"
  | "ip-address-limit"
  | "trunk"
  | "trunk-limit"
  | "origination-url"
  | "trunk-credential-list"
  | "trunk-ip-access-control-list"
  | "number"
  | "carrier"
  | "carrier-target"
  | "carrier-prefix"
  | "carrier-source";

/** Where a collection is: whose it is, and the SIDs of what it is below, outermost first. */
export type Place = { readonly accountSid: string; readonly parents: readonly string[] };

/** A kind of thing, said once: its place in the file, its fields and its place in the API. */
export type Kind = {
  /** What one is called in plans and messages. */
  readonly noun: string;
  /** What stands between it and what it is part of, in plans; default: `of`. */
  readonly joint?: "on";
  /** The kind that it is part of; null: of the account, or of the installation. */
  readonly parent: KindName | null;
  /** Its key in the file, below its parent. */
  readonly section: string;
  /** `map`: names with fields; `names`: a list of names, which have to exist; `one`: fields, without a name. */
  readonly form: "map" | "names" | "one";
  /** Whose names the list has; of the form `names`. */
  readonly names?: KindName;
  readonly fields: Readonly<Record<string, Field>>;
  /** What is wrong with a name, if anything. */
  readonly whyNotName?: (name: string) => string | undefined;
  readonly nameOf: (row: Row) => string | null;
  /** What a creation says beside the fields. @param name as in the file, a SID where the kind is of the form `names` */
  readonly named: (name: string, at: Place) => Row;
  /** Path of the list; of the thing itself where there is but one. */
  readonly collection: (at: Place) => string;
  /** Name of the array in a list. */
  readonly key: string;
  /** What the API tells one by in its path; default: its `sid`. */
  readonly sidOf?: (row: Row) => string;
  /** Paths of the resources that have some of its fields. */
  readonly facets?: Readonly<Record<NonNullable<Field["facet"]>, (sid: string) => string>>;
  /** Fields of which no two below the same parent may have the same value. */
  readonly unique?: readonly string[];
  /** Always there: it can be changed, but not made and not deleted. */
  readonly permanent?: boolean;
  /** The installation's, not an account's: needs the operator's credentials. */
  readonly operator?: boolean;
};

const friendlyName = {
  nameOf: (row: Row) => named(row["friendly_name"]),
  named: (name: string) => ({ FriendlyName: name }),
};

function named(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

const sip = (collection: string) => (at: Place) => `/2010-04-01/Accounts/${at.accountSid}/SIP/${collection}`;
const belowSip = (above: string, collection: string) => (at: Place) =>
  `${sip(above)(at)}/${at.parents[0]}/${collection}`;
const belowTrunk = (collection: string) => (at: Place) => `/v1/Trunks/${at.parents[0]}/${collection}`;
const belowCarrier = (collection: string) => (at: Place) => `/trunkline/v1/Carriers/${at.parents[0]}/${collection}`;

/** How many calls an owner may have at once and a second (LIM-1). */
function limitOf(parent: KindName | null): Kind {
  return {
    noun: parent === null ? "limit of the account" : "limit",
    parent,
    section: "limit",
    form: "one",
    fields: {
      max_cps: number("MaxCps", null),
      burst: number("Burst", null),
      max_concurrent_calls: number("MaxConcurrentCalls", null),
    },
    nameOf: () => null,
    named: (_name, at) => ({ OwnerSid: at.parents.at(-1) ?? at.accountSid }),
    collection: () => "/trunkline/v1/Limits",
    key: "limits",
    sidOf: (row) => String(row["owner_sid"]),
  };
}

/** A list that hangs on a trunk. */
function listOnTrunk(names: KindName, noun: string, section: string, collection: string, parameter: string): Kind {
  return {
    noun,
    joint: "on",
    parent: "trunk",
    section,
    form: "names",
    names,
    fields: {},
    nameOf: friendlyName.nameOf,
    named: (sid) => ({ [parameter]: sid }),
    collection: belowTrunk(collection),
    key: section,
  };
}

const DESTINATION = /^(\*|[A-Z]{2}|\+[1-9]\d{0,14})$/;
const E164 = /^\+[1-9]\d{6,14}$/;
const SOURCE = /^(\S+?)(?: port (\d{1,5}))?$/;

/** All kinds, each behind those that it refers to: what is made is made in this order, and what is deleted in the opposite one. */
export const KINDS: Readonly<Record<KindName, Kind>> = {
  settings: {
    noun: "account settings",
    parent: null,
    section: "settings",
    form: "one",
    permanent: true,
    fields: {
      home_country: text("HomeCountry", { fallback: "US" }),
      max_call_duration: number("MaxCallDuration", 14_400),
      deprecated_tls_allowed: flag("DeprecatedTlsAllowed", false),
      dialing_permissions_inherited: flag("DialingPermissionsInherited", true),
      media_auth_required: flag("MediaAuthRequired", true),
      second_factor_required: flag("SecondFactorRequired", false),
    },
    nameOf: () => null,
    named: () => ({}),
    collection: () => "/trunkline/v1/AccountSettings",
    key: "",
  },
  "account-limit": limitOf(null),
  "debugger-webhook": {
    noun: "debugger webhook",
    parent: null,
    section: "debugger_webhook",
    form: "one",
    fields: {
      url: text("Url", { fallback: undefined, read: (row) => String(row["webhook_url"]) }),
      enabled: flag("Enabled", true),
    },
    nameOf: () => null,
    named: () => ({}),
    collection: () => "/trunkline/v1/DebuggerWebhook",
    key: "",
  },
  "geo-permission": {
    noun: "geo permission",
    parent: null,
    section: "geo_permissions",
    form: "map",
    fields: {
      low_risk: flag("LowRiskNumbersEnabled", false, { read: (row) => row["low_risk_numbers_enabled"] === true }),
      high_risk_special: flag("HighRiskSpecialNumbersEnabled", false, {
        read: (row) => row["high_risk_special_numbers_enabled"] === true,
      }),
      high_risk_tollfraud: flag("HighRiskTollfraudNumbersEnabled", false, {
        read: (row) => row["high_risk_tollfraud_numbers_enabled"] === true,
      }),
    },
    whyNotName: (name) =>
      DESTINATION.test(name) ? undefined : "must be a country such as JP, a prefix such as +8190, or * for everywhere",
    nameOf: (row) => named(row["destination"]),
    named: (name) => ({ Destination: name }),
    collection: () => "/trunkline/v1/GeoPermissions",
    key: "geo_permissions",
    sidOf: (row) => String(row["destination"]),
  },
  "credential-list": {
    noun: "credential list",
    parent: null,
    section: "credential_lists",
    form: "map",
    fields: {},
    ...friendlyName,
    collection: sip("CredentialLists"),
    key: "credential_lists",
  },
  credential: {
    noun: "credential",
    parent: "credential-list",
    section: "credentials",
    form: "map",
    fields: { password: secret("Password") },
    nameOf: (row) => named(row["username"]),
    named: (name) => ({ Username: name }),
    collection: belowSip("CredentialLists", "Credentials"),
    key: "credentials",
  },
  "credential-limit": limitOf("credential"),
  "ip-access-control-list": {
    noun: "IP access control list",
    parent: null,
    section: "ip_access_control_lists",
    form: "map",
    fields: {},
    ...friendlyName,
    collection: sip("IpAccessControlLists"),
    key: "ip_access_control_lists",
  },
  "ip-address": {
    noun: "address",
    parent: "ip-access-control-list",
    section: "addresses",
    form: "map",
    fields: { address: block("IpAddress") },
    ...friendlyName,
    collection: belowSip("IpAccessControlLists", "IpAddresses"),
    key: "ip_addresses",
    unique: ["address"],
  },
  "ip-address-limit": limitOf("ip-address"),
  trunk: {
    noun: "trunk",
    parent: null,
    section: "trunks",
    form: "map",
    fields: trunkFields,
    // A trunk need not have a name; its domain is one too.
    nameOf: (row) => named(row["friendly_name"]) ?? domainLabel(row["domain_name"]),
    named: friendlyName.named,
    collection: () => "/v1/Trunks",
    key: "trunks",
    facets: {
      settings: (sid) => `/trunkline/v1/Trunks/${sid}`,
      recording: (sid) => `/v1/Trunks/${sid}/Recording`,
    },
    unique: ["domain"],
  },
  "trunk-limit": limitOf("trunk"),
  "origination-url": {
    noun: "origination URL",
    parent: "trunk",
    section: "origination_urls",
    form: "map",
    fields: {
      sip_url: text("SipUrl", { fallback: undefined }),
      priority: number("Priority", 10, { explicit: true }),
      weight: number("Weight", 10, { explicit: true }),
      enabled: flag("Enabled", true, { explicit: true }),
    },
    ...friendlyName,
    collection: belowTrunk("OriginationUrls"),
    key: "origination_urls",
  },
  "trunk-credential-list": listOnTrunk(
    "credential-list",
    "credential list",
    "credential_lists",
    "CredentialLists",
    "CredentialListSid",
  ),
  "trunk-ip-access-control-list": listOnTrunk(
    "ip-access-control-list",
    "IP access control list",
    "ip_access_control_lists",
    "IpAccessControlLists",
    "IpAccessControlListSid",
  ),
  number: {
    noun: "number",
    parent: null,
    section: "numbers",
    form: "map",
    fields: numberFields,
    whyNotName: (name) => (E164.test(name) ? undefined : "must be a number in E.164 form, such as +12025550100"),
    nameOf: (row) => named(row["phone_number"]),
    named: (name) => ({ PhoneNumber: name }),
    collection: (at) => `/2010-04-01/Accounts/${at.accountSid}/IncomingPhoneNumbers`,
    key: "incoming_phone_numbers",
  },
  carrier: {
    noun: "carrier",
    parent: null,
    section: "carriers",
    form: "map",
    operator: true,
    fields: carrierFields(DEFAULT_RETRY_STATUSES),
    ...friendlyName,
    collection: () => "/trunkline/v1/Carriers",
    key: "carriers",
  },
  "carrier-target": {
    noun: "target",
    parent: "carrier",
    section: "targets",
    form: "map",
    fields: { priority: number("Priority", 10), weight: number("Weight", 10) },
    nameOf: (row) => named(row["sip_url"]),
    named: (name) => ({ SipUrl: name }),
    collection: belowCarrier("Targets"),
    key: "targets",
  },
  "carrier-prefix": {
    noun: "prefix",
    parent: "carrier",
    section: "prefixes",
    form: "map",
    fields: { cost: number("Cost", 0, { read: (row) => Number(row["cost"]) }) },
    whyNotName: (name) => (/^(\*|\+[1-9]\d{0,14})$/.test(name) ? undefined : "must be a prefix such as +81, or *"),
    nameOf: (row) => named(row["prefix"]),
    named: (name) => ({ Prefix: name }),
    collection: belowCarrier("Prefixes"),
    key: "prefixes",
  },
  "carrier-source": {
    noun: "source",
    parent: "carrier",
    section: "sources",
    form: "names",
    fields: {},
    whyNotName: (name) =>
      SOURCE.test(name) ? undefined : 'must be a block such as 192.0.2.0/24, with "port 5060" behind it or without',
    nameOf: ({ cidr, port }) => (typeof port === "number" ? `${cidr} port ${port}` : named(cidr)),
    named: (name) => {
      const [, cidr = "", port] = SOURCE.exec(name) ?? [];
      return { Cidr: cidr, Port: port === undefined ? null : Number(port) };
    },
    collection: belowCarrier("Sources"),
    key: "sources",
  },
};

export const KIND_NAMES = Object.keys(KINDS) as readonly KindName[];

/** The kinds that are part of one; of null: those of the account and of the installation. */
export function partsOf(parent: KindName | null): readonly KindName[] {
  return KIND_NAMES.filter((name) => KINDS[name].parent === parent);
}

/** The kind that a kind is part of in the end: a file that has its section speaks of all of it. */
export function rootOf(name: KindName): KindName {
  const { parent } = KINDS[name];
  return parent === null ? name : rootOf(parent);
}

/** What people read: `address "Tokyo" of IP access control list "Offices"`. Names are quoted, so that they can hold nothing that acts. */
export function titleOf(kind: KindName, path: readonly string[]): string {
  const { noun, parent, form, joint = "of" } = KINDS[kind];
  const own = form === "one" ? noun : `${noun} ${quoted(path.at(-1) ?? "")}`;
  if (parent === null) return own;
  return `${own} ${joint} ${titleOf(parent, form === "one" ? path : path.slice(0, -1))}`;
}
