import { isReliable } from "../flow.ts";
import type { SipResponse } from "../message/message.ts";
import type { HeaderLine } from "../message/write.ts";
import * as invite from "./invite-client.ts";
import * as nonInvite from "./non-invite-client.ts";
import { ackOfRefusal, cancelOf, type OutgoingRequest, type Sending, writeRequest } from "./outgoing-request.ts";
import type { TransactionShell } from "./shell.ts";
import { TimerSet } from "./timer-set.ts";

/** What became of a request. Provisional responses come before; of an INVITE several 2xx may follow one another (forks). */
export type Outcome =
  | { readonly kind: "response"; readonly response: SipResponse }
  /** Timer B or F, or no final response after our CANCEL. */
  | { readonly kind: "timeout" }
  | { readonly kind: "transport"; readonly reason: string };

export interface ClientTransaction {
  readonly key: string;
  /** Where outcomes go; may be exchanged for a lighter one once the answer is there. */
  onOutcome: (outcome: Outcome) => void;
  receive(response: SipResponse): void;
  /** The flow it was sent on is broken. */
  fail(reason: string): void;
}

/** The running INVITE client transaction. Finished, it keeps its key and the ACK only. */
export class InviteClientTransaction implements ClientTransaction {
  readonly key: string;
  onOutcome: (outcome: Outcome) => void;
  readonly #shell: TransactionShell;
  #flow: OutgoingRequest["flow"];
  readonly #timers: TimerSet<invite.Timer>;
  #request: OutgoingRequest | undefined;
  /** The request while it may be retransmitted, then the ACK of a refusal, then nothing. */
  #wire: string;
  #state: invite.State;
  #response: SipResponse | undefined;
  #failure = "";
  #isAbandoned = false;
  #fallback: Sending | undefined;

