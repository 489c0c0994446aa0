import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { totpCode, totpStep } from "../../packages/api/src/sessions/totp.ts";
import {
  accessibilityFaults,
  fillIn,
  openBrowser,
  openWindow,
  type Reader,
  signIn,
  visit,
} from "../support/browser.ts";
import { trunkline } from "../support/cli.ts";
import { eventually } from "../support/eventually.ts";
import { type Platform, startPlatform } from "../support/platform.ts";

let platform: Platform;
let browser: Browser;
/** Pages of something that exists, which the navigation does not lead to. */
let inner: readonly string[];
beforeAll(async () => {
  [platform, browser] = await Promise.all([startPlatform(), openBrowser()]);
  for (const number of ["+15005552300", "+15005551486"]) {
    await trunkline(["call", number, "--seconds", "1"], { TRUNKLINE_DATA_DIR: platform.dataDir });
  }
  const { trunks } = await platform.get<{ trunks: readonly { sid: string }[] }>("/v1/Trunks");
  const calls = await eventually("both calls are recorded", async () => {
    const found = await platform.get<{ calls: readonly { call_sid: string }[] }>("/trunkline/v1/Calls");
    return found.calls.length === 2 ? found.calls : undefined;
  });
  const tabs = ["general", "termination", "origination", "numbers", "setup-guide"];
  inner = [
    ...tabs.map((tab) => `/trunks/${trunks[0]?.sid}/${tab}`),
    ...calls.map(({ call_sid }) => `/calls/${call_sid}`),
  ];
});
afterAll(async () => {
  await browser.close();
  expect(await platform.stop()).toBe(0);
});

const READERS: readonly Reader[] = [
  { language: "en", colours: "light", width: 1280 },
  { language: "ja", colours: "dark", width: 390 },
];

