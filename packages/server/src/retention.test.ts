import { expect, it } from "vitest";
import { ALERTS_KEPT_MS, ANSWERS_KEPT_MS, DAY_MS, startRetention } from "./retention.ts";

const NOW_MS = Date.UTC(2026, 10, 20);
const nowMs = (): number => NOW_MS;

it.each([
  ["EVD-4: alerts older than thirty days", "alerts", ALERTS_KEPT_MS, 30],
  ["API-2: answers of repeated requests older than a day", "answers of repeated requests", ANSWERS_KEPT_MS, 1],
  ["ACC-4: audit events older than the operator keeps them", "audit events", 400 * DAY_MS, 400],
] as const)(
  "%s are deleted some at a time, and closing waits for the statement that runs",
  async (_title, what, keptMs, days) => {
    const asked: (readonly [beforeMs: number, limit: number])[] = [];
    const third = Promise.withResolvers<number>();
    const underWay = Promise.withResolvers<void>();
    const from = {
      deleteOlderThan: async (beforeMs: number, limit: number): Promise<number> => {
        asked.push([beforeMs, limit]);
        if (asked.length < 3) return limit;
        underWay.resolve();
        return third.promise;
      },
    };
    const retention = startRetention({ what, keptMs, from, log: () => undefined, nowMs });
    await underWay.promise;
    const closing = retention.close();
    third.resolve(500);
    await closing;
    expect(asked).toEqual(Array.from({ length: 3 }, () => [NOW_MS - days * 86_400_000, 500]));
  },
);

it("a database that is away is told of and tried again later", async () => {
  const told = Promise.withResolvers<string>();
  const from = { deleteOlderThan: () => Promise.reject(new Error("the database is away")) };
  const log = (level: string, event: string, fields?: object): void =>
    told.resolve(`${level} ${event} ${JSON.stringify(fields)}`);
  const retention = startRetention({ what: "alerts", keptMs: ALERTS_KEPT_MS, from, log, nowMs });
  expect(await told.promise).toBe('warn old alerts not deleted {"why":"the database is away"}');
  await retention.close();
});
