import { join } from "node:path";
import type { EdgeTls } from "@trunkline/edge";
import { SettingError } from "../config/settings.ts";
import type { Log } from "../log.ts";
import { openInstallationCertificates } from "./installation-certificates.ts";
import type { CertificateNames } from "./issue.types.ts";
import { DAY_MS, RENEW_BEFORE_MS } from "./lifetimes.ts";
import { type OperatorCertificate, type OperatorFiles, openOperatorCertificate } from "./operator-certificate.ts";
import { dnsNames } from "./pair-file.ts";

const CHECK_EVERY_MS = DAY_MS / 2;
/** How soon a renewed file of the operator's is shown. */
const POLL_MS = 2_000;

export type CertificateOptions = {
  readonly dataDir: string;
  readonly names: CertificateNames;
  /** The operator's own certificate instead of one of ours. */
  readonly operator: OperatorFiles | undefined;
  readonly log: Log;
  readonly wallClockMs?: () => number;
  readonly pollMs?: number;
};

/** What TLS shows and trusts, kept fresh while the platform runs. */
export type Certificates = {
  /** The installation's root, for import by PBXs (SEC-5). */
  readonly caPem: string;
  tls(): EdgeTls;
  /** Renews what is due, twice a day by itself. */
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
 * Opens the installation's certificates and, if there are such settings, the operator's. `onChange` is told whenever other certificates are
 * to be shown. Rejects with one line when something there cannot be used.
 */
export async function openCertificates(
  options: CertificateOptions,
  onChange: (tls: EdgeTls) => void,
): Promise<Certificates> {
  const { log, wallClockMs = Date.now } = options;
  const own = await openInstallationCertificates(join(options.dataDir, "certificates"), options.names, wallClockMs);
  const operator = options.operator && openOperators(options.operator, options, () => changed());
  const tls = (): EdgeTls => (operator ? operatorTls(operator, own.caPem) : own.tls());
  const changed = (): void => {
    onChange(tls());
    log("info", "other TLS certificates from now on");
  };
  const check = async (): Promise<void> => {
    if ((await own.renew()) && !operator) changed();
    if (operator) warnOfEnd(operator, wallClockMs(), log);
  };
  const timer = setInterval(() => {
    check().catch((error: Error) => log("error", "TLS certificates not renewed", { why: error.message }));
  }, CHECK_EVERY_MS).unref();
  if (operator) warnOfEnd(operator, wallClockMs(), log);
  return {
    caPem: own.caPem,
    tls,
    check,
    close() {
      clearInterval(timer);
      operator?.close();
    },
  };
}

function openOperators(files: OperatorFiles, options: CertificateOptions, onChange: () => void): OperatorCertificate {
  const onBad = (why: string): void => options.log("warn", "TLS certificate not taken", { why, ...files });
  try {
    return openOperatorCertificate(files, options.pollMs ?? POLL_MS, onChange, onBad);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SettingError(`TRUNKLINE_TLS_CERT=${files.certPath}, TRUNKLINE_TLS_KEY=${files.keyPath}: ${why}`, {
      cause,
    });
  }
}

function operatorTls(operator: OperatorCertificate, caPem: string): EdgeTls {
  const { certPem, keyPem, certificate } = operator.current();
  return { certificates: [{ names: dnsNames(certificate), certPem, keyPem }], caPem };
}

function warnOfEnd(operator: OperatorCertificate, nowMs: number, log: Log): void {
  const until = operator.current().certificate.validToDate;
  if (until.getTime() - nowMs < RENEW_BEFORE_MS)
    log("warn", "TLS certificate ends soon", { until: until.toISOString() });
}
