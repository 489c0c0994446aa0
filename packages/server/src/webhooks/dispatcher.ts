import type { Store, WebhookAttempt, WebhookBatch, WebhookDelivery } from "@trunkline/store";
import type { Log } from "../log.ts";
import { deliver } from "./deliver.ts";
import { nextAttemptMs } from "./retry.ts";
import type { WebClient } from "./web-client.ts";

/** Queues served at once, each an account's: so many web servers may be slow before others wait for their turn, which takes an attempt's time. */
const QUEUES_AT_ONCE = 256;
/** Requests at once to the web server of one queue. */
const REQUESTS_PER_QUEUE = 4;
/** Contract §10.1: one attempt, redirects included. */
const ATTEMPT_WITHIN_MS = 15_000;
/** An attempt and some more: a queue is somebody else's to serve when whoever had it must be gone. */
const LEASE_MS = 20_000;
/** What waits is looked for at least this often, and no sooner again than this. */
const LOOK_AT_LEAST_MS = 60_000;
const LOOK_AT_MOST_MS = 100;
/** A database that is away is asked again after this. */
const AWAY_MS = 5_000;

export type DispatcherParts = {
  readonly queues: Store["webhookQueues"];
  readonly accounts: Pick<Store["accounts"], "authToken">;
  readonly client: WebClient;
  readonly log: Log;
  readonly nowMs: () => number;
  readonly random: () => number;
  /** Default: 256. */
  readonly queuesAtOnce?: number;
};

/** Delivers what the store has queued for customers' web servers, at once and again until it is delivered or given up. */
export class WebhookDispatcher {
  readonly #parts: DispatcherParts;
  readonly #serving = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  readonly #counts = { delivered: 0, failures: 0, abandoned: 0 };
  #apiUrl = "";
  #listening: { stop(): Promise<void> } | undefined;
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
  }

  /** @param apiUrl scheme, host and port under which customers reach the API */
  start(apiUrl: string): void {
    this.#apiUrl = apiUrl;
    this.#listening = this.#parts.queues.onQueued(() => this.#look());
    this.#look();
  }

  /** Counters for `/metrics`, since the start. */
  metrics(): Readonly<Record<string, number>> {
    const { delivered, failures, abandoned } = this.#counts;
    return {
      webhooks_delivered: delivered,
      webhook_attempts_failed: failures,
      webhooks_abandoned: abandoned,
      webhook_queues_being_served: this.#serving.size,
    };
  }

  /** Breaks off what is on its way: it counts as no attempt and is made again after the next start. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#listening?.stop();
    await this.#looking;
    clearTimeout(this.#timer);
    await Promise.all(this.#serving);
    await this.#parts.client.close();
  }

  /** Looks for work: now, or once more when it is just looking. */
  #look(): void {
    this.#lookAgain = true;
    if (!this.#closing.signal.aborted) this.#looking ??= this.#lookUntilDone();
  }

  async #lookUntilDone(): Promise<void> {
    clearTimeout(this.#timer);
    let waitMs = LOOK_AT_LEAST_MS;
    while (this.#lookAgain && !this.#closing.signal.aborted) {
      this.#lookAgain = false;
      waitMs = await this.#claim().catch((error: Error) => {
        this.#parts.log("warn", "webhooks wait for the database", { why: error.message });
        return AWAY_MS;
      });
    }
    this.#looking = undefined;
    if (!this.#closing.signal.aborted) this.#timer = setTimeout(() => this.#look(), waitMs);
  }

  /** @returns how long there is nothing to do, as far as is known now */
  async #claim(): Promise<number> {
    const { queues, nowMs, queuesAtOnce = QUEUES_AT_ONCE } = this.#parts;
    for (;;) {
      const room = queuesAtOnce - this.#serving.size;
      // Whoever ends makes room and looks again.
      if (room === 0 || this.#closing.signal.aborted) return LOOK_AT_LEAST_MS;
      const batches = await queues.claim({
        nowMs: nowMs(),
        leaseMs: LEASE_MS,
        queues: room,
        perQueue: REQUESTS_PER_QUEUE,
      });
      for (const batch of batches) this.#serve(batch);
      if (batches.length === room) continue;
      const dueMs = await queues.nextDueMs();
      return dueMs === null ? LOOK_AT_LEAST_MS : Math.min(Math.max(dueMs - nowMs(), LOOK_AT_MOST_MS), LOOK_AT_LEAST_MS);
    }
  }

  #serve(batch: WebhookBatch): void {
    const serving = this.#attemptAll(batch)
      .catch((error: Error) => {
        this.#parts.log("warn", "what became of webhooks is not kept", { why: error.message });
      })
      .then(() => {
        this.#serving.delete(serving);
        this.#look();
      });
    this.#serving.add(serving);
  }

  async #attemptAll(batch: WebhookBatch): Promise<void> {
    const { accounts, queues, nowMs } = this.#parts;
    const authToken = await accounts.authToken(batch.accountSid);
    if (authToken === undefined) throw new Error(`account ${batch.accountSid} has no auth token`);
    const attempts = await Promise.all(batch.deliveries.map((delivery) => this.#attempt(delivery, authToken)));
    await queues.settle(
      batch,
      nowMs(),
      attempts.filter((attempt) => attempt !== undefined),
    );
  }

  /** Undefined when it was broken off. */
  async #attempt(delivery: WebhookDelivery, authToken: string): Promise<WebhookAttempt | undefined> {
    const { client, log, nowMs, random } = this.#parts;
    const { id, accountSid, kind, attempts, createdAtMs } = delivery;
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(ATTEMPT_WITHIN_MS)]);
    const begunMs = performance.now();
    const result = await deliver(client, withApi(delivery, this.#apiUrl), authToken, signal);
    const durationMs = performance.now() - begunMs;
    if (result.kind === "delivered") {
      this.#counts.delivered += 1;
      return { id, kind: "delivered", durationMs };
    }
    if (this.#closing.signal.aborted) return undefined;
    const retryAtMs = nextAttemptMs(createdAtMs, attempts + 1, nowMs(), random());
    this.#counts.failures += 1;
    if (retryAtMs === null) {
      this.#counts.abandoned += 1;
      log("warn", "webhook given up", { account: accountSid, kind, attempts: attempts + 1, why: result.reason });
    }
    return { id, kind: "failed", durationMs, reason: result.reason, retryAtMs };
  }
}

/** The store does not know where the API is reached: a `RecordingUrl` is a path there. */
function withApi(delivery: WebhookDelivery, apiUrl: string): WebhookDelivery {
  const { RecordingUrl: path, ...params } = delivery.params;
  return path === undefined ? delivery : { ...delivery, params: { ...params, RecordingUrl: `${apiUrl}${path}` } };
}
