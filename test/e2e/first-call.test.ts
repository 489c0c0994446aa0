import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { type Platform, startPlatform } from "../support/platform.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

type Report = {
  readonly outcome: string;
  readonly status: number;
  readonly error: string | null;
  readonly callSid: string;
  readonly packetsSent: number;
  readonly packetsReceived: number;
  readonly mos: number;
  readonly toneHz: number | null;
  readonly digits: string;
};
type Call = {
  readonly sid: string;
  readonly status: string;
  readonly direction: string;
  readonly duration: string | null;
  readonly to: string;
  readonly trunk_sid: string;
};
type Trace = {
  readonly steps: readonly { readonly rule: string; readonly verdict: string; readonly detail: string }[];
};

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(async () => {
  expect(await platform.stop()).toBe(0);
});

/** Runs `trunkline call` as a user would and gives its JSON report. */
async function testCall(
  number: string,
  ...options: string[]
): Promise<{ readonly code: number; readonly report: Report }> {
  const node = `${root}/node_modules/.bin/node`;
  const child = spawn(node, ["packages/server/bin/trunkline.js", "call", number, "--json", ...options], {
    cwd: root,
    env: { ...process.env, TRUNKLINE_DATA_DIR: platform.dataDir },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    text += part;
  });
  const [code] = (await once(child, "close")) as [number];
  return { code, report: JSON.parse(text) as Report };
}

const callPath = (sid: string): string => `/2010-04-01/Accounts/${platform.demo.accountSid}/Calls/${sid}.json`;

/** The call record once it has ended. */
function ended(sid: string): Promise<Call> {
  return eventually(`end of ${sid}`, async () => {
    const call = await platform.get<Call>(callPath(sid));
    return ["completed", "busy", "failed", "no-answer", "canceled"].includes(call.status) ? call : undefined;
  });
}

describe("trunkline call (interface §1)", () => {
  it("+15005552300 is answered with a tone, audio both ways with MOS, call SID, record and trace (TERM-1, MED-1, EVD-1)", async () => {
    const { code, report } = await testCall("+15005552300", "--seconds", "2");
    expect(report).toMatchObject({
      outcome: "answered",
      status: 200,
      callSid: expect.stringMatching(/^CA[0-9a-f]{32}$/),
    });
    expect(code).toBe(0);
    expect(report.packetsReceived).toBeGreaterThan(80);
    expect(report.packetsSent).toBeGreaterThan(80);
    expect(report.mos).toBeGreaterThan(4);
    expect(report.toneHz).toBeGreaterThan(430);
    expect(report.toneHz).toBeLessThan(450);
    const call = await ended(report.callSid);
    expect(call).toMatchObject({
      status: "completed",
      direction: "trunking-terminating",
      to: "+15005552300",
      trunk_sid: expect.stringMatching(/^TK/),
    });
    expect(Number(call.duration)).toBeGreaterThanOrEqual(2);
    const trace = await platform.get<Trace>(`/trunkline/v1/Calls/${report.callSid}/Trace`);
    expect(trace.steps.length).toBeGreaterThan(4);
    expect(trace.steps.every((step) => step.verdict !== "refuse")).toBe(true);
    expect(JSON.stringify(trace)).not.toContain(platform.demo.password);
  });

  const outcomes: [number: string, what: string, expected: Partial<Report>, status: string][] = [
    ["+15005551486", "busy is passed through", { outcome: "refused", status: 486 }, "busy"],
    [
      "+15005551503",
      "a carrier's 503 with no other carrier is the answer",
      { outcome: "refused", status: 503 },
      "failed",
    ],
    ["+15005552400", "the far end's digits arrive by RFC 4733", { outcome: "answered", digits: "1234#" }, "completed"],
    ["+15005552100", "early media, then an answer", { outcome: "answered" }, "completed"],
    ["+15005552001", "rings one second, then answers", { outcome: "answered" }, "completed"],
    ["+15005552701", "the far end hangs up", { outcome: "answered" }, "completed"],
    ["+15005552800", "hold and resume by re-INVITE", { outcome: "answered" }, "completed"],
    ["+15005552500", "answers without RTP", { outcome: "answered", packetsReceived: 0 }, "completed"],
  ];
  it.each(outcomes)("%s: %s (CAR-3)", async (number, _what, expected, status) => {
    const { report } = await testCall(number, "--seconds", "3");
    expect(report).toMatchObject(expected);
    expect((await ended(report.callSid)).status).toBe(status);
  });

  it("refuses a caller ID that is not the account's own, and says why (TERM-5, TERM-11)", async () => {
    const { code, report } = await testCall("+15005552300", "--from", "+12025559999");
    expect(code).toBe(1);
    expect(report).toMatchObject({ outcome: "refused", status: 403, error: expect.stringMatching(/^32204 /) });
  });
});
