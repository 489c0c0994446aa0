/** A jump of the sequence number up to this is loss (RFC 3550 A.1). */
const MAX_DROPOUT = 3_000;
/** A step back up to this is reordering (RFC 3550 A.1). */
const MAX_MISORDER = 100;
const SEQUENCE_SPAN = 65_536;

/**
 * What one receiver knows of one stream: packets, loss and interarrival jitter (RFC 3550 A.1, A.3, A.8).
 *
 * A.1's probation is left out: whose packets count is decided before, by address. A new SSRC or a restarted sequence begins a
 * new account and keeps the losses of the old one. Nothing is allocated per packet.
 */
export class Reception {
  packets = 0;
  bytes = 0;
  #ssrc = -1;
  #base = 0;
  #highest = 0;
  #cycles = 0;
  #received = 0;
  #bad = -1;
  #lostBefore = 0;
  #lastArrivalMs = 0;
  #lastTimestamp = 0;
  #lastClockRate = 0;
  #jitter = 0;
  #jitterSamples = 0;

  /**
   * Counts one packet that is not read as RTP.
   *
   * @param lengthBytes the whole datagram's payload
   */
  count(lengthBytes: number): void {
    this.packets += 1;
    this.bytes += lengthBytes;
  }

  /**
   * Counts one RTP packet.
   *
   * @param clockRate ticks per second of its payload type; 0 (unknown clock, or telephone events, whose packets share one
   *   timestamp) leaves jitter alone
   * @param arrivalMs monotonic milliseconds
   */
  receive(
    sequence: number,
    timestamp: number,
    ssrc: number,
    clockRate: number,
    arrivalMs: number,
    lengthBytes: number,
  ): void {
    this.count(lengthBytes);
    if (ssrc !== this.#ssrc) {
      this.#restart(sequence);
      this.#ssrc = ssrc;
    } else if (!this.#advance(sequence)) return;
    this.#received += 1;
    if (clockRate > 0) this.#updateJitter(timestamp, clockRate, arrivalMs);
  }

  /** Packets expected but not received; never negative, though duplicates may hide losses (RFC 3550 A.3). */
  get lost(): number {
    return this.#lostBefore + this.#lostNow();
  }

  /** Share of packets lost of those expected, 0 to 1. */
  get lossRatio(): number {
    const expected = this.lost + this.packets;
    return expected === 0 ? 0 : this.lost / expected;
  }

  /** Null before two packets that can be compared. */
  get jitterMs(): number | null {
    return this.#jitterSamples === 0 ? null : (this.#jitter * 1_000) / this.#lastClockRate;
  }

  /** What a report block says (RFC 3550 §6.4.1): source, extended highest sequence number, jitter in timestamp units. */
  get report(): { readonly ssrc: number; readonly highest: number; readonly lost: number; readonly jitter: number } {
    return {
      ssrc: Math.max(this.#ssrc, 0),
      highest: this.#cycles + this.#highest,
      lost: this.lost,
      jitter: Math.floor(this.#jitter),
    };
  }

  #lostNow(): number {
    if (this.#ssrc === -1) return 0;
    const expected = this.#cycles + this.#highest - this.#base + 1;
    return Math.max(0, expected - this.#received);
  }

  #restart(sequence: number): void {
    this.#lostBefore += this.#lostNow();
    this.#base = sequence;
    this.#highest = sequence;
    this.#cycles = 0;
    this.#received = 0;
    this.#bad = -1;
    this.#lastClockRate = 0;
  }

  /** Follows the sequence number (RFC 3550 A.1 `update_seq`); false for a jump that is not believed yet. */
  #advance(sequence: number): boolean {
    const ahead = (sequence - this.#highest) & 0xffff;
    if (ahead < MAX_DROPOUT) {
      if (sequence < this.#highest) this.#cycles += SEQUENCE_SPAN;
      this.#highest = sequence;
    } else if (ahead <= SEQUENCE_SPAN - MAX_MISORDER) {
      // A second packet in a row after the jump: the other side restarted without telling.
      if (sequence !== this.#bad) {
        this.#bad = (sequence + 1) & 0xffff;
        return false;
      }
      this.#restart(sequence);
    }
    return true;
  }

  /** RFC 3550 A.8, on differences, so that a wrap of the timestamp does not matter. */
  #updateJitter(timestamp: number, clockRate: number, arrivalMs: number): void {
    if (this.#lastClockRate === clockRate) {
      const sentAgo = (timestamp - this.#lastTimestamp) | 0;
      const arrivedAgo = ((arrivalMs - this.#lastArrivalMs) * clockRate) / 1_000;
      this.#jitter += (Math.abs(arrivedAgo - sentAgo) - this.#jitter) / 16;
      this.#jitterSamples += 1;
    } else if (this.#jitterSamples > 0) {
      this.#jitter = 0;
      this.#jitterSamples = 0;
    }
    this.#lastClockRate = clockRate;
    this.#lastTimestamp = timestamp;
    this.#lastArrivalMs = arrivalMs;
  }
}
