import { GIVE_UP_MS, T1_MS, T2_MS, T4_MS } from "./timers.ts";

export type Timer = "E" | "F" | "K";

/** Non-INVITE client transaction, RFC 3261 §17.1.2. */
export type State =
  | { readonly name: "trying"; readonly eMs: number }
  | { readonly name: "proceeding" }
  | { readonly name: "completed" }
  | { readonly name: "terminated"; readonly cause: "done" | "timeout" | "transport" };

export type Input =
  | { readonly kind: "response"; readonly status: number }
  | { readonly kind: "timer"; readonly timer: Timer }
  | { readonly kind: "transport-error" };

export type Output =
  /** The request, first time or again. */
  | { readonly kind: "send" }
  | { readonly kind: "deliver" }
  | { readonly kind: "set"; readonly timer: Timer; readonly afterMs: number }
  | { readonly kind: "clear"; readonly timer: Timer };

export type Step = { readonly state: State; readonly outputs: readonly Output[] };

export function start(reliable: boolean): Step {
  const outputs: Output[] = [{ kind: "send" }, { kind: "set", timer: "F", afterMs: GIVE_UP_MS }];
  if (!reliable) outputs.push({ kind: "set", timer: "E", afterMs: T1_MS });
  return { state: { name: "trying", eMs: T1_MS }, outputs };
}

export function step(state: State, input: Input, reliable: boolean): Step {
  switch (state.name) {
    case "trying":
    case "proceeding":
      return open(state, input, reliable);
    case "completed":
      if (input.kind === "timer" && input.timer === "K") return terminate("done");
      return { state, outputs: [] };
    case "terminated":
      return { state, outputs: [] };
    default:
      return state satisfies never;
  }
}

function open(state: State & { name: "trying" | "proceeding" }, input: Input, reliable: boolean): Step {
  if (input.kind === "transport-error") return terminate("transport");
  if (input.kind === "timer") {
    if (input.timer === "F") return terminate("timeout");
    if (input.timer !== "E") return { state, outputs: [] };
    const eMs = state.name === "trying" ? Math.min(2 * state.eMs, T2_MS) : T2_MS;
    return {
      state: state.name === "trying" ? { name: "trying", eMs } : state,
      outputs: [{ kind: "send" }, { kind: "set", timer: "E", afterMs: eMs }],
    };
  }
  if (input.status < 200) return { state: { name: "proceeding" }, outputs: [{ kind: "deliver" }] };
  return {
    state: { name: "completed" },
    outputs: [
      { kind: "clear", timer: "E" },
      { kind: "clear", timer: "F" },
      { kind: "set", timer: "K", afterMs: reliable ? 0 : T4_MS },
      { kind: "deliver" },
    ],
  };
}

function terminate(cause: "done" | "timeout" | "transport"): Step {
  return { state: { name: "terminated", cause }, outputs: [] };
}
