/**
 * Where a message came from or goes to: one 5-tuple (UDP) or one connection (TCP, TLS).
 *
 * Plain data. The pure rooms carry it around; only the shell knows the socket behind it.
 */
export type TransportName = "udp" | "tcp" | "tls";

export type Flow = {
  readonly transport: TransportName;
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Number of the connection for stream transports; absent for UDP, where any socket with the local address will do. */
  readonly connection?: number;
};

/** True when the transport delivers in order and without loss, so no retransmission timers run (RFC 3261 §17). */
export function isReliable(transport: TransportName): boolean {
  return transport !== "udp";
}
