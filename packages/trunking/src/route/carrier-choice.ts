import type { DirectoryReader } from "../directory/directory.types.ts";
import type { Carrier, CarrierPrefix, CarrierTarget } from "../model.ts";
import { inOrderOfTrial } from "../order.ts";
import { parseOriginationSipUrl } from "../sip-url.ts";
import type { Dress } from "./dress.ts";
import { NO_RESPONSE_MS } from "./failover.ts";
import { pass, type Ruling, refuse } from "./ruling.ts";
import { requestUri, toUri } from "./target-uri.ts";
import type { Attempt } from "./types.ts";

/** More attempts than a caller would wait for: ten silent ones take 40 s. */
const MAX_ATTEMPTS = 10;

/**
 * Carriers for a called number (TERM-12): longest prefix first, then priority, then cost; inside a carrier its targets by priority and
 * weight. The next is tried after silence or one of the carrier's `retryStatuses`, never after a definite answer.
 *
 * Refused with 13224: 404 when no carrier has a prefix of the number (it will not help to call again), 503 when those that have one are
 * disabled or have no target (a PBX with another provider should try that).
 */
export function chooseCarriers(
  number: string,
  dress: Dress,
  directory: DirectoryReader,
  random: () => number,
): Ruling<readonly Attempt[]> {
  const serving = directory.carriersFor(number);
  if (serving.length === 0) return refuse(13224, number, `No carrier takes calls to ${number}.`);
  const attempts: Attempt[] = [];
  const told: string[] = [];
  for (const { carrier, prefix } of serving) {
    if (attempts.length >= MAX_ATTEMPTS) break;
    const reached = carrier.enabled ? attemptsBy(carrier, number, dress, directory, random) : [];
    attempts.push(...reached);
    told.push(`${nameOf(carrier, prefix)}: ${reached.map((attempt) => attempt.uri).join(", ") || whyNone(carrier)}`);
  }
  if (attempts.length === 0) {
    return refuse(13224, number, told.join("; "), { status: 503, phrase: "Service Unavailable" });
  }
  return pass(number, told.join("; "), attempts.slice(0, MAX_ATTEMPTS));
}

function attemptsBy(
  carrier: Carrier,
  number: string,
  dress: Dress,
  directory: DirectoryReader,
  random: () => number,
): readonly Attempt[] {
  return inOrderOfTrial(directory.carrierTargets(carrier.sid), random).flatMap((target) =>
    attemptOf(carrier, target, number, dress),
  );
}

function attemptOf(carrier: Carrier, target: CarrierTarget, number: string, dress: Dress): readonly Attempt[] {
  const url = parseOriginationSipUrl(target.sipUrl);
  if (url.kind === "invalid") return [];
  return [
    {
      uri: requestUri(url, number),
      toUri: toUri(url, number),
      carrierSid: carrier.sid,
      originationUrlSid: null,
      noResponseMs: NO_RESPONSE_MS,
      retry: { kind: "only", statuses: carrier.retryStatuses },
      fromUri: dress.fromUri,
      fromDisplayName: dress.fromDisplayName,
      headers: [...dress.headers, ...url.headers],
    },
  ];
}

function nameOf(carrier: Carrier, prefix: CarrierPrefix): string {
  return `${carrier.friendlyName} (${prefix.prefix === "" ? "all numbers" : `+${prefix.prefix}`})`;
}

function whyNone(carrier: Carrier): string {
  return carrier.enabled ? "no usable target" : "disabled";
}
