import { afterEach, describe, expect, it } from "vitest";
import { mediaPlaneContract, type PortRange } from "../plane.contract.ts";
import type { MediaEvent } from "../plane.ts";
import { hasIpv6, V4 } from "../plane-ground.fixture.ts";
import { bindUdp } from "../rtp/udp.ts";
import { portIn, RtpPeer, rtpPacket, until } from "../rtp-peer.fixture.ts";
import { EmbeddedPlane } from "./plane.ts";

async function make(range: PortRange = { portMin: 20_000, portMax: 21_999 }, workers = 1): Promise<EmbeddedPlane> {
  const addresses = ["127.0.0.1", ...(hasIpv6() ? ["::1"] : [])].map((address) => ({
    bind: address,
    advertise: address,
  }));
  const plane = new EmbeddedPlane({ ...range, addresses, workers, portRestMs: 10, quietMs: 200 });
  await plane.start();
  return plane;
}

mediaPlaneContract("embedded", make);

describe("embedded plane", () => {
  const opened: { close(): unknown }[] = [];
  const keep = <T extends { close(): unknown }>(thing: T): T => {
    opened.push(thing);
    return thing;
  };
  afterEach(() => Promise.all(opened.splice(0).map((thing) => thing.close())));

  it("tells the calls of a worker that ended, and starts another for the next calls", async () => {
    const plane = keep(await make());
    const peer = keep(await RtpPeer.open());
    const events: MediaEvent[] = [];
    const session = await plane.open("CA1", V4, (event) => events.push(event));
    await session.offer("a", peer.sdp());
    const idle = await plane.open("CA2", V4, (event) => events.push(event));
    await plane.threads[0]?.terminate();
    expect(events.map(({ kind }) => kind)).toEqual(["failed", "failed"]);
    expect(await session.offer("a", peer.sdp())).toMatchObject({ kind: "refusal", status: 503 });
    expect(await session.close()).toEqual(await idle.close());
    expect(await plane.usage()).toEqual({ sessions: 0, ports: 0 });
    await until(async () => {
      const next = await plane.open("CA3", V4);
      return typeof (await next.offer("a", peer.sdp())) === "string";
    }, "a new worker takes calls");
  });

  it.each(["127.0.0.1", "0.0.0.0"])(
    "NET-3: two calls through us reach each other behind a NAT, bound to %s",
    async (bind) => {
      const addresses = [{ bind, advertise: "203.0.113.5" }];
      const plane = keep(
        new EmbeddedPlane({ portMin: 20_000, portMax: 21_999, addresses, workers: 2, portRestMs: 10 }),
      );
      await plane.start();
      const [a, b] = [keep(await RtpPeer.open()), keep(await RtpPeer.open())];
      const shown = { ...V4, advertise: { a: "203.0.113.5", b: "203.0.113.5" } };
      const [first, second] = [await plane.open("CA1", shown), await plane.open("CA2", shown)];
      const inside = String(await first.offer("a", a.sdp()));
      const toB = await second.offer("a", inside);
      const back = String(await second.answer("b", b.sdp()));
      const toA = await first.answer("b", back);
      expect([inside, back].map((sdp) => /c=IN IP4 (\S+)/.exec(sdp)?.[1])).toEqual(["203.0.113.5", "203.0.113.5"]);
      a.rtp.send(rtpPacket(1), portIn(toA));
      expect((await b.rtp.next()).packet).toEqual(rtpPacket(1));
      b.rtp.send(rtpPacket(2), portIn(toB));
      expect((await a.rtp.next()).packet).toEqual(rtpPacket(2));
      await first.close();
      await second.close();
    },
  );

  it("spreads calls over its workers, each call whole in one", async () => {
    const plane = keep(await make(undefined, 2));
    for (const sid of ["CA1", "CA2", "CA3", "CA4"]) await plane.open(sid, V4);
    expect(plane.threads.map(({ sessions }) => sessions)).toEqual([2, 2]);
  });

  it("goes round ports that another program holds", async () => {
    const plane = keep(await make({ portMin: 7_420, portMax: 7_425 }));
    const squatter = keep(await RtpPeer.open());
    const taken = keep(await bindUdp("127.0.0.1", 7_423));
    const session = await plane.open("CA1", V4);
    const ports = [portIn(await session.offer("a", squatter.sdp())), portIn(await session.answer("b", squatter.sdp()))];
    expect(ports.toSorted()).toEqual([7_420, 7_424]);
    expect(taken.address().port).toBe(7_423);
  });

  it("an offer to a closed session takes no ports", async () => {
    const plane = keep(await make({ portMin: 7_440, portMax: 7_443 }));
    const peer = keep(await RtpPeer.open());
    const closed = await plane.open("CA1", V4);
    await closed.close();
    expect(await closed.offer("a", peer.sdp())).toMatchObject({ kind: "refusal", status: 503 });
    expect(await (await plane.open("CA2", V4)).offer("a", peer.sdp())).toBeTypeOf("string");
  });

  it("a call that finds one pair of two does not keep it from the next", async () => {
    const plane = keep(await make({ portMin: 7_426, portMax: 7_431 }));
    const peer = keep(await RtpPeer.open());
    const holder = await plane.open("CA1", V4);
    expect(await holder.offer("a", peer.sdp())).toBeTypeOf("string");
    const refused = await plane.open("CA2", V4);
    const started = performance.now();
    while (performance.now() - started < 30) {
      expect(await refused.offer("a", peer.sdp())).toMatchObject({ kind: "refusal", status: 503 });
    }
    await holder.close();
    await until(async () => typeof (await refused.offer("a", peer.sdp())) === "string", "three pairs serve a call");
  });

  it("MED-5 keeps the ports of an ended call while packets still come, deaf to them", async () => {
    const plane = keep(await make({ portMin: 7_430, portMax: 7_433 }));
    const a = keep(await RtpPeer.open());
    const b = keep(await RtpPeer.open());
    const session = await plane.open("CA1", V4);
    const toB = await session.offer("a", a.sdp());
    const toA = await session.answer("b", b.sdp());
    a.rtp.send(rtpPacket(1), portIn(toA));
    await b.rtp.next();
    await session.close();
    const next = await plane.open("CA2", V4);
    expect(await next.offer("a", a.sdp())).toMatchObject({ kind: "refusal", status: 503 });
    a.rtp.send(rtpPacket(2), portIn(toA));
    expect(portIn(toB)).not.toBe(portIn(toA));
    await until(async () => typeof (await next.offer("a", a.sdp())) === "string", "quiet ports are free again");
    expect(b.rtp.untaken).toBe(0);
  });
});
