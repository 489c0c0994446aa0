import type { DirectoryReader } from "../directory/directory.types.ts";
import { originationClaims } from "../limits/claims.ts";
import { checkAccount } from "./account.ts";
import { accountSettings } from "./account-settings.ts";
import { findCaller } from "./calling-number.ts";
import { copiedHeaders } from "./copied-headers.ts";
import { dialledUser, findNumber, findTrunk } from "./dialled-number.ts";
import { type Identity, identify } from "./identify.ts";
import { checkLimits } from "./limits.ts";
import { checkLoop, HOPS_HEADER, hasPassedBefore } from "./loop.ts";
import { checkMaxForwards } from "./max-forwards.ts";
import { chooseTargets } from "./origination-targets.ts";
import { recordingOf } from "./recording.ts";
import { info, type Passed, pass, type Refused, Trail } from "./ruling.ts";
import type { Attempt, CallIdentity, CallRequest, Decision, Facts } from "./types.ts";

/**
 * Decides where a call from a carrier goes. Pure: same arguments, same answer.
 *
 * What the carrier sees: 404 for a number that nobody here has or that is on no trunk (`call` is null, there is no account to record it
 * for), 603 for an account that is not active, 483 when hops are used up, 482 when it goes in a circle, 503 over a limit, 480 when no origination URL can be used. `drop` when the
 * source is no carrier of ours.
 */
export function routeOrigination(request: CallRequest, directory: DirectoryReader, facts: Facts): Decision {
  const identity = identify(request, directory, facts);
  if (identity.kind === "unknown") return { kind: "drop", why: identity.why };
  if (identity.kind === "termination") return { kind: "drop", why: "addressed to a trunk domain" };
  const trail = new Trail();
  trail.note("origination.carrier", fromCarrier(request, identity));
  const number = trail.note("origination.number", findNumber(dialledUser(request, identity), directory));
  if (number.kind === "refuse") return refusal(number, null, trail);
  const found = trail.note("origination.trunk", findTrunk(number.found, directory));
  if (found.kind === "refuse") return refusal(found, null, trail);
  const trunk = found.found;
  const caller = trail.note("origination.caller", findCaller(request)).found;
  const call: CallIdentity = {
    direction: "trunking-originating",
    accountSid: trunk.accountSid,
    trunkSid: trunk.sid,
    phoneNumberSid: number.found.sid,
    from: caller.shown,
    to: number.found.e164,
    callerName: caller.displayName,
  };
  const account = trail.note("origination.account", checkAccount(trunk.accountSid, directory));
  if (account.kind === "refuse") return refusal(account, call, trail);
  const hops = trail.note("origination.max-forwards", checkMaxForwards(request.maxForwards));
  if (hops.kind === "refuse") return refusal(hops, call, trail);
  const loop = checkLoop(request, "trunking-originating", call.to, facts);
  if (hasPassedBefore(request)) trail.note("origination.loop", loop);
  if (loop.kind === "refuse") return refusal(loop, call, trail);
  const claims = originationClaims(trunk, identity.carrier, directory);
  const limits = trail.firstRefusal([["origination.limits", () => checkLimits(claims, facts.counters)]]);
  if (limits) return refusal(limits, call, trail);
  const passedOn: Attempt["headers"] = [...copiedHeaders(request, facts), [HOPS_HEADER, loop.found]];
  const chosen = chooseTargets({ request, number: number.found, trunk, caller, passedOn }, directory, facts);
  const { ruling: targets, egressNotes, incidents } = chosen;
  for (const note of egressNotes) trail.note("origination.egress", info(trunk.sid, note, undefined));
  trail.note("origination.targets", targets);
  if (targets.kind === "refuse") return { ...refusal(targets, call, trail), incidents };
  const recording = recordingOf(trunk, directory);
  if (recording) trail.note("origination.recording", recording);
  return {
    kind: "dial",
    call,
    attempts: targets.found,
    callerSid: identity.carrier.sid,
    trace: trail.steps,
    incidents,
    symmetricRtp: trunk.symmetricRtpEnabled,
    callerSrtp: request.media?.kind === "srtp",
    claims,
    maxCallDurationSec: accountSettings(trunk.accountSid, directory).maxCallDurationSec,
    recording: recording?.found ?? null,
  };
}

type FromCarrier = Extract<Identity, { readonly kind: "origination" }>;

function fromCarrier(request: CallRequest, { carrier, registered }: FromCarrier): Passed<undefined> {
  if (carrier.ownNumbersOnly)
    return pass(request.sipCallId, `The call stays inside, by carrier ${carrier.friendlyName}.`);
  const how = registered ? "The call came to our registration with" : "The source is an address of";
  return pass(`${request.sourceAddress}:${request.sourcePort}`, `${how} carrier ${carrier.friendlyName}.`);
}

type Refusal = Extract<Decision, { readonly kind: "refuse" }>;

/** A carrier has always proved itself, by its address. */
function refusal({ rejection }: Refused, call: CallIdentity | null, trail: Trail): Refusal {
  return { kind: "refuse", rejection, call, authenticated: true, trace: trail.steps };
}
