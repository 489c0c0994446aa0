import { given } from "../../form.ts";
import { type At, noParent, type Resource, settle, settleRemoval } from "../../resource.ts";
import { accepts } from "../../route.ts";
import { createKey, type KeyRow, keyName, viewKey } from "./key-row.ts";

/** 2010-04-01 Keys, and SigningKeys, which are the same ones (contract §3.1). What is made here is a standard key. */
export const keys = accountKeys("/Accounts/:accountSid/Keys", "keys", "API key");
export const signingKeys = accountKeys("/Accounts/:accountSid/SigningKeys", "signing_keys", "signing key");

function accountKeys(path: string, key: string, noun: string): Resource<KeyRow, null> {
  return {
    product: "api",
    noun,
    path,
    key,
    parent: noParent,
    view: viewKey,
    list: accepts({}, async (at: At<null>) => (page) => at.deps.store.apiKeys.list(at.account.sid, page)),
    fetch: async (at, sid) => {
      const row = await at.deps.store.apiKeys.fetch(sid);
      return row?.accountSid === at.account.sid ? row : undefined;
    },
    create: accepts({ FriendlyName: keyName }, async (at: At<null>, { FriendlyName: friendlyName }) =>
      createKey(at, { accountSid: at.account.sid, kind: "standard", scopes: null, friendlyName }),
    ),
    update: accepts({ FriendlyName: keyName }, async (at: At<null> & { readonly row: KeyRow }, values) => {
      const change = given({ friendlyName: values.FriendlyName });
      return settle<KeyRow>(at, await at.deps.store.apiKeys.update(at.account.sid, at.row.sid, change));
    }),
    remove: async (at, row) => settleRemoval(at, await at.deps.store.apiKeys.delete(at.account.sid, row.sid)),
  };
}
