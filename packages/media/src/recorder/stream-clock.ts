/** A packet whose place is not known yet. Times and places are samples of the recording's timeline. */
export type Held = {
  readonly timestamp: number;
  readonly arrival: number;
  readonly codes: Uint8Array;
  readonly values: Int16Array;
};

/** A packet later than this, by its timestamp, means that the timestamps no longer say when it was spoken. */
const LATEST = 8_000;
/** Nor may its timestamp lead by more. */
const EARLIEST = 2_400;
/** How long the packets of a stream are compared before its place is settled: the least delayed among them tells it best. */
const TRIAL = 1_600;
/** More packets than this are not held, whatever burst they come in. */
const MOST_HELD = 128;
/** RFC 3550 A.1: further ahead is not loss but a sequence begun anew. */
const MAX_DROPOUT = 3_000;

export type Placing =
  | { readonly kind: "place"; readonly at: number }
  /** Wait: keep the packet with `hold`. */
  | { readonly kind: "hold" }
  | { readonly kind: "drop" };

const HOLD: Placing = { kind: "hold" };
const DROP: Placing = { kind: "drop" };

/**
 * Where the packets of one RTP source (SSRC) belong on the timeline: a base that ties its timestamps to the timeline, and the
 * packets that wait for one.
 *
 * Timestamps, not arrivals, place a packet, so jitter, loss and reordering leave no trace. Arrivals only settle the base: at the
 * beginning, and when timestamps jump against the clock (a sender that freezes them during hold, or restarts them).
 */
export class StreamClock {
  readonly ssrc: number;
  #base: { timestamp: number; position: number } | null = null;
  #sequence = 0;
  /** What would follow a packet that was too odd to be believed; -1: none. */
  #expected = -1;
  #held: Held[] = [];

  constructor(ssrc: number) {
    this.ssrc = ssrc;
  }

  get holds(): boolean {
    return this.#held.length > 0;
  }

  /** Says where a packet goes. `late` of it against the timeline is `arrival - at`. */
  place(sequence: number, timestamp: number, arrival: number): Placing {
    if (this.#base === null) return this.#wait(sequence);
    const at = this.#positionOf(timestamp);
    if (!fits(at, arrival)) return this.#isNewer(sequence) || this.#isRestart(sequence) ? this.#wait(sequence) : DROP;
    if (this.#isNewer(sequence)) {
      this.#base.timestamp = timestamp;
      this.#base.position = at;
      this.#sequence = sequence;
    }
    return { kind: "place", at };
  }

  /** Samples of the first held packet: the pace at which its sender sends. */
  get step(): number {
    return this.#held[0]?.codes.length ?? 1;
  }

  hold(packet: Held): void {
    if (this.#held.length < MOST_HELD) this.#held.push(packet);
  }

  /** True when the held packets have been compared long enough. */
  isDue(now: number): boolean {
    const first = this.#held[0];
    return first !== undefined && (now - first.arrival >= TRIAL || this.#held.length >= MOST_HELD);
  }

  /** Where the first held packet belongs by the least delayed of them all. */
  estimate(): number {
    const first = this.#held[0];
    if (first === undefined) return 0;
    return Math.min(...this.#held.map(({ timestamp, arrival }) => arrival - ((timestamp - first.timestamp) | 0)));
  }

  /** Fixes the first held packet at `position`; the others follow by their timestamps. */
  anchor(position: number): void {
    const first = this.#held[0];
    if (first !== undefined) this.#base = { timestamp: first.timestamp, position };
  }

  /** Moves everything to come; negative: earlier. */
  shift(samples: number): void {
    if (this.#base !== null) this.#base.position += samples;
  }

  /** The held packets that fit the base, each with its place; none is held afterwards. */
  release(): readonly (Held & { readonly at: number })[] {
    const held = this.#held;
    this.#held = [];
    return held
      .map((packet) => ({ ...packet, at: this.#positionOf(packet.timestamp) }))
      .filter(({ at, arrival }) => fits(at, arrival));
  }

  #wait(sequence: number): Placing {
    this.#sequence = sequence;
    this.#expected = -1;
    return HOLD;
  }

  #positionOf(timestamp: number): number {
    if (this.#base === null) return 0;
    // A signed difference: right across the wrap of the 32 bits.
    return this.#base.position + ((timestamp - this.#base.timestamp) | 0);
  }

  #isNewer(sequence: number): boolean {
    const ahead = (sequence - this.#sequence) & 0xffff;
    return ahead > 0 && ahead < MAX_DROPOUT;
  }

  /** A second packet in a row after a jump back: not a straggler, the sender has begun anew (RFC 3550 A.1). */
  #isRestart(sequence: number): boolean {
    if (sequence === this.#expected) return true;
    this.#expected = (sequence + 1) & 0xffff;
    return false;
  }
}

function fits(at: number, arrival: number): boolean {
  return arrival - at <= LATEST && at - arrival <= EARLIEST;
}
