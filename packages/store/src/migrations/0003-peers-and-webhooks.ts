/**
 * How carriers and customers' PBXs are met as a client; what TLS towards a trunk asks; the header, codec and SRTP rules of carriers; where
 * customers are told of incidents, and what is on its way there.
 */
export const PEERS_AND_WEBHOOKS: readonly string[] = [
  `alter table carrier_dresses
    add column added_headers text[] not null default '{}',
    add column removed_headers text[] not null default '{}',
    add column codecs text[],
    add column srtp boolean not null default false`,

  // What the operator has suspended its parent account cannot set going again.
  "alter table accounts add column suspended_by_operator boolean not null default false",

  "alter table carriers add column own_numbers_only boolean not null default false",
  "create unique index carriers_own_numbers on carriers (own_numbers_only) where own_numbers_only",

  // No foreign key: an owner is a carrier or a trunk. The repositories delete the row with its owner.
  `create table peer_settings (
    owner_sid text primary key,
    username text,
    password bytea,
    registrar_url text,
    registration_expires_sec integer not null check (registration_expires_sec between 60 and 86400),
    probe_interval_sec integer check (probe_interval_sec between 1 and 3600),
    client_certificate boolean not null,
    constraint peer_settings_credentials check ((username is null) = (password is null)),
    constraint peer_settings_registrar check (registrar_url is null or username is not null)
  )`,

  `create table trunk_tls (
    trunk_sid text primary key constraint trunk_tls_trunk references trunks (sid),
    own_certificate boolean not null,
    client_names text[] not null
  )`,

  "create unique index carrier_prefixes_prefix on carrier_prefixes (carrier_sid, prefix)",
  "create unique index carrier_sources_source on carrier_sources (carrier_sid, cidr, coalesce(port, 0))",

  "alter table call_records add column recordings jsonb not null default '[]'",
  // Null for calls that are up or went well: those keep their place in the index, which does not exist for them, through all revisions.
  `alter table call_records add column failure text generated always as
    (case when status in ('busy', 'no-answer', 'canceled', 'failed') then status end) stored`,
  `create index call_records_by_failure on call_records (account_sid, failure, created_at desc, sid desc)
    where failure is not null`,
  "create index call_records_by_direction on call_records (account_sid, direction, created_at desc, sid desc)",

  `create table debugger_webhooks (
    account_sid text primary key constraint debugger_webhooks_account references accounts (sid),
    url text not null,
    method text not null,
    enabled boolean not null,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now()
  )`,

  // One per account and kind of event: they are served in turn, each by one process at a time, and what became of their deliveries is counted.
  `create table webhook_queues (
    account_sid text not null,
    kind text not null,
    -- When its next delivery may be tried; null while it has none.
    due_at timestamptz(3),
    leased_until timestamptz(3),
    delivered bigint not null default 0,
    abandoned bigint not null default 0,
    dropped bigint not null default 0,
    last_delivered_at timestamptz(3),
    last_failed_at timestamptz(3),
    last_failure text,
    primary key (account_sid, kind)
  )`,
  "create index webhook_queues_by_due on webhook_queues (due_at) where due_at is not null",

  // What is to be sent to customers' web servers, until it is delivered or given up.
  `create table webhook_deliveries (
    id uuid primary key default gen_random_uuid(),
    ordinal bigint generated always as identity,
    account_sid text not null,
    kind text not null,
    url text not null,
    method text not null,
    params jsonb not null,
    attempts integer not null default 0,
    run_at timestamptz(3) not null,
    created_at timestamptz(3) not null
  )`,
  "create index webhook_deliveries_by_queue on webhook_deliveries (account_sid, kind, ordinal)",
  "create index webhook_deliveries_by_time on webhook_deliveries (account_sid, kind, run_at, ordinal)",
];
