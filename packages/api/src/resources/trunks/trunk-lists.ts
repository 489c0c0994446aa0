import type { AssociationRepository, Dated, ListRepository, Store } from "@trunkline/store";
import { isoDate } from "../../dates.ts";
import { sid } from "../../form.ts";
import { invalid } from "../../problem.ts";
import { type At, type Resource, settle, settleRemoval } from "../../resource.ts";
import { accepts } from "../../route.ts";
import { TRUNK_INVALID, type TrunkRow, trunkOfPath } from "./trunks.ts";

type ListRow = { readonly sid: string; readonly accountSid: string; readonly friendlyName: string };

/** Which lists hang on a trunk (contract §2.2); the SID of an association is that of the list. */
function associations<Row extends ListRow>(kind: {
  readonly noun: string;
  readonly collection: "CredentialLists" | "IpAccessControlLists";
  readonly key: string;
  readonly prefix: "CL" | "AL";
  readonly parameter: "CredentialListSid" | "IpAccessControlListSid";
  readonly onTrunk: (store: Store) => AssociationRepository<Row>;
  readonly ofAccount: (store: Store) => ListRepository<Row>;
}): Resource<Row & Dated, TrunkRow> {
  const { noun, collection, key, prefix, parameter, onTrunk, ofAccount } = kind;
  const path = `/Trunks/:trunkSid/${collection}`;
  const twice = invalid(`${parameter}: this list is on the trunk already.`, TRUNK_INVALID);
  return {
    product: "trunking",
    noun,
    path,
    key,
    parent: trunkOfPath,
    view: (row, at) => ({
      sid: row.sid,
      account_sid: row.accountSid,
      trunk_sid: at.parent.sid,
      friendly_name: row.friendlyName,
      date_created: isoDate(row.createdAtMs),
      date_updated: isoDate(row.updatedAtMs),
      url: at.links.absolute("trunking", `/Trunks/${at.parent.sid}/${collection}/${row.sid}`),
    }),
    list: accepts({}, async (at: At<TrunkRow>) => (page) => onTrunk(at.deps.store).list(at.parent.sid, page)),
    fetch: (at, listSid) => onTrunk(at.deps.store).fetch(at.parent.sid, listSid),
    create: accepts({ [parameter]: sid(prefix) }, async (at: At<TrunkRow>, values) => {
      const listSid = values[parameter] ?? "";
      // Another account's list must look like one that does not exist.
      const list = await ofAccount(at.deps.store).fetch(at.account.sid, listSid);
      if (list === undefined) return invalid(`${parameter}: this account has no list ${listSid}.`, TRUNK_INVALID);
      return settle(at, await onTrunk(at.deps.store).add(at.parent.sid, listSid), { association: twice });
    }),
    remove: async (at, row) => settleRemoval(at, await onTrunk(at.deps.store).remove(at.parent.sid, row.sid)),
  };
}

/** Trunking v1 CredentialLists of a trunk. */
export const trunkCredentialLists = associations({
  noun: "credential list on a trunk",
  collection: "CredentialLists",
  key: "credential_lists",
  prefix: "CL",
  parameter: "CredentialListSid",
  onTrunk: (store) => store.trunkCredentialLists,
  ofAccount: (store) => store.credentialLists,
});

/** Trunking v1 IpAccessControlLists of a trunk. */
export const trunkIpAccessControlLists = associations({
  noun: "IP access control list on a trunk",
  collection: "IpAccessControlLists",
  key: "ip_access_control_lists",
  prefix: "AL",
  parameter: "IpAccessControlListSid",
  onTrunk: (store) => store.trunkIpAccessControlLists,
  ofAccount: (store) => store.ipAccessControlLists,
});
