import { Worker } from "node:worker_threads";
import type { FromWorker, LocalPair, WorkerReply, WorkerRequest, WorkerSettings } from "./protocol.ts";

/** The thread is gone; whatever was asked of it will not be answered. */
class WorkerGone extends Error {
  readonly code = "media_worker_gone";
}

type Waiting = { resolve(reply: WorkerReply): void; reject(error: WorkerGone): void };

type Events = {
  onReady(): void;
  onFreed(pairs: readonly LocalPair[]): void;
  onSilent(session: number, forMs: number): void;
  /** Once, whatever ended it; `why` is for a person. */
  onGone(why: string): void;
};

/** One media worker thread as the plane sees it: requests with answers, and the news that it is gone. */
export class WorkerThread {
  /** Sessions placed on it. */
  sessions = 0;
  gone = false;
  readonly #thread: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #events: Events;
  #lastId = 0;
  #why = "the media worker ended";

  constructor(settings: WorkerSettings, events: Events) {
    this.#events = events;
    const file = import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js";
    this.#thread = new Worker(new URL(file, import.meta.url), { name: "media", workerData: settings });
    this.#thread.on("message", (message: FromWorker) => this.#onMessage(message));
    this.#thread.on("error", (error) => {
      this.#why = `the media worker failed: ${error instanceof Error ? error.message : String(error)}`;
    });
    this.#thread.on("exit", () => this.#onExit());
  }

  /** @throws (rejects with) `WorkerGone` */
  request(request: WorkerRequest): Promise<WorkerReply> {
    if (this.gone) return Promise.reject(new WorkerGone(this.#why));
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#thread.postMessage({ id, request });
    });
  }

  async terminate(): Promise<void> {
    await this.#thread.terminate();
  }

  #onMessage(message: FromWorker): void {
    switch (message.kind) {
      case "ready":
        this.#events.onReady();
        return;
      case "freed":
        this.#events.onFreed(message.pairs);
        return;
      case "silent":
        this.#events.onSilent(message.session, message.forMs);
        return;
      case "reply":
        this.#waiting.get(message.id)?.resolve(message.reply);
        this.#waiting.delete(message.id);
        return;
      default:
        message satisfies never;
    }
  }

  #onExit(): void {
    this.gone = true;
    for (const { reject } of this.#waiting.values()) reject(new WorkerGone(this.#why));
    this.#waiting.clear();
    this.#events.onGone(this.#why);
  }
}
