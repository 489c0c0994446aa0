import type { ExtraHeader } from "@trunkline/sip";
import { type CallRequest, type Decision, type ErrorCode, errorText, type Rejection } from "@trunkline/trunking";
import { reasonValue } from "../call/outcome.ts";
import type { Journal, RaiseAlert } from "../call/parts.ts";
import { RETRY_AFTER_SEC } from "../limits.ts";

type Refuse = Extract<Decision, { readonly kind: "refuse" }>;

/**
 * What a refused caller sees (TERM-11): `X-Twilio-Error` with code and text, and a Reason. Only who has proven something reads the
 * trace's own words there; a stranger gets the code's, which say nothing about what is configured.
 */
export function refusalHeaders(rejection: Rejection, callSid: string, authenticated: boolean): ExtraHeader[] {
  const { code, status, retryAfterSec = RETRY_AFTER_SEC } = rejection;
  const text = authenticated || code === null ? rejection.detail : errorText(code);
  const headers: ExtraHeader[] = code === null ? [] : [["X-Twilio-Error", `${code} ${errorText(code)}`]];
  headers.push(["Reason", reasonValue(status, text)], ["X-Twilio-CallSid", callSid]);
  if (status === 503) headers.push(["Retry-After", String(retryAfterSec)]);
  return headers;
}

/** Record and alert of a refusal that belongs to an account. Two journal lines, then the response may leave. */
export function recordRefusal(
  refusal: Pick<Refuse, "rejection" | "trace"> & { readonly call: NonNullable<Refuse["call"]> },
  request: CallRequest,
  atMs: number,
  journal: Journal,
  alert: RaiseAlert,
): void {
  const { rejection, call, trace } = refusal;
  const { sid, sipCallId, sourceAddress: source } = request;
  journal.append({ kind: "started", atMs, sid, ...call, sipCallId, source, trace });
  journal.append({
    kind: "ended",
    atMs,
    sid,
    by: "platform",
    sipStatus: rejection.status,
    reason: rejection.phrase,
    errorCode: rejection.code,
    quality: [],
  });
  if (rejection.code !== null) alert(call.accountSid, rejection.code, sid, alertText(rejection.code, rejection.detail));
}

function alertText(code: ErrorCode, detail: string): string {
  return `${errorText(code)}: ${detail}`;
}
