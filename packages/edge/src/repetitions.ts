import type { Host, TimerHandle } from "@trunkline/sip";
import { MAX_REPEATING } from "./limits.ts";

const MINUTE_MS = 60_000;

/** One minute of one kind. */
type Minute<Told> = {
  readonly sinceMs: number;
  last: Told;
  told: number;
  more: number;
  timer: TimerHandle;
};

/**
 * Lets the first of each kind through within a minute, counts the others, and says at the minute's end how many those were: what is worth a
 * database row once is not worth six thousand. The table of kinds is bounded; the oldest is closed for a new one.
 */
export class Repetitions<Told> {
  readonly #host: Pick<Host, "nowMs" | "setTimer" | "clearTimer">;
  readonly #perMinute: number;
  readonly #onMore: (last: Told, more: number) => void;
  /** By kind, the longest open first. */
  readonly #minutes = new Map<string, Minute<Told>>();

  /** @param onMore gets the last one that was let through, and how many came behind it */
  constructor(
    host: Pick<Host, "nowMs" | "setTimer" | "clearTimer">,
    perMinute: number,
    onMore: (last: Told, more: number) => void,
  ) {
    this.#host = host;
    this.#perMinute = perMinute;
    this.#onMore = onMore;
  }

  get kinds(): number {
    return this.#minutes.size;
  }

  /** True: tell it. False: it is counted. */
  admit(kind: string, told: Told): boolean {
    const minute = this.#minuteOf(kind) ?? this.#open(kind, told);
    if (minute.told >= this.#perMinute) {
      this.#count(kind, minute);
      return false;
    }
    minute.told += 1;
    minute.last = told;
    return true;
  }

  /** Counts one that is not to be told whatever; only when one of its kind was told within the minute, so that it costs no memory. */
  repeat(kind: string): void {
    const minute = this.#minuteOf(kind);
    if (minute) this.#count(kind, minute);
  }

  /** Says now what there is to say, and forgets everything. */
  flush(): void {
    for (const kind of [...this.#minutes.keys()]) this.#close(kind);
  }

  #minuteOf(kind: string): Minute<Told> | undefined {
    const minute = this.#minutes.get(kind);
    if (!minute || this.#host.nowMs() - minute.sinceMs < MINUTE_MS) return minute;
    this.#close(kind);
    return undefined;
  }

  #open(kind: string, last: Told): Minute<Told> {
    const [oldest] = this.#minutes.keys();
    if (oldest !== undefined && this.#minutes.size >= MAX_REPEATING) this.#close(oldest);
    const minute = { sinceMs: this.#host.nowMs(), last, told: 0, more: 0, timer: undefined };
    this.#minutes.set(kind, minute);
    return minute;
  }

  #count(kind: string, minute: Minute<Told>): void {
    minute.more += 1;
    if (minute.more > 1) return;
    const leftMs = minute.sinceMs + MINUTE_MS - this.#host.nowMs();
    minute.timer = this.#host.setTimer(leftMs, () => this.#close(kind));
  }

  #close(kind: string): void {
    const minute = this.#minutes.get(kind);
    this.#minutes.delete(kind);
    if (!minute || minute.more === 0) return;
    this.#host.clearTimer(minute.timer);
    this.#onMore(minute.last, minute.more);
  }
}
