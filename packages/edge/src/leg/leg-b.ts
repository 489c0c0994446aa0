import {
  type ExtraHeader,
  encodeUtf8,
  type Flow,
  quoteString,
  type SessionEvent,
  type UserAgent,
} from "@trunkline/sip";
import type { Attempt } from "@trunkline/trunking";
import type { Ending } from "../call/call.types.ts";
import { EXTENSIONS, Leg, type LegListener } from "./leg.ts";

const WITHOUT_RELIABILITY = EXTENSIONS.filter((tag) => tag !== "100rel");

/** One try at one target. */
export type Dial = {
  readonly attempt: Attempt;
  readonly flow: Flow;
  /** The offer; undefined: the callee is to make one. */
  readonly sdp: string | undefined;
  /** What remains of leg A's; RFC 3261 §16.6 step 3. */
  readonly maxForwards: number;
  /** What challenges are answered with (RFC 3261 §22), inside the same try. */
  readonly login: { readonly username: string; readonly password: string } | undefined;
  /** Undefined: the stack's own. */
  readonly callId: string | undefined;
  /** Put on the requests inside the dialog with a customer's server (contract §8.5: ACK and BYE). */
  readonly callSid: string | undefined;
};

/**
 * The side we call: we are its user agent client, with a Call-ID and From tag of our own. Nothing of leg A's message is in the INVITE but
 * what routing put into the attempt.
 */
export class LegB extends Leg {
  readonly #unheard: Set<LegB>;
  #isHeard = false;
  #abandoned = false;

  /**
   * Sends the INVITE.
   *
   * @param unheard where it is noted as long as it is given up and its peer has not said a word
   */
  static dial(userAgent: UserAgent, dial: Dial, listener: LegListener, unheard: Set<LegB>): LegB {
    const { attempt } = dial;
    const early: SessionEvent[] = [];
    let leg: LegB | undefined;
    const session = userAgent.invite(
      {
        flow: dial.flow,
        requestUri: attempt.uri,
        from: nameAddr(attempt.fromDisplayName, attempt.fromUri),
        to: nameAddr(null, attempt.toUri),
        maxForwards: dial.maxForwards,
        ...(dial.callId === undefined ? {} : { callId: dial.callId }),
        headers: attempt.headers,
        ...(dial.callSid === undefined ? {} : { dialogHeaders: [["X-Twilio-CallSid", dial.callSid]] }),
        ...(dial.login ? { credentials: dial.login } : {}),
        // Its offer in a reliable response would want an answer before the caller, who has to give it, can be asked (RFC 3262 §5).
        ...(dial.sdp === undefined ? { supported: WITHOUT_RELIABILITY } : { sdp: dial.sdp }),
      },
      (event) => (leg ? leg.hear(event) : early.push(event)),
    );
    leg = new LegB(session, listener, unheard);
    for (const event of early) leg.hear(event);
    return leg;
  }

  private constructor(session: LegB["session"], listener: LegListener, unheard: Set<LegB>) {
    super(session, listener);
    this.#unheard = unheard;
  }

  override hear(event: SessionEvent): void {
    this.#isHeard = true;
    this.#unheard.delete(this);
    if (!this.#abandoned) super.hear(event);
  }

  /** Gives this try up. CANCEL leaves as soon as it may; a 200 that was faster is acknowledged and ended by the session. */
  abandon(why: string): void {
    this.#abandoned = true;
    if (!this.#isHeard) this.#unheard.add(this);
    this.session.cancel([["Reason", why]]);
  }

  /** @param note put on the BYE; a call that nobody answered has none, and is cancelled */
  release(ending: Ending, note: readonly ExtraHeader[]): void {
    if (this.session.state === "ended") return;
    if (!this.#isHeard) this.#unheard.add(this);
    this.session.hangup([["Reason", ending.why], ...note]);
  }
}

function nameAddr(displayName: string | null, uri: string): string {
  return displayName === null ? `<${uri}>` : `${quoteString(encodeUtf8(displayName))} <${uri}>`;
}
