/** Lets at most `perMinute` events through, in a burst or spread; the bucket refills continuously. */
export class Sampler {
  readonly #perMinute: number;
  #tokens: number;
  #atMs = 0;

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
    this.#tokens = perMinute;
  }

  take(nowMs: number): boolean {
    const refill = ((nowMs - this.#atMs) / 60_000) * this.#perMinute;
    this.#tokens = Math.min(this.#perMinute, this.#tokens + refill);
    this.#atMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
