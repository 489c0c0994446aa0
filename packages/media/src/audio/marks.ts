import { type Law, MINUS_SILENCE, SILENCE } from "./g711.ts";

/**
 * Marks in our own audio by which an echo of it is known again, to measure the way there and back.
 *
 * G.711 has two codes for silence, one with either sign; a mark is 64 samples of silence whose signs spell a word, so nobody hears
 * it. It survives what carries the codes untouched (a relay, an echo), not a transcoder: then nothing is measured.
 */
const MARK_BYTES = 64;

/** First 32 bits of every mark: no run of ordinary silence looks like it. */
const SYNC = 0x9e3779b9;
/** Marks remembered; at one a second an echo may be this many seconds late. */
const REMEMBERED = 8;
/** Delays kept for the median. */
const DELAYS_KEPT = 60;

export class EchoMarks {
  readonly #owner: number;
  readonly #sentAtMs = new Float64Array(REMEMBERED).fill(-1);
  readonly #delaysMs: number[] = [];
  #next = 0;

  /** @param owner 24 bits that tell our marks from those of others */
  constructor(owner: number) {
    this.#owner = (owner & 0xffffff) << 8;
  }

  /** Writes the next mark at `at`; `p` has room for `MARK_BYTES`. */
  write(p: Uint8Array, at: number, law: Law, nowMs: number): void {
    const number = this.#next;
    this.#next = (number + 1) & 0xff;
    this.#sentAtMs[number % REMEMBERED] = nowMs;
    writeWord(p, at, SYNC, law);
    writeWord(p, at + 32, this.#owner | number, law);
  }

  /** Looks for one of our marks at the beginning of a payload. Costs one comparison when there is none. */
  find(p: Uint8Array, at: number, end: number, law: Law, nowMs: number): void {
    if (end - at < MARK_BYTES || readWord(p, at, law) !== SYNC >>> 0) return;
    const word = readWord(p, at + 32, law);
    if (word === null || (word & 0xffffff00) !== this.#owner) return;
    const slot = (word & 0xff) % REMEMBERED;
    const sentAtMs = this.#sentAtMs[slot] as number;
    this.#sentAtMs[slot] = -1;
    if (sentAtMs < 0) return;
    if (this.#delaysMs.length === DELAYS_KEPT) this.#delaysMs.shift();
    this.#delaysMs.push(nowMs - sentAtMs);
  }

  /** Median round trip of the marks found, or null. */
  get delayMs(): number | null {
    const sorted = this.#delaysMs.toSorted((x, y) => x - y);
    return sorted[Math.floor(sorted.length / 2)] ?? null;
  }
}

function writeWord(p: Uint8Array, at: number, word: number, law: Law): void {
  for (let bit = 0; bit < 32; bit += 1) p[at + bit] = (word >>> (31 - bit)) & 1 ? SILENCE[law] : MINUS_SILENCE[law];
}

/** Null when the samples are not all silence. */
function readWord(p: Uint8Array, at: number, law: Law): number | null {
  let word = 0;
  for (let bit = 0; bit < 32; bit += 1) {
    const code = p[at + bit];
    if (code !== SILENCE[law] && code !== MINUS_SILENCE[law]) return null;
    word = (word << 1) | (code === SILENCE[law] ? 1 : 0);
  }
  return word >>> 0;
}
