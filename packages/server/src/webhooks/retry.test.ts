import { describe, expect, it } from "vitest";
import { nextAttemptMs } from "./retry.ts";

const HOUR_MS = 3_600_000;

/** When a delivery that fails every time is attempted, seconds after it was made. */
function attemptsSec(random: number): readonly number[] {
  const times = [0];
  for (let failures = 1; ; failures++) {
    const next = nextAttemptMs(0, failures, (times.at(-1) ?? 0) * 1_000, random);
    if (next === null) return times;
    times.push(next / 1_000);
  }
}

describe("EVD-4: a delivery that fails", () => {
  it("is tried after 1, 4, 16 … seconds, then every hour, for six hours", () => {
    expect(attemptsSec(0.5)).toEqual([0, 1, 5, 21, 85, 341, 1365, 4965, 8565, 12165, 15765, 19365]);
  });

  it.each([0, 0.25, 0.999])("is tried for hours and not for ever, however the waits fall (%s)", (random) => {
    const times = attemptsSec(random);
    expect(times.length).toBeGreaterThan(7);
    expect(times.length).toBeLessThan(25);
    expect(times.at(-1)).toBeGreaterThan(4 * 3_600);
    expect(times.at(-1)).toBeLessThanOrEqual(6 * 3_600);
  });

  it("comes back at another time than the others that failed with it", () => {
    expect(nextAttemptMs(0, 1, 0, 0)).toBe(500);
    expect(nextAttemptMs(0, 1, 0, 0.999)).toBe(1_499);
    expect(nextAttemptMs(0, 100, 0, 0.999)).toBeLessThan(1.5 * HOUR_MS);
  });

  it("is given up when it waited too long for its turn", () => {
    expect(nextAttemptMs(0, 1, 6 * HOUR_MS, 0)).toBeNull();
  });
});
