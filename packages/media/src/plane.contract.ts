import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { MediaPlane } from "./plane.ts";
import { abuseChecks } from "./plane-abuse.contract.ts";
import { type Check, Ground, hasIpv6, received, SYMMETRIC, V4 } from "./plane-ground.fixture.ts";
import { mediaChecks } from "./plane-media.contract.ts";
import { ruleChecks } from "./plane-rules.contract.ts";
import { srtpChecks } from "./plane-srtp.contract.ts";
import { keepingChecks } from "./plane-srtp-keeping.contract.ts";
import { lines, portIn, type RtpPeer, rtcpPacket, rtpPacket, shown, until } from "./rtp-peer.fixture.ts";

const OVER_IPV6 = "relays over IPv6 and from one family to the other";

export type PortRange = { readonly portMin: number; readonly portMax: number };

/**
 * What every media plane has to do, tried with real packets on the loopback addresses.
 *
 * @param make opens a plane that shows 127.0.0.1 and, where the machine has it, ::1; with a range it uses those ports only
 * @param differences checks that this plane cannot pass, by title, each with the reason: they have to fail, so that none is forgotten when the
 *   plane has learned it
 */
export function mediaPlaneContract(
  name: string,
  make: (range?: PortRange) => Promise<MediaPlane>,
  differences: Readonly<Record<string, string>> = {},
): void {
  const unknown = new Set(Object.keys(differences));
  const check = (title: string, run: () => Promise<void>): void => {
    const reason = differences[title];
    if (unknown.delete(title)) it.fails(`does not: ${title} (${reason})`, run);
    else if (title === OVER_IPV6 && !hasIpv6()) it.skip(`${title} (this machine has no ::1)`, run);
    else it(title, run);
  };
  describe(`MediaPlane: ${name}`, () => {
    const ground = new Ground();
    beforeAll(async () => {
      ground.plane = await make();
    });
    afterEach(() => ground.tidy());
    afterAll(() => ground.plane?.close());
    packetChecks(check, ground);
    rtcpChecks(check, ground);
    sourceChecks(check, ground);
    offerAnswerChecks(check, ground);
    renegotiationChecks(check, ground);
    holdChecks(check, ground);
    refusalChecks(check, ground);
    mediaChecks(check, ground);
    srtpChecks(check, ground);
    keepingChecks(check, ground);
    ruleChecks(check, ground);
    abuseChecks(check, ground);
    lifetimeChecks(check, ground, make);
    it("differs in nothing but what is tried here", () => expect([...unknown]).toEqual([]));
  });
}

function packetChecks(check: Check, ground: Ground): void {
  check("relays both ways, byte for byte, from the port the SDP shows", async () => {
    const { a, b, port } = await ground.call();
    a.rtp.send(rtpPacket(1), port.a);
    expect(await b.rtp.next()).toEqual({ packet: rtpPacket(1), port: port.b });
    b.rtp.send(rtpPacket(9), port.b);
    expect(await a.rtp.next()).toEqual({ packet: rtpPacket(9), port: port.a });
  });

  check("MED-2 passes any payload type, source change, extension and padding untouched", async () => {
    const { a, b, port } = await ground.call();
    const odd = Buffer.concat([
      Buffer.from([0xb1, 0xef, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0xbe, 0xde, 0, 1, 1, 2, 3, 4]),
      Buffer.from([9, 9, 0, 0, 0, 4]),
    ]);
    for (const packet of [rtpPacket(1, 111), rtpPacket(2, 13, 0xfeedbeef), odd]) {
      a.rtp.send(packet, port.a);
      expect((await b.rtp.next()).packet).toEqual(packet);
    }
  });

  check(OVER_IPV6, async () => {
    const { session, a, b, port } = await ground.call({ ...V4, advertise: { a: "::1", b: "::1" } }, [], "::1");
    a.rtp.send(rtpPacket(1), port.a);
    expect((await b.rtp.next()).packet).toEqual(rtpPacket(1));
    expect(await session.offer("a", a.sdp())).toContain("c=IN IP6 ::1");

    const mixed = await ground.open({ ...V4, advertise: { a: "::1", b: "127.0.0.1" } });
    const v4 = await ground.peer();
    const toB = await mixed.offer("a", a.sdp());
    expect(toB).toContain("c=IN IP4 127.0.0.1");
    await mixed.answer("b", v4.sdp());
    v4.rtp.send(rtpPacket(5), portIn(toB));
    expect((await a.rtp.next()).packet).toEqual(rtpPacket(5));
  });

  check("MED-6 counts what came from each leg", async () => {
    const { session, a, b, port } = await ground.call();
    for (const sequence of [1, 2, 4]) {
      a.rtp.send(rtpPacket(sequence), port.a);
      await b.rtp.next();
    }
    const [legA, legB] = await session.counters();
    expect(legA).toMatchObject({ leg: "a", codec: "PCMU", packetsReceived: 3, bytesReceived: 60, packetsLost: 1 });
    expect(legA?.jitterMs).toBeGreaterThan(0);
    expect(legA?.mos).toBeGreaterThan(1);
    expect(legB).toMatchObject({ leg: "b", codec: null, packetsReceived: 0, mos: null, jitterMs: null });
  });

  check("MED-2 relays T.38 over UDPTL, which is not RTP", async () => {
    const { session, a, b, port } = await ground.call();
    const fax = (peer: RtpPeer): string =>
      lines(
        "v=0",
        "o=fax 1 2 IN IP4 127.0.0.1",
        "s=-",
        "c=IN IP4 127.0.0.1",
        "t=0 0",
        `m=image ${peer.rtp.port} udptl t38`,
      );
    const toB = await session.offer("a", fax(a));
    expect(shown(toB).media[0]?.text).toBe(`m=image ${port.b} udptl t38`);
    await session.answer("b", fax(b));
    const datagram = Buffer.from([0, 1, 2, 3]);
    a.rtp.send(datagram, port.a);
    expect((await b.rtp.next()).packet).toEqual(datagram);
  });
}

