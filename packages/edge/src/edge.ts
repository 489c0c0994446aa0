import { isIPv6 } from "node:net";
import type { Recorder } from "@trunkline/media";
import type { Flow, TransportName } from "@trunkline/sip";
import { type ListenOn, openSipHost, type SipHost, type TlsPeer } from "@trunkline/transport";
import { accountSettings, createDirectory, type DirectoryIndex, type DirectoryReader } from "@trunkline/trunking";
import type { FlowPeer } from "./call/parts.ts";
import { createEdgeCore } from "./core.ts";
import type { EdgeCore, EdgeCoreOptions } from "./core.types.ts";
import { Resolver } from "./dns/resolver.ts";
import type { Edge, EdgeAddress, EdgeOptions, EdgePorts } from "./edge.types.ts";
import { FileJournal } from "./journal/journal.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { createLocator } from "./locate/dns-locator.ts";
import { openVoice } from "./own-call/voice.ts";
import { readPrompts } from "./verification/prompts.ts";

/** RFC 3261 §19.1.2: where TLS is when nothing else is said. */
const SIPS_PORT = 5061;

/** How long a closing edge tries to bring its last records to the sink; what is left then is in the journal. */
const LAST_RECORDS_MS = 5_000;

/**
 * Opens an edge: listens, puts the journal of the run before in order, loads the directory. Resolves when it can route calls; rejects when a
 * port is taken, the journal's folder cannot be used or the directory cannot be had, leaving nothing open.
 *
 * Written closing order: no new calls; running calls their time, then BYE; recordings; alerts; journal to sink and disk; directory; sockets last, so that
 * the answers to our BYEs still arrive.
 */
export async function createEdge(options: EdgeOptions, ports: EdgePorts): Promise<Edge> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const { log } = ports;
  let core: EdgeCore | undefined;
  const host = await openSipHost({
    listen: listenOn(options),
    maxMessageBytes: limits.maxMessageBytes,
    onMessage: (flow, text) => core?.receive(flow, text),
    onFlowFailed: (flow, reason) => core?.flowFailed(flow, reason),
    admitConnection: (remoteAddress) => core?.admitConnection(remoteAddress) ?? false,
    answerBrokenStream: (flow) => core?.answerBrokenStream(flow) ?? false,
    tlsTerms: (hello) => core?.tlsTerms(hello) ?? { deprecatedVersions: false, clientCertificate: false },
    onHandshakeFailed: (_remote, failure, hello) => core?.handshakeFailed(failure, hello),
    ...(options.tls ? { tls: options.tls } : {}),
    onFault: (error, during) => log("error", "the edge broke a rule of its own", { during, error: describe(error) }),
  });
  let journal: FileJournal | undefined;
  let recorder: Recorder | undefined;
  try {
    const wallClockMs = Date.now;
    journal = await FileJournal.open({ dir: options.journalDir, sink: ports.records, log, wallClockMs });
    const directory = createDirectory({ peerTouched: (ownerSid) => core?.peerTouched(ownerSid) });
    let isLoaded = false;
    const resolver = new Resolver();
    recorder = await ports.recordings?.open({
      onFinished: async (result) => {
        // The recorder gives it again.
        if (!core) throw new Error("the edge is still starting");
        await core.recordingFinished(result);
      },
      onAlarm: (alarm) => core?.recorderAlarmed(alarm),
    });
    core = createEdgeCore(
      {
        ...options,
        ownHosts: ownHosts(options),
        interconnects: interconnects(options),
        ...ownSocket(options, host),
        limits,
      },
      {
        host,
        locator: createLocator(
          { transports: transports(options), families: families(options.addresses), random: () => host.random() },
          (question) => resolver.resolve(question),
        ),
        media: ports.media,
        ...(ports.recordings && recorder ? { recorder, recordings: ports.recordings.sink } : {}),
        journal,
        ...(ports.callerIds ? { callerIds: ports.callerIds, prompts: await readPrompts() } : {}),
        openVoice: (news) => openVoice(options.addresses, () => host.random(), news),
        alerts: ports.alerts,
        ...(ports.captures ? { captures: ports.captures } : {}),
        log,
        wallClockMs,
        directory: () => (isLoaded ? directory : undefined),
        flowTo: (transport, address, port, peer, localAddress) =>
          host.flowTo(transport, address, port, tlsPeer(options, peer, directory), localAddress),
        advertised: (flow) => advertised(flow, options),
        closeFlow: (flow) => host.closeFlow(flow),
        tlsOf: (flow) => host.tlsOf(flow),
      },
    );
    const subscription = await ports.directory.subscribe((changes) => directory.apply(changes));
    // Takes its time with what a crash left; new recordings do not wait for it.
    recorder
      ?.repair()
      .catch((error: unknown) => log("error", "recordings were not repaired", { error: describe(error) }));
    isLoaded = true;
    return edgeOf({ core, host, journal, recorder, resolver, directory, subscription });
  } catch (error) {
    await recorder?.close();
    await journal?.close(0);
    await host.close();
    throw error;
  }
}

type Parts = {
  readonly core: EdgeCore;
  readonly host: SipHost;
  readonly journal: FileJournal;
  readonly recorder: Recorder | undefined;
  readonly resolver: Resolver;
  readonly directory: DirectoryIndex;
  readonly subscription: { stop(): Promise<void> };
};

