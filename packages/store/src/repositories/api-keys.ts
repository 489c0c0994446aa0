import type { Account } from "@trunkline/trunking";
import { sql } from "kysely";
import type { ApiKey, ApiKeyRepository } from "../keys.types.ts";
import { byCreation, readPage } from "../page.ts";
import { overQuota, type Quota } from "../quotas.ts";
import { RowForm, type StoredRow } from "../rows.ts";
import { sameMac } from "../secrets.ts";
import type { Dated } from "../store.ts";
import * as tables from "../tables.ts";
import { notFound, ok, type StoreContext } from "./context.ts";

const NOUN = "API key";
const KEYS = { table: tables.apiKeys.name, parent: "accountSid" };
const secretPlace = (sid: string): string => `api_keys.secret ${sid}`;

/**
 * API keys. Of a secret its MAC is kept, with the installation's key: a secret is 32 random bytes of ours, which nobody guesses however fast
 * the hash is, so a slow one (as people's passwords need) would only make every request slow.
 */
export function apiKeyRepository({ database, changes, secrets, quotas }: StoreContext): ApiKeyRepository {
  const quota: Quota = { parents: "accounts", max: quotas.apiKeysPerAccount };
  const form = new RowForm(tables.apiKeys, secrets);
  const accountForm = new RowForm(tables.accounts, secrets);
  const keyset = byCreation(tables.apiKeys.name);
  const read = (stored: StoredRow): ApiKey & Dated => form.readDated(stored);
  return {
    create: ({ secret, ...key }) =>
      changes.change(async (tx) => {
        const over = await overQuota(tx, quota, KEYS, key.accountSid);
        if (over) return over;
        const [created] = await tx.rows(sql<StoredRow>`
          insert into api_keys (sid, account_sid, friendly_name, kind, scopes, secret_mac)
          values (${key.sid}, ${key.accountSid}, ${key.friendlyName}, ${key.kind}, ${key.scopes}::text[],
                  ${secrets.mac(secret, secretPlace(key.sid))})
          returning *`);
        return created === undefined ? notFound(NOUN) : ok(read(created));
      }),

    async fetch(sid) {
      const [found] = await database.rows(sql<StoredRow>`select * from api_keys where sid = ${sid}`);
      return found && read(found);
    },

    list: (accountSid, page) =>
      readPage(database, sql<StoredRow>`select * from api_keys where account_sid = ${accountSid}`, keyset, page, read),

    update: (accountSid, sid, change) =>
      changes.change(async (tx) => {
        const [updated] = await tx.rows(sql<StoredRow>`
          update api_keys set ${form.assignments(sid, change, ["friendlyName", "scopes"])}
           where account_sid = ${accountSid} and sid = ${sid} returning *`);
        return updated === undefined ? notFound(NOUN) : ok(read(updated));
      }),

    delete: (accountSid, sid) =>
      changes.change(async (tx) => {
        const [deleted] = await tx.rows(sql<StoredRow>`
          delete from api_keys where account_sid = ${accountSid} and sid = ${sid} returning *`);
        return deleted === undefined ? notFound(NOUN) : ok(form.read(deleted));
      }),

    async authenticate(sid, secret) {
      const [found] = await database.rows(sql<StoredRow>`
        select key.*, account.parent_sid, account.status, account.type, account.friendly_name as account_name,
               account.created_at as account_created_at, account.updated_at as account_updated_at
          from api_keys as key join accounts as account on account.sid = key.account_sid
         where key.sid = ${sid}`);
      const given = secrets.mac(secret, secretPlace(sid));
      // As with auth tokens, an unknown key costs the same MAC and comparison.
      const kept = (found?.["secretMac"] as Uint8Array | undefined) ?? new Uint8Array(given.length);
      if (!sameMac(given, kept) || found === undefined) return undefined;
      const account: Account & Dated = accountForm.readDated({
        ...found,
        sid: found["accountSid"],
        friendlyName: found["accountName"],
        createdAt: found["accountCreatedAt"],
        updatedAt: found["accountUpdatedAt"],
      });
      return { key: form.read(found), account };
    },
  };
}
