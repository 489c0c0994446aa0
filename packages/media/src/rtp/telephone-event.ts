/** Event codes 0–15 in order (RFC 4733 §3.2, table 3). */
const DIGITS = "0123456789*#ABCD";
/** Bytes of the event payload (RFC 4733 §2.3). */
export const EVENT_BYTES = 4;
/** Power level of our events, dBm0 with the sign dropped (RFC 4733 §2.3.4). */
const VOLUME = 10;

/** Code of a digit, or -1 when there is none for it. Lower-case a–d are taken too. */
export function eventOfDigit(digit: string): number {
  return digit.length === 1 ? DIGITS.indexOf(digit.toUpperCase()) : -1;
}

/** Writes an event payload at `at` (RFC 4733 §2.3); `duration` is in timestamp units. */
export function writeEvent(p: Uint8Array, at: number, event: number, end: boolean, duration: number): void {
  p[at] = event;
  p[at + 1] = (end ? 0x80 : 0) | VOLUME;
  p[at + 2] = duration >>> 8;
  p[at + 3] = duration;
}

/** A packet of an earlier event this little behind (timestamp units, 1 s) is late, not a new event. */
const LATE = 8_000;
/** Timestamps of two segments of one long event are this far apart: the duration field is full (RFC 4733 §2.5.1.3). */
const FULL_SEGMENT = 0xffff;

/**
 * Hears digits, and remembers none. All packets of one event share its timestamp (RFC 4733 §2.5.1.2), so a digit counts once, with whichever of its
 * packets comes first: a lost beginning, a retransmitted end and duplicates change nothing.
 */
export class DigitListener {
  #event = -1;
  #timestamp = 0;

  /** Takes the payload of a telephone-event packet; events that are no DTMF digit and short payloads are ignored. @returns a new digit */
  hear(p: Uint8Array, at: number, end: number, timestamp: number): string | undefined {
    if (end - at < EVENT_BYTES) return undefined;
    const event = p[at] as number;
    const digit = DIGITS[event];
    if (digit === undefined) return undefined;
    const ahead = (timestamp - this.#timestamp) | 0;
    if (this.#event !== -1 && ahead <= 0 && ahead > -LATE) return undefined;
    const continued = event === this.#event && ahead === FULL_SEGMENT;
    this.#event = event;
    this.#timestamp = timestamp;
    return continued ? undefined : digit;
  }
}
