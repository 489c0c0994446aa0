/**
 * What nobody who reads a capture may learn: proofs of passwords, keys of media, digits that may be a PIN. What stands in a body is replaced
 * by as many stars, so that Content-Length stays true and tools still read the message.
 */

/** Header lines with credentials (RFC 3261 §22, RFC 3329 has none), with the lines that continue them (§7.3.1). */
const CREDENTIALS = /^((?:proxy-)?authorization|(?:proxy-)?authentication-info)[ \t]*:(?:[^\r\n]*(?:\r?\n[ \t])?)*/gim;
/** Parameters that a password could be tried against. The nonce stays in the challenge, where it proves nothing. */
const PROOF =
  /\b(response|cnonce|nonce|nextnonce|rspauth|opaque)([ \t\r\n]*=[ \t\r\n]*)("(?:[^"\\]|\\[\s\S])*"?|[^\s,;]*)/gi;
const DIGEST = /^[^:]*:\s*Digest\b/i;
const INFO = /info[ \t]*:/i;
/** `sip:user:password@host` (RFC 3261 §19.1.1). The lengths keep a message made of `sip:` from being read over and over. */
const URI_PASSWORD = /(\bsips?:[^\s:@<>"]{0,256}):[^\s@<>"]{0,256}@/gi;
/** RFC 4568 §9.1: the key and its salt. */
const SDES_KEY = /^(a=crypto:.*)$/gim;
const INLINE = /(inline:)([^|;\s]*)/gi;
/** RFC 4567, RFC 4566 §5.12, RFC 8839 §5.4. */
const BODY_SECRET = /^(a=key-mgmt:[^ \r\n]*[ ]?|k=[^:\r\n]*:|a=ice-pwd:)([^\r\n]*)/gim;
/** Digits keyed in, as they are told by INFO (`application/dtmf-relay`, `application/dtmf`). */
const DTMF_TYPE = /^(?:content-type|c)[ \t]*:[ \t]*(?:application\/dtmf-relay|application\/dtmf)\b/im;
const SIGNAL = /^([ \t]*(?:signal|d)[ \t]*=[ \t]*)([^\r\n]*)/gim;

/** The message as it may be shown. One character is one octet. */
export function maskSecrets(message: string): string {
  const end = message.indexOf("\r\n\r\n");
  const head = end < 0 ? message : message.slice(0, end);
  const body = end < 0 ? "" : message.slice(end);
  return maskHead(head) + (body.length > 4 ? maskBody(head, body) : body);
}

function maskHead(head: string): string {
  return head.replace(CREDENTIALS, maskCredentials).replace(URI_PASSWORD, "$1:***@");
}

/** Digest without its proofs; of other schemes, which may be the password itself, only the name. */
function maskCredentials(line: string, name: string): string {
  if (DIGEST.test(line) || INFO.test(line.slice(0, name.length + 2))) return line.replace(PROOF, "$1$2***");
  const colon = line.indexOf(":");
  const [scheme = ""] = line
    .slice(colon + 1)
    .trim()
    .split(/\s/, 1);
  return `${line.slice(0, colon)}: ${scheme} ***${/\r?\n[ \t]?$/.exec(line)?.[0] ?? ""}`;
}

function maskBody(head: string, body: string): string {
  if (DTMF_TYPE.test(head)) return maskDigits(body);
  return body
    .replace(SDES_KEY, (line) => line.replace(INLINE, (_key, name: string, key: string) => name + stars(key)))
    .replace(BODY_SECRET, (_line, name: string, secret: string) => name + stars(secret));
}

/** `application/dtmf` is the digit alone. */
function maskDigits(body: string): string {
  const named = body.replace(SIGNAL, (_line, name: string, digit: string) => name + stars(digit));
  return named === body ? body.replace(/[0-9A-D*#]/gi, "*") : named;
}

function stars(secret: string): string {
  return "*".repeat(secret.length);
}
