import { expect, it } from "vitest";
import { jsonbText, parameterValue, readTimestampMs } from "./values.ts";

it.each([
  ["2026-11-23 14:24:00.123+00", Date.UTC(2026, 10, 23, 14, 24, 0, 123)],
  ["2026-11-23 14:24:00+00", Date.UTC(2026, 10, 23, 14, 24)],
  ["2026-11-23 23:24:00.5+09", Date.UTC(2026, 10, 23, 14, 24, 0, 500)],
  ["2026-11-23 19:54:00.12+05:30", Date.UTC(2026, 10, 23, 14, 24, 0, 120)],
  ["2026-11-23 09:54:00-04:30", Date.UTC(2026, 10, 23, 14, 24)],
])("reads the timestamp %s", (text, want) => {
  expect(readTimestampMs(text)).toBe(want);
});

it.each<[unknown, unknown]>([
  ["plain", "plain"],
  ["a\0b\0", "a\ufffdb\ufffd"],
  [7, 7],
  [null, null],
])("makes a parameter of %j", (value, want) => {
  expect(parameterValue(value)).toBe(want);
});

it.each<[unknown, string]>([
  [{ a: "\0" }, '{"a":"\ufffd"}'],
  [["\ud800", "\u{1f4de}"], '["\ufffd","\u{1f4de}"]'],
  ["\\u0000", '"\\\\u0000"'],
  [{ "a b": [1, null] }, '{"a b":[1,null]}'],
])("makes JSON that jsonb takes of %j", (value, want) => {
  expect(jsonbText(value)).toBe(want);
});
