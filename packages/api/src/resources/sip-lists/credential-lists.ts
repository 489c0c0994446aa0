import type { Dated } from "@trunkline/store";
import { type CredentialList, mintSid } from "@trunkline/trunking";
import { rfc2822Date } from "../../dates.ts";
import { coded, text } from "../../form.ts";
import { invalid } from "../../problem.ts";
import { type At, noParent, type Resource, settle, settleRemoval } from "../../resource.ts";
import { accepts, type Context } from "../../route.ts";

export type CredentialListRow = CredentialList & Dated;

const LIST_INVALID = 21240;
const conflicts = {
  "friendly-name": invalid(
    "FriendlyName: another credential list of this account has it. Choose another.",
    LIST_INVALID,
  ),
  "in-use": invalid("The credential list is on a trunk. Remove it from the trunk first.", 21241),
  limit: (most: number) =>
    invalid(`This account has ${most} credential lists, the most there can be. Delete one first.`, 21239),
};

const form = { FriendlyName: coded(LIST_INVALID, text(64)) };

/** 2010-04-01 SIP CredentialLists (contract §3.1). */
export const credentialLists: Resource<CredentialListRow, null> = {
  product: "api",
  noun: "credential list",
  path: "/Accounts/:accountSid/SIP/CredentialLists",
  key: "credential_lists",
  parent: noParent,
  view: (row, at) => {
    const path = `/Accounts/${row.accountSid}/SIP/CredentialLists/${row.sid}`;
    return {
      sid: row.sid,
      account_sid: row.accountSid,
      friendly_name: row.friendlyName,
      date_created: rfc2822Date(row.createdAtMs),
      date_updated: rfc2822Date(row.updatedAtMs),
      uri: at.links.relative(path),
      subresource_uris: { credentials: at.links.relative(`${path}/Credentials`) },
    };
  },
  list: accepts({}, async (at: At<null>) => (page) => at.deps.store.credentialLists.list(at.account.sid, page)),
  fetch: (at, sid) => at.deps.store.credentialLists.fetch(at.account.sid, sid),
  create: accepts(form, async (at: At<null>, { FriendlyName: friendlyName }) => {
    const { deps, account } = at;
    const row = { sid: mintSid("CL", deps.randomHex(16)), accountSid: account.sid, friendlyName };
    return settle(at, await deps.store.credentialLists.create(row), conflicts);
  }),
  update: accepts(form, async (at: At<null> & { readonly row: CredentialListRow }, { FriendlyName: friendlyName }) => {
    const outcome = await at.deps.store.credentialLists.update(at.account.sid, at.row.sid, { friendlyName });
    return settle(at, outcome, conflicts);
  }),
  remove: async (at, row) =>
    settleRemoval(at, await at.deps.store.credentialLists.delete(at.account.sid, row.sid), conflicts),
};

/** The list that a path below `/CredentialLists/:listSid` names, if it is the account's. */
export async function credentialListOfPath(at: Context): Promise<CredentialListRow | undefined> {
  return at.deps.store.credentialLists.fetch(at.account.sid, at.param("listSid"));
}
