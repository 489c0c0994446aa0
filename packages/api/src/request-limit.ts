import type { Admission, RequestLimit } from "./ports.ts";

export type RequestLimitOptions = {
  /** Requests that one account may have under way at once. */
  readonly concurrent: number;
  /** Requests per second of one account in the long run; ten seconds' worth may come at once. */
  readonly perSecond: number;
  /** Any clock that does not go back, milliseconds. */
  readonly nowMs: () => number;
};

/** What may come at once, in seconds of the rate. */
const BURST_SEC = 10;
/** Who waits for others to end tries again after this. */
const CONCURRENT_RETRY_SEC = 1;
/** Beyond so many accounts, those that have nothing under way and a full bucket are forgotten. */
const SWEEP_AT = 10_000;

type Account = { underWay: number; tokens: number; atMs: number };

/** Limits requests per account: so many at once, and a token bucket (contract §4.1 "Rate limiting"). Each process counts for itself. */
export class AccountRequestLimit implements RequestLimit {
  readonly #options: RequestLimitOptions;
  readonly #burst: number;
  readonly #accounts = new Map<string, Account>();
  #sweepAt = SWEEP_AT;

  constructor(options: RequestLimitOptions) {
    this.#options = options;
    this.#burst = options.perSecond * BURST_SEC;
  }

  admit(accountSid: string): Admission {
    const account = this.#filled(accountSid);
    if (account.underWay >= this.#options.concurrent) {
      return { kind: "refused", why: "concurrent", retryAfterSec: CONCURRENT_RETRY_SEC, concurrent: account.underWay };
    }
    if (account.tokens < 1) {
      const retryAfterSec = (1 - account.tokens) / this.#options.perSecond;
      return { kind: "refused", why: "rate", retryAfterSec, concurrent: account.underWay };
    }
    account.tokens -= 1;
    account.underWay += 1;
    let released = false;
    const release = (): void => {
      if (released) return;
      released = true;
      account.underWay -= 1;
    };
    return { kind: "admitted", concurrent: account.underWay, release };
  }

  /** The account with what its bucket has by now. */
  #filled(accountSid: string): Account {
    const nowMs = this.#options.nowMs();
    const account = this.#accounts.get(accountSid) ?? { underWay: 0, tokens: this.#burst, atMs: nowMs };
    const gained = (Math.max(0, nowMs - account.atMs) / 1_000) * this.#options.perSecond;
    account.tokens = Math.min(this.#burst, account.tokens + gained);
    account.atMs = nowMs;
    this.#accounts.set(accountSid, account);
    if (this.#accounts.size > this.#sweepAt) this.#sweep(nowMs);
    return account;
  }

  #sweep(nowMs: number): void {
    for (const [sid, { underWay, atMs }] of this.#accounts) {
      if (underWay === 0 && nowMs - atMs > BURST_SEC * 1_000) this.#accounts.delete(sid);
    }
    this.#sweepAt = Math.max(SWEEP_AT, 2 * this.#accounts.size);
  }
}
