import type { RecordingMode, Trunk } from "../model.ts";
import { info, type Passed } from "./ruling.ts";

/** How a call is to be recorded (REC-1). */
export type RecordingPlan = {
  /** `ringing`: from the first sign of ringing that the caller is given, early media included; at the answer when there was none. */
  readonly from: "ringing" | "answer";
  /** 1: both sides mixed. 2: channel 1 the caller, channel 2 the called side. */
  readonly channels: 1 | 2;
  /** Silence at the beginning and at the end is left out. */
  readonly trim: boolean;
};

const MODES: Readonly<Record<RecordingMode, Omit<RecordingPlan, "trim"> | null>> = {
  "do-not-record": null,
  "record-from-ringing": { from: "ringing", channels: 1 },
  "record-from-answer": { from: "answer", channels: 1 },
  "record-from-ringing-dual": { from: "ringing", channels: 2 },
  "record-from-answer-dual": { from: "answer", channels: 2 },
};

/** What a trunk's setting means for its calls, in both directions (contract §2.2); undefined: they are not recorded. */
export function recordingOf({
  recordingMode,
  recordingTrim,
}: Pick<Trunk, "recordingMode" | "recordingTrim">): Passed<RecordingPlan> | undefined {
  const mode = MODES[recordingMode];
  if (mode === null) return undefined;
  const plan = { ...mode, trim: recordingTrim === "trim-silence" };
  const channels = plan.channels === 2 ? "each side in a channel of its own" : "both sides in one channel";
  const trim = plan.trim ? "; silence at its beginning and end is cut" : "";
  return info(
    recordingMode,
    `The call is recorded from ${plan.from === "ringing" ? "ringing" : "the answer"} on, ${channels}${trim}.`,
    plan,
  );
}
