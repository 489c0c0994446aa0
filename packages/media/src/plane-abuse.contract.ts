import { expect } from "vitest";
import type { Leg } from "./plane.ts";
import { type Bridge, type Check, type Ground, received, SYMMETRIC, V4 } from "./plane-ground.fixture.ts";
import { type Mailbox, rtcpPacket, rtpPacket, until } from "./rtp-peer.fixture.ts";

/** Ports tried on either side of those in use. The plane's own range is wider; what matters is that those in use are among them. */
const AROUND = 40;
/** A packet that a stranger makes up, told from all that the ends say. */
const INJECTED = rtpPacket(0xbad, 0, 0xbad0bad);

const SECURITY = [
  ["RTP", { a: false, b: false }],
  ["SRTP", { a: true, b: true }],
] as const;
const LEARNING = [
  ["off", V4],
  ["on", SYMMETRIC],
] as const;

/** Strangers at a plane's ports while a call is up: RTP bleed and injection (MED-1, MED-5; RFC 7362 §4, whose latch is locked here). */
export function abuseChecks(check: Check, ground: Ground): void {
  for (const [what, srtp] of SECURITY) {
    for (const [symmetric, options] of LEARNING) {
      check(
        `MED-5 spraying the ports of a call leaks and injects nothing (${what}, symmetric RTP ${symmetric})`,
        async () => {
          const bridge = await ground.bridge(srtp, options);
          await talk(bridge, 1);
          await report(bridge);
          const strangers = [await ground.mailbox("127.0.0.2"), await ground.mailbox("127.0.0.1")];
          for (let round = 0; round < 5; round += 1) {
            for (const stranger of strangers) spray(stranger, bridge);
            await talk(bridge, 2 + round);
          }
          expect(strangers.map(({ untaken }) => untaken)).toEqual([0, 0]);
          expect(await received(bridge.session, "a")).toBe(6);
          expect(await received(bridge.session, "b")).toBe(6);
          expect((await bridge.session.counters()).map(({ sourceChanges }) => sourceChanges)).toEqual([0, 0]);
        },
      );
    }
  }

  check("MED-1 what a stranger sends to a leg is counted as rejected", async () => {
    const { session, a, b } = await ground.bridge({ a: false, b: false });
    await talk({ session, a, b }, 1);
    const stranger = await ground.mailbox("127.0.0.2");
    for (let i = 0; i < 7; i += 1) stranger.send(rtpPacket(i), a.port, "127.0.0.1");
    a.sendRaw(Buffer.from("no RTP at all"));
    const countOf = async (leg: Leg): Promise<number> =>
      (await session.counters()).find((one) => one.leg === leg)?.packetsRejected ?? -1;
    await until(async () => (await countOf("a")) === 8, "eight packets are counted as rejected");
    expect(await countOf("b")).toBe(0);
  });
}

/** One packet each way; nothing else may have come to either end since the last. */
async function talk({ a, b }: Bridge, sequence: number): Promise<void> {
  for (const [from, to] of [[a, b] as const, [b, a] as const]) {
    from.send(rtpPacket(sequence));
    expect(await to.next()).toEqual(rtpPacket(sequence));
    expect([to.peer.rtp.untaken, to.peer.rtcp.untaken]).toEqual([0, 0]);
  }
}

/** A report each way, so that it is known where each end's come from. */
async function report({ a, b }: Bridge): Promise<void> {
  a.sendRtcp(rtcpPacket(1));
  expect(await b.nextRtcp()).toEqual(rtcpPacket(1));
  b.sendRtcp(rtcpPacket(2));
  expect(await a.nextRtcp()).toEqual(rtcpPacket(2));
}

function spray(stranger: Mailbox, { a, b }: Bridge): void {
  for (const { port } of [a, b]) {
    for (let near = port - AROUND; near <= port + AROUND + 1; near += 1) {
      stranger.send(INJECTED, near, "127.0.0.1");
      stranger.send(rtcpPacket(0xbad), near, "127.0.0.1");
    }
  }
}
