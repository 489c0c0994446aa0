import { belongsTo, type Dialog } from "../dialog/dialog.ts";
import type { DigestLogin } from "../digest/answer.ts";
import type { Flow } from "../flow.ts";
import type { TimerHandle } from "../host.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import { copyString } from "../message/text.ts";
import type { HeaderLine } from "../message/write.ts";
import type { InviteServerTransaction } from "../transaction/server-transaction.ts";
import { sdpOf } from "./body.ts";
import type { ExtraHeader, SessionEvent } from "./events.ts";
import { InviteUsage, type UsageOwner } from "./invite-usage.ts";
import { KeptRequest } from "./kept-request.ts";
import type { OfferMethod } from "./offer-sender.ts";
import { type Progress, ReliableResponses } from "./reliable-responses.ts";
import { type DialogOwner, ourContact, type Stack } from "./stack.ts";
import type { Session, UserAgentOptions } from "./user-agent.types.ts";

/** How often a provisional response is sent again, so that no proxy on the way gives up (RFC 3261 §13.3.1.1). */
const REMIND_MS = 60_000;

/** Whether the caller wants its provisional responses reliable (RFC 3262 §3). */
type Reliability = "none" | "wished" | "required";

function reliabilityOf(invite: SipRequest, options: UserAgentOptions): Reliability {
  const lists = (key: string): boolean => invite.values(key).some((tag) => tag.toLowerCase() === "100rel");
  if (!options.supported.includes("100rel")) return "none";
  if (lists("require")) return "required";
  return options.reliableProgress === "when-supported" && lists("supported") ? "wished" : "none";
}

/** The server half of an INVITE session (RFC 3261 §13.3). */
export class UasSession implements Session, UsageOwner, DialogOwner {
  readonly role = "uas";
  readonly callId: string;
  readonly flow: Flow;
  readonly localTag: string;
  readonly remoteTag: string | undefined;
  onEvent: (event: SessionEvent) => void = () => undefined;
  readonly #stack: Stack;
  readonly #usage: InviteUsage;
  readonly #invite: KeptRequest;
  readonly #reliability: Reliability;
  #recordRoutes: readonly HeaderLine[];
  /** Undefined once the final response is given. */
  #transaction: InviteServerTransaction | undefined;
  #state: Session["state"] = "calling";
  #reminder: TimerHandle;
  #reliable: ReliableResponses | undefined;
  /** Given by the user, held back by RFC 3262 §3. */
  #answer: { readonly sdp: string | undefined; readonly headers: readonly ExtraHeader[] } | undefined;

  constructor(stack: Stack, transaction: InviteServerTransaction, request: SipRequest, flow: Flow, dialog: Dialog) {
    this.#stack = stack;
    this.#transaction = transaction;
    this.#invite = new KeptRequest(request);
    this.flow = flow;
    this.callId = dialog.callId;
    this.localTag = dialog.localTag;
    this.remoteTag = dialog.remoteTag === "" ? undefined : dialog.remoteTag;
    this.#recordRoutes = request.all("record-route").map((value) => ["Record-Route", value] as const);
    const contact = copyString(ourContact(stack, flow, request.target?.user));
    const offer = sdpOf(request);
    this.#usage = new InviteUsage({ stack, owner: this, role: "uas", flow, contact, login: undefined, dialog, offer });
    this.#usage.learn(request);
    this.#reliability = reliabilityOf(request, stack.options);
    transaction.toTag = dialog.localTag;
    transaction.onCancel = (cancel) => this.#cancelled(cancel);
    stack.sessions.set(this.localTag, this);
  }

  get state(): Session["state"] {
    return this.#state;
  }

  get invite(): SipRequest {
    return this.#invite.get();
  }

