import { setTimeout as wait } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { monotonicMs } from "./monotonic.ts";
import type { FromRecorder, RecorderReply, RecorderRequest, RecorderSettings, RefusalCode } from "./protocol.ts";
import type {
  LiveRecording,
  RecorderAlarm,
  RecordingOrder,
  RecordingResult,
  StoppedRecording,
} from "./recording.types.ts";
import { makeRing, readNotes, SAMPLES_PER_MS } from "./ring.ts";
import type { StorageSettings } from "./storage/storage.ts";
import type { PauseBehavior } from "./timeline.ts";

export type RecorderOptions = {
  /** Where recordings grow; with local storage also where they stay, under `finished/`. Made when it is not there. */
  readonly dir: string;
  readonly storage: StorageSettings;
  /**
   * Takes the result of every recording, at least once: its promise fulfilled means taken, rejected means that it is given again
   * later, if need be after the next start. `completed` and `damaged` are in the storage by then.
   */
  readonly onFinished: (result: RecordingResult) => Promise<void>;
  readonly onAlarm: (alarm: RecorderAlarm) => void;
  /** Memory per recording for packets on their way to the disk: a power of two; 128 KiB, about six seconds of a call. */
  readonly ringBytes?: number;
};

/** Why the recorder did not do it. `gone`: its thread ended just now; `disk-slow`: the disk did not answer in time. */
export class RecorderRefusal extends Error {
  readonly code: RefusalCode | "disk-slow" | "gone";

  constructor(code: RecorderRefusal["code"], why: string) {
    super(why);
    this.code = code;
  }
}

/**
 * Records calls into files that survive crashes: at most a second of sound is lost, and never a file. One per process.
 *
 * ```ts
 * const recorder = await createRecorder({ dir, storage: { kind: "local" }, onFinished, onAlarm });
 * await recorder.repair();
 * const ring = await recorder.start(order); // the file exists, and the disk keeps it
 * await mediaSession.record(ring);          // from now on packets flow into it
 * …
 * await mediaSession.close();
 * await recorder.stop(order.sid);           // `onFinished` follows when the file is stored
 * ```
 */
export interface Recorder {
  /**
   * Opens a recording. Its time begins when the ring is given to a media plane (or to a `RingWriter`).
   *
   * @returns the ring that takes its packets
   * @throws (rejects with) `RecorderRefusal`, within two seconds also when the disk hangs
   */
  start(order: RecordingOrder): Promise<SharedArrayBuffer>;
  /** From now on nothing is recorded: it stands as silence in the file (`silence`), or is left out (`skip`). */
  pause(sid: string, behavior: PauseBehavior): Promise<void>;
  resume(sid: string): Promise<void>;
  /** Its file follows by `onFinished`. May take as long as the disk does. */
  stop(sid: string): Promise<StoppedRecording>;
  /** What is being recorded, as of a few hundred milliseconds ago; without waiting for anybody. */
  live(): readonly LiveRecording[];
  /** One of them. */
  find(sid: string): LiveRecording | undefined;
  /**
   * Completes what earlier processes left unfinished; their results come by `onFinished`. Takes two seconds when there is
   * something, to be sure that no other process is still recording it.
   *
   * @returns sids of what is being completed
   */
  repair(): Promise<readonly string[]>;
  /** Which of these recordings, begun and never finished by their rows, exist nowhere here: requested, and without media. */
  lost(sids: readonly string[]): Promise<readonly string[]>;
  /** Ends every recording and gives the results that can be given within a few seconds; the others come after the next start. */
  close(): Promise<void>;
}

/** Resolves when the recorder is ready; rejects when its directory cannot be used. */
export async function createRecorder(options: RecorderOptions): Promise<Recorder> {
  const recorder = new ThreadedRecorder(options);
  await recorder.ready;
  return recorder;
}

/** A call does not wait longer for a disk. */
const START_LIMIT_MS = 2_000;
const CLOSE_LIMIT_MS = 3_000;
/** A thread that lived shorter than this is started again only after as long. */
const RESTART_MS = 1_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

