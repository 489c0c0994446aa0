import { promisify } from "node:util";
import { deflate, inflate } from "node:zlib";
import type { CallCapture, CaptureSink } from "@trunkline/trunking";
import { sql } from "kysely";
import type { CaptureRepository } from "../captures.types.ts";
import type { Database } from "../sql/database.ts";

const [packed, unpacked] = [promisify(deflate), promisify(inflate)];

/** SIP captures by call. They are read one at a time and never searched, so the database sees bytes. */
export function captureRepository(database: Database): CaptureRepository {
  return {
    async fetch(accountSid, callSid) {
      const [found] = await database.rows(sql<{ content: Uint8Array }>`
        select content from sip_captures where call_sid = ${callSid} and account_sid = ${accountSid}`);
      return found && (JSON.parse((await unpacked(found.content)).toString()) as CallCapture);
    },
    async deleteOlderThan(beforeMs, limit) {
      const deleted = await database.rows(sql`
        delete from sip_captures where call_sid in (
          select call_sid from sip_captures where created_at < ${new Date(beforeMs)} order by created_at limit ${limit})
        returning call_sid`);
      return deleted.length;
    },
  };
}

/** One statement for a batch; compressed off the thread. */
export function captureSink(database: Database): CaptureSink {
  return {
    async save(captures) {
      // A later one of the same call replaces the earlier; one statement may not meet a row twice.
      const last = [...new Map(captures.map((capture) => [capture.callSid, capture])).values()];
      if (last.length === 0) return;
      const rows = await Promise.all(
        last.map(async (capture) => {
          const content = new Uint8Array(await packed(JSON.stringify(capture)));
          return sql`(${capture.callSid}, ${capture.accountSid}, ${new Date(capture.startedAtMs)}::timestamptz, ${content}::bytea)`;
        }),
      );
      await database.rows(sql`
        insert into sip_captures (call_sid, account_sid, created_at, content) values ${sql.join(rows)}
        on conflict (call_sid) do update set content = excluded.content returning call_sid`);
    },
  };
}
