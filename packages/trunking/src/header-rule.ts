import { type Invalid, invalid } from "./invalid.ts";

/** A header that a carrier wants on every INVITE (CAR-1). */
export type AddedHeader = { readonly kind: "ok"; readonly name: string; readonly value: string };
/** The name, in lower case, of a header that a carrier must not get. */
export type RemovedHeader = { readonly kind: "ok"; readonly name: string };

/** Longest line: some of them, with everything else, must still fit into one datagram. */
const MAX_LINE_CHARACTERS = 512;

/** RFC 3261 §25.1 `token`. */
const NAME = /^[\w\-.!%*+`'~]+$/;

/** Headers that make the request what it is, or that dialog, session and transaction read: the stack writes them, nobody else. */
const CORE = new Set(
  `accept accept-encoding allow allow-events authentication-info authorization call-id contact content-disposition
  content-encoding content-language content-length content-type cseq event expires from join max-breadth max-forwards mime-version
  min-expires min-se path proxy-authenticate proxy-authorization proxy-require rack record-route refer-to replaces require route rseq
  server service-route session-expires supported to unsupported user-agent via www-authenticate`.split(/\s+/),
);

/** Checks a line `Name: value`; one that cannot be used is told in a sentence that says what is wrong and what to do. */
export function checkAddedHeader(line: string): AddedHeader | Invalid {
  if (line.length > MAX_LINE_CHARACTERS)
    return invalid(`The header line has ${line.length} characters; at most ${MAX_LINE_CHARACTERS} are allowed.`);
  const colon = line.indexOf(":");
  if (colon < 0) return invalid(`"${line}" is not a header line. Write Name: value.`);
  const name = line.slice(0, colon).trim();
  const why = whyNotName(name);
  if (why !== undefined) return invalid(why);
  const value = line.slice(colon + 1).trim();
  if (!/^[\t\x20-\x7e]+$/.test(value))
    return invalid(`The value of "${name}" is empty or has a line break, a control character or one beyond ASCII.`);
  return { kind: "ok", name, value };
}

/** Checks the name of a header to leave out. */
export function checkRemovedHeader(text: string): RemovedHeader | Invalid {
  const name = text.trim();
  const why = whyNotName(name);
  return why === undefined ? { kind: "ok", name: name.toLowerCase() } : invalid(why);
}

function whyNotName(name: string): string | undefined {
  if (!NAME.test(name)) return `"${name}" is not the name of a header. Use letters, digits and dashes.`;
  if (name.length === 1) return `"${name}" is the short form of a header's name. Write the long one.`;
  if (CORE.has(name.toLowerCase())) return `The header "${name}" belongs to the SIP stack and cannot be changed.`;
  if (/^x-(?:twilio|trunkline)-/i.test(name))
    return `The header "${name}" is set by the platform and cannot be changed.`;
  return undefined;
}
