import type { Recorder } from "@trunkline/media";

/** What calls need of a recorder. */
export type CallRecorder = Pick<Recorder, "start" | "pause" | "resume" | "stop" | "find" | "close">;

/** A recording while its call runs. `stopped`: it was just ended, and its outcome follows. */
export type LiveRecordingView = {
  readonly sid: string;
  readonly callSid: string;
  readonly accountSid: string;
  readonly status: "in-progress" | "paused" | "stopped";
  readonly startedAtMs: number;
  /** As of a few hundred milliseconds ago. */
  readonly durationMs: number;
  readonly channels: 1 | 2;
};

/** What a live recording is to do (contract §9). `pauseBehavior`: a pause stands as silence in the file, or is left out of it. */
export type RecordingCommand =
  | { readonly status: "paused"; readonly pauseBehavior: "silence" | "skip" }
  | { readonly status: "in-progress" | "stopped" };

/** A command with its addressee: a recording of a live call, or `Twilio.CURRENT` for the one that runs. */
export type RecordingRequest = RecordingCommand & {
  readonly accountSid: string;
  readonly callSid: string;
  readonly recordingSid: string;
};

export type RecordingControl =
  | { readonly kind: "done"; readonly recording: LiveRecordingView }
  /** No live call of that account, or no recording of that SID in it. */
  | { readonly kind: "not-found" }
  /** The call is live; its recording is over, or has not begun. */
  | { readonly kind: "not-live" };
