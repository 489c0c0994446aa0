import { getServers } from "node:dns";
import { isIPv4, isIPv6 } from "node:net";
import type { DnsAnswer, DnsQuestion } from "@trunkline/sip";
import { askServer, parseServer } from "./ask.ts";
import { HostsFile } from "./hosts-file.ts";

export type ResolverLimits = {
  /** One server has so long for one answer; the next is asked then. */
  readonly serverMs: number;
  /** A question is answered within this, if need be with a failure: a caller waits for it. */
  readonly questionMs: number;
  /** Questions on the way at once, each with a socket of its own. */
  readonly inFlight: number;
  /** Of these about names of one zone (its last two labels): a zone whose servers are slow leaves the others their share. */
  readonly inFlightPerZone: number;
  /** Answers kept, about 300 bytes each. */
  readonly cached: number;
  /** Whatever the zone says, an answer is asked for again after this. */
  readonly maxTtlSec: number;
  /** "Does not exist" is believed no longer than this (RFC 2308 §5 recommends at most hours; a PBX's name may appear any minute). */
  readonly maxNegativeTtlSec: number;
  /** A failure is remembered this long, so that a dead server is not asked for every call. */
  readonly failureTtlSec: number;
  /** An answer whose TTL has passed still serves for so long when no new one can be had (RFC 8767 §5). */
  readonly maxStaleSec: number;
  /** And it serves when the new one is not there by then (RFC 8767 §5's client response timer; a caller hears every moment of it). */
  readonly staleAfterMs: number;
};

const DEFAULT_RESOLVER_LIMITS: ResolverLimits = {
  serverMs: 1_000,
  questionMs: 3_000,
  inFlight: 256,
  inFlightPerZone: 32,
  cached: 10_000,
  maxTtlSec: 3_600,
  maxNegativeTtlSec: 60,
  failureTtlSec: 2,
  maxStaleSec: 86_400,
  staleAfterMs: 300,
};

export type ResolverOptions = {
  /** As `dns.getServers()` writes them; absent: the machine's. */
  readonly servers?: readonly string[];
  readonly hostsFile?: string;
  readonly limits?: Partial<ResolverLimits>;
  /** Monotonic milliseconds. */
  readonly nowMs?: () => number;
};

type Cached = {
  readonly answer: DnsAnswer;
  readonly untilMs: number;
  /** Up to here it is better than nothing; 0 for "does not exist" and failures. */
  readonly staleUntilMs: number;
};
type Asking = { readonly zone: string; readonly answer: Promise<DnsAnswer> };

/**
 * DNS for RFC 3263, with the TTLs that Node's own resolver does not tell: a bounded cache of positive and negative answers, one question
 * on the way per name however many calls ask, all of the machine's servers in turn, and the hosts file before them. Servers that are slow
 * or gone cost no call that has called there before: the old answer serves until there is a new one.
 */
export class Resolver {
  readonly #limits: ResolverLimits;
  readonly #servers: readonly string[] | undefined;
  readonly #hosts: HostsFile;
  readonly #nowMs: () => number;
  /** Least recently used first. */
  readonly #cache = new Map<string, Cached>();
  readonly #asking = new Map<string, Asking>();
  #asked = 0;
  #failed = 0;
  #stale = 0;

  constructor(options: ResolverOptions = {}) {
    this.#limits = { ...DEFAULT_RESOLVER_LIMITS, ...options.limits };
    this.#servers = options.servers;
    this.#hosts = new HostsFile(options.hostsFile ?? "/etc/hosts");
    this.#nowMs = options.nowMs ?? (() => performance.now());
  }

  counts(): Readonly<Record<string, number>> {
    return {
      dns_questions: this.#asked,
      dns_failures: this.#failed,
      dns_served_stale: this.#stale,
      dns_cached: this.#cache.size,
    };
  }

  /** At once when hosts file or cache know it. Never rejects; a server's silence is a `failed` answer. */
  resolve(question: DnsQuestion): DnsAnswer | Promise<DnsAnswer> {
    const local = this.#fromHosts(question);
    if (local) return local;
    const key = `${question.type} ${question.name.toLowerCase()}`;
    const cached = this.#cache.get(key);
    const now = this.#nowMs();
    if (cached && cached.untilMs > now) {
      this.#cache.delete(key);
      this.#cache.set(key, cached);
      return cached.answer;
    }
    const asking = this.#asking.get(key)?.answer ?? this.#ask(key, question);
    return cached && cached.staleUntilMs > now ? this.#orStale(asking, cached.answer) : asking;
  }

