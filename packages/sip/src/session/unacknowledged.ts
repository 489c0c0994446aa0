import type { Host } from "../host.ts";
import type { SipRequest } from "../message/message.ts";
import type { InviteServerTransaction } from "../transaction/server-transaction.ts";
import { AnswerRepeater } from "./answer-repeater.ts";

/** A 2xx of ours without its ACK. */
export type UnacknowledgedAnswer = {
  readonly repeater: AnswerRepeater;
  /** The ACK has to bring the answer. */
  readonly carriesOffer: boolean;
  /** The user wants to hear of the ACK. */
  readonly announce: boolean;
};

/** Answers of ours without ACK in one dialog: the one before a re-INVITE that overtook the ACK, and its own. */
const MAX_UNACKNOWLEDGED = 2;

/** Something that may not happen before the ACK is there. */
type Waiting = { go(): void; drop(): void };

/** Our 2xx responses of one dialog that wait for their ACKs, by CSeq number. A re-INVITE may overtake the ACK before it (RFC 5407 §3.1.4). */
export class UnacknowledgedAnswers {
  readonly #host: Host;
  readonly #onTimeout: () => void;
  readonly #answers = new Map<number, UnacknowledgedAnswer>();
  #waiting: readonly Waiting[] = [];

  /** @param onTimeout an ACK did not come within 64*T1 */
  constructor(host: Host, onTimeout: () => void) {
    this.#host = host;
    this.#onTimeout = onTimeout;
  }

  get isEmpty(): boolean {
    return this.#answers.size === 0;
  }

  /** No more may be added before an ACK comes. */
  get isFull(): boolean {
    return this.#answers.size >= MAX_UNACKNOWLEDGED;
  }

  /** Sends that 2xx again until its ACK comes. */
  add(
    transaction: InviteServerTransaction,
    wire: string,
    cseq: number,
    expected: Omit<UnacknowledgedAnswer, "repeater">,
  ): void {
    const onTimeout = (): void => {
      this.#answers.delete(cseq);
      this.#onTimeout();
    };
    const repeater = new AnswerRepeater(this.#host, () => transaction.repeat(wire), onTimeout);
    this.#answers.set(cseq, { repeater, ...expected });
  }

  /** The 2xx that this ACK is for; undefined when none waits for it (any more). */
  take(ack: SipRequest): UnacknowledgedAnswer | undefined {
    const cseq = ack.cseq.number;
    const answer = this.#answers.get(cseq);
    answer?.repeater.stop();
    this.#answers.delete(cseq);
    return answer;
  }

  /** Keeps something until every ACK is there. */
  wait(waiting: Waiting): void {
    this.#waiting = [...this.#waiting, waiting];
  }

  /** An ACK was taken: what waited for it goes. */
  proceed(): void {
    if (!this.isEmpty) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { go } of waiting) go();
  }

  /** What waits has no use any more. */
  dropWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { drop } of waiting) drop();
  }

  stop(): void {
    for (const { repeater } of this.#answers.values()) repeater.stop();
    this.#answers.clear();
  }
}
