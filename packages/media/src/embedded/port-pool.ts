/**
 * The port pairs of one local address: even for RTP, the next one for RTCP (RFC 3550 §11).
 *
 * A pair is drawn at random, so that nobody can aim at the next call (MED-5), and rests for a while after use, so that what is
 * still on its way to the old call does not land in a new one. Taking and giving back are O(1); nothing scans the range.
 */
export class PortPool {
  readonly #free: number[] = [];
  readonly #resting: { readonly port: number; readonly untilMs: number }[] = [];
  readonly #random: (below: number) => number;
  readonly #restMs: number;
  #firstResting = 0;

  /**
   * @param min first and `max` last port that may be used, both included; an odd `min` or half pair at the end is left out
   * @param random unpredictable whole number in [0, below)
   */
  constructor(min: number, max: number, restMs: number, random: (below: number) => number) {
    for (let port = min + (min % 2); port + 1 <= max; port += 2) this.#free.push(port);
    this.#restMs = restMs;
    this.#random = random;
  }

  /** The even port of a free pair, or undefined when all are in use or resting. */
  take(nowMs: number): number | undefined {
    this.#wake(nowMs);
    const last = this.#free.pop();
    if (last === undefined) return undefined;
    const at = this.#random(this.#free.length + 1);
    if (at === this.#free.length) return last;
    const chosen = this.#free[at];
    this.#free[at] = last;
    return chosen;
  }

  /** Gives a pair back; it can be drawn again when it has rested. */
  giveBack(port: number, nowMs: number): void {
    this.#resting.push({ port, untilMs: nowMs + this.#restMs });
  }

  /** Gives a pair back that was never opened. It needs no rest; with one, calls that find a single pair left would keep it from all others. */
  putBack(port: number): void {
    this.#free.push(port);
  }

  /** Moves the pairs that have rested enough; they were queued in order of time. */
  #wake(nowMs: number): void {
    for (;;) {
      const next = this.#resting[this.#firstResting];
      if (next === undefined || next.untilMs > nowMs) break;
      this.#free.push(next.port);
      this.#firstResting += 1;
    }
    if (this.#firstResting > 1_024 || this.#firstResting === this.#resting.length) {
      this.#resting.splice(0, this.#firstResting);
      this.#firstResting = 0;
    }
  }
}
