import { isE164, mintSid } from "@trunkline/trunking";
import { z } from "zod";
import { isoDate } from "../../dates.ts";
import { about, coded, optional, sid, text } from "../../form.ts";
import { invalid, notE164 } from "../../problem.ts";
import { type At, noParent, type Resource, settle } from "../../resource.ts";
import { accepts } from "../../route.ts";
import { type CallerIdRow, defaultName } from "./outgoing-caller-ids.ts";

const shape = z.strictObject({
  sid: z.string(),
  account_sid: z.string(),
  phone_number: z.string(),
  friendly_name: z.string(),
  date_created: z.string(),
});

/** `/trunkline/v1/CallerIds`: operators vouch for a number without a call. The account does the rest with OutgoingCallerIds. */
export const operatorCallerIds: Resource<CallerIdRow, null> = {
  product: "trunkline",
  scope: "operator",
  noun: "verified caller ID",
  path: "/CallerIds",
  key: "caller_ids",
  parent: noParent,
  shape,
  view: (row): z.infer<typeof shape> => ({
    sid: row.sid,
    account_sid: row.accountSid,
    phone_number: row.e164,
    friendly_name: row.friendlyName,
    date_created: isoDate(row.createdAtMs),
  }),
  create: accepts(
    {
      AccountSid: about("The account that may show the number.", sid("AC")),
      PhoneNumber: about("In E.164 form.", coded(21401, text(32))),
      FriendlyName: optional(text(64)),
    },
    async (at: At<null>, { AccountSid: accountSid, PhoneNumber: e164, FriendlyName: friendlyName }) => {
      if (!isE164(e164)) return notE164("PhoneNumber", e164, 21401);
      if (!(await at.deps.store.accounts.fetch(accountSid)))
        return invalid(`AccountSid: there is no account ${accountSid}.`);
      const row = { sid: mintSid("PN", at.deps.randomHex(16)), accountSid, e164 };
      const named = { ...row, friendlyName: friendlyName ?? defaultName(e164) };
      return settle(at, await at.deps.store.callerIds.create(named), {
        "phone-number": invalid(`PhoneNumber: ${e164} is a verified caller ID of the account already.`, 21450),
      });
    },
  ),
};
