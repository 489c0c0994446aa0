import type { Flow } from "../flow.ts";
import type { Host } from "../host.ts";
import type { HeaderLine } from "../message/write.ts";
import { BRANCH_COOKIE } from "../transaction/key.ts";
import type { OutgoingRequest } from "../transaction/outgoing-request.ts";
import type { TransactionLayer } from "../transaction/transaction-layer.ts";
import type { InviteUsage } from "./invite-usage.ts";
import type { TimerPolicy } from "./session-expires.ts";
import type { UserAgentOptions } from "./user-agent.types.ts";

/** What every session of a user agent shares. */
export type Stack = {
  readonly host: Host;
  readonly options: UserAgentOptions;
  readonly transactions: TransactionLayer;
  /** Undefined when session timers are not spoken. */
  readonly timerPolicy: TimerPolicy | undefined;
  /** Sessions by local tag, which we made and which is therefore unique. */
  readonly sessions: Map<string, DialogOwner>;
};

/** A session as the user agent finds it for an in-dialog request. */
export interface DialogOwner {
  usageFor(callId: string, remoteTag: string | undefined): InviteUsage | undefined;
}

export function newTag(stack: Stack): string {
  return stack.host.randomHex(8);
}

/** A fresh Via; `rport` so that the answer comes back through a NAT (RFC 3581 §3). */
export function newVia(stack: Stack, flow: Flow): { readonly via: string; readonly branch: string } {
  const branch = BRANCH_COOKIE + stack.host.randomHex(12);
  return { via: viaOf(stack.options, flow, branch), branch };
}

/**
 * The same request over a stream, for one that is too large for a datagram (RFC 3261 §18.1.1); undefined when there is no
 * stream to its target, or the rule is switched off.
 */
export function overStream(options: UserAgentOptions, request: OutgoingRequest): OutgoingRequest | undefined {
  const flow = options.mtuRule === "off" ? undefined : options.streamFlow?.(request.flow);
  return flow === undefined ? undefined : { ...request, flow, via: viaOf(options, flow, request.branch) };
}

function viaOf(options: UserAgentOptions, flow: Flow, branch: string): string {
  const rport = flow.transport === "udp" ? ";rport" : "";
  return `SIP/2.0/${flow.transport.toUpperCase()} ${ourHostPort(options, flow)};branch=${branch}${rport}`;
}

/** Our Contact on a flow, as a whole header value. `user` as written in a URI, escapes included. */
export function ourContact(stack: Stack, flow: Flow, user: string | undefined): string {
  const transport = flow.transport === "udp" ? "" : `;transport=${flow.transport}`;
  return `<sip:${user === undefined ? "" : `${user}@`}${ourHostPort(stack.options, flow)}${transport}>`;
}

/** The headers that tell a peer what we can do. */
export function capabilities(options: UserAgentOptions): HeaderLine[] {
  const lines: HeaderLine[] = [["Allow", options.allow.join(", ")]];
  if (options.supported.length > 0) lines.push(["Supported", options.supported.join(", ")]);
  return lines;
}

function ourHostPort(options: UserAgentOptions, flow: Flow): string {
  const { host, port } = options.advertised(flow);
  return `${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${port}`;
}
