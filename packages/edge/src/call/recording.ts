import type { CallOutput, CallPlan, Hunt } from "./call.types.ts";

/**
 * REC-1: what is to be done about the recording at that moment: it begins once in a call. One that is to begin with the ringing begins
 * with the answer when nobody rang.
 */
export function recordedFrom(
  moment: "ringing" | "answer",
  { recordFrom }: CallPlan,
  { recording }: Hunt,
): { readonly state: Hunt["recording"]; readonly outputs: readonly CallOutput[] } {
  const isDue = recordFrom === moment || (recordFrom !== null && moment === "answer");
  if (!isDue || recording !== "none") return { state: recording, outputs: [] };
  return { state: "beginning", outputs: [{ kind: "record" }] };
}
