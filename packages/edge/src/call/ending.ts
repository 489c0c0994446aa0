import type { CallOutput, CallState, CallStep, Ending } from "./call.types.ts";
import { outwardStatus, reasonValue } from "./outcome.ts";

export function stay(state: CallState, ...outputs: CallOutput[]): CallStep {
  return { state, outputs };
}

/**
 * The way out of every living state: timers off, then the media plane is asked for its last counters. The record's end is written and the
 * legs are released when it has answered, so that `ended` is in the journal before the BYE leaves.
 */
export function end(ending: Ending, ...before: CallOutput[]): CallStep {
  const clear = (["silence", "ring", "duration"] as const).map((timer): CallOutput => ({ kind: "clear", timer }));
  return { state: { name: "closing", ending }, outputs: [...before, ...clear, { kind: "close-media" }] };
}

/** The end of a call that was answered: BYE to whoever is still there. */
export function endedTalk(by: Ending["by"], reason: string, errorCode: number | null, why: string | undefined): Ending {
  return { by, sipStatus: 200, reason, errorCode, why: why ?? reasonValue(200, reason) };
}

/** Our own refusal after the call began. */
export function refusedByUs(
  by: "platform" | "internal",
  sipStatus: number,
  reason: string,
  errorCode: number | null,
  detail: string,
): Ending {
  return { by, sipStatus, reason, errorCode, why: reasonValue(sipStatus, detail), detail };
}

/** The far side's final answer, passed on to the caller. */
export function refusedByCallee(
  answer: { readonly status: number; readonly reason: string; readonly why: string | undefined },
  errorCode: number | null,
): Ending {
  const { status, reason } = outwardStatus(answer.status, answer.reason);
  return { by: "callee", sipStatus: status, reason, errorCode, why: answer.why ?? reasonValue(status, answer.reason) };
}

export function cancelledByCaller(why: string | undefined): Ending {
  return {
    by: "caller",
    sipStatus: 487,
    reason: "Request Terminated",
    errorCode: null,
    why: why ?? reasonValue(487, "caller gave up"),
  };
}
