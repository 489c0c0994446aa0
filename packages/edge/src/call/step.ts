import { onOverLimit, onUnsuited } from "./attempts.ts";
import type { CallInput, CallOutput, CallPlan, CallState, CallStep, Hunt, LegEvent } from "./call.types.ts";
import { type Hunting, onEarlyMedia, onEarlyOffer, onProgress, turnedBack } from "./early.ts";
import { cancelledByCaller, end, endedTalk, refusedByCallee, refusedByUs, stay } from "./ending.ts";
import {
  type Connected,
  firstExchange,
  onAcknowledged,
  onExchangeMedia,
  onOffer,
  onOfferAnswered,
  settled,
} from "./exchange.ts";
import { interrupted, onFailed, onLocated, onPrepared, onRingTimeout, onSilence, startHunt } from "./hunt.ts";
import { recordedFrom } from "./recording.ts";
import { onRedirected, onRedirectRefused } from "./redirect.ts";

/**
 * The call: two legs, a media session and a record, as a machine (RFC 7092 calls the shape a signalling/media B2BUA).
 *
 * Pure: same plan, state and input, same step. It knows no SIP message, socket or clock; timers are outputs. An input that means nothing in a
 * state (a late event of an abandoned try, a timer that crossed) leaves the state as it is.
 */
export function step(plan: CallPlan, state: CallState, input: CallInput): CallStep {
  switch (state.name) {
    case "new":
      return input.kind === "start" ? startHunt(plan) : stay(state);
    case "locating":
    case "preparing":
    case "calling":
      return beforeAnswer(plan, state, input);
    case "answering":
      return answering(plan, state, input);
    case "connected":
      return connected(plan, state, input);
    case "closing":
      if (input.kind !== "media-closed") return leftover(state, input);
      return stay(
        { name: "over" },
        { kind: "ended", ending: state.ending, quality: input.quality },
        { kind: "release", ending: state.ending },
      );
    case "over":
      return leftover(state, input);
    default:
      return state satisfies never;
  }
}

type Answering = Extract<CallState, { readonly name: "answering" }>;

function beforeAnswer(plan: CallPlan, state: Hunting, input: CallInput): CallStep {
  const { hunt } = state;
  const over = ended(input, hunt);
  if (over) return over;
  switch (input.kind) {
    case "located":
    case "over-limit":
    case "redirected":
    case "redirect-refused":
      return state.name === "locating" ? onWay(plan, hunt, input) : stay(state);
    case "leg-b":
      return state.name === "calling" && input.tryNumber === hunt.tries
        ? onLegB(plan, state, hunt, input.event)
        : leftover(state, input);
    case "media":
      if (input.purpose.kind === "prepare") return onPrepared(plan, hunt, input.sdp);
      return onEarlyMedia(state, input);
    case "media-refused":
      if (input.purpose.kind === "prepare") return onMediaRefused(hunt, input.status, input.why);
      return onEarlyMedia(state, input);
    case "timer":
      if (input.timer === "ring") return onRingTimeout(plan, hunt);
      return input.timer === "silence" && state.name === "calling" ? onSilence(plan, hunt) : stay(state);
    case "leg-a":
      return input.event.kind === "offer" ? onEarlyOffer(state, "a", input.event) : stay(state);
    case "recording-settled":
      return stay({ ...state, hunt: { ...hunt, recording: "settled" } });
    default:
      return leftover(state, input);
  }
}

/** What came of asking where the current attempt leads. */
function onWay(
  plan: CallPlan,
  hunt: Hunt,
  input: Extract<CallInput, { readonly kind: "located" | "over-limit" | "redirected" | "redirect-refused" }>,
): CallStep {
  switch (input.kind) {
    case "located":
      return onLocated(plan, hunt, input.targets, input.why);
    case "over-limit":
      return onOverLimit(hunt, input);
    case "redirected":
      return onRedirected(hunt, input.attempt);
    case "redirect-refused":
      return onRedirectRefused(input);
    default:
      return input satisfies never;
  }
}

