import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Bucket, type BucketRate, drawToken } from "./bucket.ts";

/** Draws at the given times; `+` taken, otherwise the milliseconds to wait. */
function play(rate: BucketRate, ...atMs: readonly number[]): string {
  let bucket: Bucket | undefined;
  return atMs
    .map((nowMs) => {
      const draw = drawToken(bucket, rate, nowMs);
      if (draw.kind === "empty") return String(Math.ceil(draw.afterMs));
      bucket = draw.bucket;
      return "+";
    })
    .join(" ");
}

describe("LIM-1: a token bucket", () => {
  it.each<[title: string, rate: BucketRate, atMs: number[], want: string]>([
    ["one per second", { perSecond: 1, burst: 1 }, [0, 0, 500, 999, 1_000, 1_000], "+ 1000 500 1 + 1000"],
    ["a burst, then the rate", { perSecond: 2, burst: 3 }, [0, 0, 0, 0, 500, 500], "+ + + 500 + 500"],
    ["full again after rest", { perSecond: 2, burst: 2 }, [0, 0, 0, 10_000, 10_000, 10_000], "+ + 500 + + 500"],
    ["a fraction", { perSecond: 0.5, burst: 1 }, [0, 1_999, 2_000], "+ 1 +"],
    ["thirds do not drift", { perSecond: 3, burst: 1 }, [0, 1_000 / 3, 2_000 / 3, 1_000], "+ + + +"],
    ["nothing at all", { perSecond: 0, burst: 5 }, [0, 1_000_000], "3600000 3600000"],
  ])("%s", (_title, rate, atMs, want) => {
    expect(play(rate, ...atMs)).toBe(want);
  });

  it("a raised limit helps at once, a lowered one holds at once", () => {
    const slow = drawToken(undefined, { perSecond: 0.1, burst: 1 }, 0);
    if (slow.kind !== "taken") throw new Error("empty");
    expect(drawToken(slow.bucket, { perSecond: 10, burst: 1 }, 0)).toEqual({ kind: "empty", afterMs: 100 });
    const quick = drawToken(undefined, { perSecond: 10, burst: 10 }, 0);
    if (quick.kind !== "taken") throw new Error("empty");
    expect(drawToken(quick.bucket, { perSecond: 1, burst: 1 }, 0).kind).toBe("empty");
  });

  it("never lets more through than burst and rate allow, and whoever waits as told gets a token", () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 10 }), gaps, (perSecond, burst, waits) => {
        let bucket: Bucket | undefined;
        let nowMs = 0;
        let taken = 0;
        for (const wait of waits) {
          nowMs += wait;
          const draw = drawToken(bucket, { perSecond, burst }, nowMs);
          if (draw.kind === "empty") {
            expect(drawToken(bucket, { perSecond, burst }, nowMs + draw.afterMs).kind).toBe("taken");
            continue;
          }
          bucket = draw.bucket;
          taken++;
        }
        expect(taken).toBeLessThanOrEqual(burst + (nowMs * perSecond) / 1_000 + 1e-6);
      }),
    );
  });
});
