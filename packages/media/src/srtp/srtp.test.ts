import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rtcpPacket, rtpPacket } from "../rtp-peer.fixture.ts";
import { PlainSrtp } from "../srtp-plain.fixture.ts";
import { estimateIndex, ROUND } from "./packet-index.ts";
import { SrtpReceiver } from "./receiver.ts";
import { ReplayWindow, WINDOW_PACKETS } from "./replay-window.ts";
import { SrtpSender } from "./sender.ts";
import { MAX_SOURCES } from "./sources.ts";
import { SrtpEnd } from "./srtp-end.ts";
import type { SrtpKey } from "./suite.ts";
import { MAX_PACKET_BYTES, Workspace } from "./workspace.ts";

const newKey = (suite: SrtpKey["suite"] = "AES_CM_128_HMAC_SHA1_80"): SrtpKey => ({ suite, master: randomBytes(30) });
const plainOf = ({ master, suite }: SrtpKey): PlainSrtp =>
  new PlainSrtp(Buffer.from(master), suite.endsWith("_32") ? 4 : 10);
const work = new Workspace();

function through(change: (length: number) => number, packet: Buffer): Buffer | null {
  work.load(packet, packet.length);
  const length = change(packet.length);
  return length < 0 ? null : Buffer.from(work.bytes.subarray(0, length));
}

describe("packet index (RFC 3711 §3.3.1)", () => {
  it.each([
    [5, 6, 6],
    [5, 4, 4],
    [5, 65_535, -1],
    [65_535, 0, ROUND],
    [65_535, 65_534, 65_534],
    [ROUND, 65_535, 65_535],
    [3 * ROUND + 32_767, 65_535, 3 * ROUND + 65_535],
    [3 * ROUND + 32_766, 65_535, 2 * ROUND + 65_535],
    [3 * ROUND + 32_768, 0, 3 * ROUND],
    [3 * ROUND + 32_769, 0, 4 * ROUND],
  ])("after %d, sequence number %d is index %d", (highest, sequence, want) => {
    expect(estimateIndex(highest, sequence)).toBe(want);
  });

  it("finds every index less than half a round away", () => {
    const index = fc.integer({ min: ROUND, max: 200 * ROUND });
    fc.assert(
      fc.property(index, fc.integer({ min: -32_767, max: 32_767 }), (highest, step) => {
        expect(estimateIndex(highest, (highest + step) % ROUND)).toBe(highest + step);
      }),
    );
  });
});

describe("replay window (RFC 3711 §3.3.2)", () => {
  it("takes each index once, and none that is older than it remembers", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -40, max: 60 }), { maxLength: 400 }), (steps) => {
        const window = new ReplayWindow();
        const seen = new Set<number>();
        let [highest, index] = [-1, 100_000];
        for (const step of steps) {
          index += step * (step % 7 === 0 ? 5 : 1);
          const want = !seen.has(index) && highest - index < WINDOW_PACKETS;
          expect(window.isFresh(index)).toBe(want);
          if (!want) continue;
          window.add(index);
          seen.add(index);
          highest = Math.max(highest, index);
        }
      }),
    );
  });
});

