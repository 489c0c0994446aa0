import { isoDate } from "../../dates.ts";
import { sid } from "../../form.ts";
import { invalid } from "../../problem.ts";
import { type At, type Resource, settle, settleRemoval } from "../../resource.ts";
import { accepts } from "../../route.ts";
import { type PhoneNumberRow, viewCommon } from "../numbers/phone-number-row.ts";
import { TRUNK_INVALID, type TrunkRow, trunkOfPath } from "./trunks.ts";

/** Trunking v1 PhoneNumbers: the numbers of a trunk (contract §2.2, NUM-2). A number is on one trunk at most: adding it moves it. */
export const trunkPhoneNumbers: Resource<PhoneNumberRow, TrunkRow> = {
  product: "trunking",
  noun: "phone number on a trunk",
  path: "/Trunks/:trunkSid/PhoneNumbers",
  key: "phone_numbers",
  parent: trunkOfPath,
  view: viewOnTrunk,
  list: accepts({}, async (at: At<TrunkRow>) => (page) => {
    return at.deps.store.phoneNumbers.list(at.account.sid, { trunkSid: at.parent.sid }, page);
  }),
  fetch: async (at, numberSid) => {
    const row = await at.deps.store.phoneNumbers.fetch(at.account.sid, numberSid);
    return row?.trunkSid === at.parent.sid ? row : undefined;
  },
  create: accepts({ PhoneNumberSid: sid("PN") }, async (at: At<TrunkRow>, { PhoneNumberSid: numberSid }) => {
    const { phoneNumbers } = at.deps.store;
    const row = await phoneNumbers.fetch(at.account.sid, numberSid);
    if (row === undefined) return invalid(`PhoneNumberSid: this account has no number ${numberSid}.`, TRUNK_INVALID);
    return settle(at, await phoneNumbers.update(at.account.sid, numberSid, { trunkSid: at.parent.sid }));
  }),
  remove: async (at, row) =>
    settleRemoval(at, await at.deps.store.phoneNumbers.update(at.account.sid, row.sid, { trunkSid: null })),
};

function viewOnTrunk(row: PhoneNumberRow, at: At<TrunkRow>): object {
  return {
    ...viewCommon(row),
    date_created: isoDate(row.createdAtMs),
    date_updated: isoDate(row.updatedAtMs),
    url: at.links.absolute("trunking", `/Trunks/${at.parent.sid}/PhoneNumbers/${row.sid}`),
    links: {
      phone_number: at.links.absolute("api", `/Accounts/${row.accountSid}/IncomingPhoneNumbers/${row.sid}`),
    },
  };
}
