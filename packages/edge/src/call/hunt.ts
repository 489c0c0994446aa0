import { MIN_SILENCE_SHARE_MS, UNWELL } from "../limits.ts";
import type { Target } from "../locate/locator.ts";
import { attemptOf, hasNextAttempt, locateAttempt, locateNext } from "./attempts.ts";
import type { AddressFamily, CallOutput, CallPlan, CallStep, Hunt, LegEvent, PlannedAttempt } from "./call.types.ts";
import { turnedBack } from "./early.ts";
import { end, refusedByCallee, refusedByUs, stay } from "./ending.ts";
import { reasonValue } from "./outcome.ts";
import { isRedirect, redirect } from "./redirect.ts";

type Failure = Extract<LegEvent, { readonly kind: "fail" }>;

/** The first attempt is looked up; from here the caller waits at most `ringTimeoutMs` for an answer, over all attempts. */
export function startHunt(plan: CallPlan): CallStep {
  const hunt: Hunt = {
    attempts: plan.attempts,
    attempt: 0,
    redirected: false,
    targets: [],
    tries: 0,
    silenceLeftMs: 0,
    prepared: undefined,
    heard: false,
    rang: false,
    early: [],
    caller: plan.offer,
    shown: undefined,
    isTurned: false,
    recording: "none",
  };
  return locateAttempt(hunt, { kind: "set", timer: "ring", afterMs: plan.ringTimeoutMs });
}

/** Where the current attempt's URI leads is known. */
export function onLocated(plan: CallPlan, hunt: Hunt, targets: readonly Target[], why: string): CallStep {
  const first = targets[0];
  if (!first) return onFailed(plan, hunt, unreachable(why || "the host has no address"));
  const silenceLeftMs = attemptOf(hunt)?.noResponseMs ?? plan.ringTimeoutMs;
  return tryTarget(plan, { ...hunt, targets, silenceLeftMs }, first);
}

/** The media plane made leg B's offer. */
export function onPrepared(plan: CallPlan, hunt: Hunt, offer: string): CallStep {
  const target = hunt.targets[0];
  if (!target) return nextAttempt(plan, hunt, unreachable("no target is left"));
  return dial(plan, { ...hunt, prepared: { ...needsOf(hunt, target), offer } }, target, offer);
}

/**
 * Not even a 100 in its share of the attempt's `noResponseMs`: this target is given up (ORIG-4). The addresses of one name share that time
 * (RFC 3263 §4.3 names none of its own), so that the next attempt begins when it would if there were one address.
 */
export function onSilence(plan: CallPlan, hunt: Hunt): CallStep {
  if (hunt.heard) return stay({ name: "calling", hunt });
  const waitedMs = silenceShareMs(plan, hunt);
  const failure: Failure = {
    kind: "fail",
    cause: "unreachable",
    status: 408,
    reason: "Request Timeout",
    why: reasonValue(408, `no response within ${waitedMs} ms`),
  };
  const step = onFailed(plan, { ...hunt, silenceLeftMs: hunt.silenceLeftMs - waitedMs }, failure);
  return { ...step, outputs: [{ kind: "abandon", tryNumber: hunt.tries }, ...step.outputs] };
}

/**
 * The current try came to nothing. The attempt's rule says whether that was a definite answer; silence never is, because nobody has refused
 * anything. RFC 3263 §4.3: after silence, a transport failure or 503 the next target of the same URI comes before the next attempt.
 */
