import { GIVE_UP_MS, T1_MS, TIMER_D_MS } from "./timers.ts";

/** `patience`: no letter in RFC 3261; how long a final response may take after our CANCEL (§9.1) or BYE. */
export type Timer = "A" | "B" | "D" | "M" | "patience";

/** INVITE client transaction, RFC 3261 §17.1.1 as amended by RFC 6026 §7.2. */
export type State =
  | { readonly name: "calling"; readonly aMs: number }
  | { readonly name: "proceeding" }
  | { readonly name: "accepted" }
  | { readonly name: "completed" }
  | { readonly name: "terminated"; readonly cause: "done" | "timeout" | "transport" };

export type Input =
  | { readonly kind: "response"; readonly status: number }
  /** A CANCEL was sent for it, or its dialog is over: the final response is not waited for without limit any more. */
  | { readonly kind: "abandoned" }
  | { readonly kind: "timer"; readonly timer: Timer }
  | { readonly kind: "transport-error" };

export type Output =
  /** The request, first time or again. */
  | { readonly kind: "send" }
  /** The ACK of a refusal (§17.1.1.3), first time or again. */
  | { readonly kind: "acknowledge" }
  | { readonly kind: "deliver" }
  | { readonly kind: "set"; readonly timer: Timer; readonly afterMs: number }
  | { readonly kind: "clear"; readonly timer: Timer };

export type Step = { readonly state: State; readonly outputs: readonly Output[] };

export function start(reliable: boolean): Step {
  const outputs: Output[] = [{ kind: "send" }, { kind: "set", timer: "B", afterMs: GIVE_UP_MS }];
  if (!reliable) outputs.push({ kind: "set", timer: "A", afterMs: T1_MS });
  return { state: { name: "calling", aMs: T1_MS }, outputs };
}

export function step(state: State, input: Input, reliable: boolean): Step {
  switch (state.name) {
    case "calling":
      return calling(state, input, reliable);
    case "proceeding":
      return proceeding(state, input, reliable);
    case "accepted":
      if (input.kind === "response" && isSuccess(input.status)) return stay(state, { kind: "deliver" });
      return isTimer(input, "M") ? terminate("done") : stay(state);
    case "completed":
      if (input.kind === "response" && input.status >= 300) return stay(state, { kind: "acknowledge" });
      return isTimer(input, "D") || input.kind === "transport-error" ? terminate("done") : stay(state);
    case "terminated":
      return stay(state);
    default:
      return state satisfies never;
  }
}

function calling(state: State & { name: "calling" }, input: Input, reliable: boolean): Step {
  if (input.kind === "transport-error") return terminate("transport");
  if (isTimer(input, "B")) return terminate("timeout");
  if (isTimer(input, "A")) {
    const aMs = 2 * state.aMs;
    return { state: { name: "calling", aMs }, outputs: [{ kind: "send" }, { kind: "set", timer: "A", afterMs: aMs }] };
  }
  if (input.kind !== "response") return stay(state);
  return answered({ name: "proceeding" }, input.status, reliable, [
    { kind: "clear", timer: "A" },
    { kind: "clear", timer: "B" },
  ]);
}

/** A broken connection is no end here: the answer may still come over a new one (§18.2.2). */
function proceeding(state: State & { name: "proceeding" }, input: Input, reliable: boolean): Step {
  if (input.kind === "abandoned") return stay(state, { kind: "set", timer: "patience", afterMs: GIVE_UP_MS });
  if (isTimer(input, "patience")) return terminate("timeout");
  if (input.kind !== "response") return stay(state);
  return answered(state, input.status, reliable, input.status < 200 ? [] : [{ kind: "clear", timer: "patience" }]);
}

function answered(provisional: State, status: number, reliable: boolean, outputs: Output[]): Step {
  if (status < 200) {
    outputs.push({ kind: "deliver" });
    return { state: provisional, outputs };
  }
  if (isSuccess(status)) {
    outputs.push({ kind: "set", timer: "M", afterMs: GIVE_UP_MS }, { kind: "deliver" });
    return { state: { name: "accepted" }, outputs };
  }
  outputs.push({ kind: "acknowledge" }, { kind: "set", timer: "D", afterMs: reliable ? 0 : TIMER_D_MS });
  outputs.push({ kind: "deliver" });
  return { state: { name: "completed" }, outputs };
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function isTimer(input: Input, timer: Timer): boolean {
  return input.kind === "timer" && input.timer === timer;
}

function terminate(cause: "done" | "timeout" | "transport"): Step {
  return { state: { name: "terminated", cause }, outputs: [] };
}

function stay(state: State, ...outputs: Output[]): Step {
  return { state, outputs };
}