function rtcpChecks(check: Check, ground: Ground): void {
  check("relays RTCP on the next port, both ways", async () => {
    const { a, b, port } = await ground.call();
    a.rtcp.send(rtcpPacket(5), port.a + 1);
    expect(await b.rtcp.next()).toEqual({ packet: rtcpPacket(5), port: port.b + 1 });
    b.rtcp.send(rtcpPacket(6), port.b + 1);
    expect(await a.rtcp.next()).toEqual({ packet: rtcpPacket(6), port: port.a + 1 });
  });

  check("RFC 5761: with rtcp-mux agreed, RTCP goes along with RTP", async () => {
    const { a, b, port } = await ground.call(V4, ["a=rtcp-mux"]);
    a.rtp.send(rtcpPacket(5), port.a);
    expect(await b.rtp.next()).toEqual({ packet: rtcpPacket(5), port: port.b });
  });

  check("MED-6 reads the round trip of a leg from its reports about what it got", async () => {
    const { session, a, b, port } = await ground.call();
    b.rtcp.send(rtcpPacket(0x00070008), port.b + 1);
    await a.rtcp.next();
    a.rtcp.send(rtcpPacket(1, { lastReport: 0x00070008, delaySinceLast: 0 }), port.a + 1);
    await b.rtcp.next();
    const [legA, legB] = await session.counters();
    expect(legA?.roundTripMs).toBeGreaterThanOrEqual(0);
    expect(legA?.roundTripMs).toBeLessThan(1_000);
    expect(legB?.roundTripMs).toBeNull();
  });
}

function sourceChecks(check: Check, ground: Ground): void {
  check("MED-1 off: only the address in the SDP is heard", async () => {
    const { session, a, b, port } = await ground.call();
    const stranger = await ground.mailbox("127.0.0.2");
    stranger.send(rtpPacket(66), port.a, "127.0.0.1");
    a.rtp.send(rtpPacket(1), port.a);
    expect((await b.rtp.next()).packet).toEqual(rtpPacket(1));
    stranger.send(rtpPacket(67), port.a, "127.0.0.1");
    a.rtp.send(rtpPacket(2), port.a);
    expect((await b.rtp.next()).packet).toEqual(rtpPacket(2));
    expect(await received(session, "a")).toBe(2);
  });

  check("MED-5 another port of the same address is not heard once the source is known", async () => {
    const { session, a, b, port } = await ground.call();
    const neighbour = await ground.mailbox("127.0.0.1");
    a.rtp.send(rtpPacket(1), port.a);
    neighbour.send(rtpPacket(66), port.a);
    a.rtp.send(rtpPacket(2), port.a);
    expect((await b.rtp.next()).packet).toEqual(rtpPacket(1));
    expect((await b.rtp.next()).packet).toEqual(rtpPacket(2));
    expect(await received(session, "a")).toBe(2);
  });

  check("MED-1 off: media goes to the SDP address, though it comes from another port", async () => {
    const { a, b, port } = await ground.call();
    const sender = await ground.mailbox("127.0.0.1");
    sender.send(rtpPacket(1), port.a);
    expect((await b.rtp.next()).packet).toEqual(rtpPacket(1));
    b.rtp.send(rtpPacket(2), port.b);
    expect((await a.rtp.next()).packet).toEqual(rtpPacket(2));
    expect(sender.untaken).toBe(0);
  });

  check("MED-1 on: media goes to the source that was observed", async () => {
    const { b, port } = await ground.call(SYMMETRIC);
    const behindNat = await ground.mailbox("127.0.0.3");
    for (const sequence of [1, 2, 3]) behindNat.send(rtpPacket(sequence), port.a, "127.0.0.1");
    await b.rtp.next();
    b.rtp.send(rtpPacket(9), port.b);
    expect((await behindNat.next()).packet).toEqual(rtpPacket(9));
  });
}

