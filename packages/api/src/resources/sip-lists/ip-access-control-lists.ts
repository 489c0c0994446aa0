import type { Dated } from "@trunkline/store";
import { type IpAccessControlList, mintSid } from "@trunkline/trunking";
import { rfc2822Date } from "../../dates.ts";
import { coded, text } from "../../form.ts";
import { invalid } from "../../problem.ts";
import { type At, noParent, type Resource, settle, settleRemoval } from "../../resource.ts";
import { accepts, type Context } from "../../route.ts";

export type IpAccessControlListRow = IpAccessControlList & Dated;

export const ACL_INVALID = 21235;
const conflicts = {
  "friendly-name": invalid(
    "FriendlyName: another IP access control list of this account has it. Choose another.",
    ACL_INVALID,
  ),
  "in-use": invalid("The IP access control list is on a trunk. Remove it from the trunk first.", 21236),
  limit: (most: number) =>
    invalid(`This account has ${most} IP access control lists, the most there can be. Delete one first.`, 21255),
};

const form = { FriendlyName: coded(ACL_INVALID, text(255)) };

/** 2010-04-01 SIP IpAccessControlLists (contract §3.1). */
export const ipAccessControlLists: Resource<IpAccessControlListRow, null> = {
  product: "api",
  noun: "IP access control list",
  path: "/Accounts/:accountSid/SIP/IpAccessControlLists",
  key: "ip_access_control_lists",
  parent: noParent,
  view: (row, at) => {
    const path = `/Accounts/${row.accountSid}/SIP/IpAccessControlLists/${row.sid}`;
    return {
      sid: row.sid,
      account_sid: row.accountSid,
      friendly_name: row.friendlyName,
      date_created: rfc2822Date(row.createdAtMs),
      date_updated: rfc2822Date(row.updatedAtMs),
      uri: at.links.relative(path),
      subresource_uris: { ip_addresses: at.links.relative(`${path}/IpAddresses`) },
    };
  },
  list: accepts({}, async (at: At<null>) => (page) => at.deps.store.ipAccessControlLists.list(at.account.sid, page)),
  fetch: (at, sid) => at.deps.store.ipAccessControlLists.fetch(at.account.sid, sid),
  create: accepts(form, async (at: At<null>, { FriendlyName: friendlyName }) => {
    const { deps, account } = at;
    const row = { sid: mintSid("AL", deps.randomHex(16)), accountSid: account.sid, friendlyName };
    return settle(at, await deps.store.ipAccessControlLists.create(row), conflicts);
  }),
  update: accepts(
    form,
    async (at: At<null> & { readonly row: IpAccessControlListRow }, { FriendlyName: friendlyName }) => {
      const outcome = await at.deps.store.ipAccessControlLists.update(at.account.sid, at.row.sid, { friendlyName });
      return settle(at, outcome, conflicts);
    },
  ),
  remove: async (at, row) =>
    settleRemoval(at, await at.deps.store.ipAccessControlLists.delete(at.account.sid, row.sid), conflicts),
};

/** The list that a path below `/IpAccessControlLists/:listSid` names, if it is the account's. */
export async function ipAccessControlListOfPath(at: Context): Promise<IpAccessControlListRow | undefined> {
  return at.deps.store.ipAccessControlLists.fetch(at.account.sid, at.param("listSid"));
}
