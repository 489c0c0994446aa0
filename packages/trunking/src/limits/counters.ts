import type { Admission, Counters } from "../ports.ts";
import { type Bucket, drawToken } from "./bucket.ts";
import type { LimitClaim } from "./claims.ts";

/** Buckets kept before those that are full again are looked for and forgotten. */
const SWEEP_AT_BUCKETS = 10_000;

/**
 * Counters of one process. Its memory is bounded by the calls that are up and by the limits that were met within the last seconds.
 *
 * @param nowMs a clock that never goes backwards
 */
export function createLocalCounters(nowMs: () => number): Counters {
  return new LocalCounters(nowMs);
}

class LocalCounters implements Counters {
  readonly #nowMs: () => number;
  readonly #buckets = new Map<string, Bucket>();
  readonly #calls = new Map<string, number>();
  readonly #heldByCall = new Map<string, readonly string[]>();
  #sweepAt = SWEEP_AT_BUCKETS;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  look(claims: readonly LimitClaim[]): Admission {
    const drawn = this.#draw(claims);
    return drawn.kind === "admitted" ? { kind: "admitted" } : drawn;
  }

  take(claims: readonly LimitClaim[]): Admission {
    const drawn = this.#draw(claims);
    if (drawn.kind === "over") return drawn;
    for (const [key, bucket] of drawn.buckets) this.#buckets.set(key, bucket);
    if (this.#buckets.size >= this.#sweepAt) this.#sweep();
    return { kind: "admitted" };
  }

  hold(callSid: string, claims: readonly LimitClaim[]): void {
    const held = this.#heldByCall.get(callSid) ?? [];
    const keys = claims.filter((one) => one.maxConcurrentCalls !== null).map((one) => one.key);
    const added = keys.filter((key, index) => !held.includes(key) && keys.indexOf(key) === index);
    if (added.length === 0) return;
    for (const key of added) this.#calls.set(key, (this.#calls.get(key) ?? 0) + 1);
    this.#heldByCall.set(callSid, [...held, ...added]);
  }

  release(callSid: string): void {
    for (const key of this.#heldByCall.get(callSid) ?? []) {
      const left = (this.#calls.get(key) ?? 1) - 1;
      if (left > 0) this.#calls.set(key, left);
      else this.#calls.delete(key);
    }
    this.#heldByCall.delete(callSid);
  }

  #draw(
    claims: readonly LimitClaim[],
  ): Extract<Admission, { kind: "over" }> | { readonly kind: "admitted"; readonly buckets: Map<string, Bucket> } {
    const nowMs = this.#nowMs();
    const buckets = new Map<string, Bucket>();
    for (const claim of claims) {
      const { key, maxCps, burst, maxConcurrentCalls } = claim;
      if (maxConcurrentCalls !== null && (this.#calls.get(key) ?? 0) >= maxConcurrentCalls) {
        return { kind: "over", claim, what: "concurrent-calls", afterMs: null };
      }
      if (maxCps === null) continue;
      const drawn = drawToken(buckets.get(key) ?? this.#buckets.get(key), { perSecond: maxCps, burst }, nowMs);
      if (drawn.kind === "empty") return { kind: "over", claim, what: "cps", afterMs: drawn.afterMs };
      buckets.set(key, drawn.bucket);
    }
    return { kind: "admitted", buckets };
  }

  /** Amortised: the next sweep is due when as many again have come as are left. */
  #sweep(): void {
    const nowMs = this.#nowMs();
    for (const [key, bucket] of this.#buckets) if (bucket.fullAtMs <= nowMs) this.#buckets.delete(key);
    this.#sweepAt = Math.max(SWEEP_AT_BUCKETS, 2 * this.#buckets.size);
  }
}