export function onFailed(plan: CallPlan, hunt: Hunt, failure: Failure): CallStep {
  if (isRedirect(plan, failure)) return redirect(hunt, failure, placeText(hunt.targets[0]));
  const definite = failure.cause === "response" && !mayRetry(attemptOf(hunt), failure.status);
  const rest = hunt.targets.slice(1);
  const next = failure.cause === "unreachable" || failure.status === 503 ? rest[0] : undefined;
  const isUnwell = next === undefined && (failure.cause === "unreachable" || UNWELL.has(failure.status));
  const before = describe(plan, hunt, failure, definite, next !== undefined || hasNextAttempt(hunt), isUnwell);
  if (definite) return end(refusedByCallee(failure, null), ...before);
  if (!next) return nextAttempt(plan, hunt, failure, ...before);
  const step = tryTarget(plan, { ...hunt, targets: rest }, next);
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

/**
 * The media plane is asked first unless it is ready for an address of that family and media of that kind; then the INVITE leaves. A caller
 * who makes no offer leaves the media plane nothing to make one of.
 */
function tryTarget(plan: CallPlan, hunt: Hunt, target: Target): CallStep {
  const needs = needsOf(hunt, target);
  if (hunt.prepared?.family === needs.family && hunt.prepared.media === needs.media) {
    return dial(plan, hunt, target, hunt.prepared.offer);
  }
  const prepare: CallOutput = { kind: "prepare-media", attempt: hunt.attempt, target, sdp: hunt.caller };
  if (hunt.caller !== undefined)
    return stay({ name: "preparing", hunt: { ...hunt, prepared: undefined, isTurned: false } }, prepare);
  const step = dial(plan, { ...hunt, prepared: { ...needs, offer: undefined } }, target, undefined);
  return { ...step, outputs: [prepare, ...step.outputs] };
}

function dial(plan: CallPlan, hunt: Hunt, target: Target, sdp: string | undefined): CallStep {
  const tryNumber = hunt.tries + 1;
  return stay(
    { name: "calling", hunt: { ...hunt, tries: tryNumber, heard: false, early: [], isTurned: false } },
    ...turnedBack(hunt),
    { kind: "set", timer: "silence", afterMs: silenceShareMs(plan, hunt) },
    { kind: "dial", tryNumber, attempt: hunt.attempt, target, sdp },
  );
}

/** What the first of the targets gets of the time that is left: the same as each of those behind it, but no less than a fair chance. */
function silenceShareMs(plan: CallPlan, hunt: Hunt): number {
  const wholeMs = attemptOf(hunt)?.noResponseMs ?? plan.ringTimeoutMs;
  const shareMs = Math.round(hunt.silenceLeftMs / Math.max(1, hunt.targets.length));
  return Math.min(wholeMs, Math.max(MIN_SILENCE_SHARE_MS, shareMs));
}

/** What the media session has to be like for that target of the current attempt. */
function needsOf(hunt: Hunt, target: Target): { readonly family: AddressFamily; readonly media: string } {
  return { family: target.address.includes(":") ? "ipv6" : "ipv4", media: attemptOf(hunt)?.media ?? "" };
}

function nextAttempt(plan: CallPlan, hunt: Hunt, failure: Failure, ...before: CallOutput[]): CallStep {
  if (hasNextAttempt(hunt)) return locateNext(hunt, ...before);
  return end(refusedByCallee(failure, plan.direction === "trunking-originating" ? 32011 : null), ...before);
}

/** Record, trace and, for a customer's own server, the alert that ORIG-4 promises for every failed attempt. */
function describe(
  plan: CallPlan,
  hunt: Hunt,
  failure: Failure,
  definite: boolean,
  more: boolean,
  isUnwell: boolean,
): CallOutput[] {
  const attempt = attemptOf(hunt);
  const said = `${placeText(hunt.targets[0])}${saidText(failure)}`;
  const then = definite ? "a definite answer" : more ? "the next target is tried" : "there is no further target";
  const attempted: CallOutput = {
    kind: "attempted",
    attempt: hunt.attempt,
    status: failure.status,
    reason: failure.reason,
    verdict: "refuse",
    detail: `${said}; ${then}`,
    ...(isUnwell ? { isUnwell } : {}),
  };
  if (definite || plan.direction !== "trunking-originating") return [attempted];
  const text = `Error communicating with your SIP infrastructure: ${attempt?.uri ?? ""} ${said}`;
  return [attempted, { kind: "alert", errorCode: 32011, text }];
}

/** Which of a name's addresses it was; empty when there was none. */
function placeText(target: Target | undefined): string {
  if (!target) return "";
  const { transport, address, port } = target;
  return `at ${transport}:${address.includes(":") ? `[${address}]` : address}:${port} `;
}

function saidText({ cause, status, reason, detail = reason }: Failure): string {
  if (cause === "response") return `answered ${status} ${reason}`;
  return status === 408 ? "gave no response" : `could not be reached (${detail})`;
}

function unreachable(why: string): Failure {
  return { kind: "fail", cause: "unreachable", status: 503, reason: why, why: reasonValue(503, why) };
}

function mayRetry(attempt: PlannedAttempt | undefined, status: number): boolean {
  if (!attempt) return false;
  const listed = attempt.retry.statuses.includes(status);
  return attempt.retry.kind === "only" ? listed : !listed;
}
