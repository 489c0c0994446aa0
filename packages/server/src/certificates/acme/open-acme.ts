import { accessSync, constants } from "node:fs";
import { join, resolve } from "node:path";
import type { EdgeNamedCertificates, EdgeTls } from "@trunkline/edge";
import type { AcmeSettings } from "../../config/acme-settings.ts";
import { SettingError } from "../../config/settings.ts";
import type { Log } from "../../log.ts";
import type { DirectoryFollower } from "../follow-directory.ts";
import { readAuthorities } from "../operator-files.ts";
import { AcmeCertificates, type AcmeHealth, type IssuedCertificate } from "./acme-certificates.ts";
import { AcmeWants } from "./acme-wants.ts";
import { dnsHook } from "./dns-hook.ts";
import { DnsProver, HttpProver } from "./prover.ts";

/** How long the first failure waits: a name that has just got into DNS is there by then. */
const RETRY_MS = 60_000;

export type AcmeOptions = {
  /** Each ACME server has a folder of its own in it: certificates of a server for tests are not those of the real one. */
  readonly dir: string;
  readonly settings: AcmeSettings;
  readonly zone: string;
  readonly edge: string;
  readonly serverNames: readonly string[];
  readonly log: Log;
  readonly wallClockMs: () => number;
  readonly retryMs?: number | undefined;
  onChange(): void;
};

export type Acme = {
  /** Shown instead of the installation's own; undefined: there is none, or not any more. */
  server(): EdgeTls["certificates"][number] | undefined;
  /** Shown to those who ask for their names. */
  named(): readonly EdgeNamedCertificates[];
  follow(): DirectoryFollower;
  /** To be called when this node answers `/.well-known/acme-challenge/`. */
  start(): void;
  /** What is answered there (RFC 8555 §8.3); undefined: nothing. */
  answerTo(token: string): string | undefined;
  health(): AcmeHealth;
  close(): void;
};

/** Opens what an ACME server has issued before and is to issue. Throws a `SettingError` when the operator's files cannot be used. */
export function openAcme({ settings, retryMs = RETRY_MS, ...options }: AcmeOptions): Acme {
  const { log, wallClockMs, zone, edge, serverNames } = options;
  const closing = new AbortController();
  const http = new HttpProver();
  const wants = new AcmeWants({ zone, edge, serverNames, challenge: settings.challenge, onChange: () => all.look() });
  const all = new AcmeCertificates({
    dir: join(options.dir, folderOf(settings.directoryUrl)),
    directoryUrl: settings.directoryUrl,
    email: settings.email,
    roots: settings.authorityPath === undefined ? undefined : readRoots(settings.authorityPath),
    wants,
    prover:
      settings.dnsHook === undefined ? http : new DnsProver(dnsHook(checkedHook(settings.dnsHook), closing.signal)),
    signal: closing.signal,
    log,
    wallClockMs,
    retryMs,
    onChange: options.onChange,
  });
  return {
    server: () => {
      const [, issued] = [...all.shown()].find(([id]) => id === wants.serverId) ?? [];
      return issued && shownAs(issued);
    },
    named: () =>
      [...all.shown()]
        .filter(([id]) => id !== wants.serverId)
        .map(([id, issued]) => ({ key: `acme ${id}`, certificates: [shownAs(issued)] })),
    follow: () => wants.follow(),
    start: () => all.start(),
    answerTo: (token) => http.answerTo(token),
    health: () => all.health(),
    close() {
      closing.abort();
      all.close();
    },
  };
}

function shownAs({ names, certPem, keyPem }: IssuedCertificate): EdgeTls["certificates"][number] {
  return { names: [...names], certPem, keyPem };
}

/** Host, port and path, as a file name. */
function folderOf(directoryUrl: string): string {
  const { host, pathname } = new URL(directoryUrl);
  return `${host}${pathname}`.toLowerCase().replaceAll(/[^a-z0-9.]+/g, "-");
}

function readRoots(path: string): string {
  try {
    return readAuthorities(path);
  } catch (cause) {
    throw new SettingError(`TRUNKLINE_ACME_CA=${path}: ${(cause as Error).message}`, { cause });
  }
}

function checkedHook(program: string): string {
  try {
    const path = resolve(program);
    accessSync(path, constants.X_OK);
    return path;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new SettingError(`TRUNKLINE_ACME_DNS_HOOK=${program}: cannot be run (${code}); give the path of a program`, {
      cause,
    });
  }
}
