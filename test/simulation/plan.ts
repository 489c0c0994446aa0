import type { RecordingMode } from "@trunkline/trunking";
import type { Weather } from "../support/lent-fixtures.ts";
import { type Answering, type Extensions, NO_EXTENSIONS } from "./party.ts";
import type { TimedAct } from "./party-call.ts";

export type Direction = "termination" | "origination";

/** Who is at one of the targets; `absent`: nobody. */
export type Target = Answering | { readonly kind: "absent" };

/** What goes wrong around a call, and when, counted from its INVITE. */
export type Disturbance =
  /** A link is dead for so long. */
  | { readonly kind: "cut"; readonly side: Side; readonly atMs: number; readonly forMs: number }
  /** One end loses its memory. */
  | { readonly kind: "forget"; readonly side: Side; readonly atMs: number }
  /** The edge dies and comes back after `downMs` with its journal. */
  | { readonly kind: "crash"; readonly atMs: number; readonly downMs: number }
  /** The media plane hears nobody. */
  | { readonly kind: "silence"; readonly atMs: number }
  /** Ended through the API. */
  | { readonly kind: "hang up"; readonly atMs: number }
  /** The edge closes, with so long for calls to end. */
  | { readonly kind: "drain"; readonly atMs: number; readonly graceMs: number };

export type Side = "caller" | "callee";

/** One call and everything that happens to it. */
export type Plan = {
  readonly direction: Direction;
  readonly weather: Weather;
  /** CANCEL that long after the INVITE, if it is not answered by then. */
  readonly giveUpAfterMs: number;
  readonly callerActs: readonly TimedAct[];
  /** In the order in which they are tried. */
  readonly targets: readonly Target[];
  /** Who is where redirected calls go. */
  readonly elsewhere?: Target;
  readonly calleeActs: readonly TimedAct[];
  /** The callee says 488 to every change of the session. */
  readonly calleeRefusesOffers: boolean;
  readonly extensions: Readonly<Record<Side, Extensions>>;
  readonly disturbances: readonly Disturbance[];
  readonly maxDurationMs: number;
  /** The trunk records; absent: it does not. */
  readonly recording?: { readonly mode: RecordingMode; readonly recorderMs: number | null };
  /** When both ends' idea of the session is compared, counted from the answer; nothing may be under way then. */
  readonly compareAfterMs: number | null;
};

/** Two ends that can do what RFC 3261 has, and no more. */
export const PLAIN: Plan["extensions"] = { caller: NO_EXTENSIONS, callee: NO_EXTENSIONS };

/** Draws that a plan is made of. */
export class Dice {
  readonly random: () => number;

  constructor(random: () => number) {
    this.random = random;
  }

  upTo(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  between(from: number, to: number): number {
    return from + this.upTo(to - from);
  }

  chance(share: number): boolean {
    return this.random() < share;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.upTo(choices.length)] as T;
  }

  direction(): Direction {
    return this.pick(["termination", "origination"]);
  }

  side(): Side {
    return this.pick(["caller", "callee"]);
  }

  /** A third of the calls have it calm: nothing is lost, so that the whole truth about the call can be asked for. */
  weather(): Weather {
    if (this.chance(1 / 3)) return this.calm();
    return {
      loss: this.random() * 0.25,
      duplication: this.random() * 0.2,
      reordering: this.random() * 0.3,
      reorderMs: 500,
      delayMs: 5 + this.random() * 80,
      jitterMs: this.random() * 100,
    };
  }

  calm(): Weather {
    return { loss: 0, duplication: 0, reordering: 0, reorderMs: 0, delayMs: 5 + this.random() * 60, jitterMs: 20 };
  }

  /** Somebody who answers. */
  answering(withinMs = 4_000): Extract<Answering, { readonly kind: "answer" }> {
    const answerAfterMs = this.upTo(withinMs);
    return {
      kind: "answer",
      ringAfterMs: this.chance(0.8) ? this.upTo(answerAfterMs + 1) : null,
      earlyMedia: this.chance(0.3),
      answerAfterMs,
    };
  }
}

export function isCalm({ weather, disturbances }: Plan): boolean {
  return weather.loss === 0 && disturbances.length === 0;
}
