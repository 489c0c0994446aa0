import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Leg, MediaPlane, MediaSession } from "../plane.ts";
import { type Call, Ground } from "../plane-ground.fixture.ts";
import { portIn, until } from "../rtp-peer.fixture.ts";
import { createRecorder, type Recorder } from "./recorder.ts";
import type { RecorderAlarm, RecordingResult } from "./recording.types.ts";
import { channelOf } from "./talkers.fixture.ts";
import { codesOf, compare, FRAME, find, ORDER, packetOf, type Spoken, soundOf } from "./tape.fixture.ts";

const PACKET_MS = 20;

/** Says packets `from` to `to`, one every 20 ms; late ones follow at once. */
async function inTime(from: number, to: number, say: (n: number) => void): Promise<void> {
  const beganMs = performance.now() - from * PACKET_MS;
  for (let n = from; n < to; n += 1) {
    const leftMs = beganMs + n * PACKET_MS - performance.now();
    if (leftMs > 0) await wait(leftMs);
    say(n);
  }
}

function spoken(leg: Leg, n: number, change: Partial<Spoken> = {}): Buffer {
  const ssrc = leg === "a" ? 1 : 2;
  const whole = { sequence: n & 0xffff, timestamp: n * FRAME, codes: codesOf(leg, n * FRAME, FRAME), ssrc };
  return Buffer.from(packetOf({ ...whole, ...change }));
}

