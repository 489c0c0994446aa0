import type { DirectoryReader } from "../directory/directory.types.ts";
import { isEmergencyNumber } from "../e164.ts";
import { type Proof, terminationClaims } from "../limits/claims.ts";
import type { Trunk } from "../model.ts";
import { checkAccount } from "./account.ts";
import { accountSettings } from "./account-settings.ts";
import { authenticate } from "./authenticate.ts";
import { CALL_REASON_HEADER, checkCallReason } from "./call-reason.ts";
import { checkCalledNumber } from "./called-number.ts";
import { callerParty, checkCallerId } from "./caller-id.ts";
import { chooseCarriers } from "./carrier-choice.ts";
import { copiedHeaders } from "./copied-headers.ts";
import { chooseDiversions } from "./diversion.ts";
import { noteEmergency } from "./emergency.ts";
import { checkGeoPermission } from "./geo-permission.ts";
import { identify } from "./identify.ts";
import { checkLimits } from "./limits.ts";
import { checkLoop, HOPS_HEADER, hasPassedBefore } from "./loop.ts";
import { checkMaxForwards } from "./max-forwards.ts";
import { choosePresentation } from "./privacy.ts";
import { recordingOf } from "./recording.ts";
import { pass, quoted, type Refused, type Ruling, Trail } from "./ruling.ts";
import { checkSecureMedia } from "./secure-media.ts";
import { checkSecureTransport } from "./secure-transport.ts";
import { checkTrial } from "./trial.ts";
import type { Attempt, CallIdentity, CallRequest, Decision, Facts } from "./types.ts";

/**
 * Decides about a call from a customer to the PSTN, in the order of contract §8.2. Pure: same arguments, same answer.
 *
 * Authentication goes before everything about the account, so that strangers learn nothing of it. Every rule leaves one step in the
 * trace; the first refusal ends it. `drop` when the request is not for a trunk of ours.
 */
export function routeTermination(request: CallRequest, directory: DirectoryReader, facts: Facts): Decision {
  const identity = identify(request, directory, facts);
  if (identity.kind === "unknown") return { kind: "drop", why: identity.why };
  if (identity.kind === "origination") return { kind: "drop", why: "not addressed to a trunk domain" };
  const { trunk, edge } = identity;
  const trail = new Trail();
  const form = edge === null ? "" : ` in its form for edge ${edge}`;
  trail.note(
    "termination.trunk",
    pass(request.requestUri.host, `The host is the domain of trunk ${trunk.sid}${form}.`),
  );

  const caller = authenticate(request, trunk, directory, facts, trail);
  switch (caller.kind) {
    case "challenged":
      return { kind: "challenge", stale: caller.challenge.stale, trunkSid: trunk.sid, trace: trail.steps };
    case "refused":
      return refusal(caller.refusal, callOf(request, trunk), caller.proved, trail);
    case "authentic":
      return admit(request, trunk, caller.proof, directory, facts, trail);
    default:
      return caller satisfies never;
  }
}

