import { expect, it } from "vitest";
import { ConnectionBudget, sourceOf } from "./connection-budget.ts";

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

it("gives places in all and per source, takes them back, and never gives a number twice", () => {
  const budget = new ConnectionBudget({ maxConnections: 4, maxConnectionsPerSource: 2 });
  const enter = (address: string) => budget.enter(address);
  expect(["2001:db8::1", "2001:db8::2", "2001:db8::3"].map(enter)).toEqual(["taken", "taken", "source-full"]);
  expect(budget.enterOutbound()).toBe(true);
  expect(["192.0.2.1", "192.0.2.1"].map(enter)).toEqual(["taken", "full"]);
  expect(budget.enterOutbound()).toBe(false);
  budget.leave("2001:db8::2");
  expect([budget.open, enter("2001:db8::3"), budget.open]).toEqual([3, "taken", 4]);
  budget.leaveOutbound();
  expect(budget.open).toBe(3);
  expect(new Set([budget.nextNumber(), budget.nextNumber(), budget.nextNumber()]).size).toBe(3);
});
