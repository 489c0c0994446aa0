import { Worker } from "node:worker_threads";
import type { CopyReply, CopyRequest } from "./copier.ts";

/** A thread that lived shorter than this is started again only after as long. */
const RESTART_MS = 1_000;

type Waiting = { resolve(reply: CopyReply): void; reject(error: Error): void };
type Running = { readonly thread: Worker; readonly startedMs: number; readonly waiting: Map<number, Waiting> };

/** The copying thread as the plane sees it. It is started by the first recording; when it dies, whoever was recorded is told and asks anew. */
export class CopyThread {
  #running: Running | undefined;
  #lastId = 0;
  #lastCopy = 0;
  #closed = false;
  /** Those to tell that their copies are gone. */
  readonly #users = new Set<() => void>();

  /** A number for a copy, and the promise to tell when what it held is gone. */
  join(onGone: () => void): number {
    this.#users.add(onGone);
    this.#lastCopy += 1;
    return this.#lastCopy;
  }

  leave(onGone: () => void): void {
    this.#users.delete(onGone);
  }

  /** The thread, to try out its death. */
  get thread(): Worker | undefined {
    return this.#running?.thread;
  }

  /** Rejects when the thread ends before it has answered. */
  ask(request: CopyRequest): Promise<CopyReply> {
    if (this.#closed) return Promise.reject(new Error("the media plane is closed"));
    this.#running ??= this.#start();
    const { thread, waiting } = this.#running;
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      thread.postMessage({ id, request });
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#running?.thread.terminate();
  }

  #start(): Running {
    const file = import.meta.url.endsWith(".ts") ? "./copy-worker.ts" : "./copy-worker.js";
    const thread = new Worker(new URL(file, import.meta.url), { name: "copies" });
    const running: Running = { thread, startedMs: performance.now(), waiting: new Map() };
    thread.on("message", ({ id, reply }: { readonly id: number; readonly reply: CopyReply }) => {
      running.waiting.get(id)?.resolve(reply);
      running.waiting.delete(id);
    });
    let why = "the copying thread ended";
    thread.on("error", (error) => {
      why = `the copying thread failed: ${error instanceof Error ? error.message : String(error)}`;
    });
    thread.on("exit", () => this.#onExit(running, why));
    return running;
  }

  #onExit(running: Running, why: string): void {
    this.#running = undefined;
    for (const { reject } of running.waiting.values()) reject(new Error(why));
    if (this.#closed) return;
    const tell = (): void => {
      if (!this.#closed) for (const onGone of [...this.#users]) onGone();
    };
    if (performance.now() - running.startedMs < RESTART_MS) setTimeout(tell, RESTART_MS);
    else tell();
  }
}
