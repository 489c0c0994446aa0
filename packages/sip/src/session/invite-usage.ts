import { acceptCSeq, type Dialog, refreshTarget } from "../dialog/dialog.ts";
import type { DigestLogin } from "../digest/answer.ts";
import type { Flow } from "../flow.ts";
import type { MessageBase, SipRequest, SipResponse } from "../message/message.ts";
import type { HeaderLine } from "../message/write.ts";
import type { InviteServerTransaction, ServerTransaction } from "../transaction/server-transaction.ts";
import { GIVE_UP_MS } from "../transaction/timers.ts";
import { AnswerRepeater } from "./answer-repeater.ts";
import { NO_BODY, sdpOf } from "./body.ts";
import type { ExtraHeader, SessionEvent } from "./events.ts";
import { InDialogClient } from "./in-dialog-client.ts";
import { OfferReceiver } from "./offer-receiver.ts";
import { type OfferMethod, OfferSender } from "./offer-sender.ts";
import { capabilities, type Stack } from "./stack.ts";
import { unsupportedExtensions } from "./unsupported.ts";

export type EndCause = (SessionEvent & { readonly kind: "ended" })["cause"];

/** The session that a dialog belongs to. */
export interface UsageOwner {
  emit(event: SessionEvent): void;
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
  readonly dialog: Dialog;
};

/** A 2xx of ours without its ACK. */
type Unacknowledged = {
  readonly repeater: AnswerRepeater;
  /** The ACK has to bring the answer. */
  readonly carriesOffer: boolean;
  /** The user wants to hear of the ACK. */
  readonly announce: boolean;
};

/** Answers of ours without ACK in one dialog: the one before a re-INVITE that overtook the ACK, and its own. */
const MAX_UNACKNOWLEDGED = 2;

/**
 * What an INVITE makes of a dialog (RFC 5057 §3): everything that happens between the answer and the BYE, the same for both
 * roles. Early dialogs have one too; it may send and take requests other than re-INVITE and BYE.
 */
export class InviteUsage {
  readonly client: InDialogClient;
  readonly #options: UsageOptions;
  readonly #sender: OfferSender;
  readonly #receiver: OfferReceiver;
  /** By CSeq number. A re-INVITE may overtake the ACK before it (RFC 5407 §3.1.4). */
  readonly #unacknowledged = new Map<number, Unacknowledged>();
  #phase: "early" | "confirmed" | "closing" | "closed" = "early";
  /** The offer of the initial INVITE is answered for good: in a 2xx or a reliable 1xx. */
  #initialOfferSettled = false;
  /** Sent as soon as our 2xx is acknowledged; before that no BYE may go (§15). */
  #byeHeaders: readonly ExtraHeader[] | undefined;
  #settleLateOffer: ((sdp: string | undefined) => void) | undefined;
  /** Requests that wait for the ACK of our 2xx. */
  #waiting: readonly { send(): void; drop(): void }[] = [];

