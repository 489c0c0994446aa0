import { locateAttempt } from "./attempts.ts";
import type { CallInput, CallOutput, CallPlan, CallStep, Hunt, LegEvent, PlannedAttempt } from "./call.types.ts";
import { end, refusedByUs, stay } from "./ending.ts";

type Failure = Extract<LegEvent, { readonly kind: "fail" }>;
type Refused = Extract<CallInput, { readonly kind: "redirect-refused" }>;

/**
 * ORIG-9: a customer's server sends the call elsewhere. 302 alone; the other 3xx are failed attempts like any answer that is not definite
 * (ORIG-4), and so is a carrier's 302: where calls to it go is the operator's to say.
 */
export function isRedirect({ direction }: CallPlan, { cause, status }: Failure): boolean {
  return direction === "trunking-originating" && cause === "response" && status === 302;
}

/** Routing is asked where the 302 leads. The attempt did not fail, so there is no alert. */
export function redirect(hunt: Hunt, { status, reason, contact }: Failure, place: string): CallStep {
  const attempted: CallOutput = {
    kind: "attempted",
    attempt: hunt.attempt,
    status,
    reason,
    verdict: "info",
    detail: `${place}answered ${status} ${reason}; it sends the call elsewhere`,
  };
  const ask: CallOutput = { kind: "redirect", attempt: hunt.attempt, contact, again: hunt.redirected };
  return stay(
    { name: "locating", hunt: { ...hunt, targets: [] } },
    { kind: "clear", timer: "silence" },
    attempted,
    ask,
  );
}

/** Where it leads is an attempt like the others, before those that are left: if it fails, they are tried. */
export function onRedirected(hunt: Hunt, attempt: PlannedAttempt): CallStep {
  const next = hunt.attempt + 1;
  return locateAttempt({
    ...hunt,
    attempts: hunt.attempts.toSpliced(next, 0, attempt),
    attempt: next,
    redirected: true,
  });
}

/** A 302 that leads nowhere ends the call: no other target is tried. */
export function onRedirectRefused({ status, phrase, detail }: Refused): CallStep {
  const text = `Redirect failed: ${detail}`;
  return end(refusedByUs("platform", status, phrase, 32219, detail), { kind: "alert", errorCode: 32219, text });
}
