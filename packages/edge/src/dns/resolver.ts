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
  /** Answers kept, about 300 bytes each. */
  readonly cached: number;
  /** Whatever the zone says, an answer is asked for again after this. */
  readonly maxTtlSec: number;
  /** "Does not exist" is believed no longer than this (RFC 2308 §5 recommends at most hours; a PBX's name may appear any minute). */
  readonly maxNegativeTtlSec: number;
  /** A failure is remembered this long, so that a dead server is not asked for every call. */
  readonly failureTtlSec: number;
};

const DEFAULT_RESOLVER_LIMITS: ResolverLimits = {
  serverMs: 1_000,
  questionMs: 3_000,
  inFlight: 256,
  cached: 10_000,
  maxTtlSec: 3_600,
  maxNegativeTtlSec: 60,
  failureTtlSec: 2,
};

export type ResolverOptions = {
  /** As `dns.getServers()` writes them; absent: the machine's. */
  readonly servers?: readonly string[];
  readonly hostsFile?: string;
  readonly limits?: Partial<ResolverLimits>;
  /** Monotonic milliseconds. */
  readonly nowMs?: () => number;
};

type Cached = { readonly answer: DnsAnswer; readonly untilMs: number };

/**
 * DNS for RFC 3263, with the TTLs that Node's own resolver does not tell: a bounded cache of positive and negative answers, one question
 * on the way per name however many calls ask, all of the machine's servers in turn, and the hosts file before them.
 */
export class Resolver {
  readonly #limits: ResolverLimits;
  readonly #servers: readonly string[] | undefined;
  readonly #hosts: HostsFile;
  readonly #nowMs: () => number;
  /** Least recently used first. */
  readonly #cache = new Map<string, Cached>();
  readonly #asking = new Map<string, Promise<DnsAnswer>>();
  #asked = 0;
  #failed = 0;

  constructor(options: ResolverOptions = {}) {
    this.#limits = { ...DEFAULT_RESOLVER_LIMITS, ...options.limits };
    this.#servers = options.servers;
    this.#hosts = new HostsFile(options.hostsFile ?? "/etc/hosts");
    this.#nowMs = options.nowMs ?? (() => performance.now());
  }

  counts(): Readonly<Record<string, number>> {
    return { dns_questions: this.#asked, dns_failures: this.#failed, dns_cached: this.#cache.size };
  }

  /** At once when hosts file or cache know it. Never rejects; a server's silence is a `failed` answer. */
  resolve(question: DnsQuestion): DnsAnswer | Promise<DnsAnswer> {
    const local = this.#fromHosts(question);
    if (local) return local;
    const key = `${question.type} ${question.name.toLowerCase()}`;
    const cached = this.#cache.get(key);
    if (cached && cached.untilMs > this.#nowMs()) {
      this.#cache.delete(key);
      this.#cache.set(key, cached);
      return cached.answer;
    }
    const underWay = this.#asking.get(key);
    if (underWay !== undefined) return underWay;
    if (this.#asking.size >= this.#limits.inFlight) return { kind: "failed", why: "too many DNS questions at once" };
    const asking = this.#ask(key, question).finally(() => this.#asking.delete(key));
    this.#asking.set(key, asking);
    return asking;
  }

  /** A name in the hosts file has the addresses given there and no other records. */
  #fromHosts({ type, name }: DnsQuestion): DnsAnswer | undefined {
    const addresses = this.#hosts.addresses(name.replace(/^(?:_[^.]+\.)+/, ""), this.#nowMs());
    if (!addresses) return undefined;
    if (type !== "A" && type !== "AAAA") return { kind: "records", records: [] };
    const fitting = addresses.filter(type === "A" ? isIPv4 : isIPv6);
    return { kind: "records", records: fitting.map((address) => ({ type, address })) };
  }

  async #ask(key: string, question: DnsQuestion): Promise<DnsAnswer> {
    this.#asked += 1;
    const { answer, ttlSec } = await this.#askServers(question);
    const { maxTtlSec, maxNegativeTtlSec, failureTtlSec } = this.#limits;
    const isFailure = answer.kind === "failed";
    if (isFailure) this.#failed += 1;
    const isNegative = answer.kind === "records" && answer.records.length === 0;
    const believedSec = isFailure ? failureTtlSec : Math.min(ttlSec, isNegative ? maxNegativeTtlSec : maxTtlSec);
    this.#cache.delete(key);
    this.#cache.set(key, { answer, untilMs: this.#nowMs() + believedSec * 1_000 });
    for (const oldest of this.#cache.keys()) {
      if (this.#cache.size <= this.#limits.cached) break;
      this.#cache.delete(oldest);
    }
    return answer;
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
