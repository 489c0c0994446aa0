import { type Dialog, refreshTarget } from "../dialog/dialog.ts";
import type { DigestLogin } from "../digest/answer.ts";
import type { Flow } from "../flow.ts";
import type { MessageBase, SipRequest, SipResponse } from "../message/message.ts";
import type { HeaderLine } from "../message/write.ts";
import type { InviteServerTransaction, ServerTransaction } from "../transaction/server-transaction.ts";
import { GIVE_UP_MS } from "../transaction/timers.ts";
import { NO_BODY, sdpOf } from "./body.ts";
import type { ExtraHeader, SessionEvent } from "./events.ts";
import { admitInDialog } from "./in-dialog-admission.ts";
import { InDialogClient } from "./in-dialog-client.ts";
import { mayOffer, Negotiation, refusalOf, type Traffic } from "./negotiation.ts";
import { OfferReceiver, refuseForNow } from "./offer-receiver.ts";
import { type OfferMethod, OfferSender } from "./offer-sender.ts";
import { SessionTimer } from "./session-timer.ts";
import { capabilities, type Stack } from "./stack.ts";
import { UnacknowledgedAnswers } from "./unacknowledged.ts";

export type EndCause = (SessionEvent & { readonly kind: "ended" })["cause"];

/** The session that a dialog belongs to. */
export interface UsageOwner {
  emit(event: SessionEvent): void;
  /** A provisional response of ours waits for its PRACK. */
  readonly awaitsPrack: boolean;
  /** Whether a PRACK matches the provisional response that waits for one (RFC 3262 §3). */
  takePrack(request: SipRequest): boolean;
  /** The answer to a PRACK is sent, or an offer is settled: what had to wait for it may go. */
  proceed(): void;
  /** Nothing of the dialog is left to wait for. */
  release(usage: InviteUsage): void;
}

export type UsageOptions = {
  readonly stack: Stack;
  readonly owner: UsageOwner;
  readonly role: "uac" | "uas";
  readonly flow: Flow;
  /** Our Contact, a whole header value. */
  readonly contact: string;
  readonly login: DigestLogin | undefined;
  /** Put on every request of ours. */
  readonly dialogHeaders?: readonly ExtraHeader[] | undefined;
  readonly dialog: Dialog;
  /** The description in the INVITE; undefined: the first offer comes with a response. */
  readonly offer: string | undefined;
  /** Smallest session interval that a 422 told us, s. */
  readonly minimumSec?: number;
};

/**
 * What an INVITE makes of a dialog (RFC 5057 §3): everything that happens between the answer and the BYE, the same for both
 * roles. Early dialogs have one too; it may send and take requests other than re-INVITE and BYE.
 */
export class InviteUsage {
  readonly client: InDialogClient;
  readonly negotiation = new Negotiation();
  readonly timer: SessionTimer;
  readonly #options: UsageOptions;
  readonly #sender: OfferSender;
  readonly #receiver: OfferReceiver;
  readonly #unacknowledged: UnacknowledgedAnswers;
  #phase: "early" | "confirmed" | "closing" | "closed" = "early";
  #peerTakesUpdate = false;
  /** Sent as soon as our 2xx is acknowledged; before that no BYE may go (§15). */
  #byeHeaders: readonly ExtraHeader[] | undefined;
  #settleLateOffer: ((sdp: string | undefined) => void) | undefined;

