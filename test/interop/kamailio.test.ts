import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { haveKamailio, startSbc } from "../support/kamailio.ts";
import { freeSipPort, freeUdpPort, type Platform, startPlatform } from "../support/platform.ts";
import { addOriginationUrl, assignNumber, ended } from "../support/script-ground.ts";
import { endOfSimulatedCall, placeSimulatedCall } from "../support/simulated-call.ts";
import { haveSipp, startSipp } from "../support/sipp.ts";
import { type GroundTrunk, makeTrunk } from "../support/trunk-ground.ts";

const SBC = "127.0.0.31";
const PHONE = "127.0.0.32";

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(async () => {
  expect(await platform.stop()).toBe(0);
});

async function startBetween(transport: "udp" | "tcp" | "tls", phonePort: number) {
  const [port, tlsPort] = [await freeSipPort(SBC), await freeSipPort(SBC)];
  const isTls = transport === "tls";
  const sbc = await startSbc({
    address: SBC,
    port,
    transport,
    platform: { host: platform.sipHost, port: isTls ? platform.sipsPort : platform.sipPort },
    phone: `${PHONE}:${phonePort}`,
    ...(isTls ? { tls: { port: tlsPort, caPem: await (await fetch(`${platform.api}/ca.pem`)).text() } } : {}),
  });
  const uri = `sip:${SBC}:${isTls ? tlsPort : port};transport=${transport}`;
  return { ...sbc, uri, target: `${SBC}:${port}` };
}

/** The media of a phone that speaks SRTP, as far as SIPp goes: it says so. */
const SRTP = {
  profile: "RTP/SAVP",
  attribute: "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz",
};

describe.skipIf(!haveKamailio || !haveSipp)("a secure trunk behind Kamailio (SEC-2)", () => {
  let sbc: Awaited<ReturnType<typeof startBetween>>;
  let trunk: GroundTrunk;
  let phonePort: number;
  const number = (): string => platform.demo.numbers[14] as string;
  beforeAll(async () => {
    phonePort = await freeUdpPort(PHONE);
    sbc = await startBetween("tls", phonePort);
    // When it connects, Kamailio uses its own address or leaves the choice to the kernel.
    trunk = await makeTrunk(platform, {
      name: "behind-secure",
      listed: [SBC, platform.sipHost],
      secure: true,
      number: number(),
    });
  });
  afterAll(() => sbc?.stop());

  const callOut = (keys: Readonly<Record<string, string>>) =>
    startSipp({
      scenario: "uac.xml",
      target: sbc.target,
      address: PHONE,
      port: phonePort,
      keys: { domain: trunk.domain, from: number(), to: "+15005552000", ...keys },
      extra: ["-d", "500"],
      limitSec: 30,
    }).done;

  it("a phone's call with SRTP goes out over TLS; one without is refused (32208)", async () => {
    const { successful, messages, errors } = await callOut(SRTP);
    expect(successful, errors + sbc.log()).toBe(1);
    expect(messages).toMatch(/^m=audio \d+ RTP\/SAVP 0/m);
    const plain = await callOut({});
    expect(plain.successful).toBe(0);
    expect(plain.messages).toContain("X-Twilio-Error: 32208 Secure media required");
  });

  it("a call from the PSTN comes over TLS with SRTP, whatever transport the URL has, at the port that it names", async () => {
    await addOriginationUrl(platform, trunk.sid, sbc.uri.replace("transport=tls", "transport=udp"), 1);
    const phone = startSipp({ scenario: "uas.xml", address: PHONE, port: phonePort, keys: SRTP, limitSec: 30 });
    const placed = await placeSimulatedCall(platform, number(), { hangupAfterMs: 500 });
    const { successful, messages, errors } = await phone.done;
    expect(successful, errors + sbc.log()).toBe(1);
    expect(messages).toContain(`Via: SIP/2.0/TLS ${platform.sipHost}:${platform.sipsPort}`);
    expect(messages.match(/^a=crypto:.*$/gm)?.[0]).toMatch(/^a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:/);
    const done = await endOfSimulatedCall(platform, placed.sid);
    expect(await ended(platform, done.call_sid ?? "")).toMatchObject({ status: "completed" });
  });
});

describe.skipIf(!haveKamailio || !haveSipp).each(["udp", "tcp", "tls"] as const)(
  "Kamailio as a customer's border controller over %s",
  (transport) => {
    let sbc: Awaited<ReturnType<typeof startBetween>>;
    let phonePort: number;
    beforeAll(async () => {
      phonePort = await freeUdpPort(PHONE);
      sbc = await startBetween(transport, phonePort);
    });
    afterAll(() => sbc?.stop());

    it("a phone behind it calls out with digest, over its Record-Route (TERM-2, RFC 3261 §16.12)", async () => {
      const phone = startSipp({
        scenario: "uac-auth.xml",
        target: sbc.target,
        address: PHONE,
        port: phonePort,
        keys: { domain: platform.demo.domain, from: platform.demo.numbers[0] as string, to: "+15005552000" },
        auth: { username: platform.demo.username, password: platform.demo.password },
        extra: ["-d", "500", "-auth_uri", `+15005552000@${platform.demo.domain}`],
        limitSec: 30,
      });
      const { successful, messages, errors } = await phone.done;
      expect(successful, errors + sbc.log()).toBe(1);
      expect(messages).toMatch(/^Record-Route: /m);
      const sid = /X-Twilio-CallSid: (CA[0-9a-f]{32})/.exec(messages)?.[1] ?? "";
      expect(await ended(platform, sid)).toMatchObject({ status: "completed", ended_by: "caller", sip_status: 200 });
    });

    it("a call from the PSTN reaches the phone through it, and BYE finds the same way (ORIG-1)", async () => {
      const number = platform.demo.numbers[{ udp: 11, tcp: 12, tls: 13 }[transport]] as string;
      const trunk = await platform.post<{ sid: string }>("/v1/Trunks", { FriendlyName: `behind ${transport}` });
      await addOriginationUrl(platform, trunk.sid, sbc.uri, 1);
      await assignNumber(platform, trunk.sid, number);
      const phone = startSipp({ scenario: "uas.xml", address: PHONE, port: phonePort, limitSec: 30 });
      const placed = await placeSimulatedCall(platform, number, { hangupAfterMs: 500 });
      const { successful, messages, errors } = await phone.done;
      expect(successful, errors + sbc.log()).toBe(1);
      expect(messages).toContain(`INVITE sip:${number}@${SBC}`);
      const done = await endOfSimulatedCall(platform, placed.sid);
      expect(await ended(platform, done.call_sid ?? "")).toMatchObject({
        status: "completed",
        direction: "trunking-originating",
      });
    });
  },
);
