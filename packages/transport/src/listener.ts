import type { Flow, Unreadable } from "@trunkline/sip";
import type { ListenOn } from "./sip-host.types.ts";
import type { HandshakeFailure, TlsFacts, TlsHello, TlsPeer, TlsTerms } from "./tls.types.ts";

const COUNTED = [
  "received",
  "sent",
  "droppedKeepAlives",
  "droppedEmpty",
  "droppedOversized",
  "droppedUnsent",
  "sendErrors",
  "receiveErrors",
  "pings",
  "pongs",
  "brokenStreams",
  "connectionsOpen",
  "connectionsAccepted",
  "connectionsOpened",
  "connectionsFailed",
  "connectionsRefusedTotal",
  "connectionsRefusedPerSource",
  "connectionsRefusedByGuard",
  "connectionsClosedIdle",
  "connectionsClosedSlow",
  "connectionsClosedBacklog",
  "connectionsClosedForOthers",
  "handshakesDone",
  "handshakesDoneDeprecated",
  "handshakesFailedVersion",
  "handshakesFailedCipher",
  "handshakesFailedCertificate",
  "handshakesFailedNotTls",
  "handshakesFailedTimeout",
  "handshakesFailedClosed",
  "handshakesFailedOther",
] as const;

/** What the transports count; cumulative since start, but for `connectionsOpen`. */
export type Counts = Record<(typeof COUNTED)[number], number>;

export function zeroCounts(): Counts {
  return Object.fromEntries(COUNTED.map((name) => [name, 0])) as Counts;
}

/** Where a listener takes what it hears, and its limits. Shared by all listeners of a host. */
export type ListenerSink = {
  readonly maxMessageBytes: number;
  readonly counts: Counts;
  message(flow: Flow, text: string): void;
  /** Never called from inside `Listener.send`. */
  flowFailed(flow: Flow, reason: string): void;
  /** Asked before anything is read from a connection that a peer opened. */
  admitConnection(remoteAddress: string): boolean;
  answerBrokenStream(flow: Flow, refusal: Unreadable): boolean;
  /** Asked when a peer's ClientHello has been read. */
  tlsTerms(hello: TlsHello): TlsTerms;
  handshakeFailed(
    remote: { readonly address: string; readonly port: number },
    failure: HandshakeFailure,
    hello: TlsHello,
  ): void;
};

/** One bound socket of one transport. UDP sends as it is; a stream transport keeps its connections behind the same calls. */
export interface Listener {
  /** As bound: the port is never 0, the address never a wildcard. */
  readonly on: ListenOn;
  /** The flow to a peer we have not heard from. Address and port are checked by the caller. */
  flowTo(remoteAddress: string, remotePort: number, peer?: TlsPeer): Flow;
  /** Never throws; see `ListenerSink.flowFailed`. */
  send(flow: Flow, wire: string): void;
  /** Closes the flow's connection, if it has one. */
  closeFlow(flow: Flow): void;
  /** What the handshake of the flow's connection settled; undefined when there is none. */
  tlsOf(flow: Flow): TlsFacts | undefined;
  close(): Promise<void>;
}

/** A socket that could not be opened; `code` is the operating system's (`EADDRINUSE`) or `tls_without_certificates`. */
export class ListenError extends Error {
  readonly code: string;
  readonly on: ListenOn;

  constructor(code: string, on: ListenOn, cause?: unknown) {
    super(`cannot listen on ${on.transport}:${on.address}:${on.port} (${code})`, { cause });
    this.name = "ListenError";
    this.code = code;
    this.on = on;
  }
}

/** The operating system's or Node's code of an error, or its text; what OpenSSL said where the code hides it. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error && "code" in error)) return String(error);
  const [, why] = error.code === "EPROTO" ? (/:SSL routines:[^:]*:([^:]+):/.exec(error.message) ?? []) : [];
  return why === undefined ? String(error.code) : `TLS: ${why}`;
}
