import { isMalformed, readSdp } from "@trunkline/sip";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createEmbeddedPlane } from "../embedded/plane.ts";
import type { MediaPlane, MediaSession } from "../plane.ts";
import { lines, RtpPeer, rtpPacket, until } from "../rtp-peer.fixture.ts";
import { type AudioEndpointOptions, openAudioEndpoint } from "./endpoint.ts";
import type { AudioEndpoint } from "./endpoint.types.ts";

const opened: { close(): unknown }[] = [];
afterEach(() => Promise.all(opened.splice(0).map((thing) => thing.close())));

async function endpoint(options: Partial<AudioEndpointOptions> = {}): Promise<AudioEndpoint> {
  const made = await openAudioEndpoint({ address: "127.0.0.1", ...options });
  opened.push(made);
  return made;
}

async function rtpPeer(): Promise<RtpPeer> {
  const made = await RtpPeer.open();
  opened.push(made);
  return made;
}

/** An offer with the given media lines. */
function offer(...media: readonly string[]): string {
  return lines("v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0", ...media);
}

describe("an audio endpoint's SDP", () => {
  it("offers PCMU first, PCMA and telephone events, one packet each 20 ms", async () => {
    const { port, ...own } = await describeNew();
    expect(own.sdp.replace(/^o=- \d+/m, "o=- N")).toBe(
      lines(
        "v=0",
        "o=- N 1 IN IP4 127.0.0.1",
        "s=-",
        "c=IN IP4 127.0.0.1",
        "t=0 0",
        `m=audio ${port} RTP/AVP 0 8 101`,
        "a=rtpmap:0 PCMU/8000",
        "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:101 telephone-event/8000",
        "a=fmtp:101 0-15",
        "a=ptime:20",
        "a=rtcp-mux",
        "a=sendrecv",
      ),
    );
  });

  const answers: readonly (readonly [title: string, media: readonly string[], want: readonly string[] | null])[] = [
    ["PCMU before PCMA, whatever the order", ["m=audio 4000 RTP/AVP 8 0"], ["m=audio P RTP/AVP 0"]],
    ["PCMA when there is no PCMU", ["m=audio 4000 RTP/AVP 18 8"], ["m=audio P RTP/AVP 8"]],
    [
      "the peer's number for telephone events",
      ["m=audio 4000 RTP/AVP 0 96", "a=rtpmap:96 telephone-event/8000"],
      ["m=audio P RTP/AVP 0 96"],
    ],
    ["a dynamic number for PCMU", ["m=audio 4000 RTP/AVP 97", "a=rtpmap:97 pcmu/8000"], ["m=audio P RTP/AVP 97"]],
    [
      "RFC 3264 §6 every line of the offer has its answer",
      ["m=video 4002 RTP/AVP 99", "m=audio 4000 RTP/AVP 0", "m=audio 4004 RTP/AVP 0"],
      ["m=video 0 RTP/AVP 99", "m=audio P RTP/AVP 0", "m=audio 0 RTP/AVP 0"],
    ],
    ["nothing it can speak", ["m=audio 4000 RTP/AVP 18"], null],
    ["SRTP only", ["m=audio 4000 RTP/SAVP 0"], null],
    ["a line that is switched off", ["m=audio 0 RTP/AVP 0"], null],
    ["no SDP at all", ["nonsense", "m="], null],
  ];
  it.each(answers)("answers %s", async (_title, media, want) => {
    const own = await endpoint();
    expect(own.connect(offer(...media))).toBe(want !== null);
    if (want === null) return;
    const answered = own.describe().match(/^m=.*$/gm);
    expect(answered).toEqual(want.map((line) => line.replace(" P ", ` ${own.port} `)));
  });

  it("RFC 3264 §6.1 mirrors the peer's direction unless told otherwise; §8 the version follows changes", async () => {
    const own = await endpoint();
    const version = (): number => Number(/^o=- \d+ (\d+)/m.exec(own.describe())?.[1]);
    own.connect(offer("m=audio 4000 RTP/AVP 0"));
    expect([version(), version()]).toEqual([1, 1]);
    own.connect(offer("m=audio 4000 RTP/AVP 0", "a=sendonly"));
    expect(own.describe()).toContain("a=recvonly\r\n");
    expect(version()).toBe(2);
    expect(own.describe("inactive")).toContain("a=inactive\r\n");
  });

  it("is read by our own reader", async () => {
    const { sdp } = await describeNew();
    expect(isMalformed(readSdp(sdp))).toBe(false);
  });

  async function describeNew(): Promise<{ readonly port: number; readonly sdp: string }> {
    const own = await endpoint();
    return { port: own.port, sdp: own.describe() };
  }
});

