/** What is said to whoever answers a verification call. */
export type Prompt = "ask" | "again" | "right" | "wrong";

/** How often the code may be keyed in. */
const TRIES = 3;
/** From the end of a prompt to the first digit, and from digit to digit: people read the code from a screen. */
const FIRST_DIGIT_MS = 10_000;
const NEXT_DIGIT_MS = 5_000;

export type VerificationPlan = {
  /** Six digits. */
  readonly code: string;
  /** Dialled after the answer; empty: nobody has to be asked for. */
  readonly extension: string;
};

export type VerificationState =
  | { readonly name: "calling" }
  | { readonly name: "dialling" }
  /** The code is being asked for, or keyed in. */
  | { readonly name: "asking"; readonly triesLeft: number; readonly digits: string }
  /** The code was right, and that is being written down. */
  | { readonly name: "settling" }
  | { readonly name: "parting" }
  | { readonly name: "over" };

export type VerificationInput =
  | { readonly kind: "answered" }
  /** The extension has been dialled. */
  | { readonly kind: "dialled" }
  | { readonly kind: "played" }
  | { readonly kind: "digit"; readonly digit: string }
  | { readonly kind: "timer" }
  | { readonly kind: "settled"; readonly isVerified: boolean };

export type VerificationOutput =
  | { readonly kind: "dial" }
  | { readonly kind: "play"; readonly prompt: Prompt }
  /** Whoever keys in wants to listen no more. */
  | { readonly kind: "hush" }
  | { readonly kind: "set"; readonly afterMs: number }
  | { readonly kind: "clear" }
  | { readonly kind: "settle" }
  | { readonly kind: "hang-up" };

export type VerificationStep = { readonly state: VerificationState; readonly outputs: readonly VerificationOutput[] };

/**
 * The conversation of a verification call (NUM-4): asks for six digits, three times at most, and says whether they were right. Pure.
 *
 * `#` ends an entry early, `*` begins it anew. That the number is verified is said only when it is durable.
 */
export function step(plan: VerificationPlan, state: VerificationState, input: VerificationInput): VerificationStep {
  switch (state.name) {
    case "calling":
      if (input.kind !== "answered") return stay(state);
      return plan.extension === "" ? ask("ask", TRIES) : stay({ name: "dialling" }, { kind: "dial" });
    case "dialling":
      return input.kind === "dialled" ? ask("ask", TRIES) : stay(state);
    case "asking":
      return asking(plan, state, input);
    case "settling":
      return input.kind === "settled" ? part(input.isVerified ? "right" : "wrong") : stay(state);
    case "parting":
      return input.kind === "played" ? stay({ name: "over" }, { kind: "hang-up" }) : stay(state);
    case "over":
      return stay(state);
    default:
      return state satisfies never;
  }
}

type Asking = Extract<VerificationState, { readonly name: "asking" }>;

function asking(plan: VerificationPlan, state: Asking, input: VerificationInput): VerificationStep {
  switch (input.kind) {
    case "digit":
      return onDigit(plan, state, input.digit);
    case "played":
      return state.digits === "" ? stay(state, { kind: "set", afterMs: FIRST_DIGIT_MS }) : stay(state);
    case "timer":
      return judge(plan, state);
    default:
      return stay(state);
  }
}

function onDigit(plan: VerificationPlan, state: Asking, digit: string): VerificationStep {
  if (digit === "#") return state.digits === "" ? stay(state) : judge(plan, state);
  if (digit !== "*" && !/^\d$/.test(digit)) return stay(state);
  const next: Asking = { ...state, digits: digit === "*" ? "" : state.digits + digit };
  if (next.digits.length === plan.code.length) return judge(plan, next);
  return stay(next, { kind: "hush" }, { kind: "set", afterMs: next.digits === "" ? FIRST_DIGIT_MS : NEXT_DIGIT_MS });
}

function judge({ code }: VerificationPlan, { digits, triesLeft }: Asking): VerificationStep {
  if (digits === code) return stay({ name: "settling" }, { kind: "clear" }, { kind: "hush" }, { kind: "settle" });
  return triesLeft > 1 ? ask("again", triesLeft - 1) : part("wrong");
}

function ask(prompt: "ask" | "again", triesLeft: number): VerificationStep {
  return stay({ name: "asking", triesLeft, digits: "" }, { kind: "clear" }, { kind: "play", prompt });
}

function part(prompt: "right" | "wrong"): VerificationStep {
  return stay({ name: "parting" }, { kind: "clear" }, { kind: "play", prompt });
}

function stay(state: VerificationState, ...outputs: VerificationOutput[]): VerificationStep {
  return { state, outputs };
}
