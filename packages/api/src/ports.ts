import type { SimulatedCall as DryCall, Invalid, Simulation } from "@trunkline/trunking";

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

/** Dry runs (EVD-3), made where live calls are routed. */
export interface SimulationPort {
  /** Undefined: not now, calls cannot be routed yet. */
  run(call: DryCall): Promise<Simulation | Invalid | undefined>;
}

/** The seam for request limits (contract §4.1 "Rate limiting"): asked once per authenticated request. */
export interface RequestLimit {
  /** Null: go on. Otherwise the request is answered 429 with code 20429, to be tried again after so many seconds. */
  admit(accountSid: string): { readonly retryAfterSec: number } | null;
}
