import { copyString, type RawHeader, type SipRequest } from "@trunkline/sip";
import type { CallRequest } from "@trunkline/trunking";

/** Headers handed to routing: more than any caller means, less than a message may have. */
const MAX_HEADERS = 128;
/** Names and values of them all together. */
const MAX_CHARACTERS = 16_384;

/**
 * What never goes to routing as it is: what has a field of its own in `CallRequest`, passwords' digests, and what belongs to this leg's
 * transport, dialog and body. Leaving those out here keeps the room for the others.
 */
const NOT_HANDED_ON: ReadonlySet<string> = new Set([
  ...["via", "from", "to", "call-id", "cseq", "contact", "max-forwards", "route", "record-route"],
  ...["remote-party-id", "p-asserted-identity", "privacy", "diversion", "authorization", "proxy-authorization"],
  ...["content-length", "content-type", "content-disposition", "content-encoding", "content-language", "mime-version"],
  ...["allow", "supported", "require", "proxy-require", "accept", "session-expires", "min-se"],
]);

/** RFC 3261 §25.1: no control character but HTAB stands in a header's value; somebody's parser may take one for a line break. */
const NO_TEXT = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * The request's headers that have no field of their own, in order, as written but for compact names, which are written out. What does
 * not fit is left out whole. Copied: a call keeps some of them (design §5, rule 7).
 */
export function otherHeaders(request: SipRequest): NonNullable<CallRequest["headers"]> {
  const headers: (readonly [name: string, value: string])[] = [];
  let left = MAX_CHARACTERS;
  for (const header of request.headers) {
    if (NOT_HANDED_ON.has(header.key) || NO_TEXT.test(header.value)) continue;
    const name = nameOf(header);
    const size = name.length + header.value.length;
    if (headers.length >= MAX_HEADERS || size > left) continue;
    left -= size;
    headers.push([copyString(name), copyString(header.value)]);
  }
  return headers;
}

function nameOf({ key, name }: RawHeader): string {
  return name.length === 1 ? key : name;
}
