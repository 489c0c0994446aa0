import { expect } from "vitest";
import { type Check, type Ground, received, V4 } from "./plane-ground.fixture.ts";
import { writeHeader } from "./rtp/header.ts";
import { lines, portIn, type RtpPeer, rtcpPacket, rtpPacket, shown, until } from "./rtp-peer.fixture.ts";

/** What goes through a plane, comfort noise (RFC 3389) included, and how a call changes on its way: MED-2, MED-3, MED-6. */
export function mediaChecks(check: Check, ground: Ground): void {
  formatChecks(check, ground);
  lineChecks(check, ground);
  changeChecks(check, ground);
  reportChecks(check, ground);
}

function packetOf(sequence: number, timestamp: number, payloadType: number, payloadBytes: number): Buffer {
  const packet = Buffer.alloc(12 + payloadBytes, 0x55);
  writeHeader(packet, payloadType, false, sequence, timestamp, 0x77);
  return packet;
}

function formatChecks(check: Check, ground: Ground): void {
  check("MED-2 relays every packet time from 10 to 60 ms", async () => {
    const { session, a, b, port } = await ground.call();
    const timesMs = [10, 20, 30, 40, 60];
    for (const [sequence, ptimeMs] of timesMs.entries()) {
      const packet = packetOf(sequence, sequence * 8 * ptimeMs, 0, 8 * ptimeMs);
      a.rtp.send(packet, port.a);
      expect((await b.rtp.next()).packet).toEqual(packet);
    }
    expect(await received(session, "a")).toBe(timesMs.length);
  });

  check("MED-2 comfort noise and the gaps of silence suppression are no loss", async () => {
    const { session, a, b, port } = await ground.call();
    const talk = [
      packetOf(1, 160, 0, 160),
      packetOf(2, 320, 13, 1),
      packetOf(3, 80_000, 0, 160),
      packetOf(4, 80_160, 0, 160),
    ];
    for (const packet of talk) {
      a.rtp.send(packet, port.a);
      expect((await b.rtp.next()).packet).toEqual(packet);
    }
    expect((await session.counters())[0]).toMatchObject({ codec: "PCMU", packetsReceived: 4, packetsLost: 0 });
  });

  check("MED-2 telephone events pass, and say nothing about codec and jitter (RFC 4733)", async () => {
    const { session, a, b, port } = await ground.call();
    for (const sequence of [1, 2, 3]) {
      const event = packetOf(sequence, 160, 101, 4);
      a.rtp.send(event, port.a);
      expect((await b.rtp.next()).packet).toEqual(event);
    }
    expect((await session.counters())[0]).toMatchObject({ codec: null, jitterMs: null, packetsReceived: 3 });
  });

  check("MED-2 leaves encodings it does not know to the two ends", async () => {
    const session = await ground.open();
    const a = await ground.peer();
    const more = [
      "a=rtpmap:111 opus/48000/2",
      "a=fmtp:111 minptime=10;useinbandfec=1",
      "a=rtpmap:96 AMR/8000",
      "a=fmtp:96 mode-set=0,2,4,7; octet-align=1",
      "a=rtpmap:97 x-vendor/16000",
      "a=silenceSupp:off - - - -",
      "a=ptime:30",
    ];
    const toB = String(await session.offer("a", a.sdp(more, [], "111 9 18 96 97 101")));
    expect(shown(toB).media[0]?.text).toMatch(/ RTP\/AVP 111 9 18 96 97 101$/);
    expect(toB).toContain(`${more.join("\r\n")}\r\n`);
  });
}

