import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accessibilityFaults, fillIn, openBrowser, openWindow, type Reader, visit } from "../support/browser.ts";
import { type Platform, startPlatform } from "../support/platform.ts";

let platform: Platform;
let browser: Browser;

beforeAll(async () => {
  platform = await startPlatform();
  browser = await openBrowser();
}, 90_000);
afterAll(async () => {
  await browser.close();
  expect(await platform.stop()).toBe(0);
});

async function open(reader: Reader) {
  const { page, context } = await openWindow(browser, reader);
  if (platform.operatorLogin === undefined) throw new Error("no operator's login at the first start");
  await page.goto(`${platform.api}/console/`);
  await fillIn(page, platform.operatorLogin);
  await page.getByRole("combobox").first().waitFor();
  return { page, context };
}

const add = (page: Page, part: string): Promise<void> =>
  page.getByRole("region", { name: part, exact: true }).getByRole("button", { name: "Add" }).click();

describe("CON-1: the operator's area", () => {
  it("a carrier is made with target, prefix and source, and stands in the API; what is wrong is said (CARR-1)", async () => {
    const { page, context } = await open({ language: "en", colours: "light", width: 1280 });
    await visit(page, platform, "/operator/carriers");
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole("textbox", { name: "Name of a new carrier" }).fill("<i>Second</i> carrier");
    await page.getByRole("button", { name: "Add carrier" }).click();
    await page.getByRole("heading", { name: "<i>Second</i> carrier" }).waitFor();
    await page.getByRole("textbox", { name: "SIP URI" }).fill("sip:carrier.example.com");
    await add(page, "Targets");
    await page.getByRole("textbox", { name: "Prefix" }).fill("+4479");
    await add(page, "Prefixes");
    await page.getByRole("textbox", { name: "Address or network" }).fill("not an address");
    await add(page, "Sources");
    await page.getByRole("region", { name: "Sources", exact: true }).getByRole("alert").waitFor();
    await page.getByRole("textbox", { name: "Address or network" }).fill("198.51.100.0/28");
    await add(page, "Sources");
    await page.getByRole("table", { name: "Sources" }).getByText("198.51.100.0/28").waitFor();
    await page.getByRole("table", { name: "Prefixes" }).getByText("+4479").waitFor();
    await page.getByRole("table", { name: "State now" }).getByText("sip:carrier.example.com").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    const { carriers } = await platform.get<{ carriers: { friendly_name: string }[] }>(
      "/trunkline/v1/Carriers",
      "operator",
    );
    expect(carriers.map((carrier) => carrier.friendly_name)).toContain("<i>Second</i> carrier");
    await context.close();
  });

  it("numbers are checked, then imported, with what is wrong by line (NUM-2)", async () => {
    const { page, context } = await open({ language: "en", colours: "dark", width: 390 });
    await visit(page, platform, "/operator/inventory");
    const csv = "phone_number,iso_country,type\n+442079460990,GB,local\nnonsense,GB,local\n";
    const file = { name: "numbers.csv", mimeType: "text/csv", buffer: Buffer.from(csv) };
    await page.locator("input[type=file]").setInputFiles(file);
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByText(/2 rows read: 1 added, 0 updated, 1 refused/).waitFor();
    await page.getByRole("table", { name: "What is wrong" }).getByText("3", { exact: true }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole("switch", { name: "Only check" }).press(" ");
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByRole("heading", { name: "Import", exact: true }).waitFor();
    await page.getByRole("textbox", { name: "Number" }).fill("+442079460990");
    await page.getByRole("button", { name: "Show" }).click();
    await page.getByRole("table", { name: "Numbers" }).getByText("+442079460990").waitFor();
    expect(await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
    await context.close();
  });
});
