import { type Flow, isReliable } from "../flow.ts";
import type { SipRequest } from "../message/message.ts";
import { type ResponseExtras, writeResponse } from "../message/write.ts";
import * as invite from "./invite-server.ts";
import { statelessTag } from "./key.ts";
import * as nonInvite from "./non-invite-server.ts";
import type { TransactionShell } from "./shell.ts";
import { TimerSet } from "./timer-set.ts";

/** What both kinds of server transaction offer to their user. */
export interface ServerTransaction {
  readonly key: string;
  readonly mergeKey: string | undefined;
  /** False once a final response was given. */
  readonly isOpen: boolean;
  /** Writes and sends a response; returns its text, or undefined when a final response was already given. */
  respond(status: number, reason: string, extras?: ResponseExtras): string | undefined;
  /** Forgets the transaction at once, without an answer. */
  drop(): void;
  /** Sends the last response again, if there is one to send. */
  resend(): void;
}

/** The running INVITE server transaction: machine, timers and wire. Finished, it keeps its key and last response only. */
export class InviteServerTransaction implements ServerTransaction {
  readonly key: string;
  readonly mergeKey: string | undefined;
  /** The To tag of our responses; its CANCEL is answered with the same one (RFC 3261 §9.2). */
  toTag = "";
  /** A CANCEL came before the final response. The CANCEL itself is already answered. */
  onCancel: ((cancel: SipRequest) => void) | undefined;
  readonly #shell: TransactionShell;
  readonly #flow: Flow;
  readonly #timers: TimerSet<invite.Timer>;
  #request: SipRequest | undefined;
  #state: invite.State = invite.START;

  constructor(shell: TransactionShell, key: string, mergeKey: string | undefined, request: SipRequest, flow: Flow) {
    this.#shell = shell;
    this.key = key;
    this.mergeKey = mergeKey;
    this.#request = request;
    this.#flow = flow;
    this.#timers = new TimerSet(shell.host, (timer) => this.#step({ kind: "timer", timer }));
  }

  get isOpen(): boolean {
    return this.#request !== undefined;
  }

  /** Like the interface's; 100 Trying, which has no To tag and is sent by `trying`, goes ahead of the first one. */
  respond(status: number, reason: string, extras: ResponseExtras = {}): string | undefined {
    const request = this.#request;
    if (request === undefined) return undefined;
    this.trying();
    const wire = writeResponse(
      request,
      this.#flow,
      status,
      reason,
      this.#shell.dress({ toTag: this.toTag, ...extras }),
    );
    if (status >= 200) {
      this.#request = undefined;
      this.onCancel = undefined;
    }
    this.#step({ kind: "respond", status, wire });
    return wire;
  }

  /** Sends 100 Trying, with the client's Timestamp (§8.2.6.1), if nothing was sent yet. It stops the client's copies of the request. */
  trying(): void {
    const request = this.#request;
    if (request === undefined || !this.#isSilent) return;
    const timestamp = request.header("timestamp");
    const headers = timestamp === undefined ? [] : [["Timestamp", timestamp] as const];
    const wire = writeResponse(request, this.#flow, 100, "Trying", this.#shell.dress({ headers }));
    this.#step({ kind: "respond", status: 100, wire });
  }

  get #isSilent(): boolean {
    return this.#state.name === "proceeding" && this.#state.last === "";
  }

  /**
   * Answers once and forgets the transaction (§8.2.7, §26.3.2.4): a copy of the request starts over. After a provisional response, which
   * stops the client's copies, it is answered like any other.
   */
  respondAndForget(status: number, reason: string, extras: ResponseExtras = {}): void {
    const request = this.#request;
    if (request === undefined || !this.#isSilent) {
      this.respond(status, reason, extras);
      return;
    }
    const dressed = this.#shell.dress({ ...extras, toTag: statelessTag(this.#shell.host, request) });
    this.#shell.transmit(this.#flow, writeResponse(request, this.#flow, status, reason, dressed));
    this.#finish();
  }

  /** Sends the 2xx once more; its retransmission belongs to the session (§13.3.1.4). */
  repeat(wire: string): void {
    this.#step({ kind: "respond", status: 200, wire });
  }

  drop(): void {
    this.#finish();
  }

  /** Sends the last response again: the request was retransmitted, or proxies are to be kept waiting (§13.3.1.1). */
  resend(): void {
    this.#step({ kind: "invite" });
  }

  /** True when the ACK is for the session, that is for a 2xx. */
  receiveAck(): boolean {
    const outputs = this.#step({ kind: "ack" });
    return outputs.some((output) => output.kind === "deliver-ack");
  }

  #step(input: invite.Input): readonly invite.Output[] {
    const { state, outputs } = invite.step(this.#state, input, isReliable(this.#flow.transport));
    this.#state = state;
    for (const output of outputs) {
      if (output.kind === "send") this.#shell.transmit(this.#flow, output.wire);
      else if (output.kind === "set") this.#timers.set(output.timer, output.afterMs);
      else if (output.kind === "clear") this.#timers.clear(output.timer);
    }
    if (state.name === "terminated") this.#finish();
    return outputs;
  }

  #finish(): void {
    this.#timers.clearAll();
    this.#request = undefined;
    this.onCancel = undefined;
    this.#shell.forgetServer(this);
  }
}

/** The running non-INVITE server transaction. */
export class NonInviteServerTransaction implements ServerTransaction {
  readonly key: string;
  readonly mergeKey: string | undefined;
  readonly #shell: TransactionShell;
  readonly #flow: Flow;
  readonly #timers: TimerSet<nonInvite.Timer>;
  #request: SipRequest | undefined;
  #state: nonInvite.State;

  constructor(shell: TransactionShell, key: string, mergeKey: string | undefined, request: SipRequest, flow: Flow) {
    this.#shell = shell;
    this.key = key;
    this.mergeKey = mergeKey;
    this.#request = request;
    this.#flow = flow;
    this.#timers = new TimerSet(shell.host, (timer) => this.#step({ kind: "timer", timer }));
    const first = nonInvite.start();
    this.#state = first.state;
    this.#run(first.outputs);
  }

  get isOpen(): boolean {
    return this.#request !== undefined;
  }

  respond(status: number, reason: string, extras: ResponseExtras = {}): string | undefined {
    const request = this.#request;
    if (request === undefined) return undefined;
    const dressed = status === 100 ? extras : { toTag: this.#shell.host.randomHex(8), ...extras };
    const wire = writeResponse(request, this.#flow, status, reason, this.#shell.dress(dressed));
    if (status >= 200) this.#request = undefined;
    this.#step({ kind: "respond", status, wire });
    return wire;
  }

  drop(): void {
    this.#finish();
  }

  /** Sends the last response again: the request was retransmitted. */
  resend(): void {
    this.#step({ kind: "request" });
  }

  #step(input: nonInvite.Input): void {
    const { state, outputs } = nonInvite.step(this.#state, input, isReliable(this.#flow.transport));
    this.#state = state;
    this.#run(outputs);
    if (state.name === "terminated") this.#finish();
  }

  #run(outputs: readonly nonInvite.Output[]): void {
    for (const output of outputs) {
      if (output.kind === "send") this.#shell.transmit(this.#flow, output.wire);
      else if (output.kind === "set") this.#timers.set(output.timer, output.afterMs);
      else if (output.kind === "clear") this.#timers.clear(output.timer);
      else this.respond(100, "Trying");
    }
  }

  #finish(): void {
    this.#timers.clearAll();
    this.#request = undefined;
    this.#shell.forgetServer(this);
  }
}
