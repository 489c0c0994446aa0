import { expect, it } from "vitest";
import { isoDate, readDateSpan, rfc2822Date } from "./dates.ts";

it("§1.4: both date formats are in UTC and whole seconds", () => {
  const atMs = Date.parse("2015-07-30T20:00:00.999Z");
  expect(isoDate(atMs)).toBe("2015-07-30T20:00:00Z");
  expect(rfc2822Date(atMs)).toBe("Thu, 30 Jul 2015 20:00:00 +0000");
});

const spans: [text: string, from: string | null, seconds: number][] = [
  ["2026-02-28", "2026-02-28T00:00:00Z", 86_400],
  ["2026-02-28T10:30:15Z", "2026-02-28T10:30:15Z", 1],
  ["2026-02-28T10:30:15.750Z", "2026-02-28T10:30:15Z", 1],
  ["2026-02-28T10:30:15+09:00", "2026-02-28T01:30:15Z", 1],
  ["2026-02-28 10:30:15", "2026-02-28T10:30:15Z", 1],
  ["2026-02-30", null, 0],
  ["2026-02-30T00:00:00Z", null, 0],
  ["2026-13-01", null, 0],
  ["2026-02-28T25:00:00Z", null, 0],
  ["28/02/2026", null, 0],
  ["yesterday", null, 0],
  ["", null, 0],
];
it.each(spans)("§1.3: a date filter reads %j as %j", (text, from, seconds) => {
  const span = readDateSpan(text);
  if (from === null) expect(span).toBeUndefined();
  else expect(span).toEqual({ fromMs: Date.parse(from), untilMs: Date.parse(from) + seconds * 1000 });
});