  /** The new answer, or the old one when the new one is a failure or late. */
  #orStale(asking: DnsAnswer | Promise<DnsAnswer>, old: DnsAnswer): DnsAnswer | Promise<DnsAnswer> {
    const better = (answer: DnsAnswer | undefined): DnsAnswer => {
      if (answer && answer.kind !== "failed") return answer;
      this.#stale += 1;
      return old;
    };
    if (!(asking instanceof Promise)) return better(asking);
    const { staleAfterMs } = this.#limits;
    let limit: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      limit = setTimeout(resolve, staleAfterMs, undefined);
    });
    return Promise.race([asking, late])
      .then(better)
      .finally(() => clearTimeout(limit));
  }

  #ask(key: string, question: DnsQuestion): DnsAnswer | Promise<DnsAnswer> {
    const { inFlight, inFlightPerZone } = this.#limits;
    const zone = question.name.toLowerCase().split(".").slice(-2).join(".");
    const ofZone = [...this.#asking.values()].filter((other) => other.zone === zone).length;
    if (this.#asking.size >= inFlight) return { kind: "failed", why: "too many DNS questions at once" };
    if (ofZone >= inFlightPerZone) return { kind: "failed", why: `too many DNS questions about ${zone} at once` };
    const answer = this.#askAndKeep(key, question).finally(() => this.#asking.delete(key));
    this.#asking.set(key, { zone, answer });
    return answer;
  }

  /** A name in the hosts file has the addresses given there and no other records. */
  #fromHosts({ type, name }: DnsQuestion): DnsAnswer | undefined {
    const addresses = this.#hosts.addresses(name.replace(/^(?:_[^.]+\.)+/, ""), this.#nowMs());
    if (!addresses) return undefined;
    if (type !== "A" && type !== "AAAA") return { kind: "records", records: [] };
    const fitting = addresses.filter(type === "A" ? isIPv4 : isIPv6);
    return { kind: "records", records: fitting.map((address) => ({ type, address })) };
  }

  async #askAndKeep(key: string, question: DnsQuestion): Promise<DnsAnswer> {
    this.#asked += 1;
    const { answer, ttlSec } = await this.#askServers(question);
    const { maxTtlSec, maxNegativeTtlSec, failureTtlSec, maxStaleSec } = this.#limits;
    const now = this.#nowMs();
    if (answer.kind === "failed") {
      this.#failed += 1;
      this.#keep(key, this.#outlived(key, now + failureTtlSec * 1_000) ?? fresh(answer, now, failureTtlSec, 0));
    } else if (answer.records.length === 0) {
      this.#keep(key, fresh(answer, now, Math.min(ttlSec, maxNegativeTtlSec), 0));
    } else {
      this.#keep(key, fresh(answer, now, Math.min(ttlSec, maxTtlSec), maxStaleSec));
    }
    return answer;
  }

  /** What we knew before a failure, good for as long as the failure is remembered, so that nobody waits for it again meanwhile. */
  #outlived(key: string, untilMs: number): Cached | undefined {
    const known = this.#cache.get(key);
    return known && known.staleUntilMs > this.#nowMs() ? { ...known, untilMs } : undefined;
  }

  #keep(key: string, cached: Cached): void {
    this.#cache.delete(key);
    this.#cache.set(key, cached);
    for (const oldest of this.#cache.keys()) {
      if (this.#cache.size <= this.#limits.cached) break;
      this.#cache.delete(oldest);
    }
  }

  /** Every server once, then all of them again, until one knows or the time is up. */
  async #askServers(question: DnsQuestion): Promise<{ readonly answer: DnsAnswer; readonly ttlSec: number }> {
    const { questionMs, serverMs } = this.#limits;
    const startedMs = performance.now();
    const servers = (this.#servers ?? getServers()).slice(0, 3).map(parseServer);
    let why = "no DNS server answered";
    for (const server of [...servers, ...servers]) {
      const leftMs = questionMs - (performance.now() - startedMs);
      if (leftMs <= 0) break;
      const reply = await askServer(server, question, Math.min(serverMs, leftMs));
      if (reply?.answer.kind === "records") return reply;
      if (reply?.answer.kind === "failed") why = reply.answer.why;
    }
    return { answer: { kind: "failed", why }, ttlSec: 0 };
  }
}

function fresh(answer: DnsAnswer, nowMs: number, ttlSec: number, staleSec: number): Cached {
  const untilMs = nowMs + ttlSec * 1_000;
  return { answer, untilMs, staleUntilMs: staleSec === 0 ? 0 : untilMs + staleSec * 1_000 };
}
