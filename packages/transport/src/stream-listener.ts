import type { Server, Socket } from "node:net";
import { type Flow, isUnreadable, readMessage } from "@trunkline/sip";
import { Connection } from "./connection.ts";
import type { ConnectionBudget, Place } from "./connection-budget.ts";
import type { Listener, ListenerSink } from "./listener.ts";
import type { ListenOn } from "./sip-host.types.ts";
import type { StreamLimits } from "./stream-limits.ts";
import { type Target, Targets } from "./targets.ts";
import type { TlsFacts, TlsPeer } from "./tls.types.ts";

export type Remote = { readonly address: string; readonly port: number };

/** What TCP and TLS do differently. */
export type StreamKind = {
  /** Port of a Via without one (RFC 3261 §19.1.2). */
  readonly defaultPort: number;
  /** Prepares a connection that a peer opened and hands it on; or closes it. */
  accept(socket: Socket, remote: Remote, ready: (socket: Socket) => void): void;
  /** Begins to connect. */
  connect(target: Target, localAddress: string, ready: () => void): Socket;
  /** Whether a connection that a peer opened will do for requests to it. */
  mayReuse(peer: TlsPeer, socket: Socket): boolean;
  /** Only of TLS: what the handshake settled. */
  facts?(socket: Socket): TlsFacts | undefined;
};

export type StreamParts = {
  readonly kind: StreamKind;
  readonly limits: StreamLimits;
  readonly budget: ConnectionBudget;
  readonly sink: ListenerSink;
};

const placeOf = (address: string, port: number): string => `${address} ${port}`;

/** A listening socket and all connections that came in by it or leave from its address. */
export class StreamListener implements Listener {
  readonly on: ListenOn;
  readonly #server: Server;
  readonly #parts: StreamParts;
  /** Those that can be sent on. */
  readonly #connections = new Map<number, Connection>();
  /** Connections that peers opened, by where they came from. */
  readonly #inbound = new Map<string, Connection>();
  readonly #live = new Set<Connection>();
  /** Accepted, but not yet fit for SIP: TLS handshakes. */
  readonly #entering = new Set<Socket>();
  readonly #targets: Targets;

  /** @param server listens already */
  constructor(server: Server, on: ListenOn, parts: StreamParts) {
    this.on = on;
    this.#server = server;
    this.#parts = parts;
    this.#targets = new Targets(parts.limits.maxTargets, (number) => this.#connections.has(number));
    server.on("connection", (socket) => this.#accept(socket));
    server.on("error", () => {
      parts.sink.counts.receiveErrors += 1;
    });
  }

  flowTo(remoteAddress: string, remotePort: number, peer: TlsPeer = {}): Flow {
    const inbound = this.#inbound.get(placeOf(remoteAddress, remotePort));
    if (inbound?.usable && this.#parts.kind.mayReuse(peer, inbound.socket)) return inbound.flow;
    const { number } = this.#targets.find(remoteAddress, remotePort, peer, () => this.#parts.budget.nextNumber());
    return this.#flow(remoteAddress, remotePort, number);
  }

  send(flow: Flow, wire: string): void {
    const number = flow.connection ?? this.flowTo(flow.remoteAddress, flow.remotePort).connection ?? 0;
    const connection = this.#connections.get(number);
    const target = this.#targets.get(number);
    if (connection?.usable) connection.send(wire);
    else if (target) this.#sendTo(target, flow, wire);
    else this.#sendBack(flow, wire);
  }

  closeFlow(flow: Flow): void {
    if (flow.connection !== undefined) this.#connections.get(flow.connection)?.end("closed by us");
  }

  tlsOf(flow: Flow): TlsFacts | undefined {
    const connection = flow.connection === undefined ? undefined : this.#connections.get(flow.connection);
    return connection && this.#parts.kind.facts?.(connection.socket);
  }

  async close(): Promise<void> {
    const stopped = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#entering) socket.destroy();
    const live = [...this.#live];
    for (const connection of live) connection.end("closed by us");
    await Promise.all([stopped, ...live.map((connection) => connection.closed())]);
  }

  #flow(remoteAddress: string, remotePort: number, connection: number): Flow {
    const { transport, address, port } = this.on;
    return { transport, localAddress: address, localPort: port, remoteAddress, remotePort, connection };
  }

  #accept(socket: Socket): void {
    const { kind, budget, sink } = this.#parts;
    const { remoteAddress: address, remotePort: port } = socket;
    socket.on("error", () => {}); // its close tells all
    if (address === undefined || port === undefined) {
      socket.destroy(); // reset before we came to it
      return;
    }
    const place = this.#admit(address, socket);
    if (!place) {
      socket.resetAndDestroy(); // a flood must not leave TIME_WAIT states behind
      return;
    }
    sink.counts.connectionsAccepted += 1;
    sink.counts.connectionsOpen = budget.open;
    this.#entering.add(socket);
    socket.on("close", () => {
      this.#entering.delete(socket);
      place.leave();
      sink.counts.connectionsOpen = budget.open;
    });
    kind.accept(socket, { address, port }, (ready) => {
      this.#entering.delete(socket);
      this.#adopt(ready, address, port, place);
    });
  }

  #admit(address: string, socket: Socket): Place | undefined {
    const { budget, sink } = this.#parts;
    if (!sink.admitConnection(address)) {
      sink.counts.connectionsRefusedByGuard += 1;
      return undefined;
    }
    const entered = budget.enter(address, () => {
      sink.counts.connectionsClosedForOthers += 1;
      socket.resetAndDestroy();
    });
    if (entered === "full") sink.counts.connectionsRefusedTotal += 1;
    if (entered === "source-full") sink.counts.connectionsRefusedPerSource += 1;
    return typeof entered === "string" ? undefined : entered;
  }

