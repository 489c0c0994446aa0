import type { Flow, SipResponse, TimerHandle, UserAgent } from "@trunkline/sip";
import type { Attempt } from "@trunkline/trunking";
import type { Breakers } from "../health/breakers.ts";
import { UNWELL } from "../limits.ts";
import type { Target } from "../locate/locator.ts";
import type { Counters } from "../metrics.ts";
import { ask, type WayParts } from "./way.ts";

/** A target that is asked whether it lives. */
export type ProbedTarget = {
  readonly ownerSid: string;
  /** What its health is known by. */
  readonly address: string;
  /** Request-URI of the OPTIONS. */
  readonly uri: string;
  readonly egress: Attempt["egress"];
};

export type ProbeParts = WayParts & {
  readonly userAgent: UserAgent;
  readonly breakers: Breakers;
  readonly counters: Counters;
  readonly zone: string;
  flowTo(target: Target, probed: ProbedTarget): Flow | undefined;
  login(ownerSid: string): { readonly username: string; readonly password: string } | undefined;
};

/** How long a target may be silent: as long as for a call (ORIG-4), four transmissions over UDP. A later answer still counts. */
const PATIENCE_MS = 4_000;

/** However long the interval, what a new target is like is known within a minute. */
const FIRST_WITHIN_MS = 60_000;

/** An interval varies by this share of itself, so that probes do not march in step. */
const JITTER = 0.1;

/** Requests under way at the same time; a silent target costs some kilobytes for 32 s. Probes beyond it wait for their next turn. */
const MAX_UNDER_WAY = 1_000;

type Probe = {
  readonly target: ProbedTarget;
  readonly intervalMs: number;
  timer: TimerHandle;
  /** Requests of it that are not answered yet. */
  underWay: number;
  /** When it was last found silent, since it last answered. */
  silentAtMs: number | undefined;
};

const NONE: ReadonlyMap<string, Probe> = new Map();

/**
 * OPTIONS to the targets of whoever wants them watched (CAR-1, ORIG-12), spread over time. Nothing runs and nothing is kept for the others.
 */
export class Probes {
  readonly #parts: ProbeParts;
  /** By owner, then by address. */
  readonly #owners = new Map<string, ReadonlyMap<string, Probe>>();
  #underWay = 0;
  #targets = 0;

  constructor(parts: ProbeParts) {
    this.#parts = parts;
  }

  /** Targets that are asked from time to time. */
  get targets(): number {
    return this.#targets;
  }

  watches(ownerSid: string, address: string): boolean {
    return this.#owners.get(ownerSid)?.has(address) ?? false;
  }

  /** From now on these are the owner's; what stays as it was keeps its rhythm. */
  follow(ownerSid: string, targets: readonly ProbedTarget[], intervalMs: number): void {
    const before = this.#owners.get(ownerSid) ?? NONE;
    if (targets.length === 0 && before.size === 0) return;
    const after = new Map<string, Probe>();
    for (const target of targets) {
      const known = before.get(target.address);
      const isSame = known?.intervalMs === intervalMs && sameWay(known.target, target);
      if (!after.has(target.address)) after.set(target.address, isSame ? known : this.#begin(target, intervalMs));
    }
    for (const probe of before.values()) {
      if (after.get(probe.target.address) !== probe) this.#parts.host.clearTimer(probe.timer);
    }
    this.#targets += after.size - before.size;
    if (after.size > 0) this.#owners.set(ownerSid, after);
    else this.#owners.delete(ownerSid);
  }

  close(): void {
    for (const ownerSid of [...this.#owners.keys()]) this.follow(ownerSid, [], 0);
  }

  #begin(target: ProbedTarget, intervalMs: number): Probe {
    const { host } = this.#parts;
    const probe: Probe = { target, intervalMs, timer: undefined, underWay: 0, silentAtMs: undefined };
    this.#wait(probe, host.random() * Math.min(intervalMs, FIRST_WITHIN_MS));
    return probe;
  }

  #wait(probe: Probe, afterMs: number): void {
    probe.timer = this.#parts.host.setTimer(afterMs, () => this.#probe(probe));
  }

  /**
   * While a request is unanswered the transaction itself goes on asking (RFC 3261 §17.1.2.2), so that no other one is sent: however short
   * the interval, a target that is not there gets no more than one transaction's packets.
   */
  #probe(probe: Probe): void {
    const { host, counters } = this.#parts;
    this.#wait(probe, probe.intervalMs * (1 - JITTER + 2 * JITTER * host.random()));
    const { underWay, silentAtMs } = probe;
    if (underWay === 0 && this.#underWay >= MAX_UNDER_WAY) counters.add("probes_postponed");
    else if (underWay === 0) this.#ask(probe);
    else if (silentAtMs !== undefined && host.nowMs() - silentAtMs >= PATIENCE_MS) this.#unwell(probe);
  }

  #ask(probe: Probe): void {
    const { breakers, counters } = this.#parts;
    const { target } = probe;
    probe.silentAtMs = undefined;
    counters.add("probes_sent");
    breakers.trying(target.ownerSid, target.address);
    ask(this.#parts, {
      uri: target.uri,
      patienceMs: PATIENCE_MS,
      flowTo: (place) => this.#parts.flowTo(place, target),
      send: (flow, done) => this.#send(probe, flow, done),
      done: (response) => {
        if (isAlive(response)) breakers.answered(target.ownerSid, target.address);
        else this.#unwell(probe);
      },
    });
  }

  #send(probe: Probe, flow: Flow, done: (response: SipResponse | undefined) => void): void {
    const { userAgent, zone, login } = this.#parts;
    const { uri, ownerSid } = probe.target;
    const credentials = login(ownerSid);
    this.#count(probe, 1);
    userAgent.request(
      "OPTIONS",
      {
        flow,
        requestUri: uri,
        from: `<sip:${zone}>`,
        to: `<${uri}>`,
        headers: [["Accept", "application/sdp"]],
        ...(credentials ? { credentials } : {}),
      },
      (response) => {
        this.#count(probe, -1);
        done(response);
      },
    );
  }

  #count(probe: Probe, by: 1 | -1): void {
    probe.underWay += by;
    this.#underWay += by;
  }

  #unwell(probe: Probe): void {
    const { breakers, counters, host } = this.#parts;
    const { ownerSid, address } = probe.target;
    probe.silentAtMs = host.nowMs();
    counters.add("probes_failed");
    breakers.failed(ownerSid, address);
  }
}

function isAlive(response: SipResponse | undefined): boolean {
  return response !== undefined && !UNWELL.has(response.status);
}

function sameWay(a: ProbedTarget, b: ProbedTarget): boolean {
  return a.uri === b.uri && a.egress.tnx === b.egress.tnx;
}
