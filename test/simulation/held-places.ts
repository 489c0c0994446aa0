import { type Counters, createLocalCounters, type LimitClaim } from "@trunkline/trunking";

/** The counters of one process, watched: who holds what, and whether a limit was ever overrun. */
export class HeldPlaces implements Counters {
  /** Claims by holder. */
  readonly #held = new Map<string, Map<string, LimitClaim>>();
  readonly #counters: Counters;
  /** What cannot be. */
  readonly problems: string[] = [];

  constructor(clock: { nowMs(): number }) {
    this.#counters = createLocalCounters(() => clock.nowMs());
  }

  /** Holders of something. */
  get size(): number {
    return this.#held.size;
  }

  /** Calls that hold a place under that limit. */
  under(key: string): number {
    return [...this.#held.values()].filter((claims) => claims.has(key)).length;
  }

  look(claims: readonly LimitClaim[]): ReturnType<Counters["look"]> {
    return this.#counters.look(claims);
  }

  take(claims: readonly LimitClaim[]): ReturnType<Counters["take"]> {
    return this.#counters.take(claims);
  }

  hold(holder: string, claims: readonly LimitClaim[]): void {
    this.#counters.hold(holder, claims);
    const held = this.#held.get(holder) ?? new Map<string, LimitClaim>();
    for (const claim of claims) held.set(claim.key, claim);
    if (held.size > 0) this.#held.set(holder, held);
    for (const { key, maxConcurrentCalls } of claims) {
      if (this.under(key) > (maxConcurrentCalls ?? Number.POSITIVE_INFINITY)) {
        this.problems.push(`${this.under(key)} calls at once under ${key}`);
      }
    }
  }

  release(holder: string): void {
    this.#counters.release(holder);
    this.#held.delete(holder);
  }
}
