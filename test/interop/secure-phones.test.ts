import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { makeNamespace, type Namespace } from "../support/namespace.ts";
import {
  haveBaresip,
  haveLinphone,
  PHONE_TONE_HZ,
  type PhoneOptions,
  startBaresip,
  startLinphone,
  toneShare,
} from "../support/phone.ts";
import { type Platform, startPlatform } from "../support/platform.ts";
import { addOriginationUrl, assignNumber, ended } from "../support/script-ground.ts";
import { endOfSimulatedCall, placeSimulatedCall } from "../support/simulated-call.ts";

/** The simulated PSTN's tone (interface §4). */
const TONE_HZ = 440;
const TALK_SEC = 2;

type Quality = {
  readonly legs: readonly {
    readonly leg: string;
    readonly srtp: boolean;
    readonly packets_received: number;
    readonly packets_rejected: number;
    readonly mos: number;
  }[];
};
type ListedCall = { readonly sid: string; readonly from: string; readonly status: string };

const MAKES = [
  { make: "baresip", start: startBaresip, have: haveBaresip, port: 16_060 },
  { make: "Linphone", start: startLinphone, have: haveLinphone, port: 26_060 },
] as const;

describe.skipIf(!haveBaresip && !haveLinphone)("phones with SRTP over TLS on a secure trunk", () => {
  let namespace: Namespace;
  let platform: Platform;
  let caPem: string;
  beforeAll(async () => {
    const made = makeNamespace();
    if (!made) throw new Error("no network namespace could be made (ip netns add failed)");
    namespace = made;
    platform = await startPlatform({ bind: namespace.hostAddress });
    caPem = await (await fetch(`${platform.api}/ca.pem`)).text();
    const { trunks } = await platform.get<{ trunks: { sid: string }[] }>("/v1/Trunks");
    await platform.post(`/v1/Trunks/${trunks[0]?.sid}`, { Secure: "true" });
  });
  afterAll(async () => {
    await platform?.stop();
    namespace?.remove();
  });

  const options = (rest: Pick<PhoneOptions, "port" | "number"> & Partial<PhoneOptions>): PhoneOptions => ({
    namespace,
    platform,
    caPem,
    transport: "tls",
    srtp: true,
    ...rest,
  });
  const numberOf = (index: number): string => platform.demo.numbers[index] as string;
  /** The one call from that number, when it is over. */
  const callFrom = async (number: string): Promise<string> => {
    const path = `/2010-04-01/Accounts/${platform.demo.accountSid}/Calls.json?PageSize=50`;
    const over = new Set(["completed", "failed"]);
    const { sid } = await eventually("its record", async () => {
      const { calls } = await platform.get<{ calls: readonly ListedCall[] }>(path);
      return calls.find(({ from, status }) => from === number && over.has(status));
    });
    return sid;
  };
  const heardBothWays = async (sid: string, customer: "a" | "b"): Promise<void> => {
    const { legs } = await platform.get<Quality>(`/trunkline/v1/Calls/${sid}/Quality`);
    expect(legs.map(({ leg, srtp }) => [leg, srtp])).toEqual(["a", "b"].map((leg) => [leg, leg === customer]));
    for (const { leg, packets_received, packets_rejected, mos } of legs) {
      expect(packets_received, `leg ${leg}`).toBeGreaterThan(50);
      // Linphone asks for its own address by STUN on the same ports; media that is not taken would be most of all.
      expect(packets_rejected, `leg ${leg}`).toBeLessThan(packets_received / 5);
      expect(mos, `leg ${leg}`).toBeGreaterThan(4);
    }
  };

  for (const [i, { make, start, have, port }] of MAKES.entries()) {
    it.skipIf(!have)(`${make} calls out: it hears the far end's tone (SEC-2, SEC-3)`, async () => {
      const number = numberOf(i);
      const phone = await start(options({ port, number, dial: "+15005552300" }));
      try {
        await phone.heardFor(TALK_SEC);
        expect(toneShare(phone.heard(), TONE_HZ)).toBeGreaterThan(0.9);
      } finally {
        await phone.stop();
      }
      const sid = await callFrom(number);
      expect(await ended(platform, sid)).toMatchObject({ ended_by: "caller", sip_status: 200, error_code: null });
      await heardBothWays(sid, "a");
    });
  }

  it.skipIf(!haveBaresip)("baresip is called: each hears the other's tone (SEC-2, SEC-3)", async () => {
    const number = numberOf(10);
    const phone = await startBaresip(options({ port: 16_160, number }));
    try {
      const trunk = await platform.post<{ sid: string }>("/v1/Trunks", { FriendlyName: "secure", Secure: "true" });
      await addOriginationUrl(platform, trunk.sid, phone.uri, 1);
      await assignNumber(platform, trunk.sid, number);
      const placed = await placeSimulatedCall(platform, number, { audio: "tone", hangupAfterMs: 4_000 });
      await phone.heardFor(TALK_SEC);
      expect(toneShare(phone.heard(), TONE_HZ)).toBeGreaterThan(0.9);
      const done = await endOfSimulatedCall(platform, placed.sid);
      expect(done.tone_hz).toBeGreaterThan(PHONE_TONE_HZ - 10);
      expect(done.tone_hz).toBeLessThan(PHONE_TONE_HZ + 10);
      expect(await ended(platform, done.call_sid ?? "")).toMatchObject({ ended_by: "caller", sip_status: 200 });
      await heardBothWays(done.call_sid ?? "", "b");
    } finally {
      await phone.stop();
    }
  });

  it.skipIf(!haveBaresip)("a phone without SRTP is refused with its code (SEC-2)", async () => {
    const number = numberOf(5);
    const phone = await startBaresip(options({ port: 16_260, number, dial: "+15005552300", srtp: false }));
    try {
      expect(await ended(platform, await callFrom(number))).toMatchObject({ sip_status: 488, error_code: 32208 });
    } finally {
      await phone.stop();
    }
  });
});
