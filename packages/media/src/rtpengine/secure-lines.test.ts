import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Bridge, Ground, V4 } from "../plane-ground.fixture.ts";
import { lines, rtpPacket, shown } from "../rtp-peer.fixture.ts";
import { cryptoLines, SHA1_32, SHA1_80, type Talker } from "../talker.fixture.ts";
import { createRtpenginePlane } from "./plane.ts";
import { Rtpengine, rtpengineMissing } from "./rtpengine.fixture.ts";

const missing = rtpengineMissing();

/** One packet each way between two ends that may both encipher. */
async function talk({ a, b }: Bridge, sequence: number): Promise<void> {
  for (const [from, to] of [[a, b] as const, [b, a] as const]) {
    from.send(rtpPacket(sequence));
    expect(await to.next()).toEqual(rtpPacket(sequence));
  }
}

/** The description of an end with a second line of SRTP. */
function withFilm(talker: Talker): string {
  const film = [`m=video ${talker.peer.rtcp.port} RTP/SAVP 97`, `a=crypto:1 ${SHA1_80} ${talker.inline}`];
  return talker.sdp() + lines(...film, "a=rtpmap:97 H264/90000");
}

describe.skipIf(missing)(`SRTP on both legs of rtpengine${missing ? ` (${missing})` : ""}`, () => {
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

  it("SEC-3 a further line leaves the first as it is, before and after its answer", async () => {
    const bridge = await ground.bridge({ a: true, b: true }, V4);
    const { session, a, b } = bridge;
    await talk(bridge, 1);
    const toB = await session.offer("a", withFilm(a));
    expect(cryptoLines(toB)).toHaveLength(2);
    expect(shown(toB).media.map(({ port }) => port > 0)).toEqual([true, true]);
    await talk(bridge, 2);
    const toA = await session.answer("b", withFilm(b));
    expect(cryptoLines(toA)).toHaveLength(2);
    expect([shown(toA).media[0]?.port, shown(toB).media[0]?.port]).toEqual([a.port, b.port]);
    await talk(bridge, 3);
    a.peer.rtcp.send(a.sealed(rtpPacket(4, 97, 0x97)), shown(toA).media[1]?.port ?? 0);
    expect((await b.peer.rtcp.next()).packet.length).toBe(rtpPacket(4).length + 10);
  });

  it("SEC-3 takes another suite with another offer, from either side, and goes on", async () => {
    const bridge = await ground.bridge({ a: true, b: true }, V4);
    const { session, a, b } = bridge;
    await talk(bridge, 1);
    for (const [from, to, leg] of [[a, b, "a"] as const, [b, a, "b"] as const]) {
      to.heed(await session.offer(leg, from.sdp([], [`7 ${SHA1_32} ${from.inline}`])));
      const answer = await session.answer(leg === "a" ? "b" : "a", to.sdp());
      expect(cryptoLines(answer)).toEqual([expect.stringMatching(`^a=crypto:7 ${SHA1_32} `)]);
      from.heed(answer);
      await talk(bridge, leg === "a" ? 2 : 3);
    }
  });
});
