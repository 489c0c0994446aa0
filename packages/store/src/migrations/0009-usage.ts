/**
 * Usage of an account, rolled up by UTC day and category as it happens, and what watches it; indexes for searching a million numbers.
 *
 * The roll-up is kept by triggers, since they alone see the old and the new row of an upsert under its lock: what comes twice, late or from
 * two writers at once counts once. Categories are those that are counted; the sums that clients see are made of them when they are read.
 */

const UTC_DAY = "at time zone 'UTC')::date";

/** Answered calls that are over, by the day they came; each up to the next full minute (contract §13). Validation calls are free. */
const callUsage = (rows: string, sign: 1 | -1): string => `
  select ${sign} as sign, account_sid, (created_at ${UTC_DAY} as day,
         case when direction = 'trunking-terminating' then 'trunking-termination'
              when number_type = 'mobile' then 'trunking-origination-mobile'
              when number_type = 'toll free' then 'trunking-origination-tollfree'
              else 'trunking-origination-local' end as category,
         (coalesce(duration_sec, 0) + 59) / 60 as usage
    from ${rows}
   where answered_at is not null and ended_at is not null and direction in ('trunking-terminating', 'trunking-originating')`;

/** Recordings that there is something to listen to, deleted or not, by the day they began. */
const recordingUsage = (rows: string, sign: 1 | -1): string => `
  select ${sign} as sign, account_sid, (started_at ${UTC_DAY} as day, category, (coalesce(duration_ms, 0) + 59999) / 60000 as usage
    from ${rows}
   cross join lateral (values ('trunking-recordings', true), ('recordings-encrypted', encryption is not null)) as of (category, counts)
   where file_name is not null and counts`;

const numberCategory = "'phonenumbers-' || replace(type, ' ', '')";

/** A number counts on the day it is bought and every month after. */
const numberUsage = (rows: string): string => `
  select 1 as sign, account_sid, (began_at ${UTC_DAY} as day, ${numberCategory} as category, 1 as usage from ${rows}`;

/** In order of the key, so that two writers of the same days cannot deadlock; nothing is written for what has not changed. */
const addUsage = (source: string): string => `
  insert into usage_days as kept (account_sid, day, category, count, usage)
  select account_sid, day, category, sum(sign), sum(sign * usage) from (${source}) as counted
   group by account_sid, day, category having sum(sign) <> 0 or sum(sign * usage) <> 0
   order by account_sid, day, category
  on conflict (account_sid, day, category) do update
     set count = kept.count + excluded.count, usage = kept.usage + excluded.usage`;

const triggerFunction = (name: string, ...statements: readonly string[]): string =>
  `create function ${name}() returns trigger language plpgsql as $$ begin ${statements.join(";\n")}; return null; end $$`;

export const USAGE: readonly string[] = [
  // No foreign key: what was used is kept, and a record is never refused.
  `create table usage_days (
    account_sid text not null,
    day date not null,
    category text not null,
    count bigint not null,
    -- Minutes of calls and recordings; of numbers their count.
    usage bigint not null,
    price_micros bigint not null default 0,
    primary key (account_sid, day, category)
  -- Room in each page for what is updated all day.
  ) with (fillfactor = 70)`,

  // Kept with the call: the number may be gone when a later revision comes. Null: local, or no call to a number.
  "alter table call_records add column number_type text",
  `update call_records as call set number_type = number.type
     from phone_numbers as number where number.sid = call.phone_number_sid and number.type <> 'local'`,

  addUsage(callUsage("call_records", 1)),
  addUsage(recordingUsage("recordings", 1)),
  addUsage(numberUsage("number_periods")),
  // The months that those numbers have been held since.
  addUsage(`
    select 1 as sign, account_sid, (bought + make_interval(months => month))::date as day, category, 1 as usage
      from (select account_sid, (began_at ${UTC_DAY} as bought, least(ended_at, now()) as held_until, ${numberCategory} as category
              from number_periods) as period
     cross join generate_series(1, 1200) as month
     where (bought + make_interval(months => month))::timestamp at time zone 'UTC' <= held_until`),

  triggerFunction("count_new_calls", addUsage(callUsage("new_rows", 1))),
  triggerFunction("recount_calls", addUsage(`${callUsage("new_rows", 1)} union all ${callUsage("old_rows", -1)}`)),
  triggerFunction("count_new_recordings", addUsage(recordingUsage("new_rows", 1))),
  triggerFunction(
    "recount_recordings",
    addUsage(`${recordingUsage("new_rows", 1)} union all ${recordingUsage("old_rows", -1)}`),
  ),
  triggerFunction("count_new_numbers", addUsage(numberUsage("new_rows"))),
  ...["calls call_records", "recordings recordings"].flatMap((pair) => {
    const [noun, table] = pair.split(" ");
    return [
      `create trigger count_new_${noun} after insert on ${table} referencing new table as new_rows
         for each statement execute function count_new_${noun}()`,
      `create trigger recount_${noun} after update on ${table} referencing new table as new_rows old table as old_rows
         for each statement execute function recount_${noun}()`,
    ];
  }),
  `create trigger count_new_numbers after insert on number_periods referencing new table as new_rows
     for each statement execute function count_new_numbers()`,

  // The last day whose numbers have been counted.
  `create table usage_progress (
    id integer primary key check (id = 1),
    numbers_until date not null
  )`,
  `insert into usage_progress (id, numbers_until) values (1, (now() ${UTC_DAY})`,

  `create table usage_triggers (
    sid text primary key,
    ordinal bigint generated always as identity,
    account_sid text not null constraint usage_triggers_account references accounts (sid),
    friendly_name text not null,
    usage_category text not null,
    trigger_by text not null,
    -- In millionths of a call, number, minute or unit of currency.
    value_micros bigint not null check (value_micros >= 0),
    recurring text not null,
    callback_url text not null,
    callback_method text not null,
    fired_at timestamptz(3),
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now()
  )`,
  "create index usage_triggers_by_account on usage_triggers (account_sid, ordinal)",
  // For which periods, named by their first day, a trigger has fired: once each.
  `create table usage_firings (
    trigger_sid text not null references usage_triggers (sid) on delete cascade,
    period_start date not null,
    primary key (trigger_sid, period_start)
  )`,

  // What changed under the eyes of a trigger and was not looked at since. Only ever inserted and deleted: writers never wait for each other.
  `create table usage_checks (
    id bigint primary key generated always as identity,
    account_sid text not null,
    day date not null
  )`,
  triggerFunction(
    "note_usage",
    `insert into usage_checks (account_sid, day)
     select distinct watch.account_sid, used.day
       from new_rows as used
       join accounts as account on account.sid = used.account_sid
       join usage_triggers as watch on watch.account_sid in (account.sid, account.parent_sid)`,
  ),
  ...["insert", "update"].map(
    (event) =>
      `create trigger note_usage_of_${event} after ${event} on usage_days referencing new table as new_rows
         for each statement execute function note_usage()`,
  ),

  // What an account's numbers are searched by, should it have a million.
  "create index phone_numbers_by_digits on phone_numbers using gin (number_trigrams(e164))",
  // Byte order, so that the beginning of a number is a range of it.
  "create index phone_numbers_by_beginning on phone_numbers (account_sid, e164 text_pattern_ops)",
  "create index phone_numbers_by_name on phone_numbers (account_sid, friendly_name, ordinal)",
];
