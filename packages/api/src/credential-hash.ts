import { createHash } from "node:crypto";
import type { Credential } from "@trunkline/trunking";

const LENGTH_MIN = 12;
const LENGTH_MAX = 255;

/** What is wrong with a SIP password, or undefined: at least 12 characters with a digit, a lower-case and an upper-case letter. */
export function whyWeakPassword(password: string): string | undefined {
  const length = [...password].length;
  if (length < LENGTH_MIN) return `must have at least ${LENGTH_MIN} characters`;
  if (length > LENGTH_MAX) return `must have at most ${LENGTH_MAX} characters`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is being refused.
  if (/[\u0000-\u001f\u007f]/.test(password)) return "must not contain control characters";
  if (!/[0-9]/.test(password)) return "must contain a digit";
  if (!/\p{Ll}/u.test(password) || !/\p{Lu}/u.test(password))
    return "must contain a lower-case and an upper-case letter";
  return undefined;
}

/** What a digest check needs, and all that is kept: HASH(username:realm:password) over UTF-8 (RFC 7616 §3.4.2, §4). */
export function hashPassword(
  username: string,
  realm: string,
  password: string,
): Pick<Credential, "ha1Md5" | "ha1Sha256"> {
  const secret = `${username}:${realm}:${password}`;
  return {
    ha1Md5: createHash("md5").update(secret, "utf8").digest("hex"),
    ha1Sha256: createHash("sha256").update(secret, "utf8").digest("hex"),
  };
}
