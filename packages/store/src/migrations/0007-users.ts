/** People who sign in to the console: users with their passwords and second factors, and the sessions they are in. */
export const USERS: readonly string[] = [
  `create table users (
    sid text primary key,
    ordinal bigint generated always as identity,
    -- Null: a user of the operator.
    account_sid text constraint users_account references accounts (sid),
    -- In lower case: what a person signs in with.
    email text not null constraint users_email unique check (email = lower(email)),
    friendly_name text not null,
    language text not null,
    role text not null,
    status text not null,
    -- The whole text of an argon2id hash, sealed; null until the first password is chosen.
    password_hash bytea,
    -- What lets its bearer choose a password, once and until then.
    password_link_mac bytea constraint users_password_link unique,
    password_link_until timestamptz(3),
    totp_secret bytea,
    -- Null until a code has proved that the secret arrived.
    totp_confirmed_at timestamptz(3),
    -- The time step of the last code taken (RFC 6238 §5.2): none of it or before it is taken again.
    totp_last_step bigint,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    constraint users_operators check ((account_sid is null) = (role = 'operator'))
  )`,
  "create index users_by_account on users (account_sid, ordinal)",

  `create table user_recovery_codes (
    user_sid text not null constraint user_recovery_codes_user references users (sid) on delete cascade,
    code_mac bytea not null,
    primary key (user_sid, code_mac)
  )`,

  `create table user_sessions (
    sid text primary key,
    ordinal bigint generated always as identity,
    user_sid text not null constraint user_sessions_user references users (sid) on delete cascade,
    token_mac bytea not null constraint user_sessions_token unique,
    source text not null,
    user_agent text not null,
    created_at timestamptz(3) not null default now(),
    used_at timestamptz(3) not null default now()
  )`,
  "create index user_sessions_by_user on user_sessions (user_sid, ordinal)",

  "alter table account_settings add column second_factor_required boolean not null default false",
];
