import { type Dated, NUMBER_CAPABILITIES, type NumberCapability, type PhoneNumberSettings } from "@trunkline/store";
import type { PhoneNumber } from "@trunkline/trunking";
import type { Context } from "../../route.ts";

export type PhoneNumberRow = PhoneNumber & PhoneNumberSettings & Dated;

/** Whether the number, in E.164 form, is one of the account that the request acts for. */
export async function ownsNumber(at: Context, e164: string): Promise<boolean> {
  const found = await at.deps.store.phoneNumbers.list(at.account.sid, { phoneNumber: e164 }, { limit: 1 });
  return found.rows.some((row) => row.e164 === e164);
}

/** What is the same for every number here: no address rules, nothing on trial. */
const CONSTANTS = { address_requirements: "none", api_version: "2010-04-01", beta: false } as const;

/** What a number shows wherever it is shown. */
export function viewCommon(row: PhoneNumberRow) {
  return {
    ...CONSTANTS,
    sid: row.sid,
    account_sid: row.accountSid,
    trunk_sid: row.trunkSid,
    phone_number: row.e164,
    friendly_name: row.friendlyName,
    capabilities: viewCapabilities(row.capabilities),
    voice_url: row.voiceUrl,
    voice_method: row.voiceMethod,
    voice_fallback_url: row.voiceFallbackUrl,
    voice_fallback_method: row.voiceFallbackMethod,
    voice_application_sid: row.voiceApplicationSid,
    voice_caller_id_lookup: row.voiceCallerIdLookup,
    status_callback: row.statusCallback,
    status_callback_method: row.statusCallbackMethod,
    sms_url: row.smsUrl,
    sms_method: row.smsMethod,
    sms_fallback_url: row.smsFallbackUrl,
    sms_fallback_method: row.smsFallbackMethod,
    sms_application_sid: row.smsApplicationSid,
  };
}

export function viewCapabilities(has: readonly NumberCapability[]) {
  const entries = NUMBER_CAPABILITIES.map((capability) => [capability, has.includes(capability)] as const);
  return Object.fromEntries(entries) as { readonly [C in NumberCapability]: boolean };
}
