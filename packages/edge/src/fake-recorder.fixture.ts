import type { LiveRecording, RecordingOrder, RecordingResult } from "@trunkline/media";
import type { CallRecorder } from "./recording/recording.types.ts";

/** A recorder without files: notes what it is told, and its recordings are as long as they are said to be. */
export class FakeRecorder implements CallRecorder {
  readonly live = new Map<string, { readonly order: RecordingOrder; readonly ring: SharedArrayBuffer }>();
  /** `start`, `pause silence`, `stop` …, in order. */
  readonly told: string[] = [];
  readonly stopped: RecordingOrder[] = [];
  durationMs = 0;
  /** What `start` waits for, or fails of. */
  before: () => Promise<void> = async () => undefined;

  async start(order: RecordingOrder): Promise<SharedArrayBuffer> {
    this.told.push("start");
    await this.before();
    const ring = new SharedArrayBuffer(8);
    this.live.set(order.sid, { order, ring });
    return ring;
  }

  async pause(_sid: string, behavior: "skip" | "silence"): Promise<void> {
    this.told.push(`pause ${behavior}`);
  }

  async resume(): Promise<void> {
    this.told.push("resume");
  }

  async stop(sid: string): Promise<{ readonly sid: string; readonly durationMs: number }> {
    const order = this.live.get(sid)?.order;
    this.told.push("stop");
    if (order) this.stopped.push(order);
    this.live.delete(sid);
    return { sid, durationMs: this.durationMs };
  }

  find(sid: string): LiveRecording | undefined {
    const order = this.live.get(sid)?.order;
    if (!order) return undefined;
    return { sid, callSid: order.callSid, accountSid: order.accountSid, durationMs: this.durationMs, heard: HEARD };
  }

  async close(): Promise<void> {
    this.told.push("close");
    for (const sid of this.live.keys()) await this.stop(sid);
  }
}

const HEARD: LiveRecording["heard"] = { a: 0, b: 0 };

/** The recorder's word on one that was stopped, with nothing in it. */
export function withoutSound({ sid, callSid, accountSid, channels }: RecordingOrder): RecordingResult {
  const known = { sid, callSid, accountSid, channels, startedAtMs: 0, durationMs: 0, interrupted: false };
  return { ...known, state: "absent", why: "no-media", gaps: [] };
}
