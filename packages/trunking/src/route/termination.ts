import type { DirectoryReader } from "../directory/directory.types.ts";
import type { Trunk } from "../model.ts";
import { checkAccount } from "./account.ts";
import { authenticate } from "./authenticate.ts";
import { checkCalledNumber } from "./called-number.ts";
import { callerParty, checkCallerId } from "./caller-id.ts";
import { chooseCarriers } from "./carrier-choice.ts";
import { chooseDiversions } from "./diversion.ts";
import { dressForCarrier } from "./dress.ts";
import { identify } from "./identify.ts";
import { checkMaxForwards } from "./max-forwards.ts";
import { choosePresentation } from "./privacy.ts";
import { pass, quoted, type Refused, Trail } from "./ruling.ts";
import { checkSecureTransport } from "./secure-transport.ts";
import type { CallIdentity, CallRequest, Decision, Facts } from "./types.ts";

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
      return admit(request, trunk, directory, facts, trail);
    default:
      return caller satisfies never;
  }
}

/** The rules for a caller who has proved to be the customer. */
function admit(request: CallRequest, trunk: Trunk, directory: DirectoryReader, facts: Facts, trail: Trail): Decision {
  const call = callOf(request, trunk);
  const account = trail.note("termination.account", checkAccount(trunk.accountSid, directory));
  if (account.kind === "refuse") return refusal(account, call, true, trail);
  const transport = trail.note("termination.secure-transport", checkSecureTransport(request, trunk));
  if (transport.kind === "refuse") return refusal(transport, call, true, trail);
  const hops = trail.note("termination.max-forwards", checkMaxForwards(request.maxForwards));
  if (hops.kind === "refuse") return refusal(hops, call, true, trail);
  const called = trail.note("termination.called-number", checkCalledNumber(request.requestUri));
  if (called.kind === "refuse") return refusal(called, call, true, trail);
  const callerId = trail.note("termination.caller-id", checkCallerId(request, trunk.accountSid, directory));
  if (callerId.kind === "refuse") return refusal(callerId, call, true, trail);
  const privacy = trail.note("termination.privacy", choosePresentation(request));
  const diversions = trail.note("termination.diversion", chooseDiversions(request, trunk.accountSid, directory, facts));
  const dress = dressForCarrier(request, callerId.found, privacy.found, diversions.found, facts.zone);
  const carriers = trail.note("termination.carrier", chooseCarriers(called.found, dress, directory, facts.random));
  if (carriers.kind === "refuse") return refusal(carriers, call, true, trail);
  return {
    kind: "dial",
    call: withCallerId(call, callerId.found, directory),
    attempts: carriers.found,
    trace: trail.steps,
    symmetricRtp: trunk.symmetricRtpEnabled,
  };
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