describe("an audio endpoint", () => {
  it("sends nothing before it knows the peer, when told to send nothing, and while held", async () => {
    const own = await endpoint();
    const peer = await rtpPeer();
    own.play({ kind: "none" });
    own.connect(peer.sdp());
    peer.rtp.send(rtpPacket(1), own.port);
    await until(() => own.report().packetsReceived === 1, "the packet is counted");
    own.connect(peer.sdp(["a=sendonly"]));
    own.play({ kind: "tone", hz: 440 });
    peer.rtp.send(rtpPacket(2), own.port);
    await until(() => own.report().packetsReceived === 2, "the second packet is counted");
    expect(own.report().packetsSent).toBe(0);
    own.connect(peer.sdp());
    await peer.rtp.next();
    expect(own.report().packetsSent).toBeGreaterThan(0);
  });

  it("echoes each packet with its payload, type and marker, in its own stream", async () => {
    const own = await endpoint();
    const peer = await rtpPeer();
    own.connect(peer.sdp());
    own.play({ kind: "echo" });
    const sent = rtpPacket(7, 101);
    sent[1] = 0x80 | 101;
    peer.rtp.send(sent, own.port);
    const { packet } = await peer.rtp.next();
    expect(packet.subarray(12)).toEqual(sent.subarray(12));
    expect(packet[1]).toBe(sent[1]);
    expect(packet.readUInt32BE(8)).not.toBe(sent.readUInt32BE(8));
    peer.rtp.send(rtpPacket(9, 0), own.port);
    const next = (await peer.rtp.next()).packet;
    expect(next.readUInt16BE(2)).toBe((packet.readUInt16BE(2) + 1) & 0xffff);
    expect((next.readUInt32BE(4) - packet.readUInt32BE(4)) >>> 0).toBe(320);
  });

  const clips: readonly (readonly [
    law: string,
    payloadType: number,
    formats: string,
    loudest: number,
    silence: number,
  ])[] = [
    ["PCMU", 0, "0", 0x80, 0xff],
    ["PCMA", 8, "8", 0xaa, 0xd5],
  ];
  it.each(clips)(
    "TWI-3: plays a clip once in %s, then silence, and says when",
    async (_law, type, formats, loudest, silence) => {
      const played = Promise.withResolvers<void>();
      const own = await endpoint({ onPlayed: played.resolve });
      const peer = await rtpPeer();
      own.play({ kind: "clip", mulaw: new Uint8Array(200).fill(0x80) });
      own.connect(peer.sdp([], [], formats));
      const first = (await peer.rtp.next()).packet;
      const second = (await peer.rtp.next()).packet;
      expect((first[1] as number) & 0x7f).toBe(type);
      expect([...first.subarray(12)]).toEqual(Array(160).fill(loudest));
      expect([...second.subarray(12)]).toEqual([...Array(40).fill(loudest), ...Array(120).fill(silence)]);
      await played.promise;
      expect([...(await peer.rtp.next()).packet.subarray(12 + 64)]).toEqual(Array(96).fill(silence));
    },
  );

  it("tells each digit as it begins, shows another address than its own, and reaches what it is told to", async () => {
    const digits: string[] = [];
    const own = await endpoint({
      shownAddress: "192.0.2.7",
      reach: (address) => (address === "192.0.2.8" ? "127.0.0.1" : address),
      onDigit: (digit) => void digits.push(digit),
    });
    expect(own.describe()).toContain("c=IN IP4 192.0.2.7");
    const peer = await rtpPeer();
    expect(own.connect(peer.sdp().replaceAll("127.0.0.1", "192.0.2.8"))).toBe(true);
    await peer.rtp.next();
    const event = (sequence: number, code: number, at: number): Buffer => {
      const packet = Buffer.concat([rtpPacket(sequence, 101).subarray(0, 12), Buffer.from([code, 10, 0, 160])]);
      packet.writeUInt32BE(at, 4);
      return packet;
    };
    for (const packet of [event(1, 5, 100), event(2, 5, 100), event(3, 11, 1_000)]) peer.rtp.send(packet, own.port);
    await until(() => digits.length === 2, "both digits");
    expect(digits).toEqual(["5", "#"]);
  });

  it("MED-5: hears nobody but its peer where it is told to, not even before it has one", async () => {
    const digits: string[] = [];
    const own = await endpoint({ onlyPeer: true, onDigit: (digit) => void digits.push(digit) });
    const [peer, stranger] = [await rtpPeer(), await rtpPeer()];
    const event = (sequence: number, code: number): Buffer =>
      Buffer.concat([rtpPacket(sequence, 101).subarray(0, 12), Buffer.from([code, 10, 0, 160])]);
    stranger.rtp.send(event(1, 1), own.port);
    own.connect(peer.sdp());
    await peer.rtp.next();
    stranger.rtp.send(event(2, 2), own.port);
    peer.rtp.send(event(3, 3), own.port);
    await until(() => digits.length > 0, "the peer's digit");
    expect(digits).toEqual(["3"]);
    expect(own.report().packetsReceived).toBe(1);
  });

  it("close lets go of everyone who waits for digits, and may be repeated", async () => {
    const own = await endpoint();
    own.connect((await endpoint()).describe());
    const sent = own.sendDigits("123");
    own.close();
    own.close();
    await sent;
  });
});

