import type { FormValues } from "../../form.ts";
import { anyText, clearable, coded, flag, given, httpMethod, oneOf, optional, sid, text, webUrl } from "../../form.ts";
import { invalid, type Problem } from "../../problem.ts";
import type { Context } from "../../route.ts";

const ACTION_DISABLED = 20010;
const APPLICATION_NOT_ACCESSIBLE = 21420;
const ADDRESS_INVALID = 21628;

/** What of a number its account may set. */
export const numberSettings = {
  FriendlyName: optional(coded(20002, text(64))),
  VoiceUrl: clearable(coded(21402, webUrl())),
  VoiceMethod: optional(coded(21403, httpMethod())),
  VoiceFallbackUrl: clearable(coded(21402, webUrl())),
  VoiceFallbackMethod: optional(coded(21403, httpMethod())),
  VoiceApplicationSid: clearable(coded(21420, sid("AP"))),
  VoiceCallerIdLookup: optional(flag()),
  VoiceReceiveMode: optional(oneOf("voice", "fax")),
  StatusCallback: clearable(coded(21402, webUrl())),
  StatusCallbackMethod: optional(coded(21403, httpMethod())),
  TrunkSid: clearable(sid("TK")),
  EmergencyAddressSid: optional(anyText()),
  EmergencyStatus: optional(oneOf("Active", "Inactive")),
  SmsUrl: clearable(coded(21402, webUrl())),
  SmsMethod: optional(coded(21403, httpMethod())),
  SmsFallbackUrl: clearable(coded(21402, webUrl())),
  SmsFallbackMethod: optional(coded(21403, httpMethod())),
  SmsApplicationSid: clearable(coded(21420, sid("AP"))),
  AddressSid: clearable(sid("AD")),
  IdentitySid: clearable(sid("RI")),
  BundleSid: clearable(sid("BU")),
  // There is one version; clients name it all the same.
  ApiVersion: optional(anyText()),
};
export type NumberSettings = FormValues<typeof numberSettings>;

/** Why the account cannot have these settings. @param accountSid whose number it is, or will be */
export async function whyNotSettings(
  at: Context,
  accountSid: string,
  values: NumberSettings,
): Promise<Problem | undefined> {
  if (values.EmergencyAddressSid || values.EmergencyStatus === "Active") {
    return invalid("Emergency calling cannot be set on numbers of this installation.", ACTION_DISABLED);
  }
  if (values.VoiceReceiveMode === "fax") {
    return invalid("VoiceReceiveMode: numbers of this installation receive voice only.", ACTION_DISABLED);
  }
  if (values.TrunkSid && values.VoiceApplicationSid) {
    return invalid("A number has a trunk or a voice application: give TrunkSid or VoiceApplicationSid, not both.");
  }
  const { trunks, applications, addresses } = at.deps.store;
  if (values.TrunkSid && (await trunks.fetch(accountSid, values.TrunkSid)) === undefined) {
    return invalid(`TrunkSid: this account has no trunk ${values.TrunkSid}.`);
  }
  for (const name of ["VoiceApplicationSid", "SmsApplicationSid"] as const) {
    const sid = values[name];
    if (sid && (await applications.fetch(accountSid, sid)) === undefined) {
      return invalid(`${name}: this account has no application ${sid}.`, APPLICATION_NOT_ACCESSIBLE);
    }
  }
  if (values.AddressSid && (await addresses.fetch(accountSid, values.AddressSid)) === undefined) {
    return invalid(`AddressSid: this account has no address ${values.AddressSid}.`, ADDRESS_INVALID);
  }
  return undefined;
}

/** The settings as the store has them; those that were not given are undefined. */
export function settingsOf(values: NumberSettings) {
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
    smsUrl: values.SmsUrl,
    smsMethod: values.SmsMethod,
    smsFallbackUrl: values.SmsFallbackUrl,
    smsFallbackMethod: values.SmsFallbackMethod,
    smsApplicationSid: values.SmsApplicationSid,
    addressSid: values.AddressSid,
    identitySid: values.IdentitySid,
    bundleSid: values.BundleSid,
  });
}

/** What a number has of which nothing was said. */
export const PLAIN_NUMBER = {
  trunkSid: null,
  voiceUrl: null,
  voiceMethod: "POST",
  voiceFallbackUrl: null,
  voiceFallbackMethod: "POST",
  voiceApplicationSid: null,
  voiceCallerIdLookup: false,
  statusCallback: null,
  statusCallbackMethod: "POST",
  smsUrl: null,
  smsMethod: "POST",
  smsFallbackUrl: null,
  smsFallbackMethod: "POST",
  smsApplicationSid: null,
  addressSid: null,
  identitySid: null,
  bundleSid: null,
} as const;
