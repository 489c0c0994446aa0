import type { Day, Period, PeriodKind, Usage } from "@trunkline/trunking";
import { type RawBuilder, sql } from "kysely";
import type { Database, Sql } from "../sql/database.ts";
import type { UsageOwner, UsageRepository } from "../usage.types.ts";

/** What accounts used, by the day: read from the roll-up that the tables' triggers keep (migration 0009), never from call records. */
export function usageRepository(database: Database): UsageRepository {
  return {
    async firstDay(owner) {
      const [found] = await database.rows(sql<{ day: Day | null }>`
        select to_char(min(first.day), 'YYYY-MM-DD') as day
          from ${accountsOf(owner)} as owner
         cross join lateral (select min(day) as day from usage_days where account_sid = owner.sid) as first`);
      return found?.day ?? null;
    },
    sums: (owner, within, by) => usageSums(database, owner, within, by),
    async countNumbersUntil(day) {
      while (await countNextDay(database, day));
    },
  };
}

/** As `UsageRepository.sums`. */
export async function usageSums(
  from: Sql,
  owner: UsageOwner,
  { start, end }: Period,
  by: PeriodKind,
): Promise<ReadonlyMap<Day, ReadonlyMap<string, Usage>>> {
  const rows = await from.rows(sql<Usage & { readonly period: Day; readonly category: string }>`
    select to_char(${firstDayOf(by)}, 'YYYY-MM-DD') as period, category,
           sum(count)::bigint as count, sum(usage)::bigint as usage, sum(price_micros)::bigint as price_micros
      from usage_days
     where account_sid in (select sid from ${accountsOf(owner)} as owner) and day between ${start}::date and ${end}::date
     group by 1, 2`);
  const sums = new Map<Day, Map<string, Usage>>();
  for (const { period, category, count, usage, priceMicros } of rows) {
    const counted = sums.get(period) ?? new Map<string, Usage>();
    sums.set(period, counted.set(category, { count, usage, priceMicros }));
  }
  return sums;
}

function firstDayOf(by: PeriodKind): RawBuilder<unknown> {
  switch (by) {
    case "daily":
      return sql`day`;
    case "monthly":
      return sql`date_trunc('month', day)`;
    case "yearly":
      return sql`date_trunc('year', day)`;
    case "alltime":
      return sql`date '0001-01-01'`;
    default:
      return by satisfies never;
  }
}

function accountsOf({ accountSid, subaccounts }: UsageOwner): RawBuilder<unknown> {
  if (!subaccounts) return sql`(select ${accountSid}::text as sid)`;
  return sql`(select ${accountSid}::text as sid union all select sid from accounts where parent_sid = ${accountSid})`;
}

/**
 * The day is taken and its numbers are counted in one transaction: whoever else would count it waits for this, and finds it done.
 *
 * @returns whether there was one
 */
function countNextDay(database: Database, until: Day): Promise<boolean> {
  return database.transaction(async (tx) => {
    const [taken] = await tx.rows(sql<{ day: Day }>`
      update usage_progress set numbers_until = numbers_until + 1 where numbers_until < ${until}::date
      returning to_char(numbers_until, 'YYYY-MM-DD') as day`);
    if (taken === undefined) return false;
    const atMs = Date.parse(taken.day);
    // A month begins on the day of its number, or on the last of a month that is too short.
    await tx.rows(sql`
      insert into usage_days as kept (account_sid, day, category, count, usage)
      select account_sid, ${taken.day}::date, 'phonenumbers-' || replace(type, ' ', ''), count(*), count(*)
        from (select *, (began_at at time zone 'UTC')::date as bought from number_periods
               where began_at < ${new Date(atMs)} and (ended_at is null or ended_at >= ${new Date(atMs)})) as held
       where bought + make_interval(
               years => extract(year from ${taken.day}::date)::int - extract(year from bought)::int,
               months => extract(month from ${taken.day}::date)::int - extract(month from bought)::int) = ${taken.day}::date
       group by 1, 3 order by 1, 3
      on conflict (account_sid, day, category) do update
         set count = kept.count + excluded.count, usage = kept.usage + excluded.usage`);
    return true;
  });
}
