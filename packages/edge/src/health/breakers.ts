import {
  type Breaker,
  type BreakerInput,
  breakerHealth,
  CLOSED,
  stepBreaker,
  type TargetTrouble,
} from "@trunkline/trunking";

/** Targets remembered for a failure, about 200 bytes each; the oldest are forgotten first, which costs some more tries. */
const MAX_REMEMBERED = 10_000;

/** Told when a target goes down or is up again; `failures` is 0 then. */
export type TargetTurned = (target: {
  readonly ownerSid: string;
  readonly address: string;
  readonly isDown: boolean;
  readonly failures: number;
}) => void;

/**
 * A circuit breaker for each target of each carrier and trunk (TERM-12, ORIG-12): what routing is told of a target before it makes a call
 * plan. Known by its owner too, so that one customer's calls cannot put another customer's target at the same address aside.
 *
 * `TargetHealth` beside it answers another question: in which order the addresses behind one target are tried (RFC 3263 §4.3). A target
 * that is a name fails here when none of its addresses answered; one that is silent behind a name that works is known only there.
 */
export class Breakers {
  readonly #nowMs: () => number;
  readonly #wallClockMs: () => number;
  readonly #turned: TargetTurned;
  /** Those that failed since they last answered; earliest first. */
  readonly #breakers = new Map<string, Breaker>();
  #down = 0;

  constructor(parts: { nowMs: () => number; wallClockMs: () => number; turned: TargetTurned }) {
    this.#nowMs = parts.nowMs;
    this.#wallClockMs = parts.wallClockMs;
    this.#turned = parts.turned;
  }

  /** Targets that failed and have not answered since. */
  get remembered(): number {
    return this.#breakers.size;
  }

  /** Targets whose circuit is not closed. */
  get down(): number {
    return this.#down;
  }

  /** Undefined: it is up. */
  trouble(ownerSid: string, address: string): TargetTrouble | undefined {
    const breaker = this.#breakers.get(keyOf(ownerSid, address));
    if (!breaker || breaker.name === "closed") return undefined;
    const nowMs = this.#nowMs();
    const health = breakerHealth(breaker, nowMs);
    if (health === "up") return undefined;
    const sinceMs = Math.round(this.#wallClockMs() - (nowMs - breaker.sinceMs));
    return { health, sinceMs, failures: breaker.failures };
  }

  /** In a row, since it last answered. */
  failures(ownerSid: string, address: string): number {
    return this.#breakers.get(keyOf(ownerSid, address))?.failures ?? 0;
  }

  /** A call or probe is about to go there; while it is, no other one tries a target that is on trial. */
  trying(ownerSid: string, address: string): void {
    this.#step(ownerSid, address, "trying");
  }

  /** It answered, and not that it is unwell. */
  answered(ownerSid: string, address: string): void {
    this.#step(ownerSid, address, "answered");
  }

  /** It was silent or out of reach at all its addresses, or says that it is unwell (500, 503). */
  failed(ownerSid: string, address: string): void {
    this.#step(ownerSid, address, "failed");
  }

  #step(ownerSid: string, address: string, kind: BreakerInput["kind"]): void {
    const key = keyOf(ownerSid, address);
    const before = this.#breakers.get(key);
    if (!before && kind !== "failed") return;
    const after = stepBreaker(before ?? CLOSED, { kind }, this.#nowMs());
    if (after.name === "closed" && after.failures === 0) this.#breakers.delete(key);
    else this.#breakers.set(key, after);
    if (!before && this.#breakers.size > MAX_REMEMBERED) this.#forgetOldest();
    const isDown = after.name !== "closed";
    const wasDown = before !== undefined && before.name !== "closed";
    if (isDown === wasDown) return;
    this.#down += isDown ? 1 : -1;
    this.#turned({ ownerSid, address, isDown, failures: after.failures });
  }

  #forgetOldest(): void {
    for (const [key, breaker] of this.#breakers) {
      this.#breakers.delete(key);
      if (breaker.name !== "closed") this.#down -= 1;
      return;
    }
  }
}

function keyOf(ownerSid: string, address: string): string {
  return `${ownerSid} ${address}`;
}
