import type { Host, TimerHandle } from "@trunkline/sip";

/** What one call still means to do; all of it is off once the call is over. */
export class Agenda {
  readonly #host: Host;
  readonly #timers = new Set<TimerHandle>();
  #over = false;

  constructor(host: Host) {
    this.#host = host;
  }

  get over(): boolean {
    return this.#over;
  }

  /** Runs `act` once after that time, unless the call is over by then. */
  after(afterMs: number, act: () => void): void {
    if (this.#over) return;
    const timer = this.#host.setTimer(afterMs, () => {
      this.#timers.delete(timer);
      act();
    });
    this.#timers.add(timer);
  }

  /** Safe to repeat. */
  end(): void {
    this.#over = true;
    for (const timer of this.#timers) this.#host.clearTimer(timer);
    this.#timers.clear();
  }
}
