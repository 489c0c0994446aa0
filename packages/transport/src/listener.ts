import type { Flow } from "@trunkline/sip";
import type { ListenOn } from "./sip-host.types.ts";

/** What every transport counts; cumulative since start. */
export type Counts = {
  received: number;
  sent: number;
  droppedKeepAlives: number;
  droppedEmpty: number;
  droppedOversized: number;
  droppedUnsent: number;
  sendErrors: number;
  receiveErrors: number;
};

export function zeroCounts(): Counts {
  return {
    received: 0,
    sent: 0,
    droppedKeepAlives: 0,
    droppedEmpty: 0,
    droppedOversized: 0,
    droppedUnsent: 0,
    sendErrors: 0,
    receiveErrors: 0,
  };
}

/** Where a listener takes what it hears, and its limits. Shared by all listeners of a host. */
export type ListenerSink = {
  readonly maxMessageBytes: number;
  readonly counts: Counts;
  message(flow: Flow, text: string): void;
  /** Never called from inside `Listener.send`. */
  flowFailed(flow: Flow, reason: string): void;
};

/** One bound socket of one transport. UDP sends as it is; a stream transport keeps its connections behind the same four calls. */
export interface Listener {
  /** As bound: the port is never 0, the address never a wildcard. */
  readonly on: ListenOn;
  /** The flow to a peer we have not heard from. Address and port are checked by the caller. */
  flowTo(remoteAddress: string, remotePort: number): Flow;
  /** Never throws; see `ListenerSink.flowFailed`. */
  send(flow: Flow, wire: string): void;
  close(): Promise<void>;
}

/** A socket that could not be opened; `code` is the operating system's (`EADDRINUSE`) or `transport_unsupported`. */
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
