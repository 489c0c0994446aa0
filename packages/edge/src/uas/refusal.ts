import type { ExtraHeader } from "@trunkline/sip";
import { type CallRequest, type Decision, type ErrorCode, errorText, type Rejection } from "@trunkline/trunking";
import { reasonValue } from "../call/outcome.ts";
import type { CallParts } from "../call/parts.ts";
import { MAX_REPEATING, RECORDED_REFUSALS_IN_ALL, RETRY_AFTER_SEC } from "../limits.ts";
import type { Counters } from "../metrics.ts";
import { Repetitions } from "../repetitions.ts";
import { SourceBuckets } from "../source-buckets.ts";
import { Sampler } from "./sampler.ts";

type Refuse = Extract<Decision, { readonly kind: "refuse" }>;

export type RefusalParts = Pick<CallParts, "alert" | "journal" | "log" | "host" | "wallClockMs"> & {
  readonly counters: Counters;
  readonly limits: { readonly recordedRefusalsPerMinute: number; readonly alertsPerCodePerMinute: number };
  /** Counts an alert that is not told, with those like it. */
  repeatAlert(accountSid: string, errorCode: number): void;
};

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

/**
 * The evidence of refused calls: record and alert, or a line of the operator's log for a call that is nobody's (TERM-11). Of many alike
 * the first are kept, and the others are counted and told of together: neither a stranger who guesses passwords nor a customer's dialler
 * that runs into a limit fills the database (design §5, rule 9).
 */
export class Refusals {
  readonly #parts: RefusalParts;
  /** Of callers who proved nothing: those of one account, so that whoever floods one customer hides nothing from the others; and all. */
  readonly #strangersOfOne: SourceBuckets;
  readonly #strangers: Sampler;
  /** Those without a code, which the debugger's own counting does not see. */
  readonly #uncoded: Repetitions<Readonly<Record<string, unknown>>>;

  constructor(parts: RefusalParts) {
    const { host, limits, log } = parts;
    this.#parts = parts;
    const burst = limits.recordedRefusalsPerMinute;
    this.#strangersOfOne = new SourceBuckets({ burst, refillMs: 60_000, max: MAX_REPEATING });
    this.#strangers = new Sampler(RECORDED_REFUSALS_IN_ALL * burst);
    this.#uncoded = new Repetitions(host, limits.alertsPerCodePerMinute, (last, more) =>
      log("warn", "calls refused and not told one by one", { ...last, more }),
    );
  }

  /** Whether one more event of strangers is worth telling the account. */
  takeStranger(accountSid: string): boolean {
    const nowMs = this.#parts.host.nowMs();
    return this.#strangersOfOne.take(accountSid, nowMs) && this.#strangers.take(nowMs);
  }

  /** Two journal lines, then the response may leave. False: it is only counted. */
  keep(refusal: Refuse, request: CallRequest): boolean {
    const { counters, repeatAlert } = this.#parts;
    counters.add("refused");
    const { call, authenticated, rejection } = refusal;
    if (!authenticated && !this.takeStranger(call?.accountSid ?? "")) {
      if (call && rejection.code !== null) repeatAlert(call.accountSid, rejection.code);
      counters.add("refusals_not_recorded");
      return false;
    }
    const isKept = this.#isWorthTelling(refusal, request);
    if (!isKept) counters.add("refusals_not_recorded");
    else if (call) this.#record({ ...refusal, call }, request);
    else this.#parts.log("warn", "call refused", { callSid: request.sid, ...describe(refusal, request) });
    return isKept;
  }

  /** Stops counting; what was counted is told of now. */
  close(): void {
    this.#uncoded.flush();
  }

  #isWorthTelling(refusal: Refuse, request: CallRequest): boolean {
    const { call, rejection } = refusal;
    const { code, detail, status } = rejection;
    if (call && code !== null) return this.#parts.alert(call.accountSid, code, request.sid, alertText(code, detail));
    return this.#uncoded.admit(`${call?.accountSid ?? request.sourceAddress} ${status}`, describe(refusal, request));
  }

  #record({ call, rejection, trace }: Refuse & { readonly call: NonNullable<Refuse["call"]> }, request: CallRequest) {
    const { journal } = this.#parts;
    const { sid, sipCallId, sourceAddress: source } = request;
    const atMs = this.#parts.wallClockMs();
    journal.append({ kind: "started", atMs, sid, ...call, sipCallId, source, trace });
    const { status: sipStatus, phrase: reason, code: errorCode } = rejection;
    journal.append({ kind: "ended", atMs, sid, by: "platform", sipStatus, reason, errorCode, quality: [] });
  }
}

function describe(
  { rejection }: Refuse,
  { sourceAddress, requestUri }: CallRequest,
): Readonly<Record<string, unknown>> {
  return { sourceAddress, to: requestUri.user, why: rejection.detail };
}

/** Details of limits begin with the code's own text, because they stand alone in a Reason. */
function alertText(code: ErrorCode, detail: string): string {
  const text = errorText(code);
  return detail.startsWith(text) ? detail : `${text}: ${detail}`;
}
