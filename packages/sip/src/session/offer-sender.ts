import type { TimerHandle } from "../host.ts";
import type { SipResponse } from "../message/message.ts";
import type { HeaderLine } from "../message/write.ts";
import { Acknowledger } from "./acknowledger.ts";
import { sdpBody, sdpOf } from "./body.ts";
import type { SessionEvent } from "./events.ts";
import type { InDialogAnswer, InDialogClient, SentRequest } from "./in-dialog-client.ts";
import { ReliableProgress } from "./reliable-progress.ts";
import type { Stack } from "./stack.ts";

export type OfferMethod = "INVITE" | "UPDATE";

type Offer = { readonly sdp: string | undefined; readonly method: OfferMethod; readonly attempt: number };

/** What the sender of offers needs from the dialog it works for. */
export type OfferContext = {
  readonly stack: Stack;
  readonly client: InDialogClient;
  /** We made the Call-ID, which decides who waits longer after glare (RFC 3261 §14.1). */
  readonly ownsCallId: boolean;
  /** False while an INVITE or an offer is under way in this dialog that is not ours. */
  mayOffer(method: OfferMethod): boolean;
  /** Headers of a request that refreshes the remote target. */
  refreshHeaders(): readonly HeaderLine[];
  emit(event: SessionEvent): void;
  /** The 2xx to our offer: its Contact is the new target. */
  refreshTarget(response: SipResponse): void;
  /** 481, 408 or silence: the dialog is gone. */
  gone(status: number): void;
  /** Sets what `Session.answer` completes: the ACK of a 2xx with a late offer. */
  owe(settle: (sdp: string | undefined) => void): void;
};

/** How often an offer that met glare is sent in all. */
const MAX_ATTEMPTS = 6;

/** Our re-INVITEs and UPDATEs, one at a time (RFC 3261 §14.1, RFC 3311 §5.1). */
export class OfferSender {
  readonly #context: OfferContext;
  #state: "idle" | "sent" | "backing-off" | "stopped" = "idle";
  #timer: TimerHandle;
  /** Waits for its turn; a newer offer replaces it. */
  #next: Offer | undefined;

  constructor(context: OfferContext) {
    this.#context = context;
  }

  /** An offer of ours is unanswered: an incoming one is glare. */
  get isUnderWay(): boolean {
    return this.#state === "sent";
  }

  offer(sdp: string | undefined, method: OfferMethod): void {
    if (this.#state === "stopped") return;
    if (this.#next !== undefined) this.#context.emit({ kind: "offer-answered", status: 491, sdp: undefined });
    this.#next = { sdp, method, attempt: 1 };
    this.resume();
  }

  /** Sends what waits, if it may go now. */
  resume(): void {
    const next = this.#next;
    if (next === undefined || this.#state !== "idle" || !this.#context.mayOffer(next.method)) return;
    this.#next = undefined;
    this.#send(next);
  }

  /** The session is over: nothing is sent any more, but a late 2xx is still acknowledged. */
  stop(): void {
    if (this.#state === "backing-off") this.#context.stack.host.clearTimer(this.#timer);
    if (this.#state === "sent") this.#context.client.abandonInvite();
    this.#state = "stopped";
    this.#next = undefined;
  }

  #send(offer: Offer): void {
    this.#state = "sent";
    const { client, owe } = this.#context;
    const reliable = new ReliableProgress({ client, owe, settleInitialOffer: () => undefined });
    const onAnswer = (answer: InDialogAnswer): void => {
      if (answer.kind !== "provisional") this.#receive(offer, answer);
      else reliable.take(answer.response, offer.sdp === undefined && sdpOf(answer.response) !== undefined);
    };
    client.request(offer.method, this.#context.refreshHeaders(), sdpBody(offer.sdp), onAnswer);
  }

  #receive(offer: Offer, answer: Exclude<InDialogAnswer, { readonly kind: "provisional" }>): void {
    const status = answer.kind === "final" ? answer.response.status : answer.cause === "timeout" ? 408 : 503;
    if (answer.kind === "final" && status < 300) {
      this.#succeed(offer, answer.response, answer.sent);
    } else if (status === 491 && offer.attempt < MAX_ATTEMPTS && this.#state === "sent") {
      this.#backOff(offer);
    } else if (this.#state === "sent") {
      this.#state = "idle";
      this.#context.emit({ kind: "offer-answered", status, sdp: undefined });
      if (status === 481 || status === 408) this.#context.gone(status);
      else this.resume();
    }
  }

  #succeed(offer: Offer, response: SipResponse, sent: SentRequest): void {
    const { stack, client } = this.#context;
    const stopped = this.#state === "stopped";
    const sdp = sdpOf(response);
    this.#context.refreshTarget(response);
    if (!stopped) this.#state = "idle";
    if (sent.transaction !== undefined) {
      const { remoteTag } = client.dialog;
      const acknowledger = new Acknowledger(stack, sent.transaction, sent.request, remoteTag);
      const acknowledge = (answer: string | undefined): void =>
        acknowledger.acknowledge(client.acknowledgement(sent.request, sdpBody(answer)), remoteTag);
      if (offer.sdp !== undefined || sdp === undefined || stopped) acknowledge(undefined);
      else this.#context.owe(acknowledge);
    }
    if (stopped) return;
    this.#context.emit({ kind: "offer-answered", status: response.status, sdp });
    this.resume();
  }

  /** §14.1: the owner of the Call-ID waits 2.1–4 s, the other 0–2 s, in units of 10 ms. */
  #backOff(offer: Offer): void {
    const { stack, ownsCallId } = this.#context;
    const draw = stack.host.random();
    const waitMs = ownsCallId ? 2_100 + 10 * Math.floor(draw * 191) : 10 * Math.floor(draw * 201);
    this.#state = "backing-off";
    this.#timer = stack.host.setTimer(waitMs, () => {
      this.#state = "idle";
      this.#next ??= { ...offer, attempt: offer.attempt + 1 };
      this.resume();
    });
  }
}
