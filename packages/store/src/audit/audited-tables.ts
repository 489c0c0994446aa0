import {
  DEFAULT_ACCOUNT_SETTINGS,
  DEFAULT_CARRIER_DRESS,
  DEFAULT_PEER_SETTINGS,
  DEFAULT_TRUNK_TLS,
} from "@trunkline/trunking";
import { DEFAULT_TRUNK_RECORDINGS } from "../repositories/trunk-recordings.ts";

/** How a table's rows are told of in audit events. */
type Audited = {
  /** Resource type, Twilio's word where it has one; by the first letters of the SID where rows belong to several kinds. */
  readonly type: string | Readonly<Record<string, string>>;
  /** Column that says which resource a row is, or is a part of. */
  readonly resource: string;
  /** Column that leads to the account (`audit_account`), and is the resource's parent. */
  readonly owner: string;
  /** The rows are fields of a resource, whose change is an `updated` of it. What no row means, by column. */
  readonly part?: object;
  /** Column that tells several rows of one resource apart, and what stands before it in the names of fields. */
  readonly key?: string;
  readonly label?: string;
  /** Columns that say nothing to a reader. */
  readonly unseen?: readonly string[];
  /** Statements that write more rows are not told of. */
  readonly most?: number;
  /** Columns of text that are never shown; those of bytes never are. */
  readonly secret?: readonly string[];
};

/** Rows of an account that are resources of their own. */
function ofAccount(type: string, more: Partial<Audited> = {}): Audited {
  return { type, resource: "sid", owner: "account_sid", ...more };
}

/** Rows below another resource. */
function below(type: string, owner: string): Audited {
  return { type, resource: "sid", owner };
}

/** Who can have rows of `peer_settings` and `call_limits`. */
const OWNERS = { AC: "account", TK: "trunk", CR: "sip-credential", IP: "sip-ip-address", CX: "carrier" };

/** Rows of which a resource has one or none. */
function partOf(type: Audited["type"], resource: string, defaults: object): Audited {
  return { type, resource, owner: resource, part: defaults };
}

/** Every table whose rows are configuration. */
const AUDITED: Readonly<Record<string, Audited>> = {
  installation: { ...partOf("installation", "id", {}), unseen: ["key_check"] },
  accounts: { type: "account", resource: "sid", owner: "sid", unseen: ["auth_token_mac", "secondary_auth_token_mac"] },
  account_settings: partOf("account-settings", "account_sid", DEFAULT_ACCOUNT_SETTINGS),
  dialing_permissions: {
    ...partOf("voice-geographic-permissions", "account_sid", {}),
    key: "destination",
    unseen: ["destination"],
  },
  call_limits: partOf(OWNERS, "owner_sid", {}),
  debugger_webhooks: partOf("debugger-webhook", "account_sid", {}),
  public_keys: ofAccount("public-key"),
  api_keys: ofAccount("api-key"),
  applications: ofAccount("application"),
  addresses: ofAccount("address"),
  trunks: ofAccount("trunk"),
  trunk_tls: partOf("trunk", "trunk_sid", DEFAULT_TRUNK_TLS),
  trunk_recordings: partOf("trunk", "trunk_sid", DEFAULT_TRUNK_RECORDINGS),
  peer_settings: partOf(OWNERS, "owner_sid", DEFAULT_PEER_SETTINGS),
  trunk_ip_access_control_lists: {
    ...partOf("trunk", "trunk_sid", {}),
    key: "list_sid",
    label: "ip_access_control_lists",
  },
  trunk_credential_lists: { ...partOf("trunk", "trunk_sid", {}), key: "list_sid", label: "credential_lists" },
  origination_urls: below("origination-url", "trunk_sid"),
  ip_access_control_lists: ofAccount("sip-ip-access-control-list"),
  ip_addresses: below("sip-ip-address", "list_sid"),
  credential_lists: ofAccount("sip-credential-list"),
  credentials: { ...below("sip-credential", "list_sid"), unseen: ["ha1_sha256"] },
  phone_numbers: ofAccount("phone-number"),
  caller_ids: ofAccount("caller-id"),
  // An import, which is told of itself, brings many at a time.
  inventory_numbers: {
    ...below("inventory-number", "sid"),
    unseen: ["account_sid", "sold_at", "quarantined_until"],
    most: 1,
  },
  inventory_imports: {
    ...below("inventory-import", "sid"),
    unseen: ["read", "added", "updated", "refused", "errors"],
  },
  users: ofAccount("user", { unseen: ["totp_last_step"] }),
  user_recovery_codes: partOf("user", "user_sid", {}),
  usage_triggers: ofAccount("usage-trigger", { unseen: ["fired_at"] }),
  carriers: below("carrier", "sid"),
  carrier_targets: below("carrier-target", "carrier_sid"),
  carrier_prefixes: below("carrier-prefix", "carrier_sid"),
  carrier_sources: below("carrier-source", "carrier_sid"),
  carrier_dresses: partOf("carrier", "carrier_sid", DEFAULT_CARRIER_DRESS),
  rates: below("rate", "sid"),
  caller_names: { type: "caller-name", resource: "e164", owner: "e164" },
  region_routes: { ...partOf({ TK: "trunk", PN: "phone-number" }, "owner_sid", {}), label: "region_route" },
  edge_locations: { type: "edge-location", resource: "name", owner: "name" },
};

/** Every other table, and why its rows are not. */
export const UNAUDITED: Readonly<Record<string, string>> = {
  schema_migrations: "the schema's own",
  audit_events: "the events themselves",
  call_records: "what happened",
  live_calls: "what happens",
  call_statistics: "what happened",
  sip_captures: "what happened",
  alerts: "what happened",
  recordings: "what happened; who listens and who deletes is noted",
  number_periods: "what happened",
  caller_id_validations: "what comes of them is a caller ID; who asked for one is noted",
  user_sessions: "signing in and out is noted",
  usage_days: "what happened",
  usage_progress: "what happened",
  usage_firings: "what happened",
  usage_checks: "what happened",
  directory_changes: "follows the configuration",
  directory_head: "follows the configuration",
  idempotent_requests: "on their way",
  webhook_queues: "on its way",
  webhook_deliveries: "on its way",
  webhook_log: "what happened",
};

/**
 * Statements that put the triggers on every table of the list, run after migrations, and safe to repeat. A new table is added here, or
 * to those that are not watched; the store's contract asks for one of the two.
 */
export const AUDIT_TRIGGERS: readonly string[] = Object.entries(AUDITED).map(
  ([table, rule]) => `select audit_table('${table}', '${JSON.stringify(ruleOf(rule))}')`,
);

function ruleOf({ type, part, unseen = [], secret = [], ...same }: Audited): object {
  return {
    ...same,
    ...(typeof type === "string" ? { type } : { types: type }),
    ...(part && { part: true, defaults: columnsOf(part) }),
    unseen: [...unseen, ...(same.resource === "name" ? [] : [same.resource])],
    secret,
  };
}

function columnsOf(fields: object): object {
  const column = (field: string): string => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(fields).map(([field, value]) => [column(field), value]));
}