describe("SRTP (SEC-3)", () => {
  it.each(["AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32"] as const)(
    "writes what the plain one writes: %s",
    (suite) => {
      const key = newKey(suite);
      const [sender, receiver, plain] = [new SrtpSender(key, () => 1), new SrtpReceiver(key), plainOf(key)];
      const lengths = fc.array(fc.integer({ min: 0, max: 1_500 }), { minLength: 1, maxLength: 40 });
      let sequence = 65_400;
      fc.assert(
        fc.property(lengths, fc.integer({ min: 1, max: 4 }), (sizes, step) => {
          for (const size of sizes) {
            const packet = Buffer.concat([rtpPacket(sequence % ROUND, 96).subarray(0, 12), randomBytes(size)]);
            const sealed = plain.protect(packet, Math.floor(sequence / ROUND));
            expect(through((length) => sender.protect(work, length), packet)).toEqual(sealed);
            expect(through((length) => receiver.unprotect(work, length, 0), sealed)).toEqual(packet);
            sequence += step;
          }
        }),
        { numRuns: 50 },
      );
    },
  );

  it("writes SRTCP with an 80-bit tag in both suites (RFC 4568 §6.2.2), each report with the next index", () => {
    const key = newKey("AES_CM_128_HMAC_SHA1_32");
    const [sender, receiver, plain] = [new SrtpSender(key, () => 1), new SrtpReceiver(key), plainOf(key)];
    for (let index = 0; index < 100; index += 1) {
      const packet = rtcpPacket(index, index % 3 === 0 ? { lastReport: 1, delaySinceLast: 2 } : undefined);
      const sealed = plain.protectRtcp(packet, index);
      expect(through((length) => sender.protectRtcp(work, length), packet)).toEqual(sealed);
      expect(through((length) => receiver.unprotectRtcp(work, length), sealed)).toEqual(packet);
      expect(through((length) => receiver.unprotectRtcp(work, length), sealed)).toBeNull();
    }
  });

  it("takes no report that is authentic but in the clear (RFC 3711 §3.4)", () => {
    const key = newKey();
    const sealed = plainOf(key).protectRtcp(rtcpPacket(1), 1);
    const inClear = Buffer.from(sealed);
    inClear[inClear.length - 14] = (inClear[inClear.length - 14] as number) & 0x7f;
    expect(through((length) => new SrtpReceiver(key).unprotectRtcp(work, length), inClear)).toBeNull();
  });

  it("believes nothing that was changed anywhere, cut anywhere or made up, and leaves it as it was", () => {
    const key = newKey();
    const [receiver, plain] = [new SrtpReceiver(key), plainOf(key)];
    const sealed = plain.protect(rtpPacket(7));
    const wrong = fc.oneof(
      fc.tuple(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, flip]) => {
        const changed = Buffer.from(sealed);
        changed[at] = (changed[at] as number) ^ flip;
        return changed;
      }),
      fc.nat(sealed.length - 1).map((length) => sealed.subarray(0, length)),
      fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(wrong, (packet) => {
        expect(through((length) => receiver.unprotect(work, length, 0), packet)).toBeNull();
        expect(through((length) => receiver.unprotectRtcp(work, length), packet)).toBeNull();
        expect(work.bytes.subarray(0, packet.length)).toEqual(packet);
      }),
    );
    expect(through((length) => receiver.unprotect(work, length, 0), sealed)).toEqual(rtpPacket(7));
  });

  it("finds the rollover counter of a source that is past it, within the longest call, and looks for it only now and then", () => {
    const key = newKey();
    const plain = plainOf(key);
    for (const rollover of [1, 66, 132]) {
      const sealed = plain.protect(rtpPacket(9), rollover);
      expect(through((length) => new SrtpReceiver(key).unprotect(work, length, 0), sealed)).toEqual(rtpPacket(9));
    }
    const receiver = new SrtpReceiver(key);
    const hear = (packet: Buffer, atMs: number): Buffer | null =>
      through((length) => receiver.unprotect(work, length, atMs), packet);
    expect(hear(randomBytes(60), 0)).toBeNull();
    expect(hear(plainOf(newKey()).protect(rtpPacket(1)), 0)).toBeNull();
    expect(hear(plain.protect(rtpPacket(9), 3), 499)).toBeNull();
    expect(hear(plain.protect(rtpPacket(9), 3), 500)).toEqual(rtpPacket(9));
    expect(hear(plain.protect(rtpPacket(9), 5), 1_499)).toBeNull();
    expect(hear(plain.protect(rtpPacket(9), 5), 1_500)).toEqual(rtpPacket(9));
    expect(hear(plain.protect(rtpPacket(10), 4), 5_000)).toBeNull();
  });

  it("keeps a bounded number of sources; one that was given up is not enciphered under its name again", () => {
    const key = newKey();
    const names = [0x10, 0x11, 0x12];
    const sender = new SrtpSender(key, () => names.shift() ?? 0);
    const receiver = new SrtpReceiver(key);
    const nameOf = (ssrc: number, sequence: number): number | undefined =>
      through((length) => sender.protect(work, length), rtpPacket(sequence, 0, ssrc))?.readUInt32BE(8);
    for (let ssrc = 1; ssrc <= MAX_SOURCES; ssrc += 1) expect(nameOf(ssrc, 5)).toBe(ssrc);
    expect(nameOf(1, 6)).toBe(1);
    expect(nameOf(100, 5)).toBe(100);
    expect(nameOf(2, 5)).toBe(0x10);
    expect(nameOf(2, 6)).toBe(0x10);
    const plain = plainOf(key);
    for (let ssrc = 1; ssrc <= 100; ssrc += 1) {
      const packet = rtpPacket(1, 0, ssrc);
      expect(through((length) => receiver.unprotect(work, length, 0), plain.protect(packet))).toEqual(packet);
    }
  });

  it("names a source anew that went on counting while it was not sent on, and sends none of its packets twice", () => {
    const key = newKey();
    const sender = new SrtpSender(key, () => 0x77);
    const send = (sequence: number): number | undefined =>
      through((length) => sender.protect(work, length), rtpPacket(sequence, 0, 2))?.readUInt32BE(8);
    expect([send(1_000), send(1_001), send(1_000), send(1_001)]).toEqual([2, 2, undefined, undefined]);
    // A hold of a quarter of an hour: the next are not ahead but behind, as far as a receiver can tell.
    expect([send(45_000), send(45_001), send(45_002), send(45_003)]).toEqual([undefined, undefined, 0x77, 0x77]);
    expect([send(45_001), send(45_002)]).toEqual([0x77, undefined]);
  });

  it("takes packets up to its size, and no longer ones", () => {
    const key = newKey();
    const sender = new SrtpSender(key, () => 1);
    const longest = Buffer.concat([rtpPacket(1).subarray(0, 12), randomBytes(MAX_PACKET_BYTES - 12)]);
    expect(through((length) => sender.protect(work, length), longest)).toEqual(plainOf(key).protect(longest));
    expect(work.load(Buffer.alloc(MAX_PACKET_BYTES + 1), MAX_PACKET_BYTES + 1)).toBe(false);
  });
});

