import { type Account, isE164, mintSid } from "@trunkline/trunking";
import { rfc2822Date } from "../../dates.ts";
import type { FormValues } from "../../form.ts";
import { anyText, clearable, coded, flag, given, httpMethod, oneOf, optional, sid, text, webUrl } from "../../form.ts";
import { invalid, notE164, type Problem } from "../../problem.ts";
import { type At, noParent, type Resource, settle, settleRemoval } from "../../resource.ts";
import { accepts, type Context } from "../../route.ts";
import { NUMBER_CONSTANTS, type PhoneNumberRow } from "./phone-number-row.ts";

const NUMBER_INVALID = 21421;
const ACTION_DISABLED = 20010;
const taken = invalid("PhoneNumber: it is not available. Choose another.", 21422);

/** ISO 3166's code for "unknown": a number's country is what the inventory says of it, and this one did not come from there. */
const COUNTRY_UNKNOWN = "ZZ";
/** North American toll-free codes (800, 833, 844, 855, 866, 877, 888). */
const TOLL_FREE = /^\+18(00|33|44|55|66|77|88)\d{7}$/;

const settings = {
  FriendlyName: optional(coded(20002, text(64))),
  VoiceUrl: clearable(coded(21402, webUrl())),
  VoiceMethod: optional(coded(21403, httpMethod())),
  VoiceFallbackUrl: clearable(coded(21402, webUrl())),
  VoiceFallbackMethod: optional(coded(21403, httpMethod())),
  VoiceApplicationSid: clearable(coded(21420, sid("AP"))),
  VoiceCallerIdLookup: optional(flag()),
  StatusCallback: clearable(coded(21402, webUrl())),
  StatusCallbackMethod: optional(coded(21403, httpMethod())),
  TrunkSid: clearable(sid("TK")),
  EmergencyAddressSid: optional(anyText()),
  EmergencyStatus: optional(oneOf("Active", "Inactive")),
};
type Settings = FormValues<typeof settings>;

/** 2010-04-01 IncomingPhoneNumbers: the numbers of an account (contract §3.1, NUM-2). */
export const incomingPhoneNumbers: Resource<PhoneNumberRow, null> = {
  product: "api",
  noun: "phone number",
  path: "/Accounts/:accountSid/IncomingPhoneNumbers",
  key: "incoming_phone_numbers",
  parent: noParent,
  view: viewNumber,
  list: accepts(
    {
      PhoneNumber: optional(anyText()),
      FriendlyName: optional(anyText()),
      Beta: optional(flag()),
      Origin: optional(oneOf("twilio", "hosted")),
    },
    async (at: At<null>, { PhoneNumber: phoneNumber, FriendlyName: friendlyName, Origin: origin }) => {
      const filter = given({ phoneNumber, friendlyName });
      // Every number here is the platform's own; none is hosted elsewhere.
      if (origin === "hosted") return async () => ({ rows: [], next: null, previous: null });
      return (page) => at.deps.store.phoneNumbers.list(at.account.sid, filter, page);
    },
  ),
  fetch: (at, numberSid) => at.deps.store.phoneNumbers.fetch(at.account.sid, numberSid),
  create: accepts(
    { ...settings, PhoneNumber: optional(coded(NUMBER_INVALID, text(32))), AreaCode: optional(anyText()) },
    async (at: At<null>, values) => {
      const { PhoneNumber: e164, AreaCode: areaCode } = values;
      if (areaCode !== undefined)
        return invalid("AreaCode is not supported here: give PhoneNumber, a whole number.", 21457);
      if (e164 === undefined)
        return invalid("Missing required parameter PhoneNumber: it must be a number such as +12025550100.");
      if (!isE164(e164)) return notE164("PhoneNumber", e164, NUMBER_INVALID);
      const wrong = await whyNotSettings(at, values);
      if (wrong) return wrong;
      return settle(at, await at.deps.store.phoneNumbers.create(newNumber(at, e164, values)), {
        "phone-number": taken,
        limit: (most) => tooMany(at.account, most),
      });
    },
  ),
  update: accepts(
    { ...settings, AccountSid: optional(coded(21470, sid("AC"))) },
    async (at: At<null> & { readonly row: PhoneNumberRow }, values) => {
      if (values.AccountSid !== undefined && values.AccountSid !== at.row.accountSid) {
        return invalid("AccountSid: moving a number to another account is not available here.", ACTION_DISABLED);
      }
      const wrong = await whyNotSettings(at, values);
      if (wrong) return wrong;
      return settle(at, await at.deps.store.phoneNumbers.update(at.account.sid, at.row.sid, changeOf(values)));
    },
  ),
  remove: async (at, row) => settleRemoval(at, await at.deps.store.phoneNumbers.delete(at.account.sid, row.sid)),
};

