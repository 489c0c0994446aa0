import { readFileSync } from "node:fs";
import type { Leg } from "../plane.ts";
import { RingWriter } from "./ring.ts";
import { codesOf, FRAME, packetOf } from "./tape.fixture.ts";
import { HEADER_BYTES } from "./wave.ts";

const PACKET_MS = 20;

/**
 * Calls whose legs both speak, packet upon packet, into the rings of their recordings. Arrivals are those of a perfect sender,
 * however busy this thread is. Each call's sound begins at a place of its own.
 */
export class Talkers {
  readonly #calls: {
    readonly writer: RingWriter;
    readonly offset: number;
    readonly beganMs: number;
    packets: number;
  }[] = [];
  readonly #timer = setInterval(() => this.#speak(), PACKET_MS / 2);

  /** @param offset where in the sound of `codesOf` it begins, in samples */
  add(ring: SharedArrayBuffer, offset = 0): void {
    const beganMs = performance.now();
    this.#calls.push({ writer: new RingWriter(ring, beganMs), offset, beganMs, packets: 0 });
  }

  /** Packets of the call that has said least. */
  get packets(): number {
    return Math.min(...this.#calls.map(({ packets }) => packets));
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #speak(): void {
    const nowMs = performance.now();
    for (const call of this.#calls) {
      for (; call.beganMs + call.packets * PACKET_MS <= nowMs; call.packets += 1) {
        const n = call.packets;
        for (const leg of ["a", "b"] as const) {
          const codes = codesOf(leg, call.offset + n * FRAME, FRAME);
          const packet = packetOf({ sequence: n & 0xffff, timestamp: n * FRAME, codes, ssrc: leg === "a" ? 1 : 2 });
          call.writer.take(leg, packet, packet.length, call.beganMs + n * PACKET_MS);
        }
      }
    }
  }
}

/** One channel of a WAV file of two, by what is in it, not by what its header says. */
export function channelOf(path: string, leg: Leg): number[] {
  const bytes = readFileSync(path);
  const frames = Math.floor((bytes.length - HEADER_BYTES) / 4);
  return Array.from({ length: frames }, (_, i) => bytes.readInt16LE(HEADER_BYTES + 4 * i + (leg === "a" ? 0 : 2)));
}
