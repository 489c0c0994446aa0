import { SIMULATED_CARRIER_SID } from "../demo.ts";

/** What the platform makes for itself at every start: in no file, and never deleted. */
export const skippedSids: ReadonlySet<string> = new Set([SIMULATED_CARRIER_SID]);
