import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { Flow } from "@trunkline/sip";
import { openSipHost, type SipHost } from "@trunkline/transport";

/** What takes the messages of a socket. */
type Receiver = { receive(flow: Flow, text: string): void; flowFailed(flow: Flow, reason: string): void };

/** A real UDP socket with one user agent on it. */
export type SipNode<Agent extends Receiver> = {
  readonly agent: Agent;
  readonly host: SipHost;
  readonly address: string;
  readonly port: number;
};

/**
 * Opens a UDP socket and makes its user agent, which needs the socket's clock and address to be made.
 *
 * Rejects with transport's `ListenError`.
 */
export async function openSipNode<Agent extends Receiver>(
  address: string,
  port: number,
  makeAgent: (host: SipHost, address: string, port: number) => Agent,
): Promise<SipNode<Agent>> {
  let agent: Agent | undefined;
  const host = await openSipHost({
    listen: [{ transport: "udp", address, port }],
    onMessage: (flow, text) => agent?.receive(flow, text),
    onFlowFailed: (flow, reason) => agent?.flowFailed(flow, reason),
  });
  // With a wildcard the first of the machine's own addresses stands for all: it is a concrete one that can be called.
  const bound = host.listeners[0] ?? { address, port };
  agent = makeAgent(host, bound.address, bound.port);
  return { agent, host, address: bound.address, port: bound.port };
}

/** The way to a host given by address or name; undefined when the name is unknown or no socket of ours reaches it. */
export async function reach(
  host: SipHost,
  target: { readonly host: string; readonly port: number },
): Promise<Flow | undefined> {
  const name = target.host.replace(/^\[|\]$/g, "");
  const address = isIP(name) ? name : (await lookup(name)).address;
  return host.flowTo("udp", address, target.port);
}
