import type { NumberType } from "@trunkline/store";
import { type Account, isE164, mintSid } from "@trunkline/trunking";
import { rfc2822Date } from "../../dates.ts";
import { anyText, coded, flag, given, matching, oneOf, optional, sid, text } from "../../form.ts";
import { invalid, notE164, type Problem } from "../../problem.ts";
import { type At, type Conflicts, noParent, type Resource, settle, settleRemoval } from "../../resource.ts";
import { accepts, type Context } from "../../route.ts";
import { kindOf, nationalForm } from "./number-kind.ts";
import { type NumberSettings, numberSettings, PLAIN_NUMBER, settingsOf, whyNotSettings } from "./number-settings.ts";
import { type PhoneNumberRow, viewCommon } from "./phone-number-row.ts";

const NUMBER_INVALID = 21421;
const AREA_CODE_INVALID = 21451;
const PATH = "/Accounts/:accountSid/IncomingPhoneNumbers";

const filters = {
  PhoneNumber: optional(anyText()),
  FriendlyName: optional(anyText()),
  Beta: optional(flag()),
  Origin: optional(oneOf("twilio", "hosted")),
};
const whichNumber = {
  PhoneNumber: optional(coded(NUMBER_INVALID, text(32))),
  AreaCode: optional(coded(AREA_CODE_INVALID, matching(/^[2-9]\d\d$/, "an area code of three digits such as 202"))),
};

/** 2010-04-01 IncomingPhoneNumbers: the numbers of an account (contract §3.1, NUM-1, NUM-2). */
export const incomingPhoneNumbers: Resource<PhoneNumberRow, null> = {
  product: "api",
  noun: "phone number",
  path: PATH,
  key: "incoming_phone_numbers",
  parent: noParent,
  view: viewNumber,
  list: listOf(undefined),
  fetch: (at, numberSid) => at.deps.store.phoneNumbers.fetch(at.account.sid, numberSid),
  create: accepts({ ...numberSettings, ...whichNumber }, async (at: At<null>, values) => {
    const { PhoneNumber: e164, AreaCode: areaCode } = values;
    if ((e164 === undefined) === (areaCode === undefined)) {
      return invalid("Give either PhoneNumber, a number such as +12025550100, or AreaCode, such as 202.");
    }
    return obtain(at, values, e164 === undefined ? { areaCode: areaCode ?? "" } : { e164 });
  }),
  update: accepts(
    { ...numberSettings, AccountSid: optional(coded(21470, sid("AC"))) },
    async (at: At<null> & { readonly row: PhoneNumberRow }, values) => {
      const { phoneNumbers } = at.deps.store;
      const to = values.AccountSid;
      if (to !== undefined && to !== at.row.accountSid) return move(at, to, values);
      const wrong = await whyNotSettings(at, at.account.sid, values);
      return wrong ?? settle(at, await phoneNumbers.update(at.account.sid, at.row.sid, settingsOf(values)));
    },
  ),
  remove: async (at, row) => settleRemoval(at, await at.deps.store.phoneNumbers.delete(at.account.sid, row.sid)),
};

/** The same numbers by type, and what buys one of that type only. */
export const incomingNumbersByType: readonly Resource<PhoneNumberRow, null>[] = (
  [
    ["Local", "local"],
    ["Mobile", "mobile"],
    ["TollFree", "toll free"],
  ] as const
).map(([name, type]) => ({
  product: "api",
  noun: `${type} phone number`,
  path: `${PATH}/${name}`,
  key: "incoming_phone_numbers",
  parent: noParent,
  view: viewOfType,
  list: listOf(type),
  create: accepts({ ...numberSettings, PhoneNumber: coded(NUMBER_INVALID, text(32)) }, (at: At<null>, values) =>
    obtain(at, values, { e164: values.PhoneNumber, type }),
  ),
}));

function listOf(type: NumberType | undefined): NonNullable<Resource<PhoneNumberRow, null>["list"]> {
  return accepts(filters, async (at: At<null>, { PhoneNumber: phoneNumber, FriendlyName: friendlyName, Origin }) => {
    const filter = given({ phoneNumber, friendlyName, type });
    // Every number here is the platform's own; none is hosted elsewhere.
    if (Origin === "hosted") return async () => ({ rows: [], next: null, previous: null });
    return (page) => at.deps.store.phoneNumbers.list(at.account.sid, filter, page);
  });
}

type Wish = { readonly type?: NumberType } & ({ readonly e164: string } | { readonly areaCode: string });

