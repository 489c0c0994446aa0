import type { Flow, Host, TransportName } from "@trunkline/sip";

/** One socket to open. Port 0: any. */
export type ListenOn = { readonly transport: TransportName; readonly address: string; readonly port: number };

export type SipHostOptions = {
  readonly listen: readonly ListenOn[];
  /** One whole message as latin1 text. Keep-alives, oversized and empty datagrams never get here. */
  onMessage(flow: Flow, text: string): void;
  /** A flow could not deliver, or its connection closed. */
  onFlowFailed(flow: Flow, reason: string): void;
  /** Largest message taken, bytes; longer ones are dropped and counted. Default 65,535 (RFC 3261 §18.1.1). */
  readonly maxMessageBytes?: number;
  /**
   * Takes what `onMessage`, `onFlowFailed` or a timer's function throws: our own mistake, which may cost one call, never the process.
   * Absent: it is thrown again outside of any call and ends up with the process's handler.
   */
  onFault?(error: unknown, during: "message" | "flow-failed" | "timer"): void;
};

/** The stack's `Host` over real sockets, one timer wheel and the operating system's randomness. */
export interface SipHost extends Host {
  readonly listeners: readonly ListenOn[];
  /** A flow to that address from the listener of the same transport and address family; undefined when there is none. */
  flowTo(transport: TransportName, remoteAddress: string, remotePort: number): Flow | undefined;
  /** Cumulative: received, sent, dropped (keep-alive, oversized, empty), send errors. */
  counts(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}