function edgeOf({ core, host, journal, recorder, resolver, directory, subscription }: Parts): Edge {
  let closing: Promise<void> | undefined;
  const close = async (graceMs: number): Promise<void> => {
    await core.close(graceMs);
    await journal.close(LAST_RECORDS_MS);
    await subscription.stop();
    await host.close();
  };
  return {
    listeners: host.listeners,
    liveCalls: (accountSid) => core.liveCalls(accountSid),
    hangUp: (accountSid, sid) => core.hangUp(accountSid, sid),
    controlRecording: (order) => core.controlRecording(order),
    lostRecordings: async (sids) => (await recorder?.lost(sids)) ?? [],
    troubles: () => core.troubles(),
    peerStatus: (ownerSid) => core.peerStatus(ownerSid),
    trunkContact: (trunkSid) => core.trunkContact(trunkSid),
    capture: (accountSid, callSid) => core.capture(accountSid, callSid),
    callAudio: (accountSid, callSid) => core.callAudio(accountSid, callSid),
    simulate: (call) => core.simulate(call),
    replay: (calls, changes) => core.replay(calls, changes),
    verifyCallerId: (order) => core.verifyCallerId(order),
    setTls: (tls) => host.setCertificates(tls),
    setNamedCertificates: (changes) => host.setNamedCertificates(changes),
    metrics: () => ({
      ...core.metrics(),
      ...journal.counts(),
      ...resolver.counts(),
      ...Object.fromEntries(Object.entries(host.counts()).map(([name, count]) => [`sip_${name}`, count])),
      directory_seq: directory.seq,
    }),
    close: (graceMs) => {
      closing ??= close(graceMs);
      return closing;
    },
  };
}

/** UDP and TCP share a port: a request too large for a datagram goes to the same place over TCP (RFC 3261 §18.1.1). */
function listenOn(options: EdgeOptions): readonly ListenOn[] {
  const { addresses, sipPort, sipsPort = SIPS_PORT, interconnects: connections = [] } = options;
  const places: readonly Pick<ListenOn, "address" | "isReserved">[] = [
    ...addresses.map(({ bind }) => ({ address: bind })),
    ...connections.map(({ address }) => ({ address, isReserved: true })),
  ];
  return transports(options).flatMap((transport) =>
    places.map((place) => ({ ...place, transport, port: transport === "tls" ? sipsPort : sipPort })),
  );
}

/** The socket at which the edge reaches itself: a public one of the first address, which its media is shown at too. */
function ownSocket(
  { interconnects: connections = [] }: EdgeOptions,
  { listeners }: Pick<SipHost, "listeners">,
): Pick<EdgeCoreOptions, "ownSocket"> {
  const isPrivate = (address: string): boolean => connections.some((one) => one.address === address);
  // A link-local address cannot be written into a URI (RFC 3986 §3.2.2 has no zone).
  const found = listeners.find(
    ({ transport, address }) => transport === "udp" && !isPrivate(address) && !address.includes("%"),
  );
  return found ? { ownSocket: { address: found.address, port: found.port } } : {};
}

/** Our address on each private connection, by its SID. */
function interconnects({ interconnects: connections = [] }: EdgeOptions): ReadonlyMap<string, string> {
  return new Map(connections.map(({ sid, address }) => [sid, address]));
}

/** The preferred one first: a URI that leaves the choice to us, and DNS that does too, means UDP (ORIG-5). */
function transports({ tls }: EdgeOptions): readonly TransportName[] {
  return tls ? ["udp", "tcp", "tls"] : ["udp", "tcp"];
}

/** The peer of a TLS connection, what it must prove (`EdgeTls.verify`), and what its owner decided about it (SEC-6, ACC-5). */
function tlsPeer({ tls }: EdgeOptions, peer: FlowPeer | undefined, directory: DirectoryReader): TlsPeer {
  const { verify = "carriers" } = tls ?? {};
  const { serverName, towards, ownerSid = "" } = peer ?? { serverName: undefined, towards: undefined };
  const trunk = directory.trunk(ownerSid);
  return {
    ...(serverName === undefined ? {} : { serverName }),
    verify: verify === "all" || (verify === "carriers" && towards === "carrier"),
    clientCertificate: directory.peerSettings(ownerSid)?.clientCertificate ?? false,
    deprecatedVersions: trunk ? accountSettings(trunk.accountSid, directory).deprecatedTlsAllowed : false,
  };
}

/** Names and addresses that carriers may send calls to: what we listen on, what we show, and the zone's own SIP name. */
function ownHosts({ addresses, zone, edge, interconnects: connections = [] }: EdgeOptions): ReadonlySet<string> {
  const hosts = [
    ...addresses.flatMap(({ bind, advertise }) => [bind, advertise]),
    ...connections.map(({ address }) => address),
  ];
  return new Set([...hosts, `sip.${zone}`, `${edge}.${zone}`].map((host) => host.toLowerCase()));
}

function families(addresses: readonly EdgeAddress[]): readonly ("A" | "AAAA")[] {
  const has6 = addresses.some(({ bind }) => isIPv6(bind));
  const has4 = addresses.some(({ bind }) => !isIPv6(bind));
  return [...(has4 ? (["A"] as const) : []), ...(has6 ? (["AAAA"] as const) : [])];
}

/** What we call ourselves towards a flow's far end: the address shown for the one it is bound to, or for a wildcard of its family. */
function advertised(
  flow: Flow,
  { addresses, interconnects: connections = [] }: EdgeOptions,
): { readonly host: string; readonly port: number } {
  const isPrivate = connections.some(({ address }) => address === flow.localAddress);
  if (isPrivate) return { host: flow.localAddress, port: flow.localPort };
  const wildcard = isIPv6(flow.localAddress) ? "::" : "0.0.0.0";
  const shown =
    addresses.find(({ bind }) => bind === flow.localAddress) ??
    addresses.find(({ bind, advertise }) => bind === wildcard && advertise !== wildcard);
  return { host: shown?.advertise ?? flow.localAddress, port: flow.localPort };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