type Waiting = { resolve(reply: RecorderReply): void; reject(error: RecorderRefusal): void };
type Begun = {
  readonly order: RecordingOrder;
  readonly startedAtMs: number;
  readonly ring: SharedArrayBuffer;
  paused: { readonly behavior: PauseBehavior; readonly atMs: number } | null;
};

export class ThreadedRecorder implements Recorder {
  readonly ready: Promise<void>;
  readonly #options: RecorderOptions;
  readonly #begun = new Map<string, Begun>();
  readonly #waiting = new Map<number, Waiting>();
  readonly #delivering = new Map<string, Promise<void>>();
  readonly #cameUp: Promise<boolean>;
  readonly #closing = new AbortController();
  #isClosing = false;
  /** Null while it is down. */
  #thread: Worker | null;
  #lastId = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.ready = promise;
    this.#cameUp = promise.then(
      () => true,
      () => false,
    );
    this.#thread = this.#startThread(resolve, reject);
  }

  /** Its thread; to end it is how a crash is tried out. */
  get thread(): Worker | null {
    return this.#thread;
  }

  async start(order: RecordingOrder): Promise<SharedArrayBuffer> {
    if (this.#isClosing) throw new RecorderRefusal("gone", "the recorder is closed");
    const ring = makeRing(this.#options.ringBytes);
    const startedAtMs = Date.now();
    const asked = this.#ask({ kind: "start", order, startedAtMs, ring, adopt: false });
    const slow = new AbortController();
    const limit = wait(START_LIMIT_MS, "slow" as const, { signal: slow.signal, ref: false }).catch(
      () => "slow" as const,
    );
    const first = await Promise.race([asked.finally(() => slow.abort()), limit]);
    if (first === "slow") {
      // Should it begin after all, it ends at once, with a result that says that there is nothing.
      asked.then(() => this.#ask({ kind: "stop", sid: order.sid, atMs: monotonicMs() })).catch(() => undefined);
      throw new RecorderRefusal("disk-slow", `the disk did not open the file within ${START_LIMIT_MS} ms`);
    }
    this.#begun.set(order.sid, { order, startedAtMs, ring, paused: null });
    return ring;
  }

  async pause(sid: string, behavior: PauseBehavior): Promise<void> {
    const atMs = monotonicMs();
    await this.#ask({ kind: "pause", sid, behavior, atMs });
    const begun = this.#begun.get(sid);
    if (begun) begun.paused = { behavior, atMs };
  }

  async resume(sid: string): Promise<void> {
    await this.#ask({ kind: "resume", sid, atMs: monotonicMs() });
    const begun = this.#begun.get(sid);
    if (begun) begun.paused = null;
  }

  async stop(sid: string): Promise<StoppedRecording> {
    // A thread that fails now must not go on with it: the next one completes what it finds.
    this.#begun.delete(sid);
    const reply = await this.#ask({ kind: "stop", sid, atMs: monotonicMs() });
    return reply.kind === "stopped" ? reply.recording : { sid, durationMs: 0 };
  }

  live(): readonly LiveRecording[] {
    return [...this.#begun.values()].map(describe);
  }

  find(sid: string): LiveRecording | undefined {
    const begun = this.#begun.get(sid);
    return begun && describe(begun);
  }

  async repair(): Promise<readonly string[]> {
    const reply = await this.#ask({ kind: "repair" });
    return reply.kind === "sids" ? reply.sids : [];
  }

  async lost(sids: readonly string[]): Promise<readonly string[]> {
    const reply = await this.#ask({ kind: "lost", sids });
    return reply.kind === "sids" ? reply.sids : [];
  }

  async close(): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    await this.#ask({ kind: "close", atMs: monotonicMs() }).catch(() => undefined);
    this.#begun.clear();
    // What nobody takes in time is given again after the next start.
    await Promise.race([Promise.all(this.#delivering.values()), wait(CLOSE_LIMIT_MS, undefined, { ref: false })]);
    this.#closing.abort();
    await this.#thread?.terminate();
  }

  async #ask(request: RecorderRequest): Promise<RecorderReply> {
    const thread = this.#thread;
    if (thread === null || this.#closing.signal.aborted)
      throw new RecorderRefusal("gone", "the recorder is not running");
    this.#lastId += 1;
    const id = this.#lastId;
    const reply = await new Promise<RecorderReply>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      thread.postMessage({ id, request });
    });
    if (reply.kind === "refused") throw new RecorderRefusal(reply.code, reply.why);
    return reply;
  }

  #startThread(onReady: () => void, onFailed: (error: Error) => void): Worker {
    const { dir, storage } = this.#options;
    const settings: RecorderSettings = { dir, storage };
    const file = import.meta.url.endsWith(".ts") ? "./recorder-worker.ts" : "./recorder-worker.js";
    const thread = new Worker(new URL(file, import.meta.url), { name: "recorder", workerData: settings });
    const startedMs = performance.now();
    let why = "the recorder's thread ended";
    thread.on("message", (message: FromRecorder) => this.#onMessage(message, onReady));
    thread.on("error", (error) => {
      why = `the recorder's thread failed: ${error instanceof Error ? error.message : String(error)}`;
    });
    thread.on("exit", () => {
      onFailed(new Error(why));
      void this.#onExit(why, performance.now() - startedMs);
    });
    return thread;
  }

  #onMessage(message: FromRecorder, onReady: () => void): void {
    switch (message.kind) {
      case "ready":
        onReady();
        return;
      case "reply":
        this.#waiting.get(message.id)?.resolve(message.reply);
        this.#waiting.delete(message.id);
        return;
      case "alarm":
        this.#options.onAlarm(message.alarm);
        return;
      case "finished": {
        const { sid } = message.result;
        const delivered = this.#deliver(message.result).finally(() => this.#delivering.delete(sid));
        this.#delivering.set(sid, delivered);
        return;
      }
      default:
        message satisfies never;
    }
  }

  async #deliver(result: RecordingResult): Promise<void> {
    for (let pauseMs = FIRST_RETRY_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_RETRY_MS)) {
      try {
        await this.#options.onFinished(result);
        break;
      } catch {
        if (this.#isClosing) return;
        await wait(pauseMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      }
    }
    await this.#ask({ kind: "taken", sid: result.sid }).catch(() => undefined);
  }

  /** The thread is gone: another takes its place and goes on with what was being recorded. */
  async #onExit(why: string, livedMs: number): Promise<void> {
    for (const { reject } of this.#waiting.values()) reject(new RecorderRefusal("gone", why));
    this.#waiting.clear();
    this.#thread = null;
    // One that never came up has a reason that does not pass by itself.
    if (!(await this.#cameUp)) this.#closing.abort();
    if (this.#closing.signal.aborted) return;
    this.#options.onAlarm({ name: "fault", sid: null, call: null, why });
    if (livedMs < RESTART_MS) {
      await wait(RESTART_MS, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      if (this.#closing.signal.aborted) return;
    }
    this.#thread = this.#startThread(
      () => undefined,
      () => undefined,
    );
    await Promise.all([...this.#begun.values()].map((begun) => this.#adopt(begun)));
    // What had ended and was on its way when the thread failed.
    await this.repair().catch(() => undefined);
  }

  async #adopt({ order, startedAtMs, ring, paused }: Begun): Promise<void> {
    const { sid } = order;
    try {
      await this.#ask({ kind: "start", order, startedAtMs, ring, adopt: true });
      if (paused) await this.#ask({ kind: "pause", sid, ...paused });
    } catch (error) {
      const { callSid, accountSid } = order;
      const why = `the recording does not go on: ${String(error)}`;
      this.#options.onAlarm({ name: "fault", sid, call: { callSid, accountSid }, why });
    }
  }
}

function describe({ order, ring }: Begun): LiveRecording {
  const { frames, heard } = readNotes(ring);
  const { sid, callSid, accountSid } = order;
  return { sid, callSid, accountSid, durationMs: Math.round(frames / SAMPLES_PER_MS), heard };
}
