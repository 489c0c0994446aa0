import type { DirectoryReader } from "../directory/directory.types.ts";
import { carrierClaims } from "../limits/claims.ts";
import type { Carrier, CarrierPrefix, CarrierTarget } from "../model.ts";
import { inOrderOfTrial } from "../order.ts";
import { type CallerForCarrier, DEFAULT_CARRIER_DRESS, dressForCarrier } from "./dress.ts";
import { checkEgress } from "./egress.ts";
import { NO_RESPONSE_MS } from "./failover.ts";
import { limitText, retryAfterSec } from "./limits.ts";
import { writeCalledNumber } from "./number-form.ts";
import { type OwnPlace, ownCarrierFor, wayInside } from "./on-net.ts";
import { pass, type Ruling, refuse } from "./ruling.ts";
import { type Candidate, candidateOf, downLast, isDown, troubleText } from "./target-order.ts";
import { egressOf, parseTargetUrl, requestUri, targetAddress, toUri } from "./target-uri.ts";
import type { Attempt, Facts } from "./types.ts";

/** More attempts than a caller would wait for: ten silent ones take 40 s. */
const MAX_ATTEMPTS = 10;

/** What one carrier offers for a call, or in words why nothing. */
type Offer = {
  readonly targets: readonly Candidate[];
  /** Each target, or why it is left out. */
  readonly told: string;
  readonly retryAfterSec: number | null;
};

/**
 * Carriers for a called number (TERM-12): longest prefix first, then priority, then cost; inside a carrier its targets by priority and
 * weight. The next is tried after silence or one of the carrier's `retryStatuses`, never after a definite answer. A carrier at its limit
 * is passed over; targets known to be down come behind all others. In front of all carriers is the platform itself, when the number is one of
 * its own and calls may stay inside.
 *
 * Refused with 13224: 404 when no carrier has a prefix of the number (it will not help to call again), 503 when those that have one are
 * disabled, full or have no target (a PBX with another provider should try that).
 */
export function chooseCarriers(
  number: string,
  caller: CallerForCarrier,
  directory: DirectoryReader,
  facts: Facts,
): Ruling<readonly Attempt[]> {
  const serving = directory.carriersFor(number);
  const own = ownCarrierFor(number, directory, facts);
  if (serving.length === 0 && !own) return refuse(13224, number, `No carrier takes calls to ${number}.`);
  const candidates: Candidate[] = [];
  const told: string[] = [];
  const waitsSec: number[] = [];
  const take = (name: string, offer: Offer): void => {
    candidates.push(...offer.targets);
    told.push(`${name}: ${offer.told}`);
    if (offer.retryAfterSec !== null) waitsSec.push(offer.retryAfterSec);
  };
  if (own) {
    const { carrier, place } = own;
    take(
      `${carrier.friendlyName} (own numbers)`,
      offerOf(carrier, directory, facts, (claims) => offerInside(place, carrier, number, caller, claims)),
    );
  }
  for (const { carrier, prefix } of serving) {
    if (candidates.filter((one) => !isDown(one)).length >= MAX_ATTEMPTS) break;
    take(
      nameOf(carrier, prefix),
      offerOf(carrier, directory, facts, (claims) => offerTargets(carrier, number, caller, claims, directory, facts)),
    );
  }
  const detail = told.join("; ");
  if (candidates.length === 0) return noneLeft(number, detail, waitsSec);
  const chosen = downLast(candidates).slice(0, MAX_ATTEMPTS);
  return pass(
    number,
    detail,
    chosen.map(({ attempt }) => attempt),
  );
}

/** What the carrier offers if it may be asked at all. */
function offerOf(
  carrier: Carrier,
  directory: DirectoryReader,
  facts: Facts,
  offer: (claims: Attempt["claims"]) => Omit<Offer, "retryAfterSec">,
): Offer {
  if (!carrier.enabled) return { targets: [], told: "disabled", retryAfterSec: null };
  const claims = carrierClaims(carrier, directory);
  const admission = facts.counters?.look(claims);
  if (admission?.kind === "over") {
    const told = `at its limit, ${limitText(admission.claim)}`;
    return { targets: [], told, retryAfterSec: retryAfterSec(admission) };
  }
  return { ...offer(claims), retryAfterSec: null };
}

