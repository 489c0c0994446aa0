import { expect } from "vitest";
import { type Check, type Ground, received, reinvite } from "./plane-ground.fixture.ts";
import { rtpPacket, until } from "./rtp-peer.fixture.ts";

const ONLY_A = { a: true, b: false };
const ONLY_B = { a: false, b: true };
const BOTH = { a: true, b: true };

/** SRTP over long and changing calls: the rollover counter, which SDES does not tell, and new keys (RFC 3711 §3.3.1, RFC 4568 §7.1.4). */
export function keepingChecks(check: Check, ground: Ground): void {
  rolloverChecks(check, ground);
  rekeyChecks(check, ground);
}

function rolloverChecks(check: Check, ground: Ground): void {
  check("SEC-3 RFC 3711 §3.3.1 follows the rollover counter over several wraps, both ways", async () => {
    const { a, b } = await ground.bridge(BOTH);
    for (let index = 65_000; index < 4 * 65_536; index += 20_000) {
      const [sequence, rollover] = [index % 65_536, Math.floor(index / 65_536)];
      for (const [from, to] of [[a, b] as const, [b, a] as const]) {
        from.send(rtpPacket(sequence), rollover);
        expect(await to.next(rollover)).toEqual(rtpPacket(sequence));
      }
    }
  });

  check("SEC-3 RFC 3711 §3.3.1 sorts packets out that cross at a wrap", async () => {
    const { a, b } = await ground.bridge(ONLY_A);
    const crossing = [
      [65_534, 0],
      [0, 1],
      [65_535, 0],
      [2, 1],
      [1, 1],
    ] as const;
    for (const [sequence, rollover] of crossing) {
      a.send(rtpPacket(sequence), rollover);
      expect(await b.next()).toEqual(rtpPacket(sequence));
    }
  });

  check("SEC-3 hears a sender that is past its first wrap when it joins", async () => {
    const { a, b } = await ground.bridge(ONLY_A);
    for (const sequence of [30_000, 30_001]) {
      a.send(rtpPacket(sequence), 5);
      expect(await b.next()).toEqual(rtpPacket(sequence));
    }
  });

  check("SEC-3 hears a sender again that went on counting while it was not heard", async () => {
    const { a, b } = await ground.bridge(ONLY_A);
    a.send(rtpPacket(1_000), 0);
    expect(await b.next()).toEqual(rtpPacket(1_000));
    await until(
      async () => {
        a.send(rtpPacket(50_000), 1);
        return b.peer.rtp.untaken > 0;
      },
      "the packet of the next round is believed",
      15_000,
    );
  });
}

function rekeyChecks(check: Check, ground: Ground): void {
  check(
    "SEC-3 RFC 4568 §7.1.4 takes a new key with a new offer; what is on its way under the old one is not lost",
    async () => {
      const bridge = await ground.bridge(ONLY_A);
      const { a, b } = bridge;
      a.send(rtpPacket(1));
      expect(await b.next()).toEqual(rtpPacket(1));
      const before = a.rekey();
      await reinvite(bridge);
      a.send(rtpPacket(3));
      expect(await b.next()).toEqual(rtpPacket(3));
      a.sendRaw(before.protect(rtpPacket(2)));
      expect(await b.next()).toEqual(rtpPacket(2));
      b.send(rtpPacket(4));
      expect(await a.next()).toEqual(rtpPacket(4));
    },
  );

  check("SEC-3 takes a new key with a new answer", async () => {
    const bridge = await ground.bridge(ONLY_B);
    const { session, a, b } = bridge;
    b.send(rtpPacket(1));
    expect(await a.next()).toEqual(rtpPacket(1));
    b.rekey();
    await reinvite(bridge);
    b.send(rtpPacket(2));
    expect(await a.next()).toEqual(rtpPacket(2));
    expect(await received(session, "b")).toBe(2);
  });

  const counts: readonly (readonly [title: string, rollover: number])[] = [
    ["goes on counting (RFC 3711 §3.3.1)", 2],
    ["begins to count anew (RFC 4568 §7.1.4)", 0],
  ];
  for (const [title, rollover] of counts) {
    check(`SEC-3 hears a sender that, with its new key, ${title}`, async () => {
      const bridge = await ground.bridge(ONLY_A);
      const { a, b } = bridge;
      for (const [sequence, round] of [
        [60_000, 0],
        [20_000, 1],
        [45_000, 1],
        [10_000, 2],
      ] as const) {
        a.send(rtpPacket(sequence), round);
        expect(await b.next()).toEqual(rtpPacket(sequence));
      }
      a.rekey();
      await reinvite(bridge);
      a.send(rtpPacket(10_001), rollover);
      expect(await b.next()).toEqual(rtpPacket(10_001));
    });
  }

  check("SEC-3 the same key in a later offer keeps the rollover counter, both ways", async () => {
    const bridge = await ground.bridge(BOTH);
    const { a, b } = bridge;
    const round = async (sequence: number, rollover: number): Promise<void> => {
      a.send(rtpPacket(sequence), rollover);
      expect(await b.next(rollover)).toEqual(rtpPacket(sequence));
    };
    for (const [sequence, rollover] of [
      [60_000, 0],
      [20_000, 1],
      [45_000, 1],
      [10_000, 2],
    ] as const) {
      await round(sequence, rollover);
    }
    await reinvite(bridge);
    await round(10_001, 2);
  });

  check("SEC-3 whoever takes a new key is never sent to from a rollover counter it cannot know", async () => {
    const bridge = await ground.bridge(ONLY_B);
    const { a, b } = bridge;
    for (const [sequence, rollover] of [
      [60_000, 0],
      [20_000, 1],
    ] as const) {
      a.send(rtpPacket(sequence));
      expect(await b.next(rollover)).toEqual(rtpPacket(sequence));
    }
    b.rekey();
    await reinvite(bridge);
    a.send(rtpPacket(20_001));
    const heard = await b.next(0);
    expect(heard.readUInt16BE(2)).toBe(20_001);
    expect(heard.subarray(12)).toEqual(rtpPacket(20_001).subarray(12));
    expect(heard.readUInt32BE(8)).not.toBe(rtpPacket(1).readUInt32BE(8));
  });

  check(
    "SEC-3 a source that begins its sequence anew is enciphered under another name, never twice with one key stream",
    async () => {
      const { a, b } = await ground.bridge(ONLY_B);
      const from = async (sequence: number): Promise<Buffer> => {
        a.send(rtpPacket(sequence));
        return b.next();
      };
      const first = (await from(20_000)).readUInt32BE(8);
      for (const sequence of [100, 101]) a.send(rtpPacket(sequence));
      const anew = await from(102);
      expect(anew.readUInt32BE(8)).not.toBe(first);
      expect((await from(103)).readUInt32BE(8)).toBe(anew.readUInt32BE(8));
    },
  );
}