function offerAnswerChecks(check: Check, ground: Ground): void {
  check("shows its own address and ports and leaves the rest alone and in order", async () => {
    const session = await ground.open();
    const a = await ground.peer();
    const odd = ["a=x-unknown:kept  as it is", "a=ptime:30", "b=AS:64"];
    const toB = await session.offer("a", a.sdp(odd));
    const { address, media } = shown(toB);
    expect(address).toBe("127.0.0.1");
    expect(media[0]?.text).toMatch(/^m=audio \d+ RTP\/AVP 0 8 101$/);
    expect(media[0]?.port).not.toBe(a.rtp.port);
    expect(toB).toContain(`a=rtcp:${portIn(toB) + 1}\r\n`);
    expect(toB).toContain(`${odd.join("\r\n")}\r\n`);
  });

  check("every media line gets ports of its own; a rejected one stays rejected", async () => {
    const session = await ground.open();
    const a = await ground.peer();
    const b = await ground.peer();
    const video = await ground.mailbox("127.0.0.1");
    const more = (port: number): string[] => [`m=video ${port} RTP/AVP 97`, "m=audio 0 RTP/AVP 0"];
    const toB = shown(await session.offer("a", a.sdp([], more(video.port))));
    expect(new Set(toB.media.map(({ port }) => port)).size).toBe(3);
    expect(toB.media[2]?.port).toBe(0);
    const toA = shown(await session.answer("b", b.sdp([], more(0))));
    expect(toA.media.map(({ port }) => port > 0)).toEqual([true, false, false]);
  });
}

function renegotiationChecks(check: Check, ground: Ground): void {
  check("RFC 3264 §8.3.1 a new address is used when its offer is answered, not before", async () => {
    const { session, a, b, port } = await ground.call();
    const moved = await ground.peer();
    await session.offer("a", moved.sdp());
    b.rtp.send(rtpPacket(1), port.b);
    expect((await a.rtp.next()).packet).toEqual(rtpPacket(1));
    await session.answer("b", b.sdp());
    b.rtp.send(rtpPacket(2), port.b);
    expect((await moved.rtp.next()).packet).toEqual(rtpPacket(2));
    moved.rtp.send(rtpPacket(3), port.a);
    expect((await b.rtp.next()).packet).toEqual(rtpPacket(3));
  });

  check("RFC 3264 §8 the same description again is shown as it was, a changed one with a higher version", async () => {
    const { session, a, b } = await ground.call();
    const version = (sdp: unknown): number => Number(/^o=\S+ \S+ (\d+)/.exec(String(sdp).slice(5))?.[1]);
    const first = await session.offer("a", a.sdp());
    await session.answer("b", b.sdp());
    expect(await session.offer("a", a.sdp())).toBe(first);
    expect(version(await session.offer("a", a.sdp(["a=sendonly"])))).toBe(version(first) + 1);
  });

  check("MED-3 of several answers the last one counts", async () => {
    const { session, a, b, port } = await ground.call();
    const fork = await ground.peer();
    await session.answer("b", fork.sdp());
    a.rtp.send(rtpPacket(1), port.a);
    expect((await fork.rtp.next()).packet).toEqual(rtpPacket(1));
    expect(b.rtp.untaken).toBe(0);
  });
}

function holdChecks(check: Check, ground: Ground): void {
  const holds: readonly (readonly [title: string, sign: string, hold: (sdp: string) => string])[] = [
    [
      "MED-3 inactive: a leg on hold gets no media, and gets it again afterwards",
      "a=inactive",
      (sdp) => `${sdp}a=inactive\r\n`,
    ],
    [
      "RFC 2543 hold: nothing is sent to 0.0.0.0",
      "c=IN IP4 0.0.0.0",
      (sdp) => sdp.replace(/^c=.*$/m, "c=IN IP4 0.0.0.0"),
    ],
  ];
  for (const [title, sign, hold] of holds) {
    check(title, async () => {
      const { session, a, b, port } = await ground.call();
      expect(await session.offer("a", hold(a.sdp()))).toContain(`${sign}\r\n`);
      await session.answer("b", b.sdp());
      b.rtp.send(rtpPacket(1), port.b);
      await until(async () => (await received(session, "b")) === 1, "the packet in the hold is counted");
      await session.offer("a", a.sdp());
      await session.answer("b", b.sdp());
      b.rtp.send(rtpPacket(2), port.b);
      expect((await a.rtp.next()).packet).toEqual(rtpPacket(2));
    });
  }
}

