import type { DigestLogin } from "../digest/answer.ts";
import type { Flow } from "../flow.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { Unreadable } from "../message/unreadable.ts";
import type { ExtraHeader, SessionEvent } from "./events.ts";
import type { Registration, RegistrationOptions } from "./registration.types.ts";

/** Names and limits of a user agent; every limit with its unit. */
export type UserAgentOptions = {
  /** User-Agent of requests and Server of responses. */
  readonly product: string;
  /** Methods in Allow, in order. */
  readonly allow: readonly string[];
  /** Option tags in Supported; an INVITE whose Require names another gets 420 (RFC 3261 §8.2.2.3). */
  readonly supported: readonly string[];
  /** Host and port put into our Via and Contact for a flow: the advertised address, which may differ from the bound one. */
  advertised(flow: Flow): { readonly host: string; readonly port: number };
  /** Most server transactions kept at once; a new request above it gets a stateless 503. Default 200,000. */
  readonly maxTransactions?: number;
  /** Session timers (RFC 4028), spoken when `supported` lists `timer`. */
  readonly sessionTimer?: SessionTimerOptions;
  /**
   * When a provisional response is sent reliably (RFC 3262), if `supported` lists `100rel`: only for a caller that requires it
   * (default), or for every caller that supports it.
   */
  readonly reliableProgress?: "when-required" | "when-supported";
  /**
   * Looks up the next hop of a dialog over UDP that is a name or has another transport (RFC 3263), and that of one whose
   * connection is gone; `found` gets the flow, or undefined when there is none. Asked once for a dialog and next hop, and not
   * waited for longer than 2 s. Absent, or without result: the flow on which the dialog was made.
   */
  locate?(uri: string, flow: Flow, found: (located: Flow | undefined) => void): void;
  /**
   * A stream (TCP) to the peer of a UDP flow, for requests too large for a datagram; undefined when there is none. The request
   * then goes over it with a Via to match, and over UDP after all when the stream fails before any response (RFC 3261 §18.1.1).
   */
  streamFlow?(flow: Flow): Flow | undefined;
  /** `off`: requests of any size stay on UDP, for peers whose firewalls swallow TCP in silence. Default `rfc`. */
  readonly mtuRule?: "rfc" | "off";
  /** Largest request sent over UDP by the rule. Default 1,300, for a path whose MTU is not known; else that MTU less 200. */
  readonly maxUdpRequestBytes?: number;
};

/** Session timers: how long a call may go on without a sign of life, in seconds. */
export type SessionTimerOptions = {
  /** Asked for when the wish is ours. Default 1,800 (RFC 4028 §4). */
  readonly intervalSec?: number;
  /** A shorter one is refused with 422. Default and least 90 (§5). */
  readonly minimumSec?: number;
  /** False: no timer on calls whose peer does not ask for one. Default true. */
  readonly ask?: boolean;
};

/** A request outside any dialog that started no session: OPTIONS, REGISTER, stray SUBSCRIBE ... */
export type IncomingRequest = {
  readonly request: SipRequest;
  readonly flow: Flow;
  /** Final response; a To tag is added. Later calls are ignored. */
  respond(status: number, reason: string, headers?: readonly ExtraHeader[], body?: string): void;
  /** Forget it without an answer (strangers): the transaction is removed at once. */
  drop(): void;
};

/** How an outgoing INVITE is addressed and dressed. The user agent makes Call-ID, tags, Via, CSeq, Max-Forwards default. */
export type OutgoingInvite = {
  readonly flow: Flow;
  readonly requestUri: string;
  /** Whole name-addr text without tag, e.g. `"Alice" <sip:+1@host>`. */
  readonly from: string;
  readonly to: string;
  /** Whole Contact value; default `<sip:{user of from}@{advertised};transport=..>`. */
  readonly contact?: string;
  readonly callId?: string;
  /** Default 70. */
  readonly maxForwards?: number;
  /** Max-Breadth, for who passes on a request that has one (RFC 5393 §5.3.3). */
  readonly maxBreadth?: number;
  readonly headers?: readonly ExtraHeader[];
  /** Put on every request of ours inside the dialogs that it makes, the ACK of a 2xx among them. */
  readonly dialogHeaders?: readonly ExtraHeader[];
  /** The offer; absent: late offer. */
  readonly sdp?: string;
  /** Option tags in Supported in place of the user agent's own: a callee uses no extension that is not in it. */
  readonly supported?: readonly string[];
  /** Credentials for a 401 or 407 that names `realm` (any realm when absent); used once per challenge. */
  readonly credentials?: { readonly username: string; readonly password: string; readonly realm?: string };
};

/** One INVITE session: the server or client half of RFC 3261 §13 to §15. */
export interface Session {
  readonly role: "uac" | "uas";
  readonly callId: string;
  readonly flow: Flow;
  /** The INVITE that made it (with credentials, the latest one sent). */
  readonly invite: SipRequest;
  readonly state: "calling" | "early" | "answered" | "confirmed" | "ended";
  readonly localTag: string;
  readonly remoteTag: string | undefined;
  /** Where events go. Set it before returning from `onInvite`. */
  onEvent: (event: SessionEvent) => void;

