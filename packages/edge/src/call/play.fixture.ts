import type { Target } from "../locate/locator.ts";
import type { CallInput, CallOutput, CallPlan, CallState, LegEvent, MediaPurpose } from "./call.types.ts";
import { step } from "./step.ts";

export const one: Target = { transport: "udp", address: "192.0.2.1", port: 5060 };
export const two: Target = { transport: "udp", address: "192.0.2.2", port: 5060 };
export const three: Target = { transport: "udp", address: "192.0.2.3", port: 5060 };
export const six: Target = { transport: "udp", address: "2001:db8::6", port: 5060 };

/** Two attempts with ORIG-4's rule: 404, 486 and 603 end the search. */
export const plan: CallPlan = {
  direction: "trunking-originating",
  attempts: ["sip:first", "sip:second"].map((uri) => ({
    uri,
    noResponseMs: 4_000,
    retry: { kind: "unless", statuses: [404, 486, 603] },
    media: "plain",
  })),
  offer: "offer-a",
  reliableEarly: false,
  ringTimeoutMs: 60_000,
  maxDurationMs: 3_600_000,
  recordFrom: null,
};
export const toCarrier: CallPlan = {
  ...plan,
  direction: "trunking-terminating",
  attempts: plan.attempts.map((attempt) => ({ ...attempt, retry: { kind: "only", statuses: [500, 503] } })),
};

/** The caller acknowledges provisional responses. */
export const reliable: CallPlan = { ...plan, reliableEarly: true };
/** The caller leaves the offer to the callee. */
export const noOffer: CallPlan = { ...plan, offer: undefined };

export const start: CallInput = { kind: "start" };
export const located = (...targets: Target[]): CallInput => ({ kind: "located", targets, why: "no address" });
export const a = (event: LegEvent): CallInput => ({ kind: "leg-a", event });
export const b = (tryNumber: number, event: LegEvent): CallInput => ({ kind: "leg-b", tryNumber, event });
export const media = (purpose: MediaPurpose, sdp: string): CallInput => ({ kind: "media", purpose, sdp });
export const refused = (purpose: MediaPurpose, status: number): CallInput => ({
  kind: "media-refused",
  purpose,
  status,
  why: "no",
});
export const prepared = media({ kind: "prepare" }, "offer-b");
export const timer = (name: "silence" | "ring" | "duration"): CallInput => ({ kind: "timer", timer: name });
export const trying: LegEvent = { kind: "trying" };
export const ringing = rings("");
export const early = describes("", "early-b");
export const answer = picksUp("", "answer-b");
export const answered = media({ kind: "answer" }, "answer-a");
/** The recording runs, or the call goes on without one. */
export const recorded: CallInput = { kind: "recording-settled" };
export const fail = (status: number): LegEvent => ({
  kind: "fail",
  cause: "response",
  status,
  reason: `R${status}`,
  why: undefined,
});
export const lost: LegEvent = { kind: "fail", cause: "unreachable", status: 503, reason: "refused", why: undefined };
export const bye: LegEvent = { kind: "hangup", cause: "remote", why: undefined };
export const cancel: LegEvent = { kind: "cancel", why: undefined };
export const closed: CallInput = { kind: "media-closed", quality: [] };
/** The media plane's answer to an early offer of that leg. */
export const changed = (leg: "a" | "b", sdp: string, result: string): CallInput =>
  media({ kind: "change", tryNumber: 1, leg, sdp }, result);
/** It took an early answer. */
export const shown = (sdp: string): CallInput =>
  media({ kind: "progress", tryNumber: 1, status: 183, reason: "" }, sdp);
export const exchanged = (sdp: string): CallInput => media({ kind: "exchange" }, sdp);
export const offer = (sdp?: string, fork = ""): LegEvent => ({ kind: "offer", sdp, fork });

