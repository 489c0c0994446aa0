import type { Host, TimerHandle } from "../host.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { HeaderLine } from "../message/write.ts";
import {
  type AgreedTimer,
  agreedTimer,
  answerTimer,
  askTimer,
  LEAST_INTERVAL_SEC,
  minimumOf,
  type TimerPolicy,
} from "./session-expires.ts";

export type SessionTimerContext = {
  readonly host: Host;
  readonly policy: TimerPolicy | undefined;
  /** It is for us to refresh, now. */
  refresh(): void;
  /** No refresh came in time: the peer is dead. */
  expired(): void;
};

/** The most that a session ends before its interval does (RFC 4028 §10), s; a third of a short interval. */
const EARLY_SEC = 32;

/** A refresh that failed is tried again after half of the time that is left, but not sooner than this. */
const LEAST_RETRY_MS = 5_000;

/** The session timer of one dialog (RFC 4028), whoever refreshes. */
export class SessionTimer {
  readonly #context: SessionTimerContext;
  #running: AgreedTimer | undefined;
  /** The highest Min-SE we were told, s. */
  #minimumSec: number;
  #refreshTimer: TimerHandle;
  #deadlineTimer: TimerHandle;
  #deadlineMs = 0;

  /** @param minimumSec a Min-SE that was already told, in the 422 to an INVITE */
  constructor(context: SessionTimerContext, minimumSec = LEAST_INTERVAL_SEC) {
    this.#context = context;
    this.#minimumSec = minimumSec;
  }

  /** Headers of a session refresh request of ours. */
  ask(): readonly HeaderLine[] {
    return askTimer(this.#context.policy, this.#running, this.#minimumSec);
  }

  /** A 2xx to a session refresh request of ours: the interval begins anew. */
  agree(response: SipResponse): void {
    this.#run(agreedTimer(response, this.#context.policy, this.#running, this.#minimumSec));
  }

  /** Headers of our 2xx to a session refresh request of the peer; the interval begins anew. */
  answer(request: SipRequest): readonly HeaderLine[] {
    const { timer, headers } = answerTimer(request, this.#context.policy, this.#running);
    this.#run(timer);
    return headers;
  }

  /** A 422 to a request of ours: the next one asks for as much as it says. */
  raise(response: SipResponse): void {
    this.#minimumSec = Math.max(this.#minimumSec, minimumOf(response));
  }

  stop(): void {
    const { host } = this.#context;
    host.clearTimer(this.#refreshTimer);
    host.clearTimer(this.#deadlineTimer);
    this.#running = undefined;
  }

  #run(timer: AgreedTimer | undefined): void {
    this.stop();
    this.#running = timer;
    if (timer === undefined) return;
    const { host, expired } = this.#context;
    const { intervalSec, weRefresh } = timer;
    const lifeMs = 1_000 * (intervalSec - Math.min(EARLY_SEC, intervalSec / 3));
    this.#deadlineMs = host.nowMs() + lifeMs;
    this.#deadlineTimer = host.setTimer(lifeMs, expired);
    if (weRefresh) this.#refreshAfter(500 * intervalSec);
  }

  /** Half of the interval is RECOMMENDED (§7.2); without success half of what is left, again and again. */
  #refreshAfter(waitMs: number): void {
    const { host, refresh } = this.#context;
    this.#refreshTimer = host.setTimer(waitMs, () => {
      const restMs = this.#deadlineMs - host.nowMs();
      if (restMs > LEAST_RETRY_MS) this.#refreshAfter(Math.max(LEAST_RETRY_MS, restMs / 2));
      refresh();
    });
  }
}
