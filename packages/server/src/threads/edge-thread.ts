import { Worker } from "node:worker_threads";
import type { EdgeMetrics, LiveCallView } from "@trunkline/edge";
import type { Store } from "@trunkline/store";
import type { Log } from "../log.ts";
import type { ControlOffer, EdgeOffer, EdgeThreadData, ListenerView } from "./edge-offer.ts";
import { Link } from "./link.ts";

const RESTART_DELAY_MS = 1_000;
/** A port that is taken stays taken: after so many starts in a row without getting ready the process gives up. */
const MAX_FAILED_STARTS = 5;

/** The edge thread as the control thread sees it. Restarted when it dies; its journal closes the calls it took with it. */
export class EdgeThread {
  readonly #data: EdgeThreadData;
  readonly #store: Pick<Store, "directory" | "callRecordSink" | "alertSink">;
  readonly #log: Log;
  #link: Link<EdgeOffer> | undefined;
  #worker: Worker | undefined;
  #failedStarts = 0;
  #closing = false;

  /** Called when the edge cannot be kept alive; the process should end with a failure. */
  onGivenUp: (why: string) => void = () => undefined;
  listeners: readonly ListenerView[] = [];

  constructor(data: EdgeThreadData, store: Pick<Store, "directory" | "callRecordSink" | "alertSink">, log: Log) {
    this.#data = data;
    this.#store = store;
    this.#log = log;
  }

  get ready(): boolean {
    return this.listeners.length > 0;
  }

  /** Starts the thread; resolves when it listens, rejects when it ends before that. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      const worker = new Worker(
        new URL(import.meta.url.endsWith(".ts") ? "./edge-worker.ts" : "./edge-worker.js", import.meta.url),
        {
          workerData: this.#data,
          name: "edge",
        },
      );
      const subscriptions: { stop(): Promise<void> }[] = [];
      let failure = "it ended without a reason";
      const link: Link<EdgeOffer> = new Link(worker, {
        subscribe: async () =>
          void subscriptions.push(
            await this.#store.directory.subscribe((changes) => void link.remote.changes(changes)),
          ),
        saveRecords: (records) => this.#store.callRecordSink.save(records),
        saveAlerts: (alerts) => this.#store.alertSink.save(alerts),
        log: (level, event, fields) => this.#log(level, event, fields),
        ready: (listeners) => {
          this.listeners = listeners;
          this.#failedStarts = 0;
          resolve();
        },
      } satisfies ControlOffer);
      this.#link = link;
      this.#worker = worker;
      worker.on("error", (error) => {
        failure = error.message;
      });
      worker.on("exit", () => {
        link.fail("the edge thread ended");
        for (const subscription of subscriptions) void subscription.stop();
        const wasReady = this.ready;
        this.listeners = [];
        if (!wasReady) reject(new Error(failure));
        if (!this.#closing && wasReady) this.#restart(failure);
      });
    });
  }

  liveCalls(accountSid?: string): Promise<readonly LiveCallView[]> {
    return this.#link?.remote.liveCalls(accountSid) ?? Promise.resolve([]);
  }

  async hangUp(accountSid: string, sid: string): Promise<boolean> {
    return (await this.#link?.remote.hangUp(accountSid, sid)) ?? false;
  }

  async metrics(): Promise<EdgeMetrics> {
    return this.ready ? ((await this.#link?.remote.metrics()) ?? {}) : {};
  }

  /** Drains for at most `graceMs`, then ends the thread. */
  async close(graceMs: number): Promise<void> {
    this.#closing = true;
    await this.#link?.remote
      .close(graceMs)
      .catch((error: Error) => this.#log("error", "edge did not close cleanly", { why: error.message }));
    await this.#worker?.terminate();
  }

  #restart(why: string): void {
    this.#log("error", "edge thread died; starting it again", { why });
    setTimeout(() => {
      if (this.#closing) return;
      this.start().catch((error: Error) => {
        this.#failedStarts += 1;
        if (this.#failedStarts >= MAX_FAILED_STARTS) this.onGivenUp(error.message);
        else this.#restart(error.message);
      });
    }, RESTART_DELAY_MS);
  }
}
