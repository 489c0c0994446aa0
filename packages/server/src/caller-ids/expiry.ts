import type { Store } from "@trunkline/store";
import type { Log } from "../log.ts";

const EVERY_MS = 15_000;
/** Validations count for an hour; whoever asks why one failed asks the same day. */
const KEPT_MS = 86_400_000;

export type ExpiryParts = {
  readonly validations: Pick<Store["callerIdValidations"], "failOverdue" | "deleteOlderThan">;
  readonly log: Log;
  readonly nowMs: () => number;
};

/** Fails verification calls that never began, since no record of theirs will ever tell of it, and forgets old ones. */
export function startCallerIdExpiry({ validations, log, nowMs }: ExpiryParts): { close(): Promise<void> } {
  let running: Promise<void> | undefined;
  const sweep = async (): Promise<void> => {
    await validations.failOverdue(nowMs());
    await validations.deleteOlderThan(nowMs() - KEPT_MS);
  };
  const run = (): void => {
    running ??= sweep()
      .catch((error: Error) => log("warn", "overdue verification calls not ended", { why: error.message }))
      .finally(() => {
        running = undefined;
      });
  };
  run();
  const timer = setInterval(run, EVERY_MS);
  return {
    async close() {
      clearInterval(timer);
      await running;
    },
  };
}
