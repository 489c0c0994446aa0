/** Lateness is looked at in stretches of two seconds: in each, some packet came as fast as the way allows. */
const STRETCH = 16_000;
const FEWEST_PACKETS = 20;
/** Less is jitter. */
const NOTICEABLE = 160;
/** More is put right at once, the rest in the next pause between words. */
const INTOLERABLE = 960;

/**
 * How far a leg's clock has run from ours. All in samples of the timeline.
 *
 * The least lateness within a stretch does not depend on jitter. It changes when the sender's clock is faster or slower than
 * ours (±50 ppm are 180 ms an hour), when the way gets longer, or when a sender stops its timestamps in silence.
 */
export class Skew {
  #usual: number | null = null;
  #since = 0;
  #least = Number.POSITIVE_INFINITY;
  #packets = 0;
  #due = 0;

  /** The lateness that the leg's packets had when its place on the timeline was fixed. */
  get usual(): number {
    return this.#usual ?? (this.#packets > 0 ? this.#least : 0);
  }

  observe(late: number, arrival: number): void {
    if (this.#packets === 0) this.#since = arrival;
    this.#least = Math.min(this.#least, late);
    this.#packets += 1;
    if (arrival - this.#since < STRETCH) return;
    if (this.#packets >= FEWEST_PACKETS) {
      this.#usual ??= this.#least;
      const drift = this.#least - this.#usual;
      this.#due = Math.abs(drift) >= NOTICEABLE ? drift : 0;
    }
    this.#restart();
  }

  /** What a leg's packets are to be moved by now (negative: earlier), or 0. Told once. */
  correction(isPause: boolean): number {
    if (this.#due === 0 || !(isPause || Math.abs(this.#due) >= INTOLERABLE)) return 0;
    const due = this.#due;
    this.#due = 0;
    this.#restart();
    return due;
  }

  /** The leg has got a new place: what was seen of the old one is void. */
  forget(): void {
    this.#due = 0;
    this.#restart();
  }

  #restart(): void {
    this.#least = Number.POSITIVE_INFINITY;
    this.#packets = 0;
  }
}
