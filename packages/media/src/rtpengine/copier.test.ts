import { afterEach, describe, expect, it } from "vitest";
import { makeRing, RingReader } from "../recorder/ring.ts";
import { sequenceOf } from "../rtp/header.ts";
import { RtpPeer, rtpPacket, until } from "../rtp-peer.fixture.ts";
import { Copier } from "./copier.ts";

describe("REC-1: whose packets get into a recording on rtpengine", () => {
  const tidying: (() => unknown)[] = [];
  afterEach(async () => {
    for (const tidy of tidying.splice(0).reverse()) await tidy();
  });

  it("a place that the system has no way to is said, nobody is heard meanwhile, and another place may follow", async () => {
    const copier = new Copier();
    const ring = makeRing();
    const opened = await copier.handle({ kind: "open", copy: 1, address: "127.0.0.1", ring });
    tidying.push(() => copier.handle({ kind: "close", copy: 1 }));
    if (opened === null || "why" in opened) throw new Error(`not opened: ${opened?.why}`);
    const [engine, stranger] = [await RtpPeer.open(), await RtpPeer.open()];
    tidying.push(
      () => engine.close(),
      () => stranger.close(),
    );
    const hear = { kind: "hear", copy: 1, leg: "a" } as const;
    // The limited broadcast address cannot be connected to: EACCES, as ENETUNREACH where there is no route.
    for (let i = 0; i < 2; i += 1) {
      const refused = await copier.handle({ ...hear, address: "255.255.255.255", port: 2_223 });
      expect(refused).toMatchObject({ why: expect.stringContaining("EACCES") });
    }
    const heard: string[] = [];
    const reader = new RingReader(ring);
    const hears = (count: number): Promise<void> =>
      until(() => {
        reader.drain((leg, packet) => heard.push(`${leg}${sequenceOf(packet)}`));
        return heard.length >= count;
      }, `${count} packets are heard`);
    const { address, port } = engine.rtp;
    stranger.rtp.send(rtpPacket(1), opened.ports.a);
    expect(await copier.handle({ ...hear, leg: "b", address, port })).toBeNull();
    engine.rtp.send(rtpPacket(2), opened.ports.b);
    await hears(1);
    expect(await copier.handle({ ...hear, address, port })).toBeNull();
    stranger.rtp.send(rtpPacket(3), opened.ports.a);
    engine.rtp.send(rtpPacket(4), opened.ports.a);
    await hears(2);
    expect(heard).toEqual(["b2", "a4"]);
  });
});
