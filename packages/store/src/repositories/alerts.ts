import type { Alert, AlertSink } from "@trunkline/trunking";
import { type RawBuilder, sql } from "kysely";
import { type Keyset, readPage } from "../page.ts";
import type { StoredRow } from "../rows.ts";
import type { Database } from "../sql/database.ts";
import { jsonbText } from "../sql/values.ts";
import type { AlertFilter, AlertRepository } from "../store.ts";

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
  if (filter.level !== undefined) all.push(sql`level = ${filter.level}`);
  if (filter.errorCode !== undefined) all.push(sql`error_code = ${filter.errorCode}`);
  if (filter.fromMs !== undefined) all.push(sql`at >= ${new Date(filter.fromMs)}`);
  if (filter.toMs !== undefined) all.push(sql`at < ${new Date(filter.toMs)}`);
  return sql.join(all, sql` and `);
}

/** Takes alerts, one statement for a batch; an alert that is there already stays as it is. Durable like call records. */
export function alertSink(database: Database): AlertSink {
  return {
    async save(alerts) {
      if (alerts.length === 0) return;
      await database.rows(sql`
        insert into alerts (sid, account_sid, at, error_code, level, resource_sid, text)
        select r."sid", r."accountSid", to_timestamp(r."atMs" / 1000), r."errorCode", r."level", r."resourceSid", r."text"
          from jsonb_to_recordset(${jsonbText(alerts)}::jsonb) as r (
                 "sid" text, "accountSid" text, "atMs" double precision, "errorCode" integer, "level" text,
                 "resourceSid" text, "text" text)
        on conflict (sid) do nothing`);
    },
  };
}

function asAlert({ at, ...same }: StoredRow): Alert {
  return { ...same, atMs: at } as unknown as Alert;
}
