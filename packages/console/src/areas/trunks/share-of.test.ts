import { expect, it } from "vitest";
import { shareOf } from "./share-of.ts";

const url = (priority: number, weight: number, enabled = true) => ({ priority, weight, enabled });

it("ORIG-2: shares of calls are by weight within the lowest priority number, of what is enabled", () => {
  const urls = [url(10, 60), url(10, 20), url(10, 20), url(20, 10), url(5, 10, false)];
  expect(urls.slice(0, 4).map((one) => shareOf(one, urls))).toEqual([0.6, 0.2, 0.2, 0]);
});
