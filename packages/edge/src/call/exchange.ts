import type { Leg } from "@trunkline/media";
import type { CallInput, CallOutput, CallState, CallStep, Exchange, LegEvent, MediaPurpose } from "./call.types.ts";
import { end, endedTalk, stay } from "./ending.ts";

/** The connected state, where sessions are changed by re-INVITE and UPDATE. */
export type Connected = Extract<CallState, { readonly name: "connected" }>;

type Offer = Extract<LegEvent, { readonly kind: "offer" }>;
type OfferAnswered = Extract<LegEvent, { readonly kind: "offer-answered" }>;
const PURPOSE: MediaPurpose = { kind: "exchange" };

function otherLeg(leg: Leg): Leg {
  return leg === "a" ? "b" : "a";
}

/**
 * A leg offers a changed session (RFC 3264 §8): through the media plane to the other leg, and the answer back the same way.
 *
 * Asked to offer (RFC 3261 §14.2, no SDP in the re-INVITE), we ask the other leg the same: its offer goes back, and the answer in the ACK
 * of the first becomes the answer in ours. So neither end ever holds a session that the other has not agreed to.
 */
export function onOffer(state: Connected, from: Leg, event: Offer): CallStep {
  if (state.exchange) return stay(state, { kind: "reject-offer", leg: from, status: 491 });
  const previous = state.described[from];
  if (event.sdp === undefined) {
    const exchange: Exchange = { from, reply: true, at: "requesting", previous };
    return stay({ ...state, exchange }, { kind: "offer", leg: otherLeg(from), sdp: undefined });
  }
  return offering(state, { from, reply: true, at: "offering", previous }, event.sdp);
}

/** The other leg answered what it was asked, or refused: then the first leg's old description is put back into the media plane. */
export function onOfferAnswered(state: Connected, leg: Leg, event: OfferAnswered): CallStep {
  const exchange = state.exchange;
  if (!exchange && event.sdp !== undefined) return onRefreshed(state, leg, event.sdp);
  if (exchange?.at === "requesting" && leg !== exchange.from) return onRequestedOffer(state, exchange, leg, event);
  if (exchange?.at !== "asking" || leg === exchange.from) return stay(state);
  if (event.sdp !== undefined) {
    const described = { ...state.described, [leg]: event.sdp };
    return stay(
      { ...state, described, exchange: { ...exchange, at: "answering" } },
      { kind: "media-answer", leg, sdp: event.sdp, purpose: PURPOSE },
    );
  }
  return restore(state, exchange, event.status);
}

/** The other leg made the offer it was asked for, or refused to: then nothing has changed anywhere. From here the offer is that leg's. */
function onRequestedOffer(state: Connected, asked: Exchange, leg: Leg, { sdp, status }: OfferAnswered): CallStep {
  if (sdp === undefined) {
    return settled(state, { kind: "reject-offer", leg: asked.from, status: refusalStatus(status) });
  }
  const previous = state.described[leg];
  return offering(state, { from: leg, reply: true, at: "late-offering", previous }, sdp);
}

/** The change is over, whichever way. What one leg has yet to hear of the other is offered to it next. */
export function settled(state: Connected, ...outputs: CallOutput[]): CallStep {
  const [from, ...untold] = state.untold;
  if (from === undefined) return stay({ ...state, exchange: undefined }, ...outputs);
  const previous = state.described[from];
  const step = offering({ ...state, untold }, { from, reply: false, at: "offering", previous }, previous);
  return { ...step, outputs: [...outputs, ...step.outputs] };
}

/** A refresh of the session (RFC 4028) brought another answer than the one before: that leg's media has moved, the other's has not. */
function onRefreshed(state: Connected, leg: Leg, sdp: string): CallStep {
  const other = otherLeg(leg);
  return stay(
    { ...state, described: { ...state.described, [leg]: sdp } },
    { kind: "media-offer", leg: other, sdp: state.described[other], purpose: { kind: "again" } },
    { kind: "media-answer", leg, sdp, purpose: { kind: "again" } },
  );
}

/** Leg B's 200 carried the call's first offer, and leg A has been shown it in ours. */
export function firstExchange(offer: string): Exchange {
  return { from: "b", reply: true, at: "first-asking", previous: offer };
}

