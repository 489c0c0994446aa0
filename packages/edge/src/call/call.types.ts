import type { Leg } from "@trunkline/media";
import type { AttemptRecord, CallDirection, LegQuality, TraceStep } from "@trunkline/trunking";
import type { Target } from "../locate/locator.ts";

/**
 * What one leg tells the call: no SIP type in sight (conventions, snippet 6). `why` is the peer's own Reason value (RFC 3326), handed
 * to the other leg as it is.
 */
export type LegEvent =
  | { readonly kind: "trying" }
  | {
      readonly kind: "progress";
      readonly status: number;
      readonly reason: string;
      readonly sdp: string | undefined;
      /** Tells the early dialogs of one INVITE apart (RFC 3261 §13.2.2.1): a proxy behind the target may ring several phones. */
      readonly fork: string;
    }
  | { readonly kind: "answer"; readonly sdp: string | undefined; readonly fork: string }
  | {
      readonly kind: "fail";
      /** `unreachable`: nothing was ever heard from there, `status` is ours. */
      readonly cause: "response" | "unreachable";
      readonly status: number;
      readonly reason: string;
      readonly why: string | undefined;
      /** Where a 3xx points to: the URI of its first Contact. */
      readonly contact?: string | undefined;
      /** What the connection failed of. */
      readonly detail?: string;
    }
  /** The caller gave up before the answer. */
  | { readonly kind: "cancel"; readonly why: string | undefined }
  | {
      readonly kind: "hangup";
      /** `unacknowledged`: our answer never got its ACK, or a reliable 1xx its PRACK; `gone`: the peer no longer knows the dialog, or gives no sign of life. */
      readonly cause: "remote" | "unacknowledged" | "gone";
      readonly why: string | undefined;
    }
  /** A changed session description; undefined: we are asked to offer. */
  | { readonly kind: "offer"; readonly sdp: string | undefined; readonly fork: string }
  | { readonly kind: "offer-answered"; readonly status: number; readonly sdp: string | undefined }
  /** Our answer arrived; `sdp` when it had been our offer. */
  | { readonly kind: "acknowledged"; readonly sdp: string | undefined };

/** One target as the call sees it: routing's attempt without its SIP dress. */
export type PlannedAttempt = {
  readonly uri: string;
  readonly noResponseMs: number;
  readonly retry:
    | { readonly kind: "unless"; readonly statuses: readonly number[] }
    | { readonly kind: "only"; readonly statuses: readonly number[] };
  /** Names what the media session has to be like for it; attempts of the same name can share one. */
  readonly media: string;
};

/** What a call was decided to be; constant for its life. */
export type CallPlan = {
  readonly direction: CallDirection;
  readonly attempts: readonly PlannedAttempt[];
  /** Leg A's offer; undefined when it makes none and answers leg B's in its ACK (RFC 3261 §13.2.1, a late offer). */
  readonly offer: string | undefined;
  /** Leg A acknowledges provisional responses, so that the first description in one is its answer for good (RFC 3262 §5). */
  readonly reliableEarly: boolean;
  readonly ringTimeoutMs: number;
  readonly maxDurationMs: number;
  /** REC-1: from when on the call is recorded, if it is; `ringing`: from the first that the caller hears of it. */
  readonly recordFrom: "ringing" | "answer" | null;
};

/** Where the search for somebody who answers stands. */
export type Hunt = {
  /** The plan's, and behind the one that was redirected the one that it was redirected to. */
  readonly attempts: readonly PlannedAttempt[];
  /** Index of the current one. */
  readonly attempt: number;
  /** A 302 was followed; a second one is not (ORIG-9). */
  readonly redirected: boolean;
  /** Targets of this attempt; the first is the one being tried. */
  readonly targets: readonly Target[];
  /** INVITEs sent so far; the number of the current try. Events of earlier ones are stale. */
  readonly tries: number;
  /** Of the time that this attempt's targets may be silent, what is left for the current one and those after it. */
  readonly silenceLeftMs: number;
  /** What the media plane made ready for leg B; undefined before. Its addresses are of one family, and it is for one kind of media. */
  readonly prepared:
    | { readonly family: AddressFamily; readonly media: string; readonly offer: string | undefined }
    | undefined;
  /** The current try has answered something, if only 100. */
  readonly heard: boolean;
  /** The caller has been told that it rings. */
  readonly rang: boolean;
  /** What the early dialogs of the current try described, each its last; the caller hears the first one until somebody answers. */
  readonly early: readonly EarlyMedia[];
  /** What leg A described last: its offer, or what it made of that before the answer. Undefined when it has said nothing yet. */
  readonly caller: string | undefined;
  /** Of which description leg A was told for good, if of any. */
  readonly shown: string | undefined;
  /** The media plane's last offer was leg B's. */
  readonly isTurned: boolean;
  readonly recording: "none" | "beginning" | "settled";
};

