/**
 * Recordings and what becomes of them: whom a trunk tells, how long it keeps them, and the public keys that they are encrypted to.
 */
export const RECORDINGS: readonly string[] = [
  `create table public_keys (
    sid text primary key,
    ordinal bigint generated always as identity,
    account_sid text not null constraint public_keys_account references accounts (sid),
    friendly_name text not null,
    public_key text not null,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    constraint public_keys_in_account unique (account_sid, sid)
  )`,
  "create index public_keys_by_account on public_keys (account_sid, ordinal)",

  // The key is the account's own, and is not deleted while it is in use: recordings would be stored in clear from then on.
  `alter table account_settings
    add column recording_key_sid text,
    add column media_auth_required boolean not null default true,
    add constraint account_settings_recording_key
      foreign key (account_sid, recording_key_sid) references public_keys (account_sid, sid)`,

  // No foreign key: how long recordings are kept outlives the trunk that made them.
  `create table trunk_recordings (
    trunk_sid text primary key,
    status_callback text,
    status_callback_method text not null,
    status_callback_events text[] not null,
    retention_days integer check (retention_days between 1 and 36500)
  )`,
  "create index trunk_recordings_by_retention on trunk_recordings (trunk_sid) where retention_days is not null",

  // No foreign keys: the call's record may come later, and be deleted earlier.
  `create table recordings (
    sid text primary key,
    account_sid text not null,
    call_sid text not null,
    -- Both null until the call's record has come.
    trunk_sid text,
    edge text,
    channels smallint not null,
    status text not null,
    started_at timestamptz(3) not null,
    updated_at timestamptz(3) not null default now(),
    duration_ms integer,
    error_code integer,
    damaged boolean not null default false,
    interrupted boolean not null default false,
    -- Why it is damaged or absent.
    why text,
    file_name text,
    file_bytes bigint,
    file_sha256 text,
    encryption jsonb,
    -- Statuses that the trunk's owner was told of.
    told text[] not null default '{}',
    deleted_at timestamptz(3)
  )`,
  "create index recordings_by_time on recordings (account_sid, started_at desc, sid desc)",
  "create index recordings_there_by_time on recordings (account_sid, started_at desc, sid desc) where deleted_at is null",
  "create index recordings_by_call on recordings (call_sid, started_at desc, sid desc)",
  "create index recordings_of_trunk on recordings (trunk_sid, started_at) where status in ('completed', 'absent')",
  `create index recordings_unfinished on recordings (updated_at)
    where status in ('in-progress', 'paused', 'stopped', 'processing')`,
  "create index recordings_deleted on recordings (deleted_at) where deleted_at is not null",
];