/** Buys a number out of the inventory. The operator gives an account any number that nobody has, of the inventory or not. */
async function obtain(at: Context, values: NumberSettings, wish: Wish): Promise<PhoneNumberRow | Problem> {
  const { phoneNumbers } = at.deps.store;
  if ("e164" in wish && !isE164(wish.e164)) return notE164("PhoneNumber", wish.e164, NUMBER_INVALID);
  const wrong = await whyNotSettings(at, at.account.sid, values);
  if (wrong) return wrong;
  const number = {
    ...PLAIN_NUMBER,
    friendlyName: nationalForm,
    ...settingsOf(values),
    sid: mintSid("PN", at.deps.randomHex(16)),
    accountSid: at.account.sid,
  };
  if (!at.operator || !("e164" in wish)) return settle(at, await phoneNumbers.buy(number, wish), conflictsOf(at, wish));
  const { e164, type } = wish;
  const kind = { ...kindOf(e164), capabilities: ["voice"] as const };
  if (type !== undefined && type !== kind.type) return otherType(e164);
  const given = { ...number, ...kind, e164, friendlyName: values.FriendlyName ?? nationalForm(e164) };
  return settle(at, await phoneNumbers.create(given), conflictsOf(at, wish));
}

function conflictsOf(at: Context, wish: Wish): Conflicts {
  const limit = (most: number): Problem => tooMany(at.account, most);
  const quarantine = invalid(
    "A trial account cannot buy other numbers while so many that it released are in quarantine. Buy one of those back by PhoneNumber, or ask the operator to upgrade the account.",
    21404,
  );
  if (!("e164" in wish)) {
    const why = `AreaCode: there is no number in area code ${wish.areaCode}. Search AvailablePhoneNumbers for others.`;
    return { limit, quarantine, "not-available": invalid(why, 21452) };
  }
  const why = `PhoneNumber: ${wish.e164} is not available. Choose another among AvailablePhoneNumbers.`;
  const taken = invalid(why, 21422);
  return { limit, quarantine, "phone-number": taken, "not-available": taken, "number-type": otherType(wish.e164) };
}

function otherType(e164: string): Problem {
  return invalid(`PhoneNumber: ${e164} is of another type. Buy it at IncomingPhoneNumbers.`, 21458);
}

/** ACC-2; for other accounts there is a limit only where the installation sets one. */
function tooMany({ type }: Account, most: number): Problem {
  const why =
    type === "Trial"
      ? `A trial account has at most ${most} number. Release it first, or ask the operator to upgrade the account.`
      : `This account has ${most} numbers, the most there can be. Release one first.`;
  return invalid(why, 21404);
}

type ToUpdate = At<null> & { readonly row: PhoneNumberRow };

/** Contract §4.1: among the accounts of one customer, by the main account or the operator. */
async function move(at: ToUpdate, to: string, values: NumberSettings): Promise<PhoneNumberRow | Problem> {
  const wrong = (await whyNotMove(at, to)) ?? (await whyNotSettings(at, to, values));
  if (wrong) return wrong;
  const moved = await at.deps.store.phoneNumbers.move(at.account.sid, at.row.sid, to, settingsOf(values));
  return settle(at, moved, {
    limit: (most) => invalid(`AccountSid: ${to} has ${most} numbers, the most there can be.`, 21404),
  });
}

async function whyNotMove(at: ToUpdate, to: string): Promise<Problem | undefined> {
  const { principal, account } = at;
  if (principal.kind !== "operator" && principal.account.parentSid !== null) {
    return invalid("AccountSid: only the main account moves numbers between its accounts. Use its credentials.", 21474);
  }
  const target = await at.deps.store.accounts.fetch(to);
  const customer = account.parentSid ?? account.sid;
  if (target === undefined || (target.parentSid ?? target.sid) !== customer) {
    return invalid(`AccountSid: ${to} is no account of the customer that has the number.`, 21473);
  }
  return target.status === "active" ? undefined : invalid(`AccountSid: account ${to} is ${target.status}.`, 21472);
}

/** Where the path names the type, the number does not. */
function viewOfType(row: PhoneNumberRow, at: Context): object {
  const { type: _inPath, ...rest } = viewNumber(row, at);
  return rest;
}

function viewNumber(row: PhoneNumberRow, at: Context) {
  return {
    ...viewCommon(row),
    voice_receive_mode: "voice",
    address_sid: row.addressSid,
    identity_sid: row.identitySid,
    bundle_sid: row.bundleSid,
    emergency_status: "Inactive",
    emergency_address_sid: null,
    emergency_address_status: "unregistered",
    origin: "twilio",
    status: "in-use",
    type: row.type,
    date_created: rfc2822Date(row.createdAtMs),
    date_updated: rfc2822Date(row.updatedAtMs),
    uri: at.links.relative(`/Accounts/${row.accountSid}/IncomingPhoneNumbers/${row.sid}`),
  };
}
