import type { CallRecord } from "@trunkline/trunking";
import type { Act, PartyCall, TimedAct } from "./party-call.ts";
import { isCalm, type Plan } from "./plan.ts";
import { EPOCH_MS } from "./platform.ts";
import type { Cast } from "./play.ts";
import { promise } from "./promise.ts";

/** 64*T1, after which a sender of anything has given up, and the slowest way of a message. */
const GIVE_UP_MS = 32_000 + 1_000;
/** The sign of life that a killed edge is dated by, and the slowest way of a message. */
const KILLED_LATE_MS = 2_000;

/** The edge waits no longer for a recorder, and a recorder that is faster is never given up. */
const RECORDER_MS = 2_500;

/** Up to this share of loss, eleven transmissions of a 200 and their ACKs cannot all be lost: less than once in a million calls. */
const BEARABLE_LOSS = 0.15;

/** Everything that cannot be true of one call, in the words of a bug report. */
export function judge(cast: Cast): readonly string[] {
  const records = [...cast.world.platform.records().values()];
  return [
    ...cast.world.platform.faults,
    ...cast.world.platform.held.problems,
    ...cast.disagreements,
    ...records.flatMap((record) => contradictions(cast, record)),
    ...sidesAgainstRecords(cast, records),
    ...records.flatMap((record) => wrongDuration(cast, record)),
    ...unacknowledged(cast, records),
    ...records.flatMap((record) => outlived(cast, record)),
    ...refused(cast, records),
    ...records.flatMap((record) => silence(cast, record)),
    ...records.flatMap((record) => recordings(cast, record)),
    ...messages(cast),
    ...alerts(cast, records),
    ...(isCalm(cast.plan) ? [...promise(cast, records), ...offers(cast), ...lost(cast)] : []),
  ];
}

function calleeCalls({ callees }: Cast): readonly PartyCall[] {
  return callees.flatMap((callee) => callee?.calls ?? []);
}

function has(plan: Plan, ...kinds: readonly Plan["disturbances"][number]["kind"][]): boolean {
  return plan.disturbances.some(({ kind }) => kinds.includes(kind));
}

/** What a record says against itself. */
function contradictions({ world, plan }: Cast, record: CallRecord): readonly string[] {
  const { sid, status, answeredAtMs, endedAtMs, durationSec, sipStatus, errorCode } = record;
  const problems: string[] = [];
  const ends = world.platform.events.filter((event) => event.sid === sid && event.kind === "ended").length;
  if (ends !== 1) problems.push(`${ends} ends in the journal`);
  if (status !== expectedStatus(record)) problems.push(`status ${status} with SIP ${sipStatus} and code ${errorCode}`);
  const talkedMs = answeredAtMs === null || endedAtMs === null ? 0 : endedAtMs - answeredAtMs;
  if (durationSec !== Math.ceil(talkedMs / 1_000)) problems.push(`${durationSec} s billed of ${talkedMs} ms`);
  if (talkedMs > plan.maxDurationMs + 1) problems.push(`${talkedMs} ms are above the maximum duration`);
  return problems;
}

/** Contract §4.1: the status of a call that is over. */
function expectedStatus({ answeredAtMs, errorCode, sipStatus }: CallRecord): string {
  if (answeredAtMs !== null) return "completed";
  if (sipStatus === 486 || sipStatus === 600) return "busy";
  if (sipStatus === 487) return "canceled";
  return errorCode === null && (sipStatus === 408 || sipStatus === 480) ? "no-answer" : "failed";
}

/** Answered is what both ends saw as answered. */
function sidesAgainstRecords(cast: Cast, records: readonly CallRecord[]): readonly string[] {
  const { call, plan } = cast;
  const problems: string[] = [];
  const answered = records.filter(({ answeredAtMs }) => answeredAtMs !== null);
  const wasKilled = has(plan, "crash");
  if (records.length > 1 && !wasKilled) problems.push(`${records.length} records for one call`);
  if (call.answeredAtMs !== null) {
    const own = records.find(({ sid }) => sid === call.callSid);
    if (!own) problems.push(`the caller talked on ${call.callSid}, of which there is no record`);
    else if (own.answeredAtMs === null) problems.push("the caller talked, and the record does not know");
    else if (own.answeredAtMs > EPOCH_MS + call.answeredAtMs) problems.push("answered for the record after the caller");
  }
  const answers = calleeCalls(cast).filter(({ answeredAtMs }) => answeredAtMs !== null);
  for (const { answeredAtMs, errorCode } of answered) {
    if (!answers.some((one) => EPOCH_MS + (one.answeredAtMs ?? 0) <= (answeredAtMs ?? 0))) {
      problems.push("answered for the record, and nobody answered");
    }
    const excused = call.cancelledAtMs !== null || errorCode === 32022 || has(plan, "crash", "forget", "cut");
    if (call.answeredAtMs === null && !excused) problems.push("answered for the record, and the caller never knew");
  }
  for (const answer of answers) {
    const talkedMs = (answer.endedAtMs ?? 0) - (answer.answeredAtMs ?? 0);
    const excused = answered.length > 0 || has(plan, "crash", "forget", "cut");
    if (!excused && talkedMs > 2 * GIVE_UP_MS) problems.push(`a callee talked ${talkedMs} ms, and no record knows`);
  }
  return problems;
}

