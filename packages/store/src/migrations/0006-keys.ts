/** What requests are authenticated with beside an account's auth token, and the answers of those that may be sent twice. */
export const KEYS: readonly string[] = [
  // Good beside the first one, so that clients can be moved from one to the other (contract §1.2). Both or none.
  `alter table accounts
    add column secondary_auth_token bytea,
    add column secondary_auth_token_mac bytea,
    add column secondary_created_at timestamptz(3),
    add constraint accounts_secondary check ((secondary_auth_token is null) = (secondary_auth_token_mac is null))`,

  `create table api_keys (
    sid text primary key,
    ordinal bigint generated always as identity,
    account_sid text not null constraint api_keys_account references accounts (sid),
    friendly_name text not null,
    kind text not null check (kind in ('standard', 'main', 'restricted')),
    -- What a restricted key may do; null for the others.
    scopes text[],
    secret_mac bytea not null,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    constraint api_keys_scopes check ((kind = 'restricted') = (scopes is not null))
  )`,
  "create index api_keys_by_account on api_keys (account_sid, ordinal)",

  `create table idempotent_requests (
    -- SHA-256 of who asks, for which account, what and with which token.
    key bytea primary key,
    ordinal bigint generated always as identity,
    account_sid text not null,
    -- SHA-256 of the body: the same token with another body is refused.
    body_hash bytea not null,
    -- Sealed, since some answers hold a secret that is shown once; null while the request is under way.
    answer bytea,
    created_at timestamptz(3) not null default now()
  )`,
  "create index idempotent_requests_by_account on idempotent_requests (account_sid, ordinal)",
  "create index idempotent_requests_by_time on idempotent_requests (created_at)",
];