  #adopt(socket: Socket, address: string, port: number, place: Place): void {
    const flow = this.#flow(address, port, this.#parts.budget.nextNumber());
    const from = placeOf(address, port);
    const connection = this.#keep(
      socket,
      flow,
      "peer",
      () => {
        if (this.#inbound.get(from) === connection) this.#inbound.delete(from);
      },
      () => place.prove(),
    );
    this.#inbound.set(from, connection);
  }

  #open(target: Target): Connection | undefined {
    const { kind, budget, sink } = this.#parts;
    if (!budget.enterOutbound()) return undefined;
    let stands = false;
    const socket = kind.connect(target, this.on.address, () => {
      stands = true;
      sink.counts.connectionsOpened += 1;
      connection.opened();
    });
    sink.counts.connectionsOpen = budget.open;
    socket.on("close", () => {
      if (!stands) sink.counts.connectionsFailed += 1;
      budget.leaveOutbound();
      sink.counts.connectionsOpen = budget.open;
    });
    const connection = this.#keep(socket, this.#flow(target.address, target.port, target.number), "us", () => {});
    return connection;
  }

  #keep(
    socket: Socket,
    flow: Flow,
    openedBy: "peer" | "us",
    onGone: () => void,
    onFirstMessage?: () => void,
  ): Connection {
    const { limits, sink } = this.#parts;
    const number = flow.connection ?? 0;
    const connection: Connection = new Connection(socket, {
      flow,
      openedBy,
      limits,
      sink,
      ...(onFirstMessage ? { onFirstMessage } : {}),
      onGone: (reason) => {
        if (this.#connections.get(number) === connection) this.#connections.delete(number);
        onGone();
        sink.flowFailed(flow, reason);
      },
    });
    socket.on("close", () => this.#live.delete(connection));
    this.#live.add(connection);
    this.#connections.set(number, connection);
    return connection;
  }

  #sendTo(target: Target, flow: Flow, wire: string): void {
    const opened = this.#open(target);
    if (opened) opened.send(wire);
    else this.#failLater(flow, "too many connections");
  }

  /**
   * A response whose connection is gone goes to the address the request came from and the port of the Via's sent-by
   * (RFC 3261 §18.2.2). Requests have no such second way: their dialog knows a Contact.
   */
  #sendBack(flow: Flow, wire: string): void {
    const message = wire.startsWith("SIP/2.0 ") ? readMessage(wire) : undefined;
    if (!message || isUnreadable(message) || message.kind !== "response") this.#failLater(flow, "connection closed");
    else this.send(this.flowTo(flow.remoteAddress, message.via.port ?? this.#parts.kind.defaultPort), wire);
  }

  #failLater(flow: Flow, reason: string): void {
    setImmediate(() => this.#parts.sink.flowFailed(flow, reason));
  }
}
