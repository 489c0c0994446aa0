import type { Target } from "../locate/locator.ts";
import type { CallOutput, CallPlan, CallStep, Hunt, LegEvent, PlannedAttempt } from "./call.types.ts";
import { end, refusedByCallee, refusedByUs, stay } from "./ending.ts";
import { reasonValue } from "./outcome.ts";

type Failure = Extract<LegEvent, { readonly kind: "fail" }>;

/** The first attempt is looked up; from here the caller waits at most `ringTimeoutMs` for an answer, over all attempts. */
export function startHunt(plan: CallPlan): CallStep {
  const hunt: Hunt = {
    attempt: 0,
    targets: [],
    tries: 0,
    offer: undefined,
    heard: false,
    rang: false,
    early: undefined,
  };
  return locateAttempt(plan, hunt, { kind: "set", timer: "ring", afterMs: plan.ringTimeoutMs });
}

/** Where the current attempt's URI leads is known: the media plane is asked first if it was not yet, then the INVITE leaves. */
export function onLocated(plan: CallPlan, hunt: Hunt, targets: readonly Target[], why: string): CallStep {
  const first = targets[0];
  if (!first) return onFailed(plan, hunt, unreachable(why || "the host has no address"));
  const found: Hunt = { ...hunt, targets };
  if (found.offer !== undefined) return dial(plan, found, first, found.offer);
  return stay({ name: "preparing", hunt: found }, { kind: "prepare-media", target: first, sdp: plan.offer });
}

/** The media plane made leg B's offer. */
export function onPrepared(plan: CallPlan, hunt: Hunt, offer: string): CallStep {
  const target = hunt.targets[0];
  if (!target) return nextAttempt(plan, hunt, unreachable("no target is left"));
  return dial(plan, { ...hunt, offer }, target, offer);
}

/** Not even a 100 within the attempt's `noResponseMs`: this target is given up (ORIG-4). */
export function onSilence(plan: CallPlan, hunt: Hunt): CallStep {
  if (hunt.heard) return stay({ name: "calling", hunt });
  const waitedMs = attemptOf(plan, hunt)?.noResponseMs ?? 0;
  const failure: Failure = {
    kind: "fail",
    cause: "unreachable",
    status: 408,
    reason: "Request Timeout",
    why: reasonValue(408, `no response within ${waitedMs} ms`),
  };
  const step = onFailed(plan, hunt, failure);
  return { ...step, outputs: [{ kind: "abandon", tryNumber: hunt.tries }, ...step.outputs] };
}

/**
 * The current try came to nothing. The attempt's rule says whether that was a definite answer; silence never is, because nobody has refused
 * anything. RFC 3263 §4.3: after silence, a transport failure or 503 the next target of the same URI comes before the next attempt.
 */
export function onFailed(plan: CallPlan, hunt: Hunt, failure: Failure): CallStep {
  const definite = failure.cause === "response" && !mayRetry(attemptOf(plan, hunt), failure.status);
  const rest = hunt.targets.slice(1);
  const next = failure.cause === "unreachable" || failure.status === 503 ? rest[0] : undefined;
  const before = describe(plan, hunt, failure, definite, next !== undefined || hasNextAttempt(plan, hunt));
  if (definite) return end(refusedByCallee(failure, null), ...before);
  if (!next || hunt.offer === undefined) return nextAttempt(plan, hunt, failure, ...before);
  const step = dial(plan, { ...hunt, targets: rest }, next, hunt.offer);
  return { ...step, outputs: [...before, ...step.outputs] };
}

/** Nobody answered in time, whatever else happened. The caller gets 480, cause 19: no answer from the user. */
export function onRingTimeout(plan: CallPlan, hunt: Hunt): CallStep {
  const text = `no answer within ${Math.round(plan.ringTimeoutMs / 1_000)} s`;
  return end(refusedByUs("platform", 480, "Temporarily Unavailable", null, text), ...interrupted(hunt, text));
}

/** The try under way, if any, ends because the call does. */
export function interrupted(hunt: Hunt, detail: string): CallOutput[] {
  if (hunt.tries === 0 || hunt.targets.length === 0) return [];
  return [
    { kind: "attempted", attempt: hunt.attempt, status: 487, reason: "Request Terminated", verdict: "info", detail },
  ];
}

function dial(plan: CallPlan, hunt: Hunt, target: Target, sdp: string): CallStep {
  const tryNumber = hunt.tries + 1;
  return stay(
    { name: "calling", hunt: { ...hunt, tries: tryNumber, heard: false, early: undefined } },
    { kind: "set", timer: "silence", afterMs: attemptOf(plan, hunt)?.noResponseMs ?? plan.ringTimeoutMs },
    { kind: "dial", tryNumber, attempt: hunt.attempt, target, sdp },
  );
}

function locateAttempt(plan: CallPlan, hunt: Hunt, ...before: CallOutput[]): CallStep {
  const attempt = attemptOf(plan, hunt);
  if (!attempt) {
    return end(refusedByUs("platform", 480, "Temporarily Unavailable", 32010, "there is nothing to call"), ...before);
  }
  return stay({ name: "locating", hunt: { ...hunt, targets: [] } }, ...before, { kind: "locate", uri: attempt.uri });
}

function nextAttempt(plan: CallPlan, hunt: Hunt, failure: Failure, ...before: CallOutput[]): CallStep {
  if (hasNextAttempt(plan, hunt)) return locateAttempt(plan, { ...hunt, attempt: hunt.attempt + 1 }, ...before);
  return end(refusedByCallee(failure, plan.direction === "trunking-originating" ? 32011 : null), ...before);
}

/** Record, trace and, for a customer's own server, the alert that ORIG-4 promises for every failed attempt. */
function describe(plan: CallPlan, hunt: Hunt, failure: Failure, definite: boolean, more: boolean): CallOutput[] {
  const attempt = attemptOf(plan, hunt);
  const said = failure.cause === "response" ? `answered ${failure.status} ${failure.reason}` : failureText(failure);
  const then = definite ? "a definite answer" : more ? "the next target is tried" : "there is no further target";
  const attempted: CallOutput = {
    kind: "attempted",
    attempt: hunt.attempt,
    status: failure.status,
    reason: failure.reason,
    verdict: "refuse",
    detail: `${said}; ${then}`,
  };
  if (definite || plan.direction !== "trunking-originating") return [attempted];
  const text = `Error communicating with your SIP infrastructure: ${attempt?.uri ?? ""} ${said}`;
  return [attempted, { kind: "alert", errorCode: 32011, text }];
}

function failureText(failure: Failure): string {
  return failure.status === 408 ? "gave no response" : `could not be reached (${failure.reason})`;
}

function unreachable(why: string): Failure {
  return { kind: "fail", cause: "unreachable", status: 503, reason: why, why: reasonValue(503, why) };
}

function attemptOf(plan: CallPlan, hunt: Hunt): PlannedAttempt | undefined {
  return plan.attempts[hunt.attempt];
}

function hasNextAttempt(plan: CallPlan, hunt: Hunt): boolean {
  return hunt.attempt + 1 < plan.attempts.length;
}

function mayRetry(attempt: PlannedAttempt | undefined, status: number): boolean {
  if (!attempt) return false;
  const listed = attempt.retry.statuses.includes(status);
  return attempt.retry.kind === "only" ? listed : !listed;
}
