import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";

const FORMAT = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * What must not be readable in a stolen database: auth tokens and HA1s.
 *
 * `seal` is AES-256-GCM with a fresh random nonce: `0x01 | nonce (12) | ciphertext | tag (16)`. The place a value belongs to (row and
 * column) is bound in as additional data, so that a value copied into another row does not open. Two keys are derived from the
 * installation's one (HKDF-SHA-256), one to seal and one for `mac`.
 */
export class Secrets {
  readonly #sealKey: Uint8Array;
  readonly #macKey: Uint8Array;

  /** @param key 32 random bytes; anything else is a programming error and throws. */
  constructor(key: Uint8Array) {
    if (key.length !== 32) throw new RangeError("the encryption key must have 32 bytes");
    this.#sealKey = new Uint8Array(hkdfSync("sha256", key, "trunkline", "seal", 32));
    this.#macKey = new Uint8Array(hkdfSync("sha256", key, "trunkline", "mac", 32));
  }

  seal(text: string, place: string): Uint8Array {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#sealKey, nonce).setAAD(Buffer.from(place));
    return Buffer.concat([
      Uint8Array.of(FORMAT),
      nonce,
      cipher.update(text, "utf8"),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
  }

  /** The text that was sealed for this place; undefined when it was not, or not with this key. */
  open(sealed: Uint8Array, place: string): string | undefined {
    if (sealed[0] !== FORMAT || sealed.length < 1 + NONCE_BYTES + TAG_BYTES) return undefined;
    const body = sealed.subarray(1 + NONCE_BYTES, sealed.length - TAG_BYTES);
    const decipher = createDecipheriv("aes-256-gcm", this.#sealKey, sealed.subarray(1, 1 + NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
      .setAAD(Buffer.from(place))
      .setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    try {
      return decipher.update(body, undefined, "utf8") + decipher.final("utf8");
    } catch {
      return undefined;
    }
  }

  /** HMAC-SHA-256 of a secret in its place: what is compared instead of the secret itself. */
  mac(secret: string, place: string): Uint8Array {
    return createHmac("sha256", this.#macKey).update(`${place.length}:${place}`).update(secret).digest();
  }
}

/** Compares two MACs in a time that does not depend on where they differ. */
export function sameMac(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
