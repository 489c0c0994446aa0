import { createHash } from "node:crypto";
import type { Flow, TransportName } from "../flow.ts";
import type { Host } from "../host.ts";
import { VirtualClock } from "./virtual-clock.fixture.ts";

/** What the network does to a datagram. Shares are in [0, 1]; streams are neither lost, doubled nor reordered. */
export type Weather = {
  readonly loss: number;
  readonly duplication: number;
  /** Share of datagrams held back by up to `reorderMs`, so that later ones overtake them. */
  readonly reordering: number;
  readonly reorderMs: number;
  /** One way. */
  readonly delayMs: number;
  readonly jitterMs: number;
};

const FAIR: Weather = { loss: 0, duplication: 0, reordering: 0, reorderMs: 0, delayMs: 10, jitterMs: 0 };

/** One message on its way, for a rule that decides about it and for the trace. */
export type Transit = {
  readonly from: string;
  readonly to: string;
  readonly wire: string;
  /** How many messages went before it, from 0. */
  readonly index: number;
};

/** What the network does with one message; `undefined` leaves it to the weather. */
export type Fate = "lose" | "deliver" | "duplicate" | { readonly delayMs: number } | undefined;

/** What a node does with what reaches it. */
export type Receiver = {
  receive(flow: Flow, wire: string): void;
  flowFailed(flow: Flow, reason: string): void;
};

/**
 * A network in virtual time: the same seed gives the same run, to the message. Nodes are named by `address:port`.
 *
 * A message to an address where nobody listens is lost over UDP and fails the flow over a stream.
 */
export class VirtualNetwork {
  readonly clock = new VirtualClock();
  readonly random: () => number;
  /** Every message sent: time, way and start line. Cheap enough to be always on; the tail of a failing seed. */
  readonly trace: string[] = [];
  /** Decides about single messages before the weather does. */
  rule: (transit: Transit) => Fate = () => undefined;
  weather: Weather;
  /** Addresses that refuse every connection. */
  readonly datagramsOnly = new Set<string>();
  readonly #nodes = new Map<string, Receiver>();
  #sent = 0;

  constructor(seed: number, weather: Weather = FAIR) {
    this.random = seededRandom(seed);
    this.weather = weather;
  }

  /** Puts a receiver at an address, or takes it away. */
  attach(address: string, port: number, receiver: Receiver | undefined): void {
    if (receiver === undefined) this.#nodes.delete(`${address}:${port}`);
    else this.#nodes.set(`${address}:${port}`, receiver);
  }

  /** The `Host` of a node; several nodes may share one, its random draws come from the seed. */
  host(): Host {
    const { clock, random } = this;
    return {
      nowMs: () => clock.nowMs(),
      random,
      randomHex: (bytes) => randomHex(random, bytes),
      hash: (name, text) =>
        createHash(name === "MD5" ? "md5" : "sha256")
          .update(text, "latin1")
          .digest("hex"),
      setTimer: (afterMs, fire) => clock.setTimer(afterMs, fire),
      clearTimer: (handle) => clock.clearTimer(handle),
      send: (flow, wire) => this.#send(flow, wire),
    };
  }

  #send(flow: Flow, wire: string): void {
    const from = `${flow.localAddress}:${flow.localPort}`;
    const to = `${flow.remoteAddress}:${flow.remotePort}`;
    const transit = { from, to, wire, index: this.#sent++ };
    const fate = this.rule(transit) ?? this.#forecast(flow);
    const lost = fate === "lose" ? " lost" : "";
    this.trace.push(`${this.clock.nowMs()} ${from} > ${to}${lost} ${wire.slice(0, wire.indexOf("\r\n"))}`);
    if (fate === "lose") return;
    this.#deliver(flow, wire, typeof fate === "object" ? fate.delayMs : this.#delayMs());
    if (fate === "duplicate") this.#deliver(flow, wire, this.#delayMs());
  }

  #forecast(flow: Flow): Exclude<Fate, undefined> {
    if (flow.transport !== "udp") return "deliver";
    const { loss, duplication, reordering, reorderMs } = this.weather;
    if (this.random() < loss) return "lose";
    if (this.random() < duplication) return "duplicate";
    if (this.random() < reordering) return { delayMs: this.#delayMs() + this.random() * reorderMs };
    return "deliver";
  }

  #delayMs(): number {
    return this.weather.delayMs + this.random() * this.weather.jitterMs;
  }

  #deliver(flow: Flow, wire: string, afterMs: number): void {
    this.clock.setTimer(afterMs, () => {
      const node = this.#nodes.get(`${flow.remoteAddress}:${flow.remotePort}`);
      const isRefused = flow.transport !== "udp" && this.datagramsOnly.has(flow.remoteAddress);
      if (node !== undefined && !isRefused) node.receive(reversed(flow), wire);
      else if (flow.transport !== "udp") {
        this.#nodes.get(`${flow.localAddress}:${flow.localPort}`)?.flowFailed(flow, "connection refused");
      }
    });
  }
}

/** The flow between two nodes, seen from the first. */
export function flowBetween(
  local: { readonly address: string; readonly port: number },
  remote: { readonly address: string; readonly port: number },
  transport: TransportName = "udp",
): Flow {
  return {
    transport,
    localAddress: local.address,
    localPort: local.port,
    remoteAddress: remote.address,
    remotePort: remote.port,
    ...(transport === "udp" ? {} : { connection: 1 }),
  };
}

function reversed(flow: Flow): Flow {
  return {
    ...flow,
    localAddress: flow.remoteAddress,
    localPort: flow.remotePort,
    remoteAddress: flow.localAddress,
    remotePort: flow.localPort,
  };
}

/** Draws in [0, 1) that depend on the seed alone (xorshift32 after a mixing step, so that near seeds part at once). */
export function seededRandom(seed: number): () => number {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

function randomHex(random: () => number, bytes: number): string {
  let hex = "";
  for (let n = 0; n < bytes; n++)
    hex += Math.floor(random() * 256)
      .toString(16)
      .padStart(2, "0");
  return hex;
}
