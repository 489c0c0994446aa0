/** Samples a canvas spans: 2.048 s at 8 kHz. */
export const SPAN = 16_384;
const MASK = SPAN - 1;

/**
 * The stretch of a leg's timeline that is being painted: packets put their samples where they belong, in whatever order they come;
 * what nobody painted is silence. Samples are numbered from the recording's start.
 */
export class Canvas {
  readonly #samples = new Int16Array(SPAN);
  #start: number;

  constructor(start: number) {
    this.#start = start;
  }

  /** First sample on the canvas. */
  get start(): number {
    return this.#start;
  }

  /** First sample beyond it. */
  get end(): number {
    return this.#start + SPAN;
  }

  /** One that is on the canvas. */
  at(sample: number): number {
    return this.#samples[sample & MASK] as number;
  }

  /** Paints G.711 `codes` from `sample` on, as far as they lie within `from` (inclusive) and `to` (exclusive) and on the canvas. */
  paint(sample: number, codes: Uint8Array, values: Int16Array, from: number, to: number): void {
    const first = Math.max(sample, from, this.#start);
    const end = Math.min(sample + codes.length, to, this.end);
    for (let at = first; at < end; at += 1) {
      this.#samples[at & MASK] = values[codes[at - sample] as number] as number;
    }
  }

  /** Silence from that sample on. */
  wipe(from: number): void {
    for (let at = Math.max(from, this.#start); at < this.end; at += 1) this.#samples[at & MASK] = 0;
  }

  /** Moves on; what is before `start` is let go. */
  slide(start: number): void {
    const gone = Math.min(start, this.end);
    for (let at = this.#start; at < gone; at += 1) this.#samples[at & MASK] = 0;
    this.#start = Math.max(this.#start, start);
  }
}
