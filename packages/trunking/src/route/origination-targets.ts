import type { DirectoryReader } from "../directory/directory.types.ts";
import type { OriginationUrl, PhoneNumber, Trunk } from "../model.ts";
import { inOrderOfTrial } from "../order.ts";
import type { OriginationSipUrl } from "../sip-url.ts";
import type { Caller } from "./calling-number.ts";
import { privacyHeaders } from "./dress.ts";
import { checkEgress } from "./egress.ts";
import { failoverOf } from "./failover.ts";
import { ANONYMOUS_FROM } from "./privacy.ts";
import { pass, type Ruling, refuse } from "./ruling.ts";
import { type Candidate, candidateOf, downLast, troubleText } from "./target-order.ts";
import { egressOf, escapedUser, overTls, parseTargetUrl, requestUri, targetAddress, toUri } from "./target-uri.ts";
import type { Attempt, CallRequest, Facts, Incident } from "./types.ts";

/** An origination call as far as it is known before its targets are. */
export type Inbound = {
  readonly request: CallRequest;
  readonly number: PhoneNumber;
  readonly trunk: Trunk;
  readonly caller: Caller;
  /** Headers from leg A and of our own that every target gets. */
  readonly passedOn: Attempt["headers"];
};

/** What became of the trunk's origination URLs. */
export type ChosenTargets = {
  readonly ruling: Ruling<readonly Attempt[]>;
  /** What there is to say about the ways out that URLs ask for. */
  readonly egressNotes: readonly string[];
  readonly incidents: readonly Incident[];
};

/**
 * The trunk's enabled origination URLs as attempts, in the order of ORIG-3, those known to be down behind the others (ORIG-12). None that
 * can be used: 480 with 32010, which tells the carrier that the number exists but nobody is there now.
 */
export function chooseTargets(inbound: Inbound, directory: DirectoryReader, facts: Facts): ChosenTargets {
  const { trunk } = inbound;
  const urls = directory.originationUrls(trunk.sid);
  const ordered = inOrderOfTrial(
    urls.filter((url) => url.enabled),
    facts.random,
  );
  const candidates: (Candidate & { readonly told: string })[] = [];
  const unusable: string[] = [];
  const egressNotes: string[] = [];
  const incidents: Incident[] = [];
  for (const url of ordered) {
    const target = parseTargetUrl(url.sipUrl);
    if (target.kind === "invalid") {
      unusable.push(`${url.sid} is left out: ${target.why}`);
      continue;
    }
    const way = checkEgress(egressOf(target), directory, facts);
    if (way.incident) incidents.push({ ...way.incident, text: `${url.sipUrl}: ${way.incident.text}` });
    if (way.kind === "blocked") {
      unusable.push(`${url.sid} is left out: ${way.why}`);
      continue;
    }
    if (way.note !== undefined) egressNotes.push(`${url.sipUrl}: ${way.note}`);
    const candidate = candidateOf(attemptOf(inbound, url, target, facts), facts);
    const told = `${url.sipUrl} (priority ${url.priority}, weight ${url.weight})${troubleText(candidate)}`;
    candidates.push({ ...candidate, told });
  }
  const inOrder = downLast(candidates);
  const told = inOrder.map((one) => one.told);
  const detail = [describe(urls, ordered, told), ...unusable].join(" ");
  const attempts = inOrder.map(({ attempt }) => attempt);
  const ruling = attempts.length === 0 ? refuse(32010, trunk.sid, detail) : pass(trunk.sid, detail, attempts);
  return { ruling, egressNotes, incidents };
}

function attemptOf(inbound: Inbound, url: OriginationUrl, target: OriginationSipUrl, facts: Facts): Attempt {
  const { number, trunk, caller } = inbound;
  const place = trunk.secure ? overTls(target) : target;
  return {
    uri: requestUri(place, target.user ?? number.e164),
    toUri: toUri(place, number.e164),
    carrierSid: null,
    peerSid: trunk.sid,
    address: targetAddress(place),
    srtp: trunk.secure,
    codecs: null,
    egress: egressOf(place),
    originationUrlSid: url.sid,
    ...failoverOf(trunk),
    ...fromOf(caller, trunk, facts.zone),
    headers: [...headersFor(inbound, facts.zone), ...target.headers],
    claims: [],
  };
}

/** Contract §8.5: the caller at the trunk's own domain. */
function fromOf(caller: Caller, trunk: Trunk, zone: string): Pick<Attempt, "fromUri" | "fromDisplayName"> {
  if (caller.presentation.withheld) return { fromUri: ANONYMOUS_FROM.uri, fromDisplayName: ANONYMOUS_FROM.displayName };
  const uri = `sip:${escapedUser(caller.shown)}@${trunk.domainName ?? zone}`;
  return { fromUri: uri, fromDisplayName: caller.displayName };
}

/** Contract §8.5, in its order. Diversion always carries the dialled number (ORIG-7), also when the URL has a user part of its own. */
function headersFor({ request, number, trunk, caller, passedOn }: Inbound, zone: string): Attempt["headers"] {
  const asserted = caller.asserted === null ? [] : [`<sip:${caller.asserted}@${trunk.domainName ?? zone}>`];
  return [
    ...asserted.map((value) => ["P-Asserted-Identity", value] as const),
    ...privacyHeaders(caller.presentation),
    ["Diversion", `<sip:${number.e164}@${zone}>;reason=unconditional`],
    ["X-Twilio-AccountSid", trunk.accountSid],
    ["X-Twilio-CallSid", request.sid],
    ...passedOn,
  ];
}

function describe(
  urls: readonly OriginationUrl[],
  ordered: readonly OriginationUrl[],
  told: readonly string[],
): string {
  if (urls.length === 0) return "The trunk has no origination URL.";
  if (ordered.length === 0) return `None of the trunk's ${urls.length} origination URLs is enabled.`;
  return told.length === 0 ? "No origination URL can be used." : `In this order: ${told.join(", ")}.`;
}