/** What leg B says while nobody has answered. */
function onLegB(plan: CallPlan, state: Hunting, before: Hunt, event: LegEvent): CallStep {
  const hunt: Hunt = { ...before, heard: true };
  switch (event.kind) {
    case "trying":
      return stay({ ...state, hunt }, { kind: "clear", timer: "silence" });
    case "progress":
      return onProgress(plan, state, hunt, event);
    case "answer":
      return onAnswer(plan, hunt, event);
    case "fail":
      return onFailed(plan, hunt, event);
    case "offer":
      return onEarlyOffer(state, "b", event);
    default:
      return stay(state);
  }
}

/**
 * RFC 3261 §13.2.2.4. An answer without SDP is tolerated when an early one of the same dialog described the session already. To a caller
 * who made no offer the callee's description is one, and the answer to it comes with the caller's ACK.
 */
function onAnswer(plan: CallPlan, hunt: Hunt, event: Extract<LegEvent, { readonly kind: "answer" }>): CallStep {
  const sdp = event.sdp ?? hunt.early.find(({ fork }) => fork === event.fork)?.sdp;
  const answered = {
    kind: "attempted",
    attempt: hunt.attempt,
    status: 200,
    reason: "OK",
    verdict: "pass",
    detail: "answered",
  } as const;
  if (sdp === undefined) {
    return end(refusedByUs("platform", 502, "Bad Gateway", null, "the answer has no SDP"), answered);
  }
  const kind = plan.offer === undefined ? "media-offer" : "media-answer";
  const recording = recordedFrom("answer", plan, hunt);
  return stay(
    { name: "answering", hunt: { ...hunt, recording: recording.state }, answer: sdp, accepted: undefined },
    { kind: "clear", timer: "silence" },
    answered,
    ...recording.outputs,
    ...turnedBack(hunt),
    { kind, leg: "b", sdp, purpose: { kind: "answer" } },
  );
}

/** Leg A's offer cannot be read or carried (32102); without a phrase it is the media plane that has no room, or is away. */
function onMediaRefused(hunt: Hunt, status: number, why: string): CallStep {
  const elsewhere = onUnsuited(hunt, status, why);
  if (elsewhere) return elsewhere;
  const phrases: Readonly<Record<number, string>> = {
    400: "Bad SDP",
    415: "Unsupported Media Type",
    488: "Not Acceptable Here",
  };
  const phrase = phrases[status];
  if (phrase === undefined) return end(refusedByUs("platform", 503, "Service Unavailable", null, why));
  const alert: CallOutput = { kind: "alert", errorCode: 32102, text: `Bad SDP: ${why}` };
  return end(refusedByUs("platform", status, phrase, 32102, why), alert);
}

function answering(plan: CallPlan, state: Answering, input: CallInput): CallStep {
  const over = ended(input, undefined);
  if (over) return over;
  if (input.kind === "leg-b" && input.event.kind === "hangup" && input.tryNumber === state.hunt.tries) {
    const answer = { status: 480, reason: "Temporarily Unavailable", why: input.event.why };
    return end(refusedByCallee(answer, null));
  }
  if (input.kind === "timer" && input.timer === "ring") return stay(state);
  if (input.kind === "media-refused" && input.purpose.kind === "answer") {
    return end(refusedByUs("platform", 502, "Bad Gateway", null, `the answer's SDP: ${input.why}`));
  }
  if ((input.kind === "media" || input.kind === "media-refused") && input.purpose.kind === "change") {
    return stay(state, { kind: "reject-offer", leg: input.purpose.leg, status: 491 });
  }
  if (input.kind === "recording-settled") {
    return answerWhenReady(plan, { ...state, hunt: { ...state.hunt, recording: "settled" } });
  }
  if (input.kind !== "media" || input.purpose.kind !== "answer") return leftover(state, input);
  return answerWhenReady(plan, { ...state, accepted: input.sdp });
}

/** REC-4: leg A's 200 leaves when the file of its recording is on the disk, or when there is none to wait for. */
function answerWhenReady(plan: CallPlan, state: Answering): CallStep {
  if (state.accepted === undefined || state.hunt.recording === "beginning") return stay(state);
  return connect(plan, state, state.accepted);
}

