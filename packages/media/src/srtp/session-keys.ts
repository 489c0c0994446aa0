import { createCipheriv } from "node:crypto";

/** Keys for packets of one kind, SRTP or SRTCP. */
export type SessionKeys = { readonly cipher: Buffer; readonly auth: Buffer; readonly salt: Buffer };

const SALT_BYTES = 14;
const AUTH_BYTES = 20;
/** Where the label stands in the salt when the key derivation rate is 0 (RFC 3711 §4.3.1). */
const LABEL_AT = 7;

/** First of the three labels for cipher key, authentication key and salt (RFC 3711 §4.3.2). */
const LABELS = { rtp: 0, rtcp: 3 } as const;

/**
 * Derives session keys from a master key and the salt behind it, with a key derivation rate of 0: once, for the whole life of the
 * master key (RFC 3711 §4.3). The cipher key is as long as the master key, 16 bytes or 32 (RFC 6188).
 */
export function deriveKeys(master: Uint8Array, kind: keyof typeof LABELS): SessionKeys {
  const label = LABELS[kind];
  const keyBytes = master.length - SALT_BYTES;
  return {
    cipher: derive(master, label, keyBytes),
    auth: derive(master, label + 1, AUTH_BYTES),
    salt: derive(master, label + 2, SALT_BYTES),
  };
}

function derive(master: Uint8Array, label: number, lengthBytes: number): Buffer {
  const keyBytes = master.length - SALT_BYTES;
  const counter = Buffer.alloc(16);
  counter.set(master.subarray(keyBytes));
  counter.writeUInt8(counter.readUInt8(LABEL_AT) ^ label, LABEL_AT);
  return createCipheriv(`aes-${8 * keyBytes}-ctr`, master.subarray(0, keyBytes), counter).update(
    Buffer.alloc(lengthBytes),
  );
}
