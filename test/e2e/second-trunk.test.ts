import twilio from "twilio";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { freeUdpPort, type Platform, startPlatform } from "../support/platform.ts";
import { haveSipp, startSipp } from "../support/sipp.ts";

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(async () => {
  expect(await platform.stop()).toBe(0);
});

/** The unmodified SDK, pointed at the platform by its own writable base URLs. */
function sdk(): ReturnType<typeof twilio> {
  const client = twilio(platform.demo.accountSid, platform.demo.authToken);
  client.api.baseUrl = platform.api;
  client.trunking.baseUrl = platform.api;
  return client;
}

type SimulatedCall = {
  readonly sid: string;
  readonly status: string;
  readonly sip_status: number | null;
  readonly call_sid: string | null;
};

const place = (to: string, form: Record<string, string> = {}): Promise<SimulatedCall> =>
  platform.post<SimulatedCall>("/trunkline/v1/SimulatedCalls", { To: to, From: "+14155550123", ...form });

const settled = (sid: string): Promise<SimulatedCall> =>
  eventually(
    `end of simulated call ${sid}`,
    async () => {
      const call = await platform.get<SimulatedCall>(`/trunkline/v1/SimulatedCalls/${sid}`);
      return call.status === "completed" || call.status === "failed" ? call : undefined;
    },
    30_000,
  );

describe.skipIf(!haveSipp)("a second trunk, built by the SDK from nothing (API-2, ORIG-1 to 4, 7, 11)", () => {
  it("takes an origination call on a SIPp server behind it, with the headers of contract §8.5", async () => {
    const client = sdk();
    const domainName = `office.pstn.${platform.zone}`;
    const trunk = await client.trunking.v1.trunks.create({ friendlyName: "Office", domainName });
    expect(trunk).toMatchObject({ domainName, secure: false, authType: "", transferMode: "disable-all" });
    const number = (await client.incomingPhoneNumbers.list({ phoneNumber: platform.demo.numbers[15] as string }))[0];
    await client.trunking.v1.trunks(trunk.sid).phoneNumbers.create({ phoneNumberSid: number?.sid ?? "" });
    const silentPort = await freeUdpPort("127.0.0.4");
    const sippPort = await freeUdpPort("127.0.0.3");
    const urls = client.trunking.v1.trunks(trunk.sid).originationUrls;
    await urls.create({
      friendlyName: "dead",
      sipUrl: `sip:127.0.0.4:${silentPort}`,
      priority: 1,
      weight: 1,
      enabled: true,
    });
    await urls.create({
      friendlyName: "pbx",
      sipUrl: `sip:127.0.0.3:${sippPort}?X-Site=tokyo`,
      priority: 2,
      weight: 1,
      enabled: true,
    });
    const pbx = startSipp({ scenario: "uas.xml", address: "127.0.0.3", port: sippPort, calls: 1, limitSec: 60 });

    const placed = await place(number?.phoneNumber ?? "", { Behaviour: JSON.stringify({ hangupAfterMs: 1000 }) });
    const done = await settled(placed.sid);
    expect(done).toMatchObject({
      status: "completed",
      sip_status: 200,
      call_sid: expect.stringMatching(/^CA[0-9a-f]{32}$/),
    });

    const { successful, messages } = await pbx.done;
    expect(successful).toBe(1);
    const invite = /INVITE [\s\S]*?\n\r?\n/.exec(messages)?.[0] ?? "";
    const called = platform.demo.numbers[15] as string;
    expect(invite).toContain(`INVITE sip:${called}@127.0.0.3:${sippPort}`);
    expect(invite).toMatch(new RegExp(`Diversion: <sip:\\${called}@${platform.zone}>;reason=unconditional`));
    expect(invite).toContain(`X-Twilio-CallSid: ${done.call_sid}`);
    expect(invite).toContain(`X-Twilio-AccountSid: ${platform.demo.accountSid}`);
    expect(invite).toMatch(/X-Site: tokyo/);
    expect(invite).toMatch(/From: .*<sip:\+14155550123@office\.pstn\./);
    expect(invite.match(/^Via:/gm)).toHaveLength(1);

    const record = await eventually("the call record", async () => {
      const call = await client.calls(done.call_sid ?? "").fetch();
      return call.status === "completed" ? call : undefined;
    });
    expect(record).toMatchObject({ direction: "trunking-originating", trunkSid: trunk.sid, from: "+14155550123" });
    const trace = await platform.get<{ steps: { rule: string; detail: string }[] }>(
      `/trunkline/v1/Calls/${done.call_sid}/Trace`,
    );
    expect(JSON.stringify(trace.steps)).toContain(`127.0.0.4:${silentPort}`);

    await client.trunking.v1.trunks(trunk.sid).remove();
    const freed = await client.incomingPhoneNumbers(number?.sid ?? "").fetch();
    expect(freed.trunkSid, "deleting a trunk releases no number (TRK-3)").toBeFalsy();
  });

  it("a number whose trunk has no origination URI fails with 32010 (ORIG-4)", async () => {
    const placed = await place(platform.demo.numbers[0] as string);
    const done = await settled(placed.sid);
    expect(done.status).toBe("failed");
    expect(done.call_sid).toMatch(/^CA/);
    const record = await eventually("its record", async () => {
      const call = await sdk()
        .calls(done.call_sid ?? "")
        .fetch();
      return call.endTime ? call : undefined;
    });
    expect(record).toMatchObject({ status: "failed", direction: "trunking-originating" });
  });
});