describe("SRTP through changes of keys (RFC 4568 §7.1.4)", () => {
  const keysOf = (receive: SrtpKey, send: SrtpKey) => ({ receive, send });

  it("gives reports about a source that goes on under another SSRC its own again, and the other way round", () => {
    const [theirs, ours, next] = [newKey(), newKey(), newKey()];
    const end = new SrtpEnd(keysOf(theirs, ours), () => 0xabcdef01);
    for (const sequence of [60_000, 20_000]) {
      through((length) => end.protect(work, length), rtpPacket(sequence, 0, 2));
    }
    end.rekey(keysOf(next, ours), 0);
    const renamed = through((length) => end.protect(work, length), rtpPacket(20_001, 0, 2));
    expect(
      plainOf(ours)
        .unprotect(renamed ?? Buffer.alloc(0), 0)
        ?.readUInt32BE(8),
    ).toBe(0xabcdef01);

    const about = Buffer.from(rtcpPacket(1, { lastReport: 0, delaySinceLast: 0 }));
    about.writeUInt32BE(2, 4);
    const sent = through((length) => end.protectRtcp(work, length), about) ?? Buffer.alloc(0);
    expect(plainOf(ours).unprotectRtcp(sent)?.readUInt32BE(4)).toBe(0xabcdef01);
    const back = rtcpPacket(1, { lastReport: 0, delaySinceLast: 0 });
    back.writeUInt32BE(0xabcdef01, 28);
    const heard = through((length) => end.unprotectRtcp(work, length, 0), plainOf(next).protectRtcp(back, 0));
    expect(heard?.readUInt32BE(28)).toBe(2);
  });

  it("believes the key before for a while only", () => {
    const [first, second, ours] = [newKey(), newKey(), newKey()];
    const end = new SrtpEnd(keysOf(first, ours), () => 1);
    const hear = (key: SrtpKey, sequence: number, atMs: number): boolean =>
      through((length) => end.unprotect(work, length, atMs), plainOf(key).protect(rtpPacket(sequence))) !== null;
    expect(hear(first, 1, 0)).toBe(true);
    end.rekey(keysOf(second, ours), 1_000);
    expect([hear(first, 1, 1_001), hear(first, 2, 1_001), hear(second, 3, 1_002), hear(first, 4, 5_999)]).toEqual([
      false,
      true,
      true,
      true,
    ]);
    expect([hear(first, 5, 6_000), hear(second, 5, 6_000)]).toEqual([false, true]);
  });
});
