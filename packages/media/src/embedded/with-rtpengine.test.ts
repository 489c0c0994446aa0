import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Leg, MediaPlane } from "../plane.ts";
import { Ground, V4 } from "../plane-ground.fixture.ts";
import { rtcpPacket, rtpPacket } from "../rtp-peer.fixture.ts";
import { createRtpenginePlane } from "../rtpengine/plane.ts";
import { Rtpengine, rtpengineMissing } from "../rtpengine/rtpengine.fixture.ts";
import { Talker } from "../talker.fixture.ts";
import { EmbeddedPlane } from "./plane.ts";

const missing = rtpengineMissing();

/** Somebody else's SRTP at the other end: plain RTP, the embedded plane, SRTP, rtpengine, plain RTP. */
describe.skipIf(missing)("SEC-3: SRTP between the embedded plane and rtpengine", () => {
  const ground = new Ground();
  const opened: { close(): Promise<unknown> }[] = [];
  let rtpengine: Rtpengine;
  let embedded: MediaPlane;
  let engine: MediaPlane;
  beforeAll(async () => {
    rtpengine = await Rtpengine.start({ interfaces: ["127.0.0.1"] });
    engine = createRtpenginePlane({ servers: [rtpengine.address] });
    const addresses = [{ bind: "127.0.0.1", advertise: "127.0.0.1" }];
    const plane = new EmbeddedPlane({ addresses, portMin: 24_000, portMax: 24_999, workers: 1, quietMs: 200 });
    await plane.start();
    embedded = plane;
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((session) => session.close()));
    await ground.tidy();
  });
  afterAll(async () => {
    await embedded?.close();
    await engine?.close();
    await rtpengine?.kill();
  });

  /** Two plain ends with SRTP between the planes; `offerer` is whose side offers first. */
  async function chain(offerer: "embedded" | "rtpengine") {
    const towards = (secure: Leg) => ({ ...V4, srtp: { a: secure === "a", b: secure === "b" } });
    const [first, second] = offerer === "embedded" ? [embedded, engine] : [engine, embedded];
    const near = await first.open("CA-near", towards("b"));
    const far = await second.open("CA-far", towards("a"));
    opened.push(near, far);
    const [a, b] = [new Talker(await ground.peer(), false), new Talker(await ground.peer(), false)];
    const exchange = async (): Promise<void> => {
      b.heed(await far.offer("a", String(await near.offer("a", a.sdp()))));
      a.heed(await near.answer("b", String(await far.answer("b", b.sdp()))));
    };
    await exchange();
    return { a, b, exchange };
  }

  it.each(["embedded", "rtpengine"] as const)(
    "media and reports both ways, over a wrap, when %s offers",
    async (offerer) => {
      const { a, b, exchange } = await chain(offerer);
      const talk = async (sequence: number): Promise<void> => {
        for (const [from, to] of [[a, b] as const, [b, a] as const]) {
          from.send(rtpPacket(sequence));
          expect(await to.next()).toEqual(rtpPacket(sequence));
        }
      };
      for (const sequence of [65_533, 65_534, 65_535, 0, 1]) await talk(sequence);
      for (const [from, to] of [[a, b] as const, [b, a] as const]) {
        from.sendRtcp(rtcpPacket(5));
        expect(await to.nextRtcp()).toEqual(rtcpPacket(5));
      }
      await exchange();
      for (const sequence of [2, 30_000, 60_000, 20_000]) await talk(sequence);
    },
  );
});
