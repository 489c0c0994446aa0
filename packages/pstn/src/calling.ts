import type { AudioEndpoint, AudioReport, AudioSource } from "@trunkline/media";
import {
  copyString,
  type Flow,
  type OutgoingInvite,
  type Session,
  type SessionEvent,
  type SipResponse,
  type UserAgent,
} from "@trunkline/sip";
import { Agenda } from "./agenda.ts";
import { answerOffer } from "./answering.ts";
import { DIGITS_AFTER_MS, type Stage } from "./stage.ts";

/** What a scripted caller does. */
export type CallScript = {
  readonly audio: AudioSource;
  /** Sent by RFC 4733 once answered. */
  readonly digits: string | null;
  /** BYE this long after the answer; null: waits for the callee's, at most the stage's `maxCallMs`. */
  readonly hangupAfterMs: number | null;
  /** CANCEL this long after the INVITE when it is not answered by then. */
  readonly giveUpAfterMs: number;
};

export type CallStatus = "calling" | "ringing" | "answered" | "completed" | "failed";

export type ScriptedCallOptions = {
  /** The way to the callee; undefined when there is none. */
  reach(): Promise<Flow | undefined>;
  /** Everything of the INVITE but flow and SDP. */
  readonly invite: Omit<OutgoingInvite, "flow" | "sdp">;
  readonly script: CallScript;
};

type OutgoingCallOptions = ScriptedCallOptions & { readonly stage: Stage; readonly userAgent: UserAgent };

/** One call that a scripted caller makes, and what came of it. Never throws: whatever goes wrong is its `status` and `reason`. */
export class OutgoingCall {
  status: CallStatus = "calling";
  /** Final status; null while calling, and when no INVITE could be sent at all. */
  sipStatus: number | null = null;
  reason: string | null = null;
  /** Why it failed: a refusal, silence, our own CANCEL, no way to send. */
  cause: (SessionEvent & { readonly kind: "fail" })["cause"] | null = null;
  /** X-Twilio-CallSid of any response. */
  callSid: string | null = null;
  /** X-Twilio-Error of the final response. */
  error: string | null = null;
  readonly startedAtMs: number;
  answeredAtMs: number | null = null;
  endedAtMs: number | null = null;
  /** Who ended an answered call. */
  endedBy: "caller" | "callee" | null = null;

  readonly #options: OutgoingCallOptions;
  readonly #agenda: Agenda;
  readonly #answered = Promise.withResolvers<boolean>();
  readonly #over = Promise.withResolvers<void>();
  #session: Session | undefined;
  #audio: AudioEndpoint | undefined;
  /** Early media answers too: a 200 that repeats nothing leaves what the 183 said (RFC 3261 §13.2.1). */
  #connected = false;
  #lastReport: AudioReport | null = null;

  constructor(options: OutgoingCallOptions) {
    const { stage, script } = options;
    this.#options = options;
    this.#agenda = new Agenda(stage.host);
    this.startedAtMs = stage.host.nowMs();
    this.#agenda.after(script.giveUpAfterMs, () => this.#giveUp());
    void this.#call();
  }

  /** True once answered, false once it failed. */
  get answered(): Promise<boolean> {
    return this.#answered.promise;
  }

  /** Resolves when nothing of the call is left. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  /** What was heard and sent: as it is now, or as it was at the end; null when it never came to audio. */
  get audio(): AudioReport | null {
    return this.#audio ? this.#audio.report() : this.#lastReport;
  }

  /** Ends it in whatever state: CANCEL before the answer, BYE after. */
  hangup(): void {
    if (this.#agenda.over) return;
    if (this.#session) this.#session.hangup();
    else this.#fail("cancelled", null, "hung up before it was sent");
  }

  async #call(): Promise<void> {
    const { stage, userAgent, invite } = this.#options;
    const flow = await this.#options.reach().catch(() => undefined);
    if (this.#agenda.over) return;
    if (!flow) {
      this.#fail("transport", null, "no way to the callee");
      return;
    }
    const audio = await stage.openAudio(flow.localAddress).catch((error: unknown) => String(error));
    if (typeof audio === "string") {
      this.#fail("transport", null, `no audio: ${audio}`);
    } else if (this.#agenda.over) {
      audio.close();
    } else {
      this.#audio = audio;
      audio.play({ kind: "none" }); // not a packet before the answer
      this.#session = userAgent.invite({ ...invite, flow, sdp: audio.describe() }, (event) => this.#take(event));
    }
  }

  #giveUp(): void {
    if (this.answeredAtMs !== null) return;
    if (this.#session) this.#session.cancel();
    else this.#fail("cancelled", null, "gave up before it was sent");
  }

  #take(event: SessionEvent): void {
    switch (event.kind) {
      case "trying":
      case "acknowledged":
      case "cancelled":
        return;
      case "progress":
        this.#note(event.response);
        if (event.sdp !== undefined) this.#connect(event.sdp);
        this.status = "ringing";
        return;
      case "answer":
        this.#note(event.response);
        this.#answer(event.response, event.sdp);
        return;
      case "fail":
        if (event.response) this.#note(event.response);
        this.error = copied(event.response?.header("x-twilio-error"));
        this.#fail(event.cause, event.status, copyString(event.reason));
        return;
      case "offer":
        answerOffer(this.#audio, event.sdp, event.reply);
        return;
      case "offer-answered":
        if (event.sdp !== undefined) this.#connect(event.sdp);
        return;
      case "request":
        event.respond(event.request.method === "INFO" ? 200 : 501);
        return;
      case "ended":
        this.endedBy = event.cause === "bye" ? "callee" : event.cause === "local" ? "caller" : null;
        this.#end(this.answeredAtMs === null ? "failed" : "completed");
        return;
      default:
        event satisfies never;
    }
  }

  #note(response: SipResponse): void {
    this.callSid ??= copied(response.header("x-twilio-callsid"));
  }

  #answer(response: SipResponse, sdp: string | undefined): void {
    const { stage, script } = this.#options;
    this.status = "answered";
    this.sipStatus = response.status;
    this.reason = copyString(response.reason);
    this.answeredAtMs = stage.host.nowMs();
    this.#agenda.after(script.hangupAfterMs ?? stage.maxCallMs, () => this.hangup());
    if (sdp !== undefined) this.#connect(sdp);
    if (!this.#connected) {
      // An answer we cannot use leaves a call without audio: it is over (RFC 3261 §13.2.2.4).
      this.reason = "answered without usable SDP";
      this.hangup();
      return;
    }
    this.#audio?.play(script.audio);
    const { digits } = script;
    if (digits !== null) this.#agenda.after(DIGITS_AFTER_MS, () => void this.#audio?.sendDigits(digits));
    this.#answered.resolve(true);
  }

  #connect(sdp: string): void {
    this.#connected = this.#audio?.connect(sdp) === true;
  }

  #fail(cause: OutgoingCall["cause"], status: number | null, reason: string): void {
    this.cause = cause;
    this.sipStatus = status;
    this.reason = reason;
    this.#end("failed");
  }

  #end(status: CallStatus): void {
    if (this.#agenda.over) return;
    this.#agenda.end();
    this.status = status;
    this.endedAtMs = this.#options.stage.host.nowMs();
    this.#lastReport = this.#audio?.report() ?? null;
    this.#audio?.close();
    this.#audio = undefined;
    this.#session = undefined;
    this.#answered.resolve(false);
    this.#over.resolve();
  }
}

/** A value that outlives its message must not pin the whole of it. */
function copied(value: string | undefined): string | null {
  return value === undefined ? null : copyString(value);
}
