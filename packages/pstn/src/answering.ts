import type { AudioEndpoint, AudioReport, AudioSource } from "@trunkline/media";
import { escapeUser, type OfferReply, type Session, type SessionEvent, sdpOf } from "@trunkline/sip";
import { Agenda } from "./agenda.ts";
import type { AnsweringBehaviour, Behaviour } from "./behaviour.ts";
import { reasonPhrase, requiredHeaders } from "./refusal.ts";
import { DIGITS_AFTER_MS, type Stage, uriHost } from "./stage.ts";

/** Where a redirection points to: a number that answers and plays a tone. */
const REDIRECT_NUMBER = "+15005552300";

/** One call that came in, played through by its script. Tells `onOver` once, when nothing of it is left. */
export class AnsweringCall {
  readonly #stage: Stage;
  readonly #session: Session;
  readonly #agenda: Agenda;
  readonly #onOver: (call: AnsweringCall) => void;
  readonly #acknowledged = Promise.withResolvers<boolean>();
  readonly #over = Promise.withResolvers<void>();
  readonly #startMs: number;
  #audio: AudioEndpoint | undefined;
  #lastReport: AudioReport | null = null;
  #onAcknowledged: (() => void) | undefined;

  /** Takes the session's events: to be made inside `onInvite`. */
  constructor(stage: Stage, session: Session, behaviour: Behaviour, onOver: (call: AnsweringCall) => void) {
    this.#stage = stage;
    this.#session = session;
    this.#agenda = new Agenda(stage.host);
    this.#onOver = onOver;
    this.#startMs = stage.host.nowMs();
    session.onEvent = (event) => this.#take(event);
    this.#agenda.after(stage.maxCallMs, () => session.hangup());
    this.#begin(behaviour);
  }

  /** True once the caller acknowledged our answer, false when it never came to that. */
  get acknowledged(): Promise<boolean> {
    return this.#acknowledged.promise;
  }

  /** Resolves when nothing of the call is left. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  get session(): Session {
    return this.#session;
  }

  get isOver(): boolean {
    return this.#agenda.over;
  }

  /** What was heard and sent: as it is now, or as it was at the end; null when it never came to audio. */
  get audio(): AudioReport | null {
    return this.#audio ? this.#audio.report() : this.#lastReport;
  }

  /** Changes what is said from now on; nothing before the audio is open. */
  play(source: AudioSource): void {
    this.#audio?.play(source);
  }

  /** Keys in digits, as soon as the call is up and its other end has heard of that. */
  press(digits: string): void {
    void this.acknowledged.then((isUp) => {
      if (isUp) this.#agenda.after(DIGITS_AFTER_MS, () => void this.#audio?.sendDigits(digits));
    });
  }

  /** Ends it in whatever state: 480 before the answer, BYE after. */
  hangup(): void {
    this.#session.hangup();
  }

  #begin(behaviour: Behaviour): void {
    switch (behaviour.kind) {
      case "drop":
        this.#session.drop();
        this.#end();
        return;
      case "final":
        this.#refuse(behaviour.status);
        return;
      case "ring":
        this.#session.progress(180, "Ringing");
        return;
      case "answer":
        void this.#openAndPlay(behaviour);
        return;
      default:
        behaviour satisfies never;
    }
  }

  /** Runs `act` that long after the INVITE. */
  #at(sinceInviteMs: number, act: () => void): void {
    this.#agenda.after(Math.max(0, this.#startMs + sinceInviteMs - this.#stage.host.nowMs()), act);
  }

  #refuse(status: number): void {
    const { flow } = this.#session;
    const elsewhere = `sip:${escapeUser(REDIRECT_NUMBER)}@${uriHost(flow.localAddress)}:${flow.localPort}`;
    const nonce = this.#stage.host.randomHex(16);
    this.#session.reject(status, reasonPhrase(status), requiredHeaders(status, elsewhere, nonce));
  }

  async #openAndPlay(behaviour: AnsweringBehaviour): Promise<void> {
    let audio: AudioEndpoint;
    try {
      audio = await this.#stage.openAudio(this.#session.flow.localAddress);
    } catch {
      this.#refuse(503);
      return;
    }
    if (this.#agenda.over) {
      audio.close();
      return;
    }
    this.#audio = audio;
    audio.play({ kind: "none" }); // not a packet before the script says so
    const offer = sdpOf(this.#session.invite);
    if (offer !== undefined && !audio.connect(offer)) {
      this.#refuse(488);
      return;
    }
    if (behaviour.ringAfterMs !== null) this.#at(behaviour.ringAfterMs, () => this.#ring(behaviour, audio));
    this.#at(behaviour.answerAfterMs, () => this.#answer(behaviour, audio));
  }

  #ring({ earlyMedia }: AnsweringBehaviour, audio: AudioEndpoint): void {
    if (earlyMedia === null) {
      this.#session.progress(180, "Ringing");
      return;
    }
    // A late offer has no answer that could be early: the caller hears the tone from the ACK on (RFC 3261 §13.2.1).
    const isLateOffer = sdpOf(this.#session.invite) === undefined;
    this.#session.progress(183, "Session Progress", isLateOffer ? undefined : audio.describe());
    audio.play(earlyMedia);
  }

  #answer(behaviour: AnsweringBehaviour, audio: AudioEndpoint): void {
    this.#session.answer(audio.describe());
    audio.play(behaviour.audio);
    if (behaviour.digits !== null) {
      const digits = behaviour.digits;
      this.#onAcknowledged = () => this.#agenda.after(DIGITS_AFTER_MS, () => void audio.sendDigits(digits));
    }
    if (behaviour.hangupAfterMs !== null) this.#agenda.after(behaviour.hangupAfterMs, () => this.#session.hangup());
    if (behaviour.hold) {
      const { afterMs, forMs } = behaviour.hold;
      this.#agenda.after(afterMs, () => this.#session.offer(audio.describe("sendonly")));
      this.#agenda.after(afterMs + forMs, () => this.#session.offer(audio.describe("sendrecv")));
    }
  }

  #take(event: SessionEvent): void {
    switch (event.kind) {
      case "acknowledged":
        if (event.sdp !== undefined) this.#audio?.connect(event.sdp);
        this.#onAcknowledged?.();
        this.#onAcknowledged = undefined;
        this.#acknowledged.resolve(true);
        return;
      case "offer":
        answerOffer(this.#audio, event.sdp, event.reply);
        return;
      case "offer-answered":
        if (event.sdp !== undefined) this.#audio?.connect(event.sdp);
        return;
      case "request":
        event.respond(event.request.method === "INFO" ? 200 : 501);
        return;
      case "ended":
        this.#end();
        return;
      case "cancelled":
      case "trying":
      case "progress":
      case "answer":
      case "fail":
        return;
      default:
        event satisfies never;
    }
  }

  #end(): void {
    if (this.#agenda.over) return;
    this.#agenda.end();
    this.#lastReport = this.#audio?.report() ?? null;
    this.#audio?.close();
    this.#audio = undefined;
    this.#onOver(this);
    this.#acknowledged.resolve(false);
    this.#over.resolve();
  }
}

/** Answers an offer inside a dialog; a late one (no SDP) gets our offer. 488 when nothing in it can be used. */
export function answerOffer(audio: AudioEndpoint | undefined, sdp: string | undefined, reply: OfferReply): void {
  if (audio && (sdp === undefined || audio.connect(sdp))) reply.accept(audio.describe());
  else reply.reject(488, reasonPhrase(488));
}
