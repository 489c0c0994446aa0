import type { Attempt, Facts, TargetTrouble } from "./types.ts";

/** An attempt that may be made, and what is known against it. */
export type Candidate = { readonly attempt: Attempt; readonly trouble: TargetTrouble | undefined };

export function candidateOf(attempt: Attempt, facts: Facts): Candidate {
  const { peerSid, address } = attempt;
  return { attempt, trouble: address === null ? undefined : facts.targetTrouble?.(peerSid, address) };
}

export function isDown({ trouble }: Candidate): boolean {
  return trouble?.health === "down";
}

/**
 * The same candidates, those known to be down behind all others: they are called when nothing else has taken the call, since what is known
 * of them may be wrong, and silence of one more target is better than a call refused unasked.
 */
export function downLast<One extends Candidate>(candidates: readonly One[]): readonly One[] {
  return [...candidates.filter((one) => !isDown(one)), ...candidates.filter(isDown)];
}

/** ` (known to be down since 2026-01-31T12:00:05Z, 3 failures)`; empty for one that is up. */
export function troubleText({ trouble }: Candidate): string {
  if (!trouble) return "";
  const since = new Date(trouble.sinceMs).toISOString().replace(/\.\d+Z$/, "Z");
  const failures = `${trouble.failures} ${trouble.failures === 1 ? "failure" : "failures"}`;
  if (trouble.health === "down") return ` (known to be down since ${since}, ${failures})`;
  return ` (on trial, down since ${since}, ${failures})`;
}
