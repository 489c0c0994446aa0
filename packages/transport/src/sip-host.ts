import { isIP } from "node:net";
import type { Flow, TransportName } from "@trunkline/sip";
import { ConnectionBudget } from "./connection-budget.ts";
import { ListenError, type Listener, type ListenerSink, zeroCounts } from "./listener.ts";
import { expandWildcard, isLoopback } from "./local-address.ts";
import { startNodeClock } from "./node-clock.ts";
import type { ListenOn, SipHost, SipHostOptions } from "./sip-host.types.ts";
import { DEFAULT_STREAM_LIMITS, type StreamLimits } from "./stream-limits.ts";
import { openTcpListener } from "./tcp.ts";
import { openTlsListener } from "./tls.ts";
import type { HandshakeFailure, TlsPeer, TlsTerms } from "./tls.types.ts";
import { TlsContexts } from "./tls-contexts.ts";
import { openUdpListener } from "./udp.ts";

/** RFC 3261 §18.1.1: implementations must handle messages up to the maximum datagram size, 65,535 bytes with headers. */
const MAX_MESSAGE_BYTES = 65_535;

/** How often a port that happened to be free on one address is taken on another before we give up. */
const PORT_TRIES = 10;

const MAX_PORT = 65_535;

/** What the listeners of one host share. */
type Shared = {
  readonly sink: ListenerSink;
  readonly limits: StreamLimits;
  readonly budget: ConnectionBudget;
  readonly contexts: TlsContexts | undefined;
};

async function openListener(on: ListenOn, shared: Shared): Promise<Listener> {
  switch (on.transport) {
    case "udp":
      return openUdpListener(on, shared.sink);
    case "tcp":
      return openTcpListener(on, shared);
    case "tls":
      if (!shared.contexts) throw new ListenError("tls_without_certificates", on);
      return openTlsListener(on, shared, shared.contexts);
    default:
      return on.transport satisfies never;
  }
}

async function closeAll(listeners: readonly Listener[]): Promise<void> {
  await Promise.all(listeners.map((listener) => listener.close()));
}

/** Every socket once: an address that is named and covered by a wildcard too is what its name says. */
function placesOf(listen: readonly ListenOn[]): readonly ListenOn[] {
  const places = new Map<string, ListenOn>();
  for (const on of listen.flatMap(expandWildcard)) {
    const key = `${on.transport} ${on.address} ${on.port}`;
    const known = places.get(key);
    places.set(key, known && !on.isReserved ? known : on);
  }
  return [...places.values()];
}

/**
 * Opens all or none. When any port will do, UDP and TCP share one over all addresses, as SIP peers expect (RFC 3263 §4.1 gives no way to
 * say otherwise without SRV), and so does TLS.
 */
async function openAll(listen: readonly ListenOn[], shared: Shared): Promise<readonly Listener[]> {
  for (let tries = 1; ; tries += 1) {
    const opened: Listener[] = [];
    const chosen = new Map<boolean, number>();
    let on: ListenOn | undefined;
    try {
      for (on of placesOf(listen)) {
        const isSecure = on.transport === "tls";
        const listener = await openListener({ ...on, port: on.port || (chosen.get(isSecure) ?? 0) }, shared);
        opened.push(listener);
        if (on.port === 0) chosen.set(isSecure, listener.on.port);
      }
      return opened;
    } catch (error) {
      await closeAll(opened);
      const anotherPortMayDo = on?.port === 0 && error instanceof ListenError && error.code === "EADDRINUSE";
      if (!anotherPortMayDo || tries === PORT_TRIES) throw error;
    }
  }
}

function rethrowOutside(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}

const STRICT_TERMS: TlsTerms = { deprecatedVersions: false, clientCertificate: false };

const FAILED_COUNTS = {
  version: "handshakesFailedVersion",
  cipher: "handshakesFailedCipher",
  certificate: "handshakesFailedCertificate",
  "not-tls": "handshakesFailedNotTls",
  timeout: "handshakesFailedTimeout",
  closed: "handshakesFailedClosed",
  other: "handshakesFailedOther",
} as const satisfies Record<HandshakeFailure, string>;

