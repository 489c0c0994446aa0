/** What became of requests to customers' web servers that tell of a call (EVD-2), kept for some days. */
export const WEBHOOK_LOG: readonly string[] = [
  `create table webhook_log (
    ordinal bigint generated always as identity primary key,
    account_sid text not null,
    call_sid text not null,
    kind text not null,
    -- Without what may be a secret: user information, query, fragment.
    url text not null,
    -- When the attempt was over.
    at timestamptz(3) not null,
    duration_ms integer not null,
    -- 1 is the first.
    attempt integer not null,
    -- Null: delivered.
    failure text,
    -- The last that was made.
    given_up boolean not null
  )`,
  "create index webhook_log_by_call on webhook_log (call_sid)",
  "create index webhook_log_by_age on webhook_log (at)",
];
