import type { TraceStep } from "../trace.ts";

/** `outbound-api`: the platform itself calls, asked through the API. */
export type CallDirection = "trunking-terminating" | "trunking-originating" | "outbound-api";
export type CallStatus =
  | "queued"
  | "ringing"
  | "in-progress"
  | "completed"
  | "busy"
  | "failed"
  | "no-answer"
  | "canceled";

/** Per leg and direction: what arrived from that leg. Milliseconds and counts; null where nothing was measured. */
export type LegQuality = {
  readonly leg: "a" | "b";
  readonly codec: string | null;
  readonly packetsReceived: number;
  readonly bytesReceived: number;
  readonly packetsLost: number;
  readonly jitterMs: number | null;
  readonly roundTripMs: number | null;
  /** E-model estimate 1.0–4.5 of what this leg sent us. */
  readonly mos: number | null;
  readonly sourceChanges: number;
  /** Whether the leg spoke SRTP; absent where the media plane could not tell, as in records of before. */
  readonly srtp?: boolean;
  /** Datagrams that came to its ports and were not taken: from elsewhere, no RTP, not authentic, repeated. Absent likewise. */
  readonly packetsRejected?: number;
};

/** One target that leg B tried. */
export type AttemptRecord = {
  readonly uri: string;
  readonly carrierSid: string | null;
  readonly originationUrlSid: string | null;
  readonly startedAtMs: number;
  /** Final SIP status, 408 for silence; null while running. */
  readonly status: number | null;
  readonly reason: string | null;
};

/** What happens to a call, as the edge writes it to its journal. Wall-clock epoch milliseconds. Folding them gives the record. */
export type CallEvent =
  | {
      readonly kind: "started";
      readonly atMs: number;
      readonly sid: string;
      readonly accountSid: string;
      readonly trunkSid: string;
      readonly direction: CallDirection;
      /** Display form of the caller: E.164 where there is one. */
      readonly from: string;
      readonly to: string;
      readonly callerName: string | null;
      readonly phoneNumberSid: string | null;
      /** Call-ID of leg A. */
      readonly sipCallId: string;
      readonly source: string;
      readonly trace: readonly TraceStep[];
    }
  | {
      readonly kind: "attempt";
      readonly atMs: number;
      readonly sid: string;
      readonly attempt: AttemptRecord;
      /** Call-ID of leg B; null for a target that was never sent an INVITE. */
      readonly sipCallId: string | null;
    }
  | { readonly kind: "ringing"; readonly atMs: number; readonly sid: string }
  /** Leg A's 200 is about to leave: from here the call is billed. `to` is replaced by the URI used when originating. */
  | { readonly kind: "answered"; readonly atMs: number; readonly sid: string; readonly to: string | null }
  /** A recording of the call begins: its file is on the disk, and leg A has not been answered yet or is about to be (REC-4). */
  | { readonly kind: "recording"; readonly atMs: number; readonly sid: string; readonly recording: BegunRecording }
  | { readonly kind: "trace"; readonly atMs: number; readonly sid: string; readonly steps: readonly TraceStep[] }
  | {
      readonly kind: "ended";
      readonly atMs: number;
      readonly sid: string;
      /** Who or what ended it. `internal`: a bug or a restart of ours. */
      readonly by: "caller" | "callee" | "platform" | "internal";
      /** Final SIP status of leg A (200 for an answered call). */
      readonly sipStatus: number;
      readonly reason: string;
      /** Error code (contract §12) or null. */
      readonly errorCode: number | null;
      readonly quality: readonly LegQuality[];
    };

/** A recording that was begun; how it ended comes apart from the call's record, see `RecordingSink`. */
export type BegunRecording = {
  /** `RE…` */
  readonly sid: string;
  readonly startedAtMs: number;
  /** 2: channel 1 the caller, channel 2 the called side. */
  readonly channels: 1 | 2;
  readonly trim: boolean;
  /** Name of the edge that records it, and the only one that can say what became of it. */
  readonly edge: string;
};

/** What billing, API and console see. `revision` grows with every event folded in; the highest wins. */
export type CallRecord = {
  readonly sid: string;
  readonly revision: number;
  readonly accountSid: string;
  readonly trunkSid: string;
  readonly direction: CallDirection;
  readonly from: string;
  readonly to: string;
  readonly callerName: string | null;
  readonly phoneNumberSid: string | null;
  readonly status: CallStatus;
  readonly createdAtMs: number;
  /** Answer time; null when never answered. */
  readonly answeredAtMs: number | null;
  readonly endedAtMs: number | null;
  /** Whole seconds from answer to end, rounded up (0 when never answered); null until ended. */
  readonly durationSec: number | null;
  readonly sipCallIdA: string;
  /** Of the last INVITE that was sent; null when there was none. */
  readonly sipCallIdB: string | null;
  readonly source: string;
  readonly endedBy: "caller" | "callee" | "platform" | "internal" | null;
  readonly sipStatus: number | null;
  readonly reason: string | null;
  readonly errorCode: number | null;
  readonly attempts: readonly AttemptRecord[];
  readonly quality: readonly LegQuality[];
  readonly recordings: readonly BegunRecording[];
  readonly trace: readonly TraceStep[];
};
