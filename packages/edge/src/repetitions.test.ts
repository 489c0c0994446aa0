import { describe, expect, it } from "vitest";
import { VirtualNetwork } from "../../../test/support/lent-fixtures.ts";
import { MAX_REPEATING } from "./limits.ts";
import { Repetitions } from "./repetitions.ts";

function counting(perMinute: number) {
  const network = new VirtualNetwork(1);
  const said: string[] = [];
  const repetitions = new Repetitions<string>(network.host(), perMinute, (last, more) =>
    said.push(`${network.clock.nowMs()}: ${more} more like ${last}`),
  );
  const come = (kind: string, ...what: string[]): boolean[] => what.map((one) => repetitions.admit(kind, one));
  return { repetitions, said, come, clock: network.clock };
}

describe("of many alike the first are told", () => {
  it("and at the minute's end how many more there were", () => {
    const { come, said, clock } = counting(2);
    expect(come("x", "a", "b", "c", "d")).toEqual([true, true, false, false]);
    clock.run(30_000);
    expect(come("x", "e")).toEqual([false]);
    expect(come("y", "f")).toEqual([true]);
    clock.run(29_999);
    expect(said).toEqual([]);
    clock.run(1);
    expect(said).toEqual(["60000: 3 more like b"]);
    expect(clock.pending).toBe(0);
  });

  it("the next minute begins with the next one, not with the clock", () => {
    const { come, said, clock } = counting(1);
    expect(come("x", "a")).toEqual([true]);
    clock.run(60_000);
    expect(come("x", "b", "c")).toEqual([true, false]);
    clock.run(60_000);
    expect(said).toEqual(["120000: 1 more like b"]);
  });

  it("what is not to be told whatever counts with those that are, and costs nothing alone", () => {
    const { repetitions, come, said, clock } = counting(5);
    repetitions.repeat("x");
    expect(repetitions.kinds).toBe(0);
    come("x", "a");
    repetitions.repeat("x");
    repetitions.repeat("x");
    clock.run(60_000);
    expect(said).toEqual(["60000: 2 more like a"]);
  });

  it("design rule 9: the table is bounded; the oldest is closed for a new kind, and said", () => {
    const { repetitions, come, said, clock } = counting(1);
    come("first", "a", "b");
    for (let kind = 0; kind < MAX_REPEATING + 100; kind++) come(String(kind), "x");
    expect([repetitions.kinds, said, clock.pending]).toEqual([MAX_REPEATING, ["0: 1 more like a"], 0]);
  });

  it("at the end everything is said, and no timer is left", () => {
    const { repetitions, come, said, clock } = counting(1);
    come("x", "a", "b");
    come("y", "c", "d", "e");
    repetitions.flush();
    expect([said, clock.pending, repetitions.kinds]).toEqual([["0: 1 more like a", "0: 2 more like c"], 0, 0]);
  });
});
