import type { Store } from "@trunkline/store";
import type { Log } from "./log.ts";

/** Contract §4.1: alerts are kept for thirty days. */
const ALERTS_KEPT_MS = 30 * 86_400_000;
const EVERY_MS = 3_600_000;
/** Deleted by one statement, so that none holds up the others for long. */
const ROWS_AT_ONCE = 500;

export type RetentionParts = {
  readonly alerts: Pick<Store["alerts"], "deleteOlderThan">;
  readonly log: Log;
  readonly nowMs: () => number;
};

/** Deletes what is kept no longer: now, and every hour from now on. `close` waits for the statement that runs. */
export function startRetention({ alerts, log, nowMs }: RetentionParts): { close(): Promise<void> } {
  let closed = false;
  let running: Promise<void> | undefined;
  const sweep = async (): Promise<void> => {
    const beforeMs = nowMs() - ALERTS_KEPT_MS;
    let deleted = ROWS_AT_ONCE;
    while (!closed && deleted === ROWS_AT_ONCE) deleted = await alerts.deleteOlderThan(beforeMs, ROWS_AT_ONCE);
  };
  const run = (): void => {
    running ??= sweep()
      .catch((error: Error) => log("warn", "old alerts not deleted", { why: error.message }))
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
