import { isToken } from "./text.ts";

/** Compact forms: RFC 3261 §7.3.3 and the IANA registry of SIP header fields. */
const COMPACT: Readonly<Record<string, string>> = {
  a: "accept-contact",
  b: "referred-by",
  c: "content-type",
  d: "request-disposition",
  e: "content-encoding",
  f: "from",
  i: "call-id",
  j: "reject-contact",
  k: "supported",
  l: "content-length",
  m: "contact",
  n: "identity-info",
  o: "event",
  r: "refer-to",
  s: "subject",
  t: "to",
  u: "allow-events",
  v: "via",
  x: "session-expires",
  y: "identity",
};

/** Names in their usual spelling, so that a common header costs one look-up and no new string. */
const USUAL = [
  ["Via", "From", "To", "Call-ID", "CSeq", "Contact", "Max-Forwards", "Content-Length", "Content-Type", "User-Agent"],
  [
    "Allow",
    "Supported",
    "Require",
    "Proxy-Require",
    "Unsupported",
    "Route",
    "Record-Route",
    "Server",
    "Accept",
    "Date",
  ],
  ["Authorization", "Proxy-Authorization", "WWW-Authenticate", "Proxy-Authenticate", "Expires", "Min-SE", "Reason"],
  ["P-Asserted-Identity", "P-Preferred-Identity", "Remote-Party-ID", "Privacy", "Diversion", "History-Info", "Subject"],
  ["Session-Expires", "RSeq", "RAck", "Refer-To", "Referred-By", "Replaces", "Event", "Warning", "Retry-After"],
].flat();

const KNOWN: ReadonlyMap<string, string> = new Map([
  ...USUAL.map((name) => [name, name.toLowerCase()] as const),
  ...Object.entries(COMPACT),
]);

/** Lower-case long form of a header name as written, or undefined when it is no `token`. */
export function canonicalName(name: string): string | undefined {
  const known = KNOWN.get(name);
  if (known !== undefined) return known;
  if (!isToken(name)) return undefined;
  const lower = name.toLowerCase();
  return COMPACT[lower] ?? lower;
}
