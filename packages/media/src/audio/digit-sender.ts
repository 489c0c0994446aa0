import { eventOfDigit, writeEvent } from "../rtp/telephone-event.ts";

/** Timestamp units in one tick of 20 ms at 8000 Hz. */
const TICK_UNITS = 160;
/** 100 ms of digit, then 100 ms of nothing. */
const DIGIT_TICKS = 5;
const CYCLE_TICKS = 10;
/** The end is sent three times in all (RFC 4733 §2.5.1.4). */
const LAST_END_TICK = DIGIT_TICKS + 1;

type Queued = { readonly event: number; readonly sent: (() => void) | null };

/** Sends digits as telephone events (RFC 4733), one packet a tick, queued one after another. */
export class DigitSender {
  readonly #queue: Queued[] = [];
  #tick = 0;

  /** Queues digits; resolves when the last end packet has left, or at `clear`. Characters that are no digit are left out. */
  push(digits: string): Promise<void> {
    const events = [...digits].map(eventOfDigit).filter((event) => event >= 0);
    if (events.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      for (const [index, event] of events.entries()) {
        this.#queue.push({ event, sent: index === events.length - 1 ? resolve : null });
      }
    });
  }

  /** True in the ticks in which an event is to be sent instead of audio. */
  get speaking(): boolean {
    return this.#queue.length > 0 && this.#tick <= LAST_END_TICK;
  }

  /** Ticks since the event in `speaking` began; its packets carry the timestamp of that moment. */
  get ticksIntoEvent(): number {
    return this.#tick;
  }

  /** Writes this tick's event payload at `at`. */
  write(p: Uint8Array, at: number): void {
    const ticks = Math.min(this.#tick + 1, DIGIT_TICKS);
    writeEvent(p, at, this.#queue[0]?.event ?? 0, this.#tick >= DIGIT_TICKS - 1, ticks * TICK_UNITS);
  }

  /** The tick is over. */
  advance(): void {
    const current = this.#queue[0];
    if (current === undefined) return;
    if (this.#tick === LAST_END_TICK) current.sent?.();
    this.#tick += 1;
    if (this.#tick < CYCLE_TICKS) return;
    this.#tick = 0;
    this.#queue.shift();
  }

  /** Forgets what is queued and lets everyone who waits go. */
  clear(): void {
    for (const { sent } of this.#queue.splice(0)) sent?.();
    this.#tick = 0;
  }
}
