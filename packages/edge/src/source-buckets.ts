/** What is left of one source's allowance, and when that was so. */
type Bucket = { tokens: number; atMs: number };

export type SourceBucketsOptions = {
  /** What a source that was quiet may have at once. */
  readonly burst: number;
  /** In this time an empty bucket is full again. */
  readonly refillMs: number;
  /** Sources remembered, about 150 bytes each; the one not seen for longest is forgotten for a new one. */
  readonly max: number;
};

/** Token buckets by source address, in bounded memory: a flood from spoofed addresses forgets the oldest and costs no more. */
export class SourceBuckets {
  readonly #options: SourceBucketsOptions;
  /** Least recently seen first. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(options: SourceBucketsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#buckets.size;
  }

  has(source: string): boolean {
    return this.#buckets.has(source);
  }

  /** False: nothing is left. What was refused does not count, so that a source a little too fast gets its share. */
  take(source: string, nowMs: number): boolean {
    const { burst, refillMs } = this.#options;
    const bucket = this.#seen(source, nowMs);
    bucket.tokens = Math.min(burst, bucket.tokens + ((nowMs - bucket.atMs) / refillMs) * burst);
    bucket.atMs = nowMs;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  #seen(source: string, nowMs: number): Bucket {
    const known = this.#buckets.get(source);
    if (known) this.#buckets.delete(source);
    const bucket = known ?? { tokens: this.#options.burst, atMs: nowMs };
    this.#buckets.set(source, bucket);
    if (this.#buckets.size > this.#options.max) {
      for (const oldest of this.#buckets.keys()) {
        this.#buckets.delete(oldest);
        break;
      }
    }
    return bucket;
  }
}
