import { dialogFromResponse } from "../dialog/dialog.ts";
import type { Flow } from "../flow.ts";
import type { SipResponse } from "../message/message.ts";
import type { InviteClientTransaction } from "../transaction/client-transaction.ts";
import type { OutgoingRequest } from "../transaction/outgoing-request.ts";
import { NO_BODY } from "./body.ts";
import { InDialogClient } from "./in-dialog-client.ts";
import type { Stack } from "./stack.ts";

/** Most forks of one INVITE that get their own ACK and BYE; the rest is left to time out. */
const MAX_FORKS = 16;

type SentAck = { readonly flow: Flow; readonly wire: string };

/**
 * Acknowledges the 2xx of one INVITE of ours, again whenever a 2xx comes again (RFC 3261 §13.2.2.4). A 2xx of another fork is
 * acknowledged and its dialog ended, since one answer is all we want.
 *
 * It takes the transaction over from the session and holds no more than the text of the ACKs, for the 32 s this lasts.
 */
export class Acknowledger {
  readonly #stack: Stack;
  readonly #flow: Flow;
  readonly #requestUri: string;
  /** By remote tag; undefined while the ACK waits for our answer to a late offer. */
  readonly #acks = new Map<string, SentAck | undefined>();

  constructor(stack: Stack, transaction: InviteClientTransaction, invite: OutgoingRequest, remoteTag: string) {
    this.#stack = stack;
    this.#flow = invite.flow;
    this.#requestUri = invite.requestUri;
    this.#acks.set(remoteTag, undefined);
    // Taken out here: the function below lives for 32 s and would hold the whole INVITE.
    const { cseq } = invite;
    transaction.onOutcome = (outcome) => {
      if (outcome.kind === "response") this.#receiveAgain(outcome.response, cseq);
    };
  }

  acknowledge(ack: OutgoingRequest, remoteTag: string): void {
    this.#acks.set(remoteTag, { flow: ack.flow, wire: this.#stack.transactions.sendAlone(ack) });
  }

  #receiveAgain(response: SipResponse, cseq: number): void {
    const tag = response.to.params.get("tag") ?? "";
    const sent = this.#acks.get(tag);
    if (sent !== undefined) this.#stack.transactions.transmit(sent.flow, sent.wire);
    else if (!this.#acks.has(tag) && this.#acks.size < MAX_FORKS) this.#endFork(response, tag, cseq);
  }

  #endFork(response: SipResponse, tag: string, cseq: number): void {
    const dialog = dialogFromResponse(response, this.#requestUri);
    const client = new InDialogClient(this.#stack, this.#flow, dialog, undefined);
    this.#acks.set(tag, undefined);
    client.acknowledge({ cseq, headers: [] }, NO_BODY, (ack) => this.acknowledge(ack, tag));
    client.request("BYE", [], NO_BODY, () => undefined);
  }
}
