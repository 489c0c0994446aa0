import { expect } from "vitest";
import { type Check, type Ground, SYMMETRIC, V4 } from "./plane-ground.fixture.ts";
import { lines, rtcpPacket, rtpPacket, shown } from "./rtp-peer.fixture.ts";
import { cryptoLines, SHA1_32, SHA1_80, Talker } from "./talker.fixture.ts";

const ONLY_A = { a: true, b: false };
const ONLY_B = { a: false, b: true };
const BOTH = { a: true, b: true };

/** What every media plane does about SRTP with keys in the SDP: RFC 3711, RFC 4568, SEC-2, SEC-3. */
export function srtpChecks(check: Check, ground: Ground): void {
  relayChecks(check, ground);
  keyChecks(check, ground);
  choiceChecks(check, ground);
  refusalChecks(check, ground);
  hostileChecks(check, ground);
}

function relayChecks(check: Check, ground: Ground): void {
  const bridges = [
    ["SRTP to RTP", ONLY_A],
    ["RTP to SRTP", ONLY_B],
    ["SRTP to SRTP, deciphered and enciphered again", BOTH],
  ] as const;
  for (const [title, srtp] of bridges) {
    check(`SEC-3 relays ${title}, both ways, RTCP too`, async () => {
      const { session, a, b } = await ground.bridge(srtp);
      for (const [from, to, leg] of [[a, b, "a"] as const, [b, a, "b"] as const]) {
        for (const sequence of [40_000, 40_001, 40_002]) {
          from.send(rtpPacket(sequence));
          expect(await to.next()).toEqual(rtpPacket(sequence));
        }
        from.sendRtcp(rtcpPacket(7));
        expect(await to.nextRtcp()).toEqual(rtcpPacket(7));
        expect((await session.counters()).find((one) => one.leg === leg)).toMatchObject({
          packetsReceived: 3,
          bytesReceived: 60,
          srtp: srtp[leg],
        });
      }
    });
  }

  check("SEC-3 with rtcp-mux agreed, SRTCP goes along with SRTP (RFC 5761)", async () => {
    const { a, b } = await ground.bridge(BOTH, V4, ["a=rtcp-mux"]);
    a.sendRtcp(rtcpPacket(5), true);
    expect(await b.nextRtcp(true)).toEqual(rtcpPacket(5));
  });

  check("MED-2 enciphers packets of any size, with extension and padding, and sources that change", async () => {
    const { a, b } = await ground.bridge(BOTH);
    const sizes = [13, 60, 172, 492, 1_212, 14, 1_400].map((size, i) => {
      const packet = Buffer.alloc(size, 0xa5);
      rtpPacket(i, 96, 0xc0ffee00 + (i % 3)).copy(packet, 0, 0, 12);
      return packet;
    });
    const odd = Buffer.from("b1ef0003000000010000000200000003bede000101020304090900000004", "hex");
    for (const packet of [...sizes, odd]) {
      a.send(packet);
      expect(await b.next()).toEqual(packet);
    }
  });
}

