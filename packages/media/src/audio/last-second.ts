import { DECODED, type Law } from "./g711.ts";
import { SAMPLE_RATE, strongestTone } from "./tone.ts";

/** The last second of audio heard, as the codes that came; memory is taken with the first packet. */
export class LastSecond {
  #codes: Uint8Array | undefined;
  #at = 0;
  #filled = 0;

  /** Takes the payload `p[from, to)`. */
  add(p: Uint8Array, from: number, to: number): void {
    this.#codes ??= new Uint8Array(SAMPLE_RATE);
    for (let i = Math.max(from, to - SAMPLE_RATE); i < to; i += 1) {
      this.#codes[this.#at] = p[i] as number;
      this.#at = (this.#at + 1) % SAMPLE_RATE;
    }
    this.#filled = Math.min(SAMPLE_RATE, this.#filled + to - from);
  }

  /** The strongest tone in it, or null. */
  toneHz(law: Law): number | null {
    const codes = this.#codes;
    if (codes === undefined) return null;
    const values = DECODED[law];
    const oldest = this.#at - this.#filled + SAMPLE_RATE;
    const samples = new Float64Array(this.#filled);
    for (let n = 0; n < samples.length; n += 1) {
      samples[n] = values[codes[(oldest + n) % SAMPLE_RATE] as number] as number;
    }
    return strongestTone(samples);
  }
}
