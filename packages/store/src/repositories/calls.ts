import type { CallRecord, CallRecordSink, CallStatus } from "@trunkline/trunking";
import { type RawBuilder, sql } from "kysely";
import { CALL_CSV_HEADER, callCsvLine } from "../call-csv.ts";
import { type Keyset, readPage } from "../page.ts";
import type { StoredRow } from "../rows.ts";
import type { Database } from "../sql/database.ts";
import { jsonbText } from "../sql/values.ts";
import type { CallFilter, CallRepository, PageOf } from "../store.ts";
import { failEndedValidations } from "./caller-ids.ts";
import { saveBegunRecordings } from "./recording-sinks.ts";
import type { DeliveryBell } from "./webhooks.ts";

/** Rows of one statement; a longer batch becomes several, each durable on its own, which is as good since saving repeats safely. */
const ROWS_PER_STATEMENT = 500;

const NEWEST_FIRST: Keyset = {
  list: "calls",
  order: "desc",
  columns: [
    { field: "createdAt", kind: "time" },
    { field: "sid", kind: "text" },
  ],
};

/** The call log. A number in the filter finds both sides' E.164 form, also where the record has a SIP URI (EVD-5). */
export function callRepository(database: Database): CallRepository {
  return {
    async fetch(accountSid, sid) {
      const [found] = await database.rows(sql<StoredRow>`
        select * from call_records where account_sid = ${accountSid} and sid = ${sid}`);
      return found && asCallRecord(found);
    },
    list: (filter, page) =>
      readPage(
        database,
        sql<StoredRow>`select * from call_records where ${conditions(filter)}`,
        NEWEST_FIRST,
        page,
        asCallRecord,
      ),
    csv: (filter) => csvOf(database, filter),
    async delete(accountSid, sid) {
      // A transaction, which says to the audit who acts.
      const deleted = await database.transaction((tx) =>
        tx.rows(sql`
          with deleted as (
            delete from call_records where account_sid = ${accountSid} and sid = ${sid} and ended_at is not null
            returning sid, account_sid, trunk_sid),
          captures as (delete from sip_captures where call_sid in (select sid from deleted)),
          webhooks as (delete from webhook_log where call_sid in (select sid from deleted))
          select audit_note(null, account_sid, 'call', 'deleted', sid, trunk_sid, '{}') from deleted`),
      );
      return deleted.length > 0;
    },
    async count(filter) {
      const [found] = await database.rows(sql<{ count: number }>`
        select count(*) as count from call_records where ${conditions(filter)}`);
      return found?.count ?? 0;
    },
  };
}

async function* csvOf(database: Database, filter: CallFilter): AsyncIterable<string> {
  yield CALL_CSV_HEADER;
  const fetchAfter = (after: string | undefined): Promise<PageOf<CallRecord>> =>
    readPage(
      database,
      sql<StoredRow>`select * from call_records where ${conditions(filter)}`,
      NEWEST_FIRST,
      after === undefined ? { limit: ROWS_PER_STATEMENT } : { limit: ROWS_PER_STATEMENT, after },
      asCallRecord,
    );
  for (let after: string | undefined; ; ) {
    const page = await fetchAfter(after);
    if (page.rows.length > 0) yield page.rows.map(callCsvLine).join("");
    if (page.next === null) return;
    after = page.next;
  }
}

/** From the INVITE to its last BYE. A call is up for a day at most (`account_settings`), and rings for minutes. */
const LONGEST_CALL_MS = 2 * 86_400_000;

/** What no index says by itself comes with a condition that follows from it and that one does: no filter reads the whole log. */
function conditions(filter: CallFilter): RawBuilder<unknown> {
  const { number, sipCallId, startedFromMs, startedToMs, endedFromMs, endedToMs } = filter;
  const all: RawBuilder<unknown>[] = [sql`account_sid = ${filter.accountSid}`];
  if (filter.to !== undefined) all.push(isParty("callee", filter.to));
  if (filter.from !== undefined) all.push(isParty("caller", filter.from));
  if (number !== undefined) all.push(sql`(${isParty("caller", number)} or ${isParty("callee", number)})`);
  if (sipCallId !== undefined) all.push(sql`(sip_call_id_a = ${sipCallId} or sip_call_id_b = ${sipCallId})`);
  if (filter.errorCode !== undefined) all.push(sql`error_code = ${filter.errorCode}`);
  if (filter.status !== undefined) all.push(hasStatus(filter.accountSid, filter.status));
  if (filter.direction !== undefined) all.push(sql`direction = ${filter.direction}`);
  if (filter.trunkSid !== undefined) all.push(sql`trunk_sid = ${filter.trunkSid}`);
  if (startedFromMs !== undefined) all.push(sql`created_at >= ${new Date(startedFromMs)}`);
  if (startedToMs !== undefined) all.push(sql`created_at < ${new Date(startedToMs)}`);
  if (endedFromMs !== undefined) {
    const createdFrom = new Date(endedFromMs - LONGEST_CALL_MS);
    all.push(sql`ended_at >= ${new Date(endedFromMs)} and created_at >= ${createdFrom}`);
  }
  if (endedToMs !== undefined) all.push(sql`ended_at < ${new Date(endedToMs)} and created_at < ${new Date(endedToMs)}`);
  return sql.join(all, sql` and `);
}

/** A SIP URI in the filter means the record's text itself, anything else the number in it. The index is by number either way. */
function isParty(side: "caller" | "callee", value: string): RawBuilder<unknown> {
  const indexed = sql.ref(`${side}_number`);
  if (!/^sips?:/i.test(value)) return sql`${indexed} = ${value}`;
  const number = /^sips?:(\+[0-9]+)/.exec(value)?.[1] ?? value;
  return sql`(${sql.ref(side)} = ${value} and ${indexed} = ${number})`;
}

