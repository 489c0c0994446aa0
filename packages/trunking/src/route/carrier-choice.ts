import type { DirectoryReader } from "../directory/directory.types.ts";
import { carrierClaims } from "../limits/claims.ts";
import type { Carrier, CarrierDress, CarrierPrefix, CarrierTarget } from "../model.ts";
import { inOrderOfTrial } from "../order.ts";
import { parseOriginationSipUrl } from "../sip-url.ts";
import { type CallerForCarrier, DEFAULT_CARRIER_DRESS, dressForCarrier } from "./dress.ts";
import { NO_RESPONSE_MS } from "./failover.ts";
import { limitText, retryAfterSec } from "./limits.ts";
import { writeCalledNumber } from "./number-form.ts";
import { pass, type Ruling, refuse } from "./ruling.ts";
import { egressOf, requestUri, targetAddress, toUri } from "./target-uri.ts";
import type { Attempt, Facts, TargetHealth } from "./types.ts";

/** More attempts than a caller would wait for: ten silent ones take 40 s. */
const MAX_ATTEMPTS = 10;

/** What one carrier offers for a call, or in words why nothing. */
type Offer = { readonly targets: readonly Candidate[]; readonly why: string; readonly retryAfterSec: number | null };
type Candidate = { readonly attempt: Attempt; readonly health: TargetHealth };

/**
 * Carriers for a called number (TERM-12): longest prefix first, then priority, then cost; inside a carrier its targets by priority and
 * weight. The next is tried after silence or one of the carrier's `retryStatuses`, never after a definite answer. A carrier at its limit
 * is passed over; a target known to be down is called only when nothing else is left, since knowledge of health may be wrong.
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
  if (serving.length === 0) return refuse(13224, number, `No carrier takes calls to ${number}.`);
  const candidates: Candidate[] = [];
  const told: string[] = [];
  const waitsSec: number[] = [];
  for (const { carrier, prefix } of serving) {
    if (candidates.length >= MAX_ATTEMPTS) break;
    const offer = offerOf(carrier, number, caller, directory, facts);
    candidates.push(...offer.targets);
    told.push(`${nameOf(carrier, prefix)}: ${offer.targets.map(describe).join(", ") || offer.why}`);
    if (offer.retryAfterSec !== null) waitsSec.push(offer.retryAfterSec);
  }
  const detail = told.join("; ");
  if (candidates.length === 0) return noneLeft(number, detail, waitsSec);
  const alive = candidates.filter(({ health }) => health !== "down");
  const chosen = alive.length > 0 ? alive : candidates;
  return pass(
    number,
    detail,
    chosen.slice(0, MAX_ATTEMPTS).map(({ attempt }) => attempt),
  );
}

function offerOf(
  carrier: Carrier,
  number: string,
  caller: CallerForCarrier,
  directory: DirectoryReader,
  facts: Facts,
): Offer {
  if (!carrier.enabled) return { targets: [], why: "disabled", retryAfterSec: null };
  const claims = carrierClaims(carrier, directory);
  const admission = facts.counters?.look(claims);
  if (admission?.kind === "over") {
    const why = `at its limit, ${limitText(admission.claim)}`;
    return { targets: [], why, retryAfterSec: retryAfterSec(admission) };
  }
  const form = directory.carrierDress(carrier.sid) ?? DEFAULT_CARRIER_DRESS;
  const common = { ...dressForCarrier(caller, form), ...ruleOf(carrier), claims, srtp: form.srtp, codecs: form.codecs };
  const ordered = inOrderOfTrial(directory.carrierTargets(carrier.sid), facts.random);
  const targets = ordered.flatMap((target) => candidateOf(target, number, form, common, facts));
  return { targets, why: "no usable target", retryAfterSec: null };
}

type Common = Omit<Attempt, "uri" | "toUri" | "egress">;

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

function candidateOf(
  target: CarrierTarget,
  number: string,
  form: Omit<CarrierDress, "carrierSid">,
  common: Common,
  facts: Facts,
): readonly Candidate[] {
  const url = parseOriginationSipUrl(target.sipUrl);
  if (url.kind === "invalid") return [];
  const called = writeCalledNumber(number, form.calledNumberForm, form.calledPrefix);
  const headers = [...common.headers, ...url.headers];
  const attempt: Attempt = {
    ...common,
    uri: requestUri(url, called),
    toUri: toUri(url, called),
    headers,
    egress: egressOf(url),
  };
  return [{ attempt, health: facts.carrierHealth?.(targetAddress(url)) ?? "up" }];
}

function noneLeft(number: string, detail: string, waitsSec: readonly number[]): ReturnType<typeof refuse> {
  const refusal = refuse(13224, number, detail, { status: 503, phrase: "Service Unavailable" });
  if (waitsSec.length === 0) return refusal;
  return { ...refusal, rejection: { ...refusal.rejection, retryAfterSec: Math.min(...waitsSec) } };
}

function describe({ attempt, health }: Candidate): string {
  return health === "up" ? attempt.uri : `${attempt.uri} (${health})`;
}

function nameOf(carrier: Carrier, prefix: CarrierPrefix): string {
  return `${carrier.friendlyName} (${prefix.prefix === "" ? "all numbers" : `+${prefix.prefix}`})`;
}
