import type { CallRecord, RecordingOutcome, RecordingSink } from "@trunkline/trunking";
import { type RawBuilder, sql } from "kysely";
import { recordingEvent } from "../recording-event.ts";
import type { StoredRow } from "../rows.ts";
import type { Database, Sql } from "../sql/database.ts";
import { jsonbText } from "../sql/values.ts";
import { asRecording } from "./recordings.ts";
import { type DeliveryBell, type NewDelivery, queueDeliveries } from "./webhooks.ts";

/**
 * Takes outcomes of recordings. Whichever of the call's record and this comes first makes the row; the first outcome stays, but for a
 * recording that was thought to be lost and was found. Durable like call records.
 */
export function recordingSink(database: Database, bell: DeliveryBell): RecordingSink {
  return {
    async save(outcome) {
      const told = await database.transaction(async (tx) => {
        await tx.rows(outcomeStatement(outcome));
        return tellOwners(tx, [outcome.sid]);
      });
      if (told) bell.ring();
    },
  };
}

/**
 * Writes what call records say of their recordings, in the transaction that saves them: live ones, and that those of a call that is over
 * are not live any more.
 *
 * @returns whether somebody is to be told of it, after the commit
 */
export async function saveBegunRecordings(tx: Sql, records: readonly CallRecord[]): Promise<boolean> {
  const begun = records.flatMap(({ recordings, accountSid, sid: callSid, trunkSid, endedAtMs }) =>
    recordings.map((recording) => ({ ...recording, accountSid, callSid, trunkSid, over: endedAtMs !== null })),
  );
  await tx.rows(begunStatement(begun));
  return tellOwners(
    tx,
    begun.map(({ sid }) => sid),
  );
}

/** In order of SID, so that two writers of the same recordings cannot deadlock. A record that comes late or again takes nothing back. */
function begunStatement(begun: readonly object[]): RawBuilder<unknown> {
  return sql`
    insert into recordings as kept (sid, account_sid, call_sid, trunk_sid, edge, channels, status, started_at)
    select r."sid", r."accountSid", r."callSid", r."trunkSid", r."edge", r."channels",
           case when r."over" then 'processing' else 'in-progress' end, to_timestamp(r."startedAtMs" / 1000)
      from jsonb_to_recordset(${jsonbText(begun)}::jsonb) as r (
             "sid" text, "accountSid" text, "callSid" text, "trunkSid" text, "edge" text, "channels" smallint,
             "over" boolean, "startedAtMs" double precision)
     order by 1
    on conflict (sid) do update
       set trunk_sid = excluded.trunk_sid, edge = excluded.edge,
           status = case when ${ends} then 'processing' else kept.status end,
           updated_at = case when ${ends} then now() else kept.updated_at end
     where kept.trunk_sid is null or ${ends}`;
}

const ends = sql`(excluded.status = 'processing' and kept.status in ('in-progress', 'paused', 'stopped'))`;

const OUTCOME_COLUMNS = sql.raw(
  "channels status duration_ms error_code damaged interrupted why file_name file_bytes file_sha256 encryption"
    .split(" ")
    .map((column) => `${column} = excluded.${column}`)
    .join(", "),
);

function outcomeStatement(outcome: RecordingOutcome): RawBuilder<unknown> {
  const { sid, accountSid, callSid, channels, startedAtMs, durationMs, state, errorCode, interrupted, why, file } =
    outcome;
  const status = state === "absent" ? "absent" : "completed";
  const encryption = file?.encryption ? jsonbText(file.encryption) : null;
  return sql`
    insert into recordings as kept (sid, account_sid, call_sid, channels, status, started_at, duration_ms, error_code, damaged,
                                    interrupted, why, file_name, file_bytes, file_sha256, encryption)
    values (${sid}, ${accountSid}, ${callSid}, ${channels}, ${status}, ${new Date(startedAtMs)}, ${durationMs}, ${errorCode},
            ${state === "damaged"}, ${interrupted}, ${why}, ${file?.name ?? null}, ${file?.bytes ?? null},
            ${file?.sha256 ?? null}, ${encryption}::jsonb)
    on conflict (sid) do update set ${OUTCOME_COLUMNS}, updated_at = now()
     where kept.status in ('in-progress', 'paused', 'stopped', 'processing')
        or (kept.status = 'absent' and excluded.status = 'completed')`;
}

type ToldTo = { readonly statusCallback: string; readonly statusCallbackMethod: "GET" | "POST" };

/**
 * Queues what the owners of trunks want to hear of these recordings and have not heard (REC-6): of each state once, whatever is written
 * again. What becomes known before the trunk is, waits for it.
 */
async function tellOwners(tx: Sql, sids: readonly string[]): Promise<boolean> {
  const untold = await tx.rows(sql<StoredRow & ToldTo>`
    update recordings as recording set told = told || recording.status
      from trunk_recordings as trunk
     where recording.sid = any (${sids}::text[]) and trunk.trunk_sid = recording.trunk_sid
       and trunk.status_callback is not null
       and recording.status = any (trunk.status_callback_events) and recording.status <> all (recording.told)
    returning recording.*, trunk.status_callback, trunk.status_callback_method`);
  const deliveries = untold.map(({ statusCallback: url, statusCallbackMethod: method, ...stored }): NewDelivery => {
    const recording = asRecording(stored);
    const { accountSid } = recording;
    return { accountSid, kind: "recording", url, method, params: () => recordingEvent(recording) };
  });
  await queueDeliveries(tx, deliveries);
  return deliveries.length > 0;
}
