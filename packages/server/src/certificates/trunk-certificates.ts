import { X509Certificate } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { EdgeNamedCertificates } from "@trunkline/edge";
import type { Log } from "../log.ts";
import { writeWhole } from "../secrets.ts";
import type { DirectoryFollower } from "./follow-directory.ts";
import { type InstallationCertificates, renewalDueMs } from "./installation-certificates.ts";
import { dnsNames, pemBlocks } from "./pair-file.ts";
import { WantedNames } from "./wanted-names.ts";

/** Trunks whose certificates are handed on together: many make one message, few do not wait long. */
const BATCH = 100;

export type TrunkCertificatesOptions = {
  /** Where they are kept, one file a trunk; made when missing. */
  readonly dir: string;
  readonly zone: string;
  readonly edge: string;
  readonly issuer: Pick<InstallationCertificates, "issueFor" | "servers">;
  /** Also trunks that did not ask, when no wildcard covers their names: `a.b.pstn.{zone}`. */
  readonly coversDeepNames: boolean;
  readonly log: Log;
  readonly wallClockMs: () => number;
  /** Told what is to be shown from now on; a trunk without certificates: nothing of its own any more. */
  onChange(changes: readonly EdgeNamedCertificates[]): void;
};

/** A trunk's certificates as they are shown, and when others should be. None, and due at once: a file that cannot be used. */
type Kept = { readonly certificates: EdgeNamedCertificates["certificates"]; readonly dueMs: number };

const FILE = /^(TK[0-9a-f]{32})\.pem$/;

/**
 * Certificates with the exact names of single trunks (SEC-6), for PBXs that do not understand wildcards. Issued when a trunk asks for one,
 * kept in files, renewed in time, taken back with the trunk; one after the other, so that ten thousand at once leave the thread its breath.
 */
export class TrunkCertificates {
  readonly #options: TrunkCertificatesOptions;
  readonly #kept = new Map<string, Kept>();
  #wanted: WantedNames;
  /** False while a directory is being read: what it does not have yet is not gone. */
  #isLoaded = false;
  readonly #due = new Set<string>();
  #working: Promise<void> | undefined;

  /** Reads what was kept. A file that cannot be used is issued anew when its trunk still wants it. */
  constructor(options: TrunkCertificatesOptions) {
    this.#options = options;
    this.#wanted = new WantedNames({ ...options, otherEdges: true });
    mkdirSync(options.dir, { recursive: true, mode: 0o700 });
    for (const file of readdirSync(options.dir)) {
      const trunkSid = FILE.exec(file)?.[1];
      if (trunkSid !== undefined) this.#kept.set(trunkSid, this.#read(join(options.dir, file)));
    }
  }

  /** All that is shown now. */
  current(): readonly EdgeNamedCertificates[] {
    return Array.from(this.#kept, ([key, { certificates }]) => ({ key, certificates }));
  }

  /** Follows the directory in place of the reading before, which may have missed changes. */
  follow(): DirectoryFollower {
    const wanted = new WantedNames({ ...this.#options, otherEdges: true });
    this.#wanted = wanted;
    this.#isLoaded = false; // the work under way stops, lest it take back what is only not read again yet
    return {
      changes: (changes) => {
        const isLive = this.#isLoaded && this.#wanted === wanted;
        for (const change of changes) {
          for (const trunkSid of wanted.apply(change)) if (isLive) this.#due.add(trunkSid);
        }
        if (isLive) this.#work();
      },
      loaded: () => {
        if (this.#wanted !== wanted) return;
        this.#isLoaded = true;
        this.check();
      },
    };
  }

  /** Looks whether anything is to be issued, renewed or taken back. */
  check(): void {
    for (const trunkSid of this.#kept.keys()) this.#due.add(trunkSid);
    for (const trunkSid of this.#wanted.trunks()) this.#due.add(trunkSid);
    this.#work();
  }

  /** Resolves when everything known to be due is done, or could not be. */
  async settled(): Promise<void> {
    while (this.#working !== undefined) await this.#working;
  }

  #work(): void {
    if (!this.#isLoaded || this.#working || this.#due.size === 0) return;
    this.#working = this.#workOff().then(
      () => {
        this.#working = undefined;
        this.#work();
      },
      (error: Error) => {
        this.#working = undefined;
        this.#options.log("error", "trunk certificates not issued", { why: error.message });
      },
    );
  }

  /** Rejects at the first that cannot be kept; it stays due. */
  async #workOff(): Promise<void> {
    let changes: EdgeNamedCertificates[] = [];
    const tell = (): void => {
      const [first] = changes;
      if (!first) return;
      this.#options.onChange(changes);
      this.#options.log("info", "other trunk certificates from now on", { trunks: changes.length, first: first.key });
      changes = [];
    };
    try {
      for (const trunkSid of this.#due) {
        if (!this.#isLoaded) break;
        this.#due.delete(trunkSid);
        const change = await this.#bringUpToDate(trunkSid);
        if (change) changes.push(change);
        if (changes.length >= BATCH) tell();
      }
    } finally {
      tell();
    }
  }

  /** What the trunk shows now; undefined: what it showed. Rejects when the file cannot be written. */
  async #bringUpToDate(trunkSid: string): Promise<EdgeNamedCertificates | undefined> {
    const { issuer, wallClockMs } = this.#options;
    const kept = this.#kept.get(trunkSid);
    const names = this.#wanted.namesOf(trunkSid);
    const path = join(this.#options.dir, `${trunkSid}.pem`);
    if (names.length === 0) {
      if (!kept) return undefined;
      rmSync(path, { force: true });
      this.#kept.delete(trunkSid);
      return { key: trunkSid, certificates: [] };
    }
    if (kept && kept.dueMs > wallClockMs() && this.#isCurrent(kept, names)) return undefined;
    const issued = await issuer.issueFor({ dns: names, addresses: [] });
    const certificates = issued.map((one) => ({ names, ...one }));
    try {
      writeWhole(path, issued.map(({ certPem }) => certPem).join(""), 0o600);
    } catch (error) {
      this.#due.add(trunkSid);
      throw error;
    }
    this.#kept.set(trunkSid, { certificates, dueMs: dueMsOf(issued.map(({ certPem }) => certPem)) });
    return { key: trunkSid, certificates };
  }

  /** Whether it is for these names and of the server's present keys. */
  #isCurrent({ certificates }: Kept, names: readonly string[]): boolean {
    const servers = this.#options.issuer.servers();
    return (
      certificates.length === servers.length &&
      certificates.every((one, i) => one.keyPem === servers[i]?.keyPem && one.names.join(" ") === names.join(" "))
    );
  }

  #read(path: string): Kept {
    const servers = this.#options.issuer.servers();
    try {
      const pems = pemBlocks(readFileSync(path, "utf8"), /^CERTIFICATE$/);
      const certificates = servers.map(({ keyPem, privateKey }, i) => {
        const certificate = new X509Certificate(pems[i] ?? "");
        if (!certificate.checkPrivateKey(privateKey)) throw new Error("it is for another key");
        return { names: dnsNames(certificate), certPem: pems[i] ?? "", keyPem };
      });
      return { certificates, dueMs: dueMsOf(pems) };
    } catch {
      return { certificates: [], dueMs: 0 };
    }
  }
}

function dueMsOf(pems: readonly string[]): number {
  return Math.min(...pems.map((pem) => renewalDueMs(new X509Certificate(pem))));
}