function refusalChecks(check: Check, ground: Ground): void {
  const refusals: readonly (readonly [title: string, status: number, change: (sdp: string) => string])[] = [
    ["SDP that cannot be read", 400, () => "v=0\r\nnonsense"],
    ["an empty SDP", 400, () => ""],
    ["a host name as address", 488, (sdp) => sdp.replace(/^c=.*$/m, "c=IN IP4 pbx.example.com")],
    ["a multicast address", 488, (sdp) => sdp.replace(/^c=.*$/m, "c=IN IP4 233.252.0.1/127")],
    ["no media line at all", 488, (sdp) => sdp.slice(0, sdp.indexOf("m="))],
  ];
  for (const [what, status, change] of refusals) {
    check(`refuses with ${status}: ${what}`, async () => {
      const session = await ground.open();
      const a = await ground.peer();
      expect(await session.offer("a", change(a.sdp()))).toMatchObject({ kind: "refusal", status });
      await session.offer("a", a.sdp());
      expect(await session.answer("b", change(a.sdp()))).toMatchObject({ kind: "refusal", status });
    });
  }

  check("refuses an answer that fits no offer", async () => {
    const session = await ground.open();
    const a = await ground.peer();
    expect(await session.answer("b", a.sdp())).toMatchObject({ kind: "refusal", status: 488 });
    await session.offer("a", a.sdp());
    const two = a.sdp([], ["m=video 4000 RTP/AVP 97"]);
    expect(await session.answer("b", two)).toMatchObject({ kind: "refusal", status: 488 });
    expect(await session.answer("b", a.sdp())).toBeTypeOf("string");
  });
}

function lifetimeChecks(check: Check, ground: Ground, make: (range?: PortRange) => Promise<MediaPlane>): void {
  check("close is idempotent and gives the final counters", async () => {
    const { session, a, b, port } = await ground.call();
    a.rtp.send(rtpPacket(1), port.a);
    await b.rtp.next();
    const first = await session.close();
    expect(first[0]).toMatchObject({ leg: "a", packetsReceived: 1 });
    expect(await session.close()).toEqual(first);
    expect(await session.counters()).toEqual(first);
    expect(await session.offer("a", a.sdp())).toMatchObject({ kind: "refusal", status: 503 });
  });

  check("a closed call holds no ports and relays nothing", async () => {
    const { session, a, b, port } = await ground.call();
    const before = (await ground.plane?.usage()) ?? { sessions: 0, ports: 0 };
    await session.close();
    expect(await ground.plane?.usage()).toEqual({ sessions: before.sessions - 1, ports: before.ports - 4 });
    const next = await ground.call();
    a.rtp.send(rtpPacket(66), port.a);
    next.a.rtp.send(rtpPacket(1), next.port.a);
    expect((await next.b.rtp.next()).packet).toEqual(rtpPacket(1));
    expect(b.rtp.untaken).toBe(0);
  });

  check("closing while the ports are still being bound leaks none", async () => {
    const session = await ground.open();
    const a = await ground.peer();
    const offered = session.offer("a", a.sdp());
    await session.close();
    await offered;
    await ground.tidy();
    expect(await ground.plane?.usage()).toEqual({ sessions: 0, ports: 0 });
  });

  check("MED-5 an exhausted port range refuses with 503, and carries calls again later", async () => {
    const plane = await make({ portMin: 7_400, portMax: 7_403 });
    const a = await ground.peer();
    const first = await plane.open("CA1", V4);
    const ports = [portIn(await first.offer("a", a.sdp())), portIn(await first.answer("b", a.sdp()))];
    expect(ports.toSorted()).toEqual([7_400, 7_402]);
    const second = await plane.open("CA2", V4);
    expect(await second.offer("a", a.sdp())).toMatchObject({ kind: "refusal", status: 503 });
    await first.close();
    await until(async () => typeof (await second.offer("a", a.sdp())) === "string", "ports are free again");
    await plane.close();
  });

  check("a closed plane opens nothing", async () => {
    const plane = await make();
    await plane.close();
    await expect(plane.open("CA1", V4)).rejects.toThrow();
  });
}
