import type { DirectoryReader } from "../directory/directory.types.ts";
import type { OriginationUrl, PhoneNumber, Trunk } from "../model.ts";
import { inOrderOfTrial } from "../order.ts";
import { parseOriginationSipUrl } from "../sip-url.ts";
import type { Caller } from "./calling-number.ts";
import { privacyHeaders } from "./dress.ts";
import { failoverOf } from "./failover.ts";
import { ANONYMOUS_FROM } from "./privacy.ts";
import { pass, type Ruling, refuse } from "./ruling.ts";
import { egressOf, escapedUser, overTls, requestUri, toUri } from "./target-uri.ts";
import type { Attempt, CallRequest, Facts } from "./types.ts";

/** An origination call as far as it is known before its targets are. */
export type Inbound = {
  readonly request: CallRequest;
  readonly number: PhoneNumber;
  readonly trunk: Trunk;
  readonly caller: Caller;
  /** Headers from leg A and of our own that every target gets. */
  readonly passedOn: Attempt["headers"];
};

/**
 * The trunk's enabled origination URLs as attempts, in the order of ORIG-3. None that can be used: 480 with 32010, which tells the
 * carrier that the number exists but nobody is there now.
 */
export function chooseTargets(inbound: Inbound, directory: DirectoryReader, facts: Facts): Ruling<readonly Attempt[]> {
  const { number, trunk, caller } = inbound;
  const urls = directory.originationUrls(trunk.sid);
  const enabled = urls.filter((url) => url.enabled);
  const ordered = inOrderOfTrial(enabled, facts.random);
  const attempts: Attempt[] = [];
  const unusable: string[] = [];
  for (const url of ordered) {
    const target = parseOriginationSipUrl(url.sipUrl);
    if (target.kind === "invalid") {
      unusable.push(`${url.sid} is left out: ${target.why}`);
      continue;
    }
    const place = trunk.secure ? overTls(target) : target;
    attempts.push({
      uri: requestUri(place, target.user ?? number.e164),
      toUri: toUri(place, number.e164),
      carrierSid: null,
      peerSid: trunk.sid,
      srtp: trunk.secure,
      codecs: null,
      egress: egressOf(place),
      originationUrlSid: url.sid,
      ...failoverOf(trunk),
      ...fromOf(caller, trunk, facts.zone),
      headers: [...headersFor(inbound, facts.zone), ...target.headers],
      claims: [],
    });
  }
  const told = [describe(urls, ordered), ...unusable].join(" ");
  return attempts.length === 0 ? refuse(32010, trunk.sid, told) : pass(trunk.sid, told, attempts);
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

function describe(urls: readonly OriginationUrl[], ordered: readonly OriginationUrl[]): string {
  if (urls.length === 0) return "The trunk has no origination URL.";
  if (ordered.length === 0) return `None of the trunk's ${urls.length} origination URLs is enabled.`;
  const list = ordered.map((url) => `${url.sipUrl} (priority ${url.priority}, weight ${url.weight})`);
  return `In this order: ${list.join(", ")}.`;
}
