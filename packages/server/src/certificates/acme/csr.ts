import "reflect-metadata";
import { generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { Pkcs10CertificateRequestGenerator, SubjectAlternativeNameExtension } from "@peculiar/x509";

const RSA = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
const generate = promisify(generateKeyPair);

/**
 * A new key, and a request for a certificate with those names (RFC 2986, RFC 8555 §7.4). RSA, 2048 bits: the kind that every peer can
 * check, and the only one that the contract's suites before TLS 1.3 are for (§8.6).
 */
export async function newRequest(names: readonly string[]): Promise<{ readonly keyPem: string; readonly csr: Buffer }> {
  const { privateKey, publicKey } = await generate("rsa", { modulusLength: 2_048 });
  const webKey = (key: KeyObject, use: "sign" | "verify") => key.toCryptoKey(RSA, true, [use]);
  const request = await Pkcs10CertificateRequestGenerator.create({
    keys: { privateKey: webKey(privateKey, "sign"), publicKey: webKey(publicKey, "verify") },
    signingAlgorithm: RSA,
    extensions: [new SubjectAlternativeNameExtension(names.map((value) => ({ type: "dns" as const, value })))],
  });
  return {
    keyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    csr: Buffer.from(request.rawData),
  };
}
