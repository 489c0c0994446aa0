import type { Store } from "@trunkline/store";
import { dayOf } from "@trunkline/trunking";
import type { Log } from "./log.ts";

/** Changed usage is looked at this often: so late a trigger fires at most. */
const LOOK_EVERY_MS = 2_000;
/** One transaction's worth. */
const NOTES_AT_ONCE = 200;
const COUNT_NUMBERS_EVERY_MS = 600_000;

export type UsageParts = {
  readonly usage: Pick<Store["usage"], "countNumbersUntil">;
  readonly triggers: Pick<Store["usageTriggers"], "check">;
  readonly log: Log;
  readonly nowMs: () => number;
};

/**
 * Fires usage triggers, and counts the months of numbers that begin: now and from time to time from now on. What is due waits in the
 * store, so that a database that is away, or a process that dies, loses nothing. `close` waits for the transaction that runs.
 */
export function startUsage({ usage, triggers, log, nowMs }: UsageParts): { close(): Promise<void> } {
  let closed = false;
  const look = async (): Promise<void> => {
    let looked = NOTES_AT_ONCE;
    while (!closed && looked === NOTES_AT_ONCE) looked = await triggers.check(nowMs(), NOTES_AT_ONCE);
  };
  const jobs = [
    every(LOOK_EVERY_MS, look, (why) => log("warn", "usage triggers not looked at", { why })),
    every(
      COUNT_NUMBERS_EVERY_MS,
      () => usage.countNumbersUntil(dayOf(nowMs())),
      (why) => log("warn", "months of numbers not counted", { why }),
    ),
  ];
  return {
    async close() {
      closed = true;
      await Promise.all(jobs.map((job) => job.close()));
    },
  };
}

/** Runs a job now and again and again, never twice at once. A failure is told once until it works again. */
function every(ms: number, job: () => Promise<void>, failed: (why: string) => void): { close(): Promise<void> } {
  let running: Promise<void> | undefined;
  let failing = false;
  const run = (): void => {
    running ??= job()
      .then(
        () => {
          failing = false;
        },
        (error: Error) => {
          if (!failing) failed(error.message);
          failing = true;
        },
      )
      .finally(() => {
        running = undefined;
      });
  };
  run();
  const timer = setInterval(run, ms);
  return {
    async close() {
      clearInterval(timer);
      await running;
    },
  };
}
