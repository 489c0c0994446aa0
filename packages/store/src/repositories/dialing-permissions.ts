import type { DialingPermission } from "@trunkline/trunking";
import { sql } from "kysely";
import { RowForm, type StoredRow } from "../rows.ts";
import type { DialingPermissionRepository } from "../store.ts";
import * as tables from "../tables.ts";
import { notFound, ok, type StoreContext } from "./context.ts";

/** Where accounts may call (TERM-13). */
export function dialingPermissionRepository(context: StoreContext): DialingPermissionRepository {
  const { database, changes, secrets } = context;
  const most = context.quotas.dialingPermissionsPerAccount;
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
        // Writers of one account wait for each other here, so that each counts what the one before has written.
        await tx.rows(sql`select sid from accounts where sid = ${accountSid} for no key update`);
        // Each destination once: a statement cannot update a row twice.
        const last = new Map(rows.map((row) => [row.destination, { ...row, accountSid }]));
        if (last.size > 0) await tx.rows(form.upsert([...last.values()]));
        const [found] = await tx.rows(sql<{ count: number }>`
          select count(*) as count from dialing_permissions where account_sid = ${accountSid}`);
        if ((found?.count ?? 0) > most) return { kind: "conflict", which: "limit", most };
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
