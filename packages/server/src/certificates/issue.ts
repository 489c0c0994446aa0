import "reflect-metadata";
import { generateKeyPair, type KeyObject, type KeyPairKeyObjectResult, randomBytes, type webcrypto } from "node:crypto";
import { promisify } from "node:util";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import type { CertificateNames, KeyAlgorithm, KeyPairPem } from "./issue.types.ts";
import { AUTHORITY_MS, SERVER_MS } from "./lifetimes.ts";

/** Validity begins a little in the past, for peers whose clock is slow. */
const BACKDATED_MS = 3_600_000;

const P256 = { name: "ECDSA", namedCurve: "P-256" };
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" };

/** On the thread pool: an RSA key takes some tenths of a second. */
const generate = promisify(generateKeyPair);

/** 16 random octets, the first bit 0: a positive number as RFC 5280 §4.1.2.2 wants it. */
function newSerial(): string {
  const serial = randomBytes(16);
  serial.writeUInt8((serial.readUInt8(0) & 0x7f) | 0x40, 0);
  return serial.toString("hex");
}

function newKeys(algorithm: KeyAlgorithm): Promise<KeyPairKeyObjectResult> {
  return algorithm === "ecdsa" ? generate("ec", { namedCurve: "P-256" }) : generate("rsa", { modulusLength: 2_048 });
}

const signingKey = (key: KeyObject): webcrypto.CryptoKey => key.toCryptoKey(P256, false, ["sign"]);
const spki = (key: KeyObject): Buffer<ArrayBuffer> => Buffer.from(key.export({ type: "spki", format: "der" }));
const keyPem = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString();

/** The root and its key. */
type Issuer = KeyPairPem & { readonly privateKey: KeyObject };

const period = (nowMs: number, untilMs: number): { notBefore: Date; notAfter: Date } => ({
  notBefore: new Date(nowMs - BACKDATED_MS),
  notAfter: new Date(untilMs),
});

/** Makes a root certificate: ECDSA P-256, ten years; it may issue certificates of servers and clients and nothing below them. */
export async function makeAuthority(commonName: string, nowMs: number): Promise<KeyPairPem> {
  const { privateKey, publicKey } = await newKeys("ecdsa");
  const subject = [{ CN: [commonName] }];
  const certificate = await X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject,
    issuer: subject,
    ...period(nowMs, nowMs + AUTHORITY_MS),
    publicKey: spki(publicKey),
    signingKey: signingKey(privateKey),
    signingAlgorithm: SIGNATURE,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(spki(publicKey)),
    ],
  });
  return { certPem: `${certificate.toString("pem")}\n`, keyPem: keyPem(privateKey) };
}

/** Issues a certificate with a new key for those names: one year, or until the authority ends. */
export async function issueCertificate(
  authority: Issuer,
  names: CertificateNames,
  algorithm: KeyAlgorithm,
  nowMs: number,
): Promise<KeyPairPem> {
  const { privateKey, publicKey } = await newKeys(algorithm);
  return { certPem: await certify(authority, names, publicKey, nowMs), keyPem: keyPem(privateKey) };
}

/** Issues a certificate for a key that there is: one year, or until the authority ends. */
export async function certify(
  authority: Issuer,
  names: CertificateNames,
  publicKey: KeyObject,
  nowMs: number,
): Promise<string> {
  const root = new X509Certificate(authority.certPem);
  const alternatives: JsonGeneralName[] = [
    ...names.dns.map((value) => ({ type: "dns" as const, value })),
    ...names.addresses.map((value) => ({ type: "ip" as const, value })),
  ];
  // Key encipherment is for the suites of RSA without Diffie-Hellman, which the contract lists.
  const isRsa = publicKey.asymmetricKeyType === "rsa";
  const usages = KeyUsageFlags.digitalSignature | (isRsa ? KeyUsageFlags.keyEncipherment : 0);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: [{ CN: [commonNameOf(names)] }],
    issuer: root.subjectName,
    ...period(nowMs, Math.min(nowMs + SERVER_MS, root.notAfter.getTime())),
    publicKey: spki(publicKey),
    signingKey: signingKey(authority.privateKey),
    signingAlgorithm: SIGNATURE,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(usages, true),
      // Both: we also show it when a server that we call asks for one.
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      new SubjectAlternativeNameExtension(alternatives),
      await SubjectKeyIdentifierExtension.create(spki(publicKey)),
      await AuthorityKeyIdentifierExtension.create(root.publicKey),
    ],
  });
  return `${certificate.toString("pem")}\n`;
}

/** The first name; a longer one than a common name may be (RFC 5280 appendix A: 64 characters) stands among the alternatives only. */
function commonNameOf({ dns, addresses }: CertificateNames): string {
  return [...dns, ...addresses].find((name) => name.length <= 64) ?? "trunkline";
}
