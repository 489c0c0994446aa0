import type { AuditChange, AuditEvent } from "@trunkline/store";

/** Names of columns that the API gives another name, by resource type; `*` for every type. */
const NAMES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "*": { e164: "phone_number", probe_interval_sec: "probe_interval" },
  account: { parent_sid: "owner_account_sid" },
  "account-settings": { max_call_duration_sec: "max_call_duration", recording_key_sid: "recording_public_key_sid" },
  "api-key": { secret_mac: "secret" },
  carrier: {
    retry_statuses: "retry_causes",
    max_concurrent_calls: "max_channels",
    caller_id_headers: "caller_id_header",
    registration_expires_sec: "registration_expires",
  },
  "sip-credential": { ha1_md5: "password" },
  trunk: {
    recording_mode: "recording.mode",
    recording_trim: "recording.trim",
    failover_final_statuses: "failover_codes",
    status_callback: "recording_status_callback",
    status_callback_method: "recording_status_callback_method",
    status_callback_events: "recording_status_callback_event",
    retention_days: "recording_retention_days",
  },
  user: {
    password_hash: "password",
    password_link_mac: "password_link",
    totp_secret: "second_factor",
    totp_confirmed_at: "second_factor_confirmed_at",
    code_mac: "recovery_codes",
  },
  "voice-geographic-permissions": {
    low_risk: "low_risk_numbers_enabled",
    high_risk_special: "high_risk_special_numbers_enabled",
    high_risk_toll_fraud: "high_risk_tollfraud_numbers_enabled",
  },
};
const MICROS = /_micros$/;

/** What an event changed, by the names and with the values that the API shows (contract §4.1 "Events"). */
export function changedFields({ resourceType, changes }: AuditEvent): Readonly<Record<string, AuditChange>> {
  const fields = Object.entries(changes).map(([column, { previous, updated }]): [string, AuditChange] => {
    const value = MICROS.test(column) ? amountOfMicros : (same: unknown) => same;
    return [fieldName(resourceType, column), { previous: value(previous), updated: value(updated) }];
  });
  return Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Of one of several alike (`DE.low_risk`), the last part is the column. */
function fieldName(resourceType: string, column: string): string {
  const at = column.lastIndexOf(".") + 1;
  const plain = column.slice(at);
  const name = NAMES[resourceType]?.[plain] ?? NAMES["*"]?.[plain] ?? plain.replace(MICROS, "");
  return column.slice(0, at) + name;
}

/** Money is text in the API. */
function amountOfMicros(value: unknown): unknown {
  return typeof value === "number" ? String(value / 1_000_000) : value;
}
