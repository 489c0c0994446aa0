import type { RecordingOrder } from "@trunkline/media";
import { type BegunRecording, type CallIdentity, mintSid, type RecordingPlan } from "@trunkline/trunking";
import { RECORDING_BEGIN_MS } from "../limits.ts";
import type { LiveRecordingView, RecordingCommand } from "../recording/recording.types.ts";
import { CannotRecord } from "../recording/trouble.ts";
import type { CallMedia } from "./call-media.ts";
import type { Evidence } from "./evidence.ts";
import type { CallParts } from "./parts.ts";

/** How a call is to be recorded: as routing said, at this edge, and to whom the file is encrypted. */
export type CallRecordingPlan = RecordingPlan & { readonly edge: string };

type Parts = Pick<CallParts, "host" | "recordings" | "counters" | "wallClockMs" | "log">;

/** What a party may be told of a recording when its call is over. */
export type RecordingNote = { readonly sid: string; readonly durationMs: number };

/**
 * The recording of one call, begun at most once (REC-1). Its file is on the disk and the journal knows of it before the call machine is told
 * that it runs (REC-4); when it cannot begin in time the machine is told all the same, and the account why there is none.
 */
export class CallRecording {
  readonly #parts: Parts;
  readonly #media: CallMedia;
  readonly #evidence: Evidence;
  readonly #order: RecordingOrder | undefined;
  readonly #edge: string;
  readonly #settled: () => void;
  #state: "none" | "beginning" | "in-progress" | "paused" | "over" = "none";
  #deadline: unknown;
  #begun: BegunRecording | undefined;
  #note: RecordingNote | undefined;
  #isMissing = false;

  /** @param settled told once after `begin`, unless the call is over by then */
  constructor(
    parts: Parts,
    call: { readonly sid: string; readonly identity: CallIdentity; readonly recording: CallRecordingPlan | null },
    within: { readonly media: CallMedia; readonly evidence: Evidence },
    settled: () => void,
  ) {
    this.#parts = parts;
    this.#media = within.media;
    this.#evidence = within.evidence;
    this.#settled = settled;
    within.media.onUnrecorded = (why) => this.#missing(why);
    this.#edge = call.recording?.edge ?? "";
    this.#order = call.recording ? orderOf(call, call.recording, parts) : undefined;
  }

  begin(): void {
    if (this.#order === undefined || this.#state !== "none") return;
    this.#state = "beginning";
    this.#deadline = this.#parts.host.setTimer(RECORDING_BEGIN_MS, () =>
      this.#failed(new CannotRecord(`it had not begun after ${RECORDING_BEGIN_MS} ms`)),
    );
    this.#begin(this.#order).catch((error: unknown) => this.#failed(error));
  }