function keyChecks(check: Check, ground: Ground): void {
  check("SEC-3 offers RTP/SAVP with exactly one key of its own, never the other leg's", async () => {
    const session = await ground.open({ ...V4, srtp: BOTH });
    const a = new Talker(await ground.peer(), true);
    const toB = String(await session.offer("a", a.sdp()));
    expect(shown(toB).media[0]?.text).toMatch(/^m=audio \d+ RTP\/SAVP 0 8 101$/);
    expect(cryptoLines(toB)).toEqual([
      expect.stringMatching(/^a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:[A-Za-z0-9+/]{40}$/),
    ]);
    expect(toB).not.toContain(a.inline);
    expect(toB.indexOf("a=crypto")).toBeGreaterThan(toB.indexOf("m=audio"));
    const other = await ground.open({ ...V4, srtp: BOTH });
    expect(cryptoLines(await other.offer("a", a.sdp()))).not.toEqual(cryptoLines(toB));
  });

  check("SEC-3 shows no key, and none of its traces, to a plain leg", async () => {
    const session = await ground.open({ ...V4, srtp: ONLY_A });
    const a = new Talker(await ground.peer(), true);
    const dtls = ["a=fingerprint:sha-256 AA:BB", "a=setup:actpass", "a=zrtp-hash:1.10 aa", "a=key-mgmt:mikey AAAA"];
    const toB = String(await session.offer("a", a.sdp(dtls)));
    expect(shown(toB).media[0]?.text).toMatch(/^m=audio \d+ RTP\/AVP 0 8 101$/);
    expect(toB).not.toMatch(/crypto|inline|fingerprint|setup|zrtp|key-mgmt/);
  });

  check("RFC 3264 §8 the same description again is shown with the same key and version", async () => {
    const { session, a, b } = await ground.bridge(BOTH);
    const first = await session.offer("a", a.sdp());
    const answered = await session.answer("b", b.sdp());
    expect(await session.offer("a", a.sdp())).toBe(first);
    expect(await session.answer("b", b.sdp())).toBe(answered);
  });

  check("maps the feedback profile to its secure form and back (RFC 5124)", async () => {
    const session = await ground.open({ ...V4, srtp: ONLY_B });
    const [a, b] = [new Talker(await ground.peer(), false), new Talker(await ground.peer(), true)];
    const toB = await session.offer("a", a.sdp().replace("RTP/AVP", "RTP/AVPF"));
    expect(shown(toB).media[0]?.text).toMatch(/ RTP\/SAVPF /);
    const toA = await session.answer("b", b.sdp().replace("RTP/SAVP", "RTP/SAVPF"));
    expect(shown(toA).media[0]?.text).toMatch(/ RTP\/AVPF /);
  });
}

function choiceChecks(check: Check, ground: Ground): void {
  type Case = readonly [title: string, lines: (inline: string) => readonly string[], tag: number, suite: string];
  const cases: readonly Case[] = [
    ["_80 before _32", (key) => [`1 ${SHA1_80} ${key}`, `2 ${SHA1_32} ${key}`], 1, SHA1_80],
    ["_32 before _80", (key) => [`3 ${SHA1_32} ${key}`, `4 ${SHA1_80} ${key}`], 3, SHA1_32],
    ["_32 alone", (key) => [`9 ${SHA1_32} ${key}`], 9, SHA1_32],
    ["a lifetime", (key) => [`1 ${SHA1_80} ${key}|2^31`], 1, SHA1_80],
    ["a lifetime in digits", (key) => [`1 ${SHA1_80} ${key}|1048576`], 1, SHA1_80],
    ["what it knows after what it does not", (key) => [`1 AEAD_AES_256_GCM ${key}`, `2 ${SHA1_80} ${key}`], 2, SHA1_80],
    ["no MKI", (key) => [`1 ${SHA1_80} ${key}|2^20|1:4`, `2 ${SHA1_80} ${key}|1:4`, `3 ${SHA1_32} ${key}`], 3, SHA1_32],
    ["one key only", (key) => [`1 ${SHA1_80} ${key};${key}`, `2 ${SHA1_80} ${key}`], 2, SHA1_80],
    [
      "encryption",
      (key) => [
        `1 ${SHA1_80} ${key} UNENCRYPTED_SRTP`,
        `2 ${SHA1_80} ${key} UNENCRYPTED_SRTCP`,
        `3 ${SHA1_80} ${key} UNAUTHENTICATED_SRTP`,
        `4 ${SHA1_80} ${key}`,
      ],
      4,
      SHA1_80,
    ],
    [
      "parameters it may ignore",
      (key) => [`1 ${SHA1_80} ${key} KDR=10`, `2 ${SHA1_80} ${key} WSH=64 -new=1`],
      2,
      SHA1_80,
    ],
  ];
  for (const [title, offered, tag, suite] of cases) {
    check(`SEC-3 RFC 4568 §5.1.2 takes the offerer's first that can be used: ${title}`, async () => {
      const session = await ground.open({ ...V4, srtp: ONLY_A });
      const a = new Talker(await ground.peer(), true);
      const b = new Talker(await ground.peer(), false);
      b.heed(await session.offer("a", a.sdp([], offered(a.inline))));
      const toA = await session.answer("b", b.sdp());
      expect(cryptoLines(toA)).toEqual([expect.stringMatching(`^a=crypto:${tag} ${suite} inline:[A-Za-z0-9+/]{40}$`)]);
      a.heed(toA);
      a.send(rtpPacket(1));
      expect(await b.next()).toEqual(rtpPacket(1));
      b.send(rtpPacket(2));
      expect(await a.next()).toEqual(rtpPacket(2));
      a.sendRtcp(rtcpPacket(3));
      expect(await b.nextRtcp()).toEqual(rtcpPacket(3));
    });
  }

  check("SEC-3 of several lines the secure ones are carried; T.38, which cannot be, is refused alone", async () => {
    const session = await ground.open({ ...V4, srtp: BOTH });
    const [a, b] = [new Talker(await ground.peer(), true), new Talker(await ground.peer(), true)];
    const fax = await ground.mailbox("127.0.0.1");
    const image = (port: number): string => lines(`m=image ${port} udptl t38`);
    const toB = await session.offer("a", a.sdp() + image(fax.port));
    expect(shown(toB).media.map(({ port }) => port > 0)).toEqual([true, false]);
    const toA = await session.answer("b", b.sdp() + image(0));
    expect(shown(toA).media.map(({ port }) => port > 0)).toEqual([true, false]);
    b.heed(toB);
    a.heed(toA).send(rtpPacket(1));
    expect(await b.next()).toEqual(rtpPacket(1));
  });
}

