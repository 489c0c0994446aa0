import type { DirectoryReader } from "../directory/directory.types.ts";
import { toE164 } from "../e164.ts";
import type { PhoneNumber, Trunk } from "../model.ts";
import { pass, quoted, type Refused, type Ruling } from "./ruling.ts";
import type { CallRequest } from "./types.ts";

/**
 * Where the number that the carrier dialled stands: in the Request-URI. A registrar puts our Contact there in its place (RFC 3261 §16.6 step
 * 2); the number is then in P-Called-Party-ID, which is made for that (RFC 7315 §4.2), else in To.
 */
export function dialledUser(
  { requestUri, to, headers = [] }: CallRequest,
  { registered }: { readonly registered: boolean },
): string | null {
  if (!registered) return requestUri.user;
  const called = headers.find(([name]) => name.toLowerCase() === "p-called-party-id")?.[1];
  return CALLED_PARTY.exec(called ?? "")?.[1]?.replace(/%2b/i, "+") ?? to.user;
}

/** The user part of the URI in a P-Called-Party-ID. */
const CALLED_PARTY = /(?:<|^)\s*(?:sips?|tel):([^@;>\s]+)/i;

/** CAR-2: the number that the carrier dialled, brought to E.164 and looked up. 404 when nobody here has it. */
export function findNumber(user: string | null, directory: DirectoryReader): Ruling<PhoneNumber> {
  const input = user ?? "";
  const e164 = toE164(input.split(";", 1)[0] ?? "");
  if (e164 === undefined) return notFound(input, `"${quoted(input)}" is not an international number.`);
  const number = directory.phoneNumber(e164);
  if (!number) return notFound(input, `${e164} is not a number of this installation.`);
  return pass(input, `${e164} is ${number.sid} of account ${number.accountSid}.`, number);
}

/** The trunk the number hangs on. 404 when it hangs on none: for trunking the number does not exist. */
export function findTrunk(number: PhoneNumber, directory: DirectoryReader): Ruling<Trunk> {
  if (number.trunkSid === null) return notFound(number.e164, `${number.e164} is not associated with a trunk.`);
  const trunk = directory.trunk(number.trunkSid);
  if (!trunk)
    return notFound(number.e164, `${number.e164} is associated with ${number.trunkSid}, which does not exist.`);
  return pass(number.e164, `${number.e164} is associated with trunk ${trunk.sid}.`, trunk);
}

/** 404 tells the carrier that this number is not served here, which is definite; a 4xx of another kind would make it try again. */
function notFound(input: string, detail: string): Refused {
  return { kind: "refuse", input, rejection: { kind: "reject", status: 404, phrase: "Not Found", code: null, detail } };
}
