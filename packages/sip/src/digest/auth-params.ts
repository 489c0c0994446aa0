import type { HashName } from "../host.ts";
import { Malformed } from "../malformed.ts";
import { isToken, quoteString, TOKEN_CHARS, unescapeQuoted } from "../message/text.ts";

/** A challenge we can answer or make (RFC 7616 §3.3, RFC 8760 §2.4). */
export type DigestChallenge = {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque?: string;
  readonly algorithm: HashName;
  /** Empty in the old form without qop (RFC 2069). */
  readonly qop: readonly string[];
  /** The answer was right but its nonce too old: try again with this one, without asking anybody for a password. */
  readonly stale: boolean;
};

/** The answer to a challenge (RFC 7616 §3.4). */
export type DigestCredentials = {
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  /** Lower-case hex. */
  readonly response: string;
  readonly algorithm: HashName;
  readonly opaque?: string;
  /** Absent in the old form without qop. */
  readonly protection?: { readonly qop: string; readonly cnonce: string; readonly nonceCount: number };
};

const SCHEME = /^Digest[ \t]+/i;
const AUTH_PARAM = new RegExp(
  `[ \\t]*([${TOKEN_CHARS}]+)[ \\t]*=[ \\t]*(?:"((?:[^"\\\\]|\\\\[\\s\\S])*)"|([^ \\t,"]+))[ \\t]*(,|$)`,
  "y",
);

/**
 * Reads a WWW-Authenticate or Proxy-Authenticate line. One line is one challenge: these are not comma lists (RFC 3261 §7.3.1).
 * Another scheme, or an algorithm other than MD5 and SHA-256, is `Malformed`: nothing we could answer.
 */
export function parseChallenge(line: string): DigestChallenge | Malformed {
  const params = parseAuthParams(line);
  if (params instanceof Malformed) return params;
  const algorithm = algorithmOf(params);
  const realm = params.get("realm");
  const nonce = params.get("nonce");
  const opaque = params.get("opaque");
  if (algorithm === undefined) return new Malformed("algorithm");
  if (realm === undefined || nonce === undefined) return new Malformed("challenge");
  const qop = (params.get("qop") ?? "")
    .toLowerCase()
    .split(/[ \t,]+/)
    .filter((option) => option !== "");
  if (!qop.every(isToken)) return new Malformed("qop");
  return {
    realm,
    nonce,
    ...(opaque === undefined ? {} : { opaque }),
    algorithm,
    qop,
    stale: params.get("stale")?.toLowerCase() === "true",
  };
}

/** A challenge as header value. MD5 goes unnamed, which means the same (RFC 7616 §3.3) and suits the oldest clients. */
export function writeChallenge(challenge: DigestChallenge): string {
  const params = [`realm=${quoteString(challenge.realm)}`];
  if (challenge.qop.length > 0) params.push(`qop="${challenge.qop.join(",")}"`);
  params.push(`nonce=${quoteString(challenge.nonce)}`);
  if (challenge.opaque !== undefined) params.push(`opaque=${quoteString(challenge.opaque)}`);
  if (challenge.stale) params.push("stale=true");
  if (challenge.algorithm !== "MD5") params.push(`algorithm=${challenge.algorithm}`);
  return `Digest ${params.join(",")}`;
}

/** Reads an Authorization or Proxy-Authorization line. `Malformed` for what we did not offer, or when a part is missing. */
export function parseCredentials(line: string): DigestCredentials | Malformed {
  const params = parseAuthParams(line);
  if (params instanceof Malformed) return params;
  const algorithm = algorithmOf(params);
  if (algorithm === undefined) return new Malformed("algorithm");
  const username = params.get("username");
  const realm = params.get("realm");
  const nonce = params.get("nonce");
  const uri = params.get("uri");
  const response = params.get("response")?.toLowerCase();
  const opaque = params.get("opaque");
  if (username === undefined || realm === undefined || nonce === undefined || uri === undefined) {
    return new Malformed("credentials");
  }
  if (response === undefined || !/^[0-9a-f]{32,64}$/.test(response)) return new Malformed("response");
  const protection = parseProtection(params);
  if (protection instanceof Malformed) return protection;
  return {
    username,
    realm,
    nonce,
    uri,
    response,
    algorithm,
    ...(opaque === undefined ? {} : { opaque }),
    ...(protection === undefined ? {} : { protection }),
  };
}

function parseProtection(params: ReadonlyMap<string, string>): DigestCredentials["protection"] | Malformed {
  const qop = params.get("qop")?.toLowerCase();
  if (qop === undefined) return undefined;
  if (!isToken(qop)) return new Malformed("qop");
  const cnonce = params.get("cnonce");
  const count = params.get("nc");
  if (cnonce === undefined || count === undefined || !/^[0-9A-Fa-f]{8}$/.test(count)) return new Malformed("nc");
  return { qop, cnonce, nonceCount: Number.parseInt(count, 16) };
}

/** Credentials as header value; quoting as in RFC 7616 §3.4: algorithm, qop and nc bare. */
export function writeCredentials(credentials: DigestCredentials): string {
  const { protection } = credentials;
  const params = [
    `username=${quoteString(credentials.username)}`,
    `realm=${quoteString(credentials.realm)}`,
    `nonce=${quoteString(credentials.nonce)}`,
    `uri=${quoteString(credentials.uri)}`,
    `response="${credentials.response}"`,
    `algorithm=${credentials.algorithm}`,
  ];
  if (protection) {
    params.push(
      `cnonce=${quoteString(protection.cnonce)}`,
      `qop=${protection.qop}`,
      `nc=${nonceCountText(protection)}`,
    );
  }
  if (credentials.opaque !== undefined) params.push(`opaque=${quoteString(credentials.opaque)}`);
  return `Digest ${params.join(", ")}`;
}

/** `nc` as it is sent and hashed: eight hex digits. */
export function nonceCountText(protection: { readonly nonceCount: number }): string {
  return protection.nonceCount.toString(16).padStart(8, "0");
}

/** Parameters by lower-case name, quotes resolved. One that comes twice is `Malformed`: two readers might pick different ones. */
function parseAuthParams(line: string): ReadonlyMap<string, string> | Malformed {
  const scheme = SCHEME.exec(line);
  if (!scheme) return new Malformed("scheme");
  const params = new Map<string, string>();
  AUTH_PARAM.lastIndex = scheme[0].length;
  for (;;) {
    const at = AUTH_PARAM.lastIndex;
    const match = AUTH_PARAM.exec(line);
    const name = match?.[1]?.toLowerCase();
    if (!match || name === undefined || params.has(name)) return new Malformed("parameter", at);
    params.set(name, match[2] === undefined ? (match[3] ?? "") : unescapeQuoted(match[2]));
    if (match[4] === "") return params;
  }
}

function algorithmOf(params: ReadonlyMap<string, string>): HashName | undefined {
  const name = params.get("algorithm")?.toUpperCase() ?? "MD5";
  return name === "MD5" || name === "SHA-256" ? name : undefined;
}
