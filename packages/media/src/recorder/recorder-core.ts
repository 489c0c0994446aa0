import { setImmediate as nextTurn, setTimeout as wait } from "node:timers/promises";
import { Completion } from "./completion.ts";
import { type Ending, RecorderFiles } from "./files.ts";
import { LiveRecording } from "./live-recording.ts";
import type { RecorderReply, RecorderRequest, RecorderSettings, RefusalCode } from "./protocol.ts";
import type { RecorderAlarm, RecordingOrder, RecordingResult } from "./recording.types.ts";
import { causeOf, RecordingFile } from "./recording-file.ts";
import { endingOf } from "./repair.ts";
import { SAMPLES_PER_MS } from "./ring.ts";
import { faultOfKey } from "./seal.ts";
import { openStorage } from "./storage/storage.ts";

/** A file is synced when this long has passed since it was: with the ticks in between at most half a second. */
const SYNC_AFTER_MS = 400;
/** A round of syncs that takes longer goes on after the rings have been emptied again. */
const SYNC_BUDGET_MS = 250;
/** More is worth an alarm: a power cut would cost more than the second that is promised. */
const SLOW_AFTER_MS = 2_000;
/** A file that neither changes nor grows for so long belongs to no living process: each writes twice a second. */
const ABANDONED_AFTER_MS = 2_000;

/** A storage that is away does not hold up the end of the process: the next start goes on. */
const CLOSE_LIMIT_MS = 3_000;

/** Sids make file names. */
const SID = /^[A-Za-z0-9]{2,64}$/;

type Outlets = { alarm(alarm: RecorderAlarm): void; finished(result: RecordingResult): void };
type Live = { readonly recording: LiveRecording; syncedMs: number };
type Start = RecorderRequest & { readonly kind: "start" };

/** The recordings of one process: everything the recorder's thread does, without the thread. Times are `monotonicMs`. */
export class RecorderCore {
  readonly #files: RecorderFiles;
  readonly #completion: Completion;
  readonly #outlets: Outlets;
  readonly #live = new Map<string, Live>();
  /** Ended but not yet taken by their owner. */
  readonly #ended = new Set<string>();
  #isSlow = false;

