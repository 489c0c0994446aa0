import type { Leg } from "../plane.ts";
import { isSpeech, type PayloadFormat } from "../rtp/codec.ts";
import { monotonicMs } from "./monotonic.ts";

/**
 * The way of packets from a media thread to the recorder: one ring in shared memory per recording, one writer, one reader.
 *
 * A media thread copies each packet in (`RingWriter.take`: no allocation, no message, no waiting); the recorder's thread empties
 * all rings a few times per second. When the reader is away for too long the writer drops and counts: a disk never delays a packet.
 *
 * Layout: 16 words of control, a table of payload types per leg, then records: `length | leg << 16`, arrival in samples since the
 * recording's start, the packet, padded to 8 bytes. Head and tail count bytes and never go back (modulo 2^32).
 */
const HEAD = 0;
const TAIL = 1;
const DROPPED = 2;
const STARTED = 3;
/** Bytes 16 to 23 as one double: monotonic ms at which the recording's time began. */
const EPOCH_DOUBLE = 2;
/** The reader's notes, for whoever asks: frames in the file, packets heard per leg, timeline sample of the file's first frame. */
const FRAMES = 6;
const SHIFT = 7;
const HEARD: Readonly<Record<Leg, number>> = { a: 8, b: 9 };
const CONTROL_BYTES = 64;
const TYPES = 128;
const DATA_AT = CONTROL_BYTES + 2 * TYPES;
const RECORD_HEADER_BYTES = 8;
/** In place of a length: the rest up to the end of the ring is unused. */
const SKIP = 0xffff;

/** About six seconds of both legs in G.711 with 20 ms packets: how long a disk may stall without loss. */
const RING_BYTES = 128 * 1024;
/** Speech packets are far smaller; what is larger is not worth the room. */
const LARGEST_PACKET_BYTES = 2_048;

/** Samples per millisecond of a recording's timeline. */
export const SAMPLES_PER_MS = 8;

/** What a payload type is to the recorder. Numbers from `UNSUPPORTED` on are speech it cannot decode. */
const PCMU = 1;
export const PCMA = 2;
export const NOT_SPEECH = 3;
export const UNSUPPORTED = 4;
/** Names worth telling; any other is told as the last. */
const UNSUPPORTED_NAMES = ["G722", "G729", "G723", "opus", "iLBC", "GSM", "AMR", "AMR-WB", "speex", "another codec"];

/** Name of the codec that a table entry stands for. */
export function unsupportedName(entry: number): string {
  return UNSUPPORTED_NAMES[entry - UNSUPPORTED] ?? "another codec";
}

/** @param dataBytes room for packets: a power of two, at least 4096 */
export function makeRing(dataBytes = RING_BYTES): SharedArrayBuffer {
  if (dataBytes < 4_096 || (dataBytes & (dataBytes - 1)) !== 0) {
    throw new RangeError(`a ring of ${dataBytes} bytes: not a power of two from 4096 on`);
  }
  const ring = new SharedArrayBuffer(DATA_AT + dataBytes);
  const types = new Uint8Array(ring, CONTROL_BYTES, 2 * TYPES);
  // RFC 3551 table 4: what these numbers mean needs no a=rtpmap.
  for (const table of [0, TYPES]) {
    types[table] = PCMU;
    types[table + 8] = PCMA;
    types[table + 13] = NOT_SPEECH;
  }
  return ring;
}

/**
 * The writing end. The recording's time begins when the first writer is made.
 *
 * A ring has one writer at a time, in one thread.
 */
export class RingWriter {
  readonly #control: Int32Array;
  readonly #types: Uint8Array;
  readonly #data: Uint8Array;
  readonly #words: Uint32Array;
  readonly #epochMs: number;
  #head: number;

  /** @param beganMs when the recording's time begins, by this thread's `performance.now()`, unless it has begun already */
  constructor(ring: SharedArrayBuffer, beganMs = performance.now()) {
    this.#control = new Int32Array(ring, 0, CONTROL_BYTES / 4);
    this.#types = new Uint8Array(ring, CONTROL_BYTES, 2 * TYPES);
    this.#data = new Uint8Array(ring, DATA_AT);
    this.#words = new Uint32Array(ring, DATA_AT);
    this.#head = Atomics.load(this.#control, HEAD);
    this.#epochMs = this.#begin(new Float64Array(ring, 0, CONTROL_BYTES / 8), beganMs);
  }

  /** Says what payload types in packets from that leg mean. They add up: RFC 3264 §8.3.2 forbids to give one another meaning. */
  formats(leg: Leg, formats: readonly PayloadFormat[]): void {
    const table = tableOf(leg);
    for (const format of formats) this.#types[table + (format.type & 0x7f)] = entryOf(format);
  }

