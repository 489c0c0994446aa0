import type { Dated, PhoneNumberSettings } from "@trunkline/store";
import type { PhoneNumber } from "@trunkline/trunking";

export type PhoneNumberRow = PhoneNumber & PhoneNumberSettings & Dated;

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