export type AddressFamily = "ipv4" | "ipv6";

export type EarlyMedia = { readonly fork: string; readonly sdp: string };

/** A change of the session under way between the legs (re-INVITE or UPDATE). One at a time; a second one is told 491. */
export type Exchange = {
  readonly from: Leg;
  /** False when nobody waits for our answer: the offer came in an ACK, or is one that the other leg has yet to hear of. */
  readonly reply: boolean;
  /**
   * The offer is with the media plane, with the other leg, its answer is with the media plane; the old one is put back. Of an offer that
   * came in a 200: it is asked for, with the media plane, its answer has to come with the other leg's ACK (`first`: the call's first one),
   * and is then with the media plane.
   */
  readonly at:
    | "offering"
    | "asking"
    | "answering"
    | "restoring"
    | "requesting"
    | "late-offering"
    | "late-asking"
    | "first-asking"
    | "late-answering";
  /** What `from` described before. */
  readonly previous: string;
};

/** How and by whom a call ended; `why` is a whole Reason value for the legs. */
export type Ending = {
  readonly by: "caller" | "callee" | "platform" | "internal";
  readonly sipStatus: number;
  readonly reason: string;
  readonly errorCode: number | null;
  readonly why: string;
  /** Of a refusal of ours: the reason in words, for the trace. */
  readonly detail?: string;
  /** Of a 503 of ours: when there is room again, where that is known. */
  readonly retryAfterSec?: number | undefined;
};

export type CallState =
  | { readonly name: "new" }
  /** Whether the current attempt may be made, and where it leads, is being found out. */
  | { readonly name: "locating"; readonly hunt: Hunt }
  /** Leg A's offer is with the media plane. */
  | { readonly name: "preparing"; readonly hunt: Hunt }
  | { readonly name: "calling"; readonly hunt: Hunt }
  /** Leg B answered; its answer is with the media plane, or has come back while the recording still begins (REC-4). */
  | {
      readonly name: "answering";
      readonly hunt: Hunt;
      readonly answer: string;
      /** What leg A is to be answered; undefined: not known yet. */
      readonly accepted: string | undefined;
    }
  | {
      readonly name: "connected";
      /** The try that answered. */
      readonly tryNumber: number;
      /** What each leg last described as its own. */
      readonly described: Readonly<Record<Leg, string>>;
      readonly exchange: Exchange | undefined;
      /** Legs whose description has changed since the other one was told of it. */
      readonly untold: readonly Leg[];
    }
  /** The media plane is asked for its last counters. */
  | { readonly name: "closing"; readonly ending: Ending }
  | { readonly name: "over" };

/** Why the media plane was asked; comes back with its result. */
export type MediaPurpose =
  | { readonly kind: "prepare" }
  | { readonly kind: "progress"; readonly tryNumber: number; readonly status: number; readonly reason: string }
  /** An early offer of that leg. */
  | { readonly kind: "change"; readonly tryNumber: number; readonly leg: Leg; readonly sdp: string }
  | { readonly kind: "answer" }
  | { readonly kind: "exchange" }
  /** Said to put the plane into the right state for what is said next; nobody waits for its result. */
  | { readonly kind: "again" };

export type CallTimer = "silence" | "ring" | "duration";