function refusalChecks(check: Check, ground: Ground): void {
  type Case = readonly [title: string, why: RegExp, srtp: boolean, sdp: (talker: Talker) => string];
  const cases: readonly Case[] = [
    ["RTP where SRTP is asked", /RTP\/SAVP/, true, (talker) => talker.peer.sdp()],
    ["SRTP where RTP is asked", /RTP\/AVP/, false, (talker) => talker.peer.sdp().replace("RTP/AVP", "RTP/SAVP")],
    ["SRTP without a key", /a=crypto/, true, (talker) => talker.sdp([], [])],
    ["SRTP with an MKI only", /MKI/, true, (talker) => talker.sdp([], [`1 ${SHA1_80} ${talker.inline}|2^20|1:4`])],
    [
      "SRTP with other suites only",
      /F8_128_HMAC_SHA1_80/,
      true,
      (talker) => talker.sdp([], [`1 F8_128_HMAC_SHA1_80 ${talker.inline}`]),
    ],
    [
      "a key that is too short",
      /key/,
      true,
      (talker) => talker.sdp([], [`1 ${SHA1_80} ${talker.inline.slice(0, -4)}`]),
    ],
    ["keys over DTLS", /RTP\/SAVP/, true, (talker) => talker.peer.sdp().replace("RTP/AVP", "UDP/TLS/RTP/SAVP")],
  ];
  for (const [title, why, srtp, describe] of cases) {
    check(`SEC-2 refuses with 488 and says why: ${title}`, async () => {
      const session = await ground.open({ ...V4, srtp: { a: srtp, b: srtp } });
      const talker = new Talker(await ground.peer(), srtp);
      const offered = await session.offer("a", describe(talker));
      expect(offered).toMatchObject({ kind: "refusal", status: 488, why: expect.stringMatching(why) });
      await session.offer("a", talker.sdp());
      const answered = await session.answer("b", describe(talker));
      expect(answered).toMatchObject({ kind: "refusal", status: 488, why: expect.stringMatching(why) });
      expect(JSON.stringify([offered, answered])).not.toContain(talker.inline.slice(7, 40));
      expect(await session.answer("b", talker.sdp())).toBeTypeOf("string");
    });
  }

  check("SEC-3 RFC 4568 §5.1.3 refuses an answer whose key answers no line of the offer", async () => {
    const session = await ground.open({ ...V4, srtp: ONLY_B });
    const [a, b] = [new Talker(await ground.peer(), false), new Talker(await ground.peer(), true)];
    await session.offer("a", a.sdp());
    for (const crypto of [[`2 ${SHA1_80} ${b.inline}`], [`1 ${SHA1_32} ${b.inline}`]]) {
      expect(await session.answer("b", b.sdp([], crypto))).toMatchObject({ kind: "refusal", status: 488 });
    }
  });
}

