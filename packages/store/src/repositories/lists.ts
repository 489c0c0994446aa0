import type { DirectoryEntity } from "@trunkline/trunking";
import { sql } from "kysely";
import { byCreation, readPage } from "../page.ts";
import type { Quota, Quotas } from "../quotas.ts";
import { RowForm, type StoredRow } from "../rows.ts";
import type { AssociationRepository, Dated, ListRepository } from "../store.ts";
import type { Table } from "../tables.ts";
import { type ChildRules, childRepository } from "./children.ts";
import { notFound, ok, type StoreContext } from "./context.ts";
import { removeOwnedRows } from "./owned-rows.ts";

type List = { readonly sid: string; readonly accountSid: string; readonly friendlyName: string };

/** The two kinds of list and the tables around them. */
export type ListKind = {
  readonly noun: string;
  readonly lists: Table<List>;
  readonly members: { readonly name: string };
  readonly memberEntity: DirectoryEntity;
  readonly associations: { readonly name: string };
  readonly associationEntity: DirectoryEntity;
  readonly quota: keyof Quotas;
};

/** Lists of an account. Deleting one deletes its members; the database refuses it while a trunk has the list. */
export function listRepository(context: StoreContext, kind: ListKind): ListRepository<List> {
  const form = new RowForm(kind.lists, context.secrets);
  const quota: Quota = { parents: "accounts", max: context.quotas[kind.quota] };
  const rules: ChildRules<List> = {
    noun: kind.noun,
    parent: "accountSid",
    mutable: ["friendlyName"],
    entity: null,
    quota,
  };
  return {
    ...childRepository(context, kind.lists, rules),
    delete: (accountSid, sid) =>
      context.changes.change(async (tx) => {
        // The lock keeps members from being added while they are deleted.
        const [list] = await tx.rows(sql<StoredRow>`
          select * from ${form.name} where account_sid = ${accountSid} and sid = ${sid} for update`);
        if (list === undefined) return notFound(kind.noun);
        const members = await tx.rows(sql<{ sid: string }>`
          delete from ${sql.table(kind.members.name)} where list_sid = ${sid} returning sid`);
        await tx.rows(sql`delete from ${form.name} where sid = ${sid}`);
        const memberSids = members.map((member) => member.sid);
        tx.touch(kind.memberEntity, ...memberSids);
        await removeOwnedRows(tx, ["callLimit"], memberSids);
        return ok(form.read(list));
      }),
  };
}

/** Which lists hang on which trunk, in the order they were added. */
export function associationRepository(
  { database, changes, secrets }: StoreContext,
  kind: ListKind,
): AssociationRepository<List> {
  const form = new RowForm(kind.lists, secrets);
  const associations = sql.table(kind.associations.name);
  const keyset = byCreation(kind.associations.name);
  const read = (stored: StoredRow): List & Dated => form.readDated(stored);
  const key = (trunkSid: string, listSid: string): string => `${trunkSid}/${listSid}`;
  return {
    add: (trunkSid, listSid) =>
      changes.change(async (tx) => {
        // A list of another account is as good as none (account scoping); locked, so that it is still there at the insert.
        const [list] = await tx.rows(sql<StoredRow>`
          select list.* from ${form.name} as list join trunks on trunks.account_sid = list.account_sid
           where trunks.sid = ${trunkSid} and list.sid = ${listSid} for key share of list, trunks`);
        if (list === undefined) return notFound(kind.noun);
        await tx.rows(sql`insert into ${associations} (trunk_sid, list_sid) values (${trunkSid}, ${listSid})`);
        tx.touch(kind.associationEntity, key(trunkSid, listSid));
        return ok(read(list));
      }),

    async fetch(trunkSid, listSid) {
      const [list] = await database.rows(sql<StoredRow>`
        select list.* from ${form.name} as list join ${associations} as hung on hung.list_sid = list.sid
         where hung.trunk_sid = ${trunkSid} and hung.list_sid = ${listSid}`);
      return list && read(list);
    },

    list: (trunkSid, page) =>
      readPage(
        database,
        sql<StoredRow>`
          select list.sid, list.account_sid, list.friendly_name, list.created_at, list.updated_at, hung.ordinal
            from ${form.name} as list join ${associations} as hung on hung.list_sid = list.sid
           where hung.trunk_sid = ${trunkSid}`,
        keyset,
        page,
        read,
      ),

    remove: (trunkSid, listSid) =>
      changes.change(async (tx) => {
        const [list] = await tx.rows(sql<StoredRow>`
          delete from ${associations} as hung using ${form.name} as list
           where hung.trunk_sid = ${trunkSid} and hung.list_sid = ${listSid} and list.sid = hung.list_sid
           returning list.*`);
        if (list === undefined) return notFound(kind.noun);
        tx.touch(kind.associationEntity, key(trunkSid, listSid));
        return ok(form.read(list));
      }),
  };
}
