import type { Account } from "@trunkline/trunking";
import { sql } from "kysely";
import { byCreation, readPage } from "../page.ts";
import { overQuota, type Quota } from "../quotas.ts";
import { RowForm, type StoredRow } from "../rows.ts";
import { sameMac } from "../secrets.ts";
import type { Sql } from "../sql/database.ts";
import type { AccountRepository, Dated } from "../store.ts";
import * as tables from "../tables.ts";
import { notFound, ok, type StoreContext } from "./context.ts";

const NOUN = "account";
const SUBACCOUNTS = { table: tables.accounts.name, parent: "parentSid" };
/** What an account's auth tokens are sealed for. */
export const tokenPlace = (sid: string): string => `accounts.auth_token ${sid}`;

/** Accounts, oldest first; the list of parent null holds the main accounts. */
export function accountRepository({ database, changes, secrets, quotas }: StoreContext): AccountRepository {
  const quota: Quota = { parents: "accounts", max: quotas.subaccountsPerAccount };
  const form = new RowForm(tables.accounts, secrets);
  const keyset = byCreation(tables.accounts.name);
  const read = (stored: StoredRow): Account & Dated => form.readDated(stored);
  const find = async (sid: string): Promise<StoredRow | undefined> => {
    const [found] = await database.rows(sql<StoredRow>`select * from accounts where sid = ${sid}`);
    return found;
  };
  return {
    create: ({ authToken, ...account }) =>
      changes.change(async (tx) => {
        const { parentSid } = account;
        const over = parentSid === null ? undefined : await overQuota(tx, quota, SUBACCOUNTS, parentSid);
        if (over) return over;
        const place = tokenPlace(account.sid);
        const [created] = await tx.rows(sql<StoredRow>`
          insert into accounts (sid, parent_sid, friendly_name, status, type, auth_token, auth_token_mac)
          values (${account.sid}, ${account.parentSid}, ${account.friendlyName}, ${account.status}, ${account.type},
                  ${secrets.seal(authToken, place)}, ${secrets.mac(authToken, place)})
          returning *`);
        if (created === undefined) return notFound(NOUN);
        tx.touch("account", account.sid);
        return ok(read(created));
      }),

    async fetch(sid) {
      const found = await find(sid);
      return found && read(found);
    },

    list: (parentSid, page) =>
      readPage(
        database,
        sql<StoredRow>`select * from accounts where ${parentSid === null ? sql`parent_sid is null` : sql`parent_sid = ${parentSid}`}`,
        keyset,
        page,
        read,
      ),

    update: (sid, change, by = "operator") =>
      changes.change(async (tx) => {
        const { status } = change;
        if (status !== undefined && by === "customer" && (await isSuspendedByOperator(tx, sid)))
          return { kind: "conflict", which: "suspended" };
        const [updated] = await tx.rows(sql<StoredRow>`
          update accounts set ${form.assignments(sid, change, ["friendlyName", "status", "type"])}
           where sid = ${sid} returning *`);
        if (updated === undefined) return notFound(NOUN);
        if (status !== undefined && by === "operator") {
          await tx.rows(sql`update accounts set suspended_by_operator = ${status === "suspended"} where sid = ${sid}`);
        }
        tx.touch("account", sid);
        if (change.type !== undefined) {
          const below = await tx.rows(sql<{ sid: string }>`
            update accounts set type = ${change.type}, updated_at = now()
             where parent_sid = ${sid} and type <> ${change.type} returning sid`);
          tx.touch("account", ...below.map((account) => account.sid));
        }
        return ok(read(updated));
      }),

    async authToken(sid) {
      const found = await find(sid);
      return found && secrets.open(found["authToken"] as Uint8Array, tokenPlace(sid));
    },

    async authenticate(sid, authToken) {
      const found = await find(sid);
      const given = secrets.mac(authToken, tokenPlace(sid));
      // An unknown account costs the same MAC and comparisons; only the row's absence on the wire could tell, and SIDs are no secret.
      const none = new Uint8Array(given.length);
      const first = sameMac(given, (found?.["authTokenMac"] as Uint8Array | undefined) ?? none);
      const secondary = sameMac(given, (found?.["secondaryAuthTokenMac"] as Uint8Array | null | undefined) ?? none);
      return (first || secondary) && found !== undefined ? read(found) : undefined;
    },
  };
}

/** Looked at under the row's lock, so that no suspension is overlooked that comes at the same moment. */
async function isSuspendedByOperator(tx: Sql, sid: string): Promise<boolean> {
  const [found] = await tx.rows(sql<StoredRow>`
    select suspended_by_operator from accounts where sid = ${sid} for no key update`);
  return found?.["suspendedByOperator"] === true;
}
