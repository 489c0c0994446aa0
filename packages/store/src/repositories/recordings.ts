import { type RawBuilder, sql } from "kysely";
import { type Keyset, readPage } from "../page.ts";
import type { Recording, RecordingFilter, RecordingRepository } from "../recordings.types.ts";
import type { StoredRow } from "../rows.ts";
import type { Database } from "../sql/database.ts";

const NEWEST_FIRST: Keyset = {
  list: "recordings",
  order: "desc",
  columns: [
    { field: "startedAt", kind: "time" },
    { field: "sid", kind: "text" },
  ],
};

/** Longer than any call: what is said to be live after it is not. */
const LONGEST_LIVE_MS = 2 * 86_400_000;

/** The recordings of calls, newest first. Written by `recording-sinks.ts`. */
export function recordingRepository(database: Database): RecordingRepository {
  const fetch: RecordingRepository["fetch"] = async (accountSid, sid) => {
    const [found] = await database.rows(sql<StoredRow>`
      select * from recordings where account_sid = ${accountSid} and sid = ${sid}`);
    return found && asRecording(found);
  };
  return {
    fetch,

    list: (filter, page) =>
      readPage(
        database,
        sql<StoredRow>`select * from recordings where ${conditions(filter)}`,
        NEWEST_FIRST,
        page,
        asRecording,
      ),

    async current(accountSid, callSid) {
      const [found] = await database.rows(sql<StoredRow>`
        select * from recordings
         where account_sid = ${accountSid} and call_sid = ${callSid} and status in ('in-progress', 'paused')
         order by started_at desc, sid desc limit 1`);
      return found && asRecording(found);
    },

    async steer(accountSid, sid, status) {
      await database.transaction((tx) =>
        tx.rows(sql`
          with before as (
            select sid, status from recordings
             where account_sid = ${accountSid} and sid = ${sid} and status in ('in-progress', 'paused') for update),
          steered as (
            update recordings set status = ${status}, updated_at = now() from before
             where recordings.sid = before.sid returning recordings.*, before.status as former)
          select audit_note(null, account_sid, 'recording', 'updated', sid, call_sid, jsonb_build_object(
                   'status', jsonb_build_object('previous', former, 'updated', status))) from steered`),
      );
      return fetch(accountSid, sid);
    },

    async markDeleted(accountSid, sid) {
      // A transaction, which says to the audit who acts (REC-5).
      const deleted = await database.transaction((tx) =>
        tx.rows(sql`
          with deleted as (
            update recordings set status = 'deleted', deleted_at = now(), updated_at = now()
             where account_sid = ${accountSid} and sid = ${sid} and status in ('completed', 'absent')
            returning sid, account_sid, call_sid)
          select audit_note(null, account_sid, 'recording', 'deleted', sid, call_sid, '{}') from deleted`),
      );
      return deleted.length > 0;
    },

    async unfinished(edge, beforeMs, limit) {
      const found = await database.rows(sql<StoredRow>`
        select * from recordings
         where status in ('in-progress', 'paused', 'stopped', 'processing') and edge = ${edge}
           and updated_at < ${new Date(beforeMs)}
           and (status in ('stopped', 'processing') or updated_at < ${new Date(beforeMs - LONGEST_LIVE_MS)})
         order by updated_at limit ${limit}`);
      return found.map(asRecording);
    },

    async expired(nowMs, limit, except) {
      const found = await database.rows(sql<StoredRow>`
        select recording.* from trunk_recordings as trunk cross join lateral (
          select * from recordings
           where trunk_sid = trunk.trunk_sid and status in ('completed', 'absent')
             and started_at < ${new Date(nowMs)}::timestamptz - trunk.retention_days * interval '1 day'
             and sid <> all (${except}::text[])
           order by started_at limit ${limit}) as recording
         where trunk.retention_days is not null
         order by recording.started_at limit ${limit}`);
      return found.map(asRecording);
    },

    async forgetDeleted(beforeMs, limit) {
      const forgotten = await database.rows(sql`
        delete from recordings where sid in (
          select sid from recordings where deleted_at < ${new Date(beforeMs)} order by deleted_at limit ${limit})
        returning sid`);
      return forgotten.length;
    },
  };
}

function conditions({
  accountSid,
  callSid,
  startedFromMs,
  startedToMs,
  deleted,
}: RecordingFilter): RawBuilder<unknown> {
  const all: RawBuilder<unknown>[] = [sql`account_sid = ${accountSid}`];
  if (callSid !== undefined) all.push(sql`call_sid = ${callSid}`);
  if (startedFromMs !== undefined) all.push(sql`started_at >= ${new Date(startedFromMs)}`);
  if (startedToMs !== undefined) all.push(sql`started_at < ${new Date(startedToMs)}`);
  if (!deleted) all.push(sql`deleted_at is null`);
  return sql.join(all, sql` and `);
}

export function asRecording(stored: StoredRow): Recording {
  const { startedAt, updatedAt, deletedAt, fileName, fileBytes, fileSha256, encryption, told, ...same } = stored;
  const file = fileName === null ? null : { name: fileName, bytes: fileBytes, sha256: fileSha256, encryption };
  // The other columns are the fields; the contract suite reads every one back.
  return {
    ...same,
    startedAtMs: startedAt,
    updatedAtMs: updatedAt,
    deletedAtMs: deletedAt,
    file,
  } as unknown as Recording;
}
