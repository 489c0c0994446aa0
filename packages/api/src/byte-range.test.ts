import { expect, it } from "vitest";
import { readRange } from "./byte-range.ts";

const cases: [header: string, totalBytes: number, want: string][] = [
  ["", 100, "whole"],
  ["bytes=0-9", 100, "0-9"],
  ["bytes=0-0", 100, "0-0"],
  ["bytes=90-", 100, "90-99"],
  ["bytes=90-200", 100, "90-99"],
  ["bytes=-10", 100, "90-99"],
  ["bytes=-1000", 100, "0-99"],
  ["bytes= 5 - 6", 100, "5-6"],
  ["bytes=100-", 100, "none"],
  ["bytes=999999999999999-", 100, "none"],
  ["bytes=-0", 100, "none"],
  ["bytes=0-", 0, "none"],
  ["bytes=-5", 0, "none"],
  // §14.1.1: not valid, so it is ignored.
  ["bytes=9-5", 100, "whole"],
  ["bytes=-", 100, "whole"],
  ["bytes=a-b", 100, "whole"],
  ["bytes=9999999999999999-", 100, "whole"],
  ["lines=1-2", 100, "whole"],
  // §14.2: a list may be ignored, and so costs nothing.
  ["bytes=0-1,3-4", 100, "whole"],
  [`bytes=${"0-99,".repeat(2_000)}0-1`, 100, "whole"],
];
it.each(cases)("RFC 9110 §14.2: %.40s of %i bytes is %s", (header, totalBytes, want) => {
  const range = readRange(header, totalBytes);
  expect(range.kind === "part" ? `${range.from}-${range.to}` : range.kind).toBe(want);
});
