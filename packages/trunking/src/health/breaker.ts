/**
 * Circuit breaker of one address (TERM-12, ORIG-12). `closed`: called as ever. `open`: not called until `untilMs`. Once that is past, one
 * call or probe at a time may try it; success closes it, failure opens it for twice as long.
 */
export type Breaker =
  | { readonly name: "closed"; readonly failures: number }
  | (Trouble & { readonly name: "open"; readonly untilMs: number })
  | (Trouble & { readonly name: "half-open"; readonly trialUntilMs: number });

type Trouble = {
  readonly restMs: number;
  /** When the circuit opened. */
  readonly sinceMs: number;
  /** In a row, those before it opened included. */
  readonly failures: number;
};

/** `probing`: its rest is over and nobody is trying it, so it may be called. */
export type BreakerHealth = "up" | "down" | "probing";

export type BreakerInput =
  /** The address answered anything but what `failed` names: it lives, whatever it thinks of the call. */
  | { readonly kind: "answered" }
  /** Silence, a transport error, or an answer that says the address itself is unwell (500, 503). */
  | { readonly kind: "failed" }
  /** A call or probe is about to go there. */
  | { readonly kind: "trying" };

export type BreakerOptions = {
  /** Failures in a row after which the address is left alone. One may be a lost packet. */
  readonly failuresToOpen: number;
  /** How long it is left alone the first time. */
  readonly firstRestMs: number;
  /** Longest rest: how late the recovery of an address may be noticed. */
  readonly longestRestMs: number;
  /** A trial whose outcome nobody told of is over after this; longer than any INVITE or OPTIONS stays unanswered. */
  readonly trialMs: number;
};

export const DEFAULT_BREAKER_OPTIONS: BreakerOptions = {
  failuresToOpen: 3,
  firstRestMs: 5_000,
  longestRestMs: 60_000,
  trialMs: 32_000,
};

export const CLOSED: Breaker = { name: "closed", failures: 0 };

/** The next state. Pure; time is the caller's. */
export function stepBreaker(
  state: Breaker,
  input: BreakerInput,
  nowMs: number,
  options: BreakerOptions = DEFAULT_BREAKER_OPTIONS,
): Breaker {
  switch (input.kind) {
    case "answered":
      return CLOSED;
    case "trying":
      if (breakerHealth(state, nowMs) !== "probing" || state.name === "closed") return state;
      return {
        name: "half-open",
        trialUntilMs: nowMs + options.trialMs,
        restMs: state.restMs,
        sinceMs: state.sinceMs,
        failures: state.failures,
      };
    case "failed":
      return afterFailure(state, nowMs, options);
    default:
      return input satisfies never;
  }
}

/** How the address is to be treated now. */
export function breakerHealth(state: Breaker, nowMs: number): BreakerHealth {
  switch (state.name) {
    case "closed":
      return "up";
    case "open":
      return nowMs >= state.untilMs ? "probing" : "down";
    case "half-open":
      return nowMs >= state.trialUntilMs ? "probing" : "down";
    default:
      return state satisfies never;
  }
}

function afterFailure(state: Breaker, nowMs: number, options: BreakerOptions): Breaker {
  if (state.name === "closed") {
    const failures = state.failures + 1;
    if (failures < options.failuresToOpen) return { name: "closed", failures };
    return {
      name: "open",
      untilMs: nowMs + options.firstRestMs,
      restMs: options.firstRestMs,
      sinceMs: nowMs,
      failures,
    };
  }
  // A call that was under way when the circuit opened tells nothing new.
  if (state.name === "open" && nowMs < state.untilMs) return state;
  const restMs = Math.min(options.longestRestMs, 2 * state.restMs);
  return { name: "open", untilMs: nowMs + restMs, restMs, sinceMs: state.sinceMs, failures: state.failures + 1 };
}
