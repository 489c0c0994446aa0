import { toBase32 } from "./totp.ts";

const COUNT = 10;
/** 50 bits: two groups of five characters. */
const CODE_BYTES = 7;
const GROUP = 5;

/** New codes for the day the device is lost, such as `K4QZT-2MWXB`. @param randomHex gives so many random bytes as hex */
export function newRecoveryCodes(randomHex: (bytes: number) => string): readonly string[] {
  return Array.from({ length: COUNT }, () => {
    const letters = toBase32(Buffer.from(randomHex(CODE_BYTES), "hex"));
    return `${letters.slice(0, GROUP)}-${letters.slice(GROUP, 2 * GROUP)}`;
  });
}

/** A code as it is kept, however a person writes it down: letters in any case, with or without the dash. */
export function readRecoveryCode(text: string): string {
  return text
    .toUpperCase()
    .replaceAll(/[^A-Z2-7]/g, "")
    .slice(0, 2 * GROUP + 1);
}
