import type { Host, TimerHandle } from "../host.ts";
import { GIVE_UP_MS, T1_MS, T2_MS } from "../transaction/timers.ts";

/**
 * Sends our 2xx again and again until its ACK is there (RFC 3261 §13.3.1.4): after T1, doubling up to T2, over every transport,
 * since a later hop may be unreliable. Gives up 64*T1 after the first.
 */
export class AnswerRepeater {
  readonly #host: Host;
  readonly #resend: () => void;
  readonly #onTimeout: () => void;
  readonly #maxIntervalMs: number;
  #timer: TimerHandle;
  #intervalMs = T1_MS;
  #elapsedMs = 0;

  constructor(host: Host, resend: () => void, onTimeout: () => void, maxIntervalMs = T2_MS) {
    this.#host = host;
    this.#maxIntervalMs = maxIntervalMs;
    this.#resend = resend;
    this.#onTimeout = onTimeout;
    this.#wait();
  }

  stop(): void {
    this.#host.clearTimer(this.#timer);
  }

  #wait(): void {
    const waitMs = Math.min(this.#intervalMs, GIVE_UP_MS - this.#elapsedMs);
    this.#timer = this.#host.setTimer(waitMs, () => {
      this.#elapsedMs += waitMs;
      if (this.#elapsedMs >= GIVE_UP_MS) {
        this.#onTimeout();
        return;
      }
      this.#intervalMs = Math.min(2 * this.#intervalMs, this.#maxIntervalMs);
      this.#resend();
      this.#wait();
    });
  }
}
