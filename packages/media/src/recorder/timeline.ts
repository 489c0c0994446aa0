import type { Leg } from "../plane.ts";
import { Canvas, SPAN } from "./canvas.ts";
import type { RecordingFile } from "./recording-file.ts";
import { isQuiet, TRIM_MARGIN } from "./silence.ts";
import { SAMPLE_BYTES } from "./wave.ts";

/** How far behind what is written already a late packet still finds its place, in samples: one second. */
const BACK = 8_000;
/** Frames put into the file with one call. */
const CHUNK_FRAMES = 4_096;

export type PauseBehavior = "skip" | "silence";

/** Where a recording is to go on that another thread began. */
export type Progress = { readonly written: number; readonly shift: number };

/** One for all: it is filled and written at once. */
const chunk = Buffer.alloc(CHUNK_FRAMES * 2 * SAMPLE_BYTES);

/**
 * Both legs on one timeline, and its way into the file. Samples count from the recording's start, 8 per millisecond.
 *
 * A sample of either leg stands in the frame `sample - shift` of the file, so both channels stay aligned whatever happens to one of
 * them. `shift` grows only when a stretch is left out for both: silence trimmed off the beginning, a pause that skips.
 */
export class Timeline {
  readonly #file: RecordingFile;
  readonly #trim: boolean;
  readonly #legs: Readonly<Record<Leg, Canvas>>;
  /** Samples before this are in the file, or left out of it. */
  #written: number;
  #shift: number;
  /** With trimming, nothing is written before something is heard. */
  #begun: boolean;
  /** Samples before this are no longer changed: they lie before a pause. */
  #floor = 0;
  #paused: { readonly at: number; readonly behavior: PauseBehavior } | null = null;
  /** Written samples that a late packet has changed. */
  #late = { from: Number.POSITIVE_INFINITY, to: 0 };
  /** One more than the last frame with something to hear. */
  #loudFrames = 0;

  constructor(file: RecordingFile, trim: boolean, progress: Progress = { written: 0, shift: 0 }) {
    this.#file = file;
    this.#trim = trim;
    this.#written = progress.written;
    this.#shift = progress.shift;
    this.#begun = !trim || file.frames > 0;
    this.#loudFrames = file.frames;
    const start = progress.written - BACK;
    this.#legs = { a: new Canvas(start), b: new Canvas(start) };
  }

  get shift(): number {
    return this.#shift;
  }

