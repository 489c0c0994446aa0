import { type RawBuilder, sql } from "kysely";
import { currentActor } from "../audit/actor.ts";
import type { AuditEvent, AuditFilter, AuditRepository } from "../audit.types.ts";
import { type Keyset, readPage } from "../page.ts";
import type { StoredRow } from "../rows.ts";
import type { Database } from "../sql/database.ts";
import { jsonbText } from "../sql/values.ts";

const NEWEST_FIRST: Keyset = {
  list: "audit_events",
  order: "desc",
  columns: [
    { field: "at", kind: "time" },
    { field: "ordinal", kind: "integer" },
  ],
};

/** Audit events (ACC-4). Those of changes are written by the triggers of migration 8. */
export function auditRepository(database: Database): AuditRepository {
  return {
    async fetch(sid, accountSid) {
      const [found] = await database.rows(sql<StoredRow>`
        select * from audit_events where ${conditions({ accountSid })} and sid = ${sid}`);
      return found && asEvent(found);
    },

    list: (filter, page) =>
      readPage(
        database,
        sql<StoredRow>`select * from audit_events where ${conditions(filter)}`,
        NEWEST_FIRST,
        page,
        asEvent,
      ),

    async note({ accountSid, resourceType, action, resourceKey, parentKey = null, changes = {}, once }) {
      const identity =
        once === undefined ? null : [once, resourceType, action, resourceKey, currentActor()?.sid].join(" ");
      // A transaction, which says who acts.
      await database.transaction((tx) =>
        tx.rows(sql`
          select audit_note(${identity}, ${accountSid}, ${resourceType}, ${action}, ${resourceKey}, ${parentKey},
                            ${jsonbText(changes)}::jsonb)`),
      );
    },

    async deleteOlderThan(beforeMs, limit) {
      const deleted = await database.rows(sql`
        delete from audit_events where sid in (
          select sid from audit_events where at < ${new Date(beforeMs)} order by at, ordinal limit ${limit})
        returning sid`);
      return deleted.length;
    },
  };
}

type Conditions = { readonly [K in keyof AuditFilter]: AuditFilter[K] | undefined };

function conditions(filter: Conditions): RawBuilder<unknown> {
  const all: RawBuilder<unknown>[] = [sql`true`];
  if (filter.accountSid !== undefined) all.push(sql`account_sid = ${filter.accountSid}`);
  if (filter.actorSid !== undefined) all.push(sql`actor_sid = ${filter.actorSid}`);
  if (filter.eventType !== undefined) all.push(sql`event_type = ${filter.eventType}`);
  if (filter.resourceKey !== undefined) all.push(sql`resource_key = ${filter.resourceKey}`);
  if (filter.sourceIp !== undefined) all.push(sql`source_ip = ${filter.sourceIp}`);
  if (filter.fromMs !== undefined) all.push(sql`at >= ${new Date(filter.fromMs)}`);
  if (filter.toMs !== undefined) all.push(sql`at < ${new Date(filter.toMs)}`);
  if (filter.notByOperator) all.push(sql`actor_type <> 'twilio-admin'`);
  return sql.join(all, sql` and `);
}

function asEvent({ at, ordinal: _order, ...same }: StoredRow): AuditEvent {
  // The other columns are the fields; the contract suite reads every one back.
  return { ...same, atMs: at } as unknown as AuditEvent;
}
