import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Ground, received, V4 } from "../plane-ground.fixture.ts";
import { writeSenderReport } from "../rtp/rtcp.ts";
import { rtpPacket, until } from "../rtp-peer.fixture.ts";
import { createRtpenginePlane } from "./plane.ts";
import { Rtpengine, rtpengineMissing } from "./rtpengine.fixture.ts";

const missing = rtpengineMissing();
const SSRC = { a: 0xaaaa, b: 0xbbbb } as const;

type Heard = { readonly ssrc: number; readonly lost: number; readonly jitter: number; readonly lastReport: number };

/** A sender report of one end, with what it says about the other. */
function report(ssrc: number, ntpMiddle: number, heard: Heard): Buffer {
  const packet = Buffer.alloc(96);
  const sender = {
    ssrc,
    ntpSeconds: ntpMiddle >>> 16,
    ntpFraction: (ntpMiddle & 0xffff) << 16,
    timestamp: 800,
    packets: 5,
    octets: 100,
  };
  const length = writeSenderReport(packet, sender, { ...heard, highest: 5, delaySinceLast: 1 }, "end");
  return packet.subarray(0, length);
}

describe.skipIf(missing)(`rtpengine's counters${missing ? ` (${missing})` : ""}`, () => {
  const ground = new Ground();
  let rtpengine: Rtpengine;
  beforeAll(async () => {
    rtpengine = await Rtpengine.start();
    ground.plane = createRtpenginePlane({ servers: [rtpengine.address] });
  });
  afterEach(() => ground.tidy());
  afterAll(async () => {
    await ground.plane?.close();
    await rtpengine.kill();
  });

  it("MED-6 counts packets, bytes and rejected packets, and names the codec", async () => {
    const { session, a, b, port } = await ground.call();
    for (const sequence of [1, 2, 4]) {
      a.rtp.send(rtpPacket(sequence, 8), port.a);
      await b.rtp.next();
    }
    expect(await session.counters()).toMatchObject([
      { leg: "a", codec: "PCMA", packetsReceived: 3, bytesReceived: 60, packetsRejected: 0 },
      { leg: "b", codec: null, packetsReceived: 0, mos: null, jitterMs: null },
    ]);
    const stranger = await ground.mailbox("127.0.0.2");
    for (let i = 0; i < 7; i += 1) stranger.send(rtpPacket(i), port.a, "127.0.0.1");
    await until(
      async () => (await session.counters())[0]?.packetsRejected === 7,
      "seven packets are counted as rejected",
    );
    expect(await received(session, "a")).toBe(3);
  });

  it("MED-6 reads loss, jitter and round trip from what the ends report, and estimates the MOS", async () => {
    const { session, a, b, port } = await ground.call();
    for (const sequence of [1, 2, 3, 5]) {
      a.rtp.send(rtpPacket(sequence, 0, SSRC.a), port.a);
      b.rtp.send(rtpPacket(sequence, 0, SSRC.b), port.b);
      await b.rtp.next();
      await a.rtp.next();
    }
    a.rtcp.send(report(SSRC.a, 0x70000, { ssrc: SSRC.b, lost: 0, jitter: 0, lastReport: 0 }), port.a + 1);
    await b.rtcp.next();
    b.rtcp.send(report(SSRC.b, 0x90000, { ssrc: SSRC.a, lost: 3, jitter: 80, lastReport: 0x70000 }), port.b + 1);
    await a.rtcp.next();
    await until(async () => (await session.counters())[0]?.jitterMs !== null, "the report is read");
    const [legA, legB] = await session.counters();
    expect(legA).toMatchObject({ leg: "a", packetsLost: 3, jitterMs: 10 });
    expect(legA?.mos).toBeGreaterThan(4);
    expect(legB?.roundTripMs).toBeGreaterThanOrEqual(0);
    expect(legB?.roundTripMs).toBeLessThan(1_000);
    expect(legA?.roundTripMs).toBeNull();
  });

  it("SEC-3 relays nothing that does not authenticate, and goes on (RFC 3711 §3.3)", async () => {
    const { session, a, b } = await ground.bridge({ a: true, b: true }, V4);
    a.send(rtpPacket(1));
    expect(await b.next()).toEqual(rtpPacket(1));
    for (let i = 0; i < 200; i += 1) {
      const forged = Buffer.from(a.sealed(rtpPacket(2 + i)));
      const at = 12 + (i % (forged.length - 12));
      forged.writeUInt8(forged.readUInt8(at) ^ 1, at);
      a.sendRaw(forged);
    }
    a.send(rtpPacket(2));
    expect(await b.next()).toEqual(rtpPacket(2));
    expect(b.peer.rtp.untaken).toBe(0);
    expect((await session.counters())[0]).toMatchObject({ packetsReceived: 2, packetsRejected: 200 });
  });
});
