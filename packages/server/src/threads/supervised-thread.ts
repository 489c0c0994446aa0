import { Worker } from "node:worker_threads";
import type { Log } from "../log.ts";
import { Link, type Offer, type Remote } from "./link.ts";

const RESTART_DELAY_MS = 1_000;
/** A port that is taken stays taken: after so many starts in a row without getting ready we give up. */
const MAX_FAILED_STARTS = 5;

/** One run of a thread, from its start to its end. */
export type ThreadLife<Theirs extends Offer> = {
  /** Its functions; not before the offer is made. */
  remote(): Remote<Theirs>;
  /** To be called by the offer when the thread says that it does its work. */
  ready(): void;
  /** What is to be undone when this run ends. */
  onEnd(undo: () => void): void;
};

export type ThreadPlan<Theirs extends Offer> = {
  /** In logs and as the name of the thread. */
  readonly name: string;
  /** The worker's file beside this one, without its extension. */
  readonly module: string;
  /** Asked anew for each run. */
  data(): unknown;
  /** What this side offers to the thread. */
  offer(life: ThreadLife<Theirs>): Offer;
  readonly log: Log;
  /** The thread cannot be kept alive. */
  onGivenUp(why: string): void;
  /** Default 1 s: what killed it may need a moment to pass. */
  readonly restartDelayMs?: number;
};

/** A thread that is started again when it dies. The first start is for the caller to judge; later ones are tried some times. */
export class SupervisedThread<Theirs extends Offer> {
  readonly #plan: ThreadPlan<Theirs>;
  #link: Link<Theirs> | undefined;
  #worker: Worker | undefined;
  #isReady = false;
  #failedStarts = 0;
  #closing = false;

  constructor(plan: ThreadPlan<Theirs>) {
    this.#plan = plan;
  }

  get ready(): boolean {
    return this.#isReady;
  }

  /** The thread's functions; undefined before the first start. Calls are rejected while it is dead. */
  get remote(): Remote<Theirs> | undefined {
    return this.#link?.remote;
  }

  /** Starts the thread; resolves when it is ready, rejects when it ends before that. */
  start(): Promise<void> {
    const { name, module, offer } = this.#plan;
    return new Promise((resolve, reject) => {
      const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
      const worker = new Worker(new URL(`./${module}.${extension}`, import.meta.url), {
        workerData: this.#plan.data(),
        name,
      });
      const undos: (() => void)[] = [];
      let failure = "it ended without a reason";
      const life: ThreadLife<Theirs> = {
        remote: () => link.remote,
        ready: () => {
          this.#isReady = true;
          this.#failedStarts = 0;
          resolve();
        },
        onEnd: (undo) => void undos.push(undo),
      };
      const link: Link<Theirs> = new Link(worker, offer(life));
      this.#link = link;
      this.#worker = worker;
      worker.on("error", (error) => {
        failure = error instanceof Error ? error.message : String(error);
      });
      worker.on("exit", () => {
        link.fail(`the ${name} thread ended`);
        for (const undo of undos) undo();
        const wasReady = this.#isReady;
        this.#isReady = false;
        if (!wasReady) reject(new Error(`${name}: ${failure}`));
        else if (!this.#closing) this.#restart(failure);
      });
    });
  }

  /** Lets the thread say its last words, then ends it. */
  async close(lastWords: (remote: Remote<Theirs>) => Promise<void>): Promise<void> {
    this.#closing = true;
    if (this.#link && this.#isReady)
      await lastWords(this.#link.remote).catch((error: Error) =>
        this.#plan.log("error", `${this.#plan.name} did not close cleanly`, { why: error.message }),
      );
    await this.#worker?.terminate();
  }

  #restart(why: string): void {
    const { name, log, onGivenUp, restartDelayMs = RESTART_DELAY_MS } = this.#plan;
    log("error", `${name} thread died; starting it again`, { why });
    setTimeout(() => {
      if (this.#closing) return;
      this.start().catch((error: Error) => {
        this.#failedStarts += 1;
        if (this.#failedStarts >= MAX_FAILED_STARTS) onGivenUp(error.message);
        else this.#restart(error.message);
      });
    }, restartDelayMs);
  }
}
