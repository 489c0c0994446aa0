import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { freeUdpPort, type Platform, startPlatform } from "../support/platform.ts";
import { haveSipp, startSipp } from "../support/sipp.ts";

type Call = {
  readonly sid: string;
  readonly status: string;
  readonly duration: string | null;
  readonly end_time: string | null;
};
type Page = { readonly calls: readonly Call[]; readonly next_page_uri: string | null };
type Quality = { readonly legs: readonly { readonly leg: string; readonly packets_received: number }[] };

/** Every call of the demo account, all pages. */
export async function allCalls(platform: Platform): Promise<readonly Call[]> {
  const calls: Call[] = [];
  let path: string | null = `/2010-04-01/Accounts/${platform.demo.accountSid}/Calls.json?PageSize=500`;
  while (path) {
    const page: Page = await platform.get<Page>(path);
    calls.push(...page.calls);
    path = page.next_page_uri;
  }
  return calls;
}

function uacAuth(platform: Platform, to: string) {
  return {
    scenario: "uac-auth.xml",
    target: `${platform.sipHost}:${platform.sipPort}`,
    address: "127.0.0.2",
    keys: { domain: platform.demo.domain, from: platform.demo.numbers[0] as string, to },
    auth: { username: platform.demo.username, password: platform.demo.password },
  };
}

/** One second of a square wave as raw G.711 µ-law: what SIPp plays. */
const TONE = Uint8Array.from({ length: 8_000 }, (_unused, i) => (i % 16 < 8 ? 0x90 : 0x10));

describe.skipIf(!haveSipp)("a thousand authenticated calls (SIPp)", () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(async () => {
    expect(await platform.stop()).toBe(0);
  });

  it("50 calls/s for 20 s: none failed, 1,000 records, each with its end (TERM-2, OPS-2)", async () => {
    const run = startSipp({
      ...uacAuth(platform, "+15005552000"),
      port: await freeUdpPort("127.0.0.2"),
      calls: 1_000,
      perSecond: 50,
      extra: ["-d", "1000"],
      limitSec: 90,
    });
    const result = await run.done;
    expect({ successful: result.successful, failed: result.failed, errors: result.errors.slice(0, 2_000) }).toEqual({
      successful: 1_000,
      failed: 0,
      errors: "",
    });
    const calls = await eventually(
      "1,000 completed records",
      async () => {
        const all = await allCalls(platform);
        return all.filter((call) => call.status === "completed").length >= 1_000 ? all : undefined;
      },
      20_000,
    );
    expect(new Set(calls.map((call) => call.sid)).size).toBe(1_000);
    expect(calls.every((call) => call.end_time !== null && call.duration !== null)).toBe(true);
    expect(platform.log()).toBe("");
  });

  it("RTP that SIPp sends comes back from the echo at the far end (MED-1, MED-6)", async () => {
    const run = startSipp({
      ...uacAuth(platform, "+15005552000"),
      scenario: "uac-auth-rtp.xml",
      port: await freeUdpPort("127.0.0.2"),
      calls: 10,
      perSecond: 5,
      extra: ["-d", "1500"],
      files: { "tone.ulaw": TONE },
    });
    expect(await run.done).toMatchObject({ successful: 10, failed: 0 });
    const latest = (await allCalls(platform)).slice(0, 10);
    for (const { sid } of latest) {
      const quality = await eventually(`quality of ${sid}`, async () => {
        const answer = await platform.get<Quality>(`/trunkline/v1/Calls/${sid}/Quality`);
        return answer.legs.length === 2 ? answer : undefined;
      });
      const packets = Object.fromEntries(quality.legs.map((leg) => [leg.leg, leg.packets_received]));
      expect(packets["a"], "from SIPp").toBeGreaterThan(30);
      expect(packets["b"], "echoed by the far end").toBeGreaterThan(30);
    }
  });
});

describe.skipIf(!haveSipp)("kill -9 in the middle of 50 calls", () => {
  it("leaves exactly one record with an end for every call that was answered (OPS-2)", async () => {
    const first = await startPlatform();
    const run = startSipp({
      ...uacAuth(first, "+15005552000"),
      port: await freeUdpPort("127.0.0.2"),
      calls: 50,
      perSecond: 100,
      extra: ["-d", "30000"],
      limitSec: 120,
    });
    const live = await eventually(
      "50 answered calls",
      async () => {
        const { live_calls } = await first.get<{ live_calls: { sid: string; status: string }[] }>(
          "/trunkline/v1/LiveCalls?PageSize=100",
        );
        const answered = live_calls.filter((call) => call.status === "in-progress");
        return answered.length === 50 ? answered : undefined;
      },
      20_000,
    );
    await first.crash();
    run.kill();
    await run.done;
    const second = await startPlatform({ dataDir: first.dataDir, sipPort: first.sipPort });
    const calls = await eventually("the records of the interrupted calls", async () => {
      const all = await allCalls(second);
      return all.length === 50 && all.every((call) => call.end_time !== null) ? all : undefined;
    });
    expect(calls.map((call) => call.sid).toSorted()).toEqual(live.map((call) => call.sid).toSorted());
    expect(calls.map((call) => call.status)).toEqual(Array.from({ length: 50 }, () => "completed"));
    expect(await second.stop()).toBe(0);
  });
});
