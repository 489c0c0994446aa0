import { ANONYMOUS_FROM, type Presentation } from "./privacy.ts";
import type { Attempt, CallRequest } from "./types.ts";

/** What the far side gets to see of the caller: From and the headers that are the same for every attempt. */
export type Dress = Pick<Attempt, "fromUri" | "fromDisplayName" | "headers">;

/**
 * Dress of a termination call. A carrier is inside the trust domain of RFC 3325, so it always learns the number from
 * P-Asserted-Identity; when the caller withholds it, From is anonymous and Privacy says what the carrier must not show.
 *
 * @param number the caller ID that passed, E.164
 */
export function dressForCarrier(
  request: CallRequest,
  number: string,
  presentation: Presentation,
  diversions: readonly string[],
  zone: string,
): Dress {
  const uri = `sip:${number}@${zone}`;
  return {
    fromUri: presentation.withheld ? ANONYMOUS_FROM.uri : uri,
    fromDisplayName: presentation.withheld ? ANONYMOUS_FROM.displayName : request.from.displayName,
    headers: [
      ["P-Asserted-Identity", `<${uri}>`],
      ...privacyHeaders(presentation),
      ...diversions.map((value) => ["Diversion", value] as const),
    ],
  };
}

/** Privacy as it is passed on; none when the caller asked for nothing. */
export function privacyHeaders({ privacyHeader }: Presentation): Attempt["headers"] {
  return privacyHeader === null ? [] : [["Privacy", privacyHeader]];
}
