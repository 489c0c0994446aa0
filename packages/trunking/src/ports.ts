import type { ErrorCode } from "./errors.ts";
import type { LimitClaim } from "./limits/claims.ts";
import type { DirectoryChange } from "./model.ts";
import type { CallRecord, LegQuality } from "./record/events.ts";

/**
 * The seams between the rooms that carry calls and those that keep data. `server` connects them; `edge` never sees a database.
 */

/** Where the directory comes from: everything first, then changes in order of `seq`. */
export interface DirectorySource {
  /** Delivers the whole directory as changes, then keeps delivering; resolves when the first load is complete. */
  subscribe(apply: (changes: readonly DirectoryChange[]) => void): Promise<{ stop(): Promise<void> }>;
}

/** Where call records go. Idempotent: a batch may come twice and out of order; the highest revision of a SID wins. */
export interface CallRecordSink {
  /** Resolves when the batch is durable; rejects when the sink is away (the journal keeps it and tries again). */
  save(records: readonly CallRecord[]): Promise<void>;
}

/** How a recording ended (REC-3, REC-4), or that it is not live any more and its file is being finished. */
export type RecordingOutcome = {
  /** `RE…` */
  readonly sid: string;
  readonly accountSid: string;
  readonly callSid: string;
  readonly channels: 1 | 2;
  readonly startedAtMs: number;
  readonly durationMs: number;
  /** `damaged` can be listened to, but stretches of it are silence that was sound; `absent`: there is nothing to listen to. */
  readonly state: "completed" | "damaged" | "absent";
  /** Why it is damaged or absent, for a person; null when completed. */
  readonly why: string | null;
  /** The same as a code of the catalogue. */
  readonly errorCode: ErrorCode | null;
  /** Cut short: the process or the machine went down. */
  readonly interrupted: boolean;
  /** Null when absent. */
  readonly file: RecordingFile | null;
};

export type RecordingFile = {
  /** Key in the recordings' storage. */
  readonly name: string;
  readonly bytes: number;
  /** Of the stored bytes, hexadecimal. */
  readonly sha256: string;
  /** Who can open it: the account's public key `CR…`, with the wrapped key and the IV in base64; null: not encrypted. */
  readonly encryption: { readonly keySid: string; readonly cek: string; readonly iv: string } | null;
};

export interface RecordingSink {
  /** Resolves when durable. Idempotent by `sid`; may come before the call's record does. */
  save(outcome: RecordingOutcome): Promise<void>;
}

/** Takes what a verification call has shown (NUM-4). */
export interface CallerIdSink {
  /**
   * Whoever answered knew the code: resolves when the caller ID is durable. Safe to repeat.
   *
   * @returns false when the call does not count any more
   */
  verified(callSid: string): Promise<boolean>;
}

/** An incident for the debugger (Monitor v1 Alerts, `NO…`). */
export type Alert = {
  readonly sid: string;
  readonly accountSid: string;
  readonly atMs: number;
  readonly errorCode: number;
  readonly level: "error" | "warning" | "notice";
  /** What it is about: a call or a trunk. */
  readonly resourceSid: string;
  readonly text: string;
};

export interface AlertSink {
  /** Resolves when durable. Idempotent by `sid`. */
  save(alerts: readonly Alert[]): Promise<void>;
}

/** Whether a call may start now. */
export type Admission =
  | { readonly kind: "admitted" }
  | {
      readonly kind: "over";
      /** The first limit that is used up. */
      readonly claim: LimitClaim;
      readonly what: "cps" | "concurrent-calls";
      /** When it is worth trying again; null: when a call ends, which nobody knows. */
      readonly afterMs: number | null;
    };

/**
 * Counts calls against limits (LIM-1). Synchronous, since nothing is waited for between an INVITE and the decision: a fleet-wide
 * implementation answers from what it last heard of the others.
 */
export interface Counters {
  /** Whether a call under these limits might start now. Changes nothing. */
  look(claims: readonly LimitClaim[]): Admission;
  /** The same, and takes a start from each of the limits when it may; none when it may not. */
  take(claims: readonly LimitClaim[]): Admission;
  /** The call is up: it counts once in each of these limits until it is released. May be called again for further ones. */
  hold(callSid: string, claims: readonly LimitClaim[]): void;
  /** The call is over. A call that holds nothing is none. */
  release(callSid: string): void;
}

/** One SIP message of a call, with its secrets masked. */
export type CapturedMessage = {
  readonly leg: "a" | "b";
  /** Which of leg B's INVITEs it belongs to, from 1; leg A has 0. */
  readonly attempt: number;
  readonly direction: "received" | "sent";
  /** Milliseconds since the first message, with fractions. */
  readonly atMs: number;
  readonly transport: "udp" | "tcp" | "tls";
  /** Address and port, IPv6 in brackets. */
  readonly local: string;
  readonly remote: string;
  /** The same text went the same way before. */
  readonly isRetransmission: boolean;
  /** One character is one octet. */
  readonly text: string;
};

/** One dialog of a call. */
export type CapturedLeg = {
  readonly leg: "a" | "b";
  readonly attempt: number;
  /** Whose it is: a trunk `TK…` or a carrier `CX…`; empty when it is nobody's. */
  readonly peerSid: string;
  readonly sipCallId: string;
};

/** One interval of the audio between us and one leg. */
export type QualitySample = {
  readonly leg: "a" | "b";
  /** What arrived from the leg, or what the leg reported by RTCP of what arrived there. */
  readonly direction: "received" | "sent";
  /** End of the interval, epoch milliseconds; it began where the one before ended. */
  readonly atMs: number;
  readonly packets: number;
  readonly lost: number;
  readonly jitterMs: number | null;
  readonly roundTripMs: number | null;
  /** E-model estimate 1.0–4.5; null when nothing was heard, or nothing is known of it. */
  readonly mos: number | null;
};

/** How a call's audio went (EVD-2). */
export type CapturedMedia = {
  /** By leg and direction, each in order of time. */
  readonly samples: readonly QualitySample[];
  /** That a leg pressed a key, and never which. Epoch milliseconds. */
  readonly keyPresses: readonly { readonly leg: "a" | "b"; readonly atMs: number; readonly durationMs: number }[];
};

/** The audio of a call: each leg's as a whole, and over time. */
export type CallAudio = { readonly quality: readonly LegQuality[]; readonly media: CapturedMedia };

/** Every SIP message of both legs of a call (EVD-2), and how its audio went. */
export type CallCapture = {
  readonly callSid: string;
  readonly accountSid: string;
  /** The wall clock at the first message. */
  readonly startedAtMs: number;
  /** Messages left out because there were too many. */
  readonly dropped: number;
  readonly legs: readonly CapturedLeg[];
  /** In order of time. */
  readonly messages: readonly CapturedMessage[];
  /** Absent: there was no audio, or the capture is of before it was kept. */
  readonly media?: CapturedMedia;
};

/** Takes captures of calls that are over. What it loses is lost: the call record does not depend on it. */
export interface CaptureSink {
  /** Resolves when durable. Idempotent by `callSid`: the later one replaces the earlier. */
  save(captures: readonly CallCapture[]): Promise<void>;
}
