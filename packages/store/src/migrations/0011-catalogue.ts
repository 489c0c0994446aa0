/**
 * What numbers refer to (applications, addresses), what calls and numbers cost, names of callers, and the regions that clients ask for.
 */
export const CATALOGUE: readonly string[] = [
  `create table applications (
    sid text primary key,
    ordinal bigint generated always as identity,
    account_sid text not null constraint applications_account references accounts (sid),
    friendly_name text not null,
    api_version text not null,
    voice_url text,
    voice_method text not null,
    voice_fallback_url text,
    voice_fallback_method text not null,
    voice_caller_id_lookup boolean not null,
    status_callback text,
    status_callback_method text not null,
    sms_url text,
    sms_method text not null,
    sms_fallback_url text,
    sms_fallback_method text not null,
    sms_status_callback text,
    message_status_callback text,
    public_application_connect_enabled boolean not null,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    constraint applications_in_account unique (account_sid, sid)
  )`,
  "create index applications_by_account on applications (account_sid, ordinal)",

  `create table addresses (
    sid text primary key,
    ordinal bigint generated always as identity,
    account_sid text not null constraint addresses_account references accounts (sid),
    friendly_name text,
    customer_name text not null,
    street text not null,
    street_secondary text,
    city text not null,
    region text not null,
    postal_code text not null,
    iso_country text not null,
    emergency_enabled boolean not null,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    constraint addresses_in_account unique (account_sid, sid)
  )`,
  "create index addresses_by_account on addresses (account_sid, ordinal)",

  // There were no applications and addresses before, so that what numbers said of them led nowhere.
  `update phone_numbers set voice_application_sid = null, sms_application_sid = null, address_sid = null
    where voice_application_sid is not null or sms_application_sid is not null or address_sid is not null`,
  `alter table phone_numbers
    add constraint phone_numbers_voice_application foreign key (account_sid, voice_application_sid)
      references applications (account_sid, sid) on delete set null (voice_application_sid),
    add constraint phone_numbers_sms_application foreign key (account_sid, sms_application_sid)
      references applications (account_sid, sid) on delete set null (sms_application_sid),
    add constraint phone_numbers_address foreign key (account_sid, address_sid) references addresses (account_sid, sid)`,
  `create index phone_numbers_by_voice_application on phone_numbers (voice_application_sid)
    where voice_application_sid is not null`,
  `create index phone_numbers_by_sms_application on phone_numbers (sms_application_sid)
    where sms_application_sid is not null`,
  "create index phone_numbers_by_address on phone_numbers (address_sid, ordinal) where address_sid is not null",

  // Money is in millionths of this currency.
  "alter table installation add column currency text not null default 'USD'",
  `create table rates (
    sid text primary key,
    ordinal bigint generated always as identity,
    kind text not null check (kind in ('termination', 'origination', 'number')),
    -- Of a termination: digits after the +, none for all numbers.
    prefix text collate "C",
    -- Of the others.
    iso_country text,
    number_type text,
    friendly_name text not null,
    -- Of a minute; of a number, of a month.
    price_micros bigint not null check (price_micros >= 0),
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    check (case kind when 'termination' then prefix is not null and iso_country is null and number_type is null
                     else prefix is null and iso_country is not null and number_type is not null end),
    constraint rates_prefix unique (prefix),
    constraint rates_number_type unique (kind, iso_country, number_type)
  )`,
  "create unique index rates_by_creation on rates (ordinal)",
  "create index rates_by_country on rates (iso_country) where iso_country is not null",

  `create table caller_names (
    e164 text collate "C" primary key,
    caller_name text not null,
    caller_type text check (caller_type in ('BUSINESS', 'CONSUMER')),
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now()
  )`,

  // Goes with the trunk or the number it is of.
  `create table region_routes (
    owner_sid text primary key,
    trunk_sid text generated always as (case when owner_sid like 'TK%' then owner_sid end) stored
      constraint region_routes_trunk references trunks (sid) on delete cascade,
    phone_number_sid text generated always as (case when owner_sid like 'PN%' then owner_sid end) stored
      constraint region_routes_phone_number references phone_numbers (sid) on delete cascade,
    friendly_name text not null,
    voice_region text not null,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    check (num_nonnulls(trunk_sid, phone_number_sid) = 1)
  )`,
  "create index region_routes_by_trunk on region_routes (trunk_sid) where trunk_sid is not null",
  "create index region_routes_by_phone_number on region_routes (phone_number_sid) where phone_number_sid is not null",
];
