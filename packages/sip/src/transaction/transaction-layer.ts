import type { Flow } from "../flow.ts";
import type { Host } from "../host.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import { readMessage } from "../message/read.ts";
import { copyString } from "../message/text.ts";
import { Unreadable } from "../message/unreadable.ts";
import { type HeaderLine, type ResponseExtras, writeRefusal, writeResponse } from "../message/write.ts";
import {
  type ClientTransaction,
  InviteClientTransaction,
  NonInviteClientTransaction,
  type Outcome,
} from "./client-transaction.ts";
import { clientKey, mergeKey, serverKey, statelessTag } from "./key.ts";
import { type OutgoingRequest, type Sending, writeRequest } from "./outgoing-request.ts";
import { InviteServerTransaction, NonInviteServerTransaction, type ServerTransaction } from "./server-transaction.ts";
import type { TransactionShell } from "./shell.ts";

/** What to do with a request that belongs to no transaction, decided before any state is made. */
export type Admission =
  /** Belongs to a dialog: taken even when new calls are refused. */
  | { readonly kind: "in-dialog" }
  | { readonly kind: "new" }
  | { readonly kind: "drop" }
  /** Answered without a transaction. */
  | {
      readonly kind: "refuse";
      readonly status: number;
      readonly reason: string;
      readonly headers?: readonly HeaderLine[];
    };

/** The user of the transactions: the user agent core. */
export interface TransactionUser {
  admit(request: SipRequest, flow: Flow): Admission;
  /** Whether what cannot be read deserves its refusal, if it is something that gets one. */
  admitUnreadable(unreadable: Unreadable, flow: Flow): boolean;
  onInvite(transaction: InviteServerTransaction, request: SipRequest, flow: Flow): void;
  onRequest(transaction: NonInviteServerTransaction, request: SipRequest, flow: Flow): void;
  /** The ACK of a 2xx. */
  onAck(request: SipRequest, flow: Flow): void;
}

export type TransactionLayerOptions = {
  readonly product: string;
  /** Most server transactions kept at once; dialogs have a quarter more in reserve, so that calls can always be ended. */
  readonly maxTransactions: number;
  /** Largest request that goes over UDP when `overStream` has another way for it. */
  readonly maxUdpRequestBytes: number;
  /** The same request over a stream, or undefined when there is none. */
  overStream(request: OutgoingRequest): OutgoingRequest | undefined;
  readonly onMessage?: ((direction: "in" | "out", flow: Flow, wire: string) => void) | undefined;
};

/** Seconds after which a client refused for overload may come again. */
const RETRY_AFTER_SEC = "5";

/** Matches messages to transactions (RFC 3261 §17) and answers by itself what needs no user. Work per message is O(1). */
export class TransactionLayer implements TransactionShell {
  readonly host: Host;
  readonly #options: TransactionLayerOptions;
  readonly #user: TransactionUser;
  readonly #server: HeaderLine;
  readonly #inviteServers = new Map<string, InviteServerTransaction>();
  readonly #servers = new Map<string, NonInviteServerTransaction>();
  readonly #mergeKeys = new Set<string>();
  readonly #clients = new Map<string, ClientTransaction>();
  /** Client transactions without a final answer, by flow. */
  readonly #waiting = new Map<string, Set<ClientTransaction>>();

  constructor(host: Host, options: TransactionLayerOptions, user: TransactionUser) {
    this.host = host;
    this.#options = options;
    this.#user = user;
    this.#server = ["Server", options.product];
  }

  get clientCount(): number {
    return this.#clients.size;
  }

  get serverCount(): number {
    return this.#inviteServers.size + this.#servers.size;
  }

  /** One whole message. Bad input is answered or dropped. */
  receive(flow: Flow, text: string): void {
    this.#options.onMessage?.("in", flow, text);
    const message = readMessage(text);
    if (message instanceof Unreadable) {
      this.#receiveUnreadable(message, flow);
    } else if (message.kind === "response") this.#receiveResponse(message);
    else if (message.method === "ACK") this.#receiveAck(message, flow);
    else this.#receiveRequest(message, flow);
  }

