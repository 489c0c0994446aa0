import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSimulatedPstn } from "@trunkline/pstn";
import twilio from "twilio";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { type Platform, startPlatform } from "../support/platform.ts";
import { placeSimulatedCall } from "../support/simulated-call.ts";
import { twilioClient } from "../support/twilio-sdk.ts";
import { type Answering, openWebReceiver, type Received, type WebReceiver } from "../support/web-receiver.ts";

const WEBHOOK = "/trunkline/v1/DebuggerWebhook";
type Webhook = {
  readonly waiting: number;
  readonly delivered: number;
  readonly dropped: number;
  readonly last_failure: string | null;
};

let platform: Platform;
/** A server of the customer's that answers like the simulated PSTN, and is no carrier. */
let pbx: Awaited<ReturnType<typeof openSimulatedPstn>>;
const receivers: WebReceiver[] = [];

beforeAll(async () => {
  platform = await startPlatform();
  // It never calls.
  pbx = await openSimulatedPstn({ address: "127.0.0.1", port: 0, platform: { host: "127.0.0.1", port: 5060 } });
});
afterAll(async () => {
  expect(await platform.stop()).toBe(0);
  await pbx.close();
  await Promise.all(receivers.map((receiver) => receiver.close()));
});

async function receiver(answer?: Answering): Promise<WebReceiver> {
  const opened = await openWebReceiver(answer);
  receivers.push(opened);
  return opened;
}

const sdk = (on = platform): twilio.Twilio => twilioClient(on.api, on.demo.accountSid, on.demo.authToken);
const isSigned = (on: Platform, { headers, url, params }: Received): boolean =>
  twilio.validateRequest(on.demo.authToken, headers["x-twilio-signature"] ?? "", url, params);

/** A call to a number whose trunk has nowhere to send it: 32010. Gives its SID when its alert is kept. */
async function refusedCall(on = platform): Promise<string> {
  const about = async (): Promise<readonly string[]> =>
    (await sdk(on).monitor.v1.alerts.list({ logLevel: "error" })).map((alert) => alert.resourceSid);
  const before = new Set(await about());
  const call = await placeSimulatedCall(on, on.demo.numbers[0] as string, { audio: "silence" });
  expect(call).toMatchObject({ status: "failed", sip_status: 480 });
  return eventually("the call's alert", async () => (await about()).find((sid) => !before.has(sid)));
}