function hasStatus(accountSid: string, status: CallStatus): RawBuilder<unknown> {
  switch (status) {
    case "busy":
    case "no-answer":
    case "canceled":
    case "failed":
      return sql`failure = ${status}`;
    case "completed":
      return sql`status = ${status}`;
    default:
      return sql`status = ${status} and sid = any (array(select sid from live_calls where account_sid = ${accountSid}))`;
  }
}

/**
 * Takes call records: one statement for a batch, one more for its recordings. Safe to repeat and to receive out of order: the highest revision of a SID wins.
 *
 * Resolves when the batch is committed: fsynced by the embedded store in a directory and by a PostgreSQL server with its default
 * settings; in memory nothing is durable.
 */
export function callRecordSink(database: Database, bell: DeliveryBell): CallRecordSink {
  return {
    async save(records) {
      const latest = latestRevisions(records);
      for (let start = 0; start < latest.length; start += ROWS_PER_STATEMENT) {
        const told = await saveBatch(database, latest.slice(start, start + ROWS_PER_STATEMENT));
        if (told) bell.ring();
      }
    },
  };
}

/** With the recordings that the records name, both or none. @returns whether somebody is to be told of it */
async function saveBatch(database: Database, records: readonly CallRecord[]): Promise<boolean> {
  // A journal written before there were recordings does not name them.
  const recorded = records.filter(({ recordings }) => (recordings ?? []).length > 0);
  const ownEnded = records.filter(({ direction, endedAtMs }) => direction === "outbound-api" && endedAtMs !== null);
  if (recorded.length === 0 && ownEnded.length === 0) {
    await database.rows(saveStatement(records));
    return false;
  }
  return database.transaction(async (tx) => {
    await tx.rows(saveStatement(records));
    const toldRecordings = recorded.length > 0 && (await saveBegunRecordings(tx, recorded));
    const sids = ownEnded.map(({ sid }) => sid);
    const toldValidations = sids.length > 0 && (await failEndedValidations(tx, sids));
    return toldRecordings || toldValidations;
  });
}

/** One record per SID: a statement cannot update a row twice. In order of SID, so that two writers of the same calls cannot deadlock. */
function latestRevisions(records: readonly CallRecord[]): readonly CallRecord[] {
  const latest = new Map<string, CallRecord>();
  for (const record of records) {
    if ((latest.get(record.sid)?.revision ?? -1) < record.revision) latest.set(record.sid, record);
  }
  return [...latest.values()].sort((a, b) => (a.sid < b.sid ? -1 : 1));
}

/** Columns in the order of the insert, all but the key; what an update replaces. */
const UPDATED_COLUMNS =
  `revision account_sid trunk_sid direction caller callee caller_name phone_number_sid status created_at answered_at
  ended_at duration_sec sip_call_id_a sip_call_id_b source ended_by sip_status reason error_code attempts quality recordings trace`.split(
    /\s+/,
  );

/** The batch travels as one JSON parameter: the statement's text is the same for every size. */
function saveStatement(records: readonly CallRecord[]): RawBuilder<unknown> {
  return sql`
    insert into call_records (sid, ${sql.raw(UPDATED_COLUMNS.join(", "))}, number_type)
    select r."sid", r."revision", r."accountSid", r."trunkSid", r."direction", r."from", r."to", r."callerName",
           r."phoneNumberSid", r."status", to_timestamp(r."createdAtMs" / 1000), to_timestamp(r."answeredAtMs" / 1000),
           to_timestamp(r."endedAtMs" / 1000), r."durationSec", r."sipCallIdA", r."sipCallIdB", r."source", r."endedBy",
           r."sipStatus", r."reason", r."errorCode", r."attempts", r."quality",
           -- A journal written before there were recordings does not name them.
           coalesce(r."recordings", '[]'), r."trace",
           -- Once and for all: usage is counted by it, and the number may be released before a later revision comes.
           (select nullif(type, 'local') from phone_numbers where sid = r."phoneNumberSid")
      from jsonb_to_recordset(${jsonbText(records)}::jsonb) as r (
             "sid" text, "revision" integer, "accountSid" text, "trunkSid" text, "direction" text, "from" text, "to" text,
             "callerName" text, "phoneNumberSid" text, "status" text, "createdAtMs" double precision,
             "answeredAtMs" double precision, "endedAtMs" double precision, "durationSec" integer, "sipCallIdA" text,
             "sipCallIdB" text, "source" text, "endedBy" text, "sipStatus" integer, "reason" text, "errorCode" integer,
             "attempts" jsonb, "quality" jsonb, "recordings" jsonb, "trace" jsonb)
    on conflict (sid) do update
       set ${sql.raw(UPDATED_COLUMNS.map((column) => `${column} = excluded.${column}`).join(", "))}
     where call_records.revision < excluded.revision`;
}

function asCallRecord(stored: StoredRow): CallRecord {
  const { caller, callee, callerNumber, calleeNumber, failure, numberType, createdAt, answeredAt, endedAt, ...same } =
    stored;
  const record = {
    ...same,
    from: caller,
    to: callee,
    createdAtMs: createdAt,
    answeredAtMs: answeredAt,
    endedAtMs: endedAt,
  };
  // The columns are the fields of CallRecord under other names for three kinds; the contract suite reads every one back.
  return record as unknown as CallRecord;
}
