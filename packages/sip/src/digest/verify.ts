import { Malformed } from "../malformed.ts";
import { parseSipUri, sameSipUri } from "../message/uri.ts";
import { type DigestCredentials, parseCredentials } from "./auth-params.ts";
import { digestResponse, type Hash } from "./digest.ts";
import { type NonceMint, sameDigits } from "./nonce-mint.ts";

export type DigestCheck = {
  readonly credentials: DigestCredentials;
  readonly method: string;
  readonly requestUri: string;
  /**
   * Hosts that stand for this server. Some clients (SIPp by default, PBXs behind an outbound proxy) put the server's own address
   * into `uri` instead of the number they call; such a `uri`, without a user, is taken too.
   */
  isOwnHost?(host: string): boolean;
  /** Ours; the HA1 values are for it. */
  readonly realm: string;
  /** HASH(username:realm:password) per algorithm, lower-case hex. */
  readonly ha1: { readonly ha1Md5: string; readonly ha1Sha256: string };
  readonly hash: Hash;
  readonly mint: NonceMint;
  /** Of the clock that `mint` is used with. */
  readonly nowMs: number;
};

export type DigestOutcome =
  | { readonly kind: "valid" }
  /** The password is right, the nonce is not: too old, used up or not ours. Challenge again with `stale=true`. */
  | { readonly kind: "stale" }
  | { readonly kind: "wrong"; readonly why: string };

/**
 * Checks an answer to our challenge (RFC 7616 §3.4.6): realm, `uri` against the Request-URI (§5.9: an answer cut out of another
 * request is worth nothing), the response, then the nonce. In this order, because only who knows the password may learn that a
 * nonce is stale and have its use remembered. Safe to call for several stored credentials: only the right one spends the nonce.
 */
export function verifyDigest(check: DigestCheck): DigestOutcome {
  const { credentials } = check;
  const { protection } = credentials;
  if (credentials.realm !== check.realm) return wrong("realm is not ours");
  if (protection && protection.qop !== "auth") return wrong(`qop ${protection.qop} was not offered`);
  if (!sameUri(credentials.uri, check.requestUri) && !namesServer(credentials.uri, check)) {
    return wrong("uri is not the Request-URI");
  }
  const ha1Hex = credentials.algorithm === "MD5" ? check.ha1.ha1Md5 : check.ha1.ha1Sha256;
  const response = digestResponse(check.hash, ha1Hex, check.method, credentials);
  if (!sameDigits(credentials.response, response)) return wrong("response does not match");
  return check.mint.spend(credentials.nonce, protection?.nonceCount, check.nowMs)
    ? { kind: "valid" }
    : { kind: "stale" };
}

function wrong(why: string): DigestOutcome {
  return { kind: "wrong", why };
}

function sameUri(a: string, b: string): boolean {
  if (a === b) return true;
  const first = parseSipUri(a);
  const second = parseSipUri(b);
  return !(first instanceof Malformed) && !(second instanceof Malformed) && sameSipUri(first, second);
}

/** Only a URI without a user: one with a user that differs is an answer cut out of a request for somebody else. */
function namesServer(uri: string, check: DigestCheck): boolean {
  const named = parseSipUri(uri);
  return !(named instanceof Malformed) && named.user === undefined && check.isOwnHost?.(named.host) === true;
}

/**
 * The credentials for our realm among Authorization or Proxy-Authorization lines (there is one line per realm and algorithm,
 * RFC 3261 §22.3), SHA-256 before MD5. Lines of other schemes (RFC 4475 §3.3.7), other realms and broken ones count for nothing.
 */
export function findCredentials(lines: readonly string[], realm: string): DigestCredentials | undefined {
  let found: DigestCredentials | undefined;
  for (const line of lines) {
    const credentials = parseCredentials(line);
    if (credentials instanceof Malformed || credentials.realm !== realm) continue;
    if (!found || (found.algorithm === "MD5" && credentials.algorithm === "SHA-256")) found = credentials;
  }
  return found;
}