/** How far the record may be from what an end measured, and from the moment the edge was killed. */
function wrongDuration(cast: Cast, record: CallRecord): readonly string[] {
  const { plan, killedAtMs } = cast;
  const { answeredAtMs, endedAtMs } = record;
  if (answeredAtMs === null || endedAtMs === null) return [];
  const endedMs = endedAtMs - EPOCH_MS;
  if (record.endedBy === "internal") {
    if (killedAtMs === null) return ["ended by a fault of ours"];
    const earlyMs = killedAtMs - endedMs;
    return earlyMs < 0 || earlyMs > KILLED_LATE_MS ? [`ended ${earlyMs} ms before the edge was killed`] : [];
  }
  if (has(plan, "cut", "crash")) return [];
  // A callee has answered when the recorder is waited for; the caller is not billed for that.
  const toleranceMs = isCalm(plan) ? 1_000 + (plan.recording ? RECORDER_MS : 0) : 2 * GIVE_UP_MS;
  const talked = [cast.call, ...calleeCalls(cast)].filter((one) => one.answeredAtMs !== null);
  const witness = talked.find(({ endCause }) => endCause !== "forgotten");
  if (!witness || (witness === cast.call && cast.call.callSid !== record.sid)) return [];
  const offMs = Math.abs((witness.endedAtMs ?? 0) - (witness.answeredAtMs ?? 0) - (endedAtMs - answeredAtMs));
  return offMs > toleranceMs && !has(plan, "forget") ? [`billed ${offMs} ms beside what an end measured`] : [];
}

/** A 200 that is repeated until its ACK comes gets it, however often either is lost (RFC 3261 §13.2.2.4, §13.3.1.4). */
function unacknowledged(cast: Cast, records: readonly CallRecord[]): readonly string[] {
  const { plan, call } = cast;
  if (plan.weather.loss > BEARABLE_LOSS || has(plan, "cut", "forget", "crash")) return [];
  return [
    ...(records.some(({ errorCode }) => errorCode === 32022) ? ["the caller's ACK never came"] : []),
    ...[call, ...calleeCalls(cast)].flatMap(({ endCause }) =>
      endCause === "ack-timeout" ? ["a 200 was never acknowledged"] : [],
    ),
  ];
}

/** What the platform asks of a callee; a caller's own wish counts as it is (RFC 4028 §9). */
const TIMER_OF_OURS_SEC = 1_800;

/** A call whose ends want signs of life does not go on for longer than the interval without them (RFC 4028 §10). */
function outlived({ plan }: Cast, { answeredAtMs, endedAtMs }: CallRecord): readonly string[] {
  const cut = plan.disturbances.find((disturbance) => disturbance.kind === "cut");
  if (cut?.kind !== "cut" || answeredAtMs === null || endedAtMs === null) return [];
  const { timerSec } = plan.extensions[cut.side];
  const intervalMs = 1_000 * (cut.side === "caller" ? (timerSec ?? 0) : TIMER_OF_OURS_SEC);
  if (timerSec === null || cut.forMs < intervalMs) return [];
  const outlivedMs = endedAtMs - Math.max(EPOCH_MS + cut.atMs, answeredAtMs);
  return outlivedMs > intervalMs + GIVE_UP_MS ? [`it outlived its dead ${cut.side} by ${outlivedMs} ms`] : [];
}

/** A refusal is repeated until it is acknowledged, so the caller hears what the record says (RFC 3261 §17.2.1). */
function refused({ plan, call }: Cast, records: readonly CallRecord[]): readonly string[] {
  const [record] = records;
  if (!record || plan.weather.loss > BEARABLE_LOSS || has(plan, "cut", "forget", "crash")) return [];
  if (record.answeredAtMs !== null || call.status === record.sipStatus) return [];
  const endedMs = (record.endedAtMs ?? 0) - EPOCH_MS;
  const crossed = call.cancelledAtMs !== null && call.cancelledAtMs < endedMs + GIVE_UP_MS;
  return crossed ? [] : [`the record says ${record.sipStatus}, the caller heard ${call.status}`];
}

const OFFERS: readonly Act[] = ["hold", "resume", "hold by UPDATE", "late offer"];

