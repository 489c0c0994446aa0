import { openSimulatedPstn } from "@trunkline/pstn";
import twilio from "twilio";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { type Platform, startPlatform } from "../support/platform.ts";
import { endOfSimulatedCall, placeSimulatedCall } from "../support/simulated-call.ts";
import { twilioClient } from "../support/twilio-sdk.ts";
import { openWebReceiver, type Received, type WebReceiver } from "../support/web-receiver.ts";

let platform: Platform;
/** Those that were killed. */
const gone: Platform[] = [];
/** A server of the customer's that answers like the simulated PSTN, and is no carrier. */
let pbx: Awaited<ReturnType<typeof openSimulatedPstn>>;
let target: WebReceiver;
beforeAll(async () => {
  platform = await startPlatform();
  pbx = await openSimulatedPstn({ address: "127.0.0.1", port: 0, platform: { host: "127.0.0.1", port: 5060 } });
  target = await openWebReceiver();
});
afterAll(async () => {
  expect(await platform.stop()).toBe(0);
  await Promise.all(gone.map((one) => one.stop()));
  await pbx.close();
  await target.close();
});

const sdk = (on: Platform): twilio.Twilio => twilioClient(on.api, on.demo.accountSid, on.demo.authToken);

/** What the SDK shows of a category today: calls and minutes. */
async function today(on: Platform, category: string): Promise<string> {
  const [record] = await sdk(on).usage.records.today.list({ category });
  return `${record?.count} ${record?.usage}`;
}

async function answeredCall(on: Platform): Promise<void> {
  const [number] = on.demo.numbers as [string];
  const { sid } = await placeSimulatedCall(on, number, { audio: "tone", hangupAfterMs: 200 });
  expect(await endOfSimulatedCall(on, sid)).toMatchObject({ status: "completed", sip_status: 200 });
}

describe("BIL-3: what calls come to", () => {
  it("three calls are three calls and three minutes of today; the third fires the trigger, by a signed callback", async () => {
    const client = sdk(platform);
    const [trunk] = await client.trunking.v1.trunks.list();
    const sipUrl = `sip:+15005552300@${pbx.address}:${pbx.port}`;
    const url = { friendlyName: "PBX", sipUrl, priority: 1, weight: 1, enabled: true };
    await client.trunking.v1.trunks(trunk?.sid ?? "").originationUrls.create(url);
    expect(await today(platform, "calls")).toBe("0 0");
    const trigger = await client.usage.triggers.create({
      callbackUrl: `${target.url}/usage?of=trunkline`,
      triggerValue: "+3",
      usageCategory: "calls",
      triggerBy: "count",
      recurring: "daily",
    });
    expect(trigger.triggerValue).toBe("3");
    for (let n = 0; n < 3; n++) await answeredCall(platform);
    const [told] = (await target.until(1)) as [Received];
    expect(told.url).toBe(`${target.url}/usage?of=trunkline`);
    const signature = told.headers["x-twilio-signature"] ?? "";
    expect(twilio.validateRequest(platform.demo.authToken, signature, told.url, told.params)).toBe(true);
    expect(told.params).toMatchObject({
      AccountSid: platform.demo.accountSid,
      UsageTriggerSid: trigger.sid,
      UsageCategory: "calls",
      TriggerBy: "count",
      TriggerValue: "3",
      CurrentValue: "3",
      Recurring: "daily",
      IdempotencyToken: expect.stringContaining(trigger.sid),
    });
    for (const category of ["calls", "trunking-origination", "trunking-origination-local", "elastic-sip-trunking"])
      expect([category, await today(platform, category)]).toEqual([category, "3 3"]);
    expect(await today(platform, "trunking-termination")).toBe("0 0");
    const owned = await client.incomingPhoneNumbers.list();
    expect(await today(platform, "phonenumbers")).toBe(`${owned.length} ${owned.length}`);
    const watched = await client.usage.triggers(trigger.sid).fetch();
    expect(watched).toMatchObject({ currentValue: "3", dateFired: expect.any(Date) });
    const path = told.params["UsageRecordUri"] ?? "";
    const { usage_records } = await platform.get<{ usage_records: object[] }>(path);
    expect(usage_records).toMatchObject([{ category: "calls", count: "3" }]);

    await answeredCall(platform);
    await eventually("the fourth call", async () => ((await today(platform, "calls")) === "4 4" ? true : undefined));
    expect(target.received).toHaveLength(1);
  });

  it("kill -9 right after a call: its record is replayed, and it counts once", async () => {
    const before = Number((await today(platform, "calls")).split(" ")[0]);
    await answeredCall(platform);
    for (const _start of [1, 2]) {
      gone.push(platform);
      await platform.crash();
      platform = await startPlatform({ dataDir: platform.dataDir });
      const want = `${before + 1} ${before + 1}`;
      await eventually("the call", async () => ((await today(platform, "calls")) === want ? true : undefined));
    }
  });
});
