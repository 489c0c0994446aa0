import type { Host, TimerHandle } from "../host.ts";

/** The running timers of one machine, by name. Setting a running timer starts it anew. */
export class TimerSet<Name extends string> {
  readonly #host: Host;
  readonly #fire: (name: Name) => void;
  /** A plain object: transactions linger by the ten thousand, and a Map each would be most of their memory. */
  readonly #running: Partial<Record<Name, TimerHandle>> = {};

  constructor(host: Host, fire: (name: Name) => void) {
    this.#host = host;
    this.#fire = fire;
  }

  set(name: Name, afterMs: number): void {
    this.clear(name);
    this.#running[name] = this.#host.setTimer(afterMs, () => {
      this.#running[name] = undefined;
      this.#fire(name);
    });
  }

  clear(name: Name): void {
    const handle = this.#running[name];
    if (handle === undefined) return;
    this.#running[name] = undefined;
    this.#host.clearTimer(handle);
  }

  clearAll(): void {
    for (const name in this.#running) this.clear(name);
  }
}