  /**
   * Copies one RTP packet, already decrypted, for the recorder. Never blocks and never throws; without room the packet is counted
   * as dropped.
   *
   * @param length bytes of `packet` that count
   * @param arrivalMs when it came, by this thread's `performance.now()`
   */
  take(leg: Leg, packet: Uint8Array, length: number, arrivalMs: number): void {
    if (length > LARGEST_PACKET_BYTES) return;
    const data = this.#data;
    const size = RECORD_HEADER_BYTES + ((length + 7) & ~7);
    let at = this.#head & (data.length - 1);
    const untilEnd = data.length - at;
    const needed = size > untilEnd ? untilEnd + size : size;
    const used = (this.#head - Atomics.load(this.#control, TAIL)) >>> 0;
    if (needed > data.length - used) {
      Atomics.add(this.#control, DROPPED, 1);
      return;
    }
    if (needed !== size) {
      this.#words[at >>> 2] = SKIP;
      at = 0;
    }
    this.#words[at >>> 2] = length | (leg === "a" ? 0 : 0x10000);
    this.#words[(at >>> 2) + 1] = Math.max(0, Math.round((monotonicMs(arrivalMs) - this.#epochMs) * SAMPLES_PER_MS));
    const start = at + RECORD_HEADER_BYTES;
    for (let i = 0; i < length; i += 1) data[start + i] = packet[i] as number;
    this.#head = (this.#head + needed) | 0;
    Atomics.store(this.#control, HEAD, this.#head);
  }

  #begin(doubles: Float64Array, beganMs: number): number {
    if (Atomics.load(this.#control, STARTED) === 0) {
      doubles[EPOCH_DOUBLE] = monotonicMs(beganMs);
      Atomics.store(this.#control, STARTED, 1);
    }
    return doubles[EPOCH_DOUBLE] as number;
  }
}

/** Takes packets out of a ring. `packet` is a view into it and good only during the call. */
export type PacketSink = (leg: Leg, packet: Uint8Array, arrival: number) => void;

/** The reading end. */
export class RingReader {
  readonly #control: Int32Array;
  readonly #doubles: Float64Array;
  readonly #types: Uint8Array;
  readonly #data: Uint8Array;
  readonly #words: Uint32Array;
  #droppedSeen = 0;

  constructor(ring: SharedArrayBuffer) {
    this.#control = new Int32Array(ring, 0, CONTROL_BYTES / 4);
    this.#doubles = new Float64Array(ring, 0, CONTROL_BYTES / 8);
    this.#types = new Uint8Array(ring, CONTROL_BYTES, 2 * TYPES);
    this.#data = new Uint8Array(ring, DATA_AT);
    this.#words = new Uint32Array(ring, DATA_AT);
    this.#droppedSeen = Atomics.load(this.#control, DROPPED);
  }

  /** Sample of the recording's timeline at that monotonic time; null while it has not begun. */
  sampleAt(timeMs: number): number | null {
    if (Atomics.load(this.#control, STARTED) === 0) return null;
    return Math.max(0, Math.round((timeMs - (this.#doubles[EPOCH_DOUBLE] as number)) * SAMPLES_PER_MS));
  }

  /** What a payload type of that leg is; 0 when its SDP does not say. */
  typeOf(leg: Leg, payloadType: number): number {
    return this.#types[tableOf(leg) + payloadType] as number;
  }

  /** Gives every packet that is there now, in the order of arrival. */
  drain(sink: PacketSink): void {
    const head = Atomics.load(this.#control, HEAD);
    let tail = Atomics.load(this.#control, TAIL);
    while (tail !== head) {
      const at = tail & (this.#data.length - 1);
      const word = this.#words[at >>> 2] as number;
      const length = word & 0xffff;
      if (length === SKIP) tail = (tail + this.#data.length - at) | 0;
      else {
        const start = at + RECORD_HEADER_BYTES;
        const packet = this.#data.subarray(start, start + length);
        sink(word >>> 16 === 0 ? "a" : "b", packet, this.#words[(at >>> 2) + 1] as number);
        tail = (tail + RECORD_HEADER_BYTES + ((length + 7) & ~7)) | 0;
      }
      // One by one: a long backlog makes room while it is worked off.
      Atomics.store(this.#control, TAIL, tail);
    }
  }

  /** Packets that found no room since this was asked last. */
  takeDropped(): number {
    const dropped = Atomics.load(this.#control, DROPPED);
    const news = (dropped - this.#droppedSeen) >>> 0;
    this.#droppedSeen = dropped;
    return news;
  }

  /** @param shift timeline sample of the file's first frame */
  note(frames: number, shift: number, heard: Readonly<Record<Leg, number>>): void {
    Atomics.store(this.#control, FRAMES, frames);
    Atomics.store(this.#control, SHIFT, shift);
    Atomics.store(this.#control, HEARD.a, heard.a);
    Atomics.store(this.#control, HEARD.b, heard.b);
  }
}

export type RingNotes = {
  readonly frames: number;
  readonly shift: number;
  readonly heard: Readonly<Record<Leg, number>>;
};

/** What the reader noted last, up to a few hundred milliseconds ago. */
export function readNotes(ring: SharedArrayBuffer): RingNotes {
  const control = new Int32Array(ring, 0, CONTROL_BYTES / 4);
  return {
    frames: Atomics.load(control, FRAMES),
    shift: Atomics.load(control, SHIFT),
    heard: { a: Atomics.load(control, HEARD.a), b: Atomics.load(control, HEARD.b) },
  };
}

function tableOf(leg: Leg): number {
  return leg === "a" ? 0 : TYPES;
}

function entryOf({ name, clockRate }: PayloadFormat): number {
  if (!isSpeech(name) && name.toLowerCase() !== "red") return NOT_SPEECH;
  if (name.toUpperCase() === "PCMU" && clockRate === 8_000) return PCMU;
  if (name.toUpperCase() === "PCMA" && clockRate === 8_000) return PCMA;
  const known = UNSUPPORTED_NAMES.findIndex((one) => one.toLowerCase() === name.toLowerCase());
  return UNSUPPORTED + (known < 0 ? UNSUPPORTED_NAMES.length - 1 : known);
}
