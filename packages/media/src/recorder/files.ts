import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Absence, Gap, RecordingOrder, RecordingResult } from "./recording.types.ts";

/** How a recording's file was left when nothing more comes into it. */
export type Ending = {
  readonly frames: number;
  /** Why there is nothing to listen to; null when there is. */
  readonly absence: Absence | null;
  readonly gaps: readonly Gap[];
  readonly interrupted: boolean;
};

/**
 * What lies beside a recording that is not delivered yet: first the order; with its end, how it ended; then the result. Written
 * before the file, gone when its owner has taken the result, so that a crash at any moment leaves something to go on from.
 */
export type Sidecar = {
  readonly order: RecordingOrder;
  /** Wall clock. */
  readonly startedAtMs: number;
  readonly ending?: Ending;
  readonly result?: RecordingResult;
};

/**
 * The files of a recorder's directory.
 *
 * `live/RE….json` the sidecar · `live/RE….part` the growing WAV file · `live/RE….enc` its ciphertext being made ·
 * `manifest-YYYY-MM.jsonl` one line per finished recording · finished files: see the storage.
 */
export class RecorderFiles {
  readonly dir: string;
  readonly #live: string;

  constructor(dir: string) {
    this.dir = dir;
    this.#live = join(dir, "live");
    mkdirSync(this.#live, { recursive: true, mode: 0o700 });
  }

  partOf(sid: string): string {
    return join(this.#live, `${sid}.part`);
  }

  encryptedOf(sid: string): string {
    return join(this.#live, `${sid}.enc`);
  }

  hasPart(sid: string): boolean {
    return existsSync(this.partOf(sid));
  }

  has(sid: string): boolean {
    return this.hasPart(sid) || existsSync(this.#sidecarOf(sid));
  }

  /** Something that changes whenever somebody writes to the recording's files. */
  traceOf(sid: string): string {
    const stats = [this.partOf(sid), this.#sidecarOf(sid)].map((path) => statSync(path, { throwIfNoEntry: false }));
    return stats.map((stat) => `${stat?.mtimeMs} ${stat?.size}`).join(" ");
  }

  /** Has the disk keep the names of what is in `live/`. */
  syncNames(): void {
    syncDirectory(this.#live);
  }

  /** The disk keeps it when this returns. */
  writeSidecar(sidecar: Sidecar): void {
    const path = this.#sidecarOf(sidecar.order.sid);
    writeDurably(`${path}.tmp`, "w", `${JSON.stringify(sidecar)}\n`);
    renameSync(`${path}.tmp`, path);
    syncDirectory(this.#live);
  }

  /** Null when there is none, or none that can be read. */
  readSidecar(sid: string): Sidecar | null {
    try {
      const sidecar = JSON.parse(readFileSync(this.#sidecarOf(sid), "utf8")) as Partial<Sidecar>;
      return sidecar.order?.sid === sid && typeof sidecar.startedAtMs === "number" ? (sidecar as Sidecar) : null;
    } catch {
      return null;
    }
  }

  /** Forgets the recording here; its finished file is elsewhere. */
  forget(sid: string): void {
    const sidecar = this.#sidecarOf(sid);
    const paths = [this.encryptedOf(sid), this.partOf(sid), `${sidecar}.tmp`, sidecar];
    for (const path of paths) rmSync(path, { force: true });
  }

  /** Sids of everything in `live/`. */
  unfinished(): readonly string[] {
    const names = readdirSync(this.#live).flatMap((name) => /^([A-Za-z0-9]+)\.(?:json|part)$/.exec(name)?.[1] ?? []);
    return [...new Set(names)];
  }

  /** Appends a line; the disk keeps it when this returns. A crash may leave a recording with two lines: the last one counts. */
  appendManifest(result: RecordingResult, nowMs: number): void {
    const month = new Date(nowMs).toISOString().slice(0, 7);
    const line = { finishedAt: new Date(nowMs).toISOString(), ...result };
    writeDurably(join(this.dir, `manifest-${month}.jsonl`), "a", `${JSON.stringify(line)}\n`);
  }

  #sidecarOf(sid: string): string {
    return join(this.#live, `${sid}.json`);
  }
}

/** Moves a file within the file system; the disk keeps the new name, and not the old one, when this returns. */
export function moveDurably(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  renameSync(from, to);
  syncDirectory(dirname(to));
  syncDirectory(dirname(from));
}

/** Names of new, moved and removed files are kept by their directory. */
export function syncDirectory(path: string): void {
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function writeDurably(path: string, flags: "a" | "w", text: string): void {
  const fd = openSync(path, flags, 0o600);
  try {
    writeSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
