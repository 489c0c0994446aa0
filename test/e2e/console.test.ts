import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accessibilityFaults, openBrowser, openWindow, type Reader, signIn, visit } from "../support/browser.ts";
import { type Platform, startPlatform } from "../support/platform.ts";

let platform: Platform;
let browser: Browser;
beforeAll(async () => {
  [platform, browser] = await Promise.all([startPlatform(), openBrowser()]);
});
afterAll(async () => {
  await browser.close();
  expect(await platform.stop()).toBe(0);
});

const READERS: readonly Reader[] = [
  { language: "en", colours: "light", width: 1280 },
  { language: "ja", colours: "dark", width: 390 },
];

describe("CON-1, CON-2: every page of the navigation", () => {
  it.each(READERS)("opens, is accessible and fits: $language, $colours, $width px", async (reader) => {
    const { page, context, faults } = await openWindow(browser, reader);
    await signIn(page, platform);
    const links = await page
      .locator("nav a")
      .evaluateAll((found) => found.map((one) => one.getAttribute("href") ?? ""));
    expect(links.length).toBeGreaterThan(12);
    const wrong: string[] = [];
    for (const link of new Set(links)) {
      await visit(page, platform, link.replace(/^\/console/, ""));
      const failure = page.getByText(/^(That did not work|処理できませんでした)$/);
      if (await failure.count()) wrong.push(`${link}: ${await failure.locator("xpath=..").textContent()}`);
      const excess = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
      if (excess > 0) wrong.push(`${link}: ${excess} px too wide`);
      wrong.push(...(await accessibilityFaults(page)).map((fault) => `${link}: ${fault}`));
    }
    expect(wrong).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe("CON-2: the first page", () => {
  it("costs less than 250 kB over the network, none of it from elsewhere", async () => {
    const { page, context } = await openWindow(browser, { language: "en", colours: "light", width: 1280 });
    let bytes = 0;
    const origins = new Set<string>();
    page.on("requestfinished", async (request) => {
      origins.add(new URL(request.url()).origin);
      bytes += (await request.sizes()).responseBodySize;
    });
    await page.goto(`${platform.api}/console/`);
    await page.locator("input[type=email]").waitFor();
    await page.waitForLoadState("networkidle");
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(250_000);
    expect([...origins]).toEqual([platform.api]);
    await context.close();
  });
});
