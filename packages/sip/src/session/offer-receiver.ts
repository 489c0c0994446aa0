import type { Host, TimerHandle } from "../host.ts";
import type { SipRequest } from "../message/message.ts";
import type { HeaderLine } from "../message/write.ts";
import type { InviteServerTransaction, ServerTransaction } from "../transaction/server-transaction.ts";
import { GIVE_UP_MS } from "../transaction/timers.ts";
import { sdpOf } from "./body.ts";
import type { SessionEvent } from "./events.ts";
import type { Negotiation } from "./negotiation.ts";
import type { SessionTimer } from "./session-timer.ts";

export type OfferReceiverContext = {
  readonly host: Host;
  readonly negotiation: Negotiation;
  readonly timer: SessionTimer;
  /** The status that refuses a request at this moment, see `refusalOf`. */
  refusal(method: "INVITE" | "UPDATE", hasOffer: boolean): 491 | 500 | undefined;
  /** Headers of a response that refreshes the remote target. */
  refreshHeaders(): readonly HeaderLine[];
  emit(event: SessionEvent): void;
  refreshTarget(request: SipRequest): void;
  /** Our 2xx to a re-INVITE was sent: repeat it until its ACK is there. */
  awaitAck(transaction: InviteServerTransaction, wire: string, cseq: number, carriesOffer: boolean): void;
  /** The peer's offer is settled: ours may go. */
  settled(): void;
};

type Asked = { readonly transaction: ServerTransaction; readonly method: "INVITE" | "UPDATE" | "PRACK" };

/** The peer's re-INVITEs and UPDATEs, and the offers in its PRACKs (RFC 3261 §14.2, RFC 3311 §5.2, RFC 3262 §5). */
export class OfferReceiver {
  readonly #context: OfferReceiverContext;
  #asked: Asked | undefined;
  #guard: TimerHandle;

  constructor(context: OfferReceiverContext) {
    this.#context = context;
  }

  /** The method of the request that waits for the user's reply. */
  get asked(): Asked["method"] | undefined {
    return this.#asked?.method;
  }

  receiveInvite(transaction: InviteServerTransaction, request: SipRequest): void {
    const sdp = sdpOf(request);
    if (this.#refuse("INVITE", transaction, sdp !== undefined)) return;
    const accept = (answer: string | undefined): void => {
      const wire = transaction.respond(200, "OK", this.#accepted(request, answer));
      const carriesOffer = sdp === undefined;
      if (wire !== undefined) this.#context.awaitAck(transaction, wire, request.cseq.number, carriesOffer);
    };
    const known = this.#knownAnswer(sdp);
    if (known !== undefined) {
      accept(known);
      return;
    }
    transaction.onCancel = () => this.#settle(487, "Request Terminated");
    this.#ask({ transaction, method: "INVITE" }, request, sdp, accept);
  }

  receiveUpdate(transaction: ServerTransaction, request: SipRequest): void {
    const sdp = sdpOf(request);
    if (this.#refuse("UPDATE", transaction, sdp !== undefined)) return;
    const accept = (answer: string | undefined): void => {
      transaction.respond(200, "OK", this.#accepted(request, answer));
    };
    // Without an offer only a target refresh (RFC 3311 §5.1), and the place where a session timer is refreshed (RFC 4028 §7.4).
    const known = this.#knownAnswer(sdp);
    if (sdp === undefined || known !== undefined) accept(known);
    else this.#askInTime({ transaction, method: "UPDATE" }, request, sdp, accept);
  }

  /** An offer in a PRACK (RFC 3262 §5). Refusing it refuses the PRACK, yet the provisional response counts as acknowledged. */
  receivePrack(transaction: ServerTransaction, request: SipRequest, sdp: string): void {
    const accept = (answer: string | undefined): void => {
      transaction.respond(200, "OK", answerBody(answer));
    };
    this.#askInTime({ transaction, method: "PRACK" }, request, sdp, accept);
  }

  /** The session is over: "487 to pending requests" (§15.1.2). */
  stop(): void {
    this.#finish()?.respond(487, "Request Terminated");
  }

  /** The peer gives up after 64*T1; until then a 1xx cannot make it wait (RFC 4320), so neither do we. */
  #askInTime(asked: Asked, request: SipRequest, sdp: string, accept: (sdp: string | undefined) => void): void {
    this.#guard = this.#context.host.setTimer(GIVE_UP_MS, () => this.#settle(504, "Server Time-out"));
    this.#ask(asked, request, sdp, accept);
  }

  #ask(asked: Asked, request: SipRequest, offer: string | undefined, accept: (sdp: string | undefined) => void): void {
    this.#asked = asked;
    if (offer !== undefined) this.#context.negotiation.propose("theirs", offer);
    const reply = {
      accept: (sdp: string | undefined): void => {
        if (this.#asked !== asked) return;
        this.#finish();
        this.#agree(offer, sdp);
        accept(sdp);
        this.#context.settled();
      },
      reject: (status: number, reason = "Not Acceptable Here"): void => {
        if (this.#asked === asked) this.#settle(status, reason);
      },
    };
    this.#context.emit({ kind: "offer", method: asked.method, sdp: offer, request, reply });
  }

  /** Both descriptions as they stand after our 2xx; without an offer of theirs, ours is one. */
  #agree(offer: string | undefined, sdp: string | undefined): void {
    const { negotiation } = this.#context;
    if (sdp === undefined) negotiation.restore();
    else if (offer === undefined) negotiation.propose("ours", sdp);
    else if (negotiation.open === "theirs") negotiation.answer(sdp);
  }

  /** What a 2xx carries. Accepting is what changes the target and the timer: a refused request changes nothing (§12.2.2). */
  #accepted(request: SipRequest, sdp: string | undefined): { headers: readonly HeaderLine[]; body?: string } {
    const { refreshTarget, refreshHeaders, timer } = this.#context;
    refreshTarget(request);
    return { headers: [...refreshHeaders(), ...timer.answer(request)], ...answerBody(sdp) };
  }

  /** The same offer again gets the same answer, and there is nothing for the user to decide. */
  #knownAnswer(offer: string | undefined): string | undefined {
    const { negotiation } = this.#context;
    return offer !== undefined && negotiation.isRepeated(offer) ? negotiation.agreed?.local : undefined;
  }

  #refuse(method: "INVITE" | "UPDATE", transaction: ServerTransaction, hasOffer: boolean): boolean {
    const status = this.#context.refusal(method, hasOffer);
    if (status === 491) transaction.respond(491, "Request Pending");
    else if (status === 500) refuseForNow(this.#context.host, transaction);
    return status !== undefined;
  }

  #settle(status: number, reason: string): void {
    this.#finish()?.respond(status, reason);
    this.#context.negotiation.restore();
    this.#context.settled();
  }

  #finish(): ServerTransaction | undefined {
    const transaction = this.#asked?.transaction;
    this.#asked = undefined;
    this.#context.host.clearTimer(this.#guard);
    return transaction;
  }
}

/** 500 with Retry-After, "a randomly chosen value of between 0 and 10 seconds" (§14.2, RFC 3311 §5.2). */
export function refuseForNow(host: Host, transaction: ServerTransaction): void {
  const afterSec = Math.floor(host.random() * 11);
  transaction.respond(500, "Server Internal Error", { headers: [["Retry-After", String(afterSec)]] });
}

function answerBody(sdp: string | undefined): { body?: string } {
  return sdp === undefined ? {} : { body: sdp };
}
