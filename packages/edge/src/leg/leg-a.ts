import type { ExtraHeader, Session } from "@trunkline/sip";
import { errorText, isErrorCode } from "@trunkline/trunking";
import type { Ending } from "../call/call.types.ts";
import { RETRY_AFTER_SEC } from "../limits.ts";
import type { CallerLeg } from "./caller-leg.ts";
import { Leg, type LegListener } from "./leg.ts";

/** The side that called us: we are its user agent server. Every response names the call's SID, so that the caller can quote it. */
export class LegA extends Leg implements CallerLeg {
  readonly #sid: ExtraHeader;

  constructor(session: Session, callSid: string, listener: LegListener) {
    super(session, listener);
    this.#sid = ["X-Twilio-CallSid", callSid];
    session.onEvent = (event) => this.hear(event);
  }

  get at(): Extract<CallerLeg["at"], { readonly kind: "peer" }> {
    return { kind: "peer", flow: this.session.flow };
  }

  progress(status: number, reason: string, sdp: string | undefined): void {
    this.session.progress(status, reason, sdp, [this.#sid]);
  }

  answer(sdp: string): void {
    this.session.answer(sdp, [this.#sid]);
  }

  /**
   * A final refusal while nothing was answered, BYE after; nothing when the caller went first.
   *
   * @param note put on the BYE
   */
  release(ending: Ending, note: readonly ExtraHeader[]): void {
    const { state } = this.session;
    if (state === "ended") return;
    const why: ExtraHeader = ["Reason", ending.why];
    if (state === "answered" || state === "confirmed") {
      this.session.hangup([why, this.#sid, ...note]);
      return;
    }
    this.session.reject(ending.sipStatus, ending.reason, [...ownError(ending), why, this.#sid, ...retryAfter(ending)]);
  }
}

/** RFC 3261 §20.33: whom we have no room for may come again; a callee's 503 says nothing about us. */
function retryAfter({ by, sipStatus, retryAfterSec }: Ending): ExtraHeader[] {
  return by === "platform" && sipStatus === 503 ? [["Retry-After", String(retryAfterSec ?? RETRY_AFTER_SEC)]] : [];
}

/** `X-Twilio-Error` belongs to the platform's own refusals; an answer of the far side never carries it (contract §8.3). */
function ownError(ending: Ending): ExtraHeader[] {
  const code = ending.errorCode;
  if (ending.by !== "platform" || code === null || !isErrorCode(code)) return [];
  return [["X-Twilio-Error", `${code} ${errorText(code)}`]];
}
