import type { LoggedWebhook, Recording } from "@trunkline/store";
import type { Alert, CallCapture, CallRecord, CapturedMedia, CapturedMessage } from "@trunkline/trunking";

/** What can happen in a call, in the order in which entries of one millisecond are told. */
export const TIMELINE_KINDS = [
  "started",
  "attempt",
  "ringing",
  "attempt-failed",
  "answered",
  "recording-started",
  "session-changed",
  "transfer-asked",
  "key-press",
  "recording-ended",
  "ended",
  "alert",
  "webhook",
] as const;

type TimelineKind = (typeof TIMELINE_KINDS)[number];

export type TimelineEntry = {
  readonly kind: TimelineKind;
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly leg: "a" | "b" | null;
  /** What else is to be said of it, by kind: a URI, an answer, a duration, a text; null: nothing. */
  readonly detail: string | null;
  readonly durationMs: number | null;
  /** Of the recording or alert that it is about. */
  readonly resourceSid: string | null;
};

/** All that is known of one call. */
export type TimelineSources = {
  readonly record: CallRecord;
  readonly capture: CallCapture | undefined;
  readonly media: CapturedMedia | undefined;
  readonly recordings: readonly Recording[];
  readonly alerts: readonly Alert[];
  readonly webhooks: readonly LoggedWebhook[];
};

const NOTHING_MORE = { leg: null, detail: null, durationMs: null, resourceSid: null } as const;

/** What happened in a call, in order of time (EVD-2): SIP, keys, recordings, alerts and what web servers were told. */
export function timelineOf(sources: TimelineSources): readonly TimelineEntry[] {
  const entries = [
    ...ofRecord(sources.record),
    ...ofMessages(sources.capture),
    ...ofKeys(sources.media),
    ...sources.recordings.flatMap(ofRecording),
    ...sources.alerts.map(ofAlert),
    ...sources.webhooks.map(ofWebhook),
  ];
  const rank = ({ kind }: TimelineEntry): number => TIMELINE_KINDS.indexOf(kind);
  return entries.sort((one, other) => one.atMs - other.atMs || rank(one) - rank(other));
}

function ofRecord(record: CallRecord): readonly TimelineEntry[] {
  const { createdAtMs, answeredAtMs, endedAtMs, source, sipStatus, reason, attempts } = record;
  const at = (kind: TimelineKind, atMs: number | null, detail: string | null): TimelineEntry[] =>
    atMs === null ? [] : [{ ...NOTHING_MORE, kind, atMs, detail }];
  return [
    ...at("started", createdAtMs, source || null),
    ...attempts.flatMap(({ uri, startedAtMs }) => at("attempt", startedAtMs, uri)),
    ...at("answered", answeredAtMs, null),
    ...at("ended", endedAtMs, [sipStatus, reason].filter((part) => part !== null).join(" ") || null),
  ];
}

/** What no record says. Retransmissions have happened already. */
function ofMessages(capture: CallCapture | undefined): readonly TimelineEntry[] {
  if (capture === undefined) return [];
  let hasRung = false;
  return capture.messages.flatMap((message): readonly TimelineEntry[] => {
    const { leg, direction, text, isRetransmission } = message;
    if (isRetransmission) return [];
    const entry = { ...NOTHING_MORE, atMs: Math.round(capture.startedAtMs + message.atMs), leg };
    const [firstLine = ""] = text.split(/\r?\n/, 1);
    if (/^SIP\/2\.0 18\d /.test(firstLine) && direction === "sent" && leg === "a" && !hasRung) {
      hasRung = true;
      return [{ ...entry, kind: "ringing", detail: firstLine.slice(8) }];
    }
    const failure = /^SIP\/2\.0 ([3-6]\d\d .*)$/.exec(firstLine)?.[1];
    if (failure !== undefined && direction === "received" && leg === "b" && isAnswerToInvite(text)) {
      return [{ ...entry, kind: "attempt-failed", detail: failure }];
    }
    if (direction !== "received") return [];
    if (isChange(message)) return [{ ...entry, kind: "session-changed", detail: directionIn(text) }];
    if (firstLine.startsWith("REFER "))
      return [{ ...entry, kind: "transfer-asked", detail: headerIn(text, "refer-to|r") }];
    return [];
  });
}

/** 401 and 407 ask for credentials, and fail nothing. */
function isAnswerToInvite(text: string): boolean {
  return /^cseq[ \t]*:[ \t]*\d+[ \t]+INVITE/im.test(text) && !/^SIP\/2\.0 40[17] /.test(text);
}

/** An INVITE or UPDATE within the dialog that describes the session anew (RFC 3261 §14, RFC 3311). */
function isChange({ text }: CapturedMessage): boolean {
  if (!/^(?:INVITE|UPDATE) /.test(text) || !/;\s*tag=/i.test(headerIn(text, "to|t") ?? "")) return false;
  return /^(?:content-type|c)[ \t]*:[ \t]*application\/sdp/im.test(text);
}

/** `a=sendonly` and its like say hold and its end (RFC 3264 §8.4); without one it is sendrecv. */
function directionIn(text: string): string {
  return /^a=(sendrecv|sendonly|recvonly|inactive)\s*$/m.exec(text)?.[1] ?? "sendrecv";
}

/** @param names of the header and its compact form, for a regular expression */
function headerIn(text: string, names: string): string | null {
  return new RegExp(`^(?:${names})[ \\t]*:[ \\t]*([^\\r\\n]*)`, "im").exec(text)?.[1]?.trim() ?? null;
}

function ofKeys(media: CapturedMedia | undefined): readonly TimelineEntry[] {
  return (media?.keyPresses ?? []).map(({ leg, atMs, durationMs }) => ({
    ...NOTHING_MORE,
    ...{ kind: "key-press", atMs, leg, durationMs },
  }));
}

function ofRecording({ sid, startedAtMs, durationMs, updatedAtMs, status, why }: Recording): readonly TimelineEntry[] {
  const entry = { ...NOTHING_MORE, resourceSid: sid };
  const started: TimelineEntry = { ...entry, kind: "recording-started", atMs: startedAtMs };
  if (durationMs === null) return [started];
  // A deletion is a later change, and no part of the call.
  const atMs = Math.min(updatedAtMs, startedAtMs + durationMs);
  return [started, { ...entry, kind: "recording-ended", atMs, durationMs, detail: why ?? status }];
}

function ofAlert({ sid, atMs, errorCode, text }: Alert): TimelineEntry {
  return { ...NOTHING_MORE, kind: "alert", atMs, detail: `${errorCode}: ${text}`, resourceSid: sid };
}

function ofWebhook({ atMs, durationMs, url, failure, attempt }: LoggedWebhook): TimelineEntry {
  const outcome = failure ?? "delivered";
  const again = attempt > 1 ? ` (attempt ${attempt})` : "";
  return { ...NOTHING_MORE, kind: "webhook", atMs, durationMs, detail: `${url}: ${outcome}${again}` };
}
