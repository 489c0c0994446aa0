import type { Attempt, CallIdentity, LimitClaim, RedirectDecision } from "@trunkline/trunking";
import type { CallerLeg } from "../leg/caller-leg.ts";
import type { LegListener } from "../leg/leg.ts";
import type { Call } from "./call.ts";
import type { CallPlan } from "./call.types.ts";
import type { CallRecordingPlan } from "./call-recording.ts";
import type { CallMediaRules } from "./media-options.ts";

/** A call that routing decided to dial. */
export type CallOpening = {
  readonly sid: string;
  readonly identity: CallIdentity;
  readonly attempts: readonly Attempt[];
  /** Whose settings say how leg A's peer is met. */
  readonly callerSid: string;
  readonly plan: CallPlan;
  /** Makes leg A, which tells the listener what it hears. */
  readonly openCaller: (listener: LegListener) => CallerLeg;
  /** What leg B's INVITE may still be forwarded. */
  readonly maxForwards: number;
  readonly media: CallMediaRules;
  /** REC-1; null: it is not recorded. */
  readonly recording: CallRecordingPlan | null;
  /** Limits that a start was taken from for this call. */
  readonly claims: readonly LimitClaim[];
  readonly startedAtMs: number;
  /** ORIG-9: where a 302 leads whose first Contact this is. */
  readonly redirect: (redirect: {
    readonly attempt: Attempt;
    readonly contacts: readonly string[];
    readonly redirectedBefore: boolean;
  }) => RedirectDecision;
  readonly onAnswered: () => void;
  readonly onOver: (call: Call) => void;
};
