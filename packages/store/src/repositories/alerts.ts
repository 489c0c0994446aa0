import type { Alert, AlertSink } from "@trunkline/trunking";
import { type RawBuilder, sql } from "kysely";
import { debuggerEvent } from "../debugger-event.ts";
import { type Keyset, readPage } from "../page.ts";
import type { StoredRow } from "../rows.ts";
import type { Database, Sql } from "../sql/database.ts";
import { jsonbText } from "../sql/values.ts";
import type { AlertFilter, AlertRepository } from "../store.ts";
import type { DebuggerWebhook } from "../webhooks.types.ts";
import { type DeliveryBell, type NewDelivery, queueDeliveries } from "./webhooks.ts";

const NEWEST_FIRST: Keyset = {
  list: "alerts",
  order: "desc",
  columns: [
    { field: "at", kind: "time" },
    { field: "sid", kind: "text" },
  ],
};

/** The debugger's incidents, newest first. */
export function alertRepository(database: Database): AlertRepository {
  return {
    async fetch(accountSid, sid) {
      const [found] = await database.rows(sql<StoredRow>`
        select * from alerts where account_sid = ${accountSid} and sid = ${sid}`);
      return found && asAlert(found);
    },
    list(accountSid, filter, page) {
      const source = sql<StoredRow>`select * from alerts where ${conditions(accountSid, filter)}`;
      return readPage(database, source, NEWEST_FIRST, page, asAlert);
    },
    async delete(accountSid, sid) {
      const deleted = await database.rows(sql`
        delete from alerts where account_sid = ${accountSid} and sid = ${sid} returning sid`);
      return deleted.length > 0;
    },
    async deleteOlderThan(beforeMs, limit) {
      const deleted = await database.rows(sql`
        delete from alerts where sid in (
          select sid from alerts where at < ${new Date(beforeMs)} order by at limit ${limit})
        returning sid`);
      return deleted.length;
    },
  };
}

function conditions(accountSid: string, filter: AlertFilter): RawBuilder<unknown> {
  const all: RawBuilder<unknown>[] = [sql`account_sid = ${accountSid}`];
  if (filter.resourceSid !== undefined) all.push(sql`resource_sid = ${filter.resourceSid}`);
  if (filter.levels !== undefined) all.push(sql`level = any (${filter.levels}::text[])`);
  if (filter.errorCode !== undefined) all.push(sql`error_code = ${filter.errorCode}`);
  if (filter.fromMs !== undefined) all.push(sql`at >= ${new Date(filter.fromMs)}`);
  if (filter.toMs !== undefined) all.push(sql`at < ${new Date(filter.toMs)}`);
  return sql.join(all, sql` and `);
}

/**
 * Takes alerts: one statement for a batch, in whose transaction the debugger's webhooks of their accounts are queued (EVD-4). An alert that
 * is there already stays as it is and is not told of again. Durable like call records.
 */
export function alertSink(database: Database, bell: DeliveryBell): AlertSink {
  return {
    async save(alerts) {
      if (alerts.length === 0) return;
      const told = await database.transaction(async (tx) => {
        const receivers = await receiversOf(tx, [...new Set(alerts.map((alert) => alert.accountSid))]);
        const saved = await insert(tx, alerts);
        await queueDeliveries(tx, eventsOf(alerts, saved, receivers));
        return receivers.size > 0;
      });
      if (told) bell.ring();
    },
  };
}

/** @returns the SIDs that were not there before */
async function insert(tx: Sql, alerts: readonly Alert[]): Promise<ReadonlySet<string>> {
  const rows = await tx.rows(sql<{ sid: string }>`
    insert into alerts (sid, account_sid, at, error_code, level, resource_sid, text)
    select r."sid", r."accountSid", to_timestamp(r."atMs" / 1000), r."errorCode", r."level", r."resourceSid", r."text"
      from jsonb_to_recordset(${jsonbText(alerts)}::jsonb) as r (
             "sid" text, "accountSid" text, "atMs" double precision, "errorCode" integer, "level" text,
             "resourceSid" text, "text" text)
    on conflict (sid) do nothing returning sid`);
  return new Set(rows.map((row) => row.sid));
}

type Receiver = Pick<DebuggerWebhook, "accountSid" | "url" | "method"> & { readonly parentSid: string | null };

/** The enabled webhooks of the accounts. They stay as they are until the transaction is over, so that none is told after its removal. */
async function receiversOf(tx: Sql, accountSids: readonly string[]): Promise<ReadonlyMap<string, Receiver>> {
  const rows = await tx.rows(sql<Receiver>`
    select webhook.account_sid, webhook.url, webhook.method, account.parent_sid
      from debugger_webhooks as webhook join accounts as account on account.sid = webhook.account_sid
     where webhook.enabled and webhook.account_sid = any (${accountSids}::text[])
     order by webhook.account_sid for share of webhook`);
  return new Map(rows.map((row) => [row.accountSid, row]));
}

/** One for each alert that is new and that somebody is told of; of an alert that is in the batch twice, the first. */
function eventsOf(
  alerts: readonly Alert[],
  saved: ReadonlySet<string>,
  receivers: ReadonlyMap<string, Receiver>,
): readonly NewDelivery[] {
  const untold = new Set(receivers.size > 0 ? saved : []);
  return alerts.flatMap((alert) => {
    const receiver = receivers.get(alert.accountSid);
    if (receiver === undefined || !untold.delete(alert.sid)) return [];
    const { accountSid, url, method, parentSid } = receiver;
    return [{ accountSid, kind: "debugger" as const, url, method, params: () => debuggerEvent(alert, parentSid) }];
  });
}

function asAlert({ at, ...same }: StoredRow): Alert {
  return { ...same, atMs: at } as unknown as Alert;
}