  constructor(shell: TransactionShell, key: string, sending: Sending, onOutcome: (outcome: Outcome) => void) {
    this.#shell = shell;
    this.key = key;
    this.onOutcome = onOutcome;
    this.#request = sending.request;
    this.#flow = sending.request.flow;
    this.#wire = sending.wire;
    this.#fallback = sending.fallback;
    this.#timers = new TimerSet(shell.host, (timer) => this.#step({ kind: "timer", timer }));
    const first = invite.start(isReliable(this.#flow.transport));
    this.#state = first.state;
    this.#run(first.outputs);
  }

  /** The text sent, until the answer is there. */
  get wire(): string {
    return this.#wire;
  }

  /** Before any provisional response a CANCEL has to wait (RFC 3261 §9.1). */
  get canCancel(): boolean {
    return this.#state.name === "proceeding";
  }

  /** Sends CANCEL, once; nothing when the final response is already there. The outcome is the INVITE's. */
  cancel(headers: readonly HeaderLine[]): void {
    const request = this.#request;
    if (request === undefined || !this.canCancel || this.#isAbandoned) return;
    this.#shell.send(cancelOf(request, headers), () => undefined);
    this.abandon();
  }

  /** From now on the final response is waited for 64*T1 at most. Without one the outcome is a timeout. */
  abandon(): void {
    this.#isAbandoned = true;
    this.#step({ kind: "abandoned" });
  }

  receive(response: SipResponse): void {
    const wasCalling = this.#state.name === "calling";
    this.#fallback = undefined;
    this.#response = response;
    this.#step({ kind: "response", status: response.status });
    this.#response = undefined;
    // Abandoned while Calling, where Timer B ran; the provisional response has just stopped that.
    if (wasCalling && this.#isAbandoned) this.#step({ kind: "abandoned" });
  }

  fail(reason: string): void {
    const fallback = this.#fallback;
    if (fallback === undefined) {
      this.#failure = reason;
      this.#step({ kind: "transport-error" });
      return;
    }
    this.#fallback = undefined;
    this.#timers.clearAll();
    this.#shell.moved(this, this.#flow, fallback.request.flow);
    this.#request = fallback.request;
    this.#flow = fallback.request.flow;
    this.#wire = fallback.wire;
    const again = invite.start(isReliable(this.#flow.transport));
    this.#state = again.state;
    this.#run(again.outputs);
  }

  #step(input: invite.Input): void {
    const before = this.#state.name;
    const { state, outputs } = invite.step(this.#state, input, isReliable(this.#flow.transport));
    this.#state = state;
    if (state.name !== before && state.name !== "calling" && state.name !== "proceeding") {
      this.#shell.settled(this, this.#flow);
    }
    this.#run(outputs);
    if (state.name === "terminated") this.#finish(state.cause);
  }

  #run(outputs: readonly invite.Output[]): void {
    for (const output of outputs) {
      if (output.kind === "send") this.#shell.transmit(this.#flow, this.#wire);
      else if (output.kind === "set") this.#timers.set(output.timer, output.afterMs);
      else if (output.kind === "clear") this.#timers.clear(output.timer);
      else if (output.kind === "acknowledge") this.#acknowledge();
      else this.#deliver();
    }
  }

  #acknowledge(): void {
    if (this.#request !== undefined && this.#response !== undefined) {
      this.#wire = writeRequest(ackOfRefusal(this.#request, this.#response));
      this.#request = undefined;
    }
    this.#shell.transmit(this.#flow, this.#wire);
  }

  #deliver(): void {
    const response = this.#response;
    if (response === undefined) return;
    if (this.#state.name === "accepted") {
      this.#request = undefined;
      this.#wire = "";
    }
    const { onOutcome } = this;
    if (this.#state.name === "completed") this.onOutcome = ignore;
    onOutcome({ kind: "response", response });
  }

  #finish(cause: "done" | "timeout" | "transport"): void {
    this.#timers.clearAll();
    this.#request = undefined;
    this.#shell.forgetClient(this);
    const { onOutcome } = this;
    this.onOutcome = ignore;
    if (cause === "timeout") onOutcome({ kind: "timeout" });
    if (cause === "transport") onOutcome({ kind: "transport", reason: this.#failure });
  }
}

/** The running non-INVITE client transaction. */
export class NonInviteClientTransaction implements ClientTransaction {
  readonly key: string;
  onOutcome: (outcome: Outcome) => void;
  readonly #shell: TransactionShell;
  #flow: OutgoingRequest["flow"];
  readonly #timers: TimerSet<nonInvite.Timer>;
  #wire: string;
  #state: nonInvite.State;
  #fallback: Sending | undefined;

  constructor(shell: TransactionShell, key: string, sending: Sending, onOutcome: (outcome: Outcome) => void) {
    this.#shell = shell;
    this.key = key;
    this.onOutcome = onOutcome;
    this.#flow = sending.request.flow;
    this.#wire = sending.wire;
    this.#fallback = sending.fallback;
    this.#timers = new TimerSet(shell.host, (timer) => this.#step({ kind: "timer", timer }));
    const first = nonInvite.start(isReliable(this.#flow.transport));
    this.#state = first.state;
    this.#run(first.outputs, undefined);
  }

  receive(response: SipResponse): void {
    this.#fallback = undefined;
    this.#step({ kind: "response", status: response.status }, response);
  }

  fail(reason: string): void {
    const fallback = this.#fallback;
    if (fallback === undefined) {
      this.#step({ kind: "transport-error" }, undefined, reason);
      return;
    }
    this.#fallback = undefined;
    this.#timers.clearAll();
    this.#shell.moved(this, this.#flow, fallback.request.flow);
    this.#flow = fallback.request.flow;
    this.#wire = fallback.wire;
    const again = nonInvite.start(isReliable(this.#flow.transport));
    this.#state = again.state;
    this.#run(again.outputs, undefined);
  }

  #step(input: nonInvite.Input, response?: SipResponse, failure = ""): void {
    const before = this.#state.name;
    const { state, outputs } = nonInvite.step(this.#state, input, isReliable(this.#flow.transport));
    this.#state = state;
    if (state.name !== before && (state.name === "completed" || state.name === "terminated")) {
      this.#shell.settled(this, this.#flow);
      this.#wire = "";
    }
    this.#run(outputs, response);
    if (state.name === "terminated") this.#finish(state.cause, failure);
  }

  #run(outputs: readonly nonInvite.Output[], response: SipResponse | undefined): void {
    for (const output of outputs) {
      if (output.kind === "send") this.#shell.transmit(this.#flow, this.#wire);
      else if (output.kind === "set") this.#timers.set(output.timer, output.afterMs);
      else if (output.kind === "clear") this.#timers.clear(output.timer);
      else if (response !== undefined) this.#deliver(response);
    }
  }

  #deliver(response: SipResponse): void {
    const { onOutcome } = this;
    if (response.status >= 200) this.onOutcome = ignore;
    onOutcome({ kind: "response", response });
  }

  #finish(cause: "done" | "timeout" | "transport", failure: string): void {
    this.#timers.clearAll();
    this.#shell.forgetClient(this);
    const { onOutcome } = this;
    this.onOutcome = ignore;
    if (cause === "timeout") onOutcome({ kind: "timeout" });
    if (cause === "transport") onOutcome({ kind: "transport", reason: failure });
  }
}

function ignore(): void {}
