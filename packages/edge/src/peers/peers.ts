import type { Flow, TimerHandle } from "@trunkline/sip";
import {
  type Attempt,
  type DirectoryReader,
  egressOf,
  type Facts,
  type OriginationSipUrl,
  overTls,
  type PeerSettings,
  parseTargetUrl,
  serverUri,
  targetAddress,
} from "@trunkline/trunking";
import type { CallParts, CallPeers } from "../call/parts.ts";
import { Breakers, type TargetTurned } from "../health/breakers.ts";
import type { Target } from "../locate/locator.ts";
import type { Counters } from "../metrics.ts";
import type { OnNet } from "../on-net.ts";
import type { PeerStatusView, TargetView } from "./peer-status.types.ts";
import { type ProbedTarget, Probes } from "./probes.ts";
import { Registrations, type WantedRegistration } from "./registrations.ts";

export type PeersParts = Pick<
  CallParts,
  "host" | "userAgent" | "locator" | "health" | "alert" | "log" | "wallClockMs" | "flowTo"
> & {
  readonly counters: Counters;
  readonly edge: string;
  readonly zone: string;
  /** Contacts of registrations are made with it. */
  readonly secret: string;
  /** Private connections: SID to our address on it. */
  readonly interconnects: ReadonlyMap<string, string>;
  /** How the edge calls itself. */
  readonly onNet?: OnNet;
  directory(): DirectoryReader | undefined;
};

/** A target as it is configured, and where that is. `enabled` absent: carriers' targets always are. */
type Place = {
  readonly row: { readonly sid: string; readonly sipUrl: string; readonly enabled?: boolean };
  readonly place: OriginationSipUrl;
};

/** While the directory is being loaded, what was touched is looked at again after this. */
const NOT_LOADED_MS = 200;

/**
 * What the edge is as a client of carriers and customers' PBXs: how each is met (digest, client certificate, way out), what is known of its
 * targets, which of them are probed, and where our Contact is registered. Follows the directory as it is told of changes; who has no
 * `PeerSettings` costs nothing.
 */
export class Peers implements CallPeers {
  readonly #parts: PeersParts;
  readonly #breakers: Breakers;
  readonly #probes: Probes;
  readonly #registrations: Registrations;
  /** Owners that have changed since they were last looked at. */
  #touched = new Set<string>();
  #timer: TimerHandle;
  #isClosed = false;

