import type { RecordingFile } from "@trunkline/trunking";
import type { PageOf, PageRequest } from "./store.ts";

/**
 * `stopped`: by request, while the call goes on. `processing`: it is over, and what became of it is not known yet. `absent`: there is
 * nothing to listen to. `deleted`: its media is gone, what is known of it is kept for a while.
 */
export type RecordingStatus = "in-progress" | "paused" | "stopped" | "processing" | "completed" | "absent" | "deleted";

export type Recording = {
  /** `RE…` */
  readonly sid: string;
  readonly accountSid: string;
  readonly callSid: string;
  /** Null until the call's record has come; so is the edge that records it. */
  readonly trunkSid: string | null;
  readonly edge: string | null;
  /** 2: channel 1 the caller, channel 2 the called side. */
  readonly channels: 1 | 2;
  readonly status: RecordingStatus;
  readonly startedAtMs: number;
  readonly updatedAtMs: number;
  /** Null until it is finished. */
  readonly durationMs: number | null;
  /** Of the catalogue: why it is absent or damaged. */
  readonly errorCode: number | null;
  /** Stretches of it are silence that was sound. */
  readonly damaged: boolean;
  /** Cut short: the process or the machine went down. */
  readonly interrupted: boolean;
  /** Why it is damaged or absent, for a person. */
  readonly why: string | null;
  /** Null unless it is completed. */
  readonly file: RecordingFile | null;
  readonly deletedAtMs: number | null;
};

/** Bounds are epoch milliseconds of the recording's beginning, `…From` inclusive, `…To` exclusive. */
export type RecordingFilter = {
  readonly accountSid: string;
  readonly callSid?: string;
  readonly startedFromMs?: number;
  readonly startedToMs?: number;
  /** Those that were deleted, too. */
  readonly deleted?: boolean;
};

/** What a call's owner can do to a recording while the call goes on. */
export type LiveRecordingStatus = "in-progress" | "paused" | "stopped";

export interface RecordingRepository {
  /** Deleted ones too. */
  fetch(accountSid: string, sid: string): Promise<Recording | undefined>;
  /** Newest first. */
  list(filter: RecordingFilter, page: PageRequest): Promise<PageOf<Recording>>;
  /** The recording that a call is being recorded to now, paused or not; the newest when there are several. */
  current(accountSid: string, callSid: string): Promise<Recording | undefined>;
  /** Notes what became of a live one; one that is stopped or finished stays as it is. The row as it is then, undefined without one. */
  steer(accountSid: string, sid: string, status: LiveRecordingStatus): Promise<Recording | undefined>;
  /** Marks a finished one as deleted, its media having been removed; false when there is none such. */
  markDeleted(accountSid: string, sid: string): Promise<boolean>;
  /**
   * Recordings of that edge of which nobody said how they ended, oldest change first: their call was over before `beforeMs`, or began two
   * days before that, longer than any call lasts.
   */
  unfinished(edge: string, beforeMs: number, limit: number): Promise<readonly Recording[]>;
  /**
   * Finished recordings that are older than their trunk keeps them, oldest first.
   *
   * @param except SIDs to leave out
   */
  expired(nowMs: number, limit: number, except: readonly string[]): Promise<readonly Recording[]>;
  /**
   * Forgets recordings that were deleted before `beforeMs`, at most `limit`.
   *
   * @returns how many; fewer than `limit`: none is left
   */
  forgetDeleted(beforeMs: number, limit: number): Promise<number>;
}

/** States of a recording that a trunk's owner can be told of (REC-6). */
export type RecordingEvent = "in-progress" | "completed" | "absent";

/** What becomes of a trunk's recordings (REC-5, REC-6). */
export type TrunkRecordings = {
  readonly trunkSid: string;
  /** Null: nobody is told. */
  readonly statusCallback: string | null;
  readonly statusCallbackMethod: "GET" | "POST";
  readonly statusCallbackEvents: readonly RecordingEvent[];
  /** Their media is deleted so many days after they began; null: never. Holds for what there is when the trunk is deleted, too. */
  readonly retentionDays: number | null;
};

export interface TrunkRecordingsRepository {
  /** Of those trunks that have a row, by SID; the others: nobody is told, and nothing is deleted. */
  fetchAll(trunkSids: readonly string[]): Promise<ReadonlyMap<string, TrunkRecordings>>;
}