export const moved = (contact?: string): LegEvent => ({
  kind: "fail",
  cause: "response",
  status: 302,
  reason: "Moved Temporarily",
  why: undefined,
  contact,
});
/** Routing's answer to a 302. */
export const redirected = (uri: string): CallInput => ({
  kind: "redirected",
  attempt: { uri, noResponseMs: 4_000, retry: { kind: "unless", statuses: [404, 486, 603] }, media: "plain" },
});
export const redirectRefused: CallInput = {
  kind: "redirect-refused",
  status: 502,
  phrase: "Bad Gateway",
  detail: "no",
};
/** The attempt's carrier has no room. */
export const full: CallInput = {
  kind: "over-limit",
  phrase: "Carrier CPS limit exceeded",
  detail: "Carrier CPS limit exceeded: 1 per second",
  retryAfterSec: 7,
};

/** What one of several early dialogs says. */
export function rings(fork: string): LegEvent {
  return { kind: "progress", status: 180, reason: "Ringing", sdp: undefined, fork };
}
export function describes(fork: string, sdp: string): LegEvent {
  return { kind: "progress", status: 183, reason: "Session Progress", sdp, fork };
}
export function picksUp(fork: string, sdp?: string): LegEvent {
  return { kind: "answer", sdp, fork };
}

/** Outputs on one line each step is separated by `|`; timers as `+silence4000`, `-silence`; the state at the end. */
export function play(callPlan: CallPlan, ...inputs: CallInput[]): string {
  let state: CallState = { name: "new" };
  const steps = inputs.map((input) => {
    const taken = step(callPlan, state, input);
    state = taken.state;
    return taken.outputs.map(show).join(" ");
  });
  return `${steps.filter((text) => text !== "").join(" | ")} => ${state.name}`;
}

function show(output: CallOutput): string {
  switch (output.kind) {
    case "locate":
      return `locate ${output.uri}`;
    case "redirect":
      return `redirect${output.attempt}(${output.contact ?? "-"}${output.again ? ",again" : ""})`;
    case "prepare-media":
      return `prepare(${output.sdp ?? "-"})`;
    case "media-offer":
    case "media-answer":
      return `${output.kind}(${output.leg},${output.sdp})`;
    case "dial":
      return `dial#${output.tryNumber}(${output.attempt},${output.target.address},${output.sdp ?? "-"})`;
    case "abandon":
      return `abandon#${output.tryNumber}`;
    case "progress":
      return `A<${output.status}${output.sdp ? `(${output.sdp})` : ""}`;
    case "answer":
      return `A<200(${output.sdp})`;
    case "late-answer":
      return `${output.leg.toUpperCase()}<ACK(${output.sdp})`;
    case "release":
      return `release(${output.ending.sipStatus})`;
    case "offer":
      return `offer(${output.leg},${output.sdp ?? "-"})`;
    case "accept-offer":
      return `${output.kind}(${output.leg},${output.sdp})`;
    case "reject-offer":
      return `reject-offer(${output.leg},${output.status})`;
    case "set":
      return `+${output.timer}${output.afterMs}`;
    case "clear":
      return `-${output.timer}`;
    case "attempted":
      return `attempt${output.attempt}=${output.status}`;
    case "ended":
      return `ended(${output.ending.by},${output.ending.sipStatus},${output.ending.errorCode})`;
    case "alert":
      return `alert${output.errorCode}`;
    default:
      return output.kind;
  }
}

export const CLEAR = "-silence -ring -duration close-media";
export const DIALLED = "+ring60000 locate sip:first | prepare(offer-a) | +silence4000 dial#1(0,192.0.2.1,offer-b)";
/** The same, when the name has a second address. */
export const DIALLED2 = DIALLED.replace("4000", "2000");
export const dialled = [start, located(one), prepared];
export const UNOFFERED = "+ring60000 locate sip:first | prepare(-) +silence4000 dial#1(0,192.0.2.1,-)";
export const unoffered = [start, located(one)];
export const TALKING = `${DIALLED} | -silence attempt0=200 media-answer(b,answer-b) | -ring +duration3600000 answered A<200(answer-a)`;
export const talking = [...dialled, b(1, answer), answered];
export const NEXT = "locate sip:second | +silence4000 dial#2(1,192.0.2.2,offer-b)";