  constructor(options: UsageOptions) {
    this.#options = options;
    const { stack, role } = options;
    this.client = new InDialogClient(stack, options.flow, options.dialog, options.login);
    this.#sender = new OfferSender({
      stack,
      client: this.client,
      ownsCallId: role === "uac",
      mayOffer: (method) => this.#mayOffer(method),
      refreshHeaders: () => this.refreshHeaders(),
      emit: (event) => this.#emit(event),
      refreshTarget: (response) => this.#refreshTarget(response),
      gone: (status) => this.#gone(status),
      owe: (settle) => this.owe(settle),
    });
    this.#receiver = new OfferReceiver({
      host: stack.host,
      obstacle: () => this.#obstacle(),
      refreshHeaders: () => this.refreshHeaders(),
      emit: (event) => this.#emit(event),
      refreshTarget: (request) => this.#refreshTarget(request),
      awaitAck: (transaction, wire, cseq, carriesOffer) =>
        this.#awaitAck(transaction, wire, cseq, { carriesOffer, announce: carriesOffer }),
      settled: () => this.#sender.resume(),
    });
  }

  get dialog(): Dialog {
    return this.client.dialog;
  }

  get isOpen(): boolean {
    return this.#phase === "early" || this.#phase === "confirmed";
  }

  /** Contact, Allow and Supported: what requests and responses that refresh the remote target carry. */
  refreshHeaders(): readonly HeaderLine[] {
    return [["Contact", this.#options.contact], ...capabilities(this.#options.stack.options)];
  }

  /** A reliable provisional response brought the answer to our offer: UPDATE may carry offers from now on (RFC 3311 §5.1). */
  settleInitialOffer(): void {
    this.#initialOfferSettled = true;
    this.#sender.resume();
  }

  /** UAC: the 2xx is there. Its dialog values replace those of the early dialog (RFC 3261 §13.2.2.4). */
  confirm(dialog: Dialog): void {
    const { localCSeq, remoteCSeq } = this.dialog;
    this.client.dialog = { ...dialog, localCSeq: Math.max(localCSeq, dialog.localCSeq), remoteCSeq };
    this.#phase = "confirmed";
    this.#initialOfferSettled = true;
  }

  /** UAS: our 2xx was sent. It is sent again until its ACK comes. */
  answered(transaction: InviteServerTransaction, wire: string, cseq: number, carriesOffer: boolean): void {
    this.#phase = "confirmed";
    this.#initialOfferSettled = true;
    this.#awaitAck(transaction, wire, cseq, { carriesOffer, announce: true });
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
    this.#settleLateOffer = undefined;
    settle?.(sdp);
    this.#sender.resume();
  }

  /** The ACK of a 2xx. */
  receiveAck(request: SipRequest): void {
    const waiting = this.#unacknowledged.get(request.cseq.number);
    if (waiting === undefined) return;
    waiting.repeater.stop();
    this.#unacknowledged.delete(request.cseq.number);
    if (waiting.announce) this.#emit({ kind: "acknowledged", sdp: sdpOf(request) });
    if (this.#phase === "closing") this.#sendByeWhenAllowed();
    else this.#resume();
  }

  /** A re-INVITE; its 100 is already sent. */
  receiveInvite(transaction: InviteServerTransaction, request: SipRequest): void {
    if (this.#admit(transaction, request)) this.#receiver.receiveInvite(transaction, request);
  }

  /** Any other request inside the dialog, but for ACK and CANCEL. */
  receive(transaction: ServerTransaction, request: SipRequest): void {
    if (!this.#admit(transaction, request)) return;
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
        // We send no reliable provisional responses, so there is none that it could match (RFC 3262 §3).
        transaction.respond(481, "Call/Transaction Does Not Exist");
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
    if (this.isOpen && this.#unacknowledged.size > 0) {
      const wait = { send: () => this.request(method, headers, body, done), drop: () => done(undefined) };
      this.#waiting = [...this.#waiting, wait];
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
    this.#sender.stop();
    this.#receiver.stop();
    this.#dropWaiting();
    this.#sendByeWhenAllowed();
    this.#emitEnd(cause, undefined);
  }

  #sendByeWhenAllowed(): void {
    const headers = this.#byeHeaders;
    if (headers === undefined || this.#unacknowledged.size > 0) return;
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

  /** "If ... no ACK arrives, the dialog is confirmed, but the session SHOULD be terminated" with a BYE (§13.3.1.4). */
  #ackTimeout(cseq: number): void {
    this.#unacknowledged.delete(cseq);
    if (this.#phase === "closing") this.#sendByeWhenAllowed();
    else if (this.isOpen) {
      for (const { repeater } of this.#unacknowledged.values()) repeater.stop();
      this.#unacknowledged.clear();
      this.#close("ack-timeout", []);
    }
  }

  #quiet(): void {
    for (const { repeater } of this.#unacknowledged.values()) repeater.stop();
    this.#unacknowledged.clear();
    this.#byeHeaders = undefined;
    this.settleLateOffer(undefined);
    this.#sender.stop();
    this.#receiver.stop();
    this.#dropWaiting();
  }

  /** An ACK of ours has come: what waited for it may go. */
  #resume(): void {
    this.#sender.resume();
    if (this.#unacknowledged.size > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { send } of waiting) send();
  }

  #dropWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { drop } of waiting) drop();
  }

  #awaitAck(
    transaction: InviteServerTransaction,
    wire: string,
    cseq: number,
    expected: Pick<Unacknowledged, "carriesOffer" | "announce">,
  ): void {
    const repeater = new AnswerRepeater(
      this.#options.stack.host,
      () => transaction.repeat(wire),
      () => this.#ackTimeout(cseq),
    );
    this.#unacknowledged.set(cseq, { repeater, ...expected });
  }

  #release(): void {
    if (this.#phase === "closed") return;
    this.#phase = "closed";
    this.#options.owner.release(this);
  }

  /** CSeq, Require and method of an in-dialog request (§12.2.2, §8.2). False when it is answered already. */
  #admit(transaction: ServerTransaction, request: SipRequest): boolean {
    const { options } = this.#options.stack;
    const isBye = request.method === "BYE";
    const dialog = acceptCSeq(this.dialog, request.cseq.number);
    const unsupported = unsupportedExtensions(request, options);
    if (!this.isOpen && !isBye) {
      transaction.respond(481, "Call/Transaction Does Not Exist");
    } else if (dialog === undefined) {
      transaction.respond(500, "Server Internal Error");
    } else if (unsupported.length > 0 && !isBye) {
      transaction.respond(420, "Bad Extension", { headers: [["Unsupported", unsupported.join(", ")]] });
    } else if (!isBye && !options.allow.includes(request.method)) {
      transaction.respond(405, "Method Not Allowed", { headers: capabilities(options) });
    } else {
      this.client.dialog = dialog;
      return true;
    }
    return false;
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

  /** Only one INVITE or offer at a time, in either direction (§14.1); before the answer only when the first offer is settled. */
  #mayOffer(method: OfferMethod): boolean {
    if (!this.isOpen || (method === "INVITE" && this.#phase === "early")) return false;
    if (!this.#initialOfferSettled || this.#receiver.isUnderWay) return false;
    return this.#unacknowledged.size === 0 && this.#settleLateOffer === undefined;
  }

  #obstacle(): "ours" | "theirs" | undefined {
    if (!this.#initialOfferSettled) return this.#options.role === "uac" ? "ours" : "theirs";
    if (this.#sender.isUnderWay || this.#settleLateOffer !== undefined) return "ours";
    for (const { carriesOffer } of this.#unacknowledged.values()) if (carriesOffer) return "ours";
    return this.#unacknowledged.size < MAX_UNACKNOWLEDGED ? undefined : "theirs";
  }

  #refreshTarget(message: MessageBase): void {
    this.client.dialog = refreshTarget(this.dialog, message);
  }

  #emit(event: SessionEvent): void {
    if (this.isOpen) this.#options.owner.emit(event);
  }

  #emitEnd(cause: EndCause, request: SipRequest | undefined): void {
    this.#options.owner.emit({ kind: "ended", cause, request });
  }
}
