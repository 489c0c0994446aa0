import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "../../log.ts";
import { writeWhole } from "../../secrets.ts";
import { dnsNames, type Pair, readPairFile, writePairFile } from "../pair-file.ts";
import { type AccountKey, newAccountKeyPem, readAccountKey } from "./account-key.ts";
import { AcmeClient } from "./acme-client.ts";
import { AcmeProblem } from "./acme-problem.ts";
import type { AcmeWants, Want } from "./acme-wants.ts";
import { AcmeWeb } from "./acme-web.ts";
import { Backoff } from "./backoff.ts";
import { orderCertificate } from "./order-certificate.ts";
import type { Prover } from "./prover.ts";

/** However far away the next thing to do is: a clock may have been set. */
const LOOK_EVERY_MS = 3_600_000;
/** Whatever a server issues and a clock shows, orders do not come thicker. */
const RENEW_AFTER_MS = 5_000;

export type AcmeCertificatesOptions = {
  /** Where account key and certificates are kept; made when missing. */
  readonly dir: string;
  readonly directoryUrl: string;
  readonly email: string | undefined;
  /** PEM; undefined: the system's. */
  readonly roots: string | undefined;
  readonly wants: AcmeWants;
  readonly prover: Prover;
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly wallClockMs: () => number;
  /** How long the first failure waits; see `Backoff`. */
  readonly retryMs: number;
  /** Told when other certificates are to be shown. */
  onChange(): void;
};

/** A certificate and what is asked of it again and again. */
export type IssuedCertificate = {
  readonly certPem: string;
  readonly keyPem: string;
  readonly names: ReadonlySet<string>;
  /** After two thirds of its lifetime. */
  readonly dueMs: number;
  readonly endMs: number;
};

export type AcmeHealth = {
  readonly acmeCertificates: number;
  /** Certificates that are still to come, or whose renewal is due. */
  readonly acmeCertificatesDue: number;
  /** Since the start. */
  readonly acmeOrdersFailed: number;
  /** The first end of a certificate, seconds since the epoch; 0: there is none. */
  readonly acmeCertificateEndsSeconds: number;
};

/**
 * Certificates from an ACME server (RFC 8555): ordered when they are wanted, kept in files, ordered anew after two thirds of their
 * lifetime; one order at a time. What fails is told in the log and tried again, ever more rarely.
 */
export class AcmeCertificates {
  readonly #options: AcmeCertificatesOptions;
  readonly #kept: Map<string, IssuedCertificate>;
  /** Kept in memory alone so far: the file could not be written. */
  readonly #unwritten = new Set<string>();
  readonly #backoff: Backoff;
  readonly #web: AcmeWeb;
  #client: AcmeClient | undefined;
  /** What was shown when it was told of last. */
  #told: ReadonlyMap<string, IssuedCertificate>;
  #timer: NodeJS.Timeout | undefined;
  #isStarted = false;
  #isOrdering = false;
  #failed = 0;

