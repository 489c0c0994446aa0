/** Names of verified caller IDs, and the calls that verify them. */
export const CALLER_IDS: readonly string[] = [
  "alter table caller_ids add column friendly_name text",
  "update caller_ids set friendly_name = e164",
  "alter table caller_ids alter column friendly_name set not null",

  // The code is not here: it is between the customer, the edge that calls, and whoever answers.
  `create table caller_id_validations (
    call_sid text primary key,
    -- What the caller ID is named by once it is verified.
    caller_id_sid text not null,
    account_sid text not null constraint caller_id_validations_account references accounts (sid),
    e164 text not null,
    friendly_name text not null,
    status text not null default 'pending',
    status_callback text,
    status_callback_method text not null,
    created_at timestamptz(3) not null default now(),
    -- By then its call is over, or never began.
    deadline_at timestamptz(3) not null
  )`,
  "create index caller_id_validations_by_number on caller_id_validations (e164, created_at)",
  "create index caller_id_validations_by_account on caller_id_validations (account_sid, created_at)",
  "create index caller_id_validations_pending on caller_id_validations (deadline_at) where status = 'pending'",
  "create index caller_id_validations_by_time on caller_id_validations (created_at)",
];