  constructor({ dir, storage }: RecorderSettings, outlets: Outlets) {
    this.#outlets = outlets;
    this.#files = new RecorderFiles(dir);
    this.#completion = new Completion({
      files: this.#files,
      storage: openStorage(storage, dir),
      alarm: (alarm) => outlets.alarm(alarm),
      deliver: (result) => outlets.finished(result),
    });
  }

  async handle(request: RecorderRequest, nowMs: number): Promise<RecorderReply> {
    switch (request.kind) {
      case "start":
        return this.#start(request, nowMs);
      case "pause":
        return this.#control(request.sid, ({ recording }) => recording.pause(request.behavior, request.atMs));
      case "resume":
        return this.#control(request.sid, ({ recording }) => recording.resume(request.atMs));
      case "stop":
        return this.#stop(request.sid, request.atMs);
      case "repair":
        return { kind: "sids", sids: await this.#repair() };
      case "lost":
        return { kind: "sids", sids: request.sids.filter((sid) => !this.#isKnown(sid)) };
      case "taken":
        this.#files.forget(request.sid);
        this.#ended.delete(request.sid);
        return { kind: "done" };
      case "close":
        return this.#close(request.atMs);
      default:
        return request satisfies never;
    }
  }

  /** Takes what has come and writes it; to be called about ten times a second. */
  tick(nowMs: () => number): void {
    for (const [sid, { recording }] of this.#live) {
      try {
        recording.advance(nowMs());
      } catch (error) {
        // A fault of ours costs this recording its rest, and no other anything.
        this.#alarm("fault", recording.order, `the recording went wrong: ${messageOf(error)}`);
        this.#end(sid, nowMs());
      }
    }
    this.#sync(nowMs);
  }

  #start({ order, startedAtMs, ring, adopt }: Start, nowMs: number): RecorderReply {
    const fault = faultOf(order);
    if (fault !== null) return refuse("invalid-order", fault);
    if (this.#isKnown(order.sid) && !adopt) return refuse("exists", `${order.sid} is or was recorded already`);
    try {
      const path = this.#files.partOf(order.sid);
      if (!adopt) this.#files.writeSidecar({ order, startedAtMs });
      const isThere = adopt && this.#files.hasPart(order.sid);
      const file = isThere ? RecordingFile.reopen(path, order.channels) : RecordingFile.create(path, order.channels);
      this.#files.syncNames();
      const onGap = (name: RecorderAlarm["name"], why: string): void => this.#alarm(name, order, why);
      const recording = new LiveRecording(order, startedAtMs, ring, file, onGap);
      this.#live.set(order.sid, { recording, syncedMs: nowMs });
      return { kind: "done" };
    } catch (error) {
      if (!adopt) this.#files.forget(order.sid);
      return refuse(causeOf(error), messageOf(error));
    }
  }

  #control(sid: string, act: (live: Live) => void): RecorderReply {
    const live = this.#live.get(sid);
    if (live === undefined) return refuse("unknown", `${sid} is not being recorded`);
    act(live);
    return { kind: "done" };
  }

  #stop(sid: string, atMs: number): RecorderReply {
    if (!this.#live.has(sid)) return refuse("unknown", `${sid} is not being recorded`);
    const durationMs = this.#end(sid, atMs);
    return { kind: "stopped", recording: { sid, durationMs } };
  }

  /** @returns duration in ms */
  #end(sid: string, atMs: number): number {
    const live = this.#live.get(sid);
    if (live === undefined) return 0;
    this.#live.delete(sid);
    this.#ended.add(sid);
    const { recording } = live;
    const ending = this.#endingOf(recording, atMs);
    const sidecar = { order: recording.order, startedAtMs: recording.startedAtMs, ending };
    try {
      this.#files.writeSidecar(sidecar);
    } catch {
      // No room: after a crash the file would be taken for an interrupted one, which loses the list of its gaps only.
    }
    this.#completion.add(sidecar);
    return ending.absence === null ? Math.round(ending.frames / SAMPLES_PER_MS) : 0;
  }

  #endingOf(recording: LiveRecording, atMs: number): Ending {
    try {
      return recording.end(atMs);
    } catch (error) {
      this.#alarm("fault", recording.order, `the recording could not be ended in order: ${messageOf(error)}`);
      return endingOf(this.#files, recording);
    }
  }

  #sync(nowMs: () => number): void {
    const due = [...this.#live.values()].filter(({ syncedMs }) => nowMs() - syncedMs >= SYNC_AFTER_MS);
    due.sort((one, other) => one.syncedMs - other.syncedMs);
    const beganMs = nowMs();
    for (const live of due) {
      const wasMs = live.syncedMs;
      live.recording.file.sync();
      live.syncedMs = nowMs();
      this.#watch(live.syncedMs - wasMs);
      if (live.syncedMs - beganMs > SYNC_BUDGET_MS) return;
    }
  }

  /** One alarm when syncs begin to come late, and not again before they came in time. */
  #watch(afterMs: number): void {
    if (afterMs > SLOW_AFTER_MS && !this.#isSlow) {
      this.#isSlow = true;
      const why = `the disk of ${this.#files.dir} took ${Math.round(afterMs)} ms to keep what was recorded`;
      this.#outlets.alarm({ name: "disk-slow", sid: null, call: null, why });
    } else if (afterMs < SLOW_AFTER_MS / 2) this.#isSlow = false;
  }

  async #repair(): Promise<readonly string[]> {
    const before = this.#strangers();
    if (before.size === 0) return [];
    await wait(ABANDONED_AFTER_MS);
    const after = this.#strangers();
    const abandoned = [...before.keys()].filter((sid) => after.get(sid) === before.get(sid));
    for (const sid of abandoned) {
      this.#repairOne(sid);
      // Whatever is being recorded meanwhile does not wait for all of them.
      await nextTurn();
    }
    return abandoned;
  }

  #repairOne(sid: string): void {
    const sidecar = this.#files.readSidecar(sid);
    if (sidecar === null) {
      const why = `${this.#files.partOf(sid)} lies there without its order`;
      this.#outlets.alarm({ name: "unreadable", sid, call: null, why });
      return;
    }
    try {
      const ending: Ending = sidecar.ending ?? endingOf(this.#files, sidecar);
      this.#ended.add(sid);
      this.#completion.add({ ...sidecar, ending });
    } catch (error) {
      this.#alarm("unreadable", sidecar.order, `it could not be repaired: ${messageOf(error)}`);
    }
  }

  /** What lies in the directory and is not ours, with something that changes while somebody works on it. */
  #strangers(): Map<string, string> {
    const sids = this.#files.unfinished().filter((sid) => !this.#live.has(sid) && !this.#ended.has(sid));
    return new Map(sids.map((sid) => [sid, this.#files.traceOf(sid)]));
  }

  #alarm(name: RecorderAlarm["name"], { sid, callSid, accountSid }: RecordingOrder, why: string): void {
    this.#outlets.alarm({ name, sid, call: { callSid, accountSid }, why });
  }

  #isKnown(sid: string): boolean {
    return this.#live.has(sid) || this.#ended.has(sid) || this.#files.has(sid);
  }

  async #close(atMs: number): Promise<RecorderReply> {
    for (const sid of [...this.#live.keys()]) this.#end(sid, atMs);
    await Promise.race([this.#completion.idle(), wait(CLOSE_LIMIT_MS)]);
    this.#completion.close();
    await Promise.race([this.#completion.idle(), wait(CLOSE_LIMIT_MS)]);
    return { kind: "done" };
  }
}

function faultOf({ sid, callSid, accountSid, channels, encryptTo }: RecordingOrder): string | null {
  for (const one of [sid, callSid, accountSid]) if (!SID.test(one)) return `${JSON.stringify(one)} is not a sid`;
  if (channels !== 1 && channels !== 2) return `a recording has 1 or 2 channels, not ${channels}`;
  const fault = encryptTo === undefined ? null : faultOfKey(encryptTo);
  return fault === null ? null : `public key ${encryptTo?.keySid}: ${fault}`;
}

function refuse(code: RefusalCode, why: string): RecorderReply {
  return { kind: "refused", code, why };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
