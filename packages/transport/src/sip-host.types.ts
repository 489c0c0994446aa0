import type { Flow, Host, TransportName, Unreadable } from "@trunkline/sip";
import type { StreamLimits } from "./stream-limits.ts";
import type {
  HandshakeFailure,
  NamedCertificates,
  TlsFacts,
  TlsHello,
  TlsMaterial,
  TlsOptions,
  TlsPeer,
  TlsTerms,
} from "./tls.types.ts";

/** One socket to open. Port 0: any; all UDP and TCP listeners of a host then get one number, all TLS listeners another. */
export type ListenOn = {
  readonly transport: TransportName;
  readonly address: string;
  readonly port: number;
  /** Requests leave from this address only when `flowTo` is given it; it wins over a wildcard that covers it. Default false. */
  readonly isReserved?: boolean;
};

export type SipHostOptions = {
  readonly listen: readonly ListenOn[];
  /** One whole message as latin1 text. Keep-alives, oversized and empty datagrams never get here. */
  onMessage(flow: Flow, text: string): void;
  /** A flow could not deliver, or its connection closed. */
  onFlowFailed(flow: Flow, reason: string): void;
  /** Largest message taken, bytes; longer ones are dropped and counted, over a stream refused. Default 65,535 (RFC 3261 §18.1.1). */
  readonly maxMessageBytes?: number;
  readonly streams?: Partial<StreamLimits>;
  /** Needed to listen on TLS and to call TLS peers. */
  readonly tls?: TlsOptions;
  /** Asked for each connection a peer opens, before anything is read from it; false closes it at once. Absent: all are taken. */
  admitConnection?(remoteAddress: string): boolean;
  /**
   * A stream that can no longer be cut into messages, which ends its connection in any case: whether the peer gets the refusal first
   * (400, or 513: RFC 3261 §18.3). Absent: it does.
   */
  answerBrokenStream?(flow: Flow, refusal: Unreadable): boolean;
  /** Asked for each TLS connection a peer opens, once its ClientHello is read. Absent: TLS 1.2 or newer, and no certificate is asked for. */
  tlsTerms?(hello: TlsHello): TlsTerms;
  /** A peer that connected to us could not agree on TLS. */
  onHandshakeFailed?(
    remote: { readonly address: string; readonly port: number },
    failure: HandshakeFailure,
    hello: TlsHello,
  ): void;
  /**
   * Takes what one of these functions or a timer's throws: our own mistake, which may cost one call, never the process.
   * Absent: it is thrown again outside of any call and ends up with the process's handler.
   */
  onFault?(error: unknown, during: "message" | "flow-failed" | "timer" | "connection"): void;
};

/** The stack's `Host` over real sockets, one timer wheel and the operating system's randomness. */
export interface SipHost extends Host {
  readonly listeners: readonly ListenOn[];
  /**
   * A flow to that address from the listener of the same transport and address family, and of the local address if one is given;
   * undefined when there is none. Listeners that are reserved are used only by their local address.
   *
   * Over TCP and TLS nothing is opened before the first `send`. Asked again, it is the same flow; a connection that the peer opened from
   * that very address and port is reused (RFC 5923 §3), over TLS unless the peer's name must be verified.
   */
  flowTo(
    transport: TransportName,
    remoteAddress: string,
    remotePort: number,
    peer?: TlsPeer,
    localAddress?: string,
  ): Flow | undefined;
  /** Closes the flow's connection, after what was sent on it has left. UDP flows and unknown connections are ignored. */
  closeFlow(flow: Flow): void;
  /** What the handshake of a TLS flow's connection settled; undefined for other flows and for connections that are gone or not yet up. */
  tlsOf(flow: Flow): TlsFacts | undefined;
  /** Shows and trusts other certificates from the next handshake on; throws when one cannot be used, and then nothing changes. */
  setCertificates(material: TlsMaterial): void;
  /** The same for what single customers have of their own; those not named stay as they are. Never throws. */
  setNamedCertificates(changes: readonly NamedCertificates[]): void;
  /** Cumulative: received, sent, dropped (keep-alive, oversized, empty), send errors, connections; `connectionsOpen` is of now. */
  counts(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}
