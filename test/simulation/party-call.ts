import { copyString, type Host, type Session, type SessionEvent, sdpOf } from "@trunkline/sip";
import { describeAudio } from "./quiet-media.ts";

/** What a party may do in an answered call. */
export type Act = "hold" | "resume" | "hold by UPDATE" | "late offer" | "INFO" | "BYE";
export type TimedAct = { readonly afterMs: number; readonly act: Act };

/** One call as one end saw it. What the other end and the record say is held against it. */
export class PartyCall {
  session: Session | undefined;
  /** Caller: the 200 came. Callee: it was sent. */
  answeredAtMs: number | null = null;
  /** Callee: its ACK came. A caller acknowledges at once. */
  acknowledged = false;
  endedAtMs: number | null = null;
  endCause: "bye" | "local" | "ack-timeout" | "gone" | "failed" | "forgotten" | null = null;
  /** Caller: the final status, when it was not answered. */
  status: number | null = null;
  cancelledAtMs: number | null = null;
  callSid: string | null = null;
  /** What we last described to the other end and it has taken; what it last described to us. */
  local: string;
  remote = "";
  /** Bodies of the INFOs that the other end said 200 to, and of those that came. */
  readonly infosTaken: string[] = [];
  readonly infosHeard: string[] = [];
  onAnswer: () => void = () => undefined;
  /** Changes of the session that came to nothing, for all repeats. */
  offersRefused = 0;
  /** How long it holds the line when nobody hangs up. */
  patienceMs = 400_000;
  /** Its INVITE had no offer. */
  isLate = false;
  /** It says 488 to every change of the session. */
  refusesOffers = false;
  readonly #host: Host;
  readonly #address: string;
  #version = 1;
  #holding = false;
  /** Our offer on its way. */
  #offered: string | undefined;
  #lateOffered = false;
  #infos = 0;

