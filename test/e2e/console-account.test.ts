import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accessibilityFaults, fillIn, openBrowser, openWindow, signIn, visit } from "../support/browser.ts";
import { trunkline } from "../support/cli.ts";
import { eventually } from "../support/eventually.ts";
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

const ENGLISH = { language: "en", colours: "light", width: 1280 } as const;

describe("ACC-3: people", () => {
  it("are invited by a link, choose a password, and see what their role allows", async () => {
    const owner = await openWindow(browser, ENGLISH);
    await signIn(owner.page, platform);
    await visit(owner.page, platform, "/users");
    await owner.page.getByRole("textbox", { name: "E-mail address" }).fill("hanako@example.com");
    await owner.page.getByRole("button", { name: "Invite", exact: true }).click();
    const given = owner.page.getByRole("status").getByText("/console/password#");
    const link = (await given.textContent()) ?? "";
    expect(await accessibilityFaults(owner.page)).toEqual([]);
    const invited = await openWindow(browser, ENGLISH);
    await invited.page.goto(link);
    await invited.page.locator("input[type=password]").fill("short");
    await invited.page.getByRole("button", { name: "Save password" }).click();
    await invited.page
      .getByText(/at least 12 characters/i)
      .last()
      .waitFor();
    expect(await accessibilityFaults(invited.page)).toEqual([]);
    await invited.page.locator("input[type=password]").fill("violet tractor onion");
    await invited.page.getByRole("button", { name: "Save password" }).click();
    await invited.page.getByText("The password of hanako@example.com is set.").waitFor();
    await invited.page.getByRole("link", { name: "Sign in" }).click();
    await fillIn(invited.page, { email: "hanako@example.com", password: "violet tractor onion" });
    await invited.page.getByRole("navigation").first().waitFor();
    await visit(invited.page, platform, "/users");
    await invited.page
      .getByText(/Permission Denied/)
      .first()
      .waitFor();
    await owner.context.close();
    await invited.context.close();
  });
});

describe("ACC-2, ACC-4: keys and the audit log", () => {
  it("a key is made, works, is in the audit log and is deleted", async () => {
    const { page, context } = await openWindow(browser, ENGLISH);
    await signIn(page, platform);
    await visit(page, platform, "/keys");
    await page.getByRole("textbox", { name: "Name" }).fill("<b>backup</b>");
    await page.getByRole("button", { name: "Create key" }).click();
    const shown = page.getByRole("status").locator("dd .mono");
    const [sid = "", secret = ""] = await shown.allTextContents().then(async (found) => {
      if (found.length === 2) return found;
      await shown.nth(1).waitFor();
      return shown.allTextContents();
    });
    const ask = (): Promise<Response> =>
      fetch(`${platform.api}/v1/Trunks`, {
        headers: { authorization: `Basic ${Buffer.from(`${sid}:${secret}`).toString("base64")}` },
      });
    expect((await ask()).status).toBe(200);
    await visit(page, platform, "/audit");
    await page.getByText(new RegExp(`${sid} created`)).waitFor();
    await page
      .getByRole("row", { name: new RegExp(sid) })
      .getByRole("button", { name: "Details" })
      .click();
    await page.getByRole("dialog").getByText("<b>backup</b>").waitFor();
    expect(await page.getByRole("dialog").textContent()).not.toContain(secret);
    await visit(page, platform, "/keys");
    await page
      .getByRole("row", { name: /backup/ })
      .getByRole("button", { name: "Delete" })
      .click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("There is no key yet.").waitFor();
    expect((await ask()).status).toBe(401);
    await context.close();
  });
});

describe("CON-2, EVD-2: from a placed call to its ladder", () => {
  it("walks the messages by keyboard, reads one, shows the table and saves the file", async () => {
    const { page, context } = await openWindow(browser, ENGLISH);
    await signIn(page, platform);
    const { out } = await trunkline(["call", "+15005552300", "--seconds", "1", "--json"], {
      TRUNKLINE_DATA_DIR: platform.dataDir,
    });
    const { callSid } = JSON.parse(out) as { callSid: string };
    await visit(page, platform, `/calls/${callSid}`);
    const ladder = page.getByRole("group", { name: "SIP messages" });
    await ladder
      .getByRole("button", { name: /INVITE/ })
      .first()
      .focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: "The message" }).getByText("SIP/2.0 407").waitFor();
    const saving = page.waitForEvent("download");
    await page.getByRole("button", { name: /Wireshark/ }).click();
    expect((await saving).suggestedFilename()).toBe(`${callSid}.pcap`);
    await page.getByRole("button", { name: "Show as table" }).click();
    await page.getByRole("table", { name: "SIP messages" }).getByText("407 Proxy Authentication required").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await context.close();
  });

  it("markup in a caller's name is text, on the call's page and in its messages", async () => {
    const { page, context, faults } = await openWindow(browser, ENGLISH);
    await signIn(page, platform);
    const { accountSid, authToken, numbers } = platform.demo;
    const name = "<img src=x onerror=alert(1)>";
    const answer = await fetch(`${platform.api}/trunkline/v1/SimulatedCalls`, {
      method: "POST",
      headers: { authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}` },
      body: new URLSearchParams({ To: numbers[0] ?? "", From: "+14155550199", CallerName: name }),
    });
    expect(answer.ok).toBe(true);
    const callSid = await eventually("the call in the log", async () => {
      const { calls } = await platform.get<{ calls: { call_sid: string }[] }>(
        "/trunkline/v1/Calls?Direction=trunking-originating",
      );
      return calls[0]?.call_sid;
    });
    await visit(page, platform, `/calls/${callSid}`);
    await page
      .getByRole("button", { name: /INVITE/ })
      .first()
      .click();
    await page.getByRole("region", { name: "The message" }).getByText(name).waitFor();
    expect(await page.locator("img[src=x]").count()).toBe(0);
    expect(faults).toEqual([]);
    await context.close();
  });

  it("a change is tried on the calls that were made (EVD-3)", async () => {
    const { page, context } = await openWindow(browser, { ...ENGLISH, colours: "dark", width: 390 });
    await signIn(page, platform);
    await visit(page, platform, "/what-would-change");
    await page.getByRole("combobox", { name: "What would be different" }).click();
    await page.getByRole("option", { name: "Permission to call a country or prefix" }).click();
    await page.getByRole("textbox", { name: "Country or prefix" }).fill("*");
    await page.getByRole("button", { name: "Show what would change" }).click();
    await page
      .getByRole("status")
      .getByText(/1 would go otherwise/)
      .waitFor();
    await page.getByRole("table", { name: "Result" }).getByText("refused 403 (32205)").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
    await context.close();
  });
});
