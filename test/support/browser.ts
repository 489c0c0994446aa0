import axe from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { eventually } from "./eventually.ts";
import type { Platform } from "./platform.ts";

/** Debian's; playwright-core brings none of its own. */
const CHROMIUM = "/usr/bin/chromium";

export function openBrowser(): Promise<Browser> {
  // Root, which tests may run as, has no sandbox, and everything that is shown is ours; a container's /dev/shm may be too small for a page.
  const args = ["--no-sandbox", "--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required"];
  return chromium.launch({ executablePath: CHROMIUM, args });
}

export type Reader = {
  readonly language: "en" | "ja";
  readonly colours: "light" | "dark";
  /** Of the window, in CSS pixels: 390 is a phone. */
  readonly width: number;
};

/** A window of its own, with what went wrong in it. */
export type Window = { readonly page: Page; readonly context: BrowserContext; readonly faults: readonly string[] };

/** Opens the console as somebody would; `faults` collects errors of its scripts and what its policy had to refuse. */
export async function openWindow(browser: Browser, { language, colours, width }: Reader): Promise<Window> {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: colours,
    locale: language === "ja" ? "ja-JP" : "en-US",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    // A refused request is the page's to show; that nobody is signed in yet is no fault.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      faults.push(message.text());
  });
  return { page, context, faults };
}

/** Signs in at the console's first page. */
export async function signIn(page: Page, { api, demo }: Platform): Promise<void> {
  await page.goto(`${api}/console/`);
  await fillIn(page, demo.console);
  await page.locator("nav a").first().waitFor({ state: "attached" });
}

/** Goes to a page of the console and waits until it has what it asked for. */
export async function visit(page: Page, { api }: Platform, path: string): Promise<void> {
  await page.goto(`${api}/console${path}`);
  await page.locator("h1").waitFor();
  const waiting = page.locator("[aria-busy=true], .mantine-Loader-root");
  await eventually(`${path} has what it asked for`, async () => ((await waiting.count()) === 0 ? true : undefined));
}

/** What is wrong with a page by WCAG 2.2 A and AA, a line each. */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const violations = await page.evaluate(async (values) => {
    const { violations: found } = await (globalThis as unknown as { axe: typeof import("axe-core") }).axe.run({
      runOnly: { type: "tag", values },
    });
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
  }, tags);
  return violations;
}

/** Fills the sign-in page in and sends it. */
export async function fillIn(page: Page, login: Platform["demo"]["console"]): Promise<void> {
  await page.locator("input[type=email]").fill(login.email);
  await page.locator("input[type=password]").fill(login.password);
  await page.locator("button[type=submit]").click();
}
