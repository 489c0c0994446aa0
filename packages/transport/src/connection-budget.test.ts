import { expect, it } from "vitest";
import { ConnectionBudget, type Place, sourceOf } from "./connection-budget.ts";

const sources: [address: string, source: string][] = [
  ["192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:db8:1:2::1", "2001:db8:1:2"],
  ["2001:db8::1", "2001:db8:0:0"],
  ["2001:db8::2:0:0:0:1", "2001:db8:0:2"],
  ["::1", "0:0:0:0"],
  ["fe80::1%eth0", "fe80:0:0:0"],
];
it.each(sources)("counts %s for %s: one IPv4 address, one IPv6 /64", (address, source) => {
  expect(sourceOf(address)).toBe(source);
});

const told = (entered: Place | string): string => (typeof entered === "string" ? entered : "taken");

it("gives places in all and per source, takes them back, and never gives a number twice", () => {
  const budget = new ConnectionBudget({ maxConnections: 4, maxConnectionsPerSource: 2 });
  const places: Place[] = [];
  const enter = (address: string): string => {
    const entered = budget.enter(address, () => expect.unreachable("a peer that spoke is sent away"));
    if (typeof entered !== "string") places.push(entered);
    places.at(-1)?.prove();
    return told(entered);
  };
  expect(["2001:db8::1", "2001:db8::2", "2001:db8::3"].map(enter)).toEqual(["taken", "taken", "source-full"]);
  expect(budget.enterOutbound()).toBe(true);
  expect(["192.0.2.1", "192.0.2.2"].map(enter)).toEqual(["taken", "full"]);
  expect(budget.enterOutbound()).toBe(false);
  places[1]?.leave();
  expect([budget.open, enter("2001:db8::3"), budget.open]).toEqual([3, "taken", 4]);
  budget.leaveOutbound();
  expect(budget.open).toBe(3);
  expect(new Set([budget.nextNumber(), budget.nextNumber(), budget.nextNumber()]).size).toBe(3);
});

it("D2: when all places are taken, who has said nothing for longest gives way, and who has spoken stays", () => {
  const budget = new ConnectionBudget({ maxConnections: 3, maxConnectionsPerSource: 2 });
  const away: number[] = [];
  const enter = (n: number): Place | string => budget.enter(`192.0.2.${n}`, () => away.push(n));
  const [first, second] = [enter(1), enter(2), enter(3)];
  if (typeof first !== "string") first?.prove();
  expect([told(enter(4)), budget.enterOutbound(), away]).toEqual(["taken", true, [2, 3]]);
  // The two are still closing; nobody is counted twice for that.
  expect(budget.open).toBe(5);
  if (typeof second !== "string") second?.leave();
  expect([budget.open, told(enter(5)), told(enter(6)), away]).toEqual([4, "taken", "taken", [2, 3, 4, 5]]);
});