  /**
   * The call is over and its media closed.
   *
   * @returns what can be told of the recording without waiting for a disk
   */
  end(isAnswered: boolean): RecordingNote | undefined {
    const { host, recordings } = this.#parts;
    host.clearTimer(this.#deadline);
    const view = this.view();
    if (view) this.#note = { sid: view.sid, durationMs: view.durationMs };
    if (this.#begun && !isAnswered) recordings.expectNothing(this.#begun.sid);
    if (this.#begun && this.#state !== "over") this.#stop(this.#begun.sid);
    this.#state = "over";
    return isAnswered ? this.#note : undefined;
  }

  /** Undefined when nothing is being recorded. */
  view(): LiveRecordingView | undefined {
    const live = this.#begun && this.#parts.recordings.recorder?.find(this.#begun.sid);
    if (!live || !this.#begun || (this.#state !== "in-progress" && this.#state !== "paused")) return undefined;
    const { sid, callSid, accountSid, durationMs } = live;
    const { startedAtMs, channels } = this.#begun;
    return { sid, callSid, accountSid, status: this.#state, startedAtMs, durationMs, channels };
  }

  /** SID of what is or was recorded. */
  get sid(): string | undefined {
    return this.#begun?.sid;
  }

  /**
   * Pauses, resumes or stops it (contract §9); undefined when it is not live. What is stopped is over: the call goes on without.
   *
   * @throws (rejects with) `RecorderRefusal` when the recorder is not there to do it
   */
  async control(command: RecordingCommand): Promise<LiveRecordingView | undefined> {
    const view = this.view();
    const { recorder } = this.#parts.recordings;
    if (!view || !recorder) return undefined;
    switch (command.status) {
      case "paused":
        await recorder.pause(view.sid, command.pauseBehavior);
        break;
      case "in-progress":
        await recorder.resume(view.sid);
        break;
      case "stopped":
        return await this.#stopNow(view);
      default:
        command satisfies never;
    }
    if (!this.#isLive()) return undefined;
    this.#state = command.status;
    return { ...view, status: command.status };
  }

  async #stopNow(view: LiveRecordingView): Promise<LiveRecordingView> {
    this.#state = "over";
    this.#note = { sid: view.sid, durationMs: view.durationMs };
    await this.#media.record(null).catch(() => undefined);
    const stopped = await this.#parts.recordings.recorder?.stop(view.sid);
    this.#note = stopped ?? this.#note;
    return { ...view, status: "stopped", durationMs: this.#note.durationMs };
  }

  async #begin(order: RecordingOrder): Promise<void> {
    const { recordings, counters, wallClockMs } = this.#parts;
    const { recorder } = recordings;
    if (!recorder) throw new CannotRecord("there is no recorder");
    if (!(await this.#media.canRecord())) throw new CannotRecord("the media plane cannot record");
    const ring = await recorder.start(order);
    if (this.#state !== "beginning") {
      this.#stop(order.sid);
      return;
    }
    const { sid, channels, trim } = order;
    this.#begun = { sid, startedAtMs: wallClockMs(), channels, trim, edge: this.#edge };
    this.#evidence.recorded(this.#begun);
    await this.#media.record(ring);
    if (this.#state !== "beginning") return;
    counters.add("recordings_begun");
    this.#settle("in-progress");
  }

  /** The call goes on without a recording, and its account hears of that. */
  #failed(error: unknown): void {
    if (this.#state !== "beginning") return;
    const { code, words } = this.#parts.recordings.notBegun(error);
    this.#evidence.notRecorded(code, words);
    if (this.#begun) {
      this.#media.record(null).catch(() => undefined);
      this.#stop(this.#begun.sid);
    }
    this.#settle("over");
  }

  /** It goes on, and what the media plane cannot copy is silence in it. Told once, like the recorder's own alarms. */
  #missing(why: string): void {
    if (!this.#order || !this.#isLive() || this.#isMissing) return;
    this.#isMissing = true;
    const { sid, callSid, accountSid } = this.#order;
    this.#parts.recordings.alarmed({ name: "not-copied", sid, call: { callSid, accountSid }, why });
  }

  #settle(state: "in-progress" | "over"): void {
    this.#parts.host.clearTimer(this.#deadline);
    this.#state = state;
    this.#settled();
  }

  /** Its outcome comes to `Recordings` when the file is stored. */
  #stop(sid: string): void {
    const { recordings, log } = this.#parts;
    recordings.recorder?.stop(sid).catch((error: unknown) => {
      // The recorder's thread failed just now; the next one completes what it finds.
      log("warn", "a recording could not be stopped", { recordingSid: sid, why: String(error) });
    });
  }

  #isLive(): boolean {
    return this.#state === "in-progress" || this.#state === "paused";
  }
}

function orderOf(
  call: { readonly sid: string; readonly identity: CallIdentity },
  { channels, trim, encryptTo }: RecordingPlan,
  { host }: Pick<Parts, "host">,
): RecordingOrder {
  const sid = mintSid("RE", host.randomHex(16));
  const order = { sid, callSid: call.sid, accountSid: call.identity.accountSid, channels, trim };
  return encryptTo ? { ...order, encryptTo: { keySid: encryptTo.sid, publicKey: encryptTo.publicKey } } : order;
}
