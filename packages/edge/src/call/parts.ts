import type { MediaPlane } from "@trunkline/media";
import type { Flow, Host, TransportName, UserAgent } from "@trunkline/sip";
import type { Attempt, Counters as CallCounters, CallEvent } from "@trunkline/trunking";
import type { Captures } from "../capture/captures.ts";
import type { EdgePorts } from "../edge.types.ts";
import type { LegB } from "../leg/leg-b.ts";
import type { Locator, Target } from "../locate/locator.ts";
import type { TargetHealth } from "../locate/target-health.ts";
import type { Counters } from "../metrics.ts";
import type { Recordings } from "../recording/recordings.ts";

/**
 * Where call events go before the SIP message that follows from them leaves. Never throws and never waits for a database: a full
 * disk is the journal's trouble, not the call's.
 */
export interface Journal {
  /** On return `started`, `answered` and `ended` are with the operating system; the others are with the next of these at the latest. */
  append(event: CallEvent): void;
}

/** An incident for an account's debugger. False: it is one of many like it, and is only counted. */
export type RaiseAlert = (accountSid: string, errorCode: number, resourceSid: string, text: string) => boolean;

/** Who is at the other end of a connection. */
export type PeerOwner = {
  readonly towards: "carrier" | "customer";
  /** `CX…` or `TK…`, as `Attempt.peerSid`: whose settings say what TLS with the peer is like. Absent: nobody's, which is the strictest. */
  readonly ownerSid?: string | undefined;
};

/** Whom a connection is for: a TLS one is opened with that name, and the peer has to prove it or not. */
export type FlowPeer = PeerOwner & { readonly serverName: string | undefined };

/** How those that are called are met, and what their targets' health is told (ORIG-12, TERM-12). */
export interface CallPeers {
  /** Undefined: no listener of that transport and address family on the attempt's way out. */
  flowTo(target: Target, attempt: Pick<Attempt, "peerSid" | "egress" | "onNet">): Flow | undefined;
  /** True: a carrier is there. It knows us by our address, so that a customer's call to it would be ours to pay, under no rule. */
  isCarrier(target: Target): boolean;
  /** What the INVITE must be known by; undefined: any Call-ID will do. */
  callId(attempt: Attempt): string | undefined;
  /** What challenges are answered with. */
  login(peerSid: string): { readonly username: string; readonly password: string } | undefined;
  /** The attempt begins. */
  trying(attempt: Attempt): void;
  /** Its target said something else than that it is unwell. */
  answered(attempt: Attempt): void;
  /** Its target was silent or out of reach at every address, or is unwell. */
  failed(attempt: Attempt): void;
}

/** Everything a call needs from outside. */
export type CallParts = {
  readonly host: Host;
  readonly userAgent: UserAgent;
  readonly media: MediaPlane;
  readonly journal: Journal;
  readonly locator: Locator;
  readonly health: TargetHealth;
  readonly peers: CallPeers;
  /** Tries that were given up before their peer said a word. The stack keeps them for a late answer; nobody has to wait for them. */
  readonly unheard: Set<LegB>;
  readonly recordings: Recordings;
  /** Undefined: the messages of calls are not kept. */
  readonly captures: Captures | undefined;
  /** For /metrics. */
  readonly counters: Counters;
  /** Calls against limits (LIM-1). */
  readonly callCounters: CallCounters;
  readonly alert: RaiseAlert;
  readonly log: EdgePorts["log"];
  wallClockMs(): number;
  /** Undefined: no listener of that transport and address family. */
  flowTo(
    transport: TransportName,
    address: string,
    port: number,
    peer: FlowPeer,
    localAddress?: string,
  ): Flow | undefined;
  /** Address and port the world sees for a flow's local side. */
  advertised(flow: Flow): { readonly host: string; readonly port: number };
};
