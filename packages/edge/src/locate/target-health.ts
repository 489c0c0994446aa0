import type { Target } from "./locator.ts";

/** How long an address is put behind the others after its first failure; doubled by each further one. */
const FIRST_PENALTY_MS = 30_000;
/** The longest: an address that comes back is found again after some minutes even when nothing ever failed before it in the list. */
const MAX_PENALTY_MS = 480_000;
/** Addresses remembered, about 150 bytes each; the oldest are forgotten first, which costs at most one more try. */
const MAX_REMEMBERED = 10_000;

type Failing = { readonly strikes: number; readonly penaltyMs: number; readonly untilMs: number };

/**
 * Addresses that were silent or out of reach (RFC 3263 §4.3 leaves to the client what it learns from that). A name's other addresses are
 * tried before them; none is ever left out, so that a mistake of ours costs time and no call. It decays: the penalty ends by itself, and
 * an address that stayed away from trouble as long again starts anew.
 */
export class TargetHealth {
  readonly #nowMs: () => number;
  /** Earliest failure first. */
  readonly #failing = new Map<string, Failing>();

  /** @param nowMs monotonic */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Addresses that are remembered for a failure. */
  get remembered(): number {
    return this.#failing.size;
  }

  /** The same targets: those in good standing as they came, then the others, the one that is free again first before the rest. */
  inOrderOfTrial(targets: readonly Target[]): readonly Target[] {
    const now = this.#nowMs();
    const untilMs = (target: Target): number => {
      const until = this.#failing.get(keyOf(target))?.untilMs ?? 0;
      return until > now ? until : 0;
    };
    return targets.toSorted((a, b) => untilMs(a) - untilMs(b));
  }

  /** It was silent, or could not be reached. Calls that fail together count once. */
  failed(target: Target): void {
    const key = keyOf(target);
    const now = this.#nowMs();
    const before = this.#failing.get(key);
    if (before && before.untilMs > now) return;
    const isRelapse = before !== undefined && now - before.untilMs < before.penaltyMs;
    const strikes = isRelapse ? before.strikes + 1 : 1;
    const penaltyMs = Math.min(MAX_PENALTY_MS, FIRST_PENALTY_MS * 2 ** (strikes - 1));
    this.#failing.delete(key);
    this.#failing.set(key, { strikes, penaltyMs, untilMs: now + penaltyMs });
    for (const oldest of this.#failing.keys()) {
      if (this.#failing.size <= MAX_REMEMBERED) break;
      this.#failing.delete(oldest);
    }
  }

  /** It answered something: all is forgiven. */
  heard(target: Target): void {
    this.#failing.delete(keyOf(target));
  }
}

function keyOf({ transport, address, port }: Target): string {
  return `${transport} ${address} ${port}`;
}
