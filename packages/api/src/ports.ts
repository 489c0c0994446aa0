import type { CallerName, LiveRecordingStatus, Recording } from "@trunkline/store";
import type {
  CallAudio,
  CallCapture,
  SimulatedCall as DryCall,
  ErrorCode,
  Invalid,
  OverlayChange,
  RecordingFile,
  Rejection,
  Replayed,
  Simulation,
} from "@trunkline/trunking";

/**
 * What the API asks of the running platform beside the store. `server` supplies them; each may be absent in a role that has no calls,
 * and the resource then answers 503 with code 20503 and says which role serves it.
 */

/** Places a call from the simulated PSTN to a number of this installation (interface §3 SimulatedCalls). */
export type SimulatedCallRequest = {
  /** E.164 with `+`. */
  readonly to: string;
  readonly from: string;
  readonly callerName: string | null;
  readonly behaviour: SimulatedCallerBehaviour;
};

/** What the simulated caller does once answered; `hangup-after` in seconds. */
export type SimulatedCallerBehaviour = {
  readonly audio: "silence" | "tone" | "echo" | "none";
  readonly digits: string | null;
  /** Hangs up this long after the answer; null: waits for the callee's BYE (at most 60 s). */
  readonly hangupAfterMs: number | null;
  /** Gives up (CANCEL) when not answered by then. */
  readonly giveUpAfterMs: number;
};

export type SimulatedCall = {
  readonly sid: string;
  readonly to: string;
  readonly from: string;
  readonly status: "calling" | "ringing" | "answered" | "completed" | "failed";
  /** Final SIP status the simulated caller saw; null while calling. */
  readonly sipStatus: number | null;
  readonly reason: string | null;
  /** `CA…` of the platform's call once known (from X-Twilio-CallSid of the answer); null before. */
  readonly callSid: string | null;
  readonly toneHz: number | null;
  readonly digits: string;
  readonly packetsReceived: number;
};

export interface SimulatedPstnPort {
  place(request: SimulatedCallRequest): Promise<SimulatedCall>;
  fetch(sid: string): Promise<SimulatedCall | undefined>;
  /** Who is being called at that number keys in digits as soon as the call is up; false when nobody is. */
  press(number: string, digits: string): Promise<boolean>;
}

/** A call that verifies a caller ID (NUM-4). */
export type CallerIdVerificationRequest = {
  readonly callSid: string;
  readonly accountSid: string;
  /** E.164. */
  readonly to: string;
  /** Six digits, told to nobody but the customer. */
  readonly code: string;
  /** Digits, `*` and `#`, with `w` and `W` for pauses of half a second and a second; empty: none. */
  readonly extension: string;
  readonly delayMs: number;
  readonly language: "en" | "ja";
};

export type CallerIdVerification =
  /** It is being called, or will be after its delay. */
  | { readonly kind: "placed" }
  | {
      readonly kind: "refused";
      readonly rejection: Pick<Rejection, "status" | "code" | "detail" | "retryAfterSec">;
    }
  | { readonly kind: "unavailable"; readonly why: string };

export interface CallerIdVerificationPort {
  begin(request: CallerIdVerificationRequest): Promise<CallerIdVerification>;
}

/** A call as it is right now. */
export type LiveCall = {
  readonly sid: string;
  readonly accountSid: string;
  readonly trunkSid: string;
  readonly direction: string;
  readonly from: string;
  readonly to: string;
  readonly status: "ringing" | "in-progress";
  readonly startedAtMs: number;
  readonly answeredAtMs: number | null;
};

export interface LiveCallsPort {
  list(accountSid: string): Promise<readonly LiveCall[]>;
  /** Ends a live call; false when there is none of that SID in the account. */
  hangUp(accountSid: string, sid: string): Promise<boolean>;
}

/** SIP messages of calls that run or have just ended (EVD-2); of older ones the store has them. */
export interface CallCapturePort {
  fetch(
    accountSid: string,
    callSid: string,
  ): Promise<{ readonly capture: CallCapture; readonly isOver: boolean } | undefined>;
}

/** The audio of calls that run (EVD-2); of those that are over, record and capture have it. */
export interface CallAudioPort {
  fetch(accountSid: string, callSid: string): Promise<CallAudio | undefined>;
}

/** Dry runs (EVD-3), made where live calls are routed. */
export interface SimulationPort {
  /** Undefined: not now, calls cannot be routed yet. */
  run(call: DryCall): Promise<Simulation | Invalid | undefined>;
}

/** Calls judged by the configuration as it is and as it would be (EVD-3), where live calls are routed. */
export interface ReplayPort {
  /** In order of the calls, null for what is no call; undefined: not now. At most some hundred at a time. */
  run(calls: readonly DryCall[], changes: readonly OverlayChange[]): Promise<readonly (Replayed | null)[] | undefined>;
}

/** A carrier's target or a trunk's origination URL, and what is known of it. */
export type TargetStatus = {
  /** `CT…` or `OU…`. */
  readonly sid: string;
  readonly sipUrl: string;
  /** `probing`: on trial after it was down, and may be called. */
  readonly health: "up" | "down" | "probing";
  /** Epoch milliseconds; null while it is up. */
  readonly downSinceMs: number | null;
  /** In a row, up to now. */
  readonly failures: number;
  /** OPTIONS ask it from time to time; otherwise calls alone tell. */
  readonly isProbed: boolean;
};

