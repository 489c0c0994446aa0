import type { Host, TimerHandle } from "@trunkline/sip";
import type { Line, OwnCallScript } from "../own-call/own-call.types.ts";
import {
  type Prompt,
  step,
  type VerificationInput,
  type VerificationOutput,
  type VerificationPlan,
  type VerificationState,
} from "./step.ts";

/** Between the answer and the first digit: the far side of a relay learns of the answer a moment later and would miss it. */
const BEFORE_EXTENSION_MS = 500;
/** After the last: whoever echoes it has done so by then, and it is not taken for a part of the code. */
const AFTER_EXTENSION_MS = 500;
const PAUSES_MS: Readonly<Record<string, number>> = { w: 500, W: 1_000 };

export type VerificationParts = {
  readonly host: Pick<Host, "setTimer" | "clearTimer">;
  /** µ-law at 8 kHz. */
  prompt(name: Prompt): Uint8Array;
  /** The right code was keyed in: resolves with true when that is durable. Never rejects. */
  settle(): Promise<boolean>;
};

/** One verification call's script: the shell around `step`. */
export class Verification implements OwnCallScript {
  readonly #parts: VerificationParts;
  readonly #plan: VerificationPlan;
  #state: VerificationState = { name: "calling" };
  #line: Line | undefined;
  #timer: TimerHandle | undefined;

  constructor(parts: VerificationParts, plan: VerificationPlan) {
    this.#parts = parts;
    this.#plan = plan;
  }

  answered(line: Line): void {
    this.#line = line;
    this.#feed({ kind: "answered" });
  }

  digit(digit: string): void {
    this.#feed({ kind: "digit", digit });
  }

  played(): void {
    this.#feed({ kind: "played" });
  }

  over(): void {
    this.#line = undefined;
    this.#state = { name: "over" };
    this.#parts.host.clearTimer(this.#timer);
  }

  #feed(input: VerificationInput): void {
    const { state, outputs } = step(this.#plan, this.#state, input);
    this.#state = state;
    for (const output of outputs) this.#do(output);
  }

  #do(output: VerificationOutput): void {
    switch (output.kind) {
      case "dial":
        void this.#dial();
        break;
      case "play":
        this.#line?.play(this.#parts.prompt(output.prompt));
        break;
      case "hush":
        this.#line?.play(null);
        break;
      case "set":
        this.#set(output.afterMs, () => this.#feed({ kind: "timer" }));
        break;
      case "clear":
        this.#parts.host.clearTimer(this.#timer);
        break;
      case "settle":
        void this.#parts.settle().then((isVerified) => this.#feed({ kind: "settled", isVerified }));
        break;
      case "hang-up":
        this.#line?.hangUp();
        break;
      default:
        output satisfies never;
    }
  }

  /** Digits and pauses in their order. */
  async #dial(): Promise<void> {
    await this.#pause(BEFORE_EXTENSION_MS);
    for (const part of this.#plan.extension.match(/[wW]|[^wW]+/g) ?? []) {
      const pauseMs = PAUSES_MS[part];
      if (pauseMs === undefined) await this.#line?.sendDigits(part);
      else await this.#pause(pauseMs);
    }
    await this.#pause(AFTER_EXTENSION_MS);
    this.#feed({ kind: "dialled" });
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#set(ms, resolve));
  }

  #set(afterMs: number, act: () => void): void {
    this.#parts.host.clearTimer(this.#timer);
    this.#timer = this.#parts.host.setTimer(afterMs, act);
  }
}
