import { closeSync, constants, fdatasync, fstatSync, openSync, readdirSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const NAME = /^journal-(\d{8})\.jsonl$/;
const fdatasyncAsync = promisify(fdatasync);

export type SegmentFile = { readonly number: number; readonly path: string };

/** The journal's files in order of age. */
export function listSegments(dir: string): readonly SegmentFile[] {
  return readdirSync(dir)
    .flatMap((name): SegmentFile[] => {
      const number = NAME.exec(name)?.[1];
      return number === undefined ? [] : [{ number: Number(number), path: join(dir, name) }];
    })
    .sort((a, b) => a.number - b.number);
}

export function deleteSegment(dir: string, number: number): void {
  rmSync(segmentPath(dir, number), { force: true });
}

function segmentPath(dir: string, number: number): string {
  return join(dir, `journal-${String(number).padStart(8, "0")}.jsonl`);
}

/**
 * One append-only file. `append` returns when the operating system has the text (write(2)), so it survives the death of the process;
 * `sync` makes it survive a loss of power.
 */
export class Segment {
  readonly number: number;
  readonly #fd: number;
  #lengthBytes = 0;
  /** A write failed in the middle of a line: the next one starts on a line of its own. */
  #torn = false;
  #unsynced = false;
  #closed = false;

  /** @throws the file system's error when the file cannot be made */
  constructor(dir: string, number: number) {
    this.number = number;
    this.#fd = openSync(
      segmentPath(dir, number),
      constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND,
      // Call records are nobody else's business.
      0o600,
    );
    this.#lengthBytes = fstatSync(this.#fd).size;
    this.#torn = this.#lengthBytes > 0;
  }

  get lengthBytes(): number {
    return this.#lengthBytes;
  }

  /** @throws the file system's error (full disk); the file stays usable and no later line is damaged by what was half written */
  append(lines: string): void {
    const bytes = Buffer.from(this.#torn ? `\n${lines}` : lines, "utf8");
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(this.#fd, bytes, written);
      this.#torn = false;
    } catch (error) {
      this.#torn = this.#torn || written > 0;
      throw error;
    } finally {
      this.#lengthBytes += written;
      if (written > 0) this.#unsynced = true;
    }
  }

  /** Forces everything written so far to the disk; does nothing when there is nothing new. */
  async sync(): Promise<void> {
    if (!this.#unsynced || this.#closed) return;
    this.#unsynced = false;
    try {
      await fdatasyncAsync(this.#fd);
    } catch (error) {
      this.#unsynced = true;
      throw error;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#fd);
  }
}
