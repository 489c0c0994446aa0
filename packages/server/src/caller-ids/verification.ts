import type { CallerIdVerificationPort } from "@trunkline/api";
import type { Settings } from "../config/settings.ts";
import { DEMO_CALLER_ID } from "../demo.ts";
import type { EdgeThread } from "../threads/edge-thread.ts";

/** Calls that verify caller IDs (NUM-4), which show the number that the installation says, and none that it does not have. */
export function callerIdVerification(
  { callerId, demo }: Pick<Settings, "callerId" | "demo">,
  edge: Pick<EdgeThread, "verifyCallerId">,
): CallerIdVerificationPort {
  const from = callerId ?? (demo ? DEMO_CALLER_ID : undefined);
  return {
    async begin(request) {
      if (from !== undefined) return edge.verifyCallerId({ ...request, from });
      const why = "The platform has no number to call from: the operator sets one with TRUNKLINE_CALLER_ID";
      return { kind: "unavailable", why };
    },
  };
}
