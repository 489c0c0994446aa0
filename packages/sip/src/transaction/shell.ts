import type { Flow } from "../flow.ts";
import type { Host } from "../host.ts";
import type { ResponseExtras } from "../message/write.ts";
import type { ClientTransaction, Outcome } from "./client-transaction.ts";
import type { OutgoingRequest } from "./outgoing-request.ts";
import type { ServerTransaction } from "./server-transaction.ts";

/** What running transactions need from the layer that holds them. */
export interface TransactionShell {
  readonly host: Host;
  transmit(flow: Flow, wire: string): void;
  /** Starts a client transaction. */
  send(request: OutgoingRequest, onOutcome: (outcome: Outcome) => void): ClientTransaction;
  /** Adds what every response of ours carries. */
  dress(extras: ResponseExtras): ResponseExtras;
  /** A final answer is there: a broken flow concerns it no longer. */
  settled(transaction: ClientTransaction, flow: Flow): void;
  /** It goes on over another flow, whose failures concern it from now on. */
  moved(transaction: ClientTransaction, from: Flow, to: Flow): void;
  forgetClient(transaction: ClientTransaction): void;
  forgetServer(transaction: ServerTransaction): void;
}
