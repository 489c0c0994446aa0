import type { LimitClaim, LimitScope } from "../limits/claims.ts";
import type { Admission, Counters } from "../ports.ts";
import { info, pass, type Refused, type Ruling, refuse } from "./ruling.ts";
import type { Attempt, Rejection } from "./types.ts";

/** When a caller over a concurrency limit should try again: nobody knows when a call ends, and sooner would only be noise. */
const CONCURRENCY_RETRY_AFTER_SEC = 5;

const NAMES: Readonly<Record<LimitScope, string>> = {
  source: "Source",
  credential: "Credential",
  trunk: "Trunk",
  account: "Account",
  carrier: "Carrier",
};

type Over = Extract<Admission, { readonly kind: "over" }>;

/**
 * LIM-1: takes a call start from every limit the call is under, or from none. Refused with 503, a phrase that names the limit, and the time
 * after which there is room again (32001, pooled 32012, concurrency 10004; none for a carrier, which is no customer).
 * Undefined when there is no limit.
 */
export function checkLimits(claims: readonly LimitClaim[], counters: Counters | undefined): Ruling | undefined {
  if (claims.length === 0) return undefined;
  const input = claims.map((claim) => `${claim.scope} ${claim.ownerSid}`).join(", ");
  if (!counters) return info(input, "There are limits, but calls are not counted here.", undefined);
  const admission = counters.take(claims);
  if (admission.kind === "over") return refused(input, admission);
  return pass(input, `Within ${claims.map(limitText).join("; ")}.`);
}

/** Takes a start from the limits of the attempt's carrier, which is asked when the attempt is made; why not, when it has no room. */
export function admitAttempt({ claims }: Pick<Attempt, "claims">, counters: Counters): Rejection | undefined {
  const said = checkLimits(claims, counters);
  return said?.kind === "refuse" ? said.rejection : undefined;
}

/** The limit in words: `the trunk's 5 calls per second (burst 5), 20 calls at once`. */
export function limitText({ scope, maxCps, burst, maxConcurrentCalls }: LimitClaim): string {
  const cps = maxCps === null ? [] : [`${maxCps} calls per second (burst ${burst})`];
  const concurrent = maxConcurrentCalls === null ? [] : [`${maxConcurrentCalls} calls at once`];
  return `the ${scope}'s ${[...cps, ...concurrent].join(", ")}`;
}

/** Whole seconds for `Retry-After` (RFC 3261 §20.33), at least 1. */
export function retryAfterSec({ afterMs }: Over): number {
  return afterMs === null ? CONCURRENCY_RETRY_AFTER_SEC : Math.max(1, Math.ceil(afterMs / 1_000));
}

function refused(input: string, over: Over): Refused {
  const { claim, what } = over;
  const retryAfter = retryAfterSec(over);
  const phrase = `${NAMES[claim.scope]} ${what === "cps" ? "CPS" : "concurrent call"} limit exceeded`;
  const detail =
    `${phrase}: ${claim.ownerSid} may have ${limitText({ ...claim, ...onlyWhat(what) }).replace(/^the \w+'s /, "")}. ` +
    `Try again in ${retryAfter} s.`;
  const refusal = refuse(codeOf(claim.scope, what), input, detail, { status: 503, phrase });
  const code = claim.scope === "carrier" ? null : refusal.rejection.code;
  return { ...refusal, rejection: { ...refusal.rejection, code, retryAfterSec: retryAfter } };
}

function onlyWhat(what: Over["what"]): Partial<LimitClaim> {
  return what === "cps" ? { maxConcurrentCalls: null } : { maxCps: null };
}

function codeOf(scope: LimitScope, what: Over["what"]): 10004 | 32001 | 32012 {
  if (what === "concurrent-calls") return 10004;
  return scope === "account" ? 32012 : 32001;
}
