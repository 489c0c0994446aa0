/** `+`, a country code that does not begin with 0, at most 15 digits (ITU-T E.164 §6); the form Twilio documents. */
const E164 = /^\+[1-9]\d{1,14}$/;

/** 911 and its US test number 933, 112 in Europe, 999 in the UK and Ireland (contract §8.8). */
const EMERGENCY = new Set(["911", "933", "112", "999"]);

/** Shortest number a carrier writes without `+`; anything shorter is a service code, not an international number. */
const MIN_BARE_DIGITS = 8;

/** True for a number in strict E.164 form, e.g. `+14155550100`. No separators, no spaces. */
export function isE164(text: string): boolean {
  return E164.test(text);
}

/** True for the national emergency numbers that may be dialled without `+` (TERM-4). */
export function isEmergencyNumber(text: string): boolean {
  return EMERGENCY.has(text);
}

/**
 * E.164 form of a number as carriers write it (CAR-2): `+1 (415) 555-0100`, `14155550100`, `0014155550100`.
 *
 * Bare digits are taken as international, never as national: which country they would belong to is not known here.
 * Undefined when nothing of E.164 form comes out.
 */
export function toE164(text: string): string | undefined {
  const compact = text.replace(/[\s().-]/g, "");
  const digits = compact.replace(/^(?:\+|00)/, "");
  if (digits === compact && digits.length < MIN_BARE_DIGITS) return undefined;
  const number = `+${digits}`;
  return isE164(number) ? number : undefined;
}
