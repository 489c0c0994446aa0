import { describe, expect, it } from "vitest";
import { isE164, isEmergencyNumber, toE164 } from "./e164.ts";

describe("TERM-4: E.164 in strict form", () => {
  it.each([
    ["+14155550100", true],
    ["+442079460000", true],
    ["+123456789012345", true],
    ["+1234567890123456", false],
    ["14155550100", false],
    ["+04155550100", false],
    ["+1 415 555 0100", false],
    ["+1-415-555-0100", false],
    ["+1415555010a", false],
    ["+", false],
    ["", false],
    ["+14155550100\n", false],
  ])("%j: %s", (text, want) => {
    expect(isE164(text)).toBe(want);
  });
});

it.each([
  ["911", true],
  ["933", true],
  ["112", true],
  ["999", true],
  ["110", false],
  ["+911", false],
])("contract §8.8: %j is an emergency number: %s", (text, want) => {
  expect(isEmergencyNumber(text)).toBe(want);
});

describe("CAR-2: a carrier's way of writing brought to E.164", () => {
  it.each([
    ["+14155550100", "+14155550100"],
    ["14155550100", "+14155550100"],
    ["0014155550100", "+14155550100"],
    ["+1 (415) 555-0100", "+14155550100"],
    ["1.415.555.0100", "+14155550100"],
    ["5550100", undefined],
    ["04155550100", undefined],
    ["911", undefined],
    ["anonymous", undefined],
    ["", undefined],
  ])("%j becomes %j", (text, want) => {
    expect(toE164(text)).toBe(want);
  });
});
