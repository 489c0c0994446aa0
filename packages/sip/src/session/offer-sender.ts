import type { TimerHandle } from "../host.ts";
import type { SipResponse } from "../message/message.ts";
import type { HeaderLine } from "../message/write.ts";
import { Acknowledger } from "./acknowledger.ts";
import { sdpBody, sdpOf } from "./body.ts";
import type { SessionEvent } from "./events.ts";
import type { InDialogAnswer, InDialogClient, SentRequest } from "./in-dialog-client.ts";
import type { Agreement, Heard, Negotiation } from "./negotiation.ts";
import { ReliableProgress } from "./reliable-progress.ts";
import type { SessionTimer } from "./session-timer.ts";
import type { Stack } from "./stack.ts";

export type OfferMethod = "INVITE" | "UPDATE";

type Offer = {
  readonly sdp: string | undefined;
  readonly method: OfferMethod;
  readonly attempt: number;
  /** For the session timer's sake only: the user hears of it only when it changed something. */
  readonly isRefresh: boolean;
};

/** What the sender of offers needs from the dialog it works for. */
export type OfferContext = {
  readonly stack: Stack;
  readonly client: InDialogClient;
  readonly negotiation: Negotiation;
  readonly timer: SessionTimer;
  /** We made the Call-ID, which decides who waits longer after glare (RFC 3261 §14.1). */
  readonly ownsCallId: boolean;
  /** False while an INVITE or an offer is under way in this dialog that is not ours. */
  mayOffer(method: OfferMethod): boolean;
  /** How a refresh is sent: UPDATE when the peer takes it (RFC 4028 §7.4). */
  refreshMethod(): OfferMethod;
  /** The peer does not take UPDATE after all. */
  lacksUpdate(): void;
  /** Headers of a request that refreshes the remote target. */
  refreshHeaders(): readonly HeaderLine[];
  emit(event: SessionEvent): void;
  /** A 2xx or reliable 1xx to our offer: its Contact is the new target (RFC 6141 §4.5). */
  refreshTarget(response: SipResponse): void;
  /** 481, 408 or silence: the dialog is gone. */
  gone(status: number): void;
  /** Sets what `Session.answer` completes: the ACK of a 2xx with a late offer. */
  owe(settle: (sdp: string | undefined) => void): void;
};

/** How often an offer that met glare, or another reason to come again later, is sent in all by who made the Call-ID. */
const MAX_ATTEMPTS = 6;

/**
 * And by the other side, whose back-off is shorter (§14.1): a B2BUA between two offers may answer 491 for as long as its other leg backs
 * off, up to 4 s, and six tries of 0 to 2 s were used up by then in one case of twelve.
 */
const MAX_ATTEMPTS_NOT_OWNER = 12;

/** Longest Retry-After that is waited for, s: the ten that RFC 3261 §14.2 knows, and some more. */
const MAX_RETRY_AFTER_SEC = 32;

/** Our re-INVITEs and UPDATEs, one at a time (RFC 3261 §14.1, RFC 3311 §5.1). */
export class OfferSender {
  readonly #context: OfferContext;
  #state: "idle" | "sent" | "backing-off" | "stopped" = "idle";
  #timer: TimerHandle;
  /** Waits for its turn; a newer offer replaces it. */
  #next: Offer | undefined;
  #sent: Offer | undefined;

  constructor(context: OfferContext) {
    this.#context = context;
  }

  /** A re-INVITE of ours has no final response yet. */
  get hasInvite(): boolean {
    return this.#state === "sent" && this.#sent?.method === "INVITE";
  }

