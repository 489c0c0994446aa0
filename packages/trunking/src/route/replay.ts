import type { DirectoryReader } from "../directory/directory.types.ts";
import { type OverlayChange, overlay } from "../directory/overlay.ts";
import { type SimulatedCall, simulate } from "./simulate.ts";
import type { Decision, Facts } from "./types.ts";

/** What a decision comes to, in short. */
export type ReplayVerdict = {
  readonly kind: "pass" | "refuse" | "drop";
  /** Of a refusal. */
  readonly sipStatus: number | null;
  readonly errorCode: number | null;
  /** Why it does not pass, for a person; null when it does. */
  readonly why: string | null;
  /** URIs in the order of trial. */
  readonly targets: readonly string[];
};

/** The same call by the configuration as it is, and as it would be. */
export type Replayed = { readonly before: ReplayVerdict; readonly after: ReplayVerdict };

/** Of equal weights always the same is drawn, so that chance changes nothing. */
const EVEN = 0.5;

/**
 * What a change of configuration would change (EVD-3): calls judged twice by the pure function that judges live ones. Nothing is counted,
 * nobody is called, and nothing is changed.
 *
 * @returns in order of the calls; null for one that is no call
 */
export function replay(
  calls: readonly SimulatedCall[],
  changes: readonly OverlayChange[],
  directory: DirectoryReader,
  facts: Omit<Facts, "verifyDigest" | "digestAssumed">,
): readonly (Replayed | null)[] {
  const changed = overlay(directory, changes);
  const even = { ...facts, random: () => EVEN };
  return calls.map((call) => {
    const [before, after] = [simulate(call, directory, even), simulate(call, changed, even)];
    if (before.kind === "invalid" || after.kind === "invalid") return null;
    return { before: verdictOf(before.decision), after: verdictOf(after.decision) };
  });
}

function verdictOf(decision: Decision): ReplayVerdict {
  const refused = { sipStatus: null, errorCode: null, targets: [] };
  switch (decision.kind) {
    case "dial":
      return { ...refused, kind: "pass", why: null, targets: decision.attempts.map(({ uri }) => uri) };
    case "refuse": {
      const { status, code, detail } = decision.rejection;
      return { ...refused, kind: "refuse", sipStatus: status, errorCode: code, why: detail };
    }
    case "challenge":
      return { ...refused, kind: "refuse", sipStatus: 407, why: "The caller is asked for its password." };
    case "drop":
      return { ...refused, kind: "drop", why: decision.why };
    default:
      return decision satisfies never;
  }
}
