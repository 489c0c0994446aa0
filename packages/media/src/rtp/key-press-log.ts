import type { KeyPress } from "../plane.ts";
import { DigitListener, EVENT_BYTES } from "./telephone-event.ts";

/** Of one leg; a person keys in some dozens. */
export const MAX_KEY_PRESSES = 200;

type Noted = { readonly atMs: number; readonly timestamp: number; durationMs: number };

/**
 * When keys were pressed and for how long (RFC 4733), and never which: the digits of a call are PINs and card numbers. Allocates for a new
 * key press, not for its packets.
 */
export class KeyPressLog {
  readonly #listener = new DigitListener();
  readonly #noted: Noted[] = [];

  /** Takes the payload of a telephone-event packet. */
  hear(p: Uint8Array, at: number, end: number, timestamp: number, clockRate: number, nowMs: number): void {
    const isNew = this.#listener.hear(p, at, end, timestamp) !== undefined;
    if (isNew && this.#noted.length < MAX_KEY_PRESSES) this.#noted.push({ atMs: nowMs, timestamp, durationMs: 0 });
    const latest = this.#noted.at(-1);
    if (latest === undefined || latest.timestamp !== timestamp || end - at < EVENT_BYTES || clockRate <= 0) return;
    const duration = ((p[at + 2] as number) << 8) | (p[at + 3] as number);
    latest.durationMs = Math.max(latest.durationMs, (duration * 1_000) / clockRate);
  }

  /** @param epochMs wall clock at 0 of the clock that `nowMs` was of */
  read(epochMs: number): readonly KeyPress[] {
    return this.#noted.map(({ atMs, durationMs }) => ({
      atMs: Math.round(epochMs + atMs),
      durationMs: Math.round(durationMs),
    }));
  }
}
