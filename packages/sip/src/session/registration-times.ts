import { Malformed } from "../malformed.ts";
import type { SipResponse } from "../message/message.ts";
import { parseSipUri } from "../message/uri.ts";

/** RFC 3261 §17.1.2.2, Timer F: how long a REGISTER may stay unanswered; a refresh that fails should leave time for another. */
const UNANSWERED_SEC = 32;

/** A registrar that grants seconds is not asked more often than this: better a gap than a flood. */
const LEAST_REFRESH_MS = 5_000;

/** RFC 5626 §4.5: base time and longest wait of a client whose every attempt failed. */
const BASE_BACK_OFF_MS = 30_000;
const MAX_BACK_OFF_MS = 1_800_000;

/** A registrar's Retry-After and Min-Expires are believed up to here, a day and a week: what asks for more is broken. */
const MAX_RETRY_AFTER_SEC = 86_400;
const MAX_EXPIRES_SEC = 604_800;

/**
 * How long after a grant it is renewed: with Timer F and a second attempt in reserve where the grant is long enough, at the earliest after
 * half of it, and up to a tenth earlier, so that the clients of a registrar that was restarted part.
 */
export function refreshAfterMs(grantedForSec: number, random: number): number {
  const latestSec = Math.max(grantedForSec / 2, Math.min(0.85 * grantedForSec, grantedForSec - UNANSWERED_SEC - 8));
  return Math.max(LEAST_REFRESH_MS, Math.round(latestSec * 1_000 * (1 - 0.1 * random)));
}

/** RFC 5626 §4.5: twice as long after each failure in a row, between half of that and the whole. */
export function backOffMs(failures: number, random: number): number {
  const upperMs = Math.min(MAX_BACK_OFF_MS, BASE_BACK_OFF_MS * 2 ** Math.min(failures, 16));
  return Math.round(upperMs * (0.5 + 0.5 * random));
}

/** RFC 3261 §20.33; 0 when the response asks for nothing that can be read. */
export function retryAfterMs(response: SipResponse | undefined): number {
  return Math.min(MAX_RETRY_AFTER_SEC, seconds(response?.header("retry-after"))) * 1_000;
}

/** RFC 3261 §20.23, of a 423; 0 when it cannot be read or asks for more than a week. */
export function minExpiresSec(response: SipResponse): number {
  const sec = seconds(response.header("min-expires"));
  return sec > MAX_EXPIRES_SEC ? 0 : sec;
}

/**
 * What a 200 grants our Contact (RFC 3261 §10.2.4, §10.3 step 8): its own `expires`, else Expires, else what was asked for. The registrar lists
 * everybody's; ours is told by its user part, since a NAT on the way may have changed the rest.
 */
export function grantedSec(response: SipResponse, contactUser: string, askedSec: number): number {
  const contacts = response.nameAddrs("contact");
  const ours = contacts instanceof Malformed ? undefined : contacts.find(({ uri }) => userOf(uri) === contactUser);
  const said = ours?.params.get("expires") ?? response.header("expires");
  return said === undefined ? askedSec : Math.min(MAX_EXPIRES_SEC, seconds(said));
}

function userOf(uri: string): string | undefined {
  const read = parseSipUri(uri);
  return read instanceof Malformed ? undefined : read.user;
}

/** The number at the beginning, such as in `120 (in maintenance);duration=60`. */
function seconds(text: string | undefined): number {
  return Number(/^\s*(\d{1,10})/.exec(text ?? "")?.[1] ?? 0);
}
