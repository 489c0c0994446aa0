import {
  type Attempt,
  admitAttempt,
  type Counters as CallCounters,
  type LimitClaim,
  type Rejection,
} from "@trunkline/trunking";

/**
 * What one call holds of the limits it is under (LIM-1): those it was admitted by for as long as it lives, and those of the carrier that is
 * being called, or that took the call. Nothing is held twice, and nothing after `release`.
 */
export class HeldLimits {
  readonly #counters: CallCounters;
  readonly #callSid: string;

  constructor(counters: CallCounters, callSid: string, claims: readonly LimitClaim[]) {
    this.#counters = counters;
    this.#callSid = callSid;
    counters.hold(callSid, claims);
  }

  /** Gives up what the attempt before held, and takes a start for this one; why not, when its carrier is at its limit. */
  next(attempt: Attempt): Rejection | undefined {
    this.#counters.release(this.#attemptKey);
    const refusal = admitAttempt(attempt, this.#counters);
    if (!refusal) this.#counters.hold(this.#attemptKey, attempt.claims);
    return refusal;
  }

  release(): void {
    this.#counters.release(this.#attemptKey);
    this.#counters.release(this.#callSid);
  }

  /** Held apart from the call's own, to be given up apart. */
  get #attemptKey(): string {
    return `${this.#callSid} leg b`;
  }
}