  /** The flow cannot deliver: requests waiting on it fail at once. */
  flowFailed(flow: Flow, reason: string): void {
    for (const transaction of [...(this.#waiting.get(flowKey(flow)) ?? [])]) transaction.fail(reason);
  }

  /** Sends a request that has no transaction: the ACK of a 2xx. */
  sendAlone(request: OutgoingRequest): string {
    const wire = writeRequest(request);
    this.transmit(request.flow, wire);
    return wire;
  }

  invite(request: OutgoingRequest, onOutcome: (outcome: Outcome) => void): InviteClientTransaction {
    const key = clientKey(request.branch, "INVITE");
    const sending = this.#prepare(request);
    const transaction = new InviteClientTransaction(this, key, sending, onOutcome);
    this.#keep(transaction, sending.request.flow);
    return transaction;
  }

  send(request: OutgoingRequest, onOutcome: (outcome: Outcome) => void): NonInviteClientTransaction {
    const key = clientKey(request.branch, request.method);
    const sending = this.#prepare(request);
    const transaction = new NonInviteClientTransaction(this, key, sending, onOutcome);
    this.#keep(transaction, sending.request.flow);
    return transaction;
  }

  transmit(flow: Flow, wire: string): void {
    this.#options.onMessage?.("out", flow, wire);
    this.host.send(flow, wire);
  }

  dress(extras: ResponseExtras): ResponseExtras {
    return { ...extras, headers: [...(extras.headers ?? []), this.#server] };
  }

  settled(transaction: ClientTransaction, flow: Flow): void {
    const key = flowKey(flow);
    const waiting = this.#waiting.get(key);
    waiting?.delete(transaction);
    if (waiting?.size === 0) this.#waiting.delete(key);
  }

  moved(transaction: ClientTransaction, from: Flow, to: Flow): void {
    this.settled(transaction, from);
    this.#watch(transaction, to);
  }

  forgetClient(transaction: ClientTransaction): void {
    this.#clients.delete(transaction.key);
  }

  forgetServer(transaction: ServerTransaction): void {
    if (transaction instanceof InviteServerTransaction) this.#inviteServers.delete(transaction.key);
    else this.#servers.delete(transaction.key);
    if (transaction.mergeKey !== undefined) this.#mergeKeys.delete(transaction.mergeKey);
  }

  /** §18.1.1: a request too large for a datagram goes over a stream, and over UDP when that fails. */
  #prepare(request: OutgoingRequest): Sending {
    const sending = { request, wire: writeRequest(request) };
    if (request.flow.transport !== "udp" || sending.wire.length <= this.#options.maxUdpRequestBytes) return sending;
    const streamed = this.#options.overStream(request);
    return streamed === undefined ? sending : { request: streamed, wire: writeRequest(streamed), fallback: sending };
  }

  #keep(transaction: ClientTransaction, flow: Flow): void {
    this.#clients.set(transaction.key, transaction);
    this.#watch(transaction, flow);
  }

  #watch(transaction: ClientTransaction, flow: Flow): void {
    const key = flowKey(flow);
    const waiting = this.#waiting.get(key);
    if (waiting) waiting.add(transaction);
    else this.#waiting.set(key, new Set([transaction]));
  }

  #receiveUnreadable(unreadable: Unreadable, flow: Flow): void {
    if (!this.#user.admitUnreadable(unreadable, flow)) return;
    const wire = writeRefusal(unreadable, flow, this.host.randomHex(8));
    if (wire !== undefined) this.transmit(flow, wire);
  }

  #receiveResponse(response: SipResponse): void {
    const { branch } = response.via;
    // A second Via means that it was meant for somebody before us (§8.1.3.3).
    if (branch === undefined || response.values("via").length !== 1) return;
    this.#clients.get(clientKey(branch, response.cseq.method))?.receive(response);
  }

  #receiveAck(request: SipRequest, flow: Flow): void {
    const invite = this.#inviteServers.get(serverKey(request));
    if (invite === undefined || invite.receiveAck()) this.#user.onAck(request, flow);
  }

  #receiveRequest(request: SipRequest, flow: Flow): void {
    const key = serverKey(request);
    const running = this.#inviteServers.get(key) ?? this.#servers.get(key);
    const cancelled = request.method === "CANCEL" && this.#inviteServers.get(serverKey(request, "INVITE"));
    if (running) running.resend();
    else if (cancelled) this.#cancel(cancelled, key, request, flow);
    else this.#receiveNew(key, request, flow);
  }

