import type { Attempt } from "@trunkline/trunking";
import type { PlannedAttempt } from "./call.types.ts";

/** A routing attempt as the call machine sees it. Addresses and way out are in `media`'s name too: the offer shows where we hear. */
export function planned({ uri, noResponseMs, retry, srtp, codecs, egress }: Attempt): PlannedAttempt {
  return { uri, noResponseMs, retry, media: JSON.stringify([srtp, codecs, egress]) };
}
