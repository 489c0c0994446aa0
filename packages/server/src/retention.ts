import type { Log } from "./log.ts";

export const DAY_MS = 86_400_000;
/** Contract §4.1: alerts are kept for thirty days. */
export const ALERTS_KEPT_MS = 30 * DAY_MS;
/** What a request is answered with when it comes again (docs/api-access.md). */
export const ANSWERS_KEPT_MS = 24 * 3_600_000;
const EVERY_MS = 3_600_000;
/** Deleted by one statement, so that none holds up the others for long. */
const ROWS_AT_ONCE = 500;

export type RetentionParts = {
  /** What is deleted, for the log. */
  readonly what: "alerts" | "audit events" | "SIP captures" | "webhooks of calls" | "answers of repeated requests";
  readonly keptMs: number;
  readonly from: { deleteOlderThan(beforeMs: number, limit: number): Promise<number> };
  readonly log: Log;
  readonly nowMs: () => number;
};

/** Deletes what is kept no longer: now, and every hour from now on. `close` waits for the statement that runs. */
export function startRetention({ what, keptMs, from, log, nowMs }: RetentionParts): { close(): Promise<void> } {
  let closed = false;
  let running: Promise<void> | undefined;
  const sweep = async (): Promise<void> => {
    const beforeMs = nowMs() - keptMs;
    let deleted = ROWS_AT_ONCE;
    while (!closed && deleted === ROWS_AT_ONCE) deleted = await from.deleteOlderThan(beforeMs, ROWS_AT_ONCE);
  };
  const run = (): void => {
    running ??= sweep()
      .catch((error: Error) => log("warn", `old ${what} not deleted`, { why: error.message }))
      .finally(() => {
        running = undefined;
      });
  };
  run();
  const timer = setInterval(run, EVERY_MS);
  return {
    async close() {
      closed = true;
      clearInterval(timer);
      await running;
    },
  };
}
