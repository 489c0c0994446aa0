import {
  type AccountSettings,
  type CallLimit,
  type CarrierDress,
  DEFAULT_ACCOUNT_SETTINGS,
  DEFAULT_CARRIER_DRESS,
  DEFAULT_PEER_SETTINGS,
  DEFAULT_TRUNK_TLS,
  type PeerSettings,
  type TrunkTls,
} from "@trunkline/trunking";
import { type RawBuilder, sql } from "kysely";
import type { ChangeSql } from "../directory/change-log.ts";
import { RowForm, type StoredRow } from "../rows.ts";
import type { Secrets } from "../secrets.ts";
import type { Sql } from "../sql/database.ts";
import type { OwnedRowRepository } from "../store.ts";
import { DIRECTORY_TABLES, type Table } from "../tables.ts";
import { notFound, ok, type StoreContext } from "./context.ts";

/** Rows of which an owner has one or none. */
export type OwnedRows = {
  accountSettings: AccountSettings;
  carrierDress: CarrierDress;
  peerSettings: PeerSettings;
  trunkTls: TrunkTls;
  callLimit: CallLimit;
};
type OwnedEntity = keyof OwnedRows;

/** What a row is before anything was said, apart from its key: the same as no row at all. */
const DEFAULTS: { readonly [E in OwnedEntity]: Partial<OwnedRows[E]> } = {
  accountSettings: DEFAULT_ACCOUNT_SETTINGS,
  carrierDress: DEFAULT_CARRIER_DRESS,
  peerSettings: DEFAULT_PEER_SETTINGS,
  trunkTls: DEFAULT_TRUNK_TLS,
  callLimit: { maxCps: null, burst: null, maxConcurrentCalls: null },
};

/** Who can own rows, by the prefix of the SID. */
const OWNERS: Readonly<Record<string, { readonly noun: string; readonly table: string }>> = {
  AC: { noun: "account", table: "accounts" },
  TK: { noun: "trunk", table: "trunks" },
  CR: { noun: "credential", table: "credentials" },
  IP: { noun: "IP address", table: "ip_addresses" },
  CX: { noun: "carrier", table: "carriers" },
};

/** Owned rows of one kind, known by the owner's SID. */
export function ownedRowRepository<E extends OwnedEntity>(
  { database, changes, secrets }: StoreContext,
  entity: E,
): OwnedRowRepository<OwnedRows[E]> {
  const form = formOf(entity, secrets);
  const owner = ownerColumn(entity);
  return {
    async fetch(ownerSid) {
      const [found] = await database.rows(sql<StoredRow>`select * from ${form.name} where ${owner} = ${ownerSid}`);
      return found && form.read(found);
    },

    async fetchAll(ownerSids) {
      const found = await database.rows(sql<StoredRow>`
        select * from ${form.name} where ${owner} = any (${ownerSids}::text[])`);
      return new Map(found.map((row) => [String(row[ownerField(entity)]), form.read(row)]));
    },

    set: (row) =>
      changes.change(async (tx) => {
        const ownerSid = String((row as StoredRow)[ownerField(entity)]);
        const missing = await holdOwner(tx, ownerSid);
        if (missing !== undefined) return notFound(missing);
        await tx.rows(form.upsert([row]));
        tx.touch(entity, ownerSid);
        return ok(row);
      }),

    change: (ownerSid, change) =>
      changes.change(async (tx) => {
        const missing = await holdOwner(tx, ownerSid);
        return missing === undefined
          ? ok(await changeOwnedRow(tx, secrets, entity, ownerSid, change))
          : notFound(missing);
      }),

    remove: (ownerSid) =>
      changes.change(async (tx) => {
        const [removed] = await tx.rows(sql<StoredRow>`
          delete from ${form.name} where ${owner} = ${ownerSid} returning *`);
        if (removed === undefined) return notFound(form.table.name);
        tx.touch(entity, ownerSid);
        return ok(form.read(removed));
      }),
  };
}

/**
 * Changes fields of an owned row, which is made from the defaults when it is not there. The owner must be locked: two writers of one row
 * would otherwise both insert it.
 */
export async function changeOwnedRow<E extends OwnedEntity>(
  tx: ChangeSql,
  secrets: Secrets,
  entity: E,
  ownerSid: string,
  change: Partial<OwnedRows[E]>,
): Promise<OwnedRows[E]> {
  const form = formOf(entity, secrets);
  const key = { [ownerField(entity)]: ownerSid } as Partial<OwnedRows[E]>;
  const isChange = Object.values(change).some((value) => value !== undefined);
  const where = sql`where ${ownerColumn(entity)} = ${ownerSid}`;
  const [present] = await tx.rows(
    isChange
      ? sql<StoredRow>`update ${form.name} set ${form.plainAssignments(key, change)} ${where} returning *`
      : sql<StoredRow>`select * from ${form.name} ${where}`,
  );
  if (isChange) tx.touch(entity, ownerSid);
  if (present !== undefined) return form.read(present);
  const row = { ...DEFAULTS[entity], ...change, ...key } as OwnedRows[E];
  if (isChange) await tx.rows(form.insert(row));
  return row;
}

/** Deletes what owners that are being deleted have of these kinds. */
export async function removeOwnedRows(
  tx: ChangeSql,
  entities: readonly OwnedEntity[],
  ownerSids: readonly string[],
): Promise<void> {
  for (const entity of ownerSids.length === 0 ? [] : entities) {
    const owner = ownerColumn(entity);
    const removed = await tx.rows(sql<{ owner: string }>`
      delete from ${sql.table(DIRECTORY_TABLES[entity].name)} where ${owner} = any (${ownerSids}::text[])
      returning ${owner} as owner`);
    tx.touch(entity, ...removed.map((row) => row.owner));
  }
}

/** Keeps the owner, and other writers of its rows, waiting until the transaction ends. Gives what is missing when it is not there. */
async function holdOwner(tx: Sql, ownerSid: string): Promise<string | undefined> {
  const owner = OWNERS[ownerSid.slice(0, 2)];
  if (owner === undefined) return "owner";
  const held = await tx.rows(sql`
    select sid from ${sql.table(owner.table)} where sid = ${ownerSid} for no key update`);
  return held.length > 0 ? undefined : owner.noun;
}

/** The tables are described per entity; the compiler cannot follow a generic entity to its row. */
function formOf<E extends OwnedEntity>(entity: E, secrets: Secrets): RowForm<OwnedRows[E]> {
  return new RowForm(DIRECTORY_TABLES[entity] as unknown as Table<OwnedRows[E]>, secrets);
}

function ownerField(entity: OwnedEntity): string {
  return DIRECTORY_TABLES[entity].key[0] ?? "";
}

function ownerColumn(entity: OwnedEntity): RawBuilder<unknown> {
  return sql.ref(ownerField(entity));
}
