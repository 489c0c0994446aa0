import type { CallCapture } from "@trunkline/trunking";
import type { Context } from "../../route.ts";

type FoundCapture = {
  readonly state: "live" | "complete";
  readonly capture: CallCapture;
  /** False while the edge has it, which may be before the store has a record of the call. */
  readonly isStored: boolean;
};

/** What was captured of a call: from the edge while it has it, else from the store. Undefined: nothing was, or is kept. */
export async function findCapture({ deps, account }: Context, callSid: string): Promise<FoundCapture | undefined> {
  const here = await deps.callCaptures?.fetch(account.sid, callSid);
  if (here) return { state: here.isOver ? "complete" : "live", capture: here.capture, isStored: false };
  const capture = await deps.store.captures.fetch(account.sid, callSid);
  return capture && { state: "complete", capture, isStored: true };
}
