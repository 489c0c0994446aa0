import type { RecorderAlarm, RecordingOrder, RecordingResult, StoppedRecording } from "./recording.types.ts";
import type { StorageSettings } from "./storage/storage.ts";
import type { PauseBehavior } from "./timeline.ts";

/** What a recorder and its thread tell each other: a handful of messages per recording, none per packet. */

/** What the thread is started with. */
export type RecorderSettings = { readonly dir: string; readonly storage: StorageSettings };

/** Times are `monotonicMs`. */
export type RecorderRequest =
  /** `adopt`: another thread began it, and failed. */
  | {
      readonly kind: "start";
      readonly order: RecordingOrder;
      readonly startedAtMs: number;
      readonly ring: SharedArrayBuffer;
      readonly adopt: boolean;
    }
  | { readonly kind: "pause"; readonly sid: string; readonly behavior: PauseBehavior; readonly atMs: number }
  | { readonly kind: "resume"; readonly sid: string; readonly atMs: number }
  | { readonly kind: "stop"; readonly sid: string; readonly atMs: number }
  /** Completes what earlier processes left; answered with the sids. */
  | { readonly kind: "repair" }
  /** Which of these it knows nothing of. */
  | { readonly kind: "lost"; readonly sids: readonly string[] }
  /** The owner has taken the result. */
  | { readonly kind: "taken"; readonly sid: string }
  | { readonly kind: "close"; readonly atMs: number };

export type RefusalCode = "invalid-order" | "unknown" | "exists" | "disk-full" | "disk-failed";

export type RecorderReply =
  | { readonly kind: "done" }
  | { readonly kind: "stopped"; readonly recording: StoppedRecording }
  | { readonly kind: "sids"; readonly sids: readonly string[] }
  | { readonly kind: "refused"; readonly code: RefusalCode; readonly why: string };

export type ToRecorder = { readonly id: number; readonly request: RecorderRequest };

export type FromRecorder =
  | { readonly kind: "ready" }
  | { readonly kind: "reply"; readonly id: number; readonly reply: RecorderReply }
  | { readonly kind: "alarm"; readonly alarm: RecorderAlarm }
  | { readonly kind: "finished"; readonly result: RecordingResult };
