import { describe, expect, it } from "vitest";
import { amountMicros, decimalOfMicros } from "./amount.ts";
import { USAGE_CATEGORIES, usageCategory, usageOf } from "./categories.ts";
import { addDays, ordinalOf, type PeriodKind, periodAt, periodOf, sharedDays } from "./periods.ts";

const one = { count: 1, usage: 2, priceMicros: 8_500 };

describe("BIL-3: usage categories (contract §13)", () => {
  it("are named once, in order, and made of what is counted", () => {
    const names = USAGE_CATEGORIES.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)].sort());
    expect(USAGE_CATEGORIES.every(({ of }) => of.length > 0 && new Set(of).size === of.length)).toBe(true);
  });

  const sums: [category: string, counted: readonly string[], want: object][] = [
    ["calls", ["trunking-termination", "trunking-origination-mobile", "phonenumbers-local"], { count: 2, usage: 4 }],
    ["calls-inbound", ["trunking-termination", "trunking-origination-tollfree"], { count: 1 }],
    ["trunking-origination-local", ["trunking-origination-mobile"], { count: 0, usage: 0 }],
    ["recordings", ["trunking-recordings", "recordings-encrypted"], { count: 1, usage: 2 }],
    ["totalprice", ["trunking-termination", "phonenumbers-local"], { count: 0, usage: 0.017, priceMicros: 17_000 }],
  ];
  it.each(sums)("%s is the sum of what is its own in %j", (name, counted, want) => {
    const category = usageCategory(name);
    if (category === undefined) throw new Error(`no ${name}`);
    expect(usageOf(category, new Map(counted.map((each) => [each, one])))).toMatchObject(want);
  });

  it("nothing is counted under another name", () => {
    expect(usageCategory("sms")).toBeUndefined();
  });
});

describe("periods of usage are UTC days, months and years", () => {
  const periods: [kind: PeriodKind, day: string, start: string, end: string][] = [
    ["daily", "2026-02-28", "2026-02-28", "2026-02-28"],
    ["monthly", "2026-02-28", "2026-02-01", "2026-02-28"],
    ["monthly", "2028-02-01", "2028-02-01", "2028-02-29"],
    ["monthly", "2026-12-31", "2026-12-01", "2026-12-31"],
    ["monthly", "9999-12-31", "9999-12-01", "9999-12-31"],
    ["yearly", "2026-07-04", "2026-01-01", "2026-12-31"],
    ["alltime", "2026-07-04", "0001-01-01", "9999-12-31"],
  ];
  it.each(periods)("%s of %s", (kind, day, start, end) => {
    expect(periodOf(kind, day)).toEqual({ start, end });
    expect(periodAt(kind, ordinalOf(kind, day))).toEqual({ start, end });
    expect(ordinalOf(kind, start)).toBe(ordinalOf(kind, end));
    if (kind !== "alltime" && end < "9999") expect(ordinalOf(kind, addDays(end, 1))).toBe(ordinalOf(kind, end) + 1);
  });

  const days: [day: string, by: number, want: string][] = [
    ["2026-03-01", -1, "2026-02-28"],
    ["2026-12-31", 1, "2027-01-01"],
    ["2026-12-31", -1e15, "0001-01-01"],
    ["2026-12-31", 1e15, "9999-12-31"],
  ];
  it.each(days)("%s and %s days", (day, by, want) => expect(addDays(day, by)).toBe(want));

  it("share days, or none", () => {
    const march = periodOf("monthly", "2026-03-01");
    expect(sharedDays(march, { start: "2026-03-30", end: "2026-04-02" })).toEqual({
      start: "2026-03-30",
      end: "2026-03-31",
    });
    expect(sharedDays(march, periodOf("monthly", "2026-04-01"))).toBeUndefined();
  });
});

describe("amounts in millionths", () => {
  it("of a count, of usage and of a price", () => {
    expect((["count", "usage", "price"] as const).map((by) => amountMicros(one, by))).toEqual([1e6, 2e6, 8_500]);
  });
  const texts: [micros: number, text: string][] = [
    [0, "0"],
    [12_000_000, "12"],
    [8_500, "0.0085"],
    [-1_500_000, "-1.5"],
    [1, "0.000001"],
  ];
  it.each(texts)("%s is written %s", (micros, text) => expect(decimalOfMicros(micros)).toBe(text));
});
