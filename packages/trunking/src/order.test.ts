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
  const share = (names: readonly (string | undefined)[], name: string): number =>
    names.filter((one) => one === name).length / names.length;

  it("the first target is chosen 60/20/20", () => {
    const firsts = trials.map(([first]) => first);
    expect(share(firsts, "a")).toBeCloseTo(0.6, 1.7);
    expect(share(firsts, "b")).toBeCloseTo(0.2, 1.7);
    expect(share(firsts, "c")).toBeCloseTo(0.2, 1.7);
  });

  it("once the 60 has failed, the two 20 become 50/50", () => {
    const seconds = trials.filter(([first]) => first === "a").map(([, second]) => second);
    expect(share(seconds, "b")).toBeCloseTo(0.5, 1.7);
    expect(share(seconds, "c")).toBeCloseTo(0.5, 1.7);
  });

  it("once a 20 has failed, 60 and 20 become 75/25", () => {
    const seconds = trials.filter(([first]) => first === "b").map(([, second]) => second);
    expect(share(seconds, "a")).toBeCloseTo(0.75, 1.7);
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
