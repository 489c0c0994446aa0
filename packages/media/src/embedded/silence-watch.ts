import type { Line } from "./line.ts";

/**
 * MED-4: notices that a call has gone dead. What counts is media that was taken, RTP or fax; reports keep nothing alive. A call is watched only
 * while one of its lines is open both ways: a party on hold may be silent for as long as it likes.
 */
export class SilenceWatch {
  readonly #silenceMs: number;
  #sinceMs: number;
  #told = false;

  constructor(silenceMs: number, nowMs: number) {
    this.#silenceMs = silenceMs;
    this.#sinceMs = nowMs;
  }

  /** The call was described anew: its time begins again. */
  restart(nowMs: number): void {
    this.#sinceMs = nowMs;
    this.#told = false;
  }

  /** How long neither leg was heard, once for each silence that is too long; undefined otherwise. */
  check(lines: readonly (Line | undefined)[], nowMs: number): number | undefined {
    let isWatched = false;
    for (const line of lines) {
      if (line === undefined) continue;
      isWatched ||= line.a.isOpen && line.b.isOpen;
      const heardMs = Math.max(line.a.lastMediaMs, line.b.lastMediaMs);
      if (heardMs > this.#sinceMs) this.restart(heardMs);
    }
    if (!isWatched) this.restart(nowMs);
    const forMs = nowMs - this.#sinceMs;
    if (forMs < this.#silenceMs || this.#told) return undefined;
    this.#told = true;
    return forMs;
  }
}
