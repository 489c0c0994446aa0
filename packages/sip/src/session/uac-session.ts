import { belongsTo, type Dialog, dialogFromResponse } from "../dialog/dialog.ts";
import type { Flow } from "../flow.ts";
import { Malformed } from "../malformed.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import { parseNameAddr } from "../message/name-addr.ts";
import { parseSipUri } from "../message/uri.ts";
import type { HeaderLine } from "../message/write.ts";
import type { InviteClientTransaction, Outcome } from "../transaction/client-transaction.ts";
import type { OutgoingRequest } from "../transaction/outgoing-request.ts";
import { Acknowledger } from "./acknowledger.ts";
import { authorize, credentialsOf, MAX_ATTEMPTS } from "./authorize.ts";
import { sdpBody, sdpOf } from "./body.ts";
import type { ExtraHeader, SessionEvent } from "./events.ts";
import { InviteUsage, type UsageOwner } from "./invite-usage.ts";
import { KeptRequest } from "./kept-request.ts";
import type { OfferMethod } from "./offer-sender.ts";
import { ReliableProgress } from "./reliable-progress.ts";
import { askTimer, LEAST_INTERVAL_SEC, minimumOf } from "./session-expires.ts";
import { capabilities, type DialogOwner, newTag, newVia, ourContact, type Stack } from "./stack.ts";
import type { OutgoingInvite, Session } from "./user-agent.types.ts";

/** Most early dialogs of one INVITE; what further forks say is told to the user, but they cannot be talked to. */
const MAX_EARLY_DIALOGS = 16;

/** An early dialog: one fork that has answered provisionally. */
type Early = { readonly usage: InviteUsage; readonly reliable: ReliableProgress };

/** The client half of an INVITE session (RFC 3261 §13.2). */
export class UacSession implements Session, UsageOwner, DialogOwner {
  readonly role = "uac";
  readonly callId: string;
  readonly flow: Flow;
  readonly localTag: string;
  onEvent: (event: SessionEvent) => void;
  readonly #stack: Stack;
  readonly #wanted: OutgoingInvite;
  readonly #contact: string;
  /** By remote tag, while no 2xx has come. */
  readonly #early = new Map<string, Early>();
  #sent: OutgoingRequest;
  #invite: KeptRequest;
  #transaction: InviteClientTransaction;
  #attempt = 1;
  #state: Session["state"] = "calling";
  /** The dialog of the 2xx. */
  #usage: InviteUsage | undefined;
  #cancelHeaders: readonly ExtraHeader[] | undefined;
  #isTryingTold = false;
  /** The smallest session interval that a 422 told us, s. */
  #minimumSec = LEAST_INTERVAL_SEC;

  constructor(stack: Stack, wanted: OutgoingInvite, onEvent: (event: SessionEvent) => void) {
    this.#stack = stack;
    this.#wanted = wanted;
    this.onEvent = onEvent;
    this.flow = wanted.flow;
    this.localTag = newTag(stack);
    this.callId = wanted.callId ?? stack.host.randomHex(16);
    this.#contact = wanted.contact ?? ourContact(stack, wanted.flow, userOf(wanted.from));
    stack.sessions.set(this.localTag, this);
    this.#sent = this.#compose(1, []);
    this.#transaction = stack.transactions.invite(this.#sent, (outcome) => this.#receive(outcome));
    this.#invite = new KeptRequest(this.#transaction.wire);
  }

  get state(): Session["state"] {
    return this.#state;
  }

  get invite(): SipRequest {
    return this.#invite.get();
  }

  get remoteTag(): string | undefined {
    return this.#usage?.dialog.remoteTag || undefined;
  }

  usageFor(callId: string, remoteTag: string | undefined): InviteUsage | undefined {
    const usage = this.#usage ?? this.#early.get(remoteTag ?? "")?.usage;
    return usage !== undefined && belongsTo(usage.dialog, callId, remoteTag) ? usage : undefined;
  }

  /** A UAC was given its credentials with the INVITE. */
  authenticateAs(): void {}

  /** A UAC makes no progress of its own. */
  progress(): void {}