describe("CON-1, CON-2, CON-3: every page of the navigation, of a trunk and of a call", () => {
  it.each(READERS)("opens, is accessible and fits: $language, $colours, $width px", async (reader) => {
    const { page, context, faults } = await openWindow(browser, reader);
    await signIn(page, platform);
    const links = await page
      .locator("nav a")
      .evaluateAll((found) => found.map((one) => one.getAttribute("href") ?? ""));
    expect(links.length).toBeGreaterThan(12);
    const wrong: string[] = [];
    for (const link of new Set([...links.map((path) => path.replace(/^\/console/, "")), ...inner])) {
      await visit(page, platform, link);
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

describe("CON-1: from nothing to a trunk that calls can be made over", () => {
  it("a trunk is made, given a domain name and a user, and is there by API; markup in its name is text", async () => {
    const { page, context, faults } = await openWindow(browser, { language: "en", colours: "light", width: 1280 });
    const dialogs: string[] = [];
    page.on("dialog", (dialog) => dialogs.push(dialog.message()));
    await signIn(page, platform);
    await page.getByRole("link", { name: "Trunks", exact: true }).click();
    const name = "<img src=x onerror=alert(1)>";
    await page.getByLabel("Name of a new trunk").fill(name);
    await page.getByRole("button", { name: "Create trunk" }).click();
    await page.getByRole("heading", { level: 1, name }).waitFor();
    await page.getByRole("tab", { name: "Termination" }).click();
    await page.getByText("every call over this trunk is refused").waitFor();
    await page.getByLabel("Name", { exact: true }).first().fill("head-office");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText(`sip:+15005552300@head-office.pstn.${platform.zone}`).waitFor();
    await page.getByRole("button", { name: "New list with a user" }).click();
    await page.getByLabel("Name of the list").last().fill("Head office");
    await page.getByLabel("User name").fill("alice");
    await page.locator("input[type=password]").fill("Correct-Horse-7-Battery");
    await page.getByRole("button", { name: "Create and add" }).last().click();
    await page.getByText("every call over this trunk is refused").waitFor({ state: "detached" });
    const { trunks } = await platform.get<{ trunks: readonly object[] }>("/v1/Trunks");
    expect(trunks).toContainEqual(
      expect.objectContaining({
        friendly_name: name,
        domain_name: `head-office.pstn.${platform.zone}`,
        auth_type: "CREDENTIAL_LIST",
      }),
    );
    expect({ dialogs, faults }).toEqual({ dialogs: [], faults: [] });
    await context.close();
  });
});

describe("CON-1: what a page does is what it says", () => {
  it("an IPv6 address without a prefix length is one address; its dialogs are accessible (TERM-3)", async () => {
    const { page, context, faults } = await openWindow(browser, { language: "en", colours: "dark", width: 390 });
    await signIn(page, platform);
    await visit(page, platform, "/ip-access-control-lists");
    await page.getByLabel("Name of a new list").fill("Six");
    await page.getByRole("button", { name: "Create list" }).click();
    for (const [address, shown] of [
      ["2001:db8::1", "2001:db8::1/128"],
      ["192.0.2.7", "192.0.2.7/32"],
    ] as const) {
      await page.getByLabel("IP address").fill(address);
      await page.getByRole("button", { name: "Add", exact: true }).click();
      await page.getByText(shown).waitFor();
    }
    await page.getByRole("button", { name: "Remove" }).first().click();
    await page.getByRole("dialog").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole("button", { name: "Close" }).click();
    expect(faults).toEqual([]);
    await context.close();
  });

  it("buys a number after asking, and releases it at phone width (NUM-1)", async () => {
    const { page, context, faults } = await openWindow(browser, { language: "en", colours: "light", width: 390 });
    await signIn(page, platform);
    await visit(page, platform, "/numbers/buy");
    const number = (await page.locator("td .mono").first().textContent()) ?? "";
    await page.getByRole("button", { name: "Buy" }).first().click();
    await page.getByRole("dialog").getByRole("button", { name: "Buy" }).click();
    await page.getByText(`${number} is yours.`).waitFor();
    await visit(page, platform, "/numbers");
    await page.getByLabel("Search by digits").fill(number);
    const row = page.getByRole("row").filter({ hasText: number });
    await row.getByRole("button", { name: "Release" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Release" }).click();
    await row.waitFor({ state: "detached" });
    expect(faults).toEqual([]);
    await context.close();
  });

  it("says that a caller ID was not verified when its call ends without the code (NUM-4)", async () => {
    const { page, context, faults } = await openWindow(browser, { language: "en", colours: "light", width: 1280 });
    await signIn(page, platform);
    await visit(page, platform, "/caller-ids");
    await page.getByLabel("Number in E.164 form").fill("+15005551486");
    await page.getByRole("button", { name: "Call it now" }).click();
    await page.getByText("Waiting for the code").waitFor();
    await page.getByText("the number is not verified").waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it("an operator can choose the only account there is", async () => {
    const bare = await startPlatform({ env: { TRUNKLINE_DEMO: "false" } });
    const { page, context } = await openWindow(browser, { language: "en", colours: "light", width: 1280 });
    if (bare.operatorLogin === undefined) throw new Error("no operator's login at the first start");
    await page.goto(`${bare.api}/console/`);
    await fillIn(page, bare.operatorLogin);
    await page.getByRole("heading", { name: "Choose an account" }).waitFor();
    await page.getByRole("combobox", { name: "Account" }).click();
    await page.getByRole("option", { name: "Operator" }).click();
    await page.getByRole("heading", { name: "Choose an account" }).waitFor({ state: "detached" });
    await page.reload();
    await page.getByRole("heading", { level: 1 }).waitFor();
    expect(await page.getByRole("heading", { name: "Choose an account" }).count()).toBe(0);
    await context.close();
    expect(await bare.stop()).toBe(0);
  });
});

describe("ACC-3: a second factor that the account asks of everybody", () => {
  it("is set up at the next sign-in, and its code is asked for at the one after", async () => {
    const { page, context, faults } = await openWindow(browser, { language: "en", colours: "light", width: 390 });
    await platform.post("/trunkline/v1/AccountSettings", { SecondFactorRequired: "true" });
    await page.goto(`${platform.api}/console/`);
    await fillIn(page, platform.demo.console);
    await page.getByRole("heading", { name: "Set up your second factor" }).waitFor();
    await page.getByLabel("Your password").fill(platform.demo.console.password);
    await page.getByRole("button", { name: "Begin" }).click();
    const secret = (await page.locator(".mono").first().textContent()) ?? "";
    await page.getByLabel("Code that the app shows").fill(totpCode(secret, totpStep(Date.now())));
    await page.getByRole("button", { name: "Confirm" }).click();
    const recoveryCode = ((await page.locator("pre").textContent()) ?? "").split("\n")[0] ?? "";
    expect(recoveryCode).not.toBe("");
    await page.getByRole("button", { name: "I have kept them" }).click();
    await page.getByRole("banner").getByRole("button").last().click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await fillIn(page, platform.demo.console);
    await page.getByLabel("Code of your second factor").fill(recoveryCode);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.locator("nav a").first().waitFor({ state: "attached" });
    expect(faults).toEqual([]);
    await context.close();
  });
});