/** ACC-2; for other accounts there is a limit only where the installation sets one. */
function tooMany({ type }: Account, most: number): Problem {
  const why =
    type === "Trial"
      ? `A trial account has at most ${most} number. Release it first, or ask the operator to upgrade the account.`
      : `This account has ${most} numbers, the most there can be. Release one first.`;
  return invalid(why, 21404);
}

async function whyNotSettings(at: Context, values: Settings): Promise<Problem | undefined> {
  if (values.EmergencyAddressSid || values.EmergencyStatus === "Active") {
    return invalid("Emergency calling cannot be set on numbers of this installation.", ACTION_DISABLED);
  }
  if (!values.TrunkSid) return undefined;
  if (values.VoiceApplicationSid) {
    return invalid("A number has a trunk or a voice application: give TrunkSid or VoiceApplicationSid, not both.");
  }
  const trunk = await at.deps.store.trunks.fetch(at.account.sid, values.TrunkSid);
  return trunk === undefined ? invalid(`TrunkSid: this account has no trunk ${values.TrunkSid}.`) : undefined;
}

function changeOf(values: Settings) {
  return given({
    friendlyName: values.FriendlyName,
    voiceUrl: values.VoiceUrl,
    voiceMethod: values.VoiceMethod,
    voiceFallbackUrl: values.VoiceFallbackUrl,
    voiceFallbackMethod: values.VoiceFallbackMethod,
    voiceApplicationSid: values.VoiceApplicationSid,
    voiceCallerIdLookup: values.VoiceCallerIdLookup,
    statusCallback: values.StatusCallback,
    statusCallbackMethod: values.StatusCallbackMethod,
    trunkSid: values.TrunkSid,
  });
}

function newNumber(at: Context, e164: string, values: Settings): Omit<PhoneNumberRow, "createdAtMs" | "updatedAtMs"> {
  return {
    sid: mintSid("PN", at.deps.randomHex(16)),
    accountSid: at.account.sid,
    e164,
    trunkSid: values.TrunkSid ?? null,
    friendlyName: values.FriendlyName ?? e164,
    voiceUrl: values.VoiceUrl ?? null,
    voiceMethod: values.VoiceMethod ?? "POST",
    voiceFallbackUrl: values.VoiceFallbackUrl ?? null,
    voiceFallbackMethod: values.VoiceFallbackMethod ?? "POST",
    voiceApplicationSid: values.VoiceApplicationSid ?? null,
    voiceCallerIdLookup: values.VoiceCallerIdLookup ?? false,
    statusCallback: values.StatusCallback ?? null,
    statusCallbackMethod: values.StatusCallbackMethod ?? "POST",
    isoCountry: COUNTRY_UNKNOWN,
    type: TOLL_FREE.test(e164) ? "toll free" : "local",
  };
}

function viewNumber(row: PhoneNumberRow, at: Context): object {
  return {
    ...NUMBER_CONSTANTS,
    sid: row.sid,
    account_sid: row.accountSid,
    phone_number: row.e164,
    friendly_name: row.friendlyName,
    trunk_sid: row.trunkSid,
    voice_url: row.voiceUrl,
    voice_method: row.voiceMethod,
    voice_fallback_url: row.voiceFallbackUrl,
    voice_fallback_method: row.voiceFallbackMethod,
    voice_application_sid: row.voiceApplicationSid,
    voice_caller_id_lookup: row.voiceCallerIdLookup,
    voice_receive_mode: "voice",
    status_callback: row.statusCallback,
    status_callback_method: row.statusCallbackMethod,
    address_sid: null,
    identity_sid: null,
    bundle_sid: null,
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
