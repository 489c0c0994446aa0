import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inOrderOfTrial } from "./order.ts";

/** Mulberry32: a small generator with a seed, so that the statistics are the same on every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The example of the founding document: 60/20/20 share the calls, a fourth is the backup. */
const founding = [
  { name: "a", priority: 10, weight: 60 },
  { name: "b", priority: 10, weight: 20 },
  { name: "c", priority: 10, weight: 20 },
  { name: "backup", priority: 20, weight: 10 },
];

describe("ORIG-3: order of origination targets", () => {
  const random = seeded(20_261);
  const trials = Array.from({ length: 20_000 }, () => inOrderOfTrial(founding, random).map((target) => target.name));
  /** Pearson's sum over those names: how far their counts are from these shares. */
  const chiSquare = (names: readonly (string | undefined)[], shares: Readonly<Record<string, number>>): number => {
    expect(new Set(names)).toEqual(new Set(Object.keys(shares)));
    return Object.entries(shares).reduce((sum, [name, share]) => {
      const expected = share * names.length;
      const observed = names.filter((one) => one === name).length;
      return sum + (observed - expected) ** 2 / expected;
    }, 0);
  };
  /** What a fair draw exceeds once in a thousand, by the number of targets; the seed makes the outcome the same on every run. */
  const CRITICAL: Readonly<Record<number, number>> = { 2: 10.83, 3: 13.82 };
  const after = (failed: string) => trials.filter(([first]) => first === failed).map(([, second]) => second);

  it.each([
    ["the first target is chosen 60/20/20", () => trials.map(([first]) => first), { a: 0.6, b: 0.2, c: 0.2 }],
    ["once the 60 has failed, the two 20 become 50/50", () => after("a"), { b: 0.5, c: 0.5 }],
    ["once a 20 has failed, 60 and 20 become 75/25", () => after("b"), { a: 0.75, c: 0.25 }],
  ] as const)("%s", (_title, names, shares) => {
    expect(chiSquare(names(), shares)).toBeLessThan(CRITICAL[Object.keys(shares).length] ?? 0);
  });

  it("the test tells shares that are a little wrong", () => {
    expect(chiSquare(after("a"), { b: 0.53, c: 0.47 })).toBeGreaterThan(CRITICAL[2] ?? 0);
  });

  it("the backup of a higher priority number always comes last", () => {
    expect(trials.every((names) => names[3] === "backup")).toBe(true);
  });

  it("draws once for each choice between two or more", () => {
    let draws = 0;
    inOrderOfTrial(founding, () => {
      draws++;
      return 0.5;
    });
    expect(draws).toBe(2);
  });

  it("keeps every target once, in order of priority, whatever is drawn", () => {
    const target = fc.record({ priority: fc.integer({ min: 0, max: 3 }), weight: fc.integer({ min: 1, max: 65_535 }) });
    fc.assert(
      fc.property(fc.array(target), fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (targets, draws) => {
        const ordered = inOrderOfTrial(targets, () => draws.pop() ?? 0);
        expect(new Set(ordered)).toEqual(new Set(targets));
        expect(ordered.map((one) => one.priority)).toEqual(
          targets.map((one) => one.priority).toSorted((a, b) => a - b),
        );
      }),
    );
  });
});
