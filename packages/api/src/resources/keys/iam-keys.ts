import type { ApiKey } from "@trunkline/store";
import { z } from "zod";
import { actingAccount } from "../../auth.ts";
import { about, given, oneOf, optional, sid, structured } from "../../form.ts";
import { invalid, Problem } from "../../problem.ts";
import { type At, noParent, type Resource, settle, settleRemoval } from "../../resource.ts";
import { accepts, type Context } from "../../route.ts";
import { createKey, type KeyRow, keyName, viewKey } from "./key-row.ts";

/** Twilio's number. */
const SCOPES_MAX = 100;
const error = `must be JSON such as {"allow":["/twilio/trunking/trunks/read"]} with 1 to ${SCOPES_MAX} scopes`;
const policy = optional(
  about(
    "Of a restricted key: what it may do.",
    structured(
      z.strictObject(
        { allow: z.array(z.string({ error }), { error }).min(1, { error }).max(SCOPES_MAX, { error }) },
        { error },
      ),
      "allow",
    ),
  ),
);
type Policy = { readonly allow: readonly string[] };

/** IAM v1 Keys: API keys of all kinds, restricted ones with their policy (contract §1.1). The account is named in the request. */
export const iamKeys: Resource<KeyRow, null> = {
  product: "iam",
  scope: "anyone",
  noun: "API key",
  path: "/Keys",
  key: "keys",
  parent: noParent,
  view: (row) => ({ ...viewKey(row), policy: row.scopes === null ? null : { allow: row.scopes } }),
  viewListed: (row) => ({ ...viewKey(row), flags: row.kind === "restricted" ? ["rest_api"] : ["rest_api", "signing"] }),
  list: accepts({ AccountSid: sid("AC") }, async (at: At<null>, { AccountSid }) => {
    const account = await actingAccount(at.deps.store, at.principal, AccountSid);
    return account instanceof Problem ? account : (page) => at.deps.store.apiKeys.list(account.sid, page);
  }),
  fetch: findReachable,
  create: accepts(
    {
      AccountSid: sid("AC"),
      FriendlyName: keyName,
      KeyType: optional(oneOf("standard", "main", "restricted")),
      Policy: policy,
    },
    async (at: At<null>, { AccountSid, FriendlyName: friendlyName, KeyType: kind = "standard", Policy }) => {
      const account = await actingAccount(at.deps.store, at.principal, AccountSid);
      if (account instanceof Problem) return account;
      const wrong = whyNotPolicy(at, kind, Policy);
      if (wrong) return wrong;
      const scopes = Policy ? distinct(Policy) : null;
      return createKey(at, { accountSid: account.sid, kind, scopes, friendlyName });
    },
  ),
  update: accepts(
    { FriendlyName: keyName, Policy: policy },
    async (at: At<null> & { readonly row: KeyRow }, { FriendlyName: friendlyName, Policy }) => {
      const wrong = Policy && whyNotPolicy(at, at.row.kind, Policy);
      if (wrong) return wrong;
      const change = given({ friendlyName, scopes: Policy && distinct(Policy) });
      return settle<KeyRow>(at, await at.deps.store.apiKeys.update(at.row.accountSid, at.row.sid, change));
    },
  ),
  remove: async (at, row) => settleRemoval(at, await at.deps.store.apiKeys.delete(row.accountSid, row.sid)),
};

/** The path names no account: one's own keys and those of one's subaccounts are there, others look like none. */
async function findReachable(at: Context, keySid: string): Promise<KeyRow | undefined> {
  const row = await at.deps.store.apiKeys.fetch(keySid);
  if (row === undefined || at.operator || row.accountSid === at.account.sid) return row;
  const owner = await at.deps.store.accounts.fetch(row.accountSid);
  return owner?.parentSid === at.account.sid ? row : undefined;
}

function whyNotPolicy(at: Context, kind: ApiKey["kind"], given: Policy | undefined): Problem | undefined {
  if (kind !== "restricted") {
    return given && invalid(`Policy: a ${kind} key has none. Create a key with KeyType=restricted for it.`);
  }
  if (given === undefined) return invalid(`Missing required parameter Policy of a restricted key: it ${error}.`);
  const unknown = given.allow.find((scope) => !at.grantableScopes.includes(scope));
  if (unknown === undefined) return undefined;
  const shown = JSON.stringify(unknown.slice(0, 100));
  return invalid(`Policy: there is no scope ${shown}. Known are ${at.grantableScopes.join(", ")}.`);
}

function distinct({ allow }: Policy): readonly string[] {
  return [...new Set(allow)];
}