/** Nothing can be known against the way to oneself, and nothing of a carrier's own wishes holds on it. */
function offerInside(
  place: OwnPlace,
  carrier: Carrier,
  number: string,
  caller: CallerForCarrier,
  claims: Attempt["claims"],
): Omit<Offer, "retryAfterSec"> {
  const { srtp, codecs } = DEFAULT_CARRIER_DRESS;
  const dress = dressForCarrier(caller, DEFAULT_CARRIER_DRESS);
  const attempt: Attempt = { ...dress, ...ruleOf(carrier), ...wayInside(place, number), claims, srtp, codecs };
  return { targets: [{ attempt, trouble: undefined }], told: "the call stays inside" };
}

function offerTargets(
  carrier: Carrier,
  number: string,
  caller: CallerForCarrier,
  claims: Attempt["claims"],
  directory: DirectoryReader,
  facts: Facts,
): Omit<Offer, "retryAfterSec"> {
  const form = directory.carrierDress(carrier.sid) ?? DEFAULT_CARRIER_DRESS;
  const common = { ...dressForCarrier(caller, form), ...ruleOf(carrier), claims, srtp: form.srtp, codecs: form.codecs };
  const ordered = inOrderOfTrial(directory.carrierTargets(carrier.sid), facts.random);
  const looked = ordered.map((target) =>
    lookAt(target, writeCalledNumber(number, form.calledNumberForm, form.calledPrefix), common, directory, facts),
  );
  return {
    targets: looked.flatMap(({ candidate }) => (candidate ? [candidate] : [])),
    told: looked.map(({ told }) => told).join(", ") || "no target",
  };
}

type Common = Omit<Attempt, "uri" | "toUri" | "egress" | "address">;

function ruleOf(
  carrier: Carrier,
): Pick<Attempt, "carrierSid" | "peerSid" | "originationUrlSid" | "noResponseMs" | "retry"> {
  return {
    carrierSid: carrier.sid,
    peerSid: carrier.sid,
    originationUrlSid: null,
    noResponseMs: NO_RESPONSE_MS,
    retry: { kind: "only", statuses: carrier.retryStatuses },
  };
}

/** The target as an attempt, if it can be one, and what the trace says of it. */
function lookAt(
  target: CarrierTarget,
  called: string,
  common: Common,
  directory: DirectoryReader,
  facts: Facts,
): { readonly candidate?: Candidate; readonly told: string } {
  const url = parseTargetUrl(target.sipUrl);
  if (url.kind === "invalid") return { told: `${target.sid} is left out: ${url.why}` };
  const egress = egressOf(url);
  const way = checkEgress(egress, directory, facts);
  if (way.kind === "blocked") return { told: `${target.sipUrl} is left out: ${way.why}` };
  const headers = [...common.headers, ...url.headers];
  const place = { uri: requestUri(url, called), toUri: toUri(url, called), address: targetAddress(url) };
  const candidate = candidateOf({ ...common, ...place, headers, egress }, facts);
  return {
    candidate,
    told: `${place.uri}${troubleText(candidate)}${way.note === undefined ? "" : ` (${way.note})`}`,
  };
}

function noneLeft(number: string, detail: string, waitsSec: readonly number[]): ReturnType<typeof refuse> {
  const refusal = refuse(13224, number, detail, { status: 503, phrase: "Service Unavailable" });
  if (waitsSec.length === 0) return refusal;
  return { ...refusal, rejection: { ...refusal.rejection, retryAfterSec: Math.min(...waitsSec) } };
}

function nameOf(carrier: Carrier, prefix: CarrierPrefix): string {
  return `${carrier.friendlyName} (${prefix.prefix === "" ? "all numbers" : `+${prefix.prefix}`})`;
}
