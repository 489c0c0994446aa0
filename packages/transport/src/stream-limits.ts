/** Bounds of the connections of TCP and TLS. A host keeps them over all its listeners. */
export type StreamLimits = {
  /**
   * Most connections at once, both directions. An open one costs some 10 kB over TCP and 60 kB over TLS, plus at most one unfinished
   * message and one write backlog.
   */
  readonly maxConnections: number;
  /**
   * Most connections from one source at once (one IPv4 address, one IPv6 /64). A PBX needs one; an office behind one address, a
   * carrier's farm or a load generator some more.
   */
  readonly maxConnectionsPerSource: number;
  /**
   * Silence in both directions after which a connection is closed. Longer than the longest call by default (4 h), because the BYE of a
   * call that nobody refreshes must still find its way back; keep-alives of the kernel find dead peers much earlier.
   */
  readonly idleMs: number;
  /** Longest TLS handshake of a peer that connects to us: ten round trips over the slowest path, and no more for a slow attacker. */
  readonly handshakeMs: number;
  /** From connection (or handshake) to the end of the first message; a peer that connects has something to say. */
  readonly firstMessageMs: number;
  /** From the first piece of a message to its end: 64 kB at 2 kB/s, against senders that drip (slow loris). */
  readonly messageMs: number;
  /** To connect to a peer, TLS handshake included: just below the 4 s after which the next target is tried (contract §8.5). */
  readonly connectMs: number;
  /** Most octets waiting for one peer: some 200 answers. A peer that reads no more is closed; its transactions fail at once. */
  readonly maxWriteBacklogBytes: number;
  /** How long a closed connection may take to deliver what was written to it, and to hear what the peer still sends. */
  readonly lingerMs: number;
  /**
   * Targets of `flowTo` remembered after their connection closed, so that a flow kept by a long call reconnects; the oldest without a
   * connection is forgotten first.
   */
  readonly maxTargets: number;
};

export const DEFAULT_STREAM_LIMITS: StreamLimits = {
  maxConnections: 10_000,
  maxConnectionsPerSource: 256,
  idleMs: 5 * 3_600_000,
  handshakeMs: 10_000,
  firstMessageMs: 30_000,
  messageMs: 30_000,
  connectMs: 3_800,
  maxWriteBacklogBytes: 256 * 1024,
  lingerMs: 2_000,
  maxTargets: 20_000,
};