function hostileChecks(check: Check, ground: Ground): void {
  check("SEC-3 relays nothing that does not authenticate, counts it, and goes on (RFC 3711 §3.3)", async () => {
    const { session, a, b } = await ground.bridge(BOTH);
    a.send(rtpPacket(1));
    expect(await b.next()).toEqual(rtpPacket(1));
    for (let i = 0; i < 300; i += 1) {
      const forged = Buffer.from(a.sealed(rtpPacket(2 + i)));
      forged[forged.length - 1 - (i % forged.length)] = (forged[forged.length - 1 - (i % forged.length)] as number) ^ 1;
      a.sendRaw(forged);
    }
    a.sendRaw(rtpPacket(2));
    a.send(rtpPacket(2));
    expect(await b.next()).toEqual(rtpPacket(2));
    expect(b.peer.rtp.untaken).toBe(0);
    const [legA] = await session.counters();
    expect(legA).toMatchObject({ packetsReceived: 2, packetsLost: 0 });
    expect(legA?.packetsRejected).toBe(301);
  });

  check("SEC-3 RFC 3711 §3.3.2 relays no packet twice, and late ones once", async () => {
    const { a, b } = await ground.bridge(ONLY_A);
    const order = [100, 101, 101, 100, 163, 99, 102, 102, 99, 164];
    for (const sequence of order) a.send(rtpPacket(sequence));
    const heard: number[] = [];
    for (let i = 0; i < new Set(order).size; i += 1) heard.push((await b.next()).readUInt16BE(2));
    expect(heard).toEqual([100, 101, 163, 99, 102, 164]);
    a.sendRaw(a.sealed(rtpPacket(1)));
    a.send(rtpPacket(165));
    expect((await b.next()).readUInt16BE(2)).toBe(165);
  });

  check("SEC-3 RFC 3711 §3.4 relays no SRTCP packet twice", async () => {
    const { a, b } = await ground.bridge(ONLY_A);
    const sealed = a.sealedRtcp(rtcpPacket(5));
    a.peer.rtcp.send(sealed, a.port + 1);
    a.peer.rtcp.send(sealed, a.port + 1);
    a.sendRtcp(rtcpPacket(6));
    expect(await b.nextRtcp()).toEqual(rtcpPacket(5));
    expect(await b.nextRtcp()).toEqual(rtcpPacket(6));
  });

  check("MED-1 on: the source moves to packets that authenticate only", async () => {
    const { session, a, b } = await ground.bridge(ONLY_A, SYMMETRIC);
    const stranger = await ground.mailbox("127.0.0.2");
    const behindNat = await ground.mailbox("127.0.0.3");
    for (let i = 0; i < 20; i += 1) stranger.send(rtpPacket(i), a.port, "127.0.0.1");
    for (const sequence of [1, 2, 3]) behindNat.send(a.sealed(rtpPacket(sequence)), a.port, "127.0.0.1");
    await b.next();
    b.send(rtpPacket(9));
    expect((await behindNat.next()).packet.length).toBe(rtpPacket(9).length + 10);
    expect(stranger.untaken).toBe(0);
    expect((await session.counters())[0]?.sourceChanges).toBe(0);
  });
}
