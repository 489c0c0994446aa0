/**
 * One step of a decision (EVD-1): which rule looked at what and said what. Values are text for people; no secret ever enters one
 * (a digest shows user name and algorithm, never nonce, response or HA1).
 */
export type TraceStep = {
  /** Dotted name of the rule, e.g. `termination.acl`. Stable: docs and tests cite it. */
  readonly rule: string;
  /** What it looked at. */
  readonly input: string;
  readonly verdict: "pass" | "refuse" | "skip" | "info";
  /** Why, in a sentence a PBX administrator understands. */
  readonly detail: string;
  /** Milliseconds since the call began; routing itself is 0. */
  readonly atMs: number;
};
