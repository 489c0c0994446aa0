import fc from "fast-check";
import { expect, it } from "vitest";
import { SLOT_MS, TimerWheel } from "./timer-wheel.ts";

const neverFaults = (error: unknown): void => {
  throw error;
};

/** A wheel with a clock turned by hand; fired timers are written down as `name@ms`. */
function manual(): {
  wheel: TimerWheel;
  set(name: string, afterMs: number): unknown;
  goTo(ms: number): void;
  fired: string[];
} {
  const fired: string[] = [];
  let nowMs = 0;
  const wheel = new TimerWheel(0, neverFaults);
  return {
    wheel,
    fired,
    set: (name, afterMs) => wheel.set(nowMs, afterMs, () => fired.push(`${name}@${nowMs}`)),
    goTo(ms) {
      nowMs = ms;
      wheel.advance(ms);
    },
  };
}

const cases: [title: string, timers: [name: string, afterMs: number][], steps: number[], want: string][] = [
  ["fires when due, not a slot before", [["a", 500]], [490, 499, 500, 510], "a@500"],
  ["never fires early, at most one slot late", [["a", 503]], [500, 503, 509, 510], "a@510"],
  [
    "0, negative and NaN fire at the next slot",
    [
      ["a", 0],
      ["b", -5],
      ["c", Number.NaN],
    ],
    [9, 10],
    "a@10 b@10 c@10",
  ],
  [
    "keeps the order of setting within a slot",
    [
      ["a", 18],
      ["b", 12],
      ["c", 20],
    ],
    [20],
    "a@20 b@20 c@20",
  ],
  [
    "fires slots in order after a stall",
    [
      ["late", 300],
      ["early", 100],
    ],
    [1_000],
    "early@1000 late@1000",
  ],
  ["goes round more than once for a long timer", [["a", 3_600_000]], [40_960, 3_599_990, 3_600_000], "a@3600000"],
  [
    "a stall longer than a turn fires everything due and nothing else",
    [
      ["a", 50_000],
      ["b", 90_000],
      ["c", 200_000],
    ],
    [100_000, 199_990],
    "b@100000 a@100000",
  ],
  ["an infinite timer never fires", [["a", Number.POSITIVE_INFINITY]], [50_000, 100_000], ""],
];
it.each(cases)("timer wheel: %s", (_title, timers, steps, want) => {
  const { set, goTo, fired } = manual();
  for (const [name, afterMs] of timers) set(name, afterMs);
  for (const ms of steps) goTo(ms);
  expect(fired.join(" ")).toBe(want);
});

it("a cleared timer does not fire, and clearing twice or clearing anything else is ignored", () => {
  const { wheel, set, goTo, fired } = manual();
  const a = set("a", 100);
  const b = set("b", 100);
  wheel.clear(a);
  wheel.clear(a);
  for (const stranger of [undefined, null, 7, {}, "a"]) wheel.clear(stranger);
  expect(wheel.pending).toBe(1);
  goTo(100);
  wheel.clear(b);
  expect(fired).toEqual(["b@100"]);
  expect(wheel.pending).toBe(0);
});

it("timers may set and clear timers of their own slot while they run", () => {
  const wheel = new TimerWheel(0, neverFaults);
  const fired: string[] = [];
  wheel.set(0, 10, () => {
    fired.push("first");
    wheel.clear(second);
    wheel.set(10, 0, () => fired.push("third"));
  });
  const second = wheel.set(0, 10, () => fired.push("second"));
  wheel.advance(10);
  expect(fired).toEqual(["first"]);
  wheel.advance(20);
  expect(fired).toEqual(["first", "third"]);
  expect(wheel.pending).toBe(0);
});

it("a timer that throws is reported and does not stop the others", () => {
  const faults: unknown[] = [];
  const wheel = new TimerWheel(0, (error) => faults.push(error));
  let fired = 0;
  wheel.set(0, 10, () => {
    throw new Error("ours");
  });
  wheel.set(0, 10, () => {
    fired += 1;
  });
  wheel.advance(10);
  expect([faults.length, fired, wheel.pending]).toEqual([1, 1, 0]);
});

it("any mix of sets, clears and steps fires each timer once, never early and within a slot of the step that passed it", () => {
  const action = fc.oneof(
    fc.record({ kind: fc.constant("set" as const), afterMs: fc.integer({ min: 0, max: 120_000 }) }),
    fc.record({ kind: fc.constant("clear" as const), pick: fc.nat() }),
    fc.record({ kind: fc.constant("step" as const), ms: fc.integer({ min: 0, max: 60_000 }) }),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      let nowMs = 0;
      let previousMs = 0;
      const wheel = new TimerWheel(0, neverFaults);
      const live = new Map<number, { dueMs: number; handle: unknown }>();
      let names = 0;
      const set = (afterMs: number): void => {
        const name = names++;
        const dueMs = nowMs + afterMs;
        const handle = wheel.set(nowMs, afterMs, () => {
          const timer = live.get(name);
          expect(timer).toBeDefined();
          expect(nowMs).toBeGreaterThanOrEqual(dueMs);
          expect(previousMs).toBeLessThan(dueMs + 2 * SLOT_MS);
          live.delete(name);
        });
        live.set(name, { dueMs, handle });
      };
      for (const act of actions) {
        if (act.kind === "set") set(act.afterMs);
        else if (act.kind === "step") {
          previousMs = nowMs;
          nowMs += act.ms;
          wheel.advance(nowMs);
        } else {
          const entry = [...live.entries()][act.pick % Math.max(live.size, 1)];
          if (entry) {
            wheel.clear(entry[1].handle);
            live.delete(entry[0]);
          }
        }
        expect(wheel.pending).toBe(live.size);
      }
    }),
    { seed: 20261123, numRuns: 300 },
  );
});