/** One end alone that changes the session of a calm call gets its way every time. */
function offers(cast: Cast): readonly string[] {
  const { plan, call } = cast;
  const changes = (acts: readonly TimedAct[]): boolean => acts.some(({ act }) => OFFERS.includes(act));
  if (plan.calleeRefusesOffers || plan.compareAfterMs === null) return [];
  if (changes(plan.callerActs) && changes(plan.calleeActs)) return [];
  const refused = [call, ...calleeCalls(cast)].filter(({ offersRefused }) => offersRefused > 0);
  return refused.length > 0 ? ["a change of the session was refused with nothing in its way"] : [];
}

/** Nobody loses a peer who is there: refreshes arrive, and nothing that is asked gets 481 (RFC 4028 §10, RFC 3261 §12.2.1.2). */
function lost(cast: Cast): readonly string[] {
  const { plan, call } = cast;
  if ([...plan.callerActs, ...plan.calleeActs].some(({ act }) => act !== "BYE")) return [];
  return [call, ...calleeCalls(cast)].some(({ endCause }) => endCause === "gone")
    ? ["an end lost a peer who was there"]
    : [];
}

/** MED-4: a call that is up is ended when nobody is heard in it, and only then. */
function silence({ plan }: Cast, { answeredAtMs, endedAtMs, errorCode }: CallRecord): readonly string[] {
  const heard = plan.disturbances.find(({ kind }) => kind === "silence");
  if (!heard) return errorCode === 32014 ? ["ended for silence that there was not"] : [];
  const atMs = EPOCH_MS + heard.atMs;
  const wasUp = answeredAtMs !== null && answeredAtMs < atMs && (endedAtMs ?? 0) >= atMs;
  // What ends at that very moment may have been first.
  if (wasUp === (errorCode === 32014) || (endedAtMs === atMs && errorCode === null)) return [];
  return [wasUp ? "nobody was heard, and the call went on" : "ended for silence while it was not up"];
}

/** REC-4: a recording that was asked for exists, or an alarm does; and no other. */
function recordings(
  { plan, world }: Cast,
  { sid, answeredAtMs, recordings: begun, trace }: CallRecord,
): readonly string[] {
  const refused = trace.filter(({ rule, verdict }) => rule === "call.recording" && verdict === "refuse").length;
  const alerts = world.platform.alerts.filter((alert) => alert.resourceSid === sid && alert.errorCode === 16190).length;
  const { recorderMs } = plan.recording ?? { recorderMs: null };
  const mayFail = recorderMs === null || recorderMs >= RECORDER_MS;
  return [
    ...(plan.recording || begun.length + refused === 0 ? [] : ["a recording that nobody asked for"]),
    ...(plan.recording && answeredAtMs !== null && begun.length + refused !== 1
      ? [`${begun.length} recordings and ${refused} refusals of an answered call`]
      : []),
    ...(refused > 0 && !mayFail ? [`a recorder that took ${recorderMs} ms was given up`] : []),
    ...(begun.length > 0 && plan.recording && mayFail ? [`a recorder that took ${recorderMs} ms was waited for`] : []),
    ...(alerts === refused || has(plan, "crash", "drain") ? [] : [`${refused} refusals, ${alerts} alerts`]),
  ];
}

/** What one end was told had arrived has arrived, and nothing arrives twice. */
function messages(cast: Cast): readonly string[] {
  const problems: string[] = [];
  const [caller, callees] = [cast.call, calleeCalls(cast)];
  for (const one of [caller, ...callees]) {
    if (new Set(one.infosHeard).size !== one.infosHeard.length) problems.push("an INFO arrived twice");
  }
  const lost = (taken: readonly string[], heard: readonly string[]): boolean =>
    taken.some((info) => !heard.includes(info));
  const heardByCallees = callees.flatMap(({ infosHeard }) => infosHeard);
  if (lost(caller.infosTaken, heardByCallees)) problems.push("an INFO of the caller was confirmed and never arrived");
  const sentByCallees = callees.flatMap(({ infosTaken }) => infosTaken);
  if (lost(sentByCallees, caller.infosHeard)) problems.push("an INFO of a callee was confirmed and never arrived");
  return problems;
}

/** Codes that a record and the debugger have together. */
const ALERTED: readonly number[] = [13224, 32014, 32015, 32022, 32219];

function alerts({ plan, world }: Cast, records: readonly CallRecord[]): readonly string[] {
  if (has(plan, "crash", "drain")) return [];
  const problems: string[] = [];
  for (const { sid, errorCode } of records) {
    const raised = world.platform.alerts.filter((alert) => alert.resourceSid === sid).map((alert) => alert.errorCode);
    for (const code of ALERTED) {
      if (raised.includes(code) !== (errorCode === code))
        problems.push(`record has ${errorCode}, alerts ${raised.join()}`);
    }
    if (errorCode === 32011 && !raised.includes(32011)) problems.push("32011 without an alert");
  }
  return problems;
}
