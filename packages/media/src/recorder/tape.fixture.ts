import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DECODED } from "../audio/g711.ts";
import type { Leg } from "../plane.ts";
import type { PayloadFormat } from "../rtp/codec.ts";
import { FIXED_HEADER_BYTES, writeHeader } from "../rtp/header.ts";
import type { Ending } from "./files.ts";
import { LiveRecording } from "./live-recording.ts";
import { monotonicMs } from "./monotonic.ts";
import type { GapCause, RecordingOrder } from "./recording.types.ts";
import { RecordingFile } from "./recording-file.ts";
import { makeRing, RingWriter } from "./ring.ts";
import { HEADER_BYTES } from "./wave.ts";

/** 20 ms of G.711. */
export const FRAME = 160;

export const ORDER: RecordingOrder = { sid: "RE1", callSid: "CA1", accountSid: "AC1", channels: 2, trim: false };

/** G.711 codes as good as random: no two stretches of a call are alike. In both laws each is louder than what counts as silence. */
export function codesOf(leg: Leg, from: number, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => {
    let x = Math.imul(2 * (from + i) + (leg === "a" ? 1 : 2), 0x9e37_79b1);
    x = Math.imul(x ^ (x >>> 15), 0x85eb_ca6b);
    return ((x ^ (x >>> 13)) >>> 8) & 0xbf;
  });
}

export function soundOf(leg: Leg, from: number, count: number, law: "PCMU" | "PCMA" = "PCMU"): number[] {
  return Array.from(codesOf(leg, from, count), (code) => DECODED[law][code] as number);
}

export type Spoken = {
  readonly sequence: number;
  readonly timestamp: number;
  readonly codes: Uint8Array;
  readonly type?: number;
  readonly ssrc?: number;
};

export function packetOf({ sequence, timestamp, codes, type = 0, ssrc = 1 }: Spoken): Uint8Array {
  const packet = new Uint8Array(FIXED_HEADER_BYTES + codes.length);
  writeHeader(packet, type, false, sequence, timestamp >>> 0, ssrc);
  packet.set(codes, FIXED_HEADER_BYTES);
  return packet;
}

/** A recording whose time a test makes: everything from the ring to the file, without threads. Times are ms since its start. */
export class Tape {
  readonly recording: LiveRecording;
  readonly told: GapCause[] = [];
  readonly #dir = mkdtempSync(join(tmpdir(), "tape-"));
  readonly #channels: 1 | 2;
  readonly #writer: RingWriter;
  readonly #beganMs = performance.now();

  constructor(order: Partial<RecordingOrder> = {}, ringBytes?: number) {
    const whole = { ...ORDER, ...order };
    this.#channels = whole.channels;
    const ring = makeRing(ringBytes);
    this.#writer = new RingWriter(ring, this.#beganMs);
    const file = RecordingFile.create(join(this.#dir, "tape.part"), this.#channels);
    this.recording = new LiveRecording(whole, 0, ring, file, (cause) => this.told.push(cause));
  }

  formats(leg: Leg, formats: readonly PayloadFormat[]): void {
    this.#writer.formats(leg, formats);
  }

  hear(leg: Leg, packet: Uint8Array, atMs: number): void {
    this.#writer.take(leg, packet, packet.length, this.#beganMs + atMs);
  }

  advance(toMs: number): void {
    this.recording.advance(this.clock(toMs));
  }

  clock(atMs: number): number {
    return monotonicMs(this.#beganMs + atMs);
  }

  /** Ends it and reads what is in the file. */
  end(atMs: number): { readonly a: number[]; readonly b: number[]; readonly ending: Ending } {
    const ending = this.recording.end(this.clock(atMs));
    const { path } = this.recording.file;
    RecordingFile.finish(path, this.#channels, ending.frames);
    const bytes = readFileSync(path);
    rmSync(this.#dir, { recursive: true });
    const channel = (first: number): number[] =>
      Array.from({ length: ending.frames }, (_, i) =>
        bytes.readInt16LE(HEADER_BYTES + 2 * (i * this.#channels + (first % this.#channels))),
      );
    return { a: channel(0), b: channel(1), ending };
  }
}

/** Where a stretch of sound stands in a channel; -1 when it does not. */
export function find(channel: readonly number[], sound: readonly number[]): number {
  const [first] = sound;
  for (let at = 0; at + sound.length <= channel.length; at += 1) {
    if (channel[at] === first && sound.every((value, i) => channel[at + i] === value)) return at;
  }
  return -1;
}

/** Where a channel first differs from what it should be; "same" when nowhere. Says more than two long lists. */
export function compare(channel: readonly number[], want: readonly number[]): string {
  const at = want.findIndex((sample, i) => channel[i] !== sample);
  if (at >= 0) return `${channel[at]} instead of ${want[at]} at sample ${at} of ${want.length}`;
  return channel.length === want.length ? "same" : `${channel.length} samples instead of ${want.length}`;
}

/** One packet of a leg that speaks without a break: number `n`, of 20 ms, its arrival at its own time. */
export function spoken(leg: Leg, n: number, change: Partial<Spoken> = {}): Uint8Array {
  return packetOf({ sequence: n, timestamp: n * FRAME, codes: codesOf(leg, n * FRAME, FRAME), ...change });
}

export type Sent = { readonly leg: Leg; readonly atMs: number; readonly packet: Uint8Array };

/** Plays packets in the order of their arrival, with a tick of the recorder every 100 ms. */
export function play(tape: Tape, sent: readonly Sent[]): void {
  let tickMs = 100;
  for (const { leg, atMs, packet } of sent.toSorted((one, other) => one.atMs - other.atMs)) {
    for (; tickMs < atMs; tickMs += 100) tape.advance(tickMs);
    tape.hear(leg, packet, atMs);
  }
  tape.advance(tickMs);
}

/** Both legs speak from 0 to `count` packets; `change` may alter, delay or drop what leg B sends. */
export function talk(count: number, change: (n: number, sent: Sent) => Sent | null = (_, sent) => sent): Sent[] {
  return Array.from({ length: count }, (_, n) => {
    const a: Sent = { leg: "a", atMs: n * 20, packet: spoken("a", n) };
    const b = change(n, { leg: "b", atMs: n * 20, packet: spoken("b", n, { ssrc: 2 }) });
    return b === null ? [a] : [a, b];
  }).flat();
}

export function silence(channel: readonly number[], from: number, to: number): boolean {
  return channel.slice(from, to).every((sample) => sample === 0);
}

export const WHOLE = 150;
export const whole = (leg: Leg): number[] => soundOf(leg, 0, WHOLE * FRAME);

/** Packets `from` to `to` of both legs. */
export function playOn(tape: Tape, from: number, to: number): void {
  const sent = talk(to).filter(({ atMs }) => atMs >= from * 20);
  for (const { leg, atMs, packet } of sent) {
    tape.hear(leg, packet, atMs);
    tape.advance(atMs);
  }
}
