import { expect, it } from "vitest";
import { atLongestPrefix, prefixesOf } from "./longest-prefix.ts";

const DECK = new Map([
  ["", "world"],
  ["1", "US"],
  ["1907", "Alaska"],
  ["44", "GB"],
  ["447", "GB mobile"],
]);

const cases: [number: string, rate: string][] = [
  ["+12025550100", "US"],
  ["+19075550100", "Alaska"],
  ["+1907", "Alaska"],
  ["+190", "US"],
  ["+447700900123", "GB mobile"],
  ["+442079460123", "GB"],
  ["+819012345678", "world"],
  ["+", "world"],
];
it.each(cases)("API-1: the longest prefix prices %s: %s", (number, rate) => {
  expect(atLongestPrefix(number, (prefix) => DECK.get(prefix))).toBe(rate);
});

it("API-1: a number that no prefix fits has no price", () => {
  expect(atLongestPrefix("+8190", (prefix) => (prefix === "1" ? "US" : undefined))).toBeUndefined();
});

it("API-1: the prefixes of a number are its digits, the longest first, and none at all", () => {
  expect(prefixesOf("+123")).toEqual(["123", "12", "1", ""]);
});