  constructor(options: UsageOptions) {
    this.#options = options;
    const { stack, role, offer, dialogHeaders } = options;
    if (offer !== undefined) this.negotiation.propose(role === "uac" ? "ours" : "theirs", offer);
    this.client = new InDialogClient(stack, options.flow, options.dialog, options.login, dialogHeaders);
    this.#unacknowledged = new UnacknowledgedAnswers(stack.host, () => this.#ackTimeout());
    const { host, timerPolicy: policy } = stack;
    this.timer = new SessionTimer(
      { host, policy, refresh: () => this.#sender.refresh(), expired: () => this.#gone(408) },
      options.minimumSec,
    );
    const shared = {
      negotiation: this.negotiation,
      timer: this.timer,
      refreshHeaders: () => this.refreshHeaders(),
      emit: (event: SessionEvent) => this.#emit(event),
      refreshTarget: (message: MessageBase) => this.#refreshTarget(message),
    };
    this.#sender = new OfferSender({
      ...shared,
      stack,
      client: this.client,
      ownsCallId: role === "uac",
      mayOffer: (method) => this.isOpen && mayOffer(method, this.#traffic()),
      refreshMethod: () => (this.#peerTakesUpdate ? "UPDATE" : "INVITE"),
      lacksUpdate: () => {
        this.#peerTakesUpdate = false;
      },
      gone: (status) => this.#gone(status),
      owe: (settle) => this.owe(settle),
    });
    this.#receiver = new OfferReceiver({
      ...shared,
      host: stack.host,
      refusal: (method, hasOffer) => this.#refusal(method, hasOffer),
      awaitAck: (transaction, wire, cseq, carriesOffer) =>
        this.#unacknowledged.add(transaction, wire, cseq, { carriesOffer, announce: carriesOffer }),
      settled: () => {
        options.owner.proceed();
        this.#sender.resume();
      },
    });
  }

  get dialog(): Dialog {
    return this.client.dialog;
  }

  get isOpen(): boolean {
    return this.#phase === "early" || this.#phase === "confirmed";
  }

  /** An offer of the peer waits for our user's reply. */
  get isAsked(): boolean {
    return this.#receiver.asked !== undefined;
  }

  /** Contact, Allow and Supported: what requests and responses that refresh the remote target carry. */
  refreshHeaders(): readonly HeaderLine[] {
    return [["Contact", this.#options.contact], ...capabilities(this.#options.stack.options)];
  }

  /** What the peer says it can do, in a message that makes or refreshes the dialog. */
  learn(message: MessageBase): void {
    const allowed = message.values("allow");
    if (allowed.length > 0) this.#peerTakesUpdate = allowed.includes("UPDATE");
  }

  /** Offers may go that could not before. */
  resume(): void {
    this.#sender.resume();
  }

  /** UAC: the 2xx is there. Its dialog values replace those of the early dialog (RFC 3261 §13.2.2.4). */
  confirm(dialog: Dialog, response: SipResponse): void {
    const { localCSeq, remoteCSeq } = this.dialog;
    this.client.dialog = { ...dialog, localCSeq: Math.max(localCSeq, dialog.localCSeq), remoteCSeq };
    this.#phase = "confirmed";
    this.learn(response);
    this.timer.agree(response);
  }

  /** UAS: our 2xx was sent. It is sent again until its ACK comes. */
  answered(transaction: InviteServerTransaction, wire: string, cseq: number, carriesOffer: boolean): void {
    this.#phase = "confirmed";
    this.#unacknowledged.add(transaction, wire, cseq, { carriesOffer, announce: true });
  }

  /** `settle` is called by the next `settleLateOffer`, or without an answer when the session ends before. */
  owe(settle: (sdp: string | undefined) => void): void {
    this.#settleLateOffer = settle;
  }

  /** An offer of the peer waits for our answer, in an ACK or PRACK. */
  get owesAnswer(): boolean {
    return this.#settleLateOffer !== undefined;
  }

  settleLateOffer(sdp: string | undefined): void {
    const settle = this.#settleLateOffer;
    if (settle === undefined) return;
    this.#settleLateOffer = undefined;
    if (sdp === undefined) this.negotiation.restore();
    else this.negotiation.answer(sdp);
    settle(sdp);
    this.#sender.resume();
  }

  /** The ACK of a 2xx. */
  receiveAck(request: SipRequest): void {
    const waiting = this.#unacknowledged.take(request);
    if (waiting === undefined) return;
    const sdp = sdpOf(request);
    if (waiting.carriesOffer && this.negotiation.open === "ours") {
      if (sdp === undefined) this.negotiation.restore();
      else this.negotiation.answer(sdp);
    }
    if (waiting.announce) this.#emit({ kind: "acknowledged", sdp });
    if (this.#phase === "closing") {
      this.#sendByeWhenAllowed();
      return;
    }
    this.#sender.resume();
    this.#unacknowledged.proceed();
  }

  /** A re-INVITE; its 100 is already sent. */
  receiveInvite(transaction: InviteServerTransaction, request: SipRequest, flow: Flow): void {
    if (this.#admit(transaction, request, flow)) this.#receiver.receiveInvite(transaction, request);
  }

  /** Any other request inside the dialog, but for ACK and CANCEL. */
  receive(transaction: ServerTransaction, request: SipRequest, flow: Flow): void {
    if (!this.#admit(transaction, request, flow)) return;
    switch (request.method) {
      case "BYE":
        this.#receiveBye(transaction, request);
        break;
      case "UPDATE":
        this.#receiver.receiveUpdate(transaction, request);
        break;
      case "OPTIONS":
        transaction.respond(200, "OK", { headers: this.refreshHeaders() });
        break;
      case "PRACK":
        this.#receivePrack(transaction, request);
        break;
      default:
        this.#ask(transaction, request);
    }
  }

  offer(sdp: string | undefined, method: OfferMethod): void {
    this.#sender.offer(sdp, method);
  }

  request(
    method: string,
    headers: readonly ExtraHeader[],
    body: string,
    done: (response: SipResponse | undefined) => void,
  ): void {
    // For a peer whom our 2xx has not reached there is no dialog yet, and its 481 would end the call.
    if (this.isOpen && !this.#unacknowledged.isEmpty) {
      const go = (): void => this.request(method, headers, body, done);
      this.#unacknowledged.wait({ go, drop: () => done(undefined) });
      return;
    }
    this.client.request(method, headers, { headers: [], text: body }, (answer) => {
      if (answer.kind === "provisional") return;
      done(answer.kind === "final" ? answer.response : undefined);
      const status = answer.kind === "final" ? answer.response.status : answer.cause === "timeout" ? 408 : 0;
      if (status === 481 || status === 408) this.#gone(status);
    });
  }

  /** Ends the session from our side: BYE, at once or as soon as our 2xx is acknowledged. */
  hangup(headers: readonly ExtraHeader[]): void {
    if (this.isOpen) this.#close("local", headers);
  }

  /** Removes it without a word to the peer: no dialog came of it, or another fork won. */
  discard(): void {
    this.#quiet();
    this.#phase = "closed";
    this.#options.owner.release(this);
  }

  /** Our side ends it. The event comes first, the BYE when it may. */
  #close(cause: EndCause, headers: readonly ExtraHeader[]): void {
    this.#phase = "closing";
    this.#byeHeaders = headers;
    this.settleLateOffer(undefined);
    this.timer.stop();
    this.#sender.stop();
    this.#receiver.stop();
    this.#unacknowledged.dropWaiting();
    this.#sendByeWhenAllowed();
    this.#emitEnd(cause, undefined);
  }

  #sendByeWhenAllowed(): void {
    const headers = this.#byeHeaders;
    if (headers === undefined || !this.#unacknowledged.isEmpty) return;
    this.#byeHeaders = undefined;
    this.client.request("BYE", headers, NO_BODY, (answer) => {
      if (answer.kind !== "provisional") this.#release();
    });
  }

  #receiveBye(transaction: ServerTransaction, request: SipRequest): void {
    transaction.respond(200, "OK");
    const wasOpen = this.isOpen;
    this.#quiet();
    // A BYE of ours that crosses theirs still gets its answer; the dialog needs to stay for nothing else.
    this.#release();
    if (wasOpen) this.#emitEnd("bye", request);
  }

  /** RFC 3262 §3, §5: the 200 comes first, then whatever waited for the PRACK. */
  #receivePrack(transaction: ServerTransaction, request: SipRequest): void {
    const { owner, stack } = this.#options;
    const { negotiation } = this;
    if (!owner.takePrack(request)) {
      transaction.respond(481, "Call/Transaction Does Not Exist");
      return;
    }
    const sdp = sdpOf(request);
    if (negotiation.open === "ours") {
      transaction.respond(200, "OK");
      if (sdp === undefined) negotiation.restore();
      else negotiation.answer(sdp);
      this.#emit({ kind: "offer-answered", status: 200, sdp });
    } else if (sdp === undefined) transaction.respond(200, "OK");
    else if (negotiation.open === "none") this.#receiver.receivePrack(transaction, request, sdp);
    else refuseForNow(stack.host, transaction);
    owner.proceed();
    this.#sender.resume();
  }

  /** The peer does not know the dialog any more, or is silent (§12.2.1.2). To the silent one a BYE is sent, for its records. */
  #gone(status: number): void {
    if (!this.isOpen) return;
    if (status === 408) this.#close("gone", []);
    else {
      this.#quiet();
      this.#release();
      this.#emitEnd("gone", undefined);
    }
  }

  /** "If ... no ACK arrives, the dialog is confirmed, but the session SHOULD be terminated" with a BYE (§13.3.1.4), which says so (RFC 3326). */
  #ackTimeout(): void {
    if (this.#phase === "closing") this.#sendByeWhenAllowed();
    else if (this.isOpen) {
      this.#unacknowledged.stop();
      this.#close("ack-timeout", [["Reason", 'SIP;cause=408;text="ACK not received"']]);
    }
  }

  #quiet(): void {
    this.#unacknowledged.stop();
    this.#byeHeaders = undefined;
    this.settleLateOffer(undefined);
    this.timer.stop();
    this.#sender.stop();
    this.#receiver.stop();
    this.#unacknowledged.dropWaiting();
  }

  #release(): void {
    if (this.#phase === "closed") return;
    this.#phase = "closed";
    this.#options.owner.release(this);
  }

  /** False when the request is answered already. */
  #admit(transaction: ServerTransaction, request: SipRequest, flow: Flow): boolean {
    const admission = admitInDialog(this.dialog, request, this.isOpen, this.#options.stack);
    if (admission.kind === "refuse") {
      transaction.respond(admission.status, admission.reason, { headers: admission.headers ?? [] });
      return false;
    }
    this.client.dialog = admission.dialog;
    this.client.follow(flow);
    return true;
  }

  #ask(transaction: ServerTransaction, request: SipRequest): void {
    let guard: unknown;
    const respond = (status: number, reason = "OK", headers: readonly ExtraHeader[] = [], body?: string): void => {
      this.#options.stack.host.clearTimer(guard);
      transaction.respond(status, reason, { headers, ...(body === undefined ? {} : { body }) });
    };
    this.#emit({ kind: "request", request, respond });
    if (transaction.isOpen) {
      guard = this.#options.stack.host.setTimer(GIVE_UP_MS, () => respond(501, "Not Implemented"));
    }
  }

  #refusal(method: OfferMethod, hasOffer: boolean): 491 | 500 | undefined {
    const isTooMuch = this.#unacknowledged.isFull && (hasOffer || method === "INVITE");
    return refusalOf(method, hasOffer, this.#traffic()) ?? (isTooMuch ? 500 : undefined);
  }

  #traffic(): Traffic {
    const { role, owner } = this.#options;
    const { negotiation } = this;
    const asked = this.#receiver.asked;
    const initial = role === "uac" ? "ours" : "theirs";
    const ofTheirs = asked === "INVITE" ? "theirs" : "none";
    const running = this.#sender.hasInvite || this.owesAnswer ? "ours" : ofTheirs;
    const awaitsAck = !this.#unacknowledged.isEmpty || owner.awaitsPrack;
    return { negotiation, asked, awaitsAck, invite: this.#phase === "early" ? initial : running };
  }

  #refreshTarget(message: MessageBase): void {
    this.client.dialog = refreshTarget(this.dialog, message);
    this.learn(message);
  }

  #emit(event: SessionEvent): void {
    if (this.isOpen) this.#options.owner.emit(event);
  }

  #emitEnd(cause: EndCause, request: SipRequest | undefined): void {
    this.#options.owner.emit({ kind: "ended", cause, request });
  }
}
