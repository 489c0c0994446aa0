import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { writeWhole } from "../secrets.ts";

/** A certificate (with its chain, if it has one) and its private key, read and known to belong together. */
export type Pair = {
  readonly certPem: string;
  readonly keyPem: string;
  readonly certificate: X509Certificate;
  readonly privateKey: KeyObject;
};

/** Reads a pair from PEM text. Throws when one of them cannot be read or they do not belong together; no message shows the key. */
export function readPair(certPem: string, keyPem: string): Pair {
  const certificate = new X509Certificate(certPem);
  const privateKey = createPrivateKey(keyPem);
  if (!certificate.checkPrivateKey(privateKey)) throw new Error("the key belongs to another certificate");
  return { certPem, keyPem, certificate, privateKey };
}

const BLOCK = /-----BEGIN ([A-Z ]+)-----[\s\S]*?-----END \1-----\n?/g;

/**
 * Reads a pair that `writePairFile` wrote; undefined when there is no such file. Throws when the file is there and cannot be used: what it
 * held must not be replaced unseen.
 */
export function readPairFile(path: string): Pair | undefined {
  if (!existsSync(path)) return undefined;
  const text = readFileSync(path, "utf8");
  return readPair(pemBlocks(text, /^CERTIFICATE$/).join(""), pemBlocks(text, /PRIVATE KEY$/).join(""));
}

/** The PEM blocks of a kind in a text, in order (RFC 7468). */
export function pemBlocks(text: string, kind: RegExp): readonly string[] {
  return [...text.matchAll(BLOCK)].filter((found) => kind.test(found[1] ?? "")).map(([block]) => block);
}

/** Keeps both, each ending its last line, in one file that only its owner may read: one of them without the other would be of no use. */
export function writePairFile(path: string, { certPem, keyPem }: Pick<Pair, "certPem" | "keyPem">): void {
  writeWhole(path, `${keyPem}${certPem}`, 0o600);
}

/** Host names a certificate says it is for. */
export function dnsNames(certificate: X509Certificate): readonly string[] {
  return (certificate.subjectAltName ?? "")
    .split(", ")
    .flatMap((name) => (name.startsWith("DNS:") ? [name.slice(4).toLowerCase()] : []));
}
