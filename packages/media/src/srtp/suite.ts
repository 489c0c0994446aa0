/** Crypto suites of RFC 4568 §6.2 that are spoken here, with their names in SDP. */
export const SUITES = {
  AES_CM_128_HMAC_SHA1_80: { tagBytes: 10 },
  AES_CM_128_HMAC_SHA1_32: { tagBytes: 4 },
} as const;

export type SrtpSuite = keyof typeof SUITES;

/** Bytes of the master key and of the salt behind it, for both suites (RFC 4568 §6.1). */
const KEY_BYTES = 16;
const SALT_BYTES = 14;
export const MASTER_BYTES = KEY_BYTES + SALT_BYTES;

/** What one side enciphers with: it names it in its own SDP, and the other side deciphers with it. */
export type SrtpKey = {
  readonly suite: SrtpSuite;
  /** Master key and master salt, `MASTER_BYTES` long. */
  readonly master: Uint8Array;
};

export function isSuite(name: string): name is SrtpSuite {
  return Object.hasOwn(SUITES, name);
}

export function isSameKey(a: SrtpKey, b: SrtpKey): boolean {
  return a.suite === b.suite && a.master.every((byte, at) => byte === b.master[at]);
}
