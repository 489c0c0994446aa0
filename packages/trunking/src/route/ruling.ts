import { errorEntry, type RefusalCode } from "../errors.ts";
import type { TraceStep } from "../trace.ts";
import type { Rejection } from "./types.ts";

/** What one rule says about a call, with what it looked at and why: exactly one step of the decision trace (EVD-1). */
export type Ruling<Found = undefined> = Passed<Found> | Refused;

export type Passed<Found> = {
  readonly kind: "pass" | "skip" | "info";
  readonly input: string;
  readonly detail: string;
  readonly found: Found;
};

export type Refused = { readonly kind: "refuse"; readonly input: string; readonly rejection: Rejection };

/** Not a refusal yet: 407, and the peer may try (again). */
export type Challenged = {
  readonly kind: "challenge";
  readonly stale: boolean;
  readonly input: string;
  readonly detail: string;
};

/** Peers write what they like; a step quotes no more of it than this. */
const MAX_QUOTED_CHARACTERS = 128;

export function pass(input: string, detail: string): Passed<undefined>;
export function pass<Found>(input: string, detail: string, found: Found): Passed<Found>;
export function pass<Found>(input: string, detail: string, found?: Found): Passed<Found | undefined> {
  return { kind: "pass", input, detail, found };
}

/** The rule does not apply to this call. */
export function skip<Found>(input: string, detail: string, found: Found): Passed<Found> {
  return { kind: "skip", input, detail, found };
}

/** The rule found something out; it does not judge. */
export function info<Found>(input: string, detail: string, found: Found): Passed<Found> {
  return { kind: "info", input, detail, found };
}

/** A refusal with the status and phrase that the catalogue gives this code; `status` where one code has several. */
export function refuse(
  code: RefusalCode,
  input: string,
  detail: string,
  status?: Pick<Rejection, "status" | "phrase">,
): Refused {
  const sip = status ?? errorEntry(code).sip;
  return { kind: "refuse", input, rejection: { kind: "reject", ...sip, code, detail } };
}

/** The trace of one decision as it grows: one step per rule asked. */
export class Trail {
  readonly #steps: TraceStep[] = [];

  get steps(): readonly TraceStep[] {
    return this.#steps;
  }

  /** Writes down what a rule said, and hands it on. */
  note<Said extends Ruling<unknown> | Challenged>(rule: string, said: Said): Said {
    this.#steps.push({ rule, input: quoted(said.input), verdict: verdictOf(said), detail: detailOf(said), atMs: 0 });
    return said;
  }

  /**
   * Asks rules that only judge, in order, up to the first that refuses. A rule without a word (undefined) had no occasion and leaves no
   * step.
   */
  firstRefusal(
    rules: readonly (readonly [rule: string, ask: () => Ruling<unknown> | undefined])[],
  ): Refused | undefined {
    for (const [rule, ask] of rules) {
      const said = ask();
      if (said && this.note(rule, said).kind === "refuse") return said as Refused;
    }
    return undefined;
  }
}

function verdictOf(said: Ruling<unknown> | Challenged): TraceStep["verdict"] {
  return said.kind === "challenge" ? "info" : said.kind;
}

function detailOf(said: Ruling<unknown> | Challenged): string {
  return said.kind === "refuse" ? said.rejection.detail : said.detail;
}

/** A peer's text, cut to a length that a record can bear. */
export function quoted(text: string): string {
  return text.length > MAX_QUOTED_CHARACTERS ? `${text.slice(0, MAX_QUOTED_CHARACTERS)}...` : text;
}