export type CallInput =
  | { readonly kind: "start" }
  /** Empty: the attempt's host has no address; `why` says more. */
  | { readonly kind: "located"; readonly targets: readonly Target[]; readonly why: string }
  /** The attempt may not be made: its carrier is at its limit (LIM-1). `phrase` names the limit. */
  | {
      readonly kind: "over-limit";
      readonly phrase: string;
      readonly detail: string;
      readonly retryAfterSec: number | undefined;
    }
  /** A 302 leads there. */
  | { readonly kind: "redirected"; readonly attempt: PlannedAttempt }
  /** It leads nowhere: the call fails. */
  | { readonly kind: "redirect-refused"; readonly status: number; readonly phrase: string; readonly detail: string }
  | { readonly kind: "leg-a"; readonly event: LegEvent }
  | { readonly kind: "leg-b"; readonly tryNumber: number; readonly event: LegEvent }
  | { readonly kind: "media"; readonly purpose: MediaPurpose; readonly sdp: string }
  | { readonly kind: "media-refused"; readonly purpose: MediaPurpose; readonly status: number; readonly why: string }
  | { readonly kind: "media-failed"; readonly why: string }
  /** MED-4. */
  | { readonly kind: "media-silent"; readonly forMs: number }
  | { readonly kind: "media-closed"; readonly quality: readonly LegQuality[] }
  /** The recording runs, its file is on the disk; or it does not, and the call goes on without one. */
  | { readonly kind: "recording-settled" }
  | { readonly kind: "timer"; readonly timer: CallTimer }
  /** Somebody outside the call ends it: the API, a closing edge. */
  | { readonly kind: "hang-up"; readonly sipStatus: number; readonly phrase: string; readonly reason: string };

export type CallOutput =
  /** Begin that attempt under its limits, in place of the one before: find out where it leads. */
  | { readonly kind: "locate"; readonly attempt: number; readonly uri: string }
  /** That attempt was answered with 302: ask routing where to (ORIG-9). `again`: the call was redirected before. */
  | {
      readonly kind: "redirect";
      readonly attempt: number;
      readonly contact: string | undefined;
      readonly again: boolean;
    }
  /** Open a media session towards that target, in place of the one there was, and give it leg A's offer if there is one. */
  | {
      readonly kind: "prepare-media";
      readonly attempt: number;
      readonly target: Target;
      readonly sdp: string | undefined;
    }
  | { readonly kind: "media-offer"; readonly leg: Leg; readonly sdp: string; readonly purpose: MediaPurpose }
  | { readonly kind: "media-answer"; readonly leg: Leg; readonly sdp: string; readonly purpose: MediaPurpose }
  | { readonly kind: "close-media" }
  /** Begin the recording of the call, which no other comes after. */
  | { readonly kind: "record" }
  | {
      readonly kind: "dial";
      readonly tryNumber: number;
      readonly attempt: number;
      readonly target: Target;
      readonly sdp: string | undefined;
    }
  /** Cancel that try; whatever it still says is nobody's business (a late 200 is acknowledged and ended by the session). */
  | { readonly kind: "abandon"; readonly tryNumber: number }
  | { readonly kind: "progress"; readonly status: number; readonly reason: string; readonly sdp: string | undefined }
  | { readonly kind: "answer"; readonly sdp: string }
  /** The answer to the offer in that leg's 200, for our ACK. */
  | { readonly kind: "late-answer"; readonly leg: Leg; readonly sdp: string }
  /** End both legs, whatever state they are in. */
  | { readonly kind: "release"; readonly ending: Ending }
  /** Without SDP: that leg is asked for an offer. */
  | { readonly kind: "offer"; readonly leg: Leg; readonly sdp: string | undefined }
  | { readonly kind: "accept-offer"; readonly leg: Leg; readonly sdp: string }
  | { readonly kind: "reject-offer"; readonly leg: Leg; readonly status: number }
  | { readonly kind: "set"; readonly timer: CallTimer; readonly afterMs: number }
  | { readonly kind: "clear"; readonly timer: CallTimer }
  | {
      readonly kind: "attempted";
      /** No address of the attempt's target answered, or it says itself that it is unwell. Absent: nothing of the kind. */
      readonly isUnwell?: boolean;
      readonly attempt: number;
      readonly status: NonNullable<AttemptRecord["status"]>;
      readonly reason: string;
      readonly verdict: TraceStep["verdict"];
      readonly detail: string;
    }
  | { readonly kind: "rang" }
  | { readonly kind: "answered" }
  | { readonly kind: "ended"; readonly ending: Ending; readonly quality: readonly LegQuality[] }
  | { readonly kind: "alert"; readonly errorCode: number; readonly text: string };

export type CallStep = { readonly state: CallState; readonly outputs: readonly CallOutput[] };
