import { copyString } from "../message/text.ts";
import type { Hash } from "./digest.ts";

export type NonceMintOptions = {
  /** Unpredictable text that only we know. Edges that share it take each other's nonces. */
  readonly secret: string;
  readonly hash: Hash;
  /** How long a nonce is good for, ms. Default 5 minutes: longer than any call set-up, short for a thief. */
  readonly maxAgeMs?: number;
  /** Nonces minted before this are stale: uses of them, which a restart forgot, cannot be repeated. Default: none are. */
  readonly notBeforeMs?: number;
  /** Nonces whose use is remembered at once, about 200 bytes each. Default 50,000. */
  readonly maxTracked?: number;
};

/** How a nonce was used: the highest count, and a bit for each of the 32 counts up to it. */
type Use = { readonly mintedAtMs: number; highest: number; seen: number };

const TIME_DIGITS = 12;
const SERIAL_DIGITS = 8;
const MAC_DIGITS = 32;
const NONCE = new RegExp(`^[0-9a-f]{${TIME_DIGITS + SERIAL_DIGITS + MAC_DIGITS}}$`);

/**
 * Makes nonces and knows its own again (RFC 7616 §3.3, §5.5).
 *
 * A nonce carries the time and a serial number under a keyed hash, so challenging strangers costs no memory. Only a nonce that a
 * right answer came with is remembered, to refuse the same count twice. That table is bounded: when it is full the oldest entry
 * goes, and every nonce from its time or before that is not in the table becomes stale, so that forgetting never lets a replay in.
 *
 * Times are milliseconds of one clock that the caller chooses; a secret that outlives a restart needs a clock that does.
 */
export class NonceMint {
  readonly #secret: string;
  readonly #hash: Hash;
  readonly #maxAgeMs: number;
  readonly #maxTracked: number;
  readonly #uses = new Map<string, Use>();
  #notBeforeMs: number;
  #serial = 0;

  constructor(options: NonceMintOptions) {
    this.#secret = options.secret;
    this.#hash = options.hash;
    this.#maxAgeMs = options.maxAgeMs ?? 300_000;
    this.#maxTracked = options.maxTracked ?? 50_000;
    this.#notBeforeMs = options.notBeforeMs ?? Number.NEGATIVE_INFINITY;
  }

  /** Nonces remembered; never above `maxTracked`. */
  get tracked(): number {
    return this.#uses.size;
  }

  make(nowMs: number): string {
    this.#serial = (this.#serial + 1) % 2 ** 32;
    const time = Math.floor(nowMs).toString(16).padStart(TIME_DIGITS, "0");
    const body = time + this.#serial.toString(16).padStart(SERIAL_DIGITS, "0");
    return body + this.#mac(body);
  }

  /** `foreign`: not made with our secret. `stale`: ours, but too old (or from a clock that ran ahead). */
  check(nonce: string, nowMs: number): "fresh" | "stale" | "foreign" {
    const mintedAtMs = this.#mintedAtMs(nonce);
    if (mintedAtMs === undefined) return "foreign";
    if (Math.abs(nowMs - mintedAtMs) > this.#maxAgeMs) return "stale";
    return mintedAtMs < this.#notBeforeMs && !this.#uses.has(nonce) ? "stale" : "fresh";
  }

  /**
   * Uses the nonce with this count, once: false when the nonce is not fresh or the count was used before, or lies more than 31
   * below the highest (requests that overtook each other may still come). Without a count (no qop) a nonce is good for one use.
   * Call it only for answers that are right.
   */
  spend(nonce: string, nonceCount: number | undefined, nowMs: number): boolean {
    if (this.check(nonce, nowMs) !== "fresh") return false;
    const use = this.#uses.get(nonce);
    if (!use) {
      this.#remember(nonce, nonceCount ?? Number.POSITIVE_INFINITY, nowMs);
      return true;
    }
    if (nonceCount === undefined || use.highest === Number.POSITIVE_INFINITY) return false;
    return countOnce(use, nonceCount);
  }

  #remember(nonce: string, highest: number, nowMs: number): void {
    for (const [oldest, use] of this.#uses) {
      const expired = nowMs - use.mintedAtMs > this.#maxAgeMs;
      if (!expired && this.#uses.size < this.#maxTracked) break;
      this.#uses.delete(oldest);
      if (!expired) this.#notBeforeMs = Math.max(this.#notBeforeMs, use.mintedAtMs + 1);
    }
    this.#uses.set(copyString(nonce), { mintedAtMs: this.#mintedAtMs(nonce) ?? nowMs, highest, seen: 1 });
  }

  #mintedAtMs(nonce: string): number | undefined {
    if (!NONCE.test(nonce)) return undefined;
    const body = nonce.slice(0, TIME_DIGITS + SERIAL_DIGITS);
    return sameDigits(nonce.slice(body.length), this.#mac(body))
      ? Number.parseInt(body.slice(0, TIME_DIGITS), 16)
      : undefined;
  }

  /** Nested, so that a hash that can be extended (MD5, SHA-256) gives nothing away. */
  #mac(body: string): string {
    return this.#hash("SHA-256", this.#secret + this.#hash("SHA-256", this.#secret + body)).slice(0, MAC_DIGITS);
  }
}

/** Marks a count as used; bit n of `seen` stands for `highest - n`. */
function countOnce(use: Use, nonceCount: number): boolean {
  const ahead = nonceCount - use.highest;
  if (ahead > 0) {
    use.seen = ahead > 31 ? 1 : (use.seen << ahead) | 1;
    use.highest = nonceCount;
    return true;
  }
  const bit = 1 << -ahead;
  if (ahead < -31 || (use.seen & bit) !== 0) return false;
  use.seen |= bit;
  return true;
}

/** Compares all digits however many differ, so that the time taken tells nothing. */
export function sameDigits(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let at = 0; at < a.length; at++) difference |= a.charCodeAt(at) ^ b.charCodeAt(at);
  return difference === 0;
}
