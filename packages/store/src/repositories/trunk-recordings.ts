import { sql } from "kysely";
import type { TrunkRecordings, TrunkRecordingsRepository } from "../recordings.types.ts";
import type { Database, Sql } from "../sql/database.ts";

/** Twilio's default of every `RecordingStatusCallbackEvent`. */
export const DEFAULT_TRUNK_RECORDINGS: Omit<TrunkRecordings, "trunkSid"> = {
  statusCallback: null,
  statusCallbackMethod: "POST",
  statusCallbackEvents: ["completed"],
  retentionDays: null,
};

/** What becomes of the recordings of trunks. */
export function trunkRecordingsRepository(database: Database): TrunkRecordingsRepository {
  return {
    async fetchAll(trunkSids) {
      const found = await database.rows(sql<TrunkRecordings>`
        select * from trunk_recordings where trunk_sid = any (${trunkSids}::text[])`);
      return new Map(found.map((row) => [row.trunkSid, row]));
    },
  };
}

/** Changes the given fields; a row that is not there begins as the defaults. The trunk must be locked. */
export async function changeTrunkRecordings(
  tx: Sql,
  trunkSid: string,
  change: Partial<Omit<TrunkRecordings, "trunkSid">>,
): Promise<void> {
  if (Object.keys(change).length === 0) return;
  const [before] = await tx.rows(sql<TrunkRecordings>`select * from trunk_recordings where trunk_sid = ${trunkSid}`);
  const row = { ...DEFAULT_TRUNK_RECORDINGS, ...before, ...change };
  await tx.rows(sql`
    insert into trunk_recordings (trunk_sid, status_callback, status_callback_method, status_callback_events, retention_days)
    values (${trunkSid}, ${row.statusCallback}, ${row.statusCallbackMethod}, ${row.statusCallbackEvents}::text[],
            ${row.retentionDays})
    on conflict (trunk_sid) do update
       set status_callback = excluded.status_callback, status_callback_method = excluded.status_callback_method,
           status_callback_events = excluded.status_callback_events, retention_days = excluded.retention_days`);
}

/** A trunk is being deleted: nobody is told of its recordings any more, and what was promised of their end still holds. */
export async function leaveTrunkRecordings(tx: Sql, trunkSid: string): Promise<void> {
  await tx.rows(sql`delete from trunk_recordings where trunk_sid = ${trunkSid} and retention_days is null`);
  await tx.rows(sql`update trunk_recordings set status_callback = null where trunk_sid = ${trunkSid}`);
}
