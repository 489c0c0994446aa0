import { Worker } from "node:worker_threads";

/** One answer per message, and one message of a job at a time. */
export type ToMp3 =
  | { readonly kind: "begin"; readonly job: number; readonly channels: 1 | 2 }
  /** 16-bit PCM, whole frames. */
  | { readonly kind: "encode"; readonly job: number; readonly samples: Uint8Array }
  | { readonly kind: "finish"; readonly job: number }
  | { readonly kind: "drop"; readonly job: number };

export type FromMp3 = { readonly job: number; readonly bytes: Uint8Array };

type Waiting = { resolve(bytes: Uint8Array): void; reject(error: Error): void };

/** Makes MP3 in a thread of its own, which begins with the first job and stays. */
export class Mp3Encoder {
  readonly #waiting = new Map<number, Waiting>();
  #thread: Worker | undefined;
  #lastJob = 0;
  #jobs = 0;

  /** Streams being encoded now. */
  get jobs(): number {
    return this.#jobs;
  }

  /** @param frames 16-bit PCM in whole frames; asked for no faster than the result is taken */
  async *encode(channels: 1 | 2, frames: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    this.#lastJob += 1;
    const job = this.#lastJob;
    this.#jobs += 1;
    let isFinished = false;
    try {
      await this.#ask({ kind: "begin", job, channels });
      for await (const samples of frames) {
        const bytes = await this.#ask({ kind: "encode", job, samples });
        if (bytes.length > 0) yield bytes;
      }
      isFinished = true;
      yield await this.#ask({ kind: "finish", job });
    } finally {
      this.#jobs -= 1;
      if (!isFinished) await this.#ask({ kind: "drop", job }).catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    await this.#thread?.terminate();
  }

  #ask(message: ToMp3): Promise<Uint8Array> {
    this.#thread ??= this.#start();
    const thread = this.#thread;
    return new Promise((resolve, reject) => {
      this.#waiting.set(message.job, { resolve, reject });
      // It holds up nobody's end, but for what is being waited for.
      thread.ref();
      thread.postMessage(message);
    });
  }

  #start(): Worker {
    const file = import.meta.url.endsWith(".ts") ? "./mp3-worker.ts" : "./mp3-worker.js";
    const thread = new Worker(new URL(file, import.meta.url), { name: "mp3" });
    let why = "the MP3 encoder ended";
    thread.on("message", ({ job, bytes }: FromMp3) => {
      this.#waiting.get(job)?.resolve(bytes);
      this.#waiting.delete(job);
      if (this.#waiting.size === 0) thread.unref();
    });
    thread.on("error", (error) => {
      why = `the MP3 encoder failed: ${error instanceof Error ? error.message : String(error)}`;
    });
    thread.on("exit", () => {
      this.#thread = undefined;
      for (const { reject } of this.#waiting.values()) reject(new Error(why));
      this.#waiting.clear();
    });
    return thread;
  }
}
