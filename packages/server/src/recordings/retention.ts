import type { RecordingMediaPort } from "@trunkline/api";
import type { Recording, RecordingRepository } from "@trunkline/store";
import type { Log } from "../log.ts";

const EVERY_MS = 3_600_000;
/** Deleted between two looks into the database. */
const AT_ONCE = 100;
/** Files that cannot be removed; with so many it is not the files. */
const MOST_FAILURES = 20;
/** Contract §9: what is known of a deleted recording is kept for forty days. */
const TOLD_MS = 40 * 86_400_000;

export type RecordingRetentionParts = {
  readonly recordings: Pick<RecordingRepository, "expired" | "markDeleted" | "forgetDeleted">;
  readonly media: Pick<RecordingMediaPort, "remove">;
  readonly log: Log;
  readonly nowMs: () => number;
};

/**
 * REC-5: deletes recordings that are older than their trunks keep them, and forgets those that were deleted long ago; now, and every hour from
 * now on. `close` waits for the one at which it is.
 */
export function startRecordingRetention(parts: RecordingRetentionParts): { close(): Promise<void> } {
  const closing = new AbortController();
  let running: Promise<void> | undefined;
  const run = (): void => {
    running ??= sweep(parts, closing.signal)
      .catch((error: Error) => parts.log("warn", "old recordings not deleted", { why: error.message }))
      .finally(() => {
        running = undefined;
      });
  };
  run();
  const timer = setInterval(run, EVERY_MS);
  return {
    async close() {
      closing.abort();
      clearInterval(timer);
      await running;
    },
  };
}

async function sweep(parts: RecordingRetentionParts, closing: AbortSignal): Promise<void> {
  await deleteExpired(parts, closing);
  let forgotten = AT_ONCE;
  while (!closing.aborted && forgotten === AT_ONCE) {
    forgotten = await parts.recordings.forgetDeleted(parts.nowMs() - TOLD_MS, AT_ONCE);
  }
}

/** What cannot be deleted is tried again in an hour and holds up none of the others. */
async function deleteExpired(parts: RecordingRetentionParts, closing: AbortSignal): Promise<void> {
  const failed: string[] = [];
  for (let found = AT_ONCE; found === AT_ONCE; ) {
    const expired = await parts.recordings.expired(parts.nowMs(), AT_ONCE, failed);
    found = expired.length;
    for (const recording of expired) {
      if (closing.aborted) return;
      const why = await deleteOne(parts, recording);
      if (why === undefined) continue;
      failed.push(recording.sid);
      parts.log("warn", "recording not deleted", { recording: recording.sid, why });
      if (failed.length === MOST_FAILURES) throw new Error(`${MOST_FAILURES} could not be removed`);
    }
  }
}

/** First the sound, then the mark, as the API does it. @returns why it could not be done */
async function deleteOne(
  { recordings, media, log }: RecordingRetentionParts,
  { sid, accountSid, trunkSid, edge, file }: Recording,
): Promise<string | undefined> {
  try {
    if (file !== null) await media.remove({ edge, file });
  } catch (error) {
    return (error as Error).message;
  }
  const isMarked = await recordings.markDeleted(accountSid, sid);
  if (isMarked)
    log("info", "recording deleted", { recording: sid, account: accountSid, trunk: trunkSid, by: "retention" });
  return undefined;
}
