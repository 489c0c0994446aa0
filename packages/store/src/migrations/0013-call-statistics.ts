/**
 * Calls of a trunk, rolled up by quarter of an hour as they end: fine enough for the days of every time zone in use.
 *
 * Kept by triggers for the reason that usage is (0009): what comes twice, late or from two writers at once counts once.
 */

const SUMMED = ["calls", "answered", "busy", "no_answer", "canceled", "seconds", "minutes", "wait_ms"];

/** Calls that are over, by the quarter of an hour in which they came. */
const endedCalls = (rows: string, sign: 1 | -1): string => `
  select account_sid, date_bin('15 minutes', created_at, timestamptz '2000-01-01 00:00:00+00') as quarter, trunk_sid, direction,
         ${sign} as calls,
         case when answered_at is not null then ${sign} else 0 end as answered,
         case when answered_at is null and status = 'busy' then ${sign} else 0 end as busy,
         case when answered_at is null and status = 'no-answer' then ${sign} else 0 end as no_answer,
         case when answered_at is null and status = 'canceled' then ${sign} else 0 end as canceled,
         case when answered_at is not null then ${sign} * coalesce(duration_sec, 0)::bigint else 0 end as seconds,
         case when answered_at is not null then ${sign} * ((coalesce(duration_sec, 0) + 59) / 60) else 0 end as minutes,
         case when answered_at is not null
              then ${sign} * round(extract(epoch from answered_at - created_at) * 1000)::bigint else 0 end as wait_ms
    from ${rows}
   where ended_at is not null and direction in ('trunking-terminating', 'trunking-originating')`;

/** In order of the key, so that two writers of the same rows cannot deadlock; nothing is written for what has not changed. */
const addCalls = (source: string): string => `
  insert into call_statistics as kept (account_sid, quarter, trunk_sid, direction, ${SUMMED.join(", ")})
  select account_sid, quarter, trunk_sid, direction, ${SUMMED.map((column) => `sum(${column})`).join(", ")}
    from (${source}) as counted
   group by account_sid, quarter, trunk_sid, direction
  having ${SUMMED.map((column) => `sum(${column}) <> 0`).join(" or ")}
   order by account_sid, quarter, trunk_sid, direction
  on conflict (account_sid, quarter, trunk_sid, direction) do update
     set ${SUMMED.map((column) => `${column} = kept.${column} + excluded.${column}`).join(", ")}`;

const triggerFunction = (name: string, statement: string): string =>
  `create function ${name}() returns trigger language plpgsql as $$ begin ${statement}; return null; end $$`;

export const CALL_STATISTICS: readonly string[] = [
  // No foreign key: what happened is kept, and a record is never refused.
  `create table call_statistics (
    account_sid text not null,
    quarter timestamptz(3) not null,
    -- Empty: the call was for no trunk.
    trunk_sid text not null,
    direction text not null,
    calls bigint not null,
    answered bigint not null,
    -- Of those not answered; the rest failed.
    busy bigint not null,
    no_answer bigint not null,
    canceled bigint not null,
    -- Of answered calls: their length, each exactly and up to the next full minute, and how long their callers waited.
    seconds bigint not null,
    minutes bigint not null,
    wait_ms bigint not null,
    primary key (account_sid, quarter, trunk_sid, direction)
  -- Room in each page for what is updated all day.
  ) with (fillfactor = 70)`,

  addCalls(endedCalls("call_records", 1)),
  triggerFunction("count_call_statistics", addCalls(endedCalls("new_rows", 1))),
  triggerFunction(
    "recount_call_statistics",
    addCalls(`${endedCalls("new_rows", 1)} union all ${endedCalls("old_rows", -1)}`),
  ),
  `create trigger count_call_statistics after insert on call_records referencing new table as new_rows
     for each statement execute function count_call_statistics()`,
  `create trigger recount_call_statistics after update on call_records referencing new table as new_rows old table as old_rows
     for each statement execute function recount_call_statistics()`,
];
