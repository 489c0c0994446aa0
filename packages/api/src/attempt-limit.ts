import { isIPv6 } from "node:net";

/** What one place remembers of failures: how many, less what time has taken off, and until when nothing more is tried. */
type Failures = { level: number; atMs: number; blockedUntilMs: number };

type Rule = {
  /** Failures that cost nothing. */
  readonly free: number;
  /** One failure is forgotten in so long. */
  readonly forgetMs: number;
};

/** Somebody mistypes a token a few times; a program with an old one tries on and on. */
const PAIR: Rule = { free: 5, forgetMs: 600_000 };
/** Many may share an address. */
const SOURCE: Rule = { free: 30, forgetMs: 60_000 };
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 900_000;
/** Of each kind; the one not seen for the longest time is forgotten first. */
const MOST = 10_000;
const NAME_MAX_LENGTH = 128;

/**
 * Slows down who guesses credentials: failures are counted per source address, and per source and name together, and each one beyond a few
 * doubles the time in which nothing more is tried (1 s to 15 min). Nothing hangs on the name alone, so that no stranger locks anybody out;
 * and who has been let in from an address is not hindered by others' failures there. Memory is bounded whatever strangers send.
 */
export class AttemptLimit {
  readonly #nowMs: () => number;
  readonly #pairs = new Map<string, Failures>();
  readonly #sources = new Map<string, Failures>();
  /** Pairs that were right; nobody gets in here by guessing wrong. */
  readonly #known = new Map<string, true>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Seconds to wait before credentials of this name are looked at again, from this address; null: go on. */
  waitSec(address: string, name: string): number | null {
    const pair = pairOf(address, name);
    const pairUntilMs = this.#pairs.get(pair)?.blockedUntilMs ?? 0;
    const sourceUntilMs = this.#known.has(pair) ? 0 : (this.#sources.get(sourceOf(address))?.blockedUntilMs ?? 0);
    const waitMs = Math.max(pairUntilMs, sourceUntilMs) - this.#nowMs();
    return waitMs > 0 ? Math.ceil(waitMs / 1_000) : null;
  }

  /**
   * Notes a failure. Where looking at credentials is slow (passwords), call it before and `succeededAfterAll` after, so that many guesses at
   * the same moment count as many.
   */
  failed(address: string, name: string): void {
    this.#count(this.#pairs, pairOf(address, name), PAIR);
    this.#count(this.#sources, sourceOf(address), SOURCE);
  }

  /** Forgets the failures of the name from there; those of the address stay, so that one's own account does not wash them off. */
  succeeded(address: string, name: string): void {
    const pair = pairOf(address, name);
    this.#pairs.delete(pair);
    remember(this.#known, pair, true);
  }

  /** As `succeeded`, for an attempt that `failed` noted in advance: the address, which many may share, is rid of that one again. */
  succeededAfterAll(address: string, name: string): void {
    this.succeeded(address, name);
    const source = this.#sources.get(sourceOf(address));
    if (source) source.level = Math.max(0, source.level - 1);
  }

  /**
   * For credentials that are slow to look at (passwords): notes a failure before they are, so that many guesses at the same moment count as
   * many; `succeededAfterAll` rids of it. So does a look that rejects: that we are too busy is no fault of who tries.
   */
  async failedUnless<T>(address: string, name: string, look: () => Promise<T>): Promise<T> {
    this.failed(address, name);
    try {
      return await look();
    } catch (error) {
      for (const one of [this.#pairs.get(pairOf(address, name)), this.#sources.get(sourceOf(address))])
        if (one) one.level = Math.max(0, one.level - 1);
      throw error;
    }
  }

  #count(records: Map<string, Failures>, key: string, { free, forgetMs }: Rule): void {
    const nowMs = this.#nowMs();
    const before = records.get(key);
    const left = before ? Math.max(0, before.level - Math.max(0, nowMs - before.atMs) / forgetMs) : 0;
    const level = left + 1;
    const beyond = Math.floor(level - free);
    const waitMs = beyond > 0 ? Math.min(FIRST_WAIT_MS * 2 ** (beyond - 1), LONGEST_WAIT_MS) : 0;
    remember(records, key, { level, atMs: nowMs, blockedUntilMs: nowMs + waitMs });
  }
}

/** Puts a value last and, when there are too many, takes the first one out. */
function remember<T>(among: Map<string, T>, key: string, value: T): void {
  among.delete(key);
  among.set(key, value);
  if (among.size <= MOST) return;
  const [oldest] = among.keys();
  if (oldest !== undefined) among.delete(oldest);
}

function pairOf(address: string, name: string): string {
  return `${sourceOf(address)} ${name.slice(0, NAME_MAX_LENGTH).toLowerCase()}`;
}

/** An IPv4 address, or the /64 of an IPv6 one: a single host has all of that. */
function sourceOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [head = "", tail] = (address.split("%")[0] ?? "").toLowerCase().split("::");
  const groups = head === "" ? [] : head.split(":");
  if (tail !== undefined) {
    const after = tail === "" ? [] : tail.split(":");
    // A dotted quad at the end stands for two groups.
    const dotted = after.at(-1)?.includes(".") ? 1 : 0;
    groups.push(...Array(Math.max(0, 8 - groups.length - after.length - dotted)).fill("0"), ...after);
  }
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")}::/64`;
}