  constructor(parts: PeersParts) {
    this.#parts = parts;
    const { host, wallClockMs, zone, edge, secret, log } = parts;
    this.#breakers = new Breakers({
      nowMs: () => host.nowMs(),
      wallClockMs: () => wallClockMs(),
      turned: (target) => this.#turned(target),
    });
    this.#probes = new Probes({
      ...parts,
      zone,
      breakers: this.#breakers,
      flowTo: (target, { ownerSid, egress }) => this.#flowTo(target, ownerSid, egress.tnx),
      login: (ownerSid) => this.login(ownerSid),
    });
    this.#registrations = new Registrations({
      ...parts,
      edge,
      secret,
      log,
      flowTo: (target, { carrierSid, tnx }) => this.#flowTo(target, carrierSid, tnx),
    });
  }

  /** Something about that carrier or trunk has changed. Cheap: it is looked at once the changes that come together are all applied. */
  touch(ownerSid: string): void {
    this.#touched.add(ownerSid);
    if (this.#timer === undefined && !this.#isClosed) this.#later(0);
  }

  /** What routing is to know of targets and ways out. */
  get facts(): Required<Pick<Facts, "targetTrouble" | "connections">> {
    return {
      targetTrouble: (ownerSid, address) => this.#breakers.trouble(ownerSid, address),
      connections: new Set(this.#parts.interconnects.keys()),
    };
  }

  /** See `Facts.registeredCarrier`. */
  registeredCarrier(user: string, sourceAddress: string): string | undefined {
    return this.#registrations.carrierOf(user, sourceAddress);
  }

  /** What is known of that carrier or trunk now; what the directory does not have has nothing. */
  status(ownerSid: string): Omit<PeerStatusView, "liveCalls"> {
    const directory = this.#parts.directory();
    const places = directory ? this.#placesOf(ownerSid, directory) : [];
    const targets = places.map(({ row, place }): TargetView => {
      const address = targetAddress(place);
      const trouble = this.#breakers.trouble(ownerSid, address);
      return {
        sid: row.sid,
        sipUrl: row.sipUrl,
        address,
        health: trouble?.health ?? "up",
        downSinceMs: trouble?.sinceMs ?? null,
        failures: this.#breakers.failures(ownerSid, address),
        isProbed: this.#probes.watches(ownerSid, address),
      };
    });
    return { registration: this.#registrations.viewOf(ownerSid), targets };
  }

  metrics(): Readonly<Record<string, number>> {
    return {
      targets_down: this.#breakers.down,
      targets_remembered: this.#breakers.remembered,
      targets_probed: this.#probes.targets,
      registrations: this.#registrations.size,
      registrations_registered: this.#registrations.registered,
    };
  }

  flowTo(target: Target, { peerSid, egress, onNet }: Parameters<CallPeers["flowTo"]>[1]): Flow | undefined {
    if (!onNet) return this.#flowTo(target, peerSid, egress.tnx);
    const peer = { serverName: undefined, towards: "carrier", ownerSid: peerSid } as const;
    const localAddress = this.#parts.onNet?.localAddress;
    return this.#parts.flowTo(target.transport, target.address, target.port, peer, localAddress);
  }

  isCarrier({ address, port }: Target): boolean {
    return this.#parts.directory()?.carrierBySource(address, port) !== undefined;
  }

  callId({ onNet }: Attempt): string | undefined {
    return onNet && this.#parts.onNet?.newCallId();
  }

  login(peerSid: string): { readonly username: string; readonly password: string } | undefined {
    const { username, password } = this.#settings(peerSid) ?? {};
    return username == null || password == null ? undefined : { username, password };
  }

  trying({ peerSid, address }: Attempt): void {
    if (address !== null) this.#breakers.trying(peerSid, address);
  }

  answered({ peerSid, address }: Attempt): void {
    if (address !== null) this.#breakers.answered(peerSid, address);
  }

  failed({ peerSid, address }: Attempt): void {
    if (address !== null) this.#breakers.failed(peerSid, address);
  }

  /** No more probes; our Contacts are taken away. True once every registrar has answered. */
  close(): () => boolean {
    this.#isClosed = true;
    this.#parts.host.clearTimer(this.#timer);
    this.#probes.close();
    return this.#registrations.close();
  }

  #flowTo({ transport, address, port, serverName }: Target, peerSid: string, tnx: string | null): Flow | undefined {
    const { flowTo, interconnects } = this.#parts;
    const localAddress = tnx === null ? undefined : interconnects.get(tnx);
    // Its targets mean something inside of the private connection alone.
    if (tnx !== null && localAddress === undefined) return undefined;
    const towards = peerSid.startsWith("CX") ? "carrier" : "customer";
    return flowTo(transport, address, port, { serverName, towards, ownerSid: peerSid }, localAddress);
  }

  #settings(ownerSid: string): PeerSettings | undefined {
    return this.#parts.directory()?.peerSettings(ownerSid);
  }

  #later(afterMs: number): void {
    this.#timer = this.#parts.host.setTimer(afterMs, () => {
      this.#timer = undefined;
      const directory = this.#parts.directory();
      if (directory) this.#follow(directory);
      else this.#later(NOT_LOADED_MS);
    });
  }

  #follow(directory: DirectoryReader): void {
    const touched = this.#touched;
    this.#touched = new Set();
    for (const ownerSid of touched) {
      const settings = directory.peerSettings(ownerSid);
      const intervalSec = settings?.probeIntervalSec ?? null;
      const targets = intervalSec === null ? [] : this.#targetsOf(ownerSid, directory);
      this.#probes.follow(ownerSid, targets, (intervalSec ?? 0) * 1_000);
      this.#registrations.follow(ownerSid, settings && this.#registrationOf(settings, directory));
    }
  }

  /** Where calls to that owner go. A disabled carrier or URL is not called, so it is not asked how it is either. */
  #targetsOf(ownerSid: string, directory: DirectoryReader): readonly ProbedTarget[] {
    const trunk = directory.trunk(ownerSid);
    const isCalled = trunk !== undefined || directory.carrier(ownerSid)?.enabled === true;
    if (!isCalled) return [];
    return this.#placesOf(ownerSid, directory)
      .filter(({ row, place }) => row.enabled !== false && this.#isReachable(place))
      .map(({ place }) => {
        return { ownerSid, address: targetAddress(place), uri: serverUri(place), egress: egressOf(place) };
      });
  }

  /** Its targets, or origination URLs, as they are called; what the API would not have taken is left out. */
  #placesOf(ownerSid: string, directory: DirectoryReader): readonly Place[] {
    const trunk = directory.trunk(ownerSid);
    const rows: readonly Place["row"][] = trunk
      ? directory.originationUrls(ownerSid)
      : directory.carrierTargets(ownerSid);
    return rows.flatMap((row) => {
      const url = parseTargetUrl(row.sipUrl);
      return url.kind === "invalid" ? [] : [{ row, place: trunk?.secure ? overTls(url) : url }];
    });
  }

  #registrationOf(settings: PeerSettings, directory: DirectoryReader): WantedRegistration | undefined {
    const { ownerSid, registrarUrl, username, password, registrationExpiresSec, clientCertificate } = settings;
    if (registrarUrl === null || username === null || password === null) return undefined;
    const registrar = parseTargetUrl(registrarUrl);
    if (!directory.carrier(ownerSid)?.enabled) return undefined;
    if (registrar.kind === "invalid" || !this.#isReachable(registrar)) {
      const why = registrar.kind === "invalid" ? registrar.why : "its private connection is not at this edge";
      this.#parts.log("warn", "registrar cannot be used", { carrierSid: ownerSid, why });
      return undefined;
    }
    const { tnx } = egressOf(registrar);
    const expiresSec = registrationExpiresSec;
    return { carrierSid: ownerSid, registrar, username, password, expiresSec, clientCertificate, tnx };
  }

  #isReachable(url: OriginationSipUrl): boolean {
    const { tnx } = egressOf(url);
    return tnx === null || this.#parts.interconnects.has(tnx);
  }

  /** Once when it goes down, whatever found that out; a customer who has the target watched hears of it without having made a call. */
  #turned({ ownerSid, address, isDown, failures }: Parameters<TargetTurned>[0]): void {
    const { log, alert } = this.#parts;
    if (!isDown) {
      log("info", "target is up again", { ownerSid, address });
      return;
    }
    log("warn", "target is down", { ownerSid, address, failures });
    const trunk = this.#parts.directory()?.trunk(ownerSid);
    if (!trunk || !this.#probes.watches(ownerSid, address)) return;
    const text = `Error communicating with your SIP infrastructure: ${address} is down, ${failures} failures in a row; calls go to other targets first`;
    alert(trunk.accountSid, 32011, ownerSid, text);
  }
}