  /** UAS: what challenges to our own requests inside the dialog are answered with; a UAC says so with its INVITE. */
  authenticateAs(login: DigestLogin): void;
  /**
   * UAS: 101–199, with SDP as early media answer if given; to an INVITE without SDP it is the offer. Ignored after a final response.
   *
   * For a caller that has 100rel (see `reliableProgress`) it is repeated until its PRACK comes, one at a time; the first SDP is
   * then final, and a later one is left out: what has changed since has to be offered. An INVITE without SDP cannot get a
   * reliable one without SDP: to a caller that requires 100rel it is not sent.
   */
  progress(status: number, reason?: string, sdp?: string, headers?: readonly ExtraHeader[]): void;
  /**
   * UAS: 200; retransmitted until ACK (§13.3.1.4). It waits for the PRACK of a reliable 1xx that had SDP (RFC 3262 §3) and leaves
   * out SDP when that one had it.
   *
   * In both roles also the answer to an offer that came late: after our INVITE or re-INVITE without SDP was answered with one
   * (`answer`, `offer-answered` or a reliable `progress` with SDP). The ACK or PRACK waits for it.
   */
  answer(sdp: string | undefined, headers?: readonly ExtraHeader[]): void;
  /** UAS: 3xx–6xx. */
  reject(status: number, reason: string, headers?: readonly ExtraHeader[]): void;
  /**
   * UAS: `reject` for callers who have proved nothing, called at once from `onInvite`. It is sent once and nothing is kept, so that a
   * flood costs no memory and forged sources get no repetitions (RFC 3261 §8.2.7, §26.3.2.4); each copy of the INVITE comes as a new one.
   */
  turnAway(status: number, reason: string, headers?: readonly ExtraHeader[]): void;
  /** UAS: no answer at all, forget the transaction. */
  drop(): void;

  /** UAC, before the final answer: CANCEL (held back until a provisional arrived, §9.1); a 2xx that wins gets ACK and BYE. */
  cancel(headers?: readonly ExtraHeader[]): void;
  /**
   * Sends re-INVITE (or UPDATE when `method` says so) with an offer, as soon as the dialog allows it; 491 glare is retried by the
   * session (§14.1). Before the answer that is an UPDATE, after a reliable 1xx settled the first offer (RFC 3311 §5.1).
   * Result: `offer-answered`.
   */
  offer(sdp: string | undefined, method?: "INVITE" | "UPDATE"): void;
  /** Sends an in-dialog request other than INVITE, BYE, UPDATE. */
  request(
    method: string,
    headers: readonly ExtraHeader[],
    body: string,
    done?: (response: SipResponse | undefined) => void,
  ): void;
  /**
   * Ends it in whatever state: UAC calling -> CANCEL, UAS not answered -> 480, otherwise BYE. Safe to repeat.
   * But for a CANCEL, whose outcome has to be waited for, `ended` is told before this returns.
   */
  hangup(headers?: readonly ExtraHeader[]): void;
}

export type UserAgentHandlers = {
  /**
   * Asked before any state is made for a request outside a dialog: false drops it in silence (strangers, unknown hosts).
   * Absent: everything is taken.
   */
  screen?(request: SipRequest, flow: Flow): boolean;
  /**
   * Asked about everything that cannot be read, before what can be answered gets its 400, 505 or 513: false drops it in silence,
   * so that a stranger learns nothing from spoiling a message. Absent: all are answered.
   */
  screenUnreadable?(unreadable: Unreadable, flow: Flow): boolean;
  /** A new INVITE outside any dialog that passed RFC 3261 §8.2; 100 was already sent. */
  onInvite(session: Session): void;
  onRequest?(request: IncomingRequest): void;
  /** Every message in and out, for ladder and capture; must not throw. */
  onMessage?(direction: "in" | "out", flow: Flow, wire: string): void;
};

/** What is alive inside; the simulation asserts that all of it returns to zero. */
export type UserAgentCounts = {
  readonly clientTransactions: number;
  readonly serverTransactions: number;
  readonly sessions: number;
};

/** The stack for one address: transactions, dialogs, sessions. Knows no socket and no clock but `Host`. */
export interface UserAgent {
  /** One whole message (a datagram, or one message cut out of a stream). Bad input is answered or dropped, never thrown. */
  receive(flow: Flow, text: string): void;
  /** The flow could not deliver or its connection closed. */
  flowFailed(flow: Flow, reason: string): void;
  invite(invite: OutgoingInvite, onEvent: (event: SessionEvent) => void): Session;
  /** A request outside a dialog (OPTIONS, REGISTER). `done` gets undefined on timeout or transport failure. */
  request(
    method: string,
    target: OutgoingInvite,
    done: (response: SipResponse | undefined) => void,
    body?: { readonly type: string; readonly text: string },
  ): void;
  /** Keeps our Contact registered from now on (RFC 3261 §10.2), until it is closed. */
  register(options: RegistrationOptions): Registration;
  counts(): UserAgentCounts;
}
