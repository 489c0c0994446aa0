import { describe, expect, it } from "vitest";
import { type Interval, periodsOf } from "./periods.ts";
import { TimeZone } from "./time-zone.ts";

function cut(interval: Interval, zone: string, from: string, until: string, most = 100): string | undefined {
  const periods = periodsOf(interval, new TimeZone(zone), Date.parse(from), Date.parse(until), most);
  return (
    periods && [...periods.startsMs, periods.endMs].map((atMs) => new Date(atMs).toISOString().slice(5, 16)).join(" ")
  );
}

describe("BIL-3: periods of statistics", () => {
  const cases: [title: string, interval: Interval, zone: string, from: string, until: string, want: string][] = [
    ["days of UTC", "day", "UTC", "2026-11-19T12:00Z", "2026-11-21T00:00Z", "11-19T12:00 11-20T00:00 11-21T00:00"],
    [
      "ends go out to full quarters",
      "all",
      "UTC",
      "2026-11-19T12:14:59Z",
      "2026-11-19T12:15:01Z",
      "11-19T12:00 11-19T12:30",
    ],
    [
      "days of Tokyo",
      "day",
      "Asia/Tokyo",
      "2026-11-19T12:00Z",
      "2026-11-20T16:00Z",
      "11-19T12:00 11-19T15:00 11-20T15:00 11-20T16:00",
    ],
    [
      "hours of India begin at half past",
      "hour",
      "Asia/Kolkata",
      "2026-11-19T12:00Z",
      "2026-11-19T13:45Z",
      "11-19T12:00 11-19T12:30 11-19T13:30 11-19T13:45",
    ],
    [
      "days of Nepal, at a quarter",
      "day",
      "Asia/Kathmandu",
      "2026-11-19T18:00Z",
      "2026-11-20T18:15Z",
      "11-19T18:00 11-19T18:15 11-20T18:15",
    ],
    [
      "a day of 25 hours when clocks go back",
      "day",
      "Europe/Berlin",
      "2026-10-24T22:00Z",
      "2026-10-26T23:00Z",
      "10-24T22:00 10-25T23:00 10-26T23:00",
    ],
    [
      "a day of 23 hours when clocks go forward",
      "day",
      "America/New_York",
      "2026-03-08T05:00Z",
      "2026-03-09T12:00Z",
      "03-08T05:00 03-09T04:00 03-09T12:00",
    ],
    [
      "hours go on when clocks go back",
      "hour",
      "Europe/Berlin",
      "2026-10-25T00:00Z",
      "2026-10-25T03:00Z",
      "10-25T00:00 10-25T01:00 10-25T02:00 10-25T03:00",
    ],
    [
      "a day that begins at one",
      "day",
      "America/Havana",
      "2026-03-07T05:00Z",
      "2026-03-09T04:00Z",
      "03-07T05:00 03-08T05:00 03-09T04:00",
    ],
    [
      "a day that was left out",
      "day",
      "Pacific/Apia",
      "2011-12-29T10:00Z",
      "2011-12-31T10:00Z",
      "12-29T10:00 12-30T10:00 12-31T10:00",
    ],
    [
      "months",
      "month",
      "Asia/Tokyo",
      "2026-01-15T00:00Z",
      "2026-03-01T00:00Z",
      "01-15T00:00 01-31T15:00 02-28T15:00 03-01T00:00",
    ],
  ];
  it.each(cases)("%s", (_title, interval, zone, from, until, want) => {
    expect(cut(interval, zone, from, until)).toBe(want);
  });

  it("more than there may be are none", () => {
    expect(cut("hour", "UTC", "2026-11-19T00:00Z", "2026-11-19T03:00Z", 2)).toBeUndefined();
    expect(cut("hour", "UTC", "2026-11-19T00:00Z", "2026-11-19T03:00Z", 3)).toBeDefined();
  });
});
