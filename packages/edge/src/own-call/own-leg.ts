import { reasonValue } from "../call/outcome.ts";
import type { CallerLeg } from "../leg/caller-leg.ts";
import type { LegListener, RelayedInfo } from "../leg/leg.ts";
import type { Line, OwnCallScript, Voice } from "./own-call.types.ts";

/** RFC 2976's old way of sending a digit, still in use: `Signal=5` in an `application/dtmf-relay`. */
const DTMF_RELAY = /^\s*Signal\s*=\s*([0-9*#A-D])\s*$/im;

/** The platform as the caller: what a SIP session is to others, a script and a voice are here. */
export class OwnLeg implements CallerLeg, Line {
  readonly #voice: Voice;
  readonly #listener: LegListener;
  readonly #script: OwnCallScript;
  #isOver = false;

  constructor(voice: Voice, listener: LegListener, script: OwnCallScript) {
    this.#voice = voice;
    this.#listener = listener;
    this.#script = script;
  }

  get at(): Extract<CallerLeg["at"], { readonly kind: "here" }> {
    return { kind: "here", mediaAddress: this.#voice.mediaAddress };
  }

  /** Nobody listens to it ringing. */
  progress(): void {}

  answer(sdp: string): void {
    if (this.#voice.audio.connect(sdp)) this.#script.answered(this);
    else this.#hangUp(reasonValue(488, "the callee's audio cannot be used"));
  }

  /** The callee changes its session: our voice goes where it says. */
  offer(sdp: string | undefined): void {
    const { audio } = this.#voice;
    const isUsable = sdp === undefined || audio.connect(sdp);
    const answer = isUsable ? audio.describe() : undefined;
    this.#listener.event({ kind: "offer-answered", status: isUsable ? 200 : 488, sdp: answer });
  }

  answerLate(sdp: string): void {
    this.#voice.audio.connect(sdp);
  }

  /** It never offers a change, so that there is none to be accepted or rejected. */
  acceptOffer(): void {}
  rejectOffer(): void {}

  relayInfo({ body, done }: RelayedInfo): void {
    const digit = DTMF_RELAY.exec(body)?.[1];
    if (digit !== undefined) this.#script.digit(digit.toUpperCase());
    if (digit === undefined) done(415, "Unsupported Media Type");
    else done(200, "OK");
  }

  release(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#voice.audio.close();
    this.#script.over();
  }

  play(mulaw: Uint8Array | null): void {
    this.#voice.audio.play(mulaw === null ? { kind: "silence" } : { kind: "clip", mulaw });
  }

  sendDigits(digits: string): Promise<void> {
    return this.#voice.audio.sendDigits(digits);
  }

  hangUp(): void {
    this.#hangUp(undefined);
  }

  #hangUp(why: string | undefined): void {
    if (!this.#isOver) this.#listener.event({ kind: "hangup", cause: "remote", why });
  }
}
