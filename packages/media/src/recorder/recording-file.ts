import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import type { GapCause } from "./recording.types.ts";
import { HEADER_BYTES, MOST_DATA_BYTES, SAMPLE_BYTES, writeWaveHeader } from "./wave.ts";

/** A stretch of frames that could not be written when they were there. */
export type Hole = { readonly cause: GapCause; readonly from: number; to: number };

/** More are told as one long one. */
const MOST_HOLES = 100;

/**
 * A WAV file that grows while a call runs, frame by frame (a frame: one sample of each channel).
 *
 * Frames are written at their place, so that what the disk refuses becomes a hole, which reads as silence, and everything after it
 * is still where it belongs. The header says what was there at the last `sync`; a player can open the file at any time.
 */
export class RecordingFile {
  readonly path: string;
  readonly channels: 1 | 2;
  readonly holes: Hole[] = [];
  readonly #fd: number;
  readonly #frameBytes: number;
  /** Frames up to the last one written, holes included. */
  #frames: number;
  /** Frames that the disk has promised to keep. */
  #kept: number;
  #refused: GapCause | null = null;

  private constructor(path: string, channels: 1 | 2, fd: number, frames: number) {
    this.path = path;
    this.channels = channels;
    this.#fd = fd;
    this.#frameBytes = channels * SAMPLE_BYTES;
    this.#frames = frames;
    this.#kept = frames;
  }

  /**
   * Makes the file, empty but whole, and has the disk keep it.
   *
   * @throws Error of the system (`ENOSPC`, `EEXIST` …)
   */
  static create(path: string, channels: 1 | 2): RecordingFile {
    const file = new RecordingFile(path, channels, openSync(path, "wx+", 0o600), 0);
    try {
      file.#writeHeader();
      fdatasyncSync(file.#fd);
    } catch (error) {
      closeSync(file.#fd);
      throw error;
    }
    return file;
  }

  /** Opens a file that was left while it grew; a last frame that is not whole is cut off. */
  static reopen(path: string, channels: 1 | 2): RecordingFile {
    const fd = openSync(path, "r+");
    const dataBytes = Math.max(0, fstatSync(fd).size - HEADER_BYTES);
    return new RecordingFile(path, channels, fd, Math.floor(dataBytes / (channels * SAMPLE_BYTES)));
  }

  get frames(): number {
    return this.#frames;
  }

  /** Why the disk refused the last write; null when it did not. */
  get refused(): GapCause | null {
    return this.#refused;
  }

  /** Writes `bytes` (whole frames) as the frames from `frame` on. Never throws: what is refused becomes a hole. */
  write(frame: number, bytes: Uint8Array): void {
    const count = bytes.length / this.#frameBytes;
    const room = Math.max(0, Math.floor(MOST_DATA_BYTES / this.#frameBytes) - frame);
    if (room < count) this.#addHole(frame + room, frame + count, "too-long");
    if (room === 0) return;
    const length = Math.min(count, room) * this.#frameBytes;
    const written = this.#tryWrite(bytes, length, HEADER_BYTES + frame * this.#frameBytes);
    const end = frame + length / this.#frameBytes;
    if (written < length) this.#addHole(frame + Math.floor(written / this.#frameBytes), end, this.#refused);
    this.#frames = Math.max(this.#frames, end);
  }

  /** Has the disk keep everything written so far. Never throws. */
  sync(): void {
    try {
      this.#writeHeader();
      fdatasyncSync(this.#fd);
    } catch (error) {
      this.#refused = causeOf(error);
      // After a failed sync nobody knows which of the pages are on the disk, and the system tries none of them again.
      this.#addHole(this.#kept, this.#frames, this.#refused);
    }
    this.#kept = this.#frames;
  }

  /**
   * Gives a file that is open nowhere its final length, with a header that says so, and has the disk keep it.
   *
   * @throws Error of the system
   */
  static finish(path: string, channels: 1 | 2, frames: number): void {
    const file = RecordingFile.reopen(path, channels);
    try {
      file.#frames = frames;
      // Also makes the file longer where its last frames are a hole.
      ftruncateSync(file.#fd, HEADER_BYTES + frames * file.#frameBytes);
      file.#writeHeader();
      fdatasyncSync(file.#fd);
    } finally {
      file.close();
    }
  }

  /** Reads into `bytes` from that frame on. @returns whole frames read */
  read(frame: number, bytes: Uint8Array): number {
    const read = readSync(this.#fd, bytes, 0, bytes.length, HEADER_BYTES + frame * this.#frameBytes);
    return Math.floor(read / this.#frameBytes);
  }

  close(): void {
    closeSync(this.#fd);
  }

  #tryWrite(bytes: Uint8Array, length: number, position: number): number {
    let written = 0;
    try {
      while (written < length) written += writeSync(this.#fd, bytes, written, length - written, position + written);
      this.#refused = null;
    } catch (error) {
      this.#refused = causeOf(error);
    }
    return written;
  }

  #addHole(from: number, to: number, why: GapCause | null): void {
    const cause = why ?? "disk-failed";
    const last = this.holes.at(-1);
    const isMore = last !== undefined && last.cause === cause && from <= last.to;
    if (last !== undefined && (isMore || this.holes.length >= MOST_HOLES)) last.to = Math.max(last.to, to);
    else if (to > from) this.holes.push({ cause, from, to });
  }

  #writeHeader(): void {
    writeSync(this.#fd, writeWaveHeader(this.channels, this.#frames * this.#frameBytes), 0, HEADER_BYTES, 0);
  }
}

export function causeOf(error: unknown): "disk-full" | "disk-failed" {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOSPC" || code === "EDQUOT" ? "disk-full" : "disk-failed";
}
