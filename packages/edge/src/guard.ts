import { type Flow, Malformed, parseSipUri, type SipRequest } from "@trunkline/sip";
import { sourceOf } from "@trunkline/transport";
import { type DirectoryReader, type Facts, identify } from "@trunkline/trunking";
import type { Contacts } from "./contact/contacts.ts";
import type { Counters } from "./metrics.ts";
import { OptionsAllowance } from "./options-allowance.ts";
import { SourceBuckets } from "./source-buckets.ts";
import type { TlsPolicy } from "./tls/tls-policy.ts";
import { readTarget } from "./uas/call-request.ts";

export type GuardOptions = Pick<Facts, "zone" | "edge" | "ownHosts" | "registeredCarrier" | "onNet"> & {
  readonly requestsPerSourcePerSecond: number;
  readonly connectionsPerSourcePerSecond: number;
  readonly sourcesTracked: number;
  /** Told of the OPTIONS of PBXs (CON-3). */
  readonly contacts?: Pick<Contacts, "noteOptions">;
};

/** `stranger`: nobody's request; whoever sends it over a connection loses that. `drop`: somebody's who comes too often or too early. */
export type Verdict = "take" | "drop" | "stranger";

const SECOND_MS = 1_000;

/**
 * Decides about every request outside a dialog before any state is made for it. What it turns away costs one parse and a counter, and gets
 * no answer: a scanner learns nothing, and an answer would be a reflection (TERM-1, LIM-2).
 *
 * Order: whose request it is comes first, because a few hash lookups tell it and strangers then cannot even fill the table of sources;
 * then the source's bucket: an IPv4 address's, or that of an IPv6 /64, inside which one peer has as many addresses as it likes. Carriers of the installation have no bucket: their rate is limited where their calls are.
 */
export class Guard {
  readonly #options: GuardOptions;
  readonly #counters: Counters;
  readonly #tls: Pick<TlsPolicy, "mayCarry">;
  readonly #requests: SourceBuckets;
  readonly #optionsRequests: OptionsAllowance;
  readonly #connections: SourceBuckets;

  constructor(options: GuardOptions, counters: Counters, tls: Pick<TlsPolicy, "mayCarry">) {
    const { requestsPerSourcePerSecond, connectionsPerSourcePerSecond, sourcesTracked: max } = options;
    this.#options = options;
    this.#counters = counters;
    this.#tls = tls;
    this.#requests = new SourceBuckets({ burst: requestsPerSourcePerSecond, refillMs: SECOND_MS, max });
    this.#optionsRequests = new OptionsAllowance(max);
    this.#connections = new SourceBuckets({ burst: connectionsPerSourcePerSecond, refillMs: SECOND_MS, max });
  }

  get sourcesTracked(): number {
    return this.#requests.size;
  }

  /** Anything but `take`: forget it without an answer. */
  screen(request: SipRequest, flow: Flow, directory: DirectoryReader | undefined, nowMs: number): Verdict {
    const requestUri = readTarget(request);
    if (!requestUri) return this.#turn("stranger", "dropped_unknown_host");
    // Before the directory is there only our own names can be told, and only a caller is owed a 503.
    if (!directory) {
      const ours = request.method === "INVITE" && this.#isInZone(requestUri.host);
      return ours ? this.#takeToken(flow, nowMs) : this.#turn("drop", "dropped_not_ready");
    }
    const { remoteAddress: sourceAddress, remotePort: sourcePort, localAddress } = flow;
    const { callId: sipCallId } = request;
    const asked = { requestUri, sourceAddress, sourcePort, localAddress, sipCallId };
    const identity = identify(asked, directory, this.#options);
    if (identity.kind === "unknown") {
      if (this.#isAfterLostDialog(request, flow, directory)) return this.#takeToken(flow, nowMs);
      return this.#turn("stranger", "dropped_unknown_host");
    }
    if (!this.#tls.mayCarry(flow, identity)) return this.#turn("stranger", "dropped_tls_version");
    if (identity.kind === "origination") return "take";
    const verdict = this.#takeToken(flow, nowMs);
    if (request.method !== "OPTIONS") return verdict;
    const said = verdict === "take" ? this.#takeOptions(flow, nowMs) : "rate";
    this.#options.contacts?.noteOptions(identity.trunk.sid, said, request, flow, directory);
    return said === "answered" ? "take" : "drop";
  }

  /**
   * A request inside a dialog that we do not have (any more), from a PBX that may use the trunk whose domain is in its To: it is owed a 481,
   * so that it lets go of the call instead of asking on (RFC 3261 §12.2.1.2). Its Request-URI is our Contact and names no trunk.
   */
  #isAfterLostDialog({ to, callId: sipCallId }: SipRequest, flow: Flow, directory: DirectoryReader): boolean {
    const uri = to.params.has("tag") ? parseSipUri(to.uri) : undefined;
    if (uri === undefined || uri instanceof Malformed) return false;
    const { remoteAddress: sourceAddress, remotePort: sourcePort, localAddress } = flow;
    const requestUri = { scheme: uri.scheme, user: null, host: uri.host, port: null };
    const asked = { requestUri, sourceAddress, sourcePort, localAddress, sipCallId };
    const identity = identify(asked, directory, this.#options);
    return identity.kind === "termination" && directory.matchAcl(identity.trunk.sid, sourceAddress) !== undefined;
  }

  /** What cannot be read tells nobody's host, so only a source that has asked for one of ours before, or a carrier, is owed an answer. */
  screenUnreadable(flow: Flow, directory: DirectoryReader | undefined, nowMs: number): Verdict {
    const { remoteAddress, remotePort } = flow;
    if (directory?.carrierBySource(remoteAddress, remotePort)) return "take";
    const source = sourceOf(remoteAddress);
    if (this.#requests.has(source) || this.#requests.has(connected(source))) return this.#takeToken(flow, nowMs);
    return this.#turn("stranger", "dropped_unreadable");
  }

  /** Asked before anything is read from a connection that was opened to us. */
  admitConnection(remoteAddress: string, nowMs: number): boolean {
    return this.#connections.take(sourceOf(remoteAddress), nowMs);
  }

  #isInZone(host: string): boolean {
    return host.endsWith(`.${this.#options.zone}`) || this.#options.ownHosts.has(host);
  }

  #takeToken(flow: Flow, nowMs: number): Verdict {
    return this.#requests.take(senderOn(flow), nowMs) ? "take" : this.#turn("drop", "dropped_rate");
  }

  #takeOptions(flow: Flow, nowMs: number): "answered" | "early" | "blocked" {
    const said = this.#optionsRequests.take(senderOn(flow), nowMs);
    if (said === "answer") return "answered";
    if (said === "block") this.#counters.add("sources_blocked_options");
    this.#counters.add("dropped_options");
    return said === "early" ? "early" : "blocked";
  }

  #turn(verdict: Verdict, counter: string): Verdict {
    this.#counters.add(counter);
    return verdict;
  }
}

/** Whose allowance a request takes from. Anybody can forge a datagram's source; what came so is not held against the real one's connections. */
function senderOn({ transport, remoteAddress }: Flow): string {
  const source = sourceOf(remoteAddress);
  return transport === "udp" ? source : connected(source);
}

function connected(source: string): string {
  return `${source} connected`;
}
