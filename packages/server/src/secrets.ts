import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Settings } from "./config/settings.ts";

/** What an installation made up for itself at its first start. Kept in `secrets.json` of the data directory, readable by its owner only. */
export type Secrets = {
  /** 32 bytes, hex: encrypts auth tokens and digest hashes at rest. */
  readonly encryptionKey: string;
  /** 32 bytes, hex: keys the nonces of digest challenges, so that a nonce outlives a restart. */
  readonly nonceSecret: string;
  readonly operatorSid: string;
  readonly operatorToken: string;
  readonly demoAccountSid: string;
  readonly demoAuthToken: string;
  /** Shown at every start of a demo; a real trunk's password is never kept. */
  readonly demoPassword: string;
};

const hex = (bytes: number): string => randomBytes(bytes).toString("hex");

/** Letters and digits with every kind that a trunk password needs. */
const password = (): string => `Aa1${randomBytes(12).toString("base64url").replaceAll(/[-_]/g, "x")}`;

/**
 * Reads the secrets of the data directory, making those that are missing; settings win over what was made.
 *
 * Written to a new file, synced and renamed, so that a crash leaves either the old file or the new one.
 */
export function openSecrets(
  settings: Pick<Settings, "dataDir" | "operatorSid" | "operatorToken" | "demoPassword">,
): Secrets {
  mkdirSync(settings.dataDir, { recursive: true, mode: 0o700 });
  const path = join(settings.dataDir, "secrets.json");
  const kept: Partial<Secrets> = existsSync(path) ? readKept(path) : {};
  const secrets: Secrets = {
    encryptionKey: kept.encryptionKey ?? hex(32),
    nonceSecret: kept.nonceSecret ?? hex(32),
    operatorSid: settings.operatorSid ?? kept.operatorSid ?? `AC${hex(16)}`,
    operatorToken: settings.operatorToken ?? kept.operatorToken ?? hex(16),
    demoAccountSid: kept.demoAccountSid ?? `AC${hex(16)}`,
    demoAuthToken: kept.demoAuthToken ?? hex(16),
    demoPassword: settings.demoPassword ?? kept.demoPassword ?? password(),
  };
  if (JSON.stringify(secrets) !== JSON.stringify(kept)) writePrivately(path, secrets);
  return secrets;
}

/** Making new secrets instead would lock the store's own for ever, so a file that cannot be read stops the start. No octet of it is told. */
function readKept(path: string): Partial<Secrets> {
  try {
    const kept: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (typeof kept === "object" && kept !== null && !Array.isArray(kept)) return kept;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new Error(`${path} is damaged: put its backup back; the store cannot be read without its keys`);
}

/** Writes JSON that only the owner may read, whole or not at all. */
export function writePrivately(path: string, value: unknown): void {
  writeWhole(path, `${JSON.stringify(value, null, 2)}\n`, 0o600);
}

/** Writes a file whole or not at all: to a new one that is synced and renamed. */
export function writeWhole(path: string, text: string, mode: number): void {
  const fresh = `${path}.new`;
  writeFileSync(fresh, text, { mode, flush: true });
  chmodSync(fresh, mode);
  renameSync(fresh, path);
}