  offer(sdp: string | undefined, method: OfferMethod): void {
    if (this.#state === "stopped") return;
    if (this.#next?.isRefresh === false) this.#context.emit({ kind: "offer-answered", status: 491, sdp: undefined });
    this.#next = { sdp, method, attempt: 1, isRefresh: false };
    this.resume();
  }

  /** Sends a refresh of the session timer, unless something waits or is under way that refreshes as well. */
  refresh(): void {
    if (this.#state !== "idle" || this.#next !== undefined) return;
    this.#next = { sdp: undefined, method: "UPDATE", attempt: 1, isRefresh: true };
    this.resume();
  }

  /** Sends what waits, if it may go now. */
  resume(): void {
    const next = this.#next;
    if (next === undefined || this.#state !== "idle") return;
    const offer = next.isRefresh ? this.#asRefresh(next) : next;
    if (!this.#context.mayOffer(offer.method)) return;
    this.#next = undefined;
    this.#send(offer);
  }

  /** The session is over: nothing is sent any more, but a late 2xx is still acknowledged. */
  stop(): void {
    if (this.#state === "backing-off") this.#context.stack.host.clearTimer(this.#timer);
    if (this.#state === "sent") this.#context.client.abandonInvite();
    this.#state = "stopped";
    this.#next = undefined;
  }

  /** An UPDATE needs no offer; a re-INVITE says again what we said last, "even if the details ... have not changed" (RFC 4028 §7.4). */
  #asRefresh(offer: Offer): Offer {
    const sdp = this.#context.negotiation.agreed?.local;
    const method = sdp === undefined ? "UPDATE" : this.#context.refreshMethod();
    return { ...offer, method, sdp: method === "INVITE" ? sdp : undefined };
  }

  #send(offer: Offer): void {
    this.#state = "sent";
    this.#sent = offer;
    const { client, owe, negotiation, timer, refreshHeaders } = this.#context;
    const before = negotiation.agreed;
    if (offer.sdp !== undefined) negotiation.propose("ours", offer.sdp);
    const hear = (sdp: string): Heard => negotiation.hearReply(sdp, isLate(offer));
    const reliable = new ReliableProgress({ client, owe, hear });
    const onAnswer = (answer: InDialogAnswer): void => {
      if (answer.kind !== "provisional") this.#receive(offer, before, answer);
      else if (reliable.take(answer.response) === "reliable") this.#context.refreshTarget(answer.response);
    };
    client.request(offer.method, [...refreshHeaders(), ...timer.ask()], sdpBody(offer.sdp), onAnswer);
  }

  #receive(
    offer: Offer,
    before: Agreement | undefined,
    answer: Exclude<InDialogAnswer, { readonly kind: "provisional" }>,
  ): void {
    if (answer.kind === "final" && answer.response.status < 300) {
      this.#succeed(offer, before, answer.response, answer.sent);
      return;
    }
    if (this.#state !== "sent") return;
    // A request without any offer has nothing to take back.
    if (offer.sdp !== undefined || isLate(offer)) this.#context.negotiation.restore(before);
    this.#state = "idle";
    const waitMs = answer.kind === "final" ? this.#retryAfterMs(offer, answer.response) : undefined;
    const most = this.#context.ownsCallId ? MAX_ATTEMPTS : MAX_ATTEMPTS_NOT_OWNER;
    if (waitMs !== undefined && offer.attempt < most) {
      this.#backOff(offer, waitMs);
      return;
    }
    const status = answer.kind === "final" ? answer.response.status : answer.cause === "timeout" ? 408 : 503;
    if (!offer.isRefresh) this.#context.emit({ kind: "offer-answered", status, sdp: undefined });
    if (status === 481 || status === 408) this.#context.gone(status);
    else this.resume();
  }

  #succeed(offer: Offer, before: Agreement | undefined, response: SipResponse, sent: SentRequest): void {
    const { stack, client, negotiation, owe, emit, timer } = this.#context;
    const stopped = this.#state === "stopped";
    const sdp = sdpOf(response);
    const heard =
      sdp !== undefined && !stopped && negotiation.hearReply(sdp, isLate(offer) && negotiation.agreed === before);
    this.#context.refreshTarget(response);
    if (!stopped) this.#state = "idle";
    if (sent.transaction !== undefined) {
      const { remoteTag } = client.dialog;
      const acknowledger = new Acknowledger(stack, sent.transaction, sent.request, remoteTag);
      const acknowledge = (answer: string | undefined): void =>
        client.acknowledge(sent.request, sdpBody(answer), (ack) => acknowledger.acknowledge(ack, remoteTag));
      if (heard === "offer") owe(acknowledge);
      else acknowledge(undefined);
    }
    if (stopped) return;
    // The answer never came: the session is what it was.
    if (offer.sdp !== undefined && negotiation.open === "ours") negotiation.restore(before);
    timer.agree(response);
    const answer = negotiation.agreed === before ? undefined : negotiation.agreed?.remote;
    const told = heard === "offer" ? sdp : answer;
    if (!offer.isRefresh || (told !== undefined && told !== before?.remote)) {
      emit({ kind: "offer-answered", status: response.status, sdp: told });
    }
    this.resume();
  }

  /** How long to wait before the same again, or undefined when the refusal is final. */
  #retryAfterMs(offer: Offer, response: SipResponse): number | undefined {
    const { stack, ownsCallId, timer, lacksUpdate } = this.#context;
    switch (response.status) {
      case 491: {
        // §14.1: the owner of the Call-ID waits 2.1–4 s, the other 0–2 s, in units of 10 ms.
        const draw = stack.host.random();
        return ownsCallId ? 2_100 + 10 * Math.floor(draw * 191) : 10 * Math.floor(draw * 201);
      }
      case 500: {
        // §14.2, RFC 3311 §5.2: an offer of the peer's had not been answered yet.
        const afterSec = Number.parseInt(response.header("retry-after") ?? "", 10);
        return afterSec >= 0 && afterSec <= MAX_RETRY_AFTER_SEC ? 1_000 * afterSec : undefined;
      }
      case 422:
        timer.raise(response);
        return 0;
      case 405:
      case 501:
        if (!offer.isRefresh || offer.method !== "UPDATE") return undefined;
        lacksUpdate();
        return 0;
      default:
        return undefined;
    }
  }

  #backOff(offer: Offer, waitMs: number): void {
    this.#state = "backing-off";
    this.#timer = this.#context.stack.host.setTimer(waitMs, () => {
      this.#state = "idle";
      this.#next ??= { ...offer, attempt: offer.attempt + 1 };
      this.resume();
    });
  }
}

/** A re-INVITE that asks the peer for an offer. */
function isLate({ method, sdp }: Offer): boolean {
  return method === "INVITE" && sdp === undefined;
}
