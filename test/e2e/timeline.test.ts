import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { trunkline } from "../support/cli.ts";
import { eventually } from "../support/eventually.ts";
import { type Platform, startPlatform } from "../support/platform.ts";
import { openWebReceiver, type WebReceiver } from "../support/web-receiver.ts";

type Sample = {
  readonly leg: "a" | "b";
  readonly direction: "received" | "sent";
  readonly at_ms: number;
  readonly packets: number;
  readonly mos: number | null;
};
type Quality = { readonly legs: readonly { readonly packets_received: number }[]; readonly samples: readonly Sample[] };
type Entry = {
  readonly kind: string;
  readonly at_ms: number;
  readonly leg: "a" | "b" | null;
  readonly detail: string | null;
  readonly duration_ms: number | null;
};

let platform: Platform;
let hooks: WebReceiver;

beforeAll(async () => {
  [platform, hooks] = await Promise.all([startPlatform(), openWebReceiver()]);
}, 90_000);
afterAll(async () => {
  await platform?.stop();
  await hooks?.close();
});

const qualityOf = (sid: string): Promise<Quality> => platform.get(`/trunkline/v1/Calls/${sid}/Quality`);
const entriesOf = async (sid: string): Promise<readonly Entry[]> =>
  (await platform.get<{ entries: Entry[] }>(`/trunkline/v1/Calls/${sid}/Timeline`)).entries;

/** Once the call is over as far as its record knows. */
const wholeOf = (sid: string): Promise<readonly Entry[]> =>
  eventually(`the end of ${sid}`, async () => {
    const entries = await entriesOf(sid);
    return entries.some(({ kind }) => kind === "ended") ? entries : undefined;
  });

describe("EVD-2: how a call went", () => {
  it("its audio over time, while it runs and afterwards, by leg and direction", async () => {
    const calling = call("+15005552300", "--seconds", "12");
    const live = await eventually("samples of a live call", async () => {
      const { live_calls: calls } = await platform.get<{ live_calls: { sid: string }[] }>("/trunkline/v1/LiveCalls");
      const quality = calls[0] && (await qualityOf(calls[0].sid));
      return quality && quality.samples.length > 0 ? quality : undefined;
    });
    expect(live.legs.map((leg) => leg.packets_received > 0)).toEqual([true, true]);
    const { callSid } = await calling;
    const { legs, samples } = await eventually("samples of a call that is over", async () => {
      const quality = await qualityOf(callSid);
      return quality.legs.length === 2 && quality.samples.length >= 8 ? quality : undefined;
    });
    for (const [index, leg] of (["a", "b"] as const).entries()) {
      const received = samples.filter((sample) => sample.leg === leg && sample.direction === "received");
      const packets = received.reduce((sum, sample) => sum + sample.packets, 0);
      // What comes in a last instant of less than a second has no interval of its own.
      expect(legs[index]?.packets_received).toBeGreaterThanOrEqual(packets);
      expect(packets).toBeGreaterThan((legs[index]?.packets_received ?? 0) - 60);
      expect(received.every(({ mos }) => mos !== null && mos > 4)).toBe(true);
      expect(samples.some((sample) => sample.leg === leg && sample.direction === "sent" && sample.packets > 0)).toBe(
        true,
      );
    }
  }, 60_000);

  it("what a target refused, what was noted of it, and what a web server was told", async () => {
    const busy = await call("+15005551486");
    const refused = (await wholeOf(busy.callSid)).find(({ kind }) => kind === "attempt-failed");
    expect(refused).toMatchObject({ leg: "b", detail: expect.stringMatching(/^486/) });
    await platform.post("/trunkline/v1/DebuggerWebhook", { Url: `${hooks.url}/alerts?token=secret` });
    const { callSid } = await call("+15005552300", "--from", "+12025550123");
    const entries = await eventually("what the web server was told", async () => {
      const all = await entriesOf(callSid);
      return all.some(({ kind }) => kind === "webhook") ? all : undefined;
    });
    expect(entries.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["started", "ended", "alert", "webhook"]));
    expect(entries.find(({ kind }) => kind === "webhook")?.detail).toBe(`${hooks.url}/alerts: delivered`);
    const times = entries.map(({ at_ms }) => at_ms);
    expect(times).toEqual([...times].sort((one, two) => one - two));
    expect(JSON.stringify(entries)).not.toContain("secret");
  }, 60_000);

  it("keys that were pressed, by time and side and never which; hold and its end", async () => {
    const { callSid } = await call("+15005552400", "--seconds", "3");
    const keys = (await wholeOf(callSid)).filter(({ kind }) => kind === "key-press");
    expect(keys.map(({ leg, detail }) => [leg, detail])).toEqual(Array.from("1234#", () => ["b", null]));
    expect(keys.every(({ duration_ms: ms }) => ms !== null && ms > 20)).toBe(true);
    const held = await call("+15005552800", "--seconds", "4");
    const changes = (await wholeOf(held.callSid)).filter(({ kind }) => kind === "session-changed");
    expect(changes.map(({ leg, detail }) => [leg, detail])).toEqual([
      ["b", "sendonly"],
      ["b", "sendrecv"],
    ]);
  }, 60_000);
});

async function call(...args: readonly string[]): Promise<{ readonly callSid: string }> {
  const { out } = await trunkline(["call", "--json", ...args], { TRUNKLINE_DATA_DIR: platform.dataDir });
  return JSON.parse(out) as { callSid: string };
}