/** Both sides have answered. What one of them changed before, and the other could not be told, is told now. */
function connect(plan: CallPlan, { hunt, answer }: Answering, sdp: string): CallStep {
  const isCallerUntold = hunt.caller !== plan.offer;
  const isCalleeUntold = hunt.shown !== undefined && hunt.shown !== answer;
  const state: Connected = {
    name: "connected",
    tryNumber: hunt.tries,
    described: { a: hunt.caller ?? "", b: answer },
    exchange: plan.offer === undefined ? firstExchange(answer) : undefined,
    untold: [...(isCallerUntold ? (["a"] as const) : []), ...(isCalleeUntold ? (["b"] as const) : [])],
  };
  const outputs: CallOutput[] = [
    { kind: "clear", timer: "ring" },
    { kind: "set", timer: "duration", afterMs: plan.maxDurationMs },
    { kind: "answered" },
    { kind: "answer", sdp },
  ];
  return state.exchange ? stay(state, ...outputs) : settled(state, ...outputs);
}

function connected(plan: CallPlan, state: Connected, input: CallInput): CallStep {
  switch (input.kind) {
    case "leg-a":
      return connectedLeg(state, "a", input.event);
    case "leg-b":
      return input.tryNumber === state.tryNumber ? connectedLeg(state, "b", input.event) : stay(state);
    case "media":
    case "media-refused":
      return input.purpose.kind === "exchange" ? onExchangeMedia(state, input) : stay(state);
    case "media-failed":
      return end(endedTalk("internal", `media failed: ${input.why}`, null, undefined));
    case "media-silent": {
      const text = `no audio from either side for ${Math.round(input.forMs / 1_000)} s`;
      return end(endedTalk("platform", text, 32014, undefined), { kind: "alert", errorCode: 32014, text });
    }
    case "hang-up":
      return end(endedTalk("platform", input.reason, null, undefined));
    case "timer": {
      if (input.timer !== "duration") return stay(state);
      const text = `maximum duration of ${Math.round(plan.maxDurationMs / 1_000)} s exceeded`;
      return end(endedTalk("platform", text, 32015, undefined), { kind: "alert", errorCode: 32015, text });
    }
    default:
      return stay(state);
  }
}

function connectedLeg(state: Connected, leg: "a" | "b", event: LegEvent): CallStep {
  const by = leg === "a" ? "caller" : "callee";
  switch (event.kind) {
    case "offer":
      return onOffer(state, leg, event);
    case "offer-answered":
      return onOfferAnswered(state, leg, event);
    case "acknowledged":
      return onAcknowledged(state, leg, event.sdp);
    case "hangup": {
      if (event.cause === "remote") return end(endedTalk(by, `${by} hung up`, null, event.why));
      if (event.cause === "gone")
        return end(endedTalk(by, `${by} is gone: no answer, or none that knows the call`, null, undefined));
      const text = `the ${by} never acknowledged the answer`;
      return end(endedTalk("platform", text, 32022, undefined), { kind: "alert", errorCode: 32022, text });
    }
    default:
      return stay(state);
  }
}

/** What ends a call that nobody has answered yet, from whichever state. */
function ended(input: CallInput, hunt: Hunt | undefined): CallStep | undefined {
  const attempts = (detail: string) => (hunt ? interrupted(hunt, detail) : []);
  if (input.kind === "leg-a" && input.event.kind === "hangup" && input.event.cause === "unacknowledged") {
    const text = "the caller never acknowledged a reliable response";
    return end(refusedByUs("platform", 504, "Server Time-out", null, text), ...attempts(text));
  }
  if (input.kind === "leg-a" && (input.event.kind === "cancel" || input.event.kind === "hangup")) {
    return end(cancelledByCaller(input.event.why), ...attempts("the caller gave up"));
  }
  if (input.kind === "hang-up") {
    const ending = refusedByUs("platform", input.sipStatus, input.phrase, null, input.reason);
    return end(ending, ...attempts(input.reason));
  }
  if (input.kind === "media-failed") {
    const ending = refusedByUs("internal", 500, "Server Internal Error", null, `media failed: ${input.why}`);
    return end(ending, ...attempts("media failed"));
  }
  return undefined;
}

/** Nothing to do, except that an offer always wants an answer. */
function leftover(state: CallState, input: CallInput): CallStep {
  if ((input.kind !== "leg-a" && input.kind !== "leg-b") || input.event.kind !== "offer") return stay(state);
  return stay(state, { kind: "reject-offer", leg: input.kind === "leg-a" ? "a" : "b", status: 491 });
}
