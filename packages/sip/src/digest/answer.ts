import type { HashName } from "../host.ts";
import { Malformed } from "../malformed.ts";
import { type DigestChallenge, type DigestCredentials, parseChallenge, writeCredentials } from "./auth-params.ts";
import { digestResponse, type Hash, ha1 } from "./digest.ts";

export type DigestLogin = {
  readonly username: string;
  readonly password: string;
  /** The only realm this password may be used for; absent: any. */
  readonly realm?: string;
};

export type DigestAnswer = {
  /** Value of Authorization (after 401) or Proxy-Authorization (after 407). */
  readonly value: string;
  readonly challenge: DigestChallenge;
};

const STRENGTH: readonly HashName[] = ["SHA-256", "MD5"];

/**
 * Answers the challenges of a 401 or 407, one header line each. Every realm that asks gets one answer (RFC 3261 §22.3: proxies and the
 * server may ask at once), to the strongest algorithm we speak and the first of equals (RFC 8760 §2.4). None for a realm that is not the
 * login's, or whose challenges cannot be answered.
 *
 * After an answer was refused, a challenge that is not `stale` means that the password is wrong (RFC 7616 §3.3).
 *
 * @param uri Request-URI of the request that will carry the answers
 * @param cnonce unpredictable text of ours
 */
export function answerChallenges(
  hash: Hash,
  lines: readonly string[],
  login: DigestLogin,
  method: string,
  uri: string,
  cnonce: string,
): readonly DigestAnswer[] {
  const usable = lines.flatMap((line) => {
    const challenge = parseChallenge(line);
    return challenge instanceof Malformed || !answerable(challenge, login) ? [] : [challenge];
  });
  usable.sort((a, b) => STRENGTH.indexOf(a.algorithm) - STRENGTH.indexOf(b.algorithm));
  const ofRealm = new Map<string, DigestChallenge>();
  for (const challenge of usable) if (!ofRealm.has(challenge.realm)) ofRealm.set(challenge.realm, challenge);
  return [...ofRealm.values()].map((challenge) => answerOf(hash, challenge, login, method, uri, cnonce));
}

function answerOf(
  hash: Hash,
  challenge: DigestChallenge,
  login: DigestLogin,
  method: string,
  uri: string,
  cnonce: string,
): DigestAnswer {
  const { realm, nonce, opaque, algorithm } = challenge;
  const unsigned = {
    username: login.username,
    realm,
    nonce,
    uri,
    algorithm,
    ...(opaque === undefined ? {} : { opaque }),
    ...(challenge.qop.length === 0 ? {} : { protection: { qop: "auth", cnonce, nonceCount: 1 } }),
  } satisfies Omit<DigestCredentials, "response">;
  const ha1Hex = ha1(hash, algorithm, login.username, realm, login.password);
  const response = digestResponse(hash, ha1Hex, method, unsigned);
  return { value: writeCredentials({ ...unsigned, response }), challenge };
}

function answerable(challenge: DigestChallenge, login: DigestLogin): boolean {
  if (login.realm !== undefined && login.realm !== challenge.realm) return false;
  return challenge.qop.length === 0 || challenge.qop.includes("auth");
}
