import { sql } from "kysely";
import type { CallStatisticsRepository, CallSums } from "../call-statistics.types.ts";
import type { Database } from "../sql/database.ts";

/** Calls by trunk and time: read from the roll-up that the tables' triggers keep (migration 0013), never from call records. */
export function callStatisticsRepository(database: Database): CallStatisticsRepository {
  return {
    async sums({ accountSid, trunkSid, direction, startsMs, endMs, byTrunk, limit }) {
      const starts = startsMs.map((atMs) => new Date(atMs));
      const rows = await database.rows(sql<CallSums & { readonly place: number; readonly trunkSid: string }>`
        select width_bucket(quarter, ${starts}::timestamptz[]) as place, ${byTrunk ? sql`trunk_sid` : sql`''`} as trunk_sid,
               sum(calls)::bigint as calls, sum(answered)::bigint as answered, sum(busy)::bigint as busy,
               sum(no_answer)::bigint as no_answer, sum(canceled)::bigint as canceled, sum(seconds)::bigint as seconds,
               sum(minutes)::bigint as minutes, sum(wait_ms)::bigint as wait_ms
          from call_statistics
         where account_sid = ${accountSid} and quarter >= ${starts[0]} and quarter < ${new Date(endMs)}
           and ${trunkSid === undefined ? sql`true` : sql`trunk_sid = ${trunkSid}`}
           and ${direction === undefined ? sql`true` : sql`direction = ${direction}`}
         group by 1, 2 having sum(calls) <> 0 order by 1, 2 limit ${limit}`);
      return rows.map(({ place, ...sums }) => ({ ...sums, period: place - 1 }));
    },
  };
}