/** What every media plane that records has to do, tried with real packets, the recorder's thread and files. */
export function recordingContract(name: string, make: () => Promise<MediaPlane>): void {
  describe(`Recording: ${name}`, () => {
    const ground = new Ground();
    let dir: string;
    let recorder: Recorder;
    let results: RecordingResult[];
    let alarms: RecorderAlarm[];

    beforeAll(async () => {
      ground.plane = await make();
    });
    beforeEach(async () => {
      dir = mkdtempSync(join(tmpdir(), "recording-"));
      results = [];
      alarms = [];
      recorder = await createRecorder({
        dir,
        storage: { kind: "local" },
        onFinished: async (result) => void results.push(result),
        onAlarm: (alarm) => void alarms.push(alarm),
      });
    });
    afterEach(async () => {
      await ground.tidy();
      await recorder.close();
      rmSync(dir, { recursive: true });
    });
    afterAll(() => ground.plane?.close());

    async function record(session: MediaSession, sid = ORDER.sid): Promise<void> {
      const ring = await recorder.start({ ...ORDER, sid });
      if (session.record === undefined) throw new Error("this plane cannot record");
      await session.record(ring);
    }

    /** Both channels of a recording, once its packets have come through and it is finished. */
    async function finish(
      packets: Readonly<Record<Leg, number>>,
      sid = ORDER.sid,
    ): Promise<Readonly<Record<Leg, number[]>>> {
      const heard = (leg: Leg): number => recorder.find(sid)?.heard[leg] ?? 0;
      await until(() => heard("a") >= packets.a && heard("b") >= packets.b, `${sid} heard everything`, 5_000);
      await recorder.stop(sid);
      await until(() => results.some((one) => one.sid === sid), `${sid} is finished`, 10_000);
      const result = results.find((one) => one.sid === sid);
      if (result?.state !== "completed") throw new Error(`not completed but ${JSON.stringify(result)}`);
      const path = join(dir, "finished", result.file.name);
      return { a: channelOf(path, "a"), b: channelOf(path, "b") };
    }

    it("REC-2 is bit-exact on both channels, whatever law each leg speaks", async () => {
      const { session, a, b, port } = await ground.call();
      await record(session);
      await inTime(0, 100, (n) => {
        a.rtp.send(spoken("a", n), port.a);
        b.rtp.send(spoken("b", n, { type: 8 }), port.b);
      });
      const channels = await finish({ a: 100, b: 100 });
      expect(find(channels.a, soundOf("a", 0, 100 * FRAME))).toBeGreaterThanOrEqual(0);
      expect(find(channels.b, soundOf("b", 0, 100 * FRAME, "PCMA"))).toBeGreaterThanOrEqual(0);
      expect(alarms).toEqual([]);
    });

    it("REC-2 stays aligned to the sample through loss, reordering, silence suppression, a new source and hold", async () => {
      const { session, a, b, port } = await ground.call();
      await record(session);
      let held: Buffer | undefined;
      let sent = 0;
      const sayB = (packet: Buffer): void => {
        sent += 1;
        b.rtp.send(packet, port.b);
      };
      const say = (n: number): void => {
        a.rtp.send(spoken("a", n), port.a);
        const isLost = n % 17 === 11;
        const isSilent = n >= 40 && n < 55;
        const isHeld = n >= 120 && n < 150;
        if (isLost || isSilent || isHeld) return;
        const change = n < 80 ? {} : { ssrc: 9, sequence: (n + 50_000) & 0xffff, timestamp: 0xffff_0000 + n * FRAME };
        const packet = spoken("b", n, change);
        if (n % 13 === 5) held = packet;
        else {
          sayB(packet);
          if (held) sayB(held);
          held = undefined;
        }
      };
      await inTime(0, 120, say);
      await session.offer("b", b.sdp(["a=sendonly"]));
      await session.answer("a", a.sdp(["a=recvonly"]));
      await inTime(120, 150, say);
      await session.offer("b", b.sdp());
      await session.answer("a", a.sdp());
      await inTime(150, 200, say);
      const channels = await finish({ a: 200, b: sent });
      const offset = (leg: Leg, n: number): number => find(channels[leg], soundOf(leg, n * FRAME, FRAME)) - n * FRAME;
      const [byA, byB] = [offset("a", 1), offset("b", 1)];
      expect(Math.abs(byA - byB)).toBeLessThan(FRAME);
      for (const n of [2, 30, 56, 70, 78, 83, 100, 119, 151, 170, 199]) {
        expect(offset("a", n), `leg A, packet ${n}`).toBe(byA);
        expect(offset("b", n), `leg B, packet ${n}`).toBe(byB);
      }
    });

    it("REC-1 records early media, and the answer that follows it", async () => {
      const session = await ground.open();
      const [a, b] = [await ground.peer(), await ground.peer()];
      const toB = portIn(await session.offer("a", a.sdp()));
      await record(session);
      await session.answer("b", b.sdp());
      await inTime(0, 25, (n) => b.rtp.send(spoken("b", n), toB));
      const toA = portIn(await session.answer("b", b.sdp()));
      await inTime(25, 50, (n) => {
        a.rtp.send(spoken("a", n), toA);
        b.rtp.send(spoken("b", n), toB);
      });
      const channels = await finish({ a: 25, b: 50 });
      const early = find(channels.b, soundOf("b", 0, 25 * FRAME));
      expect(early).toBeGreaterThanOrEqual(0);
      expect(find(channels.a, soundOf("a", 25 * FRAME, 25 * FRAME))).toBeGreaterThan(early + 20 * FRAME);
    });

    it("SEC-2 records what SRTP carries in the clear", async () => {
      const { session, a, b } = await ground.bridge({ a: true, b: false });
      await record(session);
      await inTime(0, 50, (n) => {
        a.send(spoken("a", n));
        b.send(spoken("b", n));
      });
      const channels = await finish({ a: 50, b: 50 });
      for (const leg of ["a", "b"] as const) {
        expect(find(channels[leg], soundOf(leg, 0, 50 * FRAME)), leg).toBeGreaterThanOrEqual(0);
      }
    });

    it("REC-4 hears nothing more once it is told to stop, nor of a session that is closed", async () => {
      const { session, a, port } = await ground.call();
      await record(session);
      await inTime(0, 10, (n) => a.rtp.send(spoken("a", n), port.a));
      await until(() => recorder.find("RE1")?.heard.a === 10, "they were heard");
      await session.record?.(null);
      await inTime(10, 20, (n) => a.rtp.send(spoken("a", n), port.a));
      await session.close();
      const { a: channel } = await finish({ a: 10, b: 0 });
      expect(find(channel, soundOf("a", 9 * FRAME, FRAME))).toBeGreaterThan(0);
      expect(find(channel, soundOf("a", 10 * FRAME, FRAME))).toBe(-1);
    });

    it("REC-4 records 50 calls at once, each bit-exact", { timeout: 60_000 }, async () => {
      const calls: Call[] = [];
      for (let i = 0; i < 50; i += 1) {
        const call = await ground.call();
        await record(call.session, `RE${i}`);
        calls.push(call);
      }
      await inTime(0, 100, (n) => {
        for (const [i, { a, b, port }] of calls.entries()) {
          a.rtp.send(spoken("a", n, { codes: codesOf("a", i * 9_999 + n * FRAME, FRAME) }), port.a);
          b.rtp.send(spoken("b", n, { codes: codesOf("b", i * 9_999 + n * FRAME, FRAME) }), port.b);
        }
      });
      for (const i of calls.keys()) {
        const channels = await finish({ a: 100, b: 100 }, `RE${i}`);
        for (const leg of ["a", "b"] as const) {
          const sound = soundOf(leg, i * 9_999, 100 * FRAME);
          const at = find(channels[leg], sound.slice(0, FRAME));
          expect(compare(channels[leg].slice(at, at + sound.length), sound), `RE${i} ${leg}`).toBe("same");
        }
      }
      expect(alarms).toEqual([]);
    });
  });
}