/** How a carrier or a trunk's PBX is met at this moment. */
export type PeerStatus = {
  /** Our Contact at a carrier's registrar; null: it is to be registered nowhere. */
  readonly registration: {
    readonly registrar: string;
    readonly state: "registering" | "registered" | "failed" | "closing" | "closed";
    /** Epoch milliseconds, until when the registrar keeps it; null when it does not. */
    readonly expiresAtMs: number | null;
    /** When the next REGISTER goes; null while one is under way. */
    readonly nextAtMs: number | null;
    /** Null before the first one; its status is null when there was none, and the reason is ours then. */
    readonly lastAnswer: { readonly status: number | null; readonly reason: string } | null;
  } | null;
  readonly targets: readonly TargetStatus[];
  /** Calls with it, in both directions. */
  readonly liveCalls: number;
};

/** What is known of carriers and PBXs where calls are carried (CAR-1, ORIG-12). */
export interface PeerStatusPort {
  /** @param ownerSid `CX…` or `TK…`; undefined: not now, the edge is starting */
  fetch(ownerSid: string): Promise<PeerStatus | undefined>;
}

/** A request from the PBX behind a trunk: when, from where, and by whom in its own words. */
type Sighting = {
  readonly atMs: number;
  readonly sourceAddress: string;
  readonly sourcePort: number;
  readonly transport: "udp" | "tcp" | "tls";
  readonly userAgent: string | null;
  /** Whether a list of the trunk has the source; null: the trunk has no IP access control list. */
  readonly isListed: boolean | null;
};

/** The last OPTIONS and INVITE to a trunk's domain, and what was decided. */
export type TrunkContact = {
  readonly options: (Sighting & { readonly verdict: "answered" | "early" | "blocked" | "rate" }) | null;
  readonly invite:
    | (Sighting & {
        /** As the request wrote them. */
        readonly from: string;
        readonly to: string;
        readonly callSid: string;
        readonly verdict: "challenged" | "refused" | "routed";
        /** Null: it was routed, and nobody has answered. */
        readonly status: number | null;
        readonly code: ErrorCode | null;
        /** Words of the decision trace; null unless it was refused. */
        readonly detail: string | null;
        readonly username: string | null;
        readonly isUserKnown: boolean | null;
      })
    | null;
};

/** What arrives from the PBX behind a trunk, where calls are carried (CON-3). */
export interface TrunkContactPort {
  /** Undefined: not now, the edge is starting. */
  fetch(trunkSid: string): Promise<TrunkContact | undefined>;
}

/** What a request limit says to a request; `concurrent`: how many of the account are under way, this one included when it is admitted. */
export type Admission =
  /** `release` is called when it is answered; more than once does no harm. */
  | { readonly kind: "admitted"; readonly concurrent: number; readonly release: () => void }
  | {
      readonly kind: "refused";
      readonly why: "concurrent" | "rate";
      readonly concurrent: number;
      readonly retryAfterSec: number;
    };

/** Limits requests (contract §4.1 "Rate limiting"): asked once per authenticated request that is not the operator's, and per request of a stranger for what an account gives to anybody. Refused ones are answered 429. */
export interface RequestLimit {
  /** @param of whom the request counts for: an account's SID, or a name for the strangers that an account is open to */
  admit(of: string): Admission;
}

/** What a live recording is to do (contract §9). `pauseBehavior`: a pause stands as silence in the file, or is left out of it. */
export type RecordingRequest = {
  readonly accountSid: string;
  readonly callSid: string;
  /** `RE…`, or `Twilio.CURRENT` for the one that runs. */
  readonly recordingSid: string;
} & (
  | { readonly status: "paused"; readonly pauseBehavior: "silence" | "skip" }
  | { readonly status: "in-progress" | "stopped" }
);

/** Steers recordings where their calls are carried. */
export interface RecordingControlPort {
  /** `not-found`: no such call or recording is live there. `not-live`: the call is, its recording is over or has not begun. */
  control(
    request: RecordingRequest,
  ): Promise<
    | { readonly kind: "done"; readonly recording: Pick<Recording, "sid"> & { readonly status: LiveRecordingStatus } }
    | { readonly kind: "not-found" }
    | { readonly kind: "not-live" }
  >;
}

/** A recording's media on its way to a listener. */
export type RecordingMedia = {
  readonly kind: "media";
  readonly contentType: string;
  /** Of what `chunks` give; null when nobody can know yet. */
  readonly lengthBytes: number | null;
  /** Of the whole, where parts of it can be asked for; else null. */
  readonly totalBytes: number | null;
  /** Opens the file when it is read, and closes it when the reader has enough. */
  readonly chunks: AsyncIterable<Uint8Array>;
};

/** Where the names of callers are known (CNAM). Without one, the installation's own table is. */
export interface CallerNamePort {
  /** @param e164 of a number of the United States or Canada; undefined: nobody knows its name */
  fetch(e164: string): Promise<Pick<CallerName, "callerName" | "callerType"> | undefined>;
}

/** Where finished recordings are kept. Every method rejects when that place is away. */
export interface RecordingMediaPort {
  open(request: {
    /** Null: not known yet. */
    readonly edge: string | null;
    readonly file: RecordingFile;
    readonly channels: 1 | 2;
    readonly format: "wav" | "mp3";
    readonly requestedChannels?: 1 | 2;
    /** From byte `from` up to and including `to`. */
    readonly range?: { readonly from: number; readonly to: number };
  }): Promise<RecordingMedia | { readonly kind: "refused"; readonly why: "missing" | "mono" | "encrypted" | "busy" }>;
  /** @returns false when there was none */
  remove(recording: { readonly edge: string | null; readonly file: RecordingFile }): Promise<boolean>;
}
