import type { Flow, SipRequest } from "@trunkline/sip";
import { type DirectoryReader, identify } from "@trunkline/trunking";
import { OPTIONS_INTERVAL_MS } from "./limits.ts";
import type { Counters } from "./metrics.ts";
import { readTarget } from "./uas/call-request.ts";

export type GuardOptions = {
  readonly zone: string;
  readonly edge: string;
  readonly ownHosts: ReadonlySet<string>;
  readonly requestsPerSourcePerSecond: number;
  readonly sourcesTracked: number;
};

/** What is remembered of one source address. */
type Source = { tokens: number; atMs: number; nextOptionsMs: number };

/**
 * Decides about every request outside a dialog before any state is made for it. What it turns away costs one parse and a counter, and gets
 * no answer: a scanner learns nothing, and an answer would be a reflection (TERM-1, LIM-2).
 *
 * Order: whose request it is comes first, because a few hash lookups tell it and strangers then cannot even fill the table of sources;
 * then the source's bucket. Carriers of the installation have no bucket: their rate is limited where their calls are.
 */
export class Guard {
  readonly #options: GuardOptions;
  readonly #counters: Counters;
  /** Least recently seen first. */
  readonly #sources = new Map<string, Source>();

  constructor(options: GuardOptions, counters: Counters) {
    this.#options = options;
    this.#counters = counters;
  }

  get sourcesTracked(): number {
    return this.#sources.size;
  }

  /** False: forget it without an answer. */
  screen(request: SipRequest, flow: Flow, directory: DirectoryReader | undefined, nowMs: number): boolean {
    const requestUri = readTarget(request);
    if (!requestUri) return this.#drop("dropped_unknown_host");
    // Before the directory is there only our own names can be told, and only a caller is owed a 503.
    if (!directory) {
      const ours = request.method === "INVITE" && this.#isInZone(requestUri.host);
      return ours ? this.#takeToken(flow, nowMs) : this.#drop("dropped_not_ready");
    }
    const { remoteAddress: sourceAddress, remotePort: sourcePort, localAddress } = flow;
    const identity = identify({ requestUri, sourceAddress, sourcePort, localAddress }, directory, this.#options);
    if (identity.kind === "unknown") return this.#drop("dropped_unknown_host");
    if (identity.kind === "origination") return true;
    if (!this.#takeToken(flow, nowMs)) return false;
    return request.method !== "OPTIONS" || this.#takeOptions(flow, nowMs);
  }

  #isInZone(host: string): boolean {
    return host.endsWith(`.${this.#options.zone}`) || this.#options.ownHosts.has(host);
  }

  #takeToken(flow: Flow, nowMs: number): boolean {
    const source = this.#source(flow, nowMs);
    const rate = this.#options.requestsPerSourcePerSecond;
    source.tokens = Math.min(rate, source.tokens + ((nowMs - source.atMs) / 1_000) * rate);
    source.atMs = nowMs;
    if (source.tokens < 1) return this.#drop("dropped_rate");
    source.tokens -= 1;
    return true;
  }

  /** TERM-8: one OPTIONS in 10 s. Dropped ones do not count, so that a client that is a little too fast gets every second answer. */
  #takeOptions(flow: Flow, nowMs: number): boolean {
    const source = this.#source(flow, nowMs);
    if (nowMs < source.nextOptionsMs) return this.#drop("dropped_options");
    source.nextOptionsMs = nowMs + OPTIONS_INTERVAL_MS;
    return true;
  }

  #source({ remoteAddress }: Flow, nowMs: number): Source {
    const known = this.#sources.get(remoteAddress);
    if (known) {
      this.#sources.delete(remoteAddress);
      this.#sources.set(remoteAddress, known);
      return known;
    }
    const source: Source = {
      tokens: this.#options.requestsPerSourcePerSecond,
      atMs: nowMs,
      nextOptionsMs: Number.NEGATIVE_INFINITY,
    };
    this.#sources.set(remoteAddress, source);
    if (this.#sources.size > this.#options.sourcesTracked) {
      for (const oldest of this.#sources.keys()) {
        this.#sources.delete(oldest);
        break;
      }
    }
    return source;
  }

  #drop(counter: string): false {
    this.#counters.add(counter);
    return false;
  }
}
