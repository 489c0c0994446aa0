import { checkAddedHeader, checkRemovedHeader } from "../header-rule.ts";
import type { CallerIdHeader, CarrierDress } from "../model.ts";
import { writeNumber } from "./number-form.ts";
import { ANONYMOUS_FROM, type Presentation } from "./privacy.ts";
import type { Attempt } from "./types.ts";

/** What the far side gets to see of the caller: From and the headers that are the same for every target. */
export type Dress = Pick<Attempt, "fromUri" | "fromDisplayName" | "headers">;

/** CAR-1: how a carrier is called that says nothing else. */
export const DEFAULT_CARRIER_DRESS: Omit<CarrierDress, "carrierSid"> = {
  calledNumberForm: "e164",
  callerNumberForm: "e164",
  calledPrefix: "",
  callerIdHeaders: ["P-Asserted-Identity"],
  addedHeaders: [],
  removedHeaders: [],
  codecs: null,
  srtp: false,
};

/** The caller of a termination call, as far as all carriers are concerned. */
export type CallerForCarrier = {
  /** The caller ID that passed, E.164. */
  readonly number: string;
  readonly displayName: string | null;
  readonly presentation: Presentation;
  /** Diversions and whatever else goes to every carrier, in order. */
  readonly headers: Attempt["headers"];
  readonly zone: string;
};

/**
 * Dress of a termination call for one carrier. A carrier is inside the trust domain of RFC 3325, so it learns the number from the
 * headers it wants; when the caller withholds it, From is anonymous and Privacy says what the carrier must not show. Its header rules come
 * last: what it must not get is left out, then what it wants on every INVITE is added. A rule that breaks `header-rule.ts` is passed over.
 */
export function dressForCarrier(caller: CallerForCarrier, form: Omit<CarrierDress, "carrierSid">): Dress {
  const { presentation, displayName } = caller;
  const uri = `sip:${writeNumber(caller.number, form.callerNumberForm)}@${caller.zone}`;
  const headers: Attempt["headers"] = [
    ...form.callerIdHeaders.map((name) => [name, callerIdValue(name, uri, presentation)] as const),
    ...privacyHeaders(presentation),
    ...caller.headers,
  ];
  return {
    fromUri: presentation.withheld ? ANONYMOUS_FROM.uri : uri,
    fromDisplayName: presentation.withheld ? ANONYMOUS_FROM.displayName : displayName,
    headers: [...headers.filter(([name]) => !isRemoved(name, form)), ...addedHeaders(form)],
  };
}

function isRemoved(name: string, { removedHeaders }: Pick<CarrierDress, "removedHeaders">): boolean {
  return removedHeaders.includes(name.toLowerCase()) && checkRemovedHeader(name).kind === "ok";
}

function addedHeaders({ addedHeaders: lines }: Pick<CarrierDress, "addedHeaders">): Attempt["headers"] {
  return lines.flatMap((line) => {
    const header = checkAddedHeader(line);
    return header.kind === "ok" ? [[header.name, header.value] as const] : [];
  });
}

/** Privacy as it is passed on; none when the caller asked for nothing. */
export function privacyHeaders({ privacyHeader }: Presentation): Attempt["headers"] {
  return privacyHeader === null ? [] : [["Privacy", privacyHeader]];
}

/** Remote-Party-ID says for itself whether the number may be shown (draft-ietf-sip-privacy-04 §5.2); the others leave it to Privacy. */
function callerIdValue(name: CallerIdHeader, uri: string, { withheld }: Presentation): string {
  if (name !== "Remote-Party-ID") return `<${uri}>`;
  return `<${uri}>;party=calling;screen=yes;privacy=${withheld ? "full" : "off"}`;
}
