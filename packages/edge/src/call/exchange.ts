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
 * Asked to offer (RFC 3261 §14.2, no SDP in the re-INVITE), we offer what the other leg last described, with both directions open, as
 * a resumption needs; what the ACK then answers is taken to the other leg as an ordinary offer, since it may end a hold there.
 */
export function onOffer(state: Connected, from: Leg, event: Offer): CallStep {
  if (state.exchange) return stay(state, { kind: "reject-offer", leg: from, status: 491 });
  const previous = state.described[from];
  if (event.sdp === undefined) {
    const sdp = withBothDirections(state.described[otherLeg(from)]);
    return stay(
      { ...state, exchange: { from, reply: true, at: "late-offering", previous } },
      { kind: "media-offer", leg: otherLeg(from), sdp, purpose: PURPOSE },
    );
  }
  return offering(state, { from, reply: true, at: "offering", previous }, event.sdp);
}

/** The other leg answered what it was asked, or refused: then the first leg's old description is put back into the media plane. */
export function onOfferAnswered(state: Connected, leg: Leg, event: OfferAnswered): CallStep {
  const exchange = state.exchange;
  if (!exchange && event.sdp !== undefined) return onRefreshed(state, leg, event.sdp);
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

/** Leg A or B acknowledged our 200; when that carried our offer, the ACK carries the answer. */
export function onAcknowledged(state: Connected, from: Leg, sdp: string | undefined): CallStep {
  const exchange = state.exchange;
  if (exchange?.at === "first-asking" && exchange.from !== from) return onFirstAnswer(state, exchange, from, sdp);
  if (exchange?.at !== "late-asking" || exchange.from !== from) return stay(state);
  if (sdp === undefined) return settled(state);
  return offering(state, { ...exchange, reply: false, at: "offering" }, sdp);
}

/** RFC 3261 §13.2.2.4: an offer in a 2xx is answered in its ACK, and without an answer there is no session to talk in. */
function onFirstAnswer(state: Connected, exchange: Exchange, from: Leg, sdp: string | undefined): CallStep {
  if (sdp === undefined) {
    const text = "the caller's ACK has no SDP, and its INVITE had none";
    return end(endedTalk("platform", text, 32103, undefined), { kind: "alert", errorCode: 32103, text });
  }
  const described = { ...state.described, [from]: sdp };
  return stay(
    { ...state, described, exchange: { ...exchange, at: "first-answering" } },
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
    if (exchange.at === "first-answering") return unusableAnswer(input.why);
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
        { kind: "accept-offer", leg: from, sdp: input.sdp },
      );
    case "first-answering":
      return settled(state, { kind: "late-answer", sdp: input.sdp });
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

function unusableAnswer(why: string): CallStep {
  const text = `the SDP of the caller's ACK: ${why}`;
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

/** `sendonly`, `recvonly` and `inactive` become `sendrecv`: a fresh offer is for everything we can do (RFC 6337 §5.3). */
function withBothDirections(sdp: string): string {
  return sdp.replace(/^a=(?:sendonly|recvonly|inactive)(?=\r?$)/gm, "a=sendrecv");
}