/**
 * Leg A or B acknowledged our 200; when that carried the other leg's offer, the ACK carries the answer. Inside a call an ACK without one
 * leaves that leg as it was described; at its beginning there is no session to talk in without (RFC 3261 §13.2.2.4).
 */
export function onAcknowledged(state: Connected, from: Leg, sdp: string | undefined): CallStep {
  const exchange = state.exchange;
  if (!exchange || exchange.from === from) return stay(state);
  if (exchange.at === "late-asking") return onLateAnswer(state, exchange, from, sdp ?? state.described[from]);
  if (exchange.at !== "first-asking") return stay(state);
  if (sdp !== undefined) return onLateAnswer(state, exchange, from, sdp);
  const text = "the caller's ACK has no SDP, and its INVITE had none";
  return end(endedTalk("platform", text, 32103, undefined), { kind: "alert", errorCode: 32103, text });
}

function onLateAnswer(state: Connected, exchange: Exchange, from: Leg, sdp: string): CallStep {
  return stay(
    { ...state, described: { ...state.described, [from]: sdp }, exchange: { ...exchange, at: "late-answering" } },
    { kind: "media-answer", leg: from, sdp, purpose: PURPOSE },
  );
}

/** The media plane has done its part of the exchange. */
export function onExchangeMedia(
  state: Connected,
  input: Extract<CallInput, { readonly kind: "media" | "media-refused" }>,
): CallStep {
  const exchange = state.exchange;
  if (!exchange) return stay(state);
  const { from } = exchange;
  if (input.kind === "media-refused") {
    if (exchange.at === "late-offering" || exchange.at === "late-answering") return unusable(exchange, input.why);
    return exchange.at === "restoring" ? settled(state) : restore(state, exchange, input.status);
  }
  switch (exchange.at) {
    case "offering":
      return stay(
        { ...state, exchange: { ...exchange, at: "asking" } },
        { kind: "offer", leg: otherLeg(from), sdp: input.sdp },
      );
    case "answering":
      return exchange.reply ? settled(state, { kind: "accept-offer", leg: from, sdp: input.sdp }) : settled(state);
    case "late-offering":
      return stay(
        { ...state, exchange: { ...exchange, at: "late-asking" } },
        { kind: "accept-offer", leg: otherLeg(from), sdp: input.sdp },
      );
    case "late-answering":
      return settled(state, { kind: "late-answer", leg: from, sdp: input.sdp });
    case "requesting":
    case "asking":
    case "late-asking":
    case "first-asking":
      return stay(state);
    case "restoring":
      return settled(state);
    default:
      return exchange.at satisfies never;
  }
}

/** An offer in a 2xx must be answered in the ACK; where that cannot be done the call has to end (RFC 3261 §13.2.2.4). */
function unusable({ at }: Exchange, why: string): CallStep {
  const text = `${at === "late-offering" ? "the offer in a 200" : "the SDP of an ACK"}: ${why}`;
  return end(endedTalk("platform", text, 32102, undefined), { kind: "alert", errorCode: 32102, text });
}

function offering(state: Connected, exchange: Exchange, sdp: string): CallStep {
  const described = { ...state.described, [exchange.from]: sdp };
  return stay({ ...state, described, exchange }, { kind: "media-offer", leg: exchange.from, sdp, purpose: PURPOSE });
}

/** RFC 3261 §14.1: a refused change leaves the session as it was, so the media plane gets the old description back. */
function restore(state: Connected, exchange: Exchange, status: number): CallStep {
  const { from, previous, reply } = exchange;
  const described = { ...state.described, [from]: previous };
  const next: Connected = { ...state, described, exchange: { ...exchange, at: "restoring" } };
  const step = stay(next, { kind: "media-offer", leg: from, sdp: previous, purpose: PURPOSE });
  if (!reply) return step;
  return { ...step, outputs: [{ kind: "reject-offer", leg: from, status: refusalStatus(status) }, ...step.outputs] };
}

/** 408 and 481 would end the asking leg's dialog (RFC 3261 §12.2.1.2), which only the other leg has lost. */
function refusalStatus(status: number): number {
  return status < 400 || status === 401 || status === 407 || status === 408 || status === 481 ? 488 : status;
}
