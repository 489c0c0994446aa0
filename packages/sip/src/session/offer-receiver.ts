import type { Host, TimerHandle } from "../host.ts";
import type { SipRequest } from "../message/message.ts";
import type { HeaderLine } from "../message/write.ts";
import type { InviteServerTransaction, ServerTransaction } from "../transaction/server-transaction.ts";
import { GIVE_UP_MS } from "../transaction/timers.ts";
import { sdpOf } from "./body.ts";
import type { SessionEvent } from "./events.ts";

export type OfferReceiverContext = {
  readonly host: Host;
  /** What forbids an offer of the peer right now: one of ours (glare), or one of theirs that is not answered yet. */
  obstacle(): "ours" | "theirs" | undefined;
  /** Headers of a response that refreshes the remote target. */
  refreshHeaders(): readonly HeaderLine[];
  emit(event: SessionEvent): void;
  refreshTarget(request: SipRequest): void;
  /** Our 2xx to a re-INVITE was sent: repeat it until its ACK is there. */
  awaitAck(transaction: InviteServerTransaction, wire: string, cseq: number, carriesOffer: boolean): void;
  /** The peer's offer is settled: ours may go. */
  settled(): void;
};

/** The peer's re-INVITEs and UPDATEs (RFC 3261 §14.2, RFC 3311 §5.2). */
export class OfferReceiver {
  readonly #context: OfferReceiverContext;
  #pending: ServerTransaction | undefined;
  #guard: TimerHandle;

  constructor(context: OfferReceiverContext) {
    this.#context = context;
  }

  /** An offer of the peer waits for the user's reply. */
  get isUnderWay(): boolean {
    return this.#pending !== undefined;
  }

  receiveInvite(transaction: InviteServerTransaction, request: SipRequest): void {
    if (this.#refuse(transaction)) return;
    transaction.onCancel = () => this.#settle(487, "Request Terminated");
    this.#ask(transaction, "INVITE", request, (sdp) => {
      const wire = transaction.respond(200, "OK", { headers: this.#context.refreshHeaders(), ...answerBody(sdp) });
      const carriesOffer = sdpOf(request) === undefined;
      if (wire !== undefined) this.#context.awaitAck(transaction, wire, request.cseq.number, carriesOffer);
    });
  }

  receiveUpdate(transaction: ServerTransaction, request: SipRequest): void {
    if (sdpOf(request) === undefined) {
      // Only a target refresh (RFC 3311 §5.1); the place where a session timer is refreshed (RFC 4028 §7.4).
      this.#context.refreshTarget(request);
      transaction.respond(200, "OK", { headers: this.#context.refreshHeaders() });
      return;
    }
    if (this.#refuse(transaction)) return;
    // The peer gives up after 64*T1; until then a 1xx cannot make it wait (RFC 4320), so neither do we.
    this.#guard = this.#context.host.setTimer(GIVE_UP_MS, () => this.#settle(504, "Server Time-out"));
    this.#ask(transaction, "UPDATE", request, (sdp) => {
      transaction.respond(200, "OK", { headers: this.#context.refreshHeaders(), ...answerBody(sdp) });
    });
  }

  /** The session is over: "487 to pending requests" (§15.1.2). */
  stop(): void {
    this.#finish()?.respond(487, "Request Terminated");
  }

  #ask(
    transaction: ServerTransaction,
    method: "INVITE" | "UPDATE",
    request: SipRequest,
    accept: (sdp: string | undefined) => void,
  ): void {
    this.#pending = transaction;
    this.#context.refreshTarget(request);
    const reply = {
      accept: (sdp: string | undefined): void => {
        if (this.#pending !== transaction) return;
        this.#finish();
        accept(sdp);
        this.#context.settled();
      },
      reject: (status: number, reason = "Not Acceptable Here"): void => {
        if (this.#pending === transaction) this.#settle(status, reason);
      },
    };
    this.#context.emit({ kind: "offer", method, sdp: sdpOf(request), request, reply });
  }

  #refuse(transaction: ServerTransaction): boolean {
    const obstacle = this.#pending === undefined ? this.#context.obstacle() : "theirs";
    if (obstacle === undefined) return false;
    if (obstacle === "ours") transaction.respond(491, "Request Pending");
    else {
      // "Retry-After ... a randomly chosen value of between 0 and 10 seconds" (§14.2).
      const afterSec = Math.floor(this.#context.host.random() * 11);
      transaction.respond(500, "Server Internal Error", { headers: [["Retry-After", String(afterSec)]] });
    }
    return true;
  }

  #settle(status: number, reason: string): void {
    this.#finish()?.respond(status, reason);
    this.#context.settled();
  }

  #finish(): ServerTransaction | undefined {
    const pending = this.#pending;
    this.#pending = undefined;
    this.#context.host.clearTimer(this.#guard);
    return pending;
  }
}

function answerBody(sdp: string | undefined): { body?: string } {
  return sdp === undefined ? {} : { body: sdp };
}