  constructor(options: AcmeCertificatesOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.retryMs, options.wallClockMs);
    this.#web = new AcmeWeb(options.roots);
    mkdirSync(options.dir, { recursive: true, mode: 0o700 });
    this.#kept = readKept(options.dir, options.log);
    this.#told = new Map(this.shown());
  }

  /** Certificates that have not ended, by the first name they were ordered for. */
  *shown(): Generator<readonly [id: string, IssuedCertificate]> {
    const nowMs = this.#options.wallClockMs();
    for (const [id, issued] of this.#kept) if (issued.endMs > nowMs) yield [id, issued];
  }

  /** Begins to order: from outside, proofs can be seen now. */
  start(): void {
    this.#isStarted = true;
    this.look();
  }

  /** Takes back what is not wanted any more and does what is due, now or later. */
  look(): void {
    const { signal, wants } = this.#options;
    if (signal.aborted) return;
    clearTimeout(this.#timer);
    const wanted = new Map(Array.from(wants.all(), (want) => [want.id, want]));
    if (wants.isComplete) this.#forgetAllBut(wanted);
    this.#tellOfChange();
    if (!this.#isStarted || this.#isOrdering) return;
    for (const id of [...this.#unwritten]) this.#write(id);
    const next = this.#next(wanted.values());
    const waitMs = next.atMs - this.#options.wallClockMs();
    if (next.want && waitMs <= 0) this.#begin(next.want);
    else this.#timer = setTimeout(() => this.look(), Math.min(waitMs + 1, LOOK_EVERY_MS)).unref();
  }

  health(): AcmeHealth {
    const nowMs = this.#options.wallClockMs();
    const ends = Array.from(this.shown(), ([, { endMs }]) => endMs);
    return {
      acmeCertificates: ends.length,
      acmeCertificatesDue: Array.from(this.#options.wants.all()).filter((want) => this.#dueMs(want) <= nowMs).length,
      acmeOrdersFailed: this.#failed,
      acmeCertificateEndsSeconds: ends.length === 0 ? 0 : Math.floor(Math.min(...ends) / 1_000),
    };
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#web.close();
  }

  #begin(want: Want): void {
    this.#isOrdering = true;
    this.#order(want)
      .catch((error: Error) => this.#fail(want, error))
      .finally(() => {
        this.#isOrdering = false;
        this.look();
      });
  }

  async #order({ id, names }: Want): Promise<void> {
    const { prover, log, wallClockMs } = this.#options;
    this.#client ??= this.#connect();
    const pair = await orderCertificate(names, {
      client: this.#client,
      prover,
      wallClockMs,
      onTrouble: (why) => log("warn", "ACME proof not taken back", { names, why }),
    });
    this.#backoff.succeeded(id, wallClockMs() + RENEW_AFTER_MS);
    this.#kept.set(id, issuedCertificate(pair));
    this.#unwritten.add(id);
    log("info", "ACME certificate issued", { names, until: pair.certificate.validToDate.toISOString() });
  }

  #fail({ id, names }: Want, error: Error): void {
    const { signal, log } = this.#options;
    if (signal.aborted) return;
    this.#failed += 1;
    const problem = error instanceof AcmeProblem ? error : new AcmeProblem("internal", error.message, { cause: error });
    const nextMs = this.#backoff.failed(id, problem);
    // The next attempt reads the directory and finds the account anew: either may be what was wrong.
    if (problem.concerns === "all") this.#client = undefined;
    log("warn", "ACME certificate not issued", { names, why: problem.message, next: new Date(nextMs).toISOString() });
  }

  /** A certificate that cannot be written is shown nevertheless: to order it again would not make the disk larger. */
  #write(id: string): void {
    const issued = this.#kept.get(id);
    this.#unwritten.delete(id);
    if (!issued) return;
    try {
      writePairFile(this.#pathOf(id), issued);
    } catch (error) {
      this.#unwritten.add(id);
      this.#options.log("error", "ACME certificate not kept", { id, why: (error as Error).message });
    }
  }

  #forgetAllBut(wanted: ReadonlyMap<string, Want>): void {
    for (const id of [...this.#kept.keys()].filter((one) => !wanted.has(one))) {
      this.#kept.delete(id);
      this.#unwritten.delete(id);
      rmSync(this.#pathOf(id), { force: true });
    }
    this.#backoff.forgetAllBut(wanted);
  }

  #tellOfChange(): void {
    const shown = new Map(this.shown());
    const isSame = shown.size === this.#told.size && [...shown].every(([id, one]) => this.#told.get(id) === one);
    if (isSame) return;
    this.#told = shown;
    this.#options.onChange();
  }

  /** The first thing to do: an order, or to look again because a certificate ends. */
  #next(wants: Iterable<Want>): { readonly want?: Want; readonly atMs: number } {
    let next: { readonly want?: Want; readonly atMs: number } = { atMs: Number.POSITIVE_INFINITY };
    for (const want of wants) {
      const atMs = Math.max(this.#dueMs(want), this.#backoff.notBeforeMs(want.id));
      if (atMs < next.atMs) next = { want, atMs };
    }
    for (const [, { endMs }] of this.shown()) if (endMs < next.atMs) next = { atMs: endMs };
    return next;
  }

  /** When it is to be ordered: at once, or after two thirds of its lifetime. */
  #dueMs({ id, names }: Want): number {
    const issued = this.#kept.get(id);
    return issued && names.every((name) => issued.names.has(name)) ? issued.dueMs : 0;
  }

  #connect(): AcmeClient {
    const { directoryUrl, email, signal, wallClockMs } = this.#options;
    return new AcmeClient({ directoryUrl, email, key: this.#openAccountKey(), web: this.#web, signal, wallClockMs });
  }

  #openAccountKey(): AccountKey {
    const path = join(this.#options.dir, ACCOUNT_FILE);
    const kept = readIfThere(path);
    const pem = kept ?? newAccountKeyPem();
    if (kept === undefined) writeWhole(path, pem, 0o600);
    try {
      return readAccountKey(pem);
    } catch (cause) {
      const why = (cause as Error).message;
      throw new AcmeProblem("account", `${path} cannot be used (${why}): restore it, or delete it for a new account`, {
        cause,
      });
    }
  }

  #pathOf(id: string): string {
    return join(this.#options.dir, `${id.replace("*", WILDCARD_IN_FILES)}.pem`);
  }
}

const ACCOUNT_FILE = "account.key";
/** No host name has an underscore. */
const WILDCARD_IN_FILES = "_";

function issuedCertificate(pair: Pair): IssuedCertificate {
  const { validFromDate, validToDate } = pair.certificate;
  const [fromMs, endMs] = [validFromDate.getTime(), validToDate.getTime()];
  const names = new Set(dnsNames(pair.certificate));
  return { certPem: pair.certPem, keyPem: pair.keyPem, names, dueMs: fromMs + (2 * (endMs - fromMs)) / 3, endMs };
}

/** Certificates of the last run. One that cannot be used is told and ordered anew. */
function readKept(dir: string, log: Log): Map<string, IssuedCertificate> {
  const kept = new Map<string, IssuedCertificate>();
  for (const file of readdirSync(dir)) {
    const name = /^(.+)\.pem$/.exec(file)?.[1];
    if (name === undefined) continue;
    try {
      const pair = readPairFile(join(dir, file));
      if (pair) kept.set(name.replace(WILDCARD_IN_FILES, "*"), issuedCertificate(pair));
    } catch (error) {
      log("warn", "ACME certificate not read", { file: join(dir, file), why: (error as Error).message });
    }
  }
  return kept;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
