import { GIVE_UP_MS, LATE_TRYING_MS } from "./timers.ts";

/** `trying`: no letter in RFC 3261; the late 100 of RFC 4320 §4.1. */
export type Timer = "J" | "trying";

/** Non-INVITE server transaction, RFC 3261 §17.2.2 as amended by RFC 4320. `last` is the wire text of the last response. */
export type State =
  | { readonly name: "trying" }
  | { readonly name: "proceeding"; readonly last: string }
  | { readonly name: "completed"; readonly last: string }
  | { readonly name: "terminated" };

export type Input =
  /** A retransmission. */
  | { readonly kind: "request" }
  | { readonly kind: "respond"; readonly status: number; readonly wire: string }
  | { readonly kind: "timer"; readonly timer: Timer };

export type Output =
  | { readonly kind: "send"; readonly wire: string }
  /** The user has been silent for 3.5 s: answer 100, and feed it back as `respond`. */
  | { readonly kind: "want-trying" }
  | { readonly kind: "set"; readonly timer: Timer; readonly afterMs: number }
  | { readonly kind: "clear"; readonly timer: Timer };

export type Step = { readonly state: State; readonly outputs: readonly Output[] };

export function start(): Step {
  return { state: { name: "trying" }, outputs: [{ kind: "set", timer: "trying", afterMs: LATE_TRYING_MS }] };
}

export function step(state: State, input: Input, reliable: boolean): Step {
  switch (state.name) {
    case "trying":
    case "proceeding":
      return open(state, input, reliable);
    case "completed":
      // "Any other final responses passed by the TU to the server transaction MUST be discarded" (§17.2.2).
      if (input.kind === "request") return { state, outputs: [{ kind: "send", wire: state.last }] };
      if (input.kind === "timer" && input.timer === "J") return { state: { name: "terminated" }, outputs: [] };
      return { state, outputs: [] };
    case "terminated":
      return { state, outputs: [] };
    default:
      return state satisfies never;
  }
}

function open(state: State & { name: "trying" | "proceeding" }, input: Input, reliable: boolean): Step {
  if (input.kind === "request") {
    return { state, outputs: state.name === "proceeding" ? [{ kind: "send", wire: state.last }] : [] };
  }
  if (input.kind === "timer") {
    return { state, outputs: input.timer === "trying" && state.name === "trying" ? [{ kind: "want-trying" }] : [] };
  }
  const { status, wire } = input;
  if (status < 200) {
    // RFC 4320 §4.1: no provisional response but 100.
    if (status !== 100) return { state, outputs: [] };
    return { state: { name: "proceeding", last: wire }, outputs: [{ kind: "send", wire }] };
  }
  // RFC 4320 §4.2: "MUST NOT send a 408"; the peer has given up by then anyway.
  if (status === 408) return { state: { name: "terminated" }, outputs: [] };
  return {
    state: { name: "completed", last: wire },
    outputs: [
      { kind: "clear", timer: "trying" },
      { kind: "send", wire },
      { kind: "set", timer: "J", afterMs: reliable ? 0 : GIVE_UP_MS },
    ],
  };
}
