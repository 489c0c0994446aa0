import type { DirectoryChange } from "./model.ts";
import type { CallRecord } from "./record/events.ts";

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
