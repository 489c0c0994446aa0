import type { DirectoryEntity } from "@trunkline/trunking";
import { sql } from "kysely";
import { byCreation, readPage } from "../page.ts";
import { overQuota, type Quota } from "../quotas.ts";
import { RowForm, type StoredRow } from "../rows.ts";
import type { ChildRepository, Dated } from "../store.ts";
import type { Table } from "../tables.ts";
import { notFound, ok, type StoreContext } from "./context.ts";
import { removeOwnedRows } from "./owned-rows.ts";

/** How a kind of child is addressed and what may change in it. */
export type ChildRules<Row> = {
  /** What one is called towards the user. */
  readonly noun: string;
  readonly parent: keyof Row & string;
  readonly mutable: readonly (keyof Row & string)[];
  /** Null when routing does not look at these rows. */
  readonly entity: DirectoryEntity | null;
  /** How many a parent may have; absent: any number. */
  readonly quota?: Quota;
  /** True when a call limit may hang on one; it goes with it. */
  readonly limited?: boolean;
};

/** The repository of rows below a parent: oldest first, and never reached through another parent. */
export function childRepository<Row extends { readonly sid: string }>(
  { database, changes, secrets }: StoreContext,
  table: Table<Row>,
  { noun, parent, mutable, entity, quota, limited = false }: ChildRules<Row>,
): ChildRepository<Row> {
  const form = new RowForm(table, secrets);
  const keyset = byCreation(table.name);
  const parentColumn = sql.ref(parent);
  const read = (stored: StoredRow): Row & Dated => form.readDated(stored);
  return {
    create: (row) =>
      changes.change(async (tx) => {
        const over = quota && (await overQuota(tx, quota, { table: table.name, parent }, String(row[parent])));
        if (over) return over;
        const [created] = await tx.rows(form.insert(row));
        if (created === undefined) return notFound(noun);
        if (entity !== null) tx.touch(entity, row.sid);
        return ok(read(created));
      }),

    async fetch(parentSid, sid) {
      const [found] = await database.rows(sql<StoredRow>`
        select * from ${form.name} where ${parentColumn} = ${parentSid} and sid = ${sid}`);
      return found && read(found);
    },

    list: (parentSid, page) =>
      readPage(
        database,
        sql<StoredRow>`select * from ${form.name} where ${parentColumn} = ${parentSid}`,
        keyset,
        page,
        read,
      ),

    update: (parentSid, sid, change) =>
      changes.change(async (tx) => {
        const [updated] = await tx.rows(sql<StoredRow>`
          update ${form.name} set ${form.assignments(sid, change as Partial<Row>, mutable)}
           where ${parentColumn} = ${parentSid} and sid = ${sid} returning *`);
        if (updated === undefined) return notFound(noun);
        if (entity !== null) tx.touch(entity, sid);
        return ok(read(updated));
      }),

    delete: (parentSid, sid) =>
      changes.change(async (tx) => {
        const [deleted] = await tx.rows(sql<StoredRow>`
          delete from ${form.name} where ${parentColumn} = ${parentSid} and sid = ${sid} returning *`);
        if (deleted === undefined) return notFound(noun);
        if (limited) await removeOwnedRows(tx, ["callLimit"], [sid]);
        if (entity !== null) tx.touch(entity, sid);
        return ok(form.read(deleted));
      }),
  };
}
