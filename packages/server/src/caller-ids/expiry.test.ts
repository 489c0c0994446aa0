import { expect, it } from "vitest";
import { startCallerIdExpiry } from "./expiry.ts";

it("NUM-4: calls that never began fail, what is a day old is forgotten, and a store that is away is only told of", async () => {
  const told: string[] = [];
  const swept = Promise.withResolvers<void>();
  const expiry = startCallerIdExpiry({
    validations: {
      failOverdue: async (nowMs) => told.push(`fail ${nowMs}`),
      deleteOlderThan: async (beforeMs) => {
        told.push(`delete ${beforeMs}`);
        swept.resolve();
        throw new Error("away");
      },
    },
    log: (level, event) => void told.push(`${level} ${event}`),
    nowMs: () => 100_000_000,
  });
  await swept.promise;
  await expiry.close();
  expect(told).toEqual(["fail 100000000", "delete 13600000", "warn overdue verification calls not ended"]);
});
