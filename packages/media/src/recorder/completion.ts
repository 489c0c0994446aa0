import { rmSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import type { Ending, RecorderFiles, Sidecar } from "./files.ts";
import type { AlarmName, RecorderAlarm, RecordingOrder, RecordingResult, StoredFile } from "./recording.types.ts";
import { RecordingFile } from "./recording-file.ts";
import { encryptFile, hashFile } from "./seal.ts";
import type { RecordingStorage } from "./storage/storage.ts";
import { SAMPLE_RATE } from "./wave.ts";

type Ground = {
  readonly files: RecorderFiles;
  readonly storage: RecordingStorage;
  alarm(alarm: RecorderAlarm): void;
  /** The recording is where it is to stay, and its owner is to be told. */
  deliver(result: RecordingResult): void;
};

/** A recording that has ended. */
export type Ended = Sidecar & { readonly ending: Ending };

/** Recordings worked on at the same time. */
const AT_ONCE = 2;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * What happens to a recording after its last sample: hash and encryption, a line in the manifest, the way into the storage, the
 * news to its owner. What fails is tried again until it succeeds; every step may be repeated, so after a crash the next start goes
 * on from what lies there.
 */
export class Completion {
  readonly #ground: Ground;
  readonly #queue: Ended[] = [];
  /** Sids of which an alarm was raised. */
  readonly #alarmed = new Set<string>();
  readonly #closing = new AbortController();
  #atWork = 0;
  #pauseMs = 0;
  #onIdle: (() => void)[] = [];

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  add(ended: Ended): void {
    this.#queue.push(ended);
    this.#start();
  }

  /** Resolves when nothing is left to do; or, once closed, when nothing is being done. */
  idle(): Promise<void> {
    if (this.#atWork === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle.push(resolve));
  }

  /** Begins nothing new; the rest waits for the next start. */
  close(): void {
    this.#closing.abort();
  }

  #start(): void {
    while (this.#atWork < AT_ONCE && !this.#closing.signal.aborted) {
      const ended = this.#queue.shift();
      if (ended === undefined) break;
      this.#atWork += 1;
      void this.#complete(ended).finally(() => {
        this.#atWork -= 1;
        this.#start();
        if (this.#atWork === 0) for (const resolve of this.#onIdle.splice(0)) resolve();
      });
    }
  }

  async #complete(ended: Ended): Promise<void> {
    const { sid } = ended.order;
    let failing: AlarmName = ended.order.encryptTo === undefined ? "disk-failed" : "encryption-failed";
    let result = ended.result;
    try {
      result ??= await this.#seal(ended);
      failing = "storage-failed";
      await this.#store(result);
    } catch (error) {
      this.#alarm(failing, ended.order, `the recording could not be completed: ${messageOf(error)}`);
      this.#pauseMs = Math.min(Math.max(FIRST_PAUSE_MS, 2 * this.#pauseMs), LONGEST_PAUSE_MS);
      await wait(this.#pauseMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      this.#queue.push(result === undefined ? ended : { ...ended, result });
      return;
    }
    this.#pauseMs = 0;
    this.#alarmed.delete(sid);
    if (result.state === "absent" && (result.why === "no-media" || result.why === "lost")) {
      const { callSid, accountSid } = ended.order;
      const why = `there is no recording of ${callSid}: ${result.why}`;
      this.#ground.alarm({ name: "no-media", sid, call: { callSid, accountSid }, why });
    }
    this.#ground.deliver(result);
  }

  async #seal(ended: Ended): Promise<RecordingResult> {
    const result = await this.#resultOf(ended);
    // In this order: a crash in between costs a second line, the last of which counts, rather than leaving none.
    this.#ground.files.appendManifest(result, Date.now());
    this.#ground.files.writeSidecar({ ...ended, result });
    return result;
  }

  async #resultOf({ order, startedAtMs, ending }: Ended): Promise<RecordingResult> {
    const { sid, callSid, accountSid, channels } = order;
    const { gaps, interrupted } = ending;
    const absence = ending.absence ?? (this.#ground.files.hasPart(sid) ? null : "lost");
    const durationMs = absence === null ? Math.round((ending.frames * 1_000) / SAMPLE_RATE) : 0;
    const outcome = { sid, callSid, accountSid, channels, startedAtMs, durationMs, interrupted };
    if (absence !== null) return { ...outcome, state: "absent", why: absence, gaps };
    RecordingFile.finish(this.#ground.files.partOf(sid), channels, ending.frames);
    const file = await this.#sealFile(order, startedAtMs);
    return gaps.length > 0 ? { ...outcome, state: "damaged", file, gaps } : { ...outcome, state: "completed", file };
  }

  async #sealFile({ sid, accountSid, encryptTo }: RecordingOrder, startedAtMs: number): Promise<StoredFile> {
    const { files } = this.#ground;
    const name = `${accountSid}/${new Date(startedAtMs).toISOString().slice(0, 7)}/${sid}.wav`;
    if (encryptTo === undefined) return { name, ...(await hashFile(files.partOf(sid))) };
    return { name: `${name}.enc`, ...(await encryptFile(files.partOf(sid), files.encryptedOf(sid), encryptTo)) };
  }

  async #store(result: RecordingResult): Promise<void> {
    const { files, storage } = this.#ground;
    const { sid } = result;
    if (result.state !== "absent") {
      const isEncrypted = result.file.encryption !== null;
      const path = isEncrypted ? files.encryptedOf(sid) : files.partOf(sid);
      await storage.put(result.file.name, path, isEncrypted ? "application/octet-stream" : "audio/x-wav");
    }
    // The plain text goes only when its ciphertext is safe.
    rmSync(files.partOf(sid), { force: true });
  }

  #alarm(name: AlarmName, { sid, callSid, accountSid }: RecordingOrder, why: string): void {
    if (this.#alarmed.has(sid)) return;
    this.#alarmed.add(sid);
    this.#ground.alarm({ name, sid, call: { callSid, accountSid }, why });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
