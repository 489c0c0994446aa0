import { copyString, type ExtraHeader, type OfferReply, type Session, type SessionEvent } from "@trunkline/sip";
import type { LegEvent } from "../call/call.types.ts";
import type { TalkingLeg } from "./caller-leg.ts";
import { toLegEvent } from "./translate.ts";

/** A mid-call message for the other leg (INFO: DTMF, RFC 6086 packages). */
export type RelayedInfo = {
  readonly headers: readonly ExtraHeader[];
  readonly body: string;
  /** What the other leg answered. */
  done(status: number, reason: string): void;
};

/** Where a leg takes what it hears. */
export type LegListener = {
  event(event: LegEvent): void;
  info(info: RelayedInfo): void;
  /** The peer asked for a transfer, which was refused. */
  transferRefused(): void;
};

/** Headers that describe an INFO's body and go with it. */
const INFO_HEADERS: readonly (readonly [key: string, name: string])[] = [
  ["info-package", "Info-Package"],
  ["content-type", "Content-Type"],
  ["content-disposition", "Content-Disposition"],
];

/** What Allow says of us; the stack answers everything else with 405. REFER is taken to be refused with its own code (contract §8.7). */
export const ALLOWED_METHODS = [
  ...["INVITE", "ACK", "BYE", "CANCEL", "OPTIONS"],
  ...["UPDATE", "PRACK", "INFO", "REFER"],
] as const;

/** What Supported says of us, and Require may ask of us: RFC 3262 and RFC 4028, each leg for itself. */
export const EXTENSIONS: readonly string[] = ["100rel", "timer"];

const REFUSAL_PHRASES: Readonly<Record<number, string>> = { 488: "Not Acceptable Here", 491: "Request Pending" };

/** One side of a call: a SIP session outside, call events inside. What both sides have in common. */
export class Leg implements TalkingLeg {
  readonly session: Session;
  readonly #listener: LegListener;
  #offer: OfferReply | undefined;

  constructor(session: Session, listener: LegListener) {
    this.session = session;
    this.#listener = listener;
  }

  /** Every event of the session goes through here. */
  hear(event: SessionEvent): void {
    if (event.kind === "offer") {
      this.#hearOffer(event);
      return;
    }
    if (event.kind === "request") {
      this.#hearRequest(event);
      return;
    }
    const told = toLegEvent(event);
    if (told) this.#listener.event(told);
  }

  /** Offers a changed session by re-INVITE, or asks for an offer; the answer, or that offer, comes back as `offer-answered`. */
  offer(sdp: string | undefined): void {
    this.session.offer(sdp);
  }

  /** The answer to the offer that its 200 brought; the ACK waits for it. */
  answerLate(sdp: string): void {
    this.session.answer(sdp);
  }

  acceptOffer(sdp: string): void {
    const offer = this.#offer;
    this.#offer = undefined;
    offer?.accept(sdp);
  }

  rejectOffer(status: number): void {
    const offer = this.#offer;
    this.#offer = undefined;
    offer?.reject(status, REFUSAL_PHRASES[status] ?? "Session Change Refused");
  }

  /** Sends the other leg's INFO; 504 stands for no answer, since a 408 would end the asking dialog (RFC 3261 §12.2.1.2). */
  relayInfo(info: RelayedInfo): void {
    this.session.request("INFO", info.headers, info.body, (response) => {
      if (!response || response.status === 408) info.done(504, "Server Time-out");
      else if (response.status === 481) info.done(480, "Temporarily Unavailable");
      else info.done(response.status, response.reason);
    });
  }

  #hearOffer(event: Extract<SessionEvent, { readonly kind: "offer" }>): void {
    if (this.#offer) {
      event.reply.reject(491);
      return;
    }
    this.#offer = event.reply;
    const fork = copyString(event.request.from.params.get("tag") ?? "");
    this.#listener.event({ kind: "offer", sdp: event.sdp === undefined ? undefined : copyString(event.sdp), fork });
  }

  #hearRequest({ request, respond }: Extract<SessionEvent, { readonly kind: "request" }>): void {
    if (request.method === "INFO") {
      const headers = INFO_HEADERS.flatMap(([key, name]): ExtraHeader[] => {
        const value = request.header(key);
        return value === undefined ? [] : [[name, value]];
      });
      this.#listener.info({ headers, body: request.body, done: (status, reason) => respond(status, reason) });
      return;
    }
    if (request.method === "REFER") {
      respond(403, "Forbidden", [["X-Twilio-Error", "32218 Transfer not allowed"]]);
      this.#listener.transferRefused();
      return;
    }
    respond(405, "Method Not Allowed", [["Allow", ALLOWED_METHODS.join(", ")]]);
  }
}
