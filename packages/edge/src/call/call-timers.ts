import type { Host, TimerHandle } from "@trunkline/sip";
import type { CallTimer } from "./call.types.ts";

/** The timers of one call, each running at most once. */
export class CallTimers {
  readonly #host: Pick<Host, "setTimer" | "clearTimer">;
  readonly #fire: (timer: CallTimer) => void;
  readonly #running = new Map<CallTimer, TimerHandle>();

  constructor(host: Pick<Host, "setTimer" | "clearTimer">, fire: (timer: CallTimer) => void) {
    this.#host = host;
    this.#fire = fire;
  }

  set(timer: CallTimer, afterMs: number): void {
    this.clear(timer);
    const handle = this.#host.setTimer(afterMs, () => {
      this.#running.delete(timer);
      this.#fire(timer);
    });
    this.#running.set(timer, handle);
  }

  clear(timer: CallTimer): void {
    const handle = this.#running.get(timer);
    if (handle !== undefined) this.#host.clearTimer(handle);
    this.#running.delete(timer);
  }

  clearAll(): void {
    for (const timer of [...this.#running.keys()]) this.clear(timer);
  }
}