describe("EVD-4: an incident reaches whom it concerns", () => {
  it("TERM-11: by webhook, by Monitor's Alerts and by Notifications, one incident with one SID", async () => {
    const target = await receiver();
    await platform.post(WEBHOOK, { Url: `${target.url}/alerts?of=trunkline` });
    const callSid = await refusedCall();
    const [event] = (await target.until(1)) as [Received];
    expect(event.url).toBe(`${target.url}/alerts?of=trunkline`);
    expect(isSigned(platform, event)).toBe(true);
    expect(event.params).toMatchObject({
      Sid: expect.stringMatching(/^NO[0-9a-f]{32}$/),
      AccountSid: platform.demo.accountSid,
      Level: "ERROR",
      PayloadType: "application/json",
      Timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    const payload = JSON.parse(event.params["Payload"] ?? "");
    expect(payload).toMatchObject({
      resource_sid: callSid,
      error_code: "32010",
      more_info: { Msg: expect.any(String) },
    });

    const sid = event.params["Sid"] ?? "";
    const alert = await sdk().monitor.v1.alerts(sid).fetch();
    expect(alert).toMatchObject({ resourceSid: callSid, errorCode: "32010", alertText: payload.more_info.Msg });
    expect((await sdk().monitor.v1.alerts.list({ logLevel: "error" })).map((one) => one.sid)).toContain(sid);
    expect((await sdk().calls(callSid).notifications.list()).map((one) => one.sid)).toEqual([sid]);
    const code = await platform.get<{ remedy: string }>("/trunkline/v1/ErrorCodes/32010?Lang=ja");
    expect(code.remedy).toMatch(/[\u3040-\u30ff]/);
    expect(await platform.get<Webhook>(WEBHOOK)).toMatchObject({ waiting: 0, delivered: 1, last_failure: null });
    const metrics = await (await fetch(`${platform.api}/metrics`)).text();
    expect(metrics).toMatch(/^trunkline_webhooks_delivered 1$/m);
  });

  it("a web server that fails is asked again until it takes it, with the same idempotency token", async () => {
    const target = await receiver((_received, response, nth) => response.writeHead(nth === 1 ? 500 : 200).end());
    await platform.post(WEBHOOK, { Url: target.url });
    await refusedCall();
    const [first, second] = (await target.until(2)) as [Received, Received];
    expect(second).toEqual(first);
    expect(first.headers["i-twilio-idempotency-token"]).toMatch(/^[0-9a-f-]{36}$/);
    await eventually("it to be delivered", async () => {
      const { waiting, last_failure } = await platform.get<Webhook>(WEBHOOK);
      return waiting === 0 && last_failure?.endsWith("answered 500") ? true : undefined;
    });
  });

  it("a webhook that is switched off or removed hears of nothing more", async () => {
    const target = await receiver();
    await platform.post(WEBHOOK, { Url: target.url, Enabled: "false" });
    await refusedCall();
    const told = await receiver();
    await platform.post(WEBHOOK, { Url: told.url, Enabled: "true" });
    await refusedCall();
    await told.until(1);
    await platform.delete(WEBHOOK);
    expect(target.connections()).toBe(0);
    expect(told.received).toHaveLength(1);
  });
});

describe("EVD-4: a webhook outlives the platform", () => {
  it("kill -9 between alert and delivery: it is sent after the next start, with the same token", async () => {
    let awake = false;
    const target = await receiver((_received, response) => {
      if (awake) response.writeHead(204).end();
    });
    const first = await startPlatform();
    await first.post(WEBHOOK, { Url: target.url });
    await refusedCall(first);
    await target.until(1);
    await first.crash();
    awake = true;
    const second = await startPlatform({ dataDir: first.dataDir });
    // Whoever had it is believed gone when it had time for an attempt and some more.
    const [lost, sent] = (await target.until(2, 60_000)) as [Received, Received];
    expect(sent).toEqual(lost);
    expect(isSigned(second, sent)).toBe(true);
    await eventually("it to be delivered", async () => {
      const { waiting, delivered } = await second.get<Webhook>(WEBHOOK);
      return waiting === 0 && delivered === 1 ? true : undefined;
    });
    await second.stop();
    await first.stop();
  });

  it("a guard that is switched on later holds for what was set before: no private server is connected to", async () => {
    const target = await receiver();
    const dataDir = mkdtempSync(join(tmpdir(), "trunkline-e2e-"));
    const open = await startPlatform({ dataDir });
    await open.post(WEBHOOK, { Url: `${target.url.replace("127.0.0.1", "localhost")}/secret` });
    await open.stop();
    const guarded = await startPlatform({
      dataDir,
      env: { TRUNKLINE_ALLOW_PRIVATE_WEBHOOKS: "false" },
    });
    await refusedCall(guarded);
    const { last_failure } = await eventually("the failure", async () => {
      const webhook = await guarded.get<Webhook>(WEBHOOK);
      return webhook.last_failure === null ? undefined : webhook;
    });
    expect(last_failure).toBe("localhost: requests to private addresses are off (TRUNKLINE_ALLOW_PRIVATE_WEBHOOKS)");
    expect(target.connections()).toBe(0);
    for (const Url of [target.url, "http://[::1]/", "http://169.254.169.254/latest/meta-data/"]) {
      await expect(guarded.post(WEBHOOK, { Url })).rejects.toThrow(/400 .*21205.* private addresses are off/);
    }
    expect(guarded.log()).not.toContain("secret");
    await guarded.stop();
    rmSync(dataDir, { recursive: true });
  });
});

describe("EVD-5: the call log and live calls of a real call", () => {
  it("a call is found while it is up, by every filter, ended by the SDK, downloaded and deleted", async () => {
    const client = sdk();
    const [number] = platform.demo.numbers as [string];
    const [trunk] = await client.trunking.v1.trunks.list();
    const { address, port } = pbx;
    const target = `sip:+15005552300@${address}:${port}`;
    const url = { friendlyName: "PBX", sipUrl: target, priority: 1, weight: 1, enabled: true };
    await client.trunking.v1.trunks(trunk?.sid ?? "").originationUrls.create(url);
    await placeSimulatedCall(platform, number, { audio: "tone" });
    const { calls } = await eventually("the call in the log", async () => {
      const found = await platform.get<{ calls: Record<string, string>[] }>("/trunkline/v1/Calls?Status=in-progress");
      return found.calls.length > 0 ? found : undefined;
    });
    const [call = {}] = calls;
    const sid = call["call_sid"] ?? "";
    expect(call).toMatchObject({ direction: "trunking-originating", to: expect.stringMatching(/^sip:\+15005552300@/) });
    expect(await client.calls(sid).fetch()).toMatchObject({ status: "in-progress", trunkSid: trunk?.sid });
    const filters = {
      Number: "+14155550123",
      To: "+15005552300",
      SipCallId: call["sip_call_id_b"] ?? "",
      TrunkSid: trunk?.sid ?? "",
      Direction: "trunking-originating",
    };
    for (const query of [filters, { Number: "+15005552300" }, { SipCallId: call["sip_call_id_a"] ?? "" }]) {
      const found = await platform.get<{ calls: { call_sid: string }[] }>(
        `/trunkline/v1/Calls?${new URLSearchParams(query)}`,
      );
      expect([query, found.calls.map((one) => one.call_sid)]).toEqual([query, [sid]]);
    }
    await expect(client.calls(sid).remove()).rejects.toMatchObject({ status: 409, code: 20009 });
    await client.calls(sid).update({ status: "completed" });
    await eventually("the call to be over", async () =>
      (await client.calls(sid).fetch()).status === "completed" ? true : undefined,
    );
    await expect(client.calls(sid).update({ status: "completed" })).rejects.toMatchObject({ status: 400, code: 21220 });
    const csv = await download(`/trunkline/v1/Calls.csv?${new URLSearchParams(filters)}`);
    expect(csv.split("\r\n")).toEqual([
      expect.stringMatching(/^Call SID,/),
      expect.stringMatching(new RegExp(`^${sid},.*,completed,`)),
      "",
    ]);
    expect(await client.calls(sid).remove()).toBe(true);
    await expect(client.calls(sid).fetch()).rejects.toMatchObject({ status: 404 });
  });
});

async function download(path: string): Promise<string> {
  const credentials = Buffer.from(`${platform.demo.accountSid}:${platform.demo.authToken}`).toString("base64");
  const response = await fetch(platform.api + path, { headers: { authorization: `Basic ${credentials}` } });
  expect(response.status).toBe(200);
  return response.text();
}