function lineChecks(check: Check, ground: Ground): void {
  check("MED-2 relays each of several media lines by itself", async () => {
    const session = await ground.open();
    const [a, b] = [await ground.peer(), await ground.peer()];
    const [filmA, filmB] = [await ground.mailbox("127.0.0.1"), await ground.mailbox("127.0.0.1")];
    const withFilm = (peer: RtpPeer, port: number): string => peer.sdp([], [`m=video ${port} RTP/AVP 97`]);
    const toB = shown(await session.offer("a", withFilm(a, filmA.port)));
    const toA = shown(await session.answer("b", withFilm(b, filmB.port)));
    a.rtp.send(rtpPacket(1), toA.media[0]?.port ?? 0);
    filmA.send(rtpPacket(2, 97), toA.media[1]?.port ?? 0);
    filmB.send(rtpPacket(3, 97), toB.media[1]?.port ?? 0);
    expect((await b.rtp.next()).packet).toEqual(rtpPacket(1));
    expect((await filmB.next()).packet).toEqual(rtpPacket(2, 97));
    expect((await filmA.next()).packet).toEqual(rtpPacket(3, 97));
    expect(await received(session, "a")).toBe(2);
  });

  check("MED-2 changes from speech to T.38 on the same line and back", async () => {
    const { session, a, b, port } = await ground.call();
    const fax = (peer: RtpPeer): string =>
      lines(
        "v=0",
        "o=f 1 2 IN IP4 127.0.0.1",
        "s=-",
        "c=IN IP4 127.0.0.1",
        "t=0 0",
        `m=image ${peer.rtp.port} udptl t38`,
      );
    a.rtp.send(rtpPacket(1), port.a);
    await b.rtp.next();
    expect(shown(await session.offer("b", fax(b))).media[0]?.text).toBe(`m=image ${port.a} udptl t38`);
    await session.answer("a", fax(a));
    const datagram = Buffer.from([0, 1, 2, 3]);
    a.rtp.send(datagram, port.a);
    expect((await b.rtp.next()).packet).toEqual(datagram);
    await session.offer("b", b.sdp());
    await session.answer("a", a.sdp());
    a.rtp.send(rtpPacket(2), port.a);
    expect((await b.rtp.next()).packet).toEqual(rtpPacket(2));
  });

  check("RFC 5761 §5.1.1 rtcp-mux that is offered and not accepted leaves RTCP on its own port", async () => {
    const session = await ground.open();
    const [a, b] = [await ground.peer(), await ground.peer()];
    const toB = await session.offer("a", a.sdp(["a=rtcp-mux"]));
    expect(toB).toContain("a=rtcp-mux\r\n");
    const toA = await session.answer("b", b.sdp());
    b.rtcp.send(rtcpPacket(5), portIn(toB) + 1);
    expect(await a.rtcp.next()).toEqual({ packet: rtcpPacket(5), port: portIn(toA) + 1 });
  });
}

function changeChecks(check: Check, ground: Ground): void {
  check("MED-3 sendonly: a party on hold hears the music, and is not heard", async () => {
    const { session, a, b, port } = await ground.call();
    expect(await session.offer("a", a.sdp(["a=sendonly"]))).toContain("a=sendonly\r\n");
    expect(await session.answer("b", b.sdp(["a=recvonly"]))).toContain("a=recvonly\r\n");
    b.rtp.send(rtpPacket(1), port.b);
    await until(async () => (await received(session, "b")) === 1, "what the held party says is counted");
    a.rtp.send(rtpPacket(2), port.a);
    expect((await b.rtp.next()).packet).toEqual(rtpPacket(2));
    expect(a.rtp.untaken).toBe(0);
    await session.offer("b", b.sdp());
    await session.answer("a", a.sdp());
    b.rtp.send(rtpPacket(3), port.b);
    expect((await a.rtp.next()).packet).toEqual(rtpPacket(3));
  });

  check("MED-3 the called side moves its media by an offer of its own", async () => {
    const { session, a, b, port } = await ground.call();
    const moved = await ground.peer();
    expect(portIn(await session.offer("b", moved.sdp()))).toBe(port.a);
    expect(portIn(await session.answer("a", a.sdp()))).toBe(port.b);
    a.rtp.send(rtpPacket(1), port.a);
    expect((await moved.rtp.next()).packet).toEqual(rtpPacket(1));
    moved.rtp.send(rtpPacket(2), port.b);
    expect((await a.rtp.next()).packet).toEqual(rtpPacket(2));
    expect(b.rtp.untaken).toBe(0);
  });

  check("MED-3 early media goes on when the same description answers the call", async () => {
    const { session, a, b, port } = await ground.call();
    b.rtp.send(rtpPacket(1), port.b);
    await a.rtp.next();
    expect(portIn(await session.answer("b", b.sdp()))).toBe(port.a);
    b.rtp.send(rtpPacket(2), port.b);
    expect((await a.rtp.next()).packet).toEqual(rtpPacket(2));
    expect((await session.counters())[1]).toMatchObject({ packetsReceived: 2, sourceChanges: 0 });
  });

  check("MED-3 an offer that is refused changes nothing", async () => {
    const { session, a, b, port } = await ground.call();
    expect(await session.offer("a", "v=0\r\nnonsense")).toMatchObject({ kind: "refusal" });
    await session.offer("a", a.sdp(["a=inactive"]));
    b.rtp.send(rtpPacket(1), port.b);
    expect((await a.rtp.next()).packet).toEqual(rtpPacket(1));
  });
}

function reportChecks(check: Check, ground: Ground): void {
  check("MED-6 reads the round trip from reports that come enciphered, too", async () => {
    const { session, a, b } = await ground.bridge({ a: true, b: true }, V4);
    b.sendRtcp(rtcpPacket(0x00070008));
    await a.nextRtcp();
    a.sendRtcp(rtcpPacket(1, { lastReport: 0x00070008, delaySinceLast: 0 }));
    await b.nextRtcp();
    expect((await session.counters())[0]?.roundTripMs).toBeLessThan(1_000);
  });

  check("MED-6 tells what security each leg has", async () => {
    const { session } = await ground.bridge({ a: true, b: false });
    expect(await session.counters()).toMatchObject([
      { leg: "a", srtp: true, packetsRejected: 0 },
      { leg: "b", srtp: false, packetsRejected: 0 },
    ]);
  });
}
