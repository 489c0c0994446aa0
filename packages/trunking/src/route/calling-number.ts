import { toE164 } from "../e164.ts";
import { choosePresentation, type Presentation } from "./privacy.ts";
import { info, type Passed, quoted } from "./ruling.ts";
import type { CallRequest, Party } from "./types.ts";

/** The caller of an origination call, as the customer may see it. */
export type Caller = {
  readonly presentation: Presentation;
  /** E.164, or what the carrier wrote where that is not possible; `anonymous` when withheld. */
  readonly shown: string;
  readonly displayName: string | null;
  /** E.164 form of what the carrier asserts (RFC 3325); null when it asserts no number, or the caller withholds it. */
  readonly asserted: string | null;
};

/**
 * Who calls, from the carrier's From, P-Asserted-Identity and Remote-Party-ID in this order. A withheld number is hidden from the
 * customer in every header and in the record: the customer is outside the carriers' trust domain (RFC 3325 §7).
 */
export function findCaller(request: CallRequest): Passed<Caller> {
  const presentation = choosePresentation(request).found;
  const input = quoted(request.from.raw);
  if (presentation.withheld) {
    const anonymous: Caller = { presentation, shown: "anonymous", displayName: null, asserted: null };
    return info("", "The caller withholds the number; the customer sees anonymous.", anonymous);
  }
  const asserted = numberOf(request.assertedIdentity);
  const number = numberOf(request.from) ?? asserted ?? numberOf(request.remotePartyId);
  const shown = quoted(number ?? request.from.user ?? "anonymous");
  const detail =
    number === null ? `The carrier gives no international number; "${shown}" is shown.` : `The caller is ${number}.`;
  return info(input, detail, { presentation, shown, displayName: request.from.displayName, asserted });
}

function numberOf(party: Party | null): string | null {
  return toE164(party?.user?.split(";", 1)[0] ?? "") ?? null;
}
