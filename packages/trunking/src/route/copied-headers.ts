import type { CallRequest, Facts } from "./types.ts";

/**
 * LIM-4: headers of leg A that leg B gets too, in lower case. A list of what may pass, not of what may not: a header nobody thought
 * of stays here. Those below say something about the call to the people at its ends, and make no machine do anything.
 */
export const DEFAULT_COPIED_HEADERS: ReadonlySet<string> = new Set(["priority", "subject", "user-to-user"]);

/** Never copied, whatever an operator lists: they belong to one leg, or are trusted as the platform's own word. */
const OWN = new Set(
  `accept accept-encoding allow allow-events authorization call-id contact content-disposition content-encoding content-language
  content-length content-type cseq diversion event expires from identity max-forwards mime-version min-expires min-se
  p-asserted-identity p-preferred-identity path privacy proxy-authenticate proxy-authorization proxy-require rack reason record-route
  refer-to referred-by remote-party-id replaces require route rseq server service-route session-expires supported to unsupported
  user-agent via www-authenticate`.split(/\s+/),
);

/** Together as much as the headers of an origination URL may be (ORIG-6): leg B's INVITE must stay within a datagram. */
const MAX_CHARACTERS = 1_024;
const MAX_HEADERS = 20;

/** The headers of the request that go on to leg B, as written, in order; what does not fit is left out whole. */
export function copiedHeaders(request: CallRequest, facts: Facts): readonly (readonly [name: string, value: string])[] {
  const allowed = facts.copiedHeaders ?? DEFAULT_COPIED_HEADERS;
  const copied: (readonly [string, string])[] = [];
  let left = MAX_CHARACTERS;
  for (const header of request.headers ?? []) {
    const [name, value] = header;
    if (!mayPass(name.toLowerCase(), allowed)) continue;
    const size = name.length + value.length;
    if (size > left || copied.length >= MAX_HEADERS || /[\r\n\0]/.test(value)) continue;
    left -= size;
    copied.push(header);
  }
  return copied;
}

function mayPass(name: string, allowed: ReadonlySet<string>): boolean {
  return allowed.has(name) && !OWN.has(name) && !/^x-(?:twilio|trunkline)-/.test(name);
}
