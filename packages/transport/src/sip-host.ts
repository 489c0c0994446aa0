import { isIP } from "node:net";
import type { Flow, TransportName } from "@trunkline/sip";
import { ListenError, type Listener, type ListenerSink, zeroCounts } from "./listener.ts";
import { expandWildcard, isLoopback } from "./local-address.ts";
import { startNodeClock } from "./node-clock.ts";
import type { ListenOn, SipHost, SipHostOptions } from "./sip-host.types.ts";
import { openUdpListener } from "./udp.ts";

/** RFC 3261 §18.1.1: implementations must handle messages up to the maximum datagram size, 65,535 bytes with headers. */
const MAX_MESSAGE_BYTES = 65_535;

/** How often a port that happened to be free on one address is taken on another before we give up. */
const PORT_TRIES = 10;

const MAX_PORT = 65_535;

async function openListener(on: ListenOn, sink: ListenerSink): Promise<Listener> {
  switch (on.transport) {
    case "udp":
      return openUdpListener(on, sink);
    case "tcp":
    case "tls":
      throw new ListenError("transport_unsupported", on);
    default:
      return on.transport satisfies never;
  }
}

async function closeAll(listeners: readonly Listener[]): Promise<void> {
  await Promise.all(listeners.map((listener) => listener.close()));
}

/** All addresses of one wildcard share one port, also when any port will do. */
async function openGroup(on: ListenOn, sink: ListenerSink): Promise<readonly Listener[]> {
  for (let tries = 1; ; tries += 1) {
    const opened: Listener[] = [];
    try {
      for (const each of expandWildcard(on)) {
        const port = opened[0]?.on.port ?? on.port;
        opened.push(await openListener({ ...each, port }, sink));
      }
      return opened;
    } catch (error) {
      await closeAll(opened);
      const anotherPortMayDo = on.port === 0 && error instanceof ListenError && error.code === "EADDRINUSE";
      if (!anotherPortMayDo || tries === PORT_TRIES) throw error;
    }
  }
}

async function openAll(listen: readonly ListenOn[], sink: ListenerSink): Promise<readonly Listener[]> {
  const opened: Listener[] = [];
  try {
    for (const on of listen) opened.push(...(await openGroup(on, sink)));
    return opened;
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

function rethrowOutside(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
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
  const counts = zeroCounts();
  let closed = false;
  const sink: ListenerSink = {
    maxMessageBytes: options.maxMessageBytes ?? MAX_MESSAGE_BYTES,
    counts,
    message(flow, text) {
      if (closed) return;
      try {
        options.onMessage(flow, text);
      } catch (error) {
        onFault(error, "message");
      }
    },
    flowFailed(flow, reason) {
      if (closed) return;
      try {
        options.onFlowFailed(flow, reason);
      } catch (error) {
        onFault(error, "flow-failed");
      }
    },
  };

  const listeners = await openAll(options.listen, sink);
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
    flowTo: (transport, remoteAddress, remotePort) => flowFrom(listeners, transport, remoteAddress, remotePort),
    counts: () => ({ ...counts, pendingTimers: pendingTimers() }),
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
): Flow | undefined {
  const address = remoteAddress.replace(/^\[|\]$/g, "");
  const family = isIP(address);
  if (family === 0 || !Number.isInteger(remotePort) || remotePort < 1 || remotePort > MAX_PORT) return undefined;
  const able = listeners.filter(({ on }) => on.transport === transport && isIP(on.address) === family);
  // A socket on loopback cannot send to the outside, and the outside cannot answer to loopback.
  const fitting = able.find(({ on }) => isLoopback(on.address) === isLoopback(address)) ?? able[0];
  return fitting?.flowTo(address, remotePort);
}
