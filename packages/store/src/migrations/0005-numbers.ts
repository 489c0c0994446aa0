/**
 * The operator's inventory of numbers, how it is filled, and who had which number from when to when.
 *
 * Numbers that accounts had before were in no inventory; they stay theirs, at no price.
 */
export const NUMBERS: readonly string[] = [
  `alter table phone_numbers
    add column capabilities text[] not null default '{voice}',
    add column sms_url text,
    add column sms_method text not null default 'POST',
    add column sms_fallback_url text,
    add column sms_fallback_method text not null default 'POST',
    add column sms_application_sid text,
    add column address_sid text,
    add column identity_sid text,
    add column bundle_sid text`,

  `create table inventory_numbers (
    sid text primary key,
    -- Byte order, so that a prefix is a range of the index whatever the database's own order is.
    e164 text collate "C" not null constraint inventory_numbers_e164 unique,
    iso_country text not null,
    type text not null,
    carrier_sid text constraint inventory_numbers_carrier references carriers (sid) on delete set null,
    monthly_price_micros bigint not null check (monthly_price_micros >= 0),
    capabilities text[] not null,
    locality text,
    region text,
    state text not null check (state in ('available', 'port-in', 'sold')),
    -- Whose it is; of one that was released, whose it was.
    account_sid text,
    sold_at timestamptz(3),
    -- Until then nobody but that account can have it again.
    quarantined_until timestamptz(3),
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now()
  )`,
  "create index inventory_numbers_by_carrier on inventory_numbers (carrier_sid) where carrier_sid is not null",
  // Every three digits in a row: what a search for digits in the middle of a number goes by.
  `create function number_trigrams(e164 text) returns text[] language sql immutable strict parallel safe
    return (select array_agg(distinct substr(e164, i, 3)) from generate_series(2, length(e164) - 2) as i)`,
  `create index inventory_for_sale on inventory_numbers (iso_country, type, e164) where state = 'available'`,
  `create index inventory_for_sale_by_region on inventory_numbers (iso_country, type, lower(region), e164)
    where state = 'available' and region is not null`,
  `create index inventory_for_sale_by_locality on inventory_numbers (iso_country, type, lower(locality), e164)
    where state = 'available' and locality is not null`,
  `create index inventory_for_sale_by_digits on inventory_numbers using gin (number_trigrams(e164), capabilities)
    where state = 'available'`,

  `create table inventory_imports (
    sid text primary key,
    ordinal bigint generated always as identity,
    state text not null check (state in ('running', 'completed', 'failed')),
    dry_run boolean not null,
    read integer not null default 0,
    added integer not null default 0,
    updated integer not null default 0,
    refused integer not null default 0,
    -- The first of what was refused: line, column, what to do.
    errors jsonb not null default '[]',
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now()
  )`,
  "create index inventory_imports_by_time on inventory_imports (ordinal)",

  // Rows are added and ended, never deleted: what a month costs is reckoned from them. No foreign keys: they outlive what they tell of.
  `create table number_periods (
    ordinal bigint generated always as identity primary key,
    phone_number_sid text not null,
    account_sid text not null,
    e164 text not null,
    iso_country text not null,
    type text not null,
    -- As it was when the period began.
    monthly_price_micros bigint not null,
    began_at timestamptz(3) not null default now(),
    ended_at timestamptz(3)
  )`,
  "create unique index number_periods_open on number_periods (phone_number_sid) where ended_at is null",
  "create index number_periods_by_account on number_periods (account_sid, ordinal)",
  `insert into number_periods (phone_number_sid, account_sid, e164, iso_country, type, monthly_price_micros, began_at)
   select sid, account_sid, e164, iso_country, type, 0, created_at from phone_numbers order by ordinal`,
];
