import { createPublicKey, type X509Certificate } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { EdgeTls } from "@trunkline/edge";
import { writeWhole } from "../secrets.ts";
import type { CertificateNames, KeyAlgorithm, KeyPairPem } from "./issue.types.ts";
import { RENEW_BEFORE_MS } from "./lifetimes.ts";
import { type Pair, readPair, readPairFile, writePairFile } from "./pair-file.ts";

/** Shown together: of the two each peer gets the one it can check. The contract's list of suites (§8.6) is for RSA keys only. */
const ALGORITHMS: readonly KeyAlgorithm[] = ["ecdsa", "rsa"];

/** What an installation issues for itself: a root of its own (SEC-5), and server certificates under it. */
export type InstallationCertificates = {
  readonly caPem: string;
  tls(): EdgeTls;
  /** Issues anew what ends within 30 days or lacks a name; true when there was something to do. */
  renew(): Promise<boolean>;
  /** When that will be next, epoch milliseconds. */
  renewalDueMs(): number;
  /**
   * Certificates for other names under the same root, with the keys of the server's own, in their order: the same process holds them all, and
   * an RSA key for each of ten thousand trunks would take an hour to make.
   */
  issueFor(names: CertificateNames): Promise<readonly KeyPairPem[]>;
  /** The certificates whose keys those are. */
  servers(): readonly Pair[];
};

/**
 * Opens the certificates of a folder, making at the first start what is missing: `authority.pem` (root certificate and key), `ca.pem` (the
 * root alone, to be imported by PBXs), `server-ecdsa.pem` and `server-rsa.pem`. Files with keys are readable by their owner only; each is
 * written whole or not at all.
 *
 * Rejects when the authority is there and cannot be read: a new one would silently cut off every PBX that trusts the old one.
 */
export async function openInstallationCertificates(
  dir: string,
  names: CertificateNames,
  wallClockMs: () => number,
): Promise<InstallationCertificates> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const authority = await openAuthority(join(dir, "authority.pem"), wallClockMs());
  writeWhole(join(dir, "ca.pem"), authority.certPem, 0o644);
  let servers: readonly Pair[] = [];
  const renew = async (): Promise<boolean> => {
    const before = servers;
    servers = await Promise.all(
      ALGORITHMS.map((algorithm) => openServer(dir, authority, names, algorithm, wallClockMs())),
    );
    return servers.some(({ certPem }, i) => certPem !== before[i]?.certPem);
  };
  await renew();
  return {
    caPem: authority.certPem,
    tls: () => ({
      certificates: servers.map(({ certPem, keyPem }) => ({ names: names.dns, certPem, keyPem })),
      caPem: authority.certPem,
    }),
    renew,
    renewalDueMs: () => Math.min(...servers.map(({ certificate }) => renewalDueMs(certificate))),
    issueFor: async (other) => {
      const { certify } = await import("./issue.ts");
      return Promise.all(
        servers.map(async ({ privateKey, keyPem }) => ({
          certPem: await certify(authority, other, createPublicKey(privateKey), wallClockMs()),
          keyPem,
        })),
      );
    },
    servers: () => servers,
  };
}

/** When a certificate should be renewed. */
export function renewalDueMs(certificate: X509Certificate): number {
  return certificate.validToDate.getTime() - RENEW_BEFORE_MS;
}

async function openAuthority(path: string, nowMs: number): Promise<Pair> {
  const kept = readKept(
    path,
    "restore it from a backup; or delete it for a new authority, whose ca.pem every PBX must then import",
  );
  if (kept) return kept;
  const { makeAuthority } = await import("./issue.ts");
  return keep(path, await makeAuthority("Trunkline root", nowMs));
}

async function openServer(
  dir: string,
  authority: Pair,
  names: CertificateNames,
  algorithm: KeyAlgorithm,
  nowMs: number,
): Promise<Pair> {
  const path = join(dir, `server-${algorithm}.pem`);
  const kept = readKept(path, "delete it and start again: another is issued");
  if (kept && isGood(kept, authority, names, nowMs)) return kept;
  const { issueCertificate } = await import("./issue.ts");
  return keep(path, await issueCertificate(authority, names, algorithm, nowMs));
}

function isGood({ certificate }: Pair, authority: Pair, names: CertificateNames, nowMs: number): boolean {
  return (
    certificate.verify(authority.certificate.publicKey) &&
    renewalDueMs(certificate) > nowMs &&
    names.dns.every((name) => certificate.checkHost(name.replace("*", "any")) !== undefined) &&
    names.addresses.every((address) => certificate.checkIP(address) !== undefined)
  );
}

function readKept(path: string, remedy: string): Pair | undefined {
  try {
    return readPairFile(path);
  } catch (cause) {
    throw new Error(`${path} cannot be used (${cause instanceof Error ? cause.message : "unreadable"}): ${remedy}`, {
      cause,
    });
  }
}

function keep(path: string, made: KeyPairPem): Pair {
  writePairFile(path, made);
  return readPair(made.certPem, made.keyPem);
}
