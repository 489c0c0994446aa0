import type { DirectoryReader } from "../directory/directory.types.ts";
import { isE164 } from "../e164.ts";
import { pass, quoted, type Ruling, refuse } from "./ruling.ts";
import type { CallRequest, Party } from "./types.ts";

/** Digits alone count as a number from this length on; shorter ones are an extension of the PBX, which names nobody outside. */
const MIN_NUMBER_DIGITS = 7;

/**
 * TERM-5: the caller ID is the number in From; if there is none, in Remote-Party-ID; if there is none, in P-Asserted-Identity. It must
 * be in E.164 form (403, 32206) and belong to the account or be verified (403, 32204). Found: the number.
 *
 * The first header that has a number decides: a present Remote-Party-ID must itself be valid (contract §8.4).
 */
export function checkCallerId(request: CallRequest, accountSid: string, directory: DirectoryReader): Ruling<string> {
  const named = callerParty(request);
  if (!named) {
    const input = quoted(request.from.raw);
    return refuse(32204, input, "Neither From nor Remote-Party-ID nor P-Asserted-Identity has a phone number.");
  }
  const { header, number } = named;
  const input = `${header}: ${number}`;
  if (!isE164(number))
    return refuse(32206, input, `The caller ID "${quoted(number)}" is not in E.164 form (+ country code and number).`);
  const title = titleTo(number, accountSid, directory);
  if (!title)
    return refuse(32204, input, `${number} is neither a number of the account nor one of its verified caller IDs.`);
  return pass(input, `${number} is ${title}.`, number);
}

/** The first header, in the order of TERM-5, that has a number, well formed or not. */
export function callerParty(request: CallRequest): { readonly header: string; readonly number: string } | undefined {
  const parties: readonly (readonly [string, Party | null])[] = [
    ["From", request.from],
    ["Remote-Party-ID", request.remotePartyId],
    ["P-Asserted-Identity", request.assertedIdentity],
  ];
  for (const [header, party] of parties) {
    const number = party?.user?.split(";", 1)[0] ?? "";
    if (hasNumber(number)) return { header, number };
  }
  return undefined;
}

/** By what right the account may show a number; undefined: by none. */
export function titleTo(e164: string, accountSid: string, directory: DirectoryReader): string | undefined {
  if (directory.phoneNumber(e164)?.accountSid === accountSid) return "a number of the account";
  return directory.callerId(accountSid, e164) ? "a verified caller ID of the account" : undefined;
}

function hasNumber(user: string): boolean {
  if (user.startsWith("+")) return true;
  return /^[\d().\s-]+$/.test(user) && user.replace(/\D/g, "").length >= MIN_NUMBER_DIGITS;
}
