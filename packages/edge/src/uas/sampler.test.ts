import { expect, it } from "vitest";
import { Sampler } from "./sampler.ts";

it.each([
  ["none at all", 0, [0, 1, 60_000], [false, false, false]],
  ["a burst, then one each half minute", 2, [0, 0, 0, 29_000, 31_000, 31_000], [true, true, false, false, true, false]],
  ["no more than a minute's worth after a long silence", 1, [0, 3_600_000, 3_600_000], [true, true, false]],
])("lets through %s", (_title, perMinute, times, want) => {
  const sampler = new Sampler(perMinute);
  expect(times.map((nowMs) => sampler.take(nowMs))).toEqual(want);
});
