import { openTestPbx, type TestPbx } from "@trunkline/pstn";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { Rtpengine, rtpengineMissing } from "../support/lent-fixtures.ts";
import { type Platform, startPlatform } from "../support/platform.ts";
import { addOriginationUrl, assignNumber, ended } from "../support/script-ground.ts";
import { endOfSimulatedCall, placeSimulatedCall } from "../support/simulated-call.ts";

type Leg = {
  readonly leg: "a" | "b";
  readonly codec: string | null;
  readonly packets_received: number;
  readonly jitter_ms: number | null;
  readonly round_trip_ms: number | null;
  readonly mos: number | null;
};

const missing = rtpengineMissing();

describe.skipIf(missing)(`whole calls on rtpengine (MED-7)${missing ? ` (${missing})` : ""}`, () => {
  let platform: Platform;
  let pbx: TestPbx;
  const servers: Rtpengine[] = [];
  beforeAll(async () => {
    servers.push(await Rtpengine.start({ portMin: 25_000, portMax: 25_499 }));
    servers.push(await Rtpengine.start({ portMin: 25_500, portMax: 25_999 }));
    const list = servers.map(({ address }) => `${address.host}:${address.port}`).join(",");
    platform = await startPlatform({ env: { TRUNKLINE_MEDIA: `rtpengine:${list}` } });
    pbx = await openTestPbx({ address: "127.0.0.3" });
  });
  afterAll(async () => {
    await pbx?.close();
    expect(await platform?.stop()).toBe(0);
    for (const server of servers) await server.kill();
  });

  /** A termination call by the demo trunk's user. */
  const dial = (to: string) =>
    pbx.call({
      target: { host: platform.sipHost, port: platform.sipPort },
      domain: platform.demo.domain,
      to,
      from: platform.demo.numbers[0] as string,
      credentials: { username: platform.demo.username, password: platform.demo.password },
      script: { audio: { kind: "tone", hz: 1_000 } },
    });
  const legsOf = async (sid: string): Promise<readonly Leg[]> => {
    const { legs } = await platform.get<{ legs: readonly Leg[] }>(`/trunkline/v1/Calls/${sid}/Quality`);
    return legs;
  };
  const heard = (call: ReturnType<typeof dial>, packets: number): Promise<true> =>
    eventually(`${packets} packets`, async () => ((call.audio?.packetsReceived ?? 0) >= packets ? true : undefined));

  it("NUM-4: a verification call speaks and hears digits", async () => {
    const number = "+12125550145";
    const sid = platform.demo.accountSid;
    const path = `/2010-04-01/Accounts/${sid}/OutgoingCallerIds.json`;
    const { validation_code: code } = await platform.post<{ validation_code: string }>(path, { PhoneNumber: number });
    await eventually("a telephone that is called", () =>
      platform.post("/trunkline/v1/SimulatedKeyPresses", { To: number, Digits: code }).catch(() => undefined),
    );
    await eventually("the caller ID", async () => {
      const { outgoing_caller_ids: found } = await platform.get<{ outgoing_caller_ids: readonly object[] }>(path);
      return found.length > 0 || undefined;
    });
  });

  it("carries a termination call with audio both ways, counted and judged in the record (MED-6)", async () => {
    const call = dial("+15005552300");
    expect(await call.answered).toBeTruthy();
    // The built-in ends report by RTCP every few seconds.
    await heard(call, 300);
    call.hangup();
    const sid = call.callSid ?? "";
    expect(call.audio?.toneHz).toBeGreaterThan(430);
    expect(await ended(platform, sid)).toMatchObject({ status: "completed", ended_by: "caller" });
    const legs = await legsOf(sid);
    expect(legs.map(({ leg, codec }) => [leg, codec])).toEqual([
      ["a", "PCMU"],
      ["b", "PCMU"],
    ]);
    for (const leg of legs) {
      expect(leg.packets_received).toBeGreaterThan(200);
      expect(leg.mos).toBeGreaterThan(4);
      expect(leg.jitter_ms).not.toBeNull();
      expect(leg.round_trip_ms).not.toBeNull();
    }
  });

  it("carries an origination call, hold included", async () => {
    const { sid: trunk } = await platform.post<{ sid: string }>("/v1/Trunks", {
      FriendlyName: "office",
      DomainName: `office.pstn.${platform.zone}`,
    });
    await addOriginationUrl(platform, trunk, `sip:${pbx.address}:${pbx.port}`, 1);
    const number = platform.demo.numbers[5] as string;
    await assignNumber(platform, trunk, number);
    const placed = await placeSimulatedCall(platform, number, { audio: "tone", hangupAfterMs: 2_000 });
    const done = await endOfSimulatedCall(platform, placed.sid);
    expect(done).toMatchObject({ status: "completed", sip_status: 200 });
    // The PBX sends back what it hears.
    expect(done.tone_hz).toBeGreaterThan(430);
    expect(await ended(platform, done.call_sid ?? "")).toMatchObject({ status: "completed" });
    for (const leg of await legsOf(done.call_sid ?? "")) expect(leg.packets_received).toBeGreaterThan(50);

    const onHold = dial("+15005552800");
    expect(await onHold.answered).toBeTruthy();
    await eventually("hold and resume", async () => ((onHold.audio?.packetsReceived ?? 0) > 150 ? true : undefined));
    onHold.hangup();
    expect(await ended(platform, onHold.callSid ?? "")).toMatchObject({ status: "completed" });
  });

  it("ends a call whose rtpengine dies, with the reason, and carries the next ones on the other", async () => {
    const calls = [dial("+15005552300"), dial("+15005552300")];
    for (const call of calls) expect(await call.answered).toBeTruthy();
    for (const call of calls) await heard(call, 20);
    await servers[0]?.kill();
    const lost = await eventually("the call that lost its media", async () =>
      calls.find((one) => one.endedAtMs !== null),
    );
    expect(await ended(platform, lost.callSid ?? "")).toMatchObject({
      status: "completed",
      ended_by: "internal",
      reason: "media failed: rtpengine has not answered for 4000 ms",
    });
    const [spared] = calls.filter((one) => one !== lost);
    if (!spared) throw new Error("no call was spared");
    await heard(spared, (spared.audio?.packetsReceived ?? 0) + 50);
    const next = dial("+15005552300");
    expect(await next.answered).toBeTruthy();
    await heard(next, 50);
    for (const call of [spared, next]) call.hangup();
    for (const call of [spared, next]) {
      expect(await ended(platform, call.callSid ?? "")).toMatchObject({ status: "completed" });
    }
    expect(platform.log()).toContain("rtpengine does not answer");
  });

  it("refuses calls with 503 while no rtpengine is there, and carries them again afterwards", async () => {
    const [, second] = servers;
    await second?.kill();
    const refused = dial("+15005552300");
    expect(await refused.answered).toBeFalsy();
    expect(refused.sipStatus).toBe(503);
    servers.push(await Rtpengine.start({ ngPort: second?.address.port ?? 0, portMin: 25_500, portMax: 25_999 }));
    const call = await eventually("a call is carried again", async () => {
      const attempt = dial("+15005552300");
      return (await attempt.answered) ? attempt : undefined;
    });
    await heard(call, 20);
    call.hangup();
    expect(await ended(platform, call.callSid ?? "")).toMatchObject({ status: "completed" });
  });
});
