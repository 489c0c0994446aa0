/** Packets behind the newest that are told apart: 2.5 s of 20 ms packets; RFC 3711 §3.3.2 asks for 64 at least. */
export const WINDOW_PACKETS = 128;
const WORDS = WINDOW_PACKETS / 32;

/** Which packet indices of one stream were there already (RFC 3711 §3.3.2). An index may be any whole number below 2^53. */
export class ReplayWindow {
  /** Highest index so far, -1 before any. */
  highest = -1;
  readonly #seen = new Uint32Array(WORDS);

  /** True for an index that is new, and not so old that nobody knows. */
  isFresh(index: number): boolean {
    if (index > this.highest) return true;
    if (index < 0 || this.highest - index >= WINDOW_PACKETS) return false;
    const at = index % WINDOW_PACKETS;
    return (((this.#seen[at >>> 5] as number) >>> (at & 31)) & 1) === 0;
  }

  /** Remembers a fresh index. */
  add(index: number): void {
    if (index > this.highest) this.#advance(index);
    const at = index % WINDOW_PACKETS;
    this.#seen[at >>> 5] = (this.#seen[at >>> 5] as number) | (1 << (at & 31));
  }

  /** As if nothing had been there. */
  clear(): void {
    this.highest = -1;
    this.#seen.fill(0);
  }

  #advance(index: number): void {
    if (index - this.highest >= WINDOW_PACKETS) this.#seen.fill(0);
    else {
      for (let passed = this.highest + 1; passed <= index; passed += 1) {
        const at = passed % WINDOW_PACKETS;
        this.#seen[at >>> 5] = (this.#seen[at >>> 5] as number) & ~(1 << (at & 31));
      }
    }
    this.highest = index;
  }
}
