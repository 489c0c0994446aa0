import type { Dated, Outcome } from "./store.ts";

/** Where an account is told of its alerts (contract §11.3). */
export type DebuggerWebhook = {
  readonly accountSid: string;
  readonly url: string;
  readonly method: "POST";
  /** False: nothing is sent, and nothing is kept to be sent later. */
  readonly enabled: boolean;
};

export interface DebuggerWebhookRepository {
  fetch(accountSid: string): Promise<(DebuggerWebhook & Dated) | undefined>;
  /** Inserts or replaces. What waits goes to the new place at once; disabled, it is dropped. */
  set(row: DebuggerWebhook): Promise<Outcome<DebuggerWebhook & Dated>>;
  /** What waits and what was counted goes with it. */
  remove(accountSid: string): Promise<Outcome<DebuggerWebhook & Dated>>;
}

/** Kinds of events that customers' web servers are told of. Each account has a queue of each. */
export type WebhookKind = "debugger" | "recording" | "caller-id" | "usage-trigger";

/** One request that is to reach a customer's web server; at least once, since a crash may hide that it did. */
export type WebhookDelivery = {
  /** The same at every attempt. */
  readonly id: string;
  readonly accountSid: string;
  readonly kind: WebhookKind;
  readonly url: string;
  /** With GET, the parameters are in the query. */
  readonly method: "GET" | "POST";
  readonly params: Readonly<Record<string, string>>;
  /** Attempts that failed so far. */
  readonly attempts: number;
  readonly createdAtMs: number;
};

export type WebhookQueueKey = Pick<WebhookDelivery, "accountSid" | "kind">;

/** What is due of one queue, longest due first; it may be nothing. Nobody else gets any of that queue until it is settled or its lease is over. */
export type WebhookBatch = WebhookQueueKey & { readonly deliveries: readonly WebhookDelivery[] };

/** What became of one attempt. `reason` is for the customer; `retryAtMs` null: given up. */
export type WebhookAttempt =
  | { readonly id: string; readonly kind: "delivered"; readonly durationMs: number }
  | {
      readonly id: string;
      readonly kind: "failed";
      readonly durationMs: number;
      readonly reason: string;
      readonly retryAtMs: number | null;
    };

/** An attempt to tell a customer's web server of a call. */
export type LoggedWebhook = {
  readonly kind: WebhookKind;
  /** Without user information, query and fragment, any of which may be a secret. */
  readonly url: string;
  /** When it was over, epoch milliseconds. */
  readonly atMs: number;
  readonly durationMs: number;
  /** 1 is the first. */
  readonly attempt: number;
  /** Null: delivered. */
  readonly failure: string | null;
  readonly givenUp: boolean;
};

export interface WebhookLogRepository {
  /** Of one call, oldest first; at most some hundred. */
  ofCall(accountSid: string, callSid: string): Promise<readonly LoggedWebhook[]>;
  /** Retention: deletes those of all accounts older than `beforeMs`, the oldest first and at most `limit`; gives their number. */
  deleteOlderThan(beforeMs: number, limit: number): Promise<number>;
}

/** How a queue stands, and what became of its deliveries since its first. */
export type WebhookTally = {
  readonly waiting: number;
  readonly delivered: number;
  /** Given up after hours of attempts. */
  readonly abandoned: number;
  /** Not sent: too many waited, or the webhook was disabled. */
  readonly dropped: number;
  readonly lastDeliveredAtMs: number | null;
  readonly lastFailedAtMs: number | null;
  readonly lastFailure: string | null;
};

export interface WebhookQueueRepository {
  tally(queue: WebhookQueueKey): Promise<WebhookTally>;
  /** Leases up to `queues` of those with something due, the longest due first, and gives up to `perQueue` deliveries of each. */
  claim(options: {
    readonly nowMs: number;
    readonly leaseMs: number;
    readonly queues: number;
    readonly perQueue: number;
  }): Promise<readonly WebhookBatch[]>;
  /** Notes what became of a batch and gives the queue back. Deliveries without an attempt stay as they are. */
  settle(queue: WebhookQueueKey, nowMs: number, attempts: readonly WebhookAttempt[]): Promise<void>;
  /** When there is something to claim next; null: nothing waits. */
  nextDueMs(): Promise<number | null>;
  /** Calls `signal` whenever something was queued, by any process. */
  onQueued(signal: () => void): { stop(): Promise<void> };
}
