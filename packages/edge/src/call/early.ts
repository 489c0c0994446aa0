import type { Leg } from "@trunkline/media";
import { MAX_EARLY_DIALOGS } from "../limits.ts";
import { answering } from "./answering.ts";
import type {
  CallInput,
  CallOutput,
  CallPlan,
  CallState,
  CallStep,
  EarlyMedia,
  Hunt,
  LegEvent,
  MediaPurpose,
} from "./call.types.ts";
import { stay } from "./ending.ts";
import { recordedFrom } from "./recording.ts";

/** The states in which somebody who answers is still looked for. */
export type Hunting = Extract<CallState, { readonly name: "locating" | "preparing" | "calling" }>;

type Progress = Extract<LegEvent, { readonly kind: "progress" }>;
type Offer = Extract<LegEvent, { readonly kind: "offer" }>;
type MediaResult = Extract<CallInput, { readonly kind: "media" | "media-refused" }>;
type Change = Extract<MediaPurpose, { readonly kind: "change" }>;

const AGAIN: MediaPurpose = { kind: "again" };

/**
 * MED-3: of several early dialogs the first that describes its media is heard until somebody answers, because a caller's phone has one ear;
 * of the others it is told that they ring or queue, without their media. What a callee describes to a caller who made no offer, unreliably, is no offer (RFC 3261 §13.2.1).
 */
export function onProgress(plan: CallPlan, state: Hunting, before: Hunt, event: Progress): CallStep {
  const { status, reason, fork } = event;
  const sdp = plan.offer === undefined ? undefined : event.sdp;
  const heard = before.early[0];
  const isUnheard = heard !== undefined && heard.fork !== fork;
  const first = before.rang ? [] : [{ kind: "rang" } as const];
  const recording = recordedFrom("ringing", plan, before);
  const hunt: Hunt = {
    ...before,
    recording: recording.state,
    rang: true,
    early: sdp === undefined ? before.early : withEarly(before.early, { fork, sdp }),
    // Told reliably, the first one is the answer; what changes after it has to be offered (RFC 3262 §5).
    shown: plan.reliableEarly && !isUnheard ? (before.shown ?? sdp) : before.shown,
  };
  const told = stay({ ...state, hunt }, { kind: "clear", timer: "silence" }, ...first, ...recording.outputs);
  if (isUnheard && event.sdp !== undefined) return told;
  if (sdp === undefined) return { ...told, outputs: [...told.outputs, { kind: "progress", status, reason, sdp }] };
  const purpose = { kind: "progress", tryNumber: hunt.tries, status, reason } as const;
  return stay({ ...state, hunt: { ...hunt, isTurned: false } }, ...told.outputs, ...turnedBack(hunt), {
    kind: "media-answer",
    leg: "b",
    sdp,
    purpose,
  });
}

/** The media plane took an early answer (or not: then the ringing is told without it). One of an abandoned try is stale. */
export function onEarlyMedia(state: Hunting, input: MediaResult): CallStep {
  const { purpose } = input;
  if (purpose.kind === "change") return onEarlyChange(state, purpose, input);
  if (purpose.kind !== "progress" || purpose.tryNumber !== state.hunt.tries) return stay(state);
  const sdp = input.kind === "media" ? input.sdp : undefined;
  return stay(state, { kind: "progress", status: purpose.status, reason: purpose.reason, sdp });
}

/**
 * A leg changes its session before the answer (RFC 3311 §5.1). It is answered with what the other leg said last: that one may be a peer
 * without UPDATE or without reliable responses, and what it has yet to hear is offered to it when the call is answered. 491 where there is
 * nothing to change yet: it comes again.
 */
export function onEarlyOffer(state: CallState, leg: Leg, event: Offer): CallStep {
  const heard = state.name === "calling" ? state.hunt.early[0] : undefined;
  const description = leg === "b" && state.name === "calling" ? state.hunt.caller : heard?.sdp;
  const isUnheard = leg === "b" && heard?.fork !== event.fork;
  if (state.name !== "calling" || isUnheard || event.sdp === undefined || description === undefined) {
    return stay(state, { kind: "reject-offer", leg, status: 491 });
  }
  const purpose: Change = { kind: "change", tryNumber: state.hunt.tries, leg, sdp: event.sdp };
  return stay(
    state,
    { kind: "media-offer", leg, sdp: event.sdp, purpose: AGAIN },
    { kind: "media-answer", leg: leg === "a" ? "b" : "a", sdp: answering(description, event.sdp), purpose },
  );
}

function onEarlyChange(state: Hunting, { leg, sdp, tryNumber }: Change, input: MediaResult): CallStep {
  const { hunt } = state;
  if (leg === "b" && tryNumber !== hunt.tries) return stay(state);
  if (input.kind === "media-refused") {
    return stay(state, { kind: "reject-offer", leg, status: input.status }, ...asBefore(hunt));
  }
  const changed: Hunt =
    leg === "a"
      ? { ...hunt, caller: sdp, isTurned: false }
      : { ...hunt, early: hunt.early.with(0, { fork: hunt.early[0]?.fork ?? "", sdp }), isTurned: true };
  return stay({ ...state, hunt: changed }, { kind: "accept-offer", leg, sdp: input.sdp });
}

/** Puts leg A's offer back into the media plane when the last one was leg B's: what comes next answers leg A's. */
export function turnedBack(hunt: Hunt): CallOutput[] {
  if (!hunt.isTurned || hunt.caller === undefined) return [];
  return [{ kind: "media-offer", leg: "a", sdp: hunt.caller, purpose: AGAIN }];
}

/** The media plane's state before an early change that it refused. */
function asBefore(hunt: Hunt): CallOutput[] {
  const heard = hunt.early[0];
  if (!heard) return [];
  return [
    ...turnedBack({ ...hunt, isTurned: true }),
    { kind: "media-answer", leg: "b", sdp: heard.sdp, purpose: AGAIN },
  ];
}

/** Its last description in its first place; forks beyond the limit are told of without their media. */
function withEarly(early: readonly EarlyMedia[], next: EarlyMedia): readonly EarlyMedia[] {
  const at = early.findIndex(({ fork }) => fork === next.fork);
  if (at >= 0) return early.with(at, next);
  return early.length < MAX_EARLY_DIALOGS ? [...early, next] : early;
}
