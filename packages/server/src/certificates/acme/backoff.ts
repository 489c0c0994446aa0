import type { AcmeProblem } from "./acme-problem.ts";

const FACTOR = 4;
const LONGEST_MS = 86_400_000;
/** What one certificate was told to wait keeps the others waiting no longer than this: the limit may be its own. */
const ALL_LONGEST_MS = 3_600_000;

type Wait = { readonly failures: number; readonly untilMs: number };

/** When what failed may be tried again: four times later each time, at most a day, and not before the server wants it (RFC 8555 §6.6). */
export class Backoff {
  readonly #firstMs: number;
  readonly #nowMs: () => number;
  readonly #random: () => number;
  readonly #waits = new Map<string, Wait>();
  #all: Wait = { failures: 0, untilMs: 0 };

  /** @param random in [0, 1): each wait is half as long to one and a half times as long, so that installations do not come together */
  constructor(firstMs: number, nowMs: () => number, random: () => number = Math.random) {
    this.#firstMs = firstMs;
    this.#nowMs = nowMs;
    this.#random = random;
  }

  notBeforeMs(id: string): number {
    return Math.max(this.#all.untilMs, this.#waits.get(id)?.untilMs ?? 0);
  }

  /** Gives when the next attempt may be. */
  failed(id: string, { concerns, retryAtMs = 0 }: AcmeProblem): number {
    const own = this.#next(this.#waits.get(id)?.failures ?? 0);
    this.#waits.set(id, { ...own, untilMs: Math.max(own.untilMs, retryAtMs) });
    if (concerns === "all") {
      const all = this.#next(this.#all.failures);
      const untilMs = Math.min(Math.max(all.untilMs, retryAtMs), this.#nowMs() + ALL_LONGEST_MS);
      this.#all = { ...all, untilMs };
    }
    return this.notBeforeMs(id);
  }

  succeeded(id: string, nextMs: number): void {
    this.#waits.set(id, { failures: 0, untilMs: nextMs });
    this.#all = { failures: 0, untilMs: 0 };
  }

  forgetAllBut(ids: { has(id: string): boolean }): void {
    for (const id of this.#waits.keys()) if (!ids.has(id)) this.#waits.delete(id);
  }

  #next(failuresBefore: number): Wait {
    const waitMs = Math.min(this.#firstMs * FACTOR ** failuresBefore, LONGEST_MS) * (0.5 + this.#random());
    return { failures: failuresBefore + 1, untilMs: Math.round(this.#nowMs() + waitMs) };
  }
}
