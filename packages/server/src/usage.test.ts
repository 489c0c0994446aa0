import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startUsage } from "./usage.ts";

const NOW_MS = Date.UTC(2026, 10, 20, 23, 59, 59);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("BIL-3: what is done about usage in the background", () => {
  it("changes are looked at until none is left, and again every two seconds; numbers are counted until today", async () => {
    const rounds = [200, 200, 3, 0, 7];
    const check = vi.fn(async (_nowMs: number, _limit: number) => rounds.shift() ?? 0);
    const countNumbersUntil = vi.fn(async (_day: string) => {});
    const running = startUsage({
      usage: { countNumbersUntil },
      triggers: { check },
      log: () => {},
      nowMs: () => NOW_MS,
    });
    await vi.advanceTimersByTimeAsync(0);
    expect(check).toHaveBeenCalledTimes(3);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(check).toHaveBeenCalledTimes(5);
    expect(countNumbersUntil.mock.calls).toEqual([["2026-11-20"]]);
    await running.close();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(check).toHaveBeenCalledTimes(5);
  });

  it("a database that is away is told of once, and asked again", async () => {
    let away = true;
    const check = vi.fn(async () => (away ? Promise.reject(new Error("away")) : 0));
    const told: string[] = [];
    const parts = { usage: { countNumbersUntil: async () => {} }, triggers: { check }, nowMs: () => NOW_MS };
    const running = startUsage({ ...parts, log: (_level, what) => told.push(what) });
    await vi.advanceTimersByTimeAsync(6_000);
    expect([check.mock.calls.length, told]).toEqual([4, ["usage triggers not looked at"]]);
    away = false;
    await vi.advanceTimersByTimeAsync(2_000);
    away = true;
    await vi.advanceTimersByTimeAsync(2_000);
    expect(told).toHaveLength(2);
    await running.close();
  });

  it("closing waits for what runs", async () => {
    let finish = (): void => {};
    const check = () => new Promise<number>((resolve) => (finish = () => resolve(200)));
    const parts = { usage: { countNumbersUntil: async () => {} }, log: () => {}, nowMs: () => NOW_MS };
    let closed = false;
    const closing = startUsage({ ...parts, triggers: { check } })
      .close()
      .then(() => {
        closed = true;
      });
    await vi.advanceTimersByTimeAsync(10);
    expect(closed).toBe(false);
    finish();
    await closing;
  });
});
