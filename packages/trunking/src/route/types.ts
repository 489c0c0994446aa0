import type { ErrorCode } from "../errors.ts";
import type { LimitClaim } from "../limits/claims.ts";
import type { Counters } from "../ports.ts";
import type { CallDirection } from "../record/events.ts";
import type { TraceStep } from "../trace.ts";
import type { RecordingPlan } from "./recording.ts";

/** A number-bearing header as the SIP room read it: plain data, no SIP type. */
export type Party = {
  /** Unquoted display name or null. */
  readonly displayName: string | null;
  /** User part, unescaped, URI parameters after `;` removed; null when the URI has none. */
  readonly user: string | null;
  readonly host: string;
  /** The whole header value as written. */
  readonly raw: string;
};

/** What routing gets to know about a new INVITE. Plain data made by `edge/uas`. */
export type CallRequest = {
  /** `CA…`, made by the edge. */
  readonly sid: string;
  readonly transport: "udp" | "tcp" | "tls";
  readonly sourceAddress: string;
  readonly sourcePort: number;
  /** Local address and port it arrived at. */
  readonly localAddress: string;
  readonly sipCallId: string;
  readonly requestUri: {
    readonly scheme: "sip" | "sips" | "tel";
    readonly user: string | null;
    readonly host: string;
    readonly port: number | null;
  };
  readonly from: Party;
  readonly to: Party;
  readonly remotePartyId: Party | null;
  readonly assertedIdentity: Party | null;
  /** `Privacy` tokens in lower case. */
  readonly privacy: readonly string[];
  readonly diversions: readonly Party[];
  readonly maxForwards: number;
  /** User name and algorithm of the Proxy-Authorization for our realm; null when there is none. */
  readonly credentials: { readonly username: string; readonly algorithm: "MD5" | "SHA-256" } | null;
  /** Host names in the certificate that the peer of this TLS connection proved, in lower case; absent: it proved none. */
  readonly peerCertificateNames?: readonly string[];
  /** Why there are none though a certificate was asked for. */
  readonly peerCertificateProblem?: string;
  /** What the offer says about encryption; absent or null: there is no offer yet. */
  readonly media?: MediaSummary | null;
  /** Headers that have no field of their own here, as written, in order; routing decides which of them go on. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
};

/** The audio of an offer: plain, encrypted, or none that is not refused. */
export type MediaSummary = { readonly kind: "rtp" | "srtp" | "none" };

/** What is known of an address that failed: `probing` is on trial and may be called; `down` is called only when nothing else is left. */
export type TargetTrouble = {
  readonly health: "down" | "probing";
  /** When it went down, epoch milliseconds. */
  readonly sinceMs: number;
  /** Failures in a row. */
  readonly failures: number;
};

/** What a digest check says; made by the edge from `sip/digest`, which verifies nonce origin, age, `nc` and `uri`. */
export type DigestVerdict =
  | { readonly kind: "valid" }
  /** Right answer to an old nonce: challenge again with `stale=true`. */
  | { readonly kind: "stale" }
  | { readonly kind: "wrong"; readonly why: string };

/** What routing needs that is not configuration. */
export type Facts = {
  /** One draw in [0, 1) each time it is called. */
  random(): number;
  /** Compares the request's digest answer with one stored credential. Only called when `credentials` is not null. */
  verifyDigest(ha1: { readonly ha1Md5: string; readonly ha1Sha256: string }): DigestVerdict;
  /** Base domain, e.g. `trunkline.localhost`. */
  readonly zone: string;
  /** Name of the edge the call is at. */
  readonly edge: string;
  /** Host names and addresses (lower case) that are this installation's own edges, apart from trunk domains. */
  readonly ownHosts: ReadonlySet<string>;
  /** Counts calls against limits; absent: nothing is limited here. */
  readonly counters?: Counters;
  /**
   * What is known of a carrier's or trunk's target, by its owner's SID and `host:port/transport` (see `targetAddress`); undefined: it is
   * up. By owner, so that what one customer's calls meet says nothing about another customer's target at the same address.
   */
  targetTrouble?(ownerSid: string, address: string): TargetTrouble | undefined;
  /**
   * The carrier at whose registrar this user part is registered as our Contact, when the source is that registrar (CAR-2); absent or
   * undefined: no registration of ours.
   */
  registeredCarrier?(user: string, sourceAddress: string): string | undefined;
  /** How this edge calls itself (TERM-12); absent: it cannot, and no call stays inside. */
  readonly onNet?: OnNet;
  /** SIDs (`TX…`) of the private connections that this edge has (ORIG-13); absent: none. */
  readonly connections?: ReadonlySet<string>;
  /** Names, in lower case, of the headers that go from leg A to leg B; absent: `DEFAULT_COPIED_HEADERS`. */
  readonly copiedHeaders?: ReadonlySet<string>;
  /** In a dry run nobody can answer a challenge: the right password is taken for granted. */
  readonly digestAssumed?: boolean;
};

/** The edge as a target of its own calls. */
export type OnNet = {
  /** `host` and `port` of a URI at which it hears itself. */
  readonly host: string;
  readonly port: number;
  /** Whether it has sent that request itself, as a call that stays inside. */
  isOurs(request: Pick<CallRequest, "sourceAddress" | "sourcePort" | "sipCallId">): boolean;
};

/** Why a call was refused: what the peer sees (`status`, `phrase`), what the customer reads (`code`), what the trace says (`detail`). */
export type Rejection = {
  readonly kind: "reject";
  readonly status: number;
  readonly phrase: string;
  /** Null for a carrier's or target's own answer passed through, and for calls that are nobody's (`CallIdentity` null). */
  readonly code: ErrorCode | null;
  readonly detail: string;
  /** Seconds for `Retry-After`, where it is known when there is room again. */
  readonly retryAfterSec?: number;
};

/** One target for leg B. */
export type Attempt = {
  /** Request-URI to call; the host is located by RFC 3263. */
  readonly uri: string;
  /** To header URI. */
  readonly toUri: string;
  readonly carrierSid: string | null;
  readonly originationUrlSid: string | null;
  /** Silence (not even 100) after which the next attempt is made. */
  readonly noResponseMs: number;
  /** The whole rule: may the next attempt be tried after this final status? */
  readonly retry:
    | { readonly kind: "unless"; readonly statuses: readonly number[] }
    | { readonly kind: "only"; readonly statuses: readonly number[] };
  /** From URI without tag, display name apart. */
  readonly fromUri: string;
  readonly fromDisplayName: string | null;
  /** Headers to add, in order (P-Asserted-Identity, Diversion, Privacy, X-…). */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Its media is SRTP (RFC 4568). */
  readonly srtp: boolean;
  /** Encodings offered, in lower case, with telephone-event and comfort noise always; null: what the caller offers. */
  readonly codecs: readonly string[] | null;
  /** Whose `PeerSettings` say how the target is met: `CX…` or `TK…`. */
  readonly peerSid: string;
  /** What the target's health is known by, see `targetAddress`; null: a place that a peer named for one call, whose health is not kept. */
  readonly address: string | null;
  /** The way out that the target's URL asks for (ORIG-5, ORIG-13): name of an edge, SID of a private connection; null: the call's own. */
  readonly egress: { readonly edge: string | null; readonly tnx: string | null };
  /** True: this edge calls itself (`Facts.onNet`). */
  readonly onNet?: true;
  /** The carrier's limits: taken when the attempt is made (over: the next attempt is), held while the call is up. */
  readonly claims: readonly LimitClaim[];
};

/** Something for the debugger of the call's account that did not end the call. */
export type Incident = { readonly code: ErrorCode; readonly text: string };

export type Decision =
  /** Silence: strangers, unknown hosts. Counted, never recorded. */
  | { readonly kind: "drop"; readonly why: string }
  /** 407; not a refusal yet, so no record. */
  | {
      readonly kind: "challenge";
      readonly stale: boolean;
      readonly trunkSid: string;
      readonly trace: readonly TraceStep[];
    }
  | {
      readonly kind: "refuse";
      readonly rejection: Rejection;
      /**
       * Null: nobody's call. A carrier sent a number that no account has, or one without a trunk; it is answered, counted and logged
       * for the operator, but there is no account and trunk whose record it could be.
       */
      readonly call: CallIdentity | null;
      /** False when the source proved nothing (no ACL, no digest): such refusals are sampled, not all recorded. */
      readonly authenticated: boolean;
      readonly trace: readonly TraceStep[];
      readonly incidents?: readonly Incident[];
    }
  | {
      readonly kind: "dial";
      readonly call: CallIdentity;
      readonly attempts: readonly Attempt[];
      /** Whose `PeerSettings` say how leg A's peer is met: the trunk's or the carrier's that the call comes from. */
      readonly callerSid: string;
      readonly trace: readonly TraceStep[];
      readonly incidents?: readonly Incident[];
      readonly symmetricRtp: boolean;
      /** Leg A's media is SRTP: the caller of a secure trunk (SEC-2), or a carrier that offered it. */
      readonly callerSrtp: boolean;
      /** Limits that a start was taken from, to be held while the call is up (`Counters.hold`, `release`). */
      readonly claims: readonly LimitClaim[];
      /** ACC-5. */
      readonly maxCallDurationSec: number;
      /** REC-1; null: not recorded. Inherited by every target that the call is sent to, a redirection's too (ORIG-9). */
      readonly recording: RecordingPlan | null;
    };

/** Whose call it is, as far as known. */
export type CallIdentity = {
  readonly direction: CallDirection;
  readonly accountSid: string;
  readonly trunkSid: string;
  readonly phoneNumberSid: string | null;
  readonly from: string;
  readonly to: string;
  readonly callerName: string | null;
};
