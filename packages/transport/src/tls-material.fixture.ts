import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TlsCertificate } from "./index.ts";

/** A certificate authority for a test file, made with the openssl command. */
export type TestCa = {
  readonly caPem: string;
  /** Subject alternative names as openssl writes them: `DNS:a.example`, `IP:127.0.0.1`, `URI:sip:a.example`; none: the name is `leaf`. */
  issue(sans: readonly string[], algorithm?: "ec" | "rsa"): TlsCertificate;
};

const KEYS = {
  ec: ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
  rsa: ["-newkey", "rsa:2048"],
} as const;

export function makeCa(name: string): TestCa {
  const dir = mkdtempSync(join(tmpdir(), "trunkline-ca-"));
  const at = (file: string): string => join(dir, file);
  const openssl = (...args: readonly string[]): void =>
    void execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
  const request = (key: string, subject: string): readonly string[] => ["-nodes", "-keyout", at(key), "-subj", subject];
  openssl("req", "-x509", ...KEYS.ec, ...request("ca.key", `/CN=${name}`), "-days", "2", "-out", at("ca.pem"));
  const caPem = readFileSync(at("ca.pem"), "utf8");
  process.once("exit", () => rmSync(dir, { recursive: true, force: true }));
  return {
    caPem,
    issue(sans, algorithm = "ec") {
      writeFileSync(at("ext"), sans.length === 0 ? "" : `subjectAltName=${sans.join(",")}\n`);
      openssl("req", ...KEYS[algorithm], ...request("leaf.key", "/CN=leaf"), "-out", at("leaf.csr"));
      const from = ["-req", "-in", at("leaf.csr"), "-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-CAcreateserial"];
      openssl("x509", ...from, "-days", "2", "-extfile", at("ext"), "-out", at("leaf.pem"));
      const names = sans.flatMap((san) => (san.startsWith("DNS:") ? [san.slice(4)] : []));
      return { names, certPem: readFileSync(at("leaf.pem"), "utf8"), keyPem: readFileSync(at("leaf.key"), "utf8") };
    },
  };
}