  /** The answer to a late offer: goes out in the ACK, or in the PRACK when the offer came in a reliable 1xx. */
  answer(sdp: string | undefined): void {
    const usage = this.#usage ?? [...this.#early.values()].find((early) => early.usage.owesAnswer)?.usage;
    usage?.settleLateOffer(sdp);
    if (this.#state === "answered") this.#state = "confirmed";
  }

  /** A UAC has nothing to refuse. */
  reject(): void {}

  turnAway(): void {}

  /** Nor to drop. */
  drop(): void {}

  cancel(headers: readonly ExtraHeader[] = []): void {
    if (this.#state !== "calling" && this.#state !== "early") return;
    this.#cancelHeaders ??= headers;
    this.#cancelWhenAllowed();
  }

  offer(sdp: string | undefined, method: OfferMethod = "INVITE"): void {
    const usage = this.#anyUsage();
    if (usage !== undefined) usage.offer(sdp, method);
    else if (this.#state === "calling") this.onEvent({ kind: "offer-answered", status: 481, sdp: undefined });
  }

  request(
    method: string,
    headers: readonly ExtraHeader[],
    body: string,
    done: (response: SipResponse | undefined) => void = () => undefined,
  ): void {
    const usage = this.#anyUsage();
    if (usage === undefined) done(undefined);
    else usage.request(method, headers, body, done);
  }

  hangup(headers: readonly ExtraHeader[] = []): void {
    if (this.#usage === undefined) this.cancel(headers);
    else this.#usage.hangup(headers);
  }

  emit(event: SessionEvent): void {
    if (this.#usage === undefined && event.kind === "ended") {
      // BYE on an early dialog: we lost its 2xx. What is left of the INVITE has no use any more.
      this.cancel();
      return;
    }
    if (this.#state === "ended") return;
    if (event.kind === "ended") this.#state = "ended";
    this.onEvent(event);
  }

  /** A UAC sends no provisional responses. */
  readonly awaitsPrack = false;

  takePrack(): boolean {
    return false;
  }

  proceed(): void {}

  release(usage: InviteUsage): void {
    if (usage === this.#usage) this.#stack.sessions.delete(this.localTag);
    else this.#early.delete(usage.dialog.remoteTag);
  }

  #compose(cseq: number, credentials: readonly HeaderLine[]): OutgoingRequest {
    const { flow, requestUri, from, to, maxForwards = 70, maxBreadth, headers = [], sdp } = this.#wanted;
    const { options, timerPolicy } = this.#stack;
    const supported = this.#wanted.supported ?? options.supported;
    const body = sdpBody(sdp);
    const lines: HeaderLine[] = [["Contact", this.#contact], ...capabilities({ ...options, supported })];
    lines.push(["User-Agent", options.product]);
    if (maxBreadth !== undefined) lines.push(["Max-Breadth", String(maxBreadth)]);
    if (supported.includes("timer")) lines.push(...askTimer(timerPolicy, undefined, this.#minimumSec));
    lines.push(...credentials, ...headers, ...body.headers);
    return {
      ...newVia(this.#stack, flow),
      flow,
      method: "INVITE",
      requestUri,
      from: `${from};tag=${this.localTag}`,
      to,
      callId: this.callId,
      cseq,
      maxForwards,
      routes: [],
      headers: lines,
      body: body.text,
    };
  }

  #receive(outcome: Outcome): void {
    if (outcome.kind === "timeout") this.#fail("timeout", 408, "Request Timeout", undefined);
    else if (outcome.kind === "transport")
      this.#fail("transport", 503, "Service Unavailable", undefined, outcome.reason);
    else if (outcome.response.status < 200) this.#receiveProvisional(outcome.response);
    else if (outcome.response.status < 300) this.#succeed(outcome.response);
    else this.#refused(outcome.response);
  }

  #receiveProvisional(response: SipResponse): void {
    this.#cancelWhenAllowed();
    if (response.status > 100) this.#progressed(response);
    else if (!this.#isTryingTold && this.#state === "calling") {
      this.#isTryingTold = true;
      this.onEvent({ kind: "trying" });
    }
  }

  #progressed(response: SipResponse): void {
    const earlyTag = response.to.params.get("tag") ?? "";
    const early = earlyTag === "" ? undefined : this.#earlyDialog(earlyTag, response);
    const sdp = sdpOf(response);
    if (early?.reliable.take(response) === "again") return;
    this.#state = "early";
    if (this.#cancelHeaders !== undefined) return;
    const { status, reason } = response;
    this.onEvent({ kind: "progress", status, reason, earlyTag, sdp, response });
    early?.usage.resume();
  }

  #earlyDialog(tag: string, response: SipResponse): Early | undefined {
    const known = this.#early.get(tag);
    if (known !== undefined || this.#early.size >= MAX_EARLY_DIALOGS) return known;
    const usage = this.#newUsage(dialogFromResponse(response, this.#wanted.requestUri));
    const { client, negotiation } = usage;
    const isLate = this.#wanted.sdp === undefined;
    const reliable = new ReliableProgress({
      client,
      owe: (settle) => usage.owe(settle),
      hear: (sdp) => negotiation.hear(sdp, isLate),
    });
    const early = { usage, reliable };
    usage.learn(response);
    this.#early.set(tag, early);
    return early;
  }

  #newUsage(dialog: Dialog): InviteUsage {
    const { credentials, sdp, dialogHeaders } = this.#wanted;
    return new InviteUsage({
      stack: this.#stack,
      owner: this,
      role: "uac",
      flow: this.flow,
      contact: this.#contact,
      login: credentials,
      dialogHeaders,
      dialog,
      offer: sdp,
      minimumSec: this.#minimumSec,
    });
  }

  #succeed(response: SipResponse): void {
    const dialog = dialogFromResponse(response, this.#wanted.requestUri);
    const { remoteTag } = dialog;
    const usage = this.#early.get(remoteTag)?.usage ?? this.#newUsage(dialog);
    this.#early.delete(remoteTag);
    this.#discardEarly();
    usage.confirm(dialog, response);
    this.#usage = usage;
    this.#invite.shrink();
    const acknowledger = new Acknowledger(this.#stack, this.#transaction, this.#sent, remoteTag);
    const sent = this.#sent;
    const acknowledge = (answer: string | undefined): void =>
      usage.client.acknowledge(sent, sdpBody(answer), (ack) => acknowledger.acknowledge(ack, remoteTag));
    const sdp = sdpOf(response);
    if (this.#cancelHeaders !== undefined) {
      acknowledge(undefined);
      this.#endUnwanted(usage, response);
      return;
    }
    const { negotiation } = usage;
    const isFirst = negotiation.agreed === undefined;
    if (sdp !== undefined && negotiation.hear(sdp, this.#wanted.sdp === undefined) === "offer") {
      this.#state = "answered";
      usage.owe(acknowledge);
      this.onEvent({ kind: "answer", sdp, response });
      return;
    }
    // An answer that never came: the next offer has to make up for it.
    if (isFirst && negotiation.open === "ours") negotiation.restore();
    this.#state = "confirmed";
    acknowledge(undefined);
    this.onEvent({ kind: "answer", sdp: negotiation.agreed?.remote ?? sdp, response });
  }

  /** A 2xx that crossed our CANCEL: the dialog exists and has to be ended (§15: by BYE). For the user the CANCEL has won. */
  #endUnwanted(usage: InviteUsage, response: SipResponse): void {
    this.#state = "ended";
    usage.hangup(this.#cancelHeaders ?? []);
    this.onEvent({ kind: "fail", cause: "cancelled", status: 487, reason: "Request Terminated", response });
    this.onEvent({ kind: "ended", cause: "failed", request: undefined });
  }

  #refused(response: SipResponse): void {
    const again = this.#cancelHeaders === undefined ? this.#secondTry(response) : undefined;
    if (again === undefined) {
      this.#fail("response", response.status, response.reason, response);
      return;
    }
    this.#discardEarly();
    this.#attempt++;
    this.#sent = this.#compose(this.#sent.cseq + 1, again);
    this.#transaction = this.#stack.transactions.invite(this.#sent, (outcome) => this.#receive(outcome));
    this.#invite = new KeptRequest(this.#transaction.wire);
  }

  /** The credentials with which the INVITE may go once more; undefined when the refusal is final. */
  #secondTry(response: SipResponse): readonly HeaderLine[] | undefined {
    const { host, timerPolicy } = this.#stack;
    if (response.status !== 422) return authorize(host, this.#wanted.credentials, response, this.#sent, this.#attempt);
    // RFC 4028 §7.3; a second 422 must ask for more than the first, or the two would never agree.
    const minimumSec = minimumOf(response);
    if (timerPolicy === undefined || minimumSec <= this.#minimumSec || this.#attempt >= MAX_ATTEMPTS) return undefined;
    this.#minimumSec = minimumSec;
    return credentialsOf(this.#sent);
  }

  #fail(
    cause: "response" | "timeout" | "transport",
    status: number,
    reason: string,
    response: SipResponse | undefined,
    detail?: string,
  ): void {
    this.#discardEarly();
    this.#stack.sessions.delete(this.localTag);
    this.#state = "ended";
    const isCancelled = this.#cancelHeaders !== undefined && (status === 487 || response === undefined);
    if (isCancelled)
      this.onEvent({ kind: "fail", cause: "cancelled", status: 487, reason: "Request Terminated", response });
    else this.onEvent({ kind: "fail", cause, status, reason, response, ...(detail === undefined ? {} : { detail }) });
    this.onEvent({ kind: "ended", cause: "failed", request: undefined });
  }

  #cancelWhenAllowed(): void {
    if (this.#cancelHeaders !== undefined) this.#transaction.cancel(this.#cancelHeaders);
  }

  #discardEarly(): void {
    for (const { usage } of [...this.#early.values()]) usage.discard();
    this.#early.clear();
  }

  /** The dialog of the call, or the newest early one. */
  #anyUsage(): InviteUsage | undefined {
    return this.#usage ?? [...this.#early.values()].at(-1)?.usage;
  }
}

function userOf(from: string): string | undefined {
  const address = parseNameAddr(from);
  if (address instanceof Malformed) return undefined;
  const uri = parseSipUri(address.uri);
  return uri instanceof Malformed ? undefined : uri.user;
}
