import { describe, expect, it } from "vitest";
import type { Target } from "./locator.ts";
import { TargetHealth } from "./target-health.ts";

const at = (n: number): Target => ({ transport: "udp", address: `192.0.2.${n}`, port: 5060 });
const [one, two, three] = [at(1), at(2), at(3)];

describe("RFC 3263 §4.3: what an address is remembered for", () => {
  type Event = ["failed" | "heard", Target, atMs: number];
  const cases: [title: string, events: readonly Event[], atMs: number, order: readonly Target[]][] = [
    ["nothing failed: the order of the records", [], 0, [one, two, three]],
    ["one that failed comes last", [["failed", one, 0]], 29_999, [two, three, one]],
    ["it is forgiven after 30 s", [["failed", one, 0]], 30_000, [one, two, three]],
    [
      "it is forgiven when it answers",
      [
        ["failed", one, 0],
        ["heard", one, 10],
      ],
      20,
      [one, two, three],
    ],
    [
      "of several the one that is free again first",
      [
        ["failed", two, 0],
        ["failed", one, 10],
      ],
      20,
      [three, two, one],
    ],
    [
      "all of them: none is left out",
      [
        ["failed", one, 0],
        ["failed", two, 1],
        ["failed", three, 2],
      ],
      9,
      [one, two, three],
    ],
    [
      "a relapse costs twice as much",
      [
        ["failed", one, 0],
        ["failed", one, 31_000],
      ],
      90_000,
      [two, three, one],
    ],
    [
      "calls that fail together count once",
      [
        ["failed", one, 0],
        ["failed", one, 5],
      ],
      30_000,
      [one, two, three],
    ],
    [
      "long after the penalty it starts anew",
      [
        ["failed", one, 0],
        ["failed", one, 61_000],
      ],
      92_000,
      [one, two, three],
    ],
  ];
  it.each(cases)("%s", (_title, events, atMs, order) => {
    let nowMs = 0;
    const health = new TargetHealth(() => nowMs);
    for (const [what, target, whenMs] of events) {
      nowMs = whenMs;
      health[what](target);
    }
    nowMs = atMs;
    expect(health.inOrderOfTrial([one, two, three])).toEqual(order);
  });

  it("the penalty stops growing at 8 minutes", () => {
    let nowMs = 0;
    const health = new TargetHealth(() => nowMs);
    for (let n = 0; n < 20; n++) {
      health.failed(one);
      nowMs += 480_000;
    }
    expect(health.inOrderOfTrial([one, two])).toEqual([one, two]);
  });

  it("another transport or port of the same address is another target", () => {
    const health = new TargetHealth(() => 0);
    health.failed(one);
    const tcp: Target = { ...one, transport: "tcp" };
    expect(health.inOrderOfTrial([one, tcp])).toEqual([tcp, one]);
  });

  it("hard rule 9: it remembers a bounded number", () => {
    const health = new TargetHealth(() => 0);
    for (let port = 1; port <= 10_100; port++) health.failed({ ...one, port });
    expect(health.remembered).toBe(10_000);
  });
});