  #receiveNew(key: string, request: SipRequest, flow: Flow): void {
    const admission = this.#user.admit(request, flow);
    if (admission.kind === "drop") return;
    const merge = mergeKey(request);
    if (admission.kind === "refuse") {
      this.#refuse(request, flow, admission.status, admission.reason, admission.headers);
    } else if (this.#isFull(admission.kind === "in-dialog")) {
      this.#refuse(request, flow, 503, "Service Unavailable", [["Retry-After", RETRY_AFTER_SEC]]);
    } else if (merge !== undefined && this.#mergeKeys.has(merge)) {
      this.#refuse(request, flow, 482, "Loop Detected");
    } else {
      const keptMerge = merge === undefined ? undefined : copyString(merge);
      if (keptMerge !== undefined) this.#mergeKeys.add(keptMerge);
      this.#start(copyString(key), keptMerge, request, flow);
    }
  }

  #isFull(inDialog: boolean): boolean {
    const { maxTransactions } = this.#options;
    return this.serverCount >= maxTransactions * (inDialog ? 1.25 : 1);
  }

  #start(key: string, merge: string | undefined, request: SipRequest, flow: Flow): void {
    const back = responseFlow(request, flow);
    if (request.method === "INVITE") {
      const transaction = new InviteServerTransaction(this, key, merge, request, back);
      this.#inviteServers.set(key, transaction);
      this.#user.onInvite(transaction, request, flow);
    } else {
      const transaction = new NonInviteServerTransaction(this, key, merge, request, back);
      this.#servers.set(key, transaction);
      this.#user.onRequest(transaction, request, flow);
    }
  }

  /** §9.2: the CANCEL is answered 200 whether or not it still has an effect. */
  #cancel(invite: InviteServerTransaction, key: string, request: SipRequest, flow: Flow): void {
    const transaction = new NonInviteServerTransaction(
      this,
      copyString(key),
      undefined,
      request,
      responseFlow(request, flow),
    );
    this.#servers.set(transaction.key, transaction);
    transaction.respond(200, "OK", { toTag: invite.toTag });
    invite.onCancel?.(request);
  }

  /** A response without a transaction (§8.2.7). */
  #refuse(request: SipRequest, flow: Flow, status: number, reason: string, headers: readonly HeaderLine[] = []): void {
    const toTag = statelessTag(this.host, request);
    const back = responseFlow(request, flow);
    this.transmit(back, writeResponse(request, back, status, reason, this.dress({ toTag, headers })));
  }
}

/**
 * Where responses go (§18.2.2, RFC 3581 §4): back over the connection; over UDP to the source address, and to its port if the
 * client asked with `rport`, else to the port of sent-by. `maddr` is not obeyed: it would let a stranger aim us at others.
 */
function responseFlow(request: SipRequest, flow: Flow): Flow {
  if (flow.transport !== "udp" || request.via.params.has("rport")) return flow;
  const remotePort = request.via.port ?? 5060;
  return remotePort === flow.remotePort ? flow : { ...flow, remotePort };
}

function flowKey(flow: Flow): string {
  return `${flow.transport} ${flow.remoteAddress} ${flow.remotePort} ${flow.connection ?? ""}`;
}
