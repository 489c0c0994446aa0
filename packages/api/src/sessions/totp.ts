import { createHmac, timingSafeEqual } from "node:crypto";

/** RFC 6238 §5.2's recommendation, and the only one that every authenticator app knows. */
const STEP_SEC = 30;
const DIGITS = 6;
/** Steps before and after the present one whose codes are taken: clocks differ, and people type (RFC 6238 §5.2, §6). */
const WINDOW = 1;
/** RFC 4226 §4 R6: 160 bits. */
const SECRET_BYTES = 20;
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** A new secret in base32 (RFC 4648 §6). @param randomHex gives so many random bytes as hex */
export function newTotpSecret(randomHex: (bytes: number) => string): string {
  return toBase32(Buffer.from(randomHex(SECRET_BYTES), "hex"));
}

/** What an authenticator app reads, as a QR code or a link (the key URI format of Google Authenticator). */
export function otpauthUri(secret: string, issuer: string, account: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}&algorithm=SHA1&digits=${DIGITS}&period=${STEP_SEC}`;
}

/** The code of a time step (RFC 4226 §5.3 over RFC 6238 §4.2). */
export function totpCode(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac("sha1", fromBase32(secret)).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 0x0f;
  const number = digest.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, "0");
}

/** The time step of a moment. */
export function totpStep(atMs: number): number {
  return Math.floor(atMs / (STEP_SEC * 1_000));
}

/** The time step that a code is of, when it is one of those about now; all of them are compared, so that time tells nothing. */
export function matchingStep(secret: string, code: string, nowMs: number): number | undefined {
  const now = totpStep(nowMs);
  let found: number | undefined;
  for (let step = now - WINDOW; step <= now + WINDOW; step++) {
    if (sameCode(totpCode(secret, step), code)) found = step;
  }
  return found;
}

function sameCode(a: string, b: string): boolean {
  const [octetsA, octetsB] = [Buffer.from(a), Buffer.from(b)];
  return octetsA.length === octetsB.length && timingSafeEqual(octetsA, octetsB);
}

/** Text of five bits a character, without padding. */
export function toBase32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{1,5}/g) ?? []).map((five) => BASE32[Number.parseInt(five.padEnd(5, "0"), 2)]).join("");
}

function fromBase32(text: string): Uint8Array {
  const bits = [...text].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, "0")).join("");
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (eight) => Number.parseInt(eight, 2));
}
