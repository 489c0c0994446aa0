import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { SettingError } from "../config/settings.ts";
import type { Log } from "../log.ts";
import { type Pair, pemBlocks, readPair } from "./pair-file.ts";
import { type WatchedFiles, watchFiles } from "./watched-files.ts";

/** PEM files that the operator's own tools write and renew. */
export type OperatorFiles = {
  /** A certificate with its chain, and its key, to show instead of one of ours. */
  readonly certificate?: { readonly certPath: string; readonly keyPath: string };
  /** The roots of the certificates of peers that connect to us, instead of our own root. */
  readonly clientAuthorityPath?: string;
};

type Watch = { readonly pollMs: number; readonly log: Log; onChange(): void };

/** Opens and watches the operator's certificate. Throws a `SettingError` when it cannot be used. */
export function openOperatorCertificate(
  { certPath, keyPath }: NonNullable<OperatorFiles["certificate"]>,
  watch: Watch,
): WatchedFiles<Pair> {
  return open(
    `TRUNKLINE_TLS_CERT=${certPath}, TRUNKLINE_TLS_KEY=${keyPath}`,
    [certPath, keyPath],
    () => readPair(readFileSync(certPath, "utf8"), readFileSync(keyPath, "utf8")),
    (a, b) => a.certPem === b.certPem && a.keyPem === b.keyPem,
    watch,
  );
}

/** Opens and watches the roots for clients. Throws a `SettingError` when they cannot be used. */
export function openClientAuthority(path: string, watch: Watch): WatchedFiles<string> {
  return open(`TRUNKLINE_TLS_CLIENT_CA=${path}`, [path], () => readAuthorities(path), Object.is, watch);
}

/** Certificates alone, whatever else is in the file. Throws when there is none, or one that is not an authority's. */
export function readAuthorities(path: string): string {
  const pems = pemBlocks(readFileSync(path, "utf8"), /^CERTIFICATE$/);
  if (pems.length === 0) throw new Error("there is no certificate in it (PEM, BEGIN CERTIFICATE)");
  const stray = pems.findIndex((pem) => !new X509Certificate(pem).ca);
  if (stray !== -1) throw new Error(`certificate ${stray + 1} in it is not an authority's`);
  return pems.join("");
}

function open<T>(
  setting: string,
  paths: readonly string[],
  read: () => T,
  isSame: (a: T, b: T) => boolean,
  { pollMs, log, onChange }: Watch,
): WatchedFiles<T> {
  const onBad = (why: string): void => log("warn", "TLS files not taken", { why, setting });
  try {
    return watchFiles(paths, read, isSame, { pollMs, onChange, onBad });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SettingError(`${setting}: ${why}`, { cause });
  }
}
