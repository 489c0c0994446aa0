import type { Dialog } from "../dialog/dialog.ts";
import type { Path } from "../dialog/path.ts";
import type { DigestLogin } from "../digest/answer.ts";
import type { Flow } from "../flow.ts";
import type { SipResponse } from "../message/message.ts";
import type { HeaderLine } from "../message/write.ts";
import type { InviteClientTransaction, Outcome } from "../transaction/client-transaction.ts";
import type { OutgoingRequest } from "../transaction/outgoing-request.ts";
import { authorize, credentialsOf } from "./authorize.ts";
import type { Body } from "./body.ts";
import { NextHop } from "./next-hop.ts";
import { newVia, type Stack } from "./stack.ts";

/** What became of a request inside a dialog. */
export type InDialogAnswer =
  | { readonly kind: "provisional"; readonly response: SipResponse }
  | { readonly kind: "final"; readonly response: SipResponse; readonly sent: SentRequest }
  | { readonly kind: "failed"; readonly cause: "timeout" | "transport" };

/** The request that was answered; `transaction` for an INVITE, whose 2xx has to be acknowledged. */
export type SentRequest = {
  readonly request: OutgoingRequest;
  readonly transaction: InviteClientTransaction | undefined;
};

type Wanted = {
  readonly method: string;
  readonly headers: readonly HeaderLine[];
  readonly body: Body;
  onAnswer(answer: InDialogAnswer): void;
};

/** The sending side of one dialog: numbers, routes and credentials of its requests (RFC 3261 §12.2.1). */
export class InDialogClient {
  dialog: Dialog;
  readonly #stack: Stack;
  readonly #hop: NextHop;
  /** What challenges are answered with. */
  login: DigestLogin | undefined;
  readonly #always: readonly HeaderLine[];
  /** The INVITE under way. */
  #invite: InviteClientTransaction | undefined;
  #isAbandoned = false;

  /** @param always put on every request */
  constructor(
    stack: Stack,
    flow: Flow,
    dialog: Dialog,
    login: DigestLogin | undefined,
    always: readonly HeaderLine[] = [],
  ) {
    this.#stack = stack;
    this.#hop = new NextHop(stack, flow);
    this.dialog = dialog;
    this.login = login;
    this.#always = always;
  }

  /** The peer has spoken over this flow. */
  follow(flow: Flow): void {
    this.#hop.follow(flow);
  }

  /** Sends a request; challenges are answered on the way, each with a new request. */
  request(
    method: string,
    headers: readonly HeaderLine[],
    body: Body,
    onAnswer: (answer: InDialogAnswer) => void,
  ): void {
    this.#attempt({ method, headers, body, onAnswer }, [], 1);
  }

  /** The dialog is over: an INVITE under way may not wait for its answer for ever, one that waits for its way is not sent. */
  abandonInvite(): void {
    this.#isAbandoned = true;
    this.#invite?.abandon();
  }

  /** Hands out the ACK of the 2xx to `invite`: same number and credentials (§13.2.2.4), new branch. */
  acknowledge(
    invite: Pick<OutgoingRequest, "cseq" | "headers">,
    body: Body,
    send: (ack: OutgoingRequest) => void,
  ): void {
    this.#hop.reach(this.dialog, (path) => send(this.#compose("ACK", invite.cseq, credentialsOf(invite), body, path)));
  }

  #attempt(wanted: Wanted, credentials: readonly HeaderLine[], attempt: number): void {
    this.#hop.reach(this.dialog, (path) => {
      if (wanted.method === "INVITE" && this.#isAbandoned) wanted.onAnswer({ kind: "failed", cause: "transport" });
      else this.#send(wanted, credentials, attempt, path);
    });
  }

  #send(wanted: Wanted, credentials: readonly HeaderLine[], attempt: number, path: Path): void {
    const { method, onAnswer } = wanted;
    const cseq = this.dialog.localCSeq + 1;
    this.dialog = { ...this.dialog, localCSeq: cseq };
    const request = this.#compose(method, cseq, [...wanted.headers, ...credentials], wanted.body, path);
    const { host, transactions } = this.#stack;
    let transaction: InviteClientTransaction | undefined;
    const onOutcome = (outcome: Outcome): void => {
      const isFinal = outcome.kind !== "response" || outcome.response.status >= 200;
      if (isFinal && method === "INVITE") this.#invite = undefined;
      if (outcome.kind === "transport") {
        this.#hop.reachAnew(this.dialog, (found) => {
          if (found) this.#attempt(wanted, credentials, attempt);
          else onAnswer({ kind: "failed", cause: "transport" });
        });
        return;
      }
      if (outcome.kind === "timeout") {
        onAnswer({ kind: "failed", cause: "timeout" });
        return;
      }
      const { response } = outcome;
      const answer = authorize(host, this.login, response, request, attempt);
      if (answer !== undefined) this.#attempt(wanted, answer, attempt + 1);
      else if (response.status < 200) onAnswer({ kind: "provisional", response });
      else onAnswer({ kind: "final", response, sent: { request, transaction } });
    };
    if (method === "INVITE") transaction = this.#invite = transactions.invite(request, onOutcome);
    else transactions.send(request, onOutcome);
  }

  #compose(method: string, cseq: number, headers: readonly HeaderLine[], body: Body, path: Path): OutgoingRequest {
    const { dialog } = this;
    return {
      ...path,
      ...newVia(this.#stack, path.flow),
      method,
      from: dialog.local,
      to: dialog.remote,
      callId: dialog.callId,
      cseq,
      maxForwards: 70,
      headers: [["User-Agent", this.#stack.options.product], ...headers, ...this.#always, ...body.headers],
      body: body.text,
    };
  }
}
