import type { HashName, Host } from "../host.ts";
import type { DigestCredentials } from "./auth-params.ts";
import { nonceCountText } from "./auth-params.ts";

/** The hash of a `Host`: lower-case hex of a latin1 string. */
export type Hash = Host["hash"];

/**
 * HASH(username:realm:password), RFC 7616 §3.4.2: what is stored instead of a password. The three are octets; text beyond ASCII
 * goes through `encodeUtf8` first.
 */
export function ha1(hash: Hash, algorithm: HashName, username: string, realm: string, password: string): string {
  return hash(algorithm, `${username}:${realm}:${password}`);
}

/** What `response` has to be (RFC 7616 §3.4.1): with qop=auth, or the old form when the credentials have no qop. */
export function digestResponse(
  hash: Hash,
  ha1Hex: string,
  method: string,
  credentials: Pick<DigestCredentials, "algorithm" | "nonce" | "uri" | "protection">,
): string {
  const { algorithm, nonce, uri, protection } = credentials;
  const ha2 = hash(algorithm, `${method}:${uri}`);
  const between = protection ? `:${nonceCountText(protection)}:${protection.cnonce}:${protection.qop}` : "";
  return hash(algorithm, `${ha1Hex}:${nonce}${between}:${ha2}`);
}
