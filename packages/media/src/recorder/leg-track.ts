import { DECODED } from "../audio/g711.ts";
import { headerLength, payloadEnd, payloadTypeOf, sequenceOf, ssrcOf, timestampOf } from "../rtp/header.ts";
import { NOT_SPEECH, PCMA, UNSUPPORTED } from "./ring.ts";
import { areQuiet } from "./silence.ts";
import { Skew } from "./skew.ts";
import { StreamClock } from "./stream-clock.ts";

/** Sources remembered at a time: the present one, and the one before it, whose stragglers may still come. */
const STREAMS = 2;
/** A new source may seem to begin before the old one ended by so many of its packets; more is not an effect of the way. */
const LARGEST_OVERLAP_PACKETS = 5;

type Ground = {
  /** What a payload type of the leg is; 0 when unknown. */
  typeOf(payloadType: number): number;
  /** Takes sound that begins at that sample of the timeline. */
  paint(at: number, codes: Uint8Array, values: Int16Array): void;
};

/**
 * One leg of a recording: takes its packets in any order and says where on the timeline their sound belongs.
 *
 * What is not there is silence: lost packets, gaps of silence suppression, comfort noise (RFC 3389), telephone events (RFC 4733).
 */
export class LegTrack {
  /** Packets of decodable speech. */
  heard = 0;
  /** End of the newest sound; null before any. */
  end: number | null = null;
  readonly #ground: Ground;
  readonly #skew = new Skew();
  #streams: StreamClock[] = [];
  #unsupported = 0;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  /** Takes one RTP packet; anything else is left alone. */
  take(packet: Uint8Array, arrival: number): void {
    const start = headerLength(packet, packet.length);
    if (start < 0) return;
    const end = payloadEnd(packet, packet.length, start);
    if (end <= start) return;
    const type = this.#ground.typeOf(payloadTypeOf(packet));
    if (type >= UNSUPPORTED) this.#unsupported = type;
    if (type === 0 || type >= NOT_SPEECH) return;
    this.heard += 1;
    const values = DECODED[type === PCMA ? "PCMA" : "PCMU"];
    this.#place(packet, packet.subarray(start, end), values, arrival);
  }

  /** Settles what has waited long enough; everything when `now` is infinite. */
  settle(now: number): void {
    for (const stream of this.#streams) if (stream.isDue(now)) this.#anchor(stream);
  }

  /** The table entry of an undecodable codec heard since this was asked last, or 0. */
  takeUnsupported(): number {
    const unsupported = this.#unsupported;
    this.#unsupported = 0;
    return unsupported;
  }

  #place(packet: Uint8Array, codes: Uint8Array, values: Int16Array, arrival: number): void {
    const stream = this.#streamOf(ssrcOf(packet));
    const timestamp = timestampOf(packet);
    const placing = stream.place(sequenceOf(packet), timestamp, arrival);
    if (placing.kind === "hold") {
      // The packet's memory belongs to the ring.
      stream.hold({ timestamp, arrival, codes: codes.slice(), values });
      if (stream.isDue(arrival)) this.#anchor(stream);
    } else if (placing.kind === "place") {
      if (stream.holds) this.#release(stream);
      const isPause = this.end === null || placing.at > this.end || areQuiet(codes, values);
      const correction = this.#skew.correction(isPause);
      stream.shift(correction);
      this.#skew.observe(arrival - placing.at - correction, arrival);
      this.#paint(placing.at + correction, codes, values);
    }
  }

  /**
   * Gives a stream its place: by arrival, but in step with what the leg sent before, since senders keep their pace of packets
   * across hold, transfer and restart; so both legs stay aligned to the sample.
   */
  #anchor(stream: StreamClock): void {
    const estimate = stream.estimate() - this.#skew.usual;
    let position = estimate;
    if (this.end !== null) {
      const step = stream.step;
      const gap = Math.round((estimate - this.end) / step) * step;
      position = this.end + (gap < 0 && gap >= -LARGEST_OVERLAP_PACKETS * step ? 0 : gap);
    }
    // What came after the start belongs to the recording, however fast it came.
    stream.anchor(Math.max(0, position));
    this.#skew.forget();
    this.#release(stream);
  }

  #release(stream: StreamClock): void {
    for (const { at, codes, values } of stream.release()) this.#paint(at, codes, values);
  }

  #paint(at: number, codes: Uint8Array, values: Int16Array): void {
    this.#ground.paint(at, codes, values);
    this.end = Math.max(this.end ?? 0, at + codes.length);
  }

  #streamOf(ssrc: number): StreamClock {
    const known = this.#streams.find((stream) => stream.ssrc === ssrc);
    if (known !== undefined) return known;
    const stream = new StreamClock(ssrc);
    const gone = this.#streams.length < STREAMS ? undefined : this.#streams.shift();
    if (gone?.holds) this.#anchor(gone);
    this.#streams.push(stream);
    return stream;
  }
}
