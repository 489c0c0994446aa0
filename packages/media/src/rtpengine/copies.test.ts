import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Leg, MediaEvent, MediaSession } from "../plane.ts";
import { Ground, reinvite, V4 } from "../plane-ground.fixture.ts";
import { makeRing, RingReader } from "../recorder/ring.ts";
import { portIn, rtcpPacket, rtpPacket, until } from "../rtp-peer.fixture.ts";
import { CopyThread } from "./copy-thread.ts";
import { createRtpenginePlane } from "./plane.ts";
import { Rtpengine, rtpengineMissing } from "./rtpengine.fixture.ts";

const missing = rtpengineMissing();

/** What came into a recording's ring, by leg. */
class Heard {
  readonly ring = makeRing();
  readonly #reader = new RingReader(this.ring);
  readonly #packets: Record<Leg, Buffer[]> = { a: [], b: [] };

  of(leg: Leg): readonly Buffer[] {
    this.#reader.drain((from, packet) => this.#packets[from].push(Buffer.from(packet)));
    return this.#packets[leg];
  }

  has(leg: Leg, count: number): Promise<void> {
    return until(() => this.of(leg).length >= count, `${count} packets of leg ${leg}`);
  }
}

async function record(session: MediaSession, heard: Heard): Promise<void> {
  await session.record?.(heard.ring);
}

describe.skipIf(missing)(`copies of a call on rtpengine${missing ? ` (${missing})` : ""}`, () => {
  const ground = new Ground();
  const copying = new CopyThread();
  let rtpengine: Rtpengine;
  beforeAll(async () => {
    rtpengine = await Rtpengine.start();
    const servers = [rtpengine.address];
    ground.plane = createRtpenginePlane({ servers, copying });
  });
  afterEach(() => ground.tidy());
  afterAll(async () => {
    await ground.plane?.close();
    await rtpengine.kill();
  });

  it("REC-1 has each leg's packets, apart and in the clear, of two SRTP legs", async () => {
    const { session, a, b } = await ground.bridge({ a: true, b: true }, V4);
    const heard = new Heard();
    await record(session, heard);
    a.send(rtpPacket(1));
    b.send(rtpPacket(2));
    expect(await b.next()).toEqual(rtpPacket(1));
    await heard.has("a", 1);
    await heard.has("b", 1);
    expect([heard.of("a"), heard.of("b")]).toEqual([[rtpPacket(1)], [rtpPacket(2)]]);
    a.rekey();
    await reinvite({ session, a, b });
    a.send(rtpPacket(3));
    expect(await b.next()).toEqual(rtpPacket(3));
    await heard.has("a", 2);
  });

  it("REC-1 has what a party on hold says, whom the other does not hear", async () => {
    const { session, a, b } = await ground.bridge({ a: true, b: true }, V4);
    const heard = new Heard();
    await record(session, heard);
    b.heed(await session.offer("a", a.sdp(["a=sendonly"])));
    a.heed(await session.answer("b", b.sdp(["a=recvonly"])));
    b.send(rtpPacket(1));
    a.send(rtpPacket(2));
    expect(await b.next()).toEqual(rtpPacket(2));
    await heard.has("b", 1);
    expect(a.peer.rtp.untaken).toBe(0);
    await reinvite({ session, a, b });
    b.send(rtpPacket(3));
    expect(await a.next()).toEqual(rtpPacket(3));
    await heard.has("b", 2);
  });

  it("has no RTCP, even where it comes along with RTP", async () => {
    const { session, a, b, port } = await ground.call(V4, ["a=rtcp-mux"]);
    const heard = new Heard();
    await record(session, heard);
    a.rtp.send(rtcpPacket(1), port.a);
    await b.rtp.next();
    a.rtp.send(rtpPacket(1), port.a);
    await heard.has("a", 1);
    expect(heard.of("a")).toEqual([rtpPacket(1)]);
  });

  it("begins anew when the thread that takes them has died", async () => {
    const told: MediaEvent[] = [];
    const { session, a, port } = await ground.call(V4, [], undefined, (event) => told.push(event));
    const heard = new Heard();
    await record(session, heard);
    a.rtp.send(rtpPacket(1), port.a);
    await heard.has("a", 1);
    await copying.thread?.terminate();
    let sequence = 2;
    await until(() => {
      a.rtp.send(rtpPacket(sequence), port.a);
      sequence += 1;
      return heard.of("a").length > 1;
    }, "copies come again");
    expect(told).toEqual([]);
  });

  it("tells the call when there can be none any more", async () => {
    const own = new CopyThread();
    const plane = createRtpenginePlane({ servers: [rtpengine.address], copying: own });
    const told: MediaEvent[] = [];
    const session = await plane.open("CA1", V4, (event) => told.push(event));
    const [a, b] = [await ground.peer(), await ground.peer()];
    await session.offer("a", a.sdp());
    await record(session, new Heard());
    await own.close();
    expect(await session.answer("b", b.sdp())).toContain("m=audio ");
    await until(() => told.length > 0, "the call is told");
    expect(told).toMatchObject([{ kind: "unrecorded" }]);
    await plane.close();
  });

  it("records into another ring from then on, and into none after the end", async () => {
    const { session, a, port } = await ground.call();
    const [first, second] = [new Heard(), new Heard()];
    await record(session, first);
    await record(session, second);
    a.rtp.send(rtpPacket(1), port.a);
    await second.has("a", 1);
    await session.close();
    a.rtp.send(rtpPacket(2), port.a);
    expect([first.of("a").length, second.of("a").length]).toEqual([0, 1]);
    await record(session, new Heard());
  });

  it("is asked for before there is anything to copy", async () => {
    const session = await ground.open();
    const heard = new Heard();
    await record(session, heard);
    const [a, b] = [await ground.peer(), await ground.peer()];
    await session.offer("a", a.sdp());
    a.rtp.send(rtpPacket(1), portIn(await session.answer("b", b.sdp())));
    await heard.has("a", 1);
  });

  it("says so when no copy can be had", async () => {
    const lost = await Rtpengine.start();
    const plane = createRtpenginePlane({ servers: [lost.address] });
    const session = await plane.open("CA1", V4);
    await session.offer("a", (await ground.peer()).sdp());
    await lost.kill();
    await expect(record(session, new Heard())).rejects.toThrow("rtpengine does not answer");
    await plane.close();
  });
});
