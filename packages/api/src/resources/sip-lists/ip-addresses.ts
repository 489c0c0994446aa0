import type { Dated } from "@trunkline/store";
import { checkCidr, type IpAddress, mintSid } from "@trunkline/trunking";
import { rfc2822Date } from "../../dates.ts";
import { coded, given, optional, text, wholeNumber } from "../../form.ts";
import { invalid, Problem } from "../../problem.ts";
import { type At, type Resource, settle, settleRemoval } from "../../resource.ts";
import { accepts } from "../../route.ts";
import { ACL_INVALID, type IpAccessControlListRow, ipAccessControlListOfPath } from "./ip-access-control-lists.ts";

type IpAddressRow = IpAddress & Dated;

const ADDRESS_INVALID = 21238;
const conflicts = {
  "friendly-name": invalid("FriendlyName: another address of this list has it. Choose another.", ACL_INVALID),
  "ip-address": invalid("IpAddress: this list has it already.", ACL_INVALID),
  limit: (most: number) => invalid(`This list has ${most} addresses, the most there can be. Delete one first.`, 21237),
};

const friendlyName = coded(ACL_INVALID, text(255));
const ipAddress = coded(ADDRESS_INVALID, text(64));
const cidrPrefixLength = optional(coded(ADDRESS_INVALID, wholeNumber(0, 128)));

/** 2010-04-01 SIP IpAddresses: an address or block of a list (contract §3.1); IPv6 too, which Twilio does not take. */
export const ipAddresses: Resource<IpAddressRow, IpAccessControlListRow> = {
  product: "api",
  noun: "address of an IP access control list",
  path: "/Accounts/:accountSid/SIP/IpAccessControlLists/:listSid/IpAddresses",
  key: "ip_addresses",
  parent: ipAccessControlListOfPath,
  view: (row, at) => ({
    sid: row.sid,
    account_sid: at.parent.accountSid,
    ip_access_control_list_sid: row.listSid,
    friendly_name: row.friendlyName,
    ip_address: row.ipAddress,
    cidr_prefix_length: row.cidrPrefixLength,
    date_created: rfc2822Date(row.createdAtMs),
    date_updated: rfc2822Date(row.updatedAtMs),
    uri: at.links.relative(
      `/Accounts/${at.parent.accountSid}/SIP/IpAccessControlLists/${row.listSid}/IpAddresses/${row.sid}`,
    ),
  }),
  list: accepts({}, async (at: At<IpAccessControlListRow>) => (page) => {
    return at.deps.store.ipAddresses.list(at.parent.sid, page);
  }),
  fetch: (at, sid) => at.deps.store.ipAddresses.fetch(at.parent.sid, sid),
  create: accepts(
    { FriendlyName: friendlyName, IpAddress: ipAddress, CidrPrefixLength: cidrPrefixLength },
    async (at: At<IpAccessControlListRow>, values) => {
      const { deps, parent: list } = at;
      const block = readBlock(values.IpAddress, values.CidrPrefixLength);
      if (block instanceof Problem) return block;
      const row = {
        sid: mintSid("IP", deps.randomHex(16)),
        listSid: list.sid,
        friendlyName: values.FriendlyName,
        ...block,
      };
      return settle(at, await deps.store.ipAddresses.create(row), conflicts);
    },
  ),
  update: accepts(
    { FriendlyName: optional(friendlyName), IpAddress: optional(ipAddress), CidrPrefixLength: cidrPrefixLength },
    async (at: At<IpAccessControlListRow> & { readonly row: IpAddressRow }, values) => {
      const block = changedBlock(at.row, values.IpAddress, values.CidrPrefixLength);
      if (block instanceof Problem) return block;
      const change = { ...given({ friendlyName: values.FriendlyName }), ...block };
      return settle(at, await at.deps.store.ipAddresses.update(at.parent.sid, at.row.sid, change), conflicts);
    },
  ),
  remove: async (at, row) => settleRemoval(at, await at.deps.store.ipAddresses.delete(at.parent.sid, row.sid)),
};

type Block = Pick<IpAddress, "ipAddress" | "cidrPrefixLength">;

function readBlock(address: string, prefixLength: number | undefined): Block | Problem {
  const checked = checkCidr(address, prefixLength);
  if (checked.kind === "invalid") return invalid(`IpAddress: ${checked.why}`, ADDRESS_INVALID);
  return { ipAddress: checked.address, cidrPrefixLength: checked.prefixLength };
}

/** A new address keeps the old length only within its family: an IPv4 /24 must not become an IPv6 /24. */
function changedBlock(row: IpAddressRow, address: string | undefined, length: number | undefined): Block | Problem {
  if (address === undefined) return readBlock(row.ipAddress, length ?? row.cidrPrefixLength);
  const keepsLength = !address.includes("/") && address.includes(":") === row.ipAddress.includes(":");
  return readBlock(address, length ?? (keepsLength ? row.cidrPrefixLength : undefined));
}
