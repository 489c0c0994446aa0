import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { makeNamespace, type Namespace } from "../support/namespace.ts";
import {
  haveBaresip,
  haveLinphone,
  PHONE_TONE_HZ,
  type Phone,
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

let namespace: Namespace;
let platform: Platform;
let caPem: string;
beforeAll(async () => {
  const made = makeNamespace();
  if (!made) throw new Error("no network namespace could be made (ip netns add failed)");
  namespace = made;
  platform = await startPlatform({ bind: namespace.hostAddress });
  caPem = await (await fetch(`${platform.api}/ca.pem`)).text();
});
afterAll(async () => {
  await platform?.stop();
  namespace?.remove();
});

const MAKES = [
  { make: "baresip", start: startBaresip, have: haveBaresip, firstPort: 15_060, inbound: ["udp", "tcp"] },
  { make: "Linphone", start: startLinphone, have: haveLinphone, firstPort: 25_060, inbound: ["udp", "tcp"] },
] as const;
const TRANSPORTS = ["udp", "tcp", "tls"] as const;

type Quality = {
  readonly legs: readonly { readonly leg: string; readonly packets_received: number; readonly mos: number }[];
};

async function audioBothWays(sid: string): Promise<void> {
  const { legs } = await platform.get<Quality>(`/trunkline/v1/Calls/${sid}/Quality`);
  expect(legs.map(({ leg }) => leg)).toEqual(["a", "b"]);
  for (const { leg, packets_received, mos } of legs) {
    expect(packets_received, `leg ${leg}`).toBeGreaterThan(50);
    expect(mos, `leg ${leg}`).toBeGreaterThan(4);
  }
}

describe.each(MAKES)("$make behind a network of its own", ({ start, have, firstPort, inbound }) => {
  const open = (
    transport: PhoneOptions["transport"],
    port: number,
    rest: Pick<PhoneOptions, "dial" | "number">,
  ): Promise<Phone> => start({ namespace, platform, caPem, transport, port, ...rest });

  it.skipIf(!have).concurrent.each(TRANSPORTS)(
    "calls out over %s with digest and real audio both ways (TERM-2, MED-1)",
    async (transport) => {
      const i = TRANSPORTS.indexOf(transport);
      const number = platform.demo.numbers[i + (firstPort === 15_060 ? 0 : 3)] as string;
      const phone = await open(transport, firstPort + 10 * i, { dial: "+15005552300", number });
      try {
        await phone.heardFor(TALK_SEC);
        expect(toneShare(phone.heard(), TONE_HZ)).toBeGreaterThan(0.9);
      } finally {
        await phone.stop();
      }
      const { sid } = await eventually("its record", async () => {
        const path = `/2010-04-01/Accounts/${platform.demo.accountSid}/Calls.json?PageSize=50`;
        const { calls } = await platform.get<{ calls: { sid: string; from: string; status: string }[] }>(path);
        return calls.find((call) => call.from === number && call.status === "completed");
      });
      expect(await ended(platform, sid)).toMatchObject({ ended_by: "caller", sip_status: 200, error_code: null });
      await audioBothWays(sid);
    },
  );

  it.skipIf(!have).concurrent.each(inbound)(
    "takes a call from the PSTN over %s; each hears the other's tone (ORIG-1, MED-1)",
    async (transport) => {
      const i = inbound.indexOf(transport);
      const number = platform.demo.numbers[10 + i + (firstPort === 15_060 ? 0 : 3)] as string;
      const phone = await open(transport, firstPort + 100 + 10 * i, { number });
      try {
        const trunk = await platform.post<{ sid: string }>("/v1/Trunks", { FriendlyName: phone.uri });
        await addOriginationUrl(platform, trunk.sid, phone.uri, 1);
        await assignNumber(platform, trunk.sid, number);
        const placed = await placeSimulatedCall(platform, number, { audio: "tone", hangupAfterMs: 4_000 });
        await phone.heardFor(TALK_SEC);
        expect(toneShare(phone.heard(), TONE_HZ)).toBeGreaterThan(0.9);
        const done = await endOfSimulatedCall(platform, placed.sid);
        expect(done.tone_hz).toBeGreaterThan(PHONE_TONE_HZ - 10);
        expect(done.tone_hz).toBeLessThan(PHONE_TONE_HZ + 10);
        expect(await ended(platform, done.call_sid ?? "")).toMatchObject({ ended_by: "caller", sip_status: 200 });
        await audioBothWays(done.call_sid ?? "");
      } finally {
        await phone.stop();
      }
    },
  );
});
