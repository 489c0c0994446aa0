import type { DirectoryReader } from "../directory/directory.types.ts";
import { isE164 } from "../e164.ts";
import { ownCallClaims } from "../limits/claims.ts";
import { riskOf } from "../numbering/risk.ts";
import { checkAccount } from "./account.ts";
import { chooseCarriers } from "./carrier-choice.ts";
import { checkGeoPermission } from "./geo-permission.ts";
import { checkLimits } from "./limits.ts";
import type { Presentation } from "./privacy.ts";
import { pass, quoted, type Refused, type Ruling, refuse, Trail } from "./ruling.ts";
import type { CallIdentity, Decision, Facts } from "./types.ts";

/** Digits of the shortest numbers that anybody has; what is shorter is a service or an emergency number behind a country code. */
const MIN_DIGITS = 8;

const SHOWN: Presentation = { withheld: false, privacyHeader: null };

/** A call that the platform itself makes for an account, without a trunk. */
export type OwnCall = {
  readonly accountSid: string;
  /** The number to call. */
  readonly to: string;
  /** The number shown, E.164: one of the installation's own. */
  readonly from: string;
};

export type OwnCallDecision =
  | Pick<Extract<Decision, { readonly kind: "dial" }>, "kind" | "call" | "attempts" | "trace" | "claims">
  | Refusal;
type Refusal = Omit<Extract<Decision, { readonly kind: "refuse" }>, "authenticated"> & { readonly call: CallIdentity };

/**
 * Decides about a call of the platform's own (NUM-4). Pure, like `route`. An account's status, dialing permissions and limits hold as for
 * its trunks' calls. A trial may call numbers that it has not verified, since verifying them is what the call is for; numbers that are dear
 * by design or rented out for fraud are never called, whatever the account permits, because who answers there earns by it.
 */
export function routeOwnCall(
  own: OwnCall,
  directory: DirectoryReader,
  facts: Omit<Facts, "verifyDigest">,
): OwnCallDecision {
  const { accountSid, to, from } = own;
  const trail = new Trail();
  const call: CallIdentity = {
    direction: "outbound-api",
    accountSid,
    trunkSid: "",
    phoneNumberSid: null,
    from,
    to: quoted(to),
    callerName: null,
  };
  const claims = ownCallClaims(accountSid, directory);
  const refused = trail.firstRefusal([
    ["own-call.account", () => checkAccount(accountSid, directory)],
    ["own-call.called-number", () => checkNumber(to)],
    ["own-call.geo-permission", () => checkGeoPermission(to, accountSid, directory)],
    ["own-call.limits", () => checkLimits(claims, facts.counters)],
  ]);
  const caller = { number: from, displayName: null, presentation: SHOWN, headers: [], zone: facts.zone };
  const carriers =
    refused ??
    trail.note("own-call.carrier", chooseCarriers(to, caller, directory, { ...facts, verifyDigest: NOBODY_ASKS }));
  if (carriers.kind === "refuse") return refusal(carriers, call, trail);
  return { kind: "dial", call, attempts: carriers.found, trace: trail.steps, claims };
}

/** There is no request whose sender would have to prove anything. */
const NOBODY_ASKS: Facts["verifyDigest"] = () => ({ kind: "wrong", why: "no credentials" });

function checkNumber(to: string): Ruling {
  if (!isE164(to))
    return refuse(32101, quoted(to), `"${quoted(to)}" is not in E.164 form (+ country code and number).`);
  if (to.length <= MIN_DIGITS) return refuse(32101, to, `${to} is too short to be anybody's telephone number.`);
  if (riskOf(to) !== "low")
    return refuse(32205, to, `${to} is a premium or high-risk number, which the platform never calls by itself.`);
  return pass(to, "The called number is an ordinary one in E.164 form.");
}

function refusal({ rejection }: Refused, call: CallIdentity, trail: Trail): Refusal {
  return { kind: "refuse", rejection, call, trace: trail.steps };
}
