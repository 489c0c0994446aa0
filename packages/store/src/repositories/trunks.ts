import type { Trunk } from "@trunkline/trunking";
import { sql } from "kysely";
import type { ChangeSql } from "../directory/change-log.ts";
import { overQuota, type Quota, TRIAL_QUOTA } from "../quotas.ts";
import { RowForm, type StoredRow } from "../rows.ts";
import type { Sql } from "../sql/database.ts";
import type { Conflict, Dated, TrunkRepository } from "../store.ts";
import * as tables from "../tables.ts";
import { childRepository } from "./children.ts";
import { notFound, ok, type StoreContext } from "./context.ts";
import { changeOwnedRow, removeOwnedRows } from "./owned-rows.ts";
import { changeTrunkRecordings, leaveTrunkRecordings } from "./trunk-recordings.ts";

const NOUN = "trunk";
const SUB_DOMAIN: Conflict = { kind: "conflict", which: "sub-domain" };
const MUTABLE = tables.trunks.fields.filter((field) => field !== "sid" && field !== "accountSid");

/** Trunks of an account, oldest first. */
export function trunkRepository(context: StoreContext): TrunkRepository {
  const { database, changes, secrets } = context;
  const form = new RowForm(tables.trunks, secrets);
  const quota: Quota = { parents: "accounts", max: context.quotas.trunksPerAccount, trialMax: TRIAL_QUOTA };
  const rules = { noun: NOUN, parent: "accountSid", mutable: MUTABLE, entity: NOUN } as const;
  const read = (stored: StoredRow): Trunk & Dated => form.readDated(stored);
  const byDomain = async (domainName: string): Promise<(Trunk & Dated) | undefined> => {
    const [found] = await database.rows(sql<StoredRow>`select * from trunks where domain_name = ${domainName}`);
    return found && read(found);
  };
  return {
    ...childRepository(context, tables.trunks, rules),
    byDomain,

    create: (row) =>
      changes.change(async (tx) => {
        const over = await overQuota(tx, quota, { table: tables.trunks.name, parent: "accountSid" }, row.accountSid);
        if (over) return over;
        if (!(await mayUseDomain(tx, row.accountSid, row.domainName))) return SUB_DOMAIN;
        const [created] = await tx.rows(form.insert(row));
        if (created === undefined) return notFound(NOUN);
        tx.touch("trunk", row.sid);
        return ok(read(created));
      }),

    update: (accountSid, sid, change, { peer, tls, limit, recordings } = {}) =>
      changes.change(async (tx) => {
        const before = await lockTrunk(tx, accountSid, sid);
        if (before === undefined) return notFound(NOUN);
        const domainName = change.domainName === undefined ? before.domainName : change.domainName;
        if (domainName !== before.domainName) {
          if (await hasSubDomains(tx, before.domainName)) return SUB_DOMAIN;
          if (!(await mayUseDomain(tx, accountSid, domainName))) return SUB_DOMAIN;
        }
        const [updated] = await tx.rows(sql<StoredRow>`
          update trunks set ${form.assignments(sid, change, MUTABLE)} where sid = ${sid} returning *`);
        if (updated === undefined) return notFound(NOUN);
        tx.touch("trunk", sid);
        if (peer) await changeOwnedRow(tx, secrets, "peerSettings", sid, peer);
        if (tls) await changeOwnedRow(tx, secrets, "trunkTls", sid, tls);
        if (limit) await changeOwnedRow(tx, secrets, "callLimit", sid, limit);
        if (recordings) await changeTrunkRecordings(tx, sid, recordings);
        return ok(read(updated));
      }),

    delete: (accountSid, sid) =>
      changes.change(async (tx) => {
        const trunk = await lockTrunk(tx, accountSid, sid);
        if (trunk === undefined) return notFound(NOUN);
        if (await hasSubDomains(tx, trunk.domainName)) return SUB_DOMAIN;
        await detachAll(tx, sid);
        await removeOwnedRows(tx, ["callLimit", "peerSettings", "trunkTls"], [sid]);
        await leaveTrunkRecordings(tx, sid);
        const [deleted] = await tx.rows(sql<StoredRow>`delete from trunks where sid = ${sid} returning *`);
        if (deleted === undefined) return notFound(NOUN);
        tx.touch("trunk", sid);
        return ok(form.read(deleted));
      }),
  };
}

/** Holds the trunk until the transaction ends: nothing can be put on it or below its domain meanwhile. */
async function lockTrunk(tx: Sql, accountSid: string, sid: string): Promise<{ domainName: string | null } | undefined> {
  const [trunk] = await tx.rows(sql<{ domainName: string | null }>`
    select domain_name from trunks where account_sid = ${accountSid} and sid = ${sid} for update`);
  return trunk;
}

/**
 * `a.b.pstn.{zone}` needs `b.pstn.{zone}` in the same account or its parent (TRK-2); `b.pstn.{zone}` itself hangs below no trunk. The
 * parent stays locked against renaming and deletion until the transaction ends.
 */
async function mayUseDomain(tx: Sql, accountSid: string, domainName: string | null): Promise<boolean> {
  if (domainName === null) return true;
  const above = domainName.slice(domainName.indexOf(".") + 1);
  const [parent] = await tx.rows(sql<{ own: boolean }>`
    select (trunks.account_sid = ${accountSid} or trunks.account_sid = (
              select parent_sid from accounts where accounts.sid = ${accountSid})) is true as own
      from trunks where domain_name = ${above} for key share`);
  return parent?.own ?? above.startsWith("pstn.");
}

async function hasSubDomains(tx: Sql, domainName: string | null): Promise<boolean> {
  const below = await tx.rows(sql`select sid from trunks where parent_domain_name = ${domainName} limit 1`);
  return below.length > 0;
}

/** Takes numbers and lists off the trunk and deletes its origination URLs; no number is released (TRK-3). */
async function detachAll(tx: ChangeSql, sid: string): Promise<void> {
  const numbers = await tx.rows(sql<{ sid: string }>`
    update phone_numbers set trunk_sid = null, updated_at = now() where trunk_sid = ${sid} returning sid`);
  tx.touch("phoneNumber", ...numbers.map((number) => number.sid));
  const urls = await tx.rows(sql<{ sid: string }>`delete from origination_urls where trunk_sid = ${sid} returning sid`);
  tx.touch("originationUrl", ...urls.map((url) => url.sid));
  for (const entity of ["trunkIpAccessControlList", "trunkCredentialList"] as const) {
    const lists = await tx.rows(sql<{ listSid: string }>`
      delete from ${sql.table(tables.DIRECTORY_TABLES[entity].name)} where trunk_sid = ${sid} returning list_sid`);
    tx.touch(entity, ...lists.map((list) => `${sid}/${list.listSid}`));
  }
}
