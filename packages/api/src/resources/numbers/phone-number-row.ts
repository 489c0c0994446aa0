import type { Dated, PhoneNumberSettings } from "@trunkline/store";
import type { PhoneNumber } from "@trunkline/trunking";
import type { Context } from "../../route.ts";

export type PhoneNumberRow = PhoneNumber & PhoneNumberSettings & Dated;

/** Whether the number, in E.164 form, is one of the account that the request acts for. */
export async function ownsNumber(at: Context, e164: string): Promise<boolean> {
  const found = await at.deps.store.phoneNumbers.list(at.account.sid, { phoneNumber: e164 }, { limit: 1 });
  return found.rows.some((row) => row.e164 === e164);
}

/** What is the same for every number here: voice only, no messaging, no address rules. */
export const NUMBER_CONSTANTS = {
  address_requirements: "none",
  api_version: "2010-04-01",
  beta: false,
  capabilities: { voice: true, sms: false, mms: false, fax: false },
  sms_url: null,
  sms_method: "POST",
  sms_fallback_url: null,
  sms_fallback_method: "POST",
  sms_application_sid: null,
} as const;
