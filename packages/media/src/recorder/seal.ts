import {
  type CipherGCM,
  constants,
  createCipheriv,
  createHash,
  createPublicKey,
  publicEncrypt,
  randomBytes,
} from "node:crypto";
import { closeSync, fsyncSync, openSync, readSync, writeSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { EncryptionDetails, RecipientKey } from "./recording.types.ts";

/** Small enough that the recorder's other work goes on between two of them (about a millisecond each). */
const CHUNK_BYTES = 512 * 1024;
const KEY_BYTES = 32;
const IV_BYTES = 12;
const SMALLEST_MODULUS_BITS = 2_048;

export type Sealed = { readonly bytes: number; readonly sha256: string; readonly encryption: EncryptionDetails | null };

/**
 * Why a public key cannot be used, in a sentence for its owner; null when it can.
 */
export function faultOfKey({ publicKey }: RecipientKey): string | null {
  try {
    const key = createPublicKey(publicKey);
    if (key.asymmetricKeyType !== "rsa") return `an RSA key is needed, not ${key.asymmetricKeyType}`;
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    return bits < SMALLEST_MODULUS_BITS ? `an RSA key of ${SMALLEST_MODULUS_BITS} bits or more is needed` : null;
  } catch {
    return "it is not a public key in PEM form";
  }
}

/** Reads a finished file through for its length and SHA-256. Other work goes on in between. */
export async function hashFile(path: string): Promise<Sealed> {
  const hash = createHash("sha256");
  const bytes = await eachChunk(path, (chunk) => hash.update(chunk));
  return { bytes, sha256: hash.digest("hex"), encryption: null };
}

/**
 * Writes the ciphertext of a file, as contract §9 has it: AES-256-GCM, the tag as the last 16 bytes, the content key wrapped by
 * RSA-OAEP with SHA-256. Length and hash are of the ciphertext. The disk keeps it when this resolves.
 */
export async function encryptFile(path: string, into: string, recipient: RecipientKey): Promise<Sealed> {
  const key = randomBytes(KEY_BYTES);
  const iv = randomBytes(IV_BYTES);
  const oaep = { key: recipient.publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
  const cek = publicEncrypt(oaep, key).toString("base64");
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  const written = await writeCiphertext(path, into, cipher);
  return { ...written, encryption: { keySid: recipient.keySid, cek, iv: iv.toString("base64") } };
}

async function writeCiphertext(path: string, into: string, cipher: CipherGCM): Promise<Omit<Sealed, "encryption">> {
  const hash = createHash("sha256");
  const fd = openSync(into, "w", 0o600);
  let bytes = 0;
  const write = (chunk: Buffer): void => {
    hash.update(chunk);
    for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at);
    bytes += chunk.length;
  };
  try {
    await eachChunk(path, (chunk) => write(cipher.update(chunk)));
    write(cipher.final());
    write(cipher.getAuthTag());
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  return { bytes, sha256: hash.digest("hex") };
}

/** @returns bytes read */
async function eachChunk(path: string, take: (chunk: Buffer) => void): Promise<number> {
  const fd = openSync(path, "r");
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let bytes = 0;
  try {
    for (let read = readSync(fd, chunk); read > 0; read = readSync(fd, chunk)) {
      take(chunk.subarray(0, read));
      bytes += read;
      await nextTurn();
    }
  } finally {
    closeSync(fd);
  }
  return bytes;
}
