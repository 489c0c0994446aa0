import type { Alert, AlertSink } from "@trunkline/trunking";
import { type RawBuilder, sql } from "kysely";
import { type Keyset, readPage } from "../page.ts";
import type { StoredRow } from "../rows.ts";
import type { Database } from "../sql/database.ts";
import { jsonbText } from "../sql/values.ts";
import type { AlertRepository } from "../store.ts";

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
    list(accountSid, { resourceSid }, page) {
      const conditions: RawBuilder<unknown>[] = [sql`account_sid = ${accountSid}`];
      if (resourceSid !== undefined) conditions.push(sql`resource_sid = ${resourceSid}`);
      const source = sql<StoredRow>`select * from alerts where ${sql.join(conditions, sql` and `)}`;
      return readPage(database, source, NEWEST_FIRST, page, asAlert);
    },
  };
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
