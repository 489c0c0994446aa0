/**
 * Accounts, trunks and what hangs on them, carriers, call records, alerts, and the log of what routing must hear of.
 *
 * Conventions: times are `timestamptz(3)`, since an API client sees milliseconds at most; `ordinal` is the order of creation, which
 * lists are paged by; constraints have names, because the repositories translate a broken one into words for the user.
 */
export const FIRST_CALL: readonly string[] = [
  `create table installation (
    id integer primary key check (id = 1),
    key_check bytea not null
  )`,

  `create table accounts (
    sid text primary key,
    ordinal bigint generated always as identity,
    parent_sid text constraint accounts_parent references accounts (sid),
    friendly_name text not null,
    status text not null,
    type text not null,
    auth_token bytea not null,
    auth_token_mac bytea not null,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now()
  )`,
  "create index accounts_by_parent on accounts (parent_sid, ordinal)",

  `create table trunks (
    sid text primary key,
    ordinal bigint generated always as identity,
    account_sid text not null constraint trunks_account references accounts (sid),
    friendly_name text,
    domain_name text constraint trunks_domain_name unique,
    -- The name without its first label: the trunk this one's domain hangs below, if there is one.
    parent_domain_name text generated always as (substring(domain_name from '\\.(.*)$')) stored,
    disaster_recovery_url text,
    disaster_recovery_method text,
    secure boolean not null,
    cnam_lookup_enabled boolean not null,
    recording_mode text not null,
    recording_trim text not null,
    transfer_mode text not null,
    transfer_caller_id text not null,
    symmetric_rtp_enabled boolean not null,
    failover_final_statuses integer[],
    failover_timeout_ms integer,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    -- What other tables refer to when they must stay inside one account.
    constraint trunks_in_account unique (account_sid, sid)
  )`,
  "create index trunks_by_account on trunks (account_sid, ordinal)",
  "create index trunks_by_parent_domain on trunks (parent_domain_name) where parent_domain_name is not null",

  `create table origination_urls (
    sid text primary key,
    ordinal bigint generated always as identity,
    account_sid text not null,
    trunk_sid text not null,
    friendly_name text not null,
    sip_url text not null,
    priority integer not null,
    weight integer not null,
    enabled boolean not null,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    constraint origination_urls_trunk foreign key (account_sid, trunk_sid) references trunks (account_sid, sid)
  )`,
  "create index origination_urls_by_trunk on origination_urls (trunk_sid, ordinal)",

  `create table ip_access_control_lists (
    sid text primary key,
    ordinal bigint generated always as identity,
    account_sid text not null constraint ip_access_control_lists_account references accounts (sid),
    friendly_name text not null,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    constraint ip_access_control_lists_friendly_name unique (account_sid, friendly_name)
  )`,
  "create index ip_access_control_lists_by_account on ip_access_control_lists (account_sid, ordinal)",

  `create table ip_addresses (
    sid text primary key,
    ordinal bigint generated always as identity,
    list_sid text not null constraint ip_addresses_list references ip_access_control_lists (sid),
    friendly_name text not null,
    ip_address text not null,
    cidr_prefix_length integer not null,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    constraint ip_addresses_ip_address unique (list_sid, ip_address, cidr_prefix_length)
  )`,
  "create index ip_addresses_by_list on ip_addresses (list_sid, ordinal)",

  `create table credential_lists (
    sid text primary key,
    ordinal bigint generated always as identity,
    account_sid text not null constraint credential_lists_account references accounts (sid),
    friendly_name text not null,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    constraint credential_lists_friendly_name unique (account_sid, friendly_name)
  )`,
  "create index credential_lists_by_account on credential_lists (account_sid, ordinal)",

  `create table credentials (
    sid text primary key,
    ordinal bigint generated always as identity,
    list_sid text not null constraint credentials_list references credential_lists (sid),
    username text not null,
    ha1_md5 bytea not null,
    ha1_sha256 bytea not null,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    constraint credentials_username unique (list_sid, username)
  )`,
  "create index credentials_by_list on credentials (list_sid, ordinal)",

  `create table trunk_ip_access_control_lists (
    trunk_sid text not null constraint trunk_ip_access_control_lists_trunk references trunks (sid),
    list_sid text not null constraint trunk_ip_access_control_lists_list references ip_access_control_lists (sid),
    ordinal bigint generated always as identity,
    constraint trunk_ip_access_control_lists_pair primary key (trunk_sid, list_sid)
  )`,
  "create index trunk_ip_access_control_lists_by_list on trunk_ip_access_control_lists (list_sid)",

  `create table trunk_credential_lists (
    trunk_sid text not null constraint trunk_credential_lists_trunk references trunks (sid),
    list_sid text not null constraint trunk_credential_lists_list references credential_lists (sid),
    ordinal bigint generated always as identity,
    constraint trunk_credential_lists_pair primary key (trunk_sid, list_sid)
  )`,
  "create index trunk_credential_lists_by_list on trunk_credential_lists (list_sid)",

  `create table phone_numbers (
    sid text primary key,
    ordinal bigint generated always as identity,
    account_sid text not null constraint phone_numbers_account references accounts (sid),
    e164 text not null constraint phone_numbers_e164 unique,
    trunk_sid text,
    friendly_name text not null,
    voice_url text,
    voice_method text not null,
    voice_fallback_url text,
    voice_fallback_method text not null,
    voice_application_sid text,
    voice_caller_id_lookup boolean not null,
    status_callback text,
    status_callback_method text not null,
    iso_country text not null,
    type text not null,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    constraint phone_numbers_trunk foreign key (account_sid, trunk_sid) references trunks (account_sid, sid),
    constraint phone_numbers_one_destination check (trunk_sid is null or voice_application_sid is null)
  )`,
  "create index phone_numbers_by_account on phone_numbers (account_sid, ordinal)",
  "create index phone_numbers_by_trunk on phone_numbers (trunk_sid, ordinal) where trunk_sid is not null",

  `create table caller_ids (
    sid text primary key,
    ordinal bigint generated always as identity,
    account_sid text not null constraint caller_ids_account references accounts (sid),
    e164 text not null,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    constraint caller_ids_e164 unique (account_sid, e164)
  )`,
  "create index caller_ids_by_account on caller_ids (account_sid, ordinal)",

  `create table carriers (
    sid text primary key,
    ordinal bigint generated always as identity,
    friendly_name text not null constraint carriers_friendly_name unique,
    enabled boolean not null,
    priority integer not null,
    retry_statuses integer[] not null,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now()
  )`,
  `create table carrier_targets (
    sid text primary key,
    carrier_sid text not null constraint carrier_targets_carrier references carriers (sid),
    sip_url text not null,
    priority integer not null,
    weight integer not null
  )`,
  "create index carrier_targets_by_carrier on carrier_targets (carrier_sid)",
  `create table carrier_prefixes (
    sid text primary key,
    carrier_sid text not null constraint carrier_prefixes_carrier references carriers (sid),
    prefix text not null,
    cost_micros bigint not null
  )`,
  "create index carrier_prefixes_by_carrier on carrier_prefixes (carrier_sid)",
  `create table carrier_sources (
    sid text primary key,
    carrier_sid text not null constraint carrier_sources_carrier references carriers (sid),
    cidr text not null,
    port integer
  )`,
  "create index carrier_sources_by_carrier on carrier_sources (carrier_sid)",

  `create table edge_locations (
    name text primary key,
    aliases text[] not null
  )`,

  // No foreign keys: what happened is kept whatever becomes of the configuration, and a record is never refused.
  `create table call_records (
    sid text primary key,
    revision integer not null,
    account_sid text not null,
    trunk_sid text not null,
    direction text not null,
    caller text not null,
    callee text not null,
    -- E.164 on both sides also where the record holds a SIP URI, so that a filter by number finds it (EVD-5).
    caller_number text generated always as (coalesce(substring(caller from '^(?:sips?:)?(\\+[0-9]+)'), caller)) stored,
    callee_number text generated always as (coalesce(substring(callee from '^(?:sips?:)?(\\+[0-9]+)'), callee)) stored,
    caller_name text,
    phone_number_sid text,
    status text not null,
    created_at timestamptz(3) not null,
    answered_at timestamptz(3),
    ended_at timestamptz(3),
    duration_sec integer,
    sip_call_id_a text not null,
    sip_call_id_b text,
    source text not null,
    ended_by text,
    sip_status integer,
    reason text,
    error_code integer,
    attempts jsonb not null,
    quality jsonb not null,
    trace jsonb not null
  -- Room in each page for the later revisions of a record, which then need no new index entries.
  ) with (fillfactor = 85)`,
  "create index call_records_by_account on call_records (account_sid, created_at desc, sid desc)",
  "create index call_records_by_trunk on call_records (trunk_sid, created_at desc, sid desc)",
  "create index call_records_by_callee on call_records (account_sid, callee_number, created_at desc, sid desc)",
  "create index call_records_by_caller on call_records (account_sid, caller_number, created_at desc, sid desc)",

  `create table alerts (
    sid text primary key,
    account_sid text not null,
    at timestamptz(3) not null,
    error_code integer not null,
    level text not null,
    resource_sid text not null,
    text text not null
  )`,
  "create index alerts_by_account on alerts (account_sid, at desc, sid desc)",
  "create index alerts_by_resource on alerts (resource_sid, at desc, sid desc)",

  // Which row routing sees changed last, and when. One line per row, so the log never outgrows the configuration.
  `create table directory_changes (
    entity text not null,
    key text not null,
    seq bigint not null constraint directory_changes_seq unique,
    primary key (entity, key)
  )`,
  // The last number given. Its row lock makes the order of numbers the order of commits.
  `create table directory_head (
    id integer primary key check (id = 1),
    seq bigint not null
  )`,
  "insert into directory_head (id, seq) values (1, 0)",
];
