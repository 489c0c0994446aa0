import { join } from "node:path";
import type { EdgeNamedCertificates, EdgeTls } from "@trunkline/edge";
import type { AcmeSettings } from "../config/acme-settings.ts";
import type { Log } from "../log.ts";
import { type Acme, openAcme } from "./acme/open-acme.ts";
import { type DirectoryFollower, followers } from "./follow-directory.ts";
import { openInstallationCertificates, renewalDueMs } from "./installation-certificates.ts";
import type { CertificateNames } from "./issue.types.ts";
import { DAY_MS } from "./lifetimes.ts";
import { NamedCertificates } from "./named-certificates.ts";
import { type OperatorFiles, openClientAuthority, openOperatorCertificate } from "./operator-files.ts";
import { dnsNames, type Pair } from "./pair-file.ts";
import { TrunkCertificates } from "./trunk-certificates.ts";

/** A check costs nothing, so what a clock or a full disk upset is put right the same day. */
const CHECK_EVERY_MS = DAY_MS / 2;
/** A certificate that fell due while it was looked at is not looked at again in the same breath. */
const CHECK_AFTER_MS = 1_000;
/** How soon a renewed file of the operator's is shown. */
const POLL_MS = 2_000;

export type CertificateOptions = {
  readonly dataDir: string;
  readonly names: CertificateNames;
  readonly zone: string;
  readonly edge: string;
  readonly operator: OperatorFiles;
  /** Undefined: no ACME server is asked for anything. */
  readonly acme: AcmeSettings | undefined;
  /** See `EdgeTls.ciphers`. */
  readonly ciphers: string | undefined;
  readonly log: Log;
  readonly wallClockMs?: () => number;
  readonly pollMs?: number;
  /** How long an ACME order that failed first waits. */
  readonly acmeRetryMs?: number;
};

/** Whoever shows certificates. */
export type CertificateUser = {
  /** Everything but what single trunks have of their own. */
  setTls(tls: EdgeTls): void;
  setNamedCertificates(changes: readonly EdgeNamedCertificates[]): void;
};

/** What TLS shows and trusts, kept fresh while the platform runs. */
export type Certificates = {
  /** The installation's root, for import by PBXs (SEC-5). */
  readonly caPem: string;
  tls(): EdgeTls;
  /** Has the trunks' own certificates follow the directory from its beginning on. */
  follow(): DirectoryFollower;
  /** Undefined: no ACME server is asked for anything. */
  readonly acme: Pick<Acme, "start" | "answerTo" | "health"> | undefined;
  /** Renews what is due; done by itself in time. */
  check(): Promise<void>;
  close(): void;
};

/**
 * Names that callers may reach an edge by (NET-1, TERM-1): every trunk domain, plain and localized, the zone and its SIP name. No wildcard
 * covers two labels, so each localized form has its own.
 */
export function certificateNames(
  zone: string,
  edges: readonly string[],
  advertised: readonly string[],
): CertificateNames {
  return {
    dns: [`*.pstn.${zone}`, zone, `sip.${zone}`, ...edges.flatMap((edge) => [`*.pstn.${edge}.${zone}`])],
    addresses: [...new Set(advertised)],
  };
}

/**
 * Opens the installation's certificates and, if there are such settings, the operator's or those of an ACME server. `user` is told whenever
 * other certificates are to be shown. Rejects with one line when something there cannot be used.
 */
export async function openCertificates(options: CertificateOptions, user: CertificateUser): Promise<Certificates> {
  const { log, operator, zone, edge, wallClockMs = Date.now, pollMs = POLL_MS } = options;
  const dir = join(options.dataDir, "certificates");
  const own = await openInstallationCertificates(dir, options.names, wallClockMs);
  const watch = { pollMs, log, onChange: () => changed() };
  const shown = operator.certificate && openOperatorCertificate(operator.certificate, watch);
  const clients = operator.clientAuthorityPath ? openClientAuthority(operator.clientAuthorityPath, watch) : undefined;
  const trunks = new TrunkCertificates({
    dir: join(dir, "trunks"),
    zone,
    edge,
    issuer: own,
    // An operator's certificate may have names that we know nothing of.
    coversDeepNames: shown === undefined,
    log,
    wallClockMs,
    onChange: (changes) => user.setNamedCertificates(named.ownChanged(changes)),
  });
  const acme = openIssued(join(dir, "acme"), options, () => issuedChanged());
  const named = new NamedCertificates(trunks.current(), acme?.named() ?? []);
  let issued = acme?.server();
  const tls = (): EdgeTls => ({
    ...own.tls(),
    ...(issued ? { certificates: [issued] } : {}),
    ...(shown ? { certificates: [certificateOf(shown.current())] } : {}),
    ...(clients ? { clientCaPem: clients.current() } : {}),
    ...(options.ciphers ? { ciphers: options.ciphers } : {}),
    named: named.current(),
  });
  const changed = (): void => {
    user.setTls(tls());
    log("info", "other TLS certificates from now on");
  };
  const issuedChanged = (): void => {
    const changes = named.publicChanged(acme?.named() ?? []);
    if (changes.length > 0) user.setNamedCertificates(changes);
    const before = issued;
    issued = acme?.server();
    if (issued?.certPem !== before?.certPem) changed();
  };
  const check = async (): Promise<void> => {
    if ((await own.renew()) && !shown && !issued) changed();
    trunks.check();
    if (shown) warnOfEnd(shown.current(), wallClockMs(), log);
  };
  if (shown) warnOfEnd(shown.current(), wallClockMs(), log);
  const checks = checkInTime(check, () => own.renewalDueMs() - wallClockMs(), log);
  return {
    caPem: own.caPem,
    tls,
    follow: () => followers(trunks.follow(), acme?.follow()),
    acme,
    check,
    close() {
      checks.close();
      acme?.close();
      shown?.close();
      clients?.close();
    },
  };
}

function openIssued(dir: string, options: CertificateOptions, onChange: () => void): Acme | undefined {
  const { acme: settings, zone, edge, names, log, wallClockMs = Date.now, acmeRetryMs: retryMs } = options;
  if (settings === undefined) return undefined;
  return openAcme({ dir, settings, zone, edge, serverNames: names.dns, log, wallClockMs, retryMs, onChange });
}

/** Calls `check` again and again: when `dueInMs` says so, but twice a day at least. */
function checkInTime(check: () => Promise<void>, dueInMs: () => number, log: Log): { close(): void } {
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  const checkLater = (): void => {
    if (isClosed) return;
    const waitMs = Math.min(CHECK_EVERY_MS, Math.max(CHECK_AFTER_MS, dueInMs() + CHECK_AFTER_MS));
    timer = setTimeout(checkNow, waitMs).unref();
  };
  const checkNow = (): void => {
    check()
      .catch((error: Error) => log("error", "TLS certificates not renewed", { why: error.message }))
      .finally(checkLater);
  };
  checkLater();
  return {
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

function certificateOf({ certPem, keyPem, certificate }: Pair): EdgeTls["certificates"][number] {
  return { names: dnsNames(certificate), certPem, keyPem };
}

function warnOfEnd({ certificate }: Pair, nowMs: number, log: Log): void {
  if (renewalDueMs(certificate) < nowMs) {
    log("warn", "TLS certificate ends soon", { until: certificate.validToDate.toISOString() });
  }
}
