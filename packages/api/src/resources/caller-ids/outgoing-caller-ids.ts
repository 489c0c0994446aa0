import type { CallerIdName, Dated } from "@trunkline/store";
import type { CallerId } from "@trunkline/trunking";
import { rfc2822Date } from "../../dates.ts";
import { anyText, coded, given, optional, text } from "../../form.ts";
import { type At, noParent, type Resource, settle, settleRemoval } from "../../resource.ts";
import { accepts, type Context } from "../../route.ts";

export type CallerIdRow = CallerId & CallerIdName & Dated;

/** 2010-04-01 OutgoingCallerIds: numbers of others that the account has verified and may show (contract §3.1, NUM-4, TERM-5). */
export const outgoingCallerIds: Resource<CallerIdRow, null> = {
  product: "api",
  noun: "verified caller ID",
  path: "/Accounts/:accountSid/OutgoingCallerIds",
  key: "outgoing_caller_ids",
  parent: noParent,
  view: viewCallerId,
  list: accepts(
    { PhoneNumber: optional(anyText()), FriendlyName: optional(anyText()) },
    async (at: At<null>, { PhoneNumber: e164, FriendlyName: friendlyName }) => {
      const filter = given({ e164, friendlyName });
      return (page) => at.deps.store.callerIds.list(at.account.sid, filter, page);
    },
  ),
  fetch: (at, callerIdSid) => at.deps.store.callerIds.fetch(at.account.sid, callerIdSid),
  update: accepts(
    { FriendlyName: optional(coded(20002, text(64))) },
    async (at: At<null> & { readonly row: CallerIdRow }, { FriendlyName: friendlyName }) =>
      settle(at, await at.deps.store.callerIds.update(at.account.sid, at.row.sid, given({ friendlyName }))),
  ),
  remove: async (at, row) => settleRemoval(at, await at.deps.store.callerIds.delete(at.account.sid, row.sid)),
};

function viewCallerId(row: CallerIdRow, at: Context): object {
  return {
    sid: row.sid,
    account_sid: row.accountSid,
    phone_number: row.e164,
    friendly_name: row.friendlyName,
    date_created: rfc2822Date(row.createdAtMs),
    date_updated: rfc2822Date(row.updatedAtMs),
    uri: at.links.relative(`/Accounts/${row.accountSid}/OutgoingCallerIds/${row.sid}`),
  };
}

/** What a number is called that nobody has named: `(415) 555-0100` in North America, elsewhere as it is. */
export function defaultName(e164: string): string {
  return e164.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "($1) $2-$3");
}