  /** The frame of a sample, between the first and the last that the file has. */
  frameOf(sample: number): number {
    if (!this.#begun) return 0;
    const paused = this.#paused?.behavior === "skip" ? this.#paused.at : Number.POSITIVE_INFINITY;
    return Math.max(0, Math.min(sample, paused) - this.#shift);
  }

  /** Takes sound of a leg that begins at that sample. */
  paint(leg: Leg, at: number, codes: Uint8Array, values: Int16Array): void {
    const to = this.#paused?.at ?? Number.POSITIVE_INFINITY;
    if (at >= to) return;
    const end = at + codes.length;
    const reach = SPAN - BACK;
    if (end > this.#written + reach) this.writeTo(end - reach);
    this.#legs[leg].paint(at, codes, values, this.#floor, to);
    if (at < this.#written) this.#markLate(at, Math.min(end, this.#written));
  }

  /** From that sample on nothing is recorded. It stands as silence in the file, or does not appear there. */
  pause(behavior: PauseBehavior, at: number): void {
    if (this.#paused !== null) this.resume(at);
    // What was written of it in the meantime must not stay.
    this.#legs.a.wipe(at);
    this.#legs.b.wipe(at);
    if (at < this.#written) this.#markLate(at, this.#written);
    this.writeTo(this.#written);
    this.#paused = { at: Math.max(at, behavior === "skip" ? this.#written : 0), behavior };
  }

  resume(at: number): void {
    if (this.#paused === null) return;
    const { behavior, at: pausedAt } = this.#paused;
    if (behavior === "skip") {
      this.writeTo(pausedAt);
      const resumedAt = Math.max(at, pausedAt);
      if (this.#begun) this.#shift += resumedAt - pausedAt;
      this.#moveTo(resumedAt);
    }
    this.#floor = Math.max(at, pausedAt);
    this.#paused = null;
  }

  /** Puts everything before that sample into the file. */
  writeTo(sample: number): void {
    const skipped = this.#paused?.behavior === "skip" ? this.#paused.at : Number.POSITIVE_INFINITY;
    const end = Math.min(sample, skipped);
    if (!this.#begun) this.#begin(end);
    if (this.#begun) this.#rewriteLate();
    while (this.#written < end) {
      const to = Math.min(end, this.#legs.a.end);
      if (this.#begun) this.#writeFrames(this.#written, to);
      this.#moveTo(to);
      if (!this.#begun) this.#begin(end);
    }
  }

  /** Ends the recording at that sample. @returns how many frames the file is to have */
  finish(end: number): number {
    this.writeTo(end);
    if (!this.#begun) return 0;
    return this.#trim ? Math.min(this.#loudFrames + TRIM_MARGIN, this.#file.frames) : this.#file.frames;
  }

  #moveTo(sample: number): void {
    this.#written = Math.max(this.#written, sample);
    this.#legs.a.slide(this.#written - BACK);
    this.#legs.b.slide(this.#written - BACK);
  }

  #markLate(from: number, to: number): void {
    this.#late.from = Math.min(this.#late.from, Math.max(from, this.#floor, this.#legs.a.start));
    this.#late.to = Math.max(this.#late.to, to);
  }

  #rewriteLate(): void {
    const { from, to } = this.#late;
    this.#late = { from: Number.POSITIVE_INFINITY, to: 0 };
    this.#writeFrames(Math.max(from, this.#shift), to);
  }

  /** Looks for the first sound before that sample; the file begins a little earlier. */
  #begin(end: number): void {
    const { a, b } = this.#legs;
    const to = Math.min(end, a.end);
    let sample = Math.max(Math.min(this.#written, this.#late.from), a.start, 0);
    this.#late = { from: Number.POSITIVE_INFINITY, to: 0 };
    while (sample < to && isQuiet(a.at(sample)) && isQuiet(b.at(sample))) sample += 1;
    if (sample >= to) return;
    this.#begun = true;
    this.#shift = Math.max(sample - TRIM_MARGIN, a.start, this.#floor, 0);
    this.#written = this.#shift;
  }

  #writeFrames(from: number, to: number): void {
    for (let at = from; at < to; at += CHUNK_FRAMES) {
      const end = Math.min(at + CHUNK_FRAMES, to);
      const bytes = this.#file.channels === 2 ? this.#interleave(at, end) : this.#mix(at, end);
      if (this.#trim) this.#hear(at, end);
      this.#file.write(at - this.#shift, chunk.subarray(0, bytes));
    }
  }

  #interleave(from: number, to: number): number {
    const { a, b } = this.#legs;
    let into = 0;
    for (let at = from; at < to; at += 1) {
      into = chunk.writeInt16LE(a.at(at), into);
      into = chunk.writeInt16LE(b.at(at), into);
    }
    return into;
  }

  #mix(from: number, to: number): number {
    const { a, b } = this.#legs;
    let into = 0;
    for (let at = from; at < to; at += 1) {
      into = chunk.writeInt16LE(Math.max(-32_768, Math.min(a.at(at) + b.at(at), 32_767)), into);
    }
    return into;
  }

  #hear(from: number, to: number): void {
    const { a, b } = this.#legs;
    for (let at = to - 1; at >= from; at -= 1) {
      if (isQuiet(a.at(at)) && isQuiet(b.at(at))) continue;
      this.#loudFrames = Math.max(this.#loudFrames, at + 1 - this.#shift);
      return;
    }
  }
}
