import type { AccountSettings, CallLimit, CarrierDress, DialingPermission } from "@trunkline/trunking";
import { sql } from "kysely";
import type { ChangeSql } from "../directory/change-log.ts";
import { RowForm, type StoredRow } from "../rows.ts";
import type { DialingPermissionRepository, OwnedRowRepository } from "../store.ts";
import type { Table } from "../tables.ts";
import * as tables from "../tables.ts";
import { notFound, ok, type StoreContext } from "./context.ts";

type OwnedEntity = "callLimit" | "accountSettings" | "carrierDress";

/** Rows of which an owner has one or none, known by the owner's SID. */
function ownedRowRepository<Row>(
  { database, changes, secrets }: StoreContext,
  table: Table<Row>,
  entity: OwnedEntity,
  ownerOf: (row: Row) => string,
): OwnedRowRepository<Row> {
  const form = new RowForm(table, secrets);
  const owner = sql.ref(table.key[0] ?? "");
  return {
    async fetch(ownerSid) {
      const [found] = await database.rows(sql<StoredRow>`select * from ${form.name} where ${owner} = ${ownerSid}`);
      return found && form.read(found);
    },
    set: (row) =>
      changes.change(async (tx) => {
        await tx.rows(form.upsert([row]));
        tx.touch(entity, ownerOf(row));
        return ok(row);
      }),
    remove: (ownerSid) =>
      changes.change(async (tx) => {
        const [removed] = await tx.rows(sql<StoredRow>`
          delete from ${form.name} where ${owner} = ${ownerSid} returning *`);
        if (removed === undefined) return notFound(table.name);
        tx.touch(entity, ownerSid);
        return ok(form.read(removed));
      }),
  };
}

export function callLimitRepository(context: StoreContext): OwnedRowRepository<CallLimit> {
  return ownedRowRepository(context, tables.callLimits, "callLimit", (row) => row.ownerSid);
}

export function accountSettingsRepository(context: StoreContext): OwnedRowRepository<AccountSettings> {
  return ownedRowRepository(context, tables.accountSettings, "accountSettings", (row) => row.accountSid);
}

export function carrierDressRepository(context: StoreContext): OwnedRowRepository<CarrierDress> {
  return ownedRowRepository(context, tables.carrierDresses, "carrierDress", (row) => row.carrierSid);
}

/** Deletes the limits of owners that are being deleted. */
export async function removeLimits(tx: ChangeSql, ownerSids: readonly string[]): Promise<void> {
  if (ownerSids.length === 0) return;
  const removed = await tx.rows(sql<{ ownerSid: string }>`
    delete from call_limits where owner_sid = any (${ownerSids}::text[]) returning owner_sid`);
  tx.touch("callLimit", ...removed.map((row) => row.ownerSid));
}

/** Where accounts may call (TERM-13). */
export function dialingPermissionRepository({ database, changes, secrets }: StoreContext): DialingPermissionRepository {
  const form = new RowForm(tables.dialingPermissions, secrets);
  const key = (accountSid: string, destination: string): string => `${accountSid}/${destination}`;
  return {
    async list(accountSid) {
      const rows = await database.rows(sql<StoredRow>`
        select * from dialing_permissions where account_sid = ${accountSid} order by destination collate "C"`);
      return rows.map((row): DialingPermission => form.read(row));
    },
    set: (accountSid, rows) =>
      changes.change(async (tx) => {
        // Each destination once: a statement cannot update a row twice.
        const last = new Map(rows.map((row) => [row.destination, { ...row, accountSid }]));
        if (last.size > 0) await tx.rows(form.upsert([...last.values()]));
        tx.touch("dialingPermission", ...[...last.keys()].map((destination) => key(accountSid, destination)));
        return ok([...last.values()]);
      }),
    remove: (accountSid, destination) =>
      changes.change(async (tx) => {
        const [removed] = await tx.rows(sql<StoredRow>`
          delete from dialing_permissions where account_sid = ${accountSid} and destination = ${destination} returning *`);
        if (removed === undefined) return notFound("dialing permission");
        tx.touch("dialingPermission", key(accountSid, destination));
        return ok(form.read(removed));
      }),
  };
}
