import type { AttemptRecord, CallEvent, CallRecord, CallStatus } from "./events.ts";

type Ended = Extract<CallEvent, { readonly kind: "ended" }>;
type Started = Extract<CallEvent, { readonly kind: "started" }>;

/**
 * Adds one event to a call's record; the whole record is the fold over the call's events in the order they happened.
 *
 * An event that says nothing new (a second `started` or `ended`, ringing after the answer) gives the same record back, with the same
 * revision, so that a journal read twice does no harm. Undefined: an event of a call whose `started` was never seen.
 */
export function foldCallEvent(record: CallRecord | undefined, event: CallEvent): CallRecord | undefined {
  if (event.kind === "started") return record ?? firstRecord(event);
  if (!record) return undefined;
  const change = changeOf(record, event);
  return change ? { ...record, ...change, revision: record.revision + 1 } : record;
}

/**
 * The end of a call that a restart found without one (OPS-2): the process went away at about `atMs`, and the call with it. Answered
 * calls are billed up to there and no further.
 */
export function closeInterrupted(record: CallRecord, atMs: number): CallEvent {
  const answered = record.answeredAtMs !== null;
  return {
    kind: "ended",
    atMs: Math.max(atMs, record.answeredAtMs ?? record.createdAtMs),
    sid: record.sid,
    by: "internal",
    sipStatus: answered ? 200 : 500,
    reason: answered ? "The platform stopped during the call" : "The platform stopped before the call was answered",
    errorCode: null,
    quality: [],
  };
}

function firstRecord(event: Started): CallRecord {
  return {
    sid: event.sid,
    revision: 1,
    accountSid: event.accountSid,
    trunkSid: event.trunkSid,
    direction: event.direction,
    from: event.from,
    to: event.to,
    callerName: event.callerName,
    phoneNumberSid: event.phoneNumberSid,
    status: "queued",
    createdAtMs: event.atMs,
    answeredAtMs: null,
    endedAtMs: null,
    durationSec: null,
    sipCallIdA: event.sipCallId,
    sipCallIdB: null,
    source: event.source,
    endedBy: null,
    sipStatus: null,
    reason: null,
    errorCode: null,
    attempts: [],
    quality: [],
    recordings: [],
    trace: event.trace,
  };
}

function changeOf(record: CallRecord, event: Exclude<CallEvent, Started>): Partial<CallRecord> | undefined {
  switch (event.kind) {
    case "attempt":
      return attemptChange(record, event.attempt, event.sipCallId);
    case "ringing":
      return record.status === "queued" ? { status: "ringing" } : undefined;
    case "answered":
      if (record.answeredAtMs !== null || record.endedAtMs !== null) return undefined;
      return { status: "in-progress", answeredAtMs: event.atMs, to: event.to ?? record.to };
    case "recording": {
      const isKnown = record.recordings.some(({ sid }) => sid === event.recording.sid);
      return isKnown ? undefined : { recordings: [...record.recordings, event.recording] };
    }
    case "trace":
      return event.steps.length > 0 ? { trace: [...record.trace, ...event.steps] } : undefined;
    case "ended":
      return record.endedAtMs === null ? endChange(record, event) : undefined;
    default:
      return event satisfies never;
  }
}

/** An attempt is told twice: when it begins and with its final status. Place and time of its beginning say which one it is. */
function attemptChange(
  record: CallRecord,
  attempt: AttemptRecord,
  sipCallId: string | null,
): Partial<CallRecord> | undefined {
  const at = record.attempts.findIndex(
    (known) => known.uri === attempt.uri && known.startedAtMs === attempt.startedAtMs,
  );
  const known = record.attempts[at];
  if (!known) return { attempts: [...record.attempts, attempt], sipCallIdB: sipCallId ?? record.sipCallIdB };
  if (known.status !== null || attempt.status === null) return undefined;
  return { attempts: record.attempts.with(at, attempt) };
}

function endChange(record: CallRecord, event: Ended): Partial<CallRecord> {
  const answeredAtMs = record.answeredAtMs;
  const startMs = answeredAtMs ?? record.createdAtMs;
  const endedAtMs = Math.max(event.atMs, startMs);
  return {
    status: answeredAtMs === null ? statusWithoutAnswer(event) : "completed",
    endedAtMs,
    durationSec: answeredAtMs === null ? 0 : Math.ceil((endedAtMs - answeredAtMs) / 1000),
    endedBy: event.by,
    sipStatus: event.sipStatus,
    reason: event.reason,
    errorCode: event.errorCode,
    quality: event.quality,
  };
}

/** Call status of contract §4.1 for a call that nobody answered. A refusal by a rule of ours, named by its code, is a failure. */
function statusWithoutAnswer(event: Ended): CallStatus {
  if (event.sipStatus === 487) return "canceled";
  if (event.sipStatus === 486 || event.sipStatus === 600) return "busy";
  if (event.errorCode !== null) return "failed";
  return event.sipStatus === 408 || event.sipStatus === 480 ? "no-answer" : "failed";
}