/** The way from the sockets to the user: nothing after `isClosed`, and what the user throws never reaches a socket. */
function sinkOf(
  options: SipHostOptions,
  onFault: NonNullable<SipHostOptions["onFault"]>,
  isClosed: () => boolean,
): ListenerSink {
  const counts = zeroCounts();
  const guarded = <T>(during: "message" | "flow-failed" | "connection", otherwise: T, run: () => T): T => {
    if (isClosed()) return otherwise;
    try {
      return run();
    } catch (error) {
      onFault(error, during);
      return otherwise;
    }
  };
  return {
    maxMessageBytes: options.maxMessageBytes ?? MAX_MESSAGE_BYTES,
    counts,
    message: (flow, text) => guarded("message", undefined, () => options.onMessage(flow, text)),
    flowFailed: (flow, reason) => guarded("flow-failed", undefined, () => options.onFlowFailed(flow, reason)),
    admitConnection: (address) => guarded("connection", false, () => options.admitConnection?.(address) ?? true),
    answerBrokenStream: (flow, refusal) =>
      guarded("connection", false, () => options.answerBrokenStream?.(flow, refusal) ?? true),
    tlsTerms: (hello) => guarded("connection", STRICT_TERMS, () => options.tlsTerms?.(hello) ?? STRICT_TERMS),
    handshakeFailed(remote, failure, hello) {
      counts[FAILED_COUNTS[failure]] += 1;
      guarded("connection", undefined, () => options.onHandshakeFailed?.(remote, failure, hello));
    },
  };
}

/**
 * Opens every socket asked for, or none: rejects with `ListenError`, whose `code` is the operating system's.
 *
 * The host is the stack's `Host` over real sockets, one timer wheel and the operating system's randomness. UDP peers that answer
 * with ICMP "port unreachable" are not noticed: a socket that serves many peers is not told (Linux udp(7)); the transaction's
 * timers find out. What the kernel refuses by itself (message too long, no route) is reported by `onFlowFailed`.
 */
export async function openSipHost(options: SipHostOptions): Promise<SipHost> {
  const onFault = options.onFault ?? rethrowOutside;
  let closed = false;
  const sink = sinkOf(options, onFault, () => closed);
  const limits = { ...DEFAULT_STREAM_LIMITS, ...options.streams };
  const contexts = options.tls && new TlsContexts(options.tls);
  const listeners = await openAll(options.listen, { sink, limits, budget: new ConnectionBudget(limits), contexts });
  const reserved = new Set(options.listen.filter(({ isReserved }) => isReserved).map(({ address }) => address));
  const { pendingTimers, stop, ...clock } = startNodeClock((error) => onFault(error, "timer"));
  const listenerOf = (flow: Flow): Listener | undefined =>
    listeners.find(
      ({ on }) => on.address === flow.localAddress && on.port === flow.localPort && on.transport === flow.transport,
    );

  return {
    ...clock,
    listeners: listeners.map((listener) => listener.on),
    send(flow, wire) {
      if (closed) return;
      const listener = listenerOf(flow);
      if (listener) listener.send(flow, wire);
      else setImmediate(() => sink.flowFailed(flow, "no such listener"));
    },
    flowTo: (transport, address, port, peer, localAddress) => {
      const able = listeners.filter(({ on }) =>
        localAddress === undefined ? !reserved.has(on.address) : on.address === localAddress,
      );
      return flowFrom(able, transport, address, port, peer);
    },
    closeFlow: (flow) => listenerOf(flow)?.closeFlow(flow),
    tlsOf: (flow) => listenerOf(flow)?.tlsOf(flow),
    setCertificates: (material) => contexts?.set(material),
    setNamedCertificates: (changes) => contexts?.setNamed(changes),
    counts: () => ({ ...sink.counts, pendingTimers: pendingTimers() }),
    async close() {
      closed = true;
      stop();
      await closeAll(listeners);
    },
  };
}

function flowFrom(
  listeners: readonly Listener[],
  transport: TransportName,
  remoteAddress: string,
  remotePort: number,
  peer?: TlsPeer,
): Flow | undefined {
  const address = remoteAddress.replace(/^\[|\]$/g, "");
  const family = isIP(address);
  if (family === 0 || !Number.isInteger(remotePort) || remotePort < 1 || remotePort > MAX_PORT) return undefined;
  const able = listeners.filter(({ on }) => on.transport === transport && isIP(on.address) === family);
  // A socket on loopback cannot send to the outside, and the outside cannot answer to loopback.
  const fitting = able.find(({ on }) => isLoopback(on.address) === isLoopback(address)) ?? able[0];
  return fitting?.flowTo(address, remotePort, peer);
}