  usageFor(callId: string, remoteTag: string | undefined): InviteUsage | undefined {
    return belongsTo(this.#usage.dialog, callId, remoteTag) ? this.#usage : undefined;
  }

  authenticateAs(login: DigestLogin): void {
    this.#usage.client.login = login;
  }

  progress(status: number, reason = "Session Progress", sdp?: string, headers: readonly ExtraHeader[] = []): void {
    if (this.#transaction === undefined || this.#answer !== undefined || status <= 100 || status >= 200) return;
    this.#state = "early";
    const progress = { status, reason, sdp, headers };
    // The first reliable response to an INVITE without offer has to bring one (RFC 3261 §13.2.1).
    const { open, agreed } = this.#usage.negotiation;
    const isWanting = sdp === undefined && open === "none" && agreed === undefined;
    if (this.#reliability !== "none" && !isWanting) this.#reliableResponses().send(progress);
    else if (this.#reliability !== "required") this.#sendProgress(progress, agreed === undefined ? sdp : undefined, []);
  }

  answer(sdp: string | undefined, headers: readonly ExtraHeader[] = []): void {
    // Without a transaction this is the answer to a late offer of the peer's, in the ACK of our re-INVITE.
    if (this.#transaction === undefined) this.#usage.settleLateOffer(sdp);
    else {
      this.#answer ??= { sdp, headers };
      this.proceed();
    }
  }

  reject(status: number, reason: string, headers: readonly ExtraHeader[] = []): void {
    if (this.#transaction === undefined || status < 300 || status > 699) return;
    this.#transaction.respond(status, reason, { headers });
    this.#failed();
  }

  turnAway(status: number, reason: string, headers: readonly ExtraHeader[] = []): void {
    if (this.#transaction === undefined || status < 300 || status > 699) return;
    this.#transaction.respondAndForget(status, reason, { headers });
    this.#failed();
  }

  drop(): void {
    if (this.#transaction === undefined) return;
    this.#transaction.drop();
    this.#failed();
  }

  /** A UAS has nothing to cancel. */
  cancel(): void {}

  offer(sdp: string | undefined, method: OfferMethod = "INVITE"): void {
    this.#usage.offer(sdp, method);
  }

  request(
    method: string,
    headers: readonly ExtraHeader[],
    body: string,
    done: (response: SipResponse | undefined) => void = () => undefined,
  ): void {
    this.#usage.request(method, headers, body, done);
  }

  hangup(headers: readonly ExtraHeader[] = []): void {
    if (this.#transaction !== undefined) this.reject(480, "Temporarily Unavailable", headers);
    else this.#usage.hangup(headers);
  }

  emit(event: SessionEvent): void {
    if (event.kind === "acknowledged" && this.#state === "answered") {
      this.#state = "confirmed";
      this.#invite.shrink();
    }
    if (event.kind === "ended") {
      // A BYE for an early dialog is as good as a CANCEL (RFC 3261 §15).
      if (this.#transaction !== undefined) {
        if (event.request === undefined) this.reject(480, "Temporarily Unavailable");
        else this.#cancelled(event.request);
        return;
      }
      this.#state = "ended";
    }
    this.onEvent(event);
  }

  get awaitsPrack(): boolean {
    return this.#reliable?.isUnderWay === true;
  }

  takePrack(request: SipRequest): boolean {
    return this.#reliable?.acknowledge(request) === true;
  }

  proceed(): void {
    if (this.#transaction === undefined) return;
    if (this.#answer === undefined) this.#reliable?.resume();
    else if (this.#reliable?.blocksAnswer !== true && !this.#usage.isAsked)
      this.#sendAnswer(this.#transaction, this.#answer);
  }

  release(): void {
    this.#stack.sessions.delete(this.localTag);
  }

  #sendAnswer(
    transaction: InviteServerTransaction,
    { sdp, headers }: { readonly sdp: string | undefined; readonly headers: readonly ExtraHeader[] },
  ): void {
    const { invite } = this;
    const { negotiation, timer } = this.#usage;
    const said = negotiation.speak(sdp);
    const extras = this.#dialogExtras(said, [...timer.answer(invite), ...headers]);
    const wire = transaction.respond(200, "OK", extras);
    this.#settled();
    if (wire === undefined) return;
    // Answered without a description: nothing was agreed, and the next offer may come from either side.
    if (negotiation.agreed === undefined && negotiation.open === "theirs") negotiation.restore();
    this.#state = "answered";
    const carriesOffer = said !== undefined && negotiation.open === "ours";
    this.#usage.answered(transaction, wire, invite.cseq.number, carriesOffer);
  }

  #reliableResponses(): ReliableResponses {
    this.#reliable ??= new ReliableResponses({
      host: this.#stack.host,
      cseq: this.invite.cseq.number,
      send: (progress, rseq) => {
        const said = this.#usage.negotiation.speak(progress.sdp);
        this.#sendProgress(progress, said, [
          ["Require", "100rel"],
          ["RSeq", String(rseq)],
        ]);
        return said !== undefined;
      },
      resend: () => this.#transaction?.resend(),
      // "SHOULD reject the original request with a 5xx response" (RFC 3262 §3).
      expired: () => this.reject(504, "Server Time-out"),
    });
    return this.#reliable;
  }

  #sendProgress(progress: Progress, sdp: string | undefined, more: readonly ExtraHeader[]): void {
    const { status, reason, headers } = progress;
    this.#transaction?.respond(status, reason, this.#dialogExtras(sdp, [...more, ...headers]));
    this.#remind();
  }

  #dialogExtras(sdp: string | undefined, headers: readonly ExtraHeader[]): { headers: HeaderLine[]; body?: string } {
    const all = [...this.#recordRoutes, ...this.#usage.refreshHeaders(), ...headers];
    return sdp === undefined ? { headers: all } : { headers: all, body: sdp };
  }

  #cancelled(cancel: SipRequest): void {
    this.#transaction?.respond(487, "Request Terminated");
    this.#settled();
    this.onEvent({ kind: "cancelled", request: cancel });
    this.#failed();
  }

  #failed(): void {
    this.#settled();
    this.#usage.discard();
    this.emit({ kind: "ended", cause: "failed", request: undefined });
  }

  #settled(): void {
    this.#transaction = undefined;
    this.#answer = undefined;
    this.#recordRoutes = [];
    this.#reliable?.stop();
    this.#stack.host.clearTimer(this.#reminder);
  }

  #remind(): void {
    this.#stack.host.clearTimer(this.#reminder);
    this.#reminder = this.#stack.host.setTimer(REMIND_MS, () => {
      this.#transaction?.resend();
      this.#remind();
    });
  }
}
