/**
 * Limits, account settings, dialing permissions and how carriers are called; the parts of carriers become rows of their own in the API;
 * indexes for what the call log and the debugger are searched by.
 *
 * Accounts that were there before may call everywhere, as they could: what was allowed stays allowed until its owner says otherwise.
 */
export const LIMITS_AND_PERMISSIONS: readonly string[] = [
  // No foreign key: an owner is an account, trunk, credential, address or carrier. The repositories delete the row with its owner.
  `create table call_limits (
    owner_sid text primary key,
    max_cps double precision check (max_cps > 0),
    burst integer check (burst >= 1),
    max_concurrent_calls integer check (max_concurrent_calls >= 0)
  )`,

  `create table account_settings (
    account_sid text primary key constraint account_settings_account references accounts (sid),
    home_country text not null,
    max_call_duration_sec integer not null check (max_call_duration_sec between 1 and 86400),
    deprecated_tls_allowed boolean not null,
    dialing_permissions_inherited boolean not null
  )`,

  `create table dialing_permissions (
    account_sid text not null constraint dialing_permissions_account references accounts (sid),
    destination text not null,
    low_risk boolean not null,
    high_risk_special boolean not null,
    high_risk_toll_fraud boolean not null,
    primary key (account_sid, destination)
  )`,
  `insert into dialing_permissions (account_sid, destination, low_risk, high_risk_special, high_risk_toll_fraud)
   select sid, '*', true, true, true from accounts`,

  `create table carrier_dresses (
    carrier_sid text primary key constraint carrier_dresses_carrier references carriers (sid),
    called_number_form text not null,
    caller_number_form text not null,
    called_prefix text not null,
    caller_id_headers text[] not null
  )`,
  ...["carrier_targets", "carrier_prefixes", "carrier_sources"].map(
    (table) => `alter table ${table}
      add column ordinal bigint generated always as identity,
      add column created_at timestamptz(3) not null default now(),
      add column updated_at timestamptz(3) not null default now()`,
  ),

  "create index call_records_by_sip_call_id_a on call_records (account_sid, sip_call_id_a)",
  "create index call_records_by_sip_call_id_b on call_records (account_sid, sip_call_id_b) where sip_call_id_b is not null",
  `create index call_records_by_error on call_records (account_sid, error_code, created_at desc, sid desc)
    where error_code is not null`,
  "create index alerts_by_error on alerts (account_sid, error_code, at desc, sid desc)",
  // In order of age over all accounts, for retention.
  "create index alerts_by_age on alerts (at)",
];
