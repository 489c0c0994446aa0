import { createHash } from "node:crypto";
import { LIFETIME_MS } from "./session-times.ts";

/** `__Host-` makes the browser refuse it unless it is Secure, for this host alone and for all of it (RFC 6265bis §4.1.3.2); that needs TLS. */
const NAME = { plain: "trunkline-session", secure: "__Host-trunkline-session" } as const;
/** Of 32 random bytes in hex. */
const TOKEN = /^[0-9a-f]{64}$/;
/** A browser sends 4 kB a cookie at most; more is not ours. */
const HEADER_MAX_LENGTH = 16_384;

/** The session's token in a `Cookie` header; undefined without one. */
export function readSessionCookie(header: string | undefined, isSecure: boolean): string | undefined {
  if (header === undefined || header.length > HEADER_MAX_LENGTH) return undefined;
  const name = cookieName(isSecure);
  for (const pair of header.split(";")) {
    const [given = "", value = ""] = pair.trim().split("=");
    if (given === name && TOKEN.test(value)) return value;
  }
  return undefined;
}

/**
 * The `Set-Cookie` of a session: out of scripts' reach, and never sent along from another site. Strict does no harm: the console's pages are
 * the same for everybody, and what they then ask for comes from our own site.
 *
 * @param token null: the browser is to forget it
 */
export function sessionCookie(token: string | null, isSecure: boolean): string {
  const maxAgeSec = token === null ? 0 : LIFETIME_MS / 1_000;
  const secure = isSecure ? "; Secure" : "";
  return `${cookieName(isSecure)}=${token ?? ""}; Path=/; Max-Age=${maxAgeSec}; HttpOnly; SameSite=Strict${secure}`;
}

/** What a page of the console proves by that it was given it by us; of no use without the cookie, which scripts cannot read. */
export function csrfToken(token: string): string {
  return createHash("sha256").update(`csrf:${token}`).digest("hex");
}

function cookieName(isSecure: boolean): string {
  return isSecure ? NAME.secure : NAME.plain;
}
