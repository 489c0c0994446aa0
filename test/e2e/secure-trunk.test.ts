import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { eventually } from "../support/eventually.ts";
import { makeCa } from "../support/lent-fixtures.ts";
import { type Platform, startPlatform } from "../support/platform.ts";
import { ackText, inviteText, RawSip } from "../support/raw-sip.ts";
import { addOriginationUrl, ended } from "../support/script-ground.ts";
import { placeSimulatedCall } from "../support/simulated-call.ts";
import { type GroundTrunk, makeTrunk } from "../support/trunk-ground.ts";

const CRYPTO = "1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";

let platform: Platform;
let trunk: GroundTrunk;

beforeAll(async () => {
  platform = await startPlatform();
  trunk = await makeTrunk(platform, {
    name: "secure",
    listed: "127.0.0.1",
    secure: true,
    number: platform.demo.numbers[10] as string,
  });
});
afterAll(async () => {
  expect(await platform.stop()).toBe(0);
});

type Alert = { readonly error_code: string; readonly resource_sid: string; readonly alert_text: string };
const alertAbout = (sid: string): Promise<Alert> =>
  eventually("the alert", async () => {
    const { alerts } = await platform.get<{ alerts: Alert[] }>("/v1/Alerts");
    return alerts.find((alert) => alert.resource_sid === sid);
  });

async function open(transport: "udp" | "tcp" | "tls"): Promise<RawSip> {
  const { sipHost, sipPort, sipsPort } = platform;
  const raw =
    transport === "udp"
      ? await RawSip.open()
      : transport === "tcp"
        ? await RawSip.connect(sipPort, sipHost)
        : await RawSip.connectTls(sipsPort, sipHost, { servername: trunk.domain });
  onTestFinished(() => raw.close());
  return raw;
}

let sequence = 0;

/** One INVITE to a number of the simulated PSTN, and its final answer. */
async function invite(raw: RawSip, crypto?: string): Promise<string> {
  sequence += 1;
  const { transport } = raw;
  const text = inviteText({
    host: raw.address,
    port: raw.port,
    requestUri: `sip:+15005552000@${trunk.domain}`,
    from: `sip:${platform.demo.numbers[10]}@${trunk.domain}`,
    callId: `secure${sequence}.${process.pid}`,
    transport,
    ...(crypto === undefined ? {} : { crypto }),
  });
  const port = transport === "tls" ? platform.sipsPort : platform.sipPort;
  raw.send(text, port, platform.sipHost);
  const final = (await raw.final()) ?? "";
  if (!final.startsWith("SIP/2.0 200")) raw.send(ackText(text, final), port, platform.sipHost);
  return final;
}

const header = (message: string, name: string): string | undefined =>
  new RegExp(`^${name}: (.*)$`, "m").exec(message)?.[1]?.trim();

describe("SEC-2: a secure trunk", () => {
  it.each(["udp", "tcp"] as const)(
    "refuses a call over %s: 488 with 32209 on the wire, an alert and a record",
    async (transport) => {
      const answer = await invite(await open(transport), CRYPTO);
      expect(answer).toMatch(/^SIP\/2\.0 488 Secure SIP transport required\r\n/);
      expect(header(answer, "X-Twilio-Error")).toBe("32209 Secure SIP transport required");
      expect(header(answer, "Reason")).toMatch(
        /^Q\.850;cause=65;text="The trunk is secure; the call came over (UDP|TCP), not TLS\."$/,
      );
      const sid = header(answer, "X-Twilio-CallSid") ?? "";
      expect(await alertAbout(sid)).toMatchObject({ error_code: "32209" });
      const record = await ended(platform, sid);
      expect(record).toMatchObject({ sip_status: 488, error_code: 32209, attempts: [] });
      expect(record.trace.at(-1)).toMatchObject({ rule: "termination.secure-transport", verdict: "refuse" });
    },
  );

  it("refuses plain RTP over TLS: 488 with 32208", async () => {
    const answer = await invite(await open("tls"));
    expect(answer).toMatch(/^SIP\/2\.0 488 Secure media required\r\n/);
    expect(header(answer, "X-Twilio-Error")).toBe("32208 Secure media required");
  });

  it("takes TLS with SRTP, and answers with SRTP (SEC-3)", async () => {
    const raw = await open("tls");
    const answer = await invite(raw, CRYPTO);
    expect(answer).toMatch(/^SIP\/2\.0 200 OK\r\n/);
    expect(answer).toMatch(/^m=audio \d+ RTP\/SAVP 0/m);
    expect(answer).toMatch(/^a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:/m);
    expect(header(answer, "Contact")).toMatch(/;transport=tls>$/);
  });

  it.each([
    ["transport=udp in the URL", ";transport=udp"],
    ["no transport in the URL", ""],
  ])("its PBX is called over TLS and with SRTP, at the port that the URL names: %s", async (_title, params) => {
    const certificate = makeCa("PBX").issue(["IP:127.0.0.1"]);
    const server = createServer({ cert: certificate.certPem, key: certificate.keyPem }).listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const connection = once(server, "secureConnection") as Promise<[TLSSocket]>;
    const { port } = server.address() as AddressInfo;
    await addOriginationUrl(platform, trunk.sid, `sip:127.0.0.1:${port}${params}`, sequence);
    const placing = placeSimulatedCall(platform, platform.demo.numbers[10] as string, {});
    const [socket] = await connection;
    onTestFinished(() => void socket.destroy());
    const [first] = (await once(socket.setEncoding("latin1"), "data")) as [string];
    expect(first).toMatch(
      new RegExp(`^INVITE sip:\\S+@127\\.0\\.0\\.1:${port};transport=tls SIP/2\\.0\r\nVia: SIP/2\\.0/TLS `),
    );
    expect(first.match(/^a=crypto:.*$/gm)).toEqual([
      expect.stringMatching(/^a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:/),
    ]);
    expect(first).toMatch(/^m=audio \d+ RTP\/SAVP /m);
    socket.destroy();
    server.close();
    await placing;
  });
});
