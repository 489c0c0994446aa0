import type { CallCapture } from "@trunkline/trunking";

export interface CaptureRepository {
  fetch(accountSid: string, callSid: string): Promise<CallCapture | undefined>;
  /** Retention: deletes captures of all accounts older than `beforeMs`, the oldest first and at most `limit`; gives their number. */
  deleteOlderThan(beforeMs: number, limit: number): Promise<number>;
}
