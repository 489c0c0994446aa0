import { expect, it } from "vitest";
import { startRetention } from "./retention.ts";

const NOW_MS = Date.UTC(2026, 10, 20);

it("EVD-4: alerts older than thirty days are deleted some at a time, and closing waits for the statement that runs", async () => {
  const asked: (readonly [beforeMs: number, limit: number])[] = [];
  const third = Promise.withResolvers<number>();
  const underWay = Promise.withResolvers<void>();
  const alerts = {
    deleteOlderThan: async (beforeMs: number, limit: number): Promise<number> => {
      asked.push([beforeMs, limit]);
      if (asked.length < 3) return limit;
      underWay.resolve();
      return third.promise;
    },
  };
  const retention = startRetention({ alerts, log: () => undefined, nowMs: () => NOW_MS });
  await underWay.promise;
  const closing = retention.close();
  third.resolve(500);
  await closing;
  expect(asked).toEqual(Array.from({ length: 3 }, () => [NOW_MS - 30 * 86_400_000, 500]));
});

it("a database that is away is told of and tried again later", async () => {
  const told = Promise.withResolvers<string>();
  const alerts = { deleteOlderThan: () => Promise.reject(new Error("the database is away")) };
  const log = (level: string, event: string, fields?: object): void =>
    told.resolve(`${level} ${event} ${JSON.stringify(fields)}`);
  const retention = startRetention({ alerts, log, nowMs: () => NOW_MS });
  expect(await told.promise).toBe('warn old alerts not deleted {"why":"the database is away"}');
  await retention.close();
});
