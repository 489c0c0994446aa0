import type { Host } from "../host.ts";
import type { SipRequest } from "../message/message.ts";
import { AnswerRepeater } from "./answer-repeater.ts";
import type { ExtraHeader } from "./events.ts";

/** A provisional response as the user asked for it. */
export type Progress = {
  readonly status: number;
  readonly reason: string;
  readonly sdp: string | undefined;
  readonly headers: readonly ExtraHeader[];
};

export type ReliableResponsesContext = {
  readonly host: Host;
  /** CSeq number of the INVITE. */
  readonly cseq: number;
  /** Sends it with this RSeq; true when a session description went with it. */
  send(progress: Progress, rseq: number): boolean;
  /** Sends the last one again. */
  resend(): void;
  /** Nobody acknowledged: the INVITE is to be refused. */
  expired(): void;
};

/** Responses that wait for the PRACK of the one before; a peer that needs more has stopped to listen. */
const MAX_WAITING = 16;

/** RSeq begins anywhere in the lower half, "between 1 and 2**31 - 1" (RFC 3262 §3), so that it never runs over. */
const FIRST_RSEQ_BELOW = 2 ** 30;

/**
 * The reliable provisional responses to one INVITE (RFC 3262 §3): one at a time, sent again until its PRACK comes, for 64*T1 at
 * most.
 */
export class ReliableResponses {
  readonly #context: ReliableResponsesContext;
  readonly #waiting: Progress[] = [];
  #rseq: number;
  #unacknowledged: { readonly carriesSdp: boolean } | undefined;
  #repeater: AnswerRepeater | undefined;
  #isStopped = false;

  constructor(context: ReliableResponsesContext) {
    this.#context = context;
    this.#rseq = Math.floor(context.host.random() * FIRST_RSEQ_BELOW);
  }

  /** One of them is not acknowledged yet. */
  get isUnderWay(): boolean {
    return this.#unacknowledged !== undefined;
  }

  /** A 2xx may not overtake a session description that is not acknowledged (§3). */
  get blocksAnswer(): boolean {
    return this.#unacknowledged?.carriesSdp === true;
  }

  send(progress: Progress): void {
    if (this.#isStopped) return;
    if (this.#unacknowledged === undefined) this.#send(progress);
    else if (this.#waiting.length < MAX_WAITING) this.#waiting.push(progress);
  }

  /** Whether a PRACK is for the response that waits for one. The next may go when `resume` is called, after the 200. */
  acknowledge(prack: SipRequest): boolean {
    const [rseq, cseq, method] = (prack.header("rack") ?? "").trim().split(/[ \t]+/);
    const isMatch = Number(rseq) === this.#rseq && Number(cseq) === this.#context.cseq && method === "INVITE";
    if (this.#unacknowledged === undefined || !isMatch) return false;
    this.#repeater?.stop();
    this.#unacknowledged = undefined;
    return true;
  }

  resume(): void {
    const next = this.#isStopped ? undefined : this.#waiting.shift();
    if (next !== undefined) this.#send(next);
  }

  /** The final response is there: nothing is sent any more, but the last PRACK is still awaited (§3). */
  stop(): void {
    this.#isStopped = true;
    this.#waiting.length = 0;
    this.#repeater?.stop();
  }

  #send(progress: Progress): void {
    const { host, send, resend, expired } = this.#context;
    this.#rseq++;
    this.#unacknowledged = { carriesSdp: send(progress, this.#rseq) };
    // Over every transport, and without the cap of other retransmissions: "doubles for each retransmission".
    this.#repeater = new AnswerRepeater(host, resend, expired, Number.POSITIVE_INFINITY);
  }
}
