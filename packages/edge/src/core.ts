import { createUserAgent, type Flow, type UserAgent, type UserAgentOptions } from "@trunkline/sip";
import { createLocalCounters, type Facts } from "@trunkline/trunking";
import { AlertQueue } from "./alerts.ts";
import type { Call } from "./call/call.ts";
import type { PeerOwner, RaiseAlert } from "./call/parts.ts";
import { Captures } from "./capture/captures.ts";
import { Contacts } from "./contact/contacts.ts";
import type { EdgeCore, EdgeCoreOptions, EdgeCorePorts } from "./core.types.ts";
import type { EdgeLimits } from "./edge.types.ts";
import { Guard, type Verdict } from "./guard.ts";
import { ALLOWED_METHODS, EXTENSIONS } from "./leg/leg.ts";
import type { LegB } from "./leg/leg-b.ts";
import { DEFAULT_LIMITS, GOODBYE_MS } from "./limits.ts";
import type { Located } from "./locate/locator.ts";
import { TargetHealth } from "./locate/target-health.ts";
import { Counters } from "./metrics.ts";
import { OnNet } from "./on-net.ts";
import { OwnCalls } from "./own-call/own-calls.ts";
import { Peers } from "./peers/peers.ts";
import { Recordings } from "./recording/recordings.ts";
import { TlsPolicy } from "./tls/tls-policy.ts";
import { Authenticator } from "./uas/authenticator.ts";
import { Uas } from "./uas/uas.ts";
import { Verifications } from "./verification/verifications.ts";

/** How often a closing core looks whether its last sessions are gone. */
const CLOSE_POLL_MS = 20;

/** Stands for the recording that runs, whatever its SID (contract §9). */
const CURRENT = "Twilio.CURRENT";

/** The digest realm of the whole installation, trunks and API alike: HA1 values are made for it. */
export function digestRealm(zone: string): string {
  return `sip.${zone}`;
}

export function createEdgeCore(options: EdgeCoreOptions, ports: EdgeCorePorts): EdgeCore {
  return new Core(options, ports);
}

class Core implements EdgeCore {
  readonly #ports: EdgeCorePorts;
  readonly #userAgent: UserAgent;
  readonly #guard: Guard;
  readonly #tls: TlsPolicy;
  readonly #alerts: AlertQueue;
  readonly #health: TargetHealth;
  readonly #counters = new Counters();
  readonly #calls = new Map<string, Call>();
  readonly #uas: Uas;
  readonly #verifications: Verifications;
  readonly #unheard = new Set<LegB>();
  readonly #recordings: Recordings;
  readonly #peers: Peers;
  readonly #contacts: Contacts;
  readonly #captures: Captures | undefined;
  readonly #onNet: OnNet | undefined;
  /** Our addresses on private connections, from which only what belongs to those may leave. */
  readonly #privateAddresses: ReadonlySet<string>;
  #draining = false;

