import { expect, it } from "vitest";
import { isSid, mintSid } from "./sid.ts";

const hex = "0123456789abcdef0123456789abcdef";

it("contract §1.5: a SID is its prefix and 32 lower-case hex digits", () => {
  expect(mintSid("TK", hex)).toBe(`TK${hex}`);
});

it("a SID out of anything else is our mistake and throws", () => {
  expect(() => mintSid("TK", hex.slice(1))).toThrow("32 lower-case hex digits");
  expect(() => mintSid("TK", hex.toUpperCase())).toThrow();
});

it.each<[text: string, prefix: "CA" | undefined, want: boolean]>([
  [`CA${hex}`, "CA", true],
  [`CA${hex.toUpperCase()}`, "CA", true],
  [`TK${hex}`, undefined, true],
  [`TK${hex}`, "CA", false],
  [`CA${hex}0`, "CA", false],
  [`CA${hex.slice(1)}`, "CA", false],
  [`ca${hex}`, undefined, false],
  [`CA${hex}\n`, "CA", false],
])("contract §1.5: %j as %s: %s", (text, prefix, want) => {
  expect(isSid(text, prefix)).toBe(want);
});
