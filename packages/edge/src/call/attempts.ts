import type { CallInput, CallOutput, CallStep, Hunt, PlannedAttempt } from "./call.types.ts";
import { end, refusedByUs, stay } from "./ending.ts";

/** The current one. */
export function attemptOf(hunt: Hunt): PlannedAttempt | undefined {
  return hunt.attempts[hunt.attempt];
}

export function hasNextAttempt(hunt: Hunt): boolean {
  return hunt.attempt + 1 < hunt.attempts.length;
}

/** Begins the current attempt. */
export function locateAttempt(hunt: Hunt, ...before: CallOutput[]): CallStep {
  const attempt = attemptOf(hunt);
  if (!attempt) {
    return end(refusedByUs("platform", 480, "Temporarily Unavailable", 32010, "there is nothing to call"), ...before);
  }
  const locate: CallOutput = { kind: "locate", attempt: hunt.attempt, uri: attempt.uri };
  return stay({ name: "locating", hunt: { ...hunt, targets: [] } }, ...before, locate);
}

/** Begins the next one; there is one. */
export function locateNext(hunt: Hunt, ...before: CallOutput[]): CallStep {
  return locateAttempt({ ...hunt, attempt: hunt.attempt + 1 }, ...before);
}

/** LIM-1: the attempt's carrier is at its limit and is not called. The next one is; when there is none, the caller may try again later. */
export function onOverLimit(
  hunt: Hunt,
  { phrase, detail, retryAfterSec }: Extract<CallInput, { readonly kind: "over-limit" }>,
): CallStep {
  const attempted = (then: string): CallOutput => ({
    kind: "attempted",
    attempt: hunt.attempt,
    status: 503,
    reason: phrase,
    verdict: "refuse",
    detail: `not called: ${detail}; ${then}`,
  });
  if (hasNextAttempt(hunt)) return locateNext(hunt, attempted("the next target is tried"));
  const ending = refusedByUs("platform", 503, "Service Unavailable", 13224, detail);
  return end({ ...ending, retryAfterSec }, attempted("there is no further target"), {
    kind: "alert",
    errorCode: 13224,
    text: detail,
  });
}

/**
 * The media plane cannot serve what leg A offered. That may be because of what this attempt's target takes (its codecs, SRTP or not), so
 * one that takes other media is tried.
 */
export function onUnsuited(hunt: Hunt, status: number, why: string): CallStep | undefined {
  const { media } = attemptOf(hunt) ?? {};
  const isOther = (attempt: PlannedAttempt): boolean => attempt.media !== media;
  if ((status !== 415 && status !== 488) || !hunt.attempts.slice(hunt.attempt + 1).some(isOther)) return undefined;
  return locateNext(hunt, {
    kind: "attempted",
    attempt: hunt.attempt,
    status,
    reason: "Not Acceptable Here",
    verdict: "refuse",
    detail: `not called: ${why}; the next target is tried`,
  });
}