  constructor(options: EdgeCoreOptions, ports: EdgeCorePorts) {
    this.#ports = ports;
    const { host, log, wallClockMs } = ports;
    const limits: EdgeLimits = { ...DEFAULT_LIMITS, ...options.limits };
    const { edge, zone, ownHosts, nonceSecret, ownSocket, interconnects = new Map() } = options;
    this.#privateAddresses = new Set(interconnects.values());
    const counters = this.#counters;
    this.#health = new TargetHealth(() => host.nowMs());
    this.#alerts = new AlertQueue(ports.alerts, { host, wallClockMs, counters, log, ...limits });
    const alert: RaiseAlert = (...incident) => this.#alerts.raise(...incident);
    this.#tls = new TlsPolicy({ ...ports, place: { edge, zone }, counters, alert });
    this.#onNet = ownSocket && new OnNet(host, ownSocket);
    const onNet = this.#onNet && { onNet: this.#onNet };
    const registeredCarrier: Facts["registeredCarrier"] = (...call) => this.#peers.registeredCarrier(...call);
    this.#contacts = new Contacts(wallClockMs);
    const screened = { edge, zone, ownHosts, registeredCarrier, contacts: this.#contacts, ...onNet, ...limits };
    this.#guard = new Guard(screened, counters, this.#tls);
    const captures = ports.captures && new Captures(ports.captures, { host, wallClockMs, counters, log });
    this.#captures = captures;
    this.#userAgent = createUserAgent(host, this.#userAgentOptions(), {
      ...(captures ? { onMessage: (...message) => captures.note(...message) } : {}),
      screen: (request, flow) => {
        const taken = this.#heed(this.#guard.screen(request, flow, ports.directory(), host.nowMs()), flow);
        if (!taken) captures?.disregard(request.callId);
        return taken;
      },
      screenUnreadable: (_unreadable, flow) =>
        this.#heed(this.#guard.screenUnreadable(flow, ports.directory(), host.nowMs()), flow),
      onInvite: (session) => this.#uas.onInvite(session),
      onRequest: (request) => this.#uas.onRequest(request),
    });
    const { recorder, recordings: sink } = ports;
    this.#recordings = new Recordings({ recorder, sink, alert, counters, log, nowMs: () => host.nowMs() });
    const met = {
      ...ports,
      userAgent: this.#userAgent,
      health: this.#health,
      alert,
      counters,
      recordings: this.#recordings,
      captures,
    };
    this.#peers = new Peers({ ...met, edge, zone, secret: nonceSecret, interconnects, ...onNet });
    const carried = {
      ...met,
      peers: this.#peers,
      unheard: this.#unheard,
      callCounters: ports.callCounters ?? createLocalCounters(() => host.nowMs()),
      limits,
      calls: this.#calls,
      isDraining: () => this.#draining,
    };
    this.#uas = new Uas({
      ...carried,
      contacts: this.#contacts,
      authenticator: new Authenticator(host, { realm: digestRealm(zone), nonceSecret, ownHosts, wallClockMs }),
      repeatAlert: (...alert) => this.#alerts.repeat(...alert),
      place: { edge, zone, ownHosts, registeredCarrier, ...onNet, ...this.#peers.facts },
    });
    const ownCalls = new OwnCalls({ ...carried, facts: () => this.#uas.facts() });
    this.#verifications = new Verifications({ ...ports, ownCalls });
  }

  #userAgentOptions(): UserAgentOptions {
    const { advertised, flowTo } = this.#ports;
    return {
      product: "Trunkline",
      allow: ALLOWED_METHODS,
      supported: EXTENSIONS,
      // What stays inside need not know what we are called outside, nor take that way.
      advertised: (flow) =>
        this.#onNet?.isWithin(flow) ? { host: flow.localAddress, port: flow.localPort } : advertised(flow),
      streamFlow: (flow) =>
        this.#onNet?.isWithin(flow)
          ? undefined
          : flowTo("tcp", flow.remoteAddress, flow.remotePort, undefined, this.#privateAddress(flow)),
      locate: (uri, flow, found) => this.#locateNextHop(uri, flow, found),
    };
  }

  /** Where a dialog's next hop is that is a name, or whose connection is gone: the first address that is in good standing. */
  #locateNextHop(uri: string, flow: Flow, found: (located: Flow | undefined) => void): void {
    const { locator, flowTo, log } = this.#ports;
    const tell = ({ targets }: Located): void => {
      const [target] = this.#health.inOrderOfTrial(targets);
      const owner = this.#peerOn(flow) ?? { towards: "carrier" };
      const peer = { serverName: target?.serverName, ...owner };
      found(target && flowTo(target.transport, target.address, target.port, peer, this.#privateAddress(flow)));
    };
    const located = locator.locate(uri);
    if (located instanceof Promise) {
      located.then(tell, (error: unknown) => {
        log("error", "a next hop could not be looked up", { uri, error: String(error) });
        found(undefined);
      });
    } else tell(located);
  }

  /** What began on a private connection stays there. */
  #privateAddress({ localAddress }: Flow): string | undefined {
    return this.#privateAddresses.has(localAddress) ? localAddress : undefined;
  }

  /** Who is at the other end of a flow that a call is carried over. */
  #peerOn(flow: Flow): PeerOwner | undefined {
    for (const call of this.#calls.values()) {
      const peer = call.peerOn(flow);
      if (peer) return peer;
    }
    return undefined;
  }

  receive(...message: Parameters<EdgeCore["receive"]>): void {
    this.#userAgent.receive(...message);
  }

  flowFailed(...failure: Parameters<EdgeCore["flowFailed"]>): void {
    this.#userAgent.flowFailed(...failure);
  }

  admitConnection(remoteAddress: string): boolean {
    return this.#guard.admitConnection(remoteAddress, this.#ports.host.nowMs());
  }

  tlsTerms(...hello: Parameters<EdgeCore["tlsTerms"]>): ReturnType<EdgeCore["tlsTerms"]> {
    return this.#tls.terms(...hello);
  }

  handshakeFailed(...failed: Parameters<EdgeCore["handshakeFailed"]>): void {
    this.#tls.handshakeFailed(...failed);
  }

  answerBrokenStream(flow: Flow): boolean {
    const { directory, host } = this.#ports;
    return this.#guard.screenUnreadable(flow, directory(), host.nowMs()) === "take";
  }

  liveCalls(accountSid?: string): ReturnType<EdgeCore["liveCalls"]> {
    const views = [...this.#calls.values()].map((call) => call.view());
    return accountSid === undefined ? views : views.filter((view) => view.accountSid === accountSid);
  }

  hangUp(accountSid: string, sid: string): boolean {
    const call = this.#calls.get(sid);
    if (call?.opening.identity.accountSid !== accountSid) return false;
    call.hangUp(487, "Request Terminated", "ended through the API");
    return true;
  }

  liveRecordings(accountSid?: string): ReturnType<EdgeCore["liveRecordings"]> {
    const views = [...this.#calls.values()].flatMap(({ recording }) => recording.view() ?? []);
    return accountSid === undefined ? views : views.filter((view) => view.accountSid === accountSid);
  }

  async controlRecording(order: Parameters<EdgeCore["controlRecording"]>[0]): ReturnType<EdgeCore["controlRecording"]> {
    const call = this.#calls.get(order.callSid);
    if (call?.opening.identity.accountSid !== order.accountSid) return { kind: "not-found" };
    const isMeant = order.recordingSid === CURRENT || order.recordingSid === call.recording.sid;
    if (!isMeant) return { kind: "not-found" };
    const recording = await call.recording.control(order);
    return recording ? { kind: "done", recording } : { kind: "not-live" };
  }

  recordingFinished(...finished: Parameters<EdgeCore["recordingFinished"]>): Promise<void> {
    return this.#recordings.finished(...finished);
  }

  recorderAlarmed(...alarm: Parameters<EdgeCore["recorderAlarmed"]>): void {
    this.#recordings.alarmed(...alarm);
  }

  troubles(): readonly string[] {
    return this.#recordings.troubles();
  }

  peerStatus(ownerSid: string): ReturnType<EdgeCore["peerStatus"]> {
    const calls = [...this.#calls.values()].filter((call) => call.isWith(ownerSid));
    return { ...this.#peers.status(ownerSid), liveCalls: calls.length };
  }

  trunkContact(trunkSid: string): ReturnType<EdgeCore["trunkContact"]> {
    return this.#contacts.fetch(trunkSid);
  }

  capture(accountSid: string, callSid: string): ReturnType<EdgeCore["capture"]> {
    const found = this.#captures?.fetch(callSid);
    return found?.capture.accountSid === accountSid ? found : undefined;
  }

  async callAudio(accountSid: string, callSid: string): ReturnType<EdgeCore["callAudio"]> {
    const call = this.#calls.get(callSid);
    return call?.opening.identity.accountSid === accountSid ? call.audio() : undefined;
  }

  peerTouched(ownerSid: string): void {
    this.#peers.touch(ownerSid);
  }

  simulate(call: Parameters<EdgeCore["simulate"]>[0]): ReturnType<EdgeCore["simulate"]> {
    return this.#uas.simulate(call);
  }

  replay(...replayed: Parameters<EdgeCore["replay"]>): ReturnType<EdgeCore["replay"]> {
    return this.#uas.replay(...replayed);
  }

  verifyCallerId(...order: Parameters<EdgeCore["verifyCallerId"]>): ReturnType<EdgeCore["verifyCallerId"]> {
    return this.#verifications.begin(...order);
  }

  metrics(): ReturnType<EdgeCore["metrics"]> {
    const { sessions, clientTransactions, serverTransactions } = this.#userAgent.counts();
    return {
      ...this.#counters.snapshot(),
      live_calls: this.#calls.size,
      live_recordings: this.liveRecordings().length,
      live_sessions: sessions,
      live_client_transactions: clientTransactions,
      live_server_transactions: serverTransactions,
      trunk_contacts: this.#contacts.remembered,
      ...this.#captures?.metrics(),
      sources_tracked: this.#guard.sourcesTracked,
      targets_failing: this.#health.remembered,
      ...this.#peers.metrics(),
      alerts_repeating: this.#alerts.repeating,
    };
  }

  counts(): ReturnType<EdgeCore["counts"]> {
    return { ...this.#userAgent.counts(), calls: this.#calls.size };
  }

  async close(graceMs: number): Promise<void> {
    this.#draining = true;
    this.#verifications.close();
    const isUnregistered = this.#peers.close();
    await this.#until(() => this.#calls.size === 0, graceMs);
    for (const call of [...this.#calls.values()]) {
      call.hangUp(503, "Service Unavailable", "the platform is closing");
    }
    const isSilent = (): boolean => this.#userAgent.counts().sessions <= this.#unheard.size;
    await this.#until(() => this.#calls.size === 0 && isSilent() && isUnregistered(), GOODBYE_MS);
    this.#uas.close();
    // Its last outcomes and alarms come now, and are told like all others.
    await this.#recordings.recorder?.close();
    await this.#captures?.close();
    await this.#alerts.close();
  }

  /**
   * Whether the request is taken. A stranger's connection is closed (TERM-1), except when a call is carried over it: it is then nobody
   * unknown, and its BYE should find its way.
   */
  #heed(verdict: Verdict, flow: Flow): boolean {
    if (verdict === "stranger" && flow.transport !== "udp" && this.#peerOn(flow) === undefined) {
      this.#counters.add("connections_closed_strangers");
      this.#ports.closeFlow?.(flow);
    }
    return verdict === "take";
  }

  /** Resolves when `done` or after `limitMs`, by the host's clock. */
  #until(done: () => boolean, limitMs: number): Promise<void> {
    const { host } = this.#ports;
    const giveUpMs = host.nowMs() + limitMs;
    return new Promise((resolve) => {
      const look = (): void => {
        if (done() || host.nowMs() >= giveUpMs) resolve();
        else host.setTimer(CLOSE_POLL_MS, look);
      };
      look();
    });
  }
}
