import { OPTIONS_BLOCK_MS, OPTIONS_INTERVAL_MS, OPTIONS_TOLERATED } from "./limits.ts";
import { SourceBuckets } from "./source-buckets.ts";

/**
 * TERM-8: how often OPTIONS of one source is answered. One that comes early is dropped. A source that goes on like that is blocked: its
 * OPTIONS get no answer for a while, and then again as before, so that a monitor that was set right is answered without anybody's doing.
 * Its calls are not touched: a trunk must not go down because somebody pings it too often.
 */
export class OptionsAllowance {
  readonly #answered: SourceBuckets;
  /** Early ones a source may send within a minute before it is blocked. */
  readonly #tolerated: SourceBuckets;
  /** Until when, by source; the longest blocked first. */
  readonly #blocked = new Map<string, number>();
  readonly #max: number;

  /** @param max sources remembered */
  constructor(max: number) {
    this.#max = max;
    this.#answered = new SourceBuckets({ burst: 1, refillMs: OPTIONS_INTERVAL_MS, max });
    this.#tolerated = new SourceBuckets({ burst: OPTIONS_TOLERATED, refillMs: 60_000, max });
  }

  /** `answer`, or why not; `block` is said once, by the one that goes too far. */
  take(source: string, nowMs: number): "answer" | "early" | "block" | "blocked" {
    const untilMs = this.#blocked.get(source);
    if (untilMs !== undefined && nowMs < untilMs) return "blocked";
    if (this.#answered.take(source, nowMs)) return "answer";
    if (this.#tolerated.take(source, nowMs)) return "early";
    this.#block(source, nowMs + OPTIONS_BLOCK_MS);
    return "block";
  }

  #block(source: string, untilMs: number): void {
    this.#blocked.delete(source);
    const [oldest] = this.#blocked.keys();
    if (oldest !== undefined && this.#blocked.size >= this.#max) this.#blocked.delete(oldest);
    this.#blocked.set(source, untilMs);
  }
}