describe("two endpoints through the relay", () => {
  let plane: MediaPlane;
  beforeAll(async () => {
    plane = await createEmbeddedPlane({
      addresses: [{ bind: "127.0.0.1", advertise: "127.0.0.1" }],
      portMin: 22_000,
      portMax: 22_999,
      workers: 1,
    });
  });
  afterAll(() => plane.close());

  type Call = { readonly a: AudioEndpoint; readonly b: AudioEndpoint; readonly session: MediaSession };

  async function call(): Promise<Call> {
    const a = await endpoint();
    const b = await endpoint();
    const session = await plane.open("CA1", {
      symmetricRtp: { a: false, b: false },
      advertise: { a: "127.0.0.1", b: "127.0.0.1" },
    });
    opened.push(session);
    expect(b.connect(String(await session.offer("a", a.describe())))).toBe(true);
    expect(a.connect(String(await session.answer("b", b.describe())))).toBe(true);
    return { a, b, session };
  }

  it("hear each other's tones, and the counters tell of good audio", async () => {
    const { a, b, session } = await call();
    a.play({ kind: "tone", hz: 440 });
    b.play({ kind: "tone", hz: 1_000 });
    await until(() => a.report().packetsReceived > 10 && b.report().packetsReceived > 10, "audio both ways");
    expect(b.report()).toMatchObject({ toneHz: 440, packetsLost: 0, digits: "" });
    expect(a.report().toneHz).toBe(1_000);
    expect(a.report().mos).toBeGreaterThan(3.5);
    const [legA, legB] = await session.counters();
    for (const leg of [legA, legB]) {
      expect(leg).toMatchObject({ codec: "PCMU", packetsLost: 0, sourceChanges: 0 });
      expect(leg?.mos).toBeGreaterThan(3.5);
      expect(leg?.jitterMs).not.toBeNull();
    }
  });

  it("RFC 4733 digits arrive once each and in order, and the promise waits for the last one", async () => {
    const { a, b } = await call();
    b.play({ kind: "none" });
    await a.sendDigits("1234#");
    await until(() => b.report().digits === "1234#", "all digits are heard");
    expect(b.report().packetsLost).toBe(0);
  });

  it("an echo gives the way there and back, RTCP the round trip of each leg", async () => {
    const { a, b, session } = await call();
    b.play({ kind: "echo" });
    await until(() => a.report().echoDelayMs !== null, "a mark came back");
    expect(a.report().echoDelayMs).toBeLessThan(1_000);
    expect(b.report().echoDelayMs).toBeNull();
    await until(async () => (await session.counters()).every(({ roundTripMs }) => roundTripMs !== null), "round trips");
  });
});
