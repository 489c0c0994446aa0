import { sql } from "kysely";
import type { StoredRow } from "../rows.ts";
import type { Database, Sql } from "../sql/database.ts";
import { jsonbText } from "../sql/values.ts";
import type { LoggedWebhook, WebhookAttempt, WebhookLogRepository } from "../webhooks.types.ts";

/** Of one call; a recording and some alerts, each tried again for hours, are some dozens. */
const MOST_OF_CALL = 200;

/** What customers' web servers were told of calls, and what they made of it. */
export function webhookLogRepository(database: Database): WebhookLogRepository {
  return {
    async ofCall(accountSid, callSid) {
      const rows = await database.rows(sql<StoredRow>`
        select kind, url, at as "atMs", duration_ms, attempt, failure, given_up from webhook_log
         where call_sid = ${callSid} and account_sid = ${accountSid} order by ordinal limit ${MOST_OF_CALL}`);
      return rows as unknown as readonly LoggedWebhook[];
    },
    async deleteOlderThan(beforeMs, limit) {
      const deleted = await database.rows(sql`
        delete from webhook_log where ordinal in (
          select ordinal from webhook_log where at < ${new Date(beforeMs)} order by at limit ${limit})
        returning ordinal`);
      return deleted.length;
    },
  };
}

/**
 * How the payload of a debugger event begins. It is read as text: a peer may have had a hand in what follows, and not all that JSON may
 * say can be cast to `jsonb` (SQLSTATE 22P05).
 */
const RESOURCE_SID = '^\\{"resource_sid":"(CA[0-9a-f]+)"';

/** Those of deliveries that tell of a call; to be done while the deliveries are still there. */
export async function logAttempts(tx: Sql, at: Date, attempts: readonly WebhookAttempt[]): Promise<void> {
  const made = attempts.map((attempt) => ({
    id: attempt.id,
    durationMs: Math.round(attempt.durationMs),
    failure: attempt.kind === "failed" ? attempt.reason : null,
    givenUp: attempt.kind === "failed" && attempt.retryAtMs === null,
  }));
  await tx.rows(sql`
    insert into webhook_log (account_sid, call_sid, kind, url, at, duration_ms, attempt, failure, given_up)
    select account_sid, call_sid, kind, regexp_replace(regexp_replace(url, '[?#].*$', ''), '//[^/]*@', '//'), ${at},
           r."durationMs", attempts + 1, r."failure", r."givenUp"
      from (
        select *, coalesce(params->>'CallSid', substring(params->>'Payload' from ${RESOURCE_SID})) as call_sid
          from webhook_deliveries where id = any (${made.map(({ id }) => id)}::uuid[])) as delivery
      join jsonb_to_recordset(${jsonbText(made)}::jsonb) as r (
             "id" uuid, "durationMs" integer, "failure" text, "givenUp" boolean) on delivery.id = r."id"
     where call_sid like 'CA%'
     order by delivery.ordinal`);
}