/** The rules for a caller who has proved to be the customer. */
function admit(
  request: CallRequest,
  trunk: Trunk,
  proof: Proof,
  directory: DirectoryReader,
  facts: Facts,
  trail: Trail,
): Decision {
  const call = callOf(request, trunk);
  const { accountSid } = trunk;
  const entry = trail.firstRefusal([
    ["termination.account", () => checkAccount(accountSid, directory)],
    ["termination.secure-transport", () => checkSecureTransport(request, trunk)],
    ["termination.max-forwards", () => checkMaxForwards(request.maxForwards)],
  ]);
  if (entry) return refusal(entry, call, true, trail);
  // An emergency call is under no limit (contract §8.8).
  const emergency = isEmergencyNumber(request.requestUri.user ?? "");
  const claims = emergency ? [] : terminationClaims(trunk, proof, directory);
  const limits = trail.firstRefusal([["termination.limits", () => checkLimits(claims, facts.counters)]]);
  if (limits) return refusal(limits, call, true, trail);
  const called = trail.note("termination.called-number", checkCalledNumber(request.requestUri));
  if (called.kind === "refuse") return refusal(called, call, true, trail);
  const callerId = trail.note("termination.caller-id", checkCallerId(request, accountSid, directory));
  if (callerId.kind === "refuse") return refusal(callerId, call, true, trail);
  const number = called.found;
  const content = trail.firstRefusal([
    ["termination.trial", () => (emergency ? undefined : checkTrial(number, accountSid, directory))],
    ["termination.geo-permission", () => (emergency ? undefined : checkGeoPermission(number, accountSid, directory))],
    ["termination.emergency", () => (emergency ? noteEmergency(number, callerId.found, trunk, directory) : undefined)],
    ["termination.secure-media", () => checkSecureMedia(request, trunk)],
  ]);
  if (content) return refusal(content, call, true, trail);
  const onward = chooseWay(request, trunk, number, callerId.found, directory, facts, trail);
  if (onward.kind === "refuse") return refusal(onward, call, true, trail);
  const recording = recordingOf(trunk, directory);
  if (recording) trail.note("termination.recording", recording);
  return {
    kind: "dial",
    call: withCallerId(call, callerId.found, directory),
    attempts: onward.found,
    callerSid: trunk.sid,
    trace: trail.steps,
    symmetricRtp: trunk.symmetricRtpEnabled,
    callerSrtp: trunk.secure,
    claims,
    maxCallDurationSec: accountSettings(accountSid, directory).maxCallDurationSec,
    recording: recording?.found ?? null,
  };
}

/** What the carrier is to see of the call, and which carriers may take it. */
function chooseWay(
  request: CallRequest,
  trunk: Trunk,
  number: string,
  callerId: string,
  directory: DirectoryReader,
  facts: Facts,
  trail: Trail,
): Ruling<readonly Attempt[]> {
  const loop = checkLoop(request, "trunking-terminating", number, facts);
  if (hasPassedBefore(request)) trail.note("termination.loop", loop);
  if (loop.kind === "refuse") return loop;
  const reason = checkCallReason(request);
  if (reason) trail.note("termination.call-reason", reason);
  if (reason?.kind === "refuse") return reason;
  const presentation = trail.note("termination.privacy", choosePresentation(request)).found;
  const diversions = trail.note(
    "termination.diversion",
    chooseDiversions(request, trunk.accountSid, directory, facts),
  ).found;
  const headers: Attempt["headers"] = [
    ...diversions.map((value) => ["Diversion", value] as const),
    ...copiedHeaders(request, facts),
    ...(reason ? [[CALL_REASON_HEADER, reason.found] as const] : []),
    [HOPS_HEADER, loop.found],
  ];
  const caller = { number: callerId, displayName: request.from.displayName, presentation, headers, zone: facts.zone };
  return trail.note("termination.carrier", chooseCarriers(number, caller, directory, facts));
}

function refusal({ rejection }: Refused, call: CallIdentity, authenticated: boolean, trail: Trail): Decision {
  return { kind: "refuse", rejection, call, authenticated, trace: trail.steps };
}

/** Whose call it is and between whom, as far as the request says; a refused call is recorded with what it claimed. */
function callOf(request: CallRequest, trunk: Trunk): CallIdentity {
  return {
    direction: "trunking-terminating",
    accountSid: trunk.accountSid,
    trunkSid: trunk.sid,
    phoneNumberSid: null,
    from: quoted(callerParty(request)?.number ?? request.from.user ?? request.from.host),
    to: quoted(request.requestUri.user ?? request.requestUri.host),
    callerName: request.from.displayName === null ? null : quoted(request.from.displayName),
  };
}

/** The number that passed, which From may not have shown; a number of the account is named by its SID too. */
function withCallerId(call: CallIdentity, callerId: string, directory: DirectoryReader): CallIdentity {
  const number = directory.phoneNumber(callerId);
  return { ...call, from: callerId, phoneNumberSid: number?.accountSid === call.accountSid ? number.sid : null };
}