  constructor(host: Host, address: string) {
    this.#host = host;
    this.#address = address;
    this.local = describeAudio(address, this.#version, address, "sendrecv");
  }

  get isOver(): boolean {
    return this.endedAtMs !== null;
  }

  get isTalking(): boolean {
    return this.answeredAtMs !== null && !this.isOver;
  }

  after(afterMs: number, act: () => void): void {
    this.#host.setTimer(afterMs, () => {
      if (!this.isOver) act();
    });
  }

  ring(earlyMedia: boolean): void {
    if (earlyMedia) this.session?.progress(183, "Session Progress", this.local);
    else this.session?.progress(180, "Ringing");
  }

  answer(): void {
    const { session } = this;
    if (!session || (session.state !== "calling" && session.state !== "early")) return;
    this.remote = copyString(sdpOf(session.invite) ?? "");
    this.answeredAtMs = this.#host.nowMs();
    session.answer(this.local);
  }

  cancel(): void {
    this.cancelledAtMs = this.#host.nowMs();
    this.session?.cancel();
  }

  follow(acts: readonly TimedAct[]): void {
    if (this.answeredAtMs === null) return;
    for (const { afterMs, act } of acts) this.after(afterMs, () => this.#act(act));
    this.after(this.patienceMs, () => this.session?.hangup());
  }

  /** Its user agent died with everything it knew. */
  forget(): void {
    if (!this.isOver) this.#end("forgotten");
  }

  take(event: SessionEvent): void {
    switch (event.kind) {
      case "trying":
      case "cancelled":
        return;
      case "progress":
        this.callSid ??= event.response.header("x-twilio-callsid") ?? null;
        // A reliable one waits for its answer; for others this says nothing.
        if (this.isLate && event.sdp !== undefined) this.session?.answer(this.local);
        return;
      case "answer":
        this.callSid ??= event.response.header("x-twilio-callsid") ?? null;
        this.answeredAtMs = this.#host.nowMs();
        this.remote = copyString(event.sdp ?? "");
        if (this.isLate) this.session?.answer(this.local);
        this.onAnswer();
        return;
      case "acknowledged":
        this.acknowledged = true;
        if (event.sdp !== undefined) this.remote = copyString(event.sdp);
        return;
      case "fail":
        this.status = event.status;
        return;
      case "offer":
        this.#answerOffer(event);
        return;
      case "offer-answered":
        this.#offerAnswered(event.sdp);
        return;
      case "request":
        if (event.request.method === "INFO") this.infosHeard.push(copyString(event.request.body));
        event.respond(event.request.method === "INFO" ? 200 : 501);
        return;
      case "ended":
        this.#end(event.cause);
        return;
      default:
        event satisfies never;
    }
  }

  #end(cause: NonNullable<PartyCall["endCause"]>): void {
    this.endedAtMs = this.#host.nowMs();
    this.endCause = cause;
  }

  #act(act: Act): void {
    switch (act) {
      case "hold":
      case "resume":
      case "hold by UPDATE":
        this.#offer(act !== "resume", act === "hold by UPDATE" ? "UPDATE" : "INVITE");
        return;
      case "late offer":
        if (this.#isOffering) return;
        this.#lateOffered = true;
        this.session?.offer(undefined);
        return;
      case "INFO":
        this.#inform();
        return;
      case "BYE":
        this.session?.hangup();
        return;
      default:
        act satisfies never;
    }
  }

  get #isOffering(): boolean {
    return this.#offered !== undefined || this.#lateOffered;
  }

  #offer(hold: boolean, method: "INVITE" | "UPDATE"): void {
    if (this.#isOffering) return;
    this.#holding = hold;
    this.#offered = this.#describe(hold ? "sendonly" : "sendrecv");
    this.session?.offer(this.#offered, method);
  }

  #inform(): void {
    const body = `Signal=${++this.#infos}\r\n`;
    const headers = [["Content-Type", "application/dtmf-relay"]] as const;
    this.session?.request("INFO", headers, body, (response) => {
      if (response?.status === 200) this.infosTaken.push(body);
    });
  }

  #answerOffer({ sdp, reply }: Extract<SessionEvent, { readonly kind: "offer" }>): void {
    if (this.refusesOffers) {
      reply.reject(488);
      return;
    }
    if (sdp !== undefined) {
      this.remote = copyString(sdp);
      this.local = this.#answerTo(this.remote);
    }
    reply.accept(this.local);
  }

  #offerAnswered(sdp: string | undefined): void {
    const offered = this.#offered;
    this.#offered = undefined;
    if (this.#lateOffered) {
      this.#lateOffered = false;
      if (sdp === undefined) return;
      this.remote = copyString(sdp);
      this.local = this.#answerTo(this.remote);
      this.session?.answer(this.local);
      return;
    }
    if (sdp === undefined) {
      this.offersRefused += 1;
      this.#holding = directionOf(this.local) === "sendonly";
      return;
    }
    this.remote = copyString(sdp);
    if (offered !== undefined) this.local = offered;
  }

  /** RFC 3264 §6.1: what we may answer to that direction, given whether we hold. */
  #answerTo(offer: string): string {
    const offered = directionOf(offer);
    const [theySend, theyHear] = [
      offered !== "recvonly" && offered !== "inactive",
      /^(?:sendrecv|recvonly)$/.test(offered),
    ];
    const weHear = theySend && !this.#holding;
    return this.#describe(theyHear ? (weHear ? "sendrecv" : "sendonly") : weHear ? "recvonly" : "inactive");
  }

  /** RFC 3264 §8: a description that differs from the one before has a new version. */
  #describe(direction: string): string {
    if (direction === directionOf(this.local)) return this.local;
    this.#version += 1;
    return describeAudio(this.#address, this.#version, this.#address, direction);
  }
}

function directionOf(sdp: string): string {
  return /^a=(sendrecv|sendonly|recvonly|inactive)\r?$/m.exec(sdp)?.[1] ?? "sendrecv";
}
