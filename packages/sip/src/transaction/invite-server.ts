import { GIVE_UP_MS, T1_MS, T2_MS, T4_MS } from "./timers.ts";

export type Timer = "G" | "H" | "I" | "L";

/** INVITE server transaction, RFC 3261 §17.2.1 as amended by RFC 6026 §7.1. `last` is the wire text of the last response. */
export type State =
  | { readonly name: "proceeding"; readonly last: string }
  | { readonly name: "accepted" }
  | { readonly name: "completed"; readonly last: string; readonly gMs: number }
  | { readonly name: "confirmed" }
  | { readonly name: "terminated"; readonly cause: "done" | "ack-timeout" };

/** `invite` is a retransmission. A transport error is no input: RFC 6026 §7.1 lets the state stay as it is. */
export type Input =
  | { readonly kind: "invite" }
  | { readonly kind: "respond"; readonly status: number; readonly wire: string }
  | { readonly kind: "ack" }
  | { readonly kind: "timer"; readonly timer: Timer };

export type Output =
  | { readonly kind: "send"; readonly wire: string }
  | { readonly kind: "set"; readonly timer: Timer; readonly afterMs: number }
  | { readonly kind: "clear"; readonly timer: Timer }
  /** The ACK of a 2xx, for the session. */
  | { readonly kind: "deliver-ack" };

export type Step = { readonly state: State; readonly outputs: readonly Output[] };

/** The state before any response. */
export const START: State = { name: "proceeding", last: "" };

export function step(state: State, input: Input, reliable: boolean): Step {
  switch (state.name) {
    case "proceeding":
      return proceeding(state, input, reliable);
    case "accepted":
      return accepted(state, input);
    case "completed":
      return completed(state, input, reliable);
    case "confirmed":
      return isTimer(input, "I") ? { state: { name: "terminated", cause: "done" }, outputs: [] } : stay(state);
    case "terminated":
      return stay(state);
    default:
      return state satisfies never;
  }
}

function proceeding(state: State & { name: "proceeding" }, input: Input, reliable: boolean): Step {
  if (input.kind === "invite") return state.last === "" ? stay(state) : stay(state, { kind: "send", wire: state.last });
  if (input.kind !== "respond") return stay(state);
  const { status, wire } = input;
  const send: Output = { kind: "send", wire };
  if (status < 200) return { state: { name: "proceeding", last: wire }, outputs: [send] };
  if (status < 300) {
    return { state: { name: "accepted" }, outputs: [send, { kind: "set", timer: "L", afterMs: GIVE_UP_MS }] };
  }
  const outputs: Output[] = [send, { kind: "set", timer: "H", afterMs: GIVE_UP_MS }];
  if (!reliable) outputs.push({ kind: "set", timer: "G", afterMs: T1_MS });
  return { state: { name: "completed", last: wire, gMs: T1_MS }, outputs };
}

/** The session retransmits its 2xx itself (§13.3.1.4), so an INVITE retransmission is only absorbed here. */
function accepted(state: State & { name: "accepted" }, input: Input): Step {
  if (input.kind === "ack") return stay(state, { kind: "deliver-ack" });
  if (isTimer(input, "L")) return { state: { name: "terminated", cause: "done" }, outputs: [] };
  if (input.kind === "respond" && input.status >= 200 && input.status < 300) {
    return stay(state, { kind: "send", wire: input.wire });
  }
  return stay(state);
}

function completed(state: State & { name: "completed" }, input: Input, reliable: boolean): Step {
  if (input.kind === "invite") return stay(state, { kind: "send", wire: state.last });
  if (isTimer(input, "H")) return { state: { name: "terminated", cause: "ack-timeout" }, outputs: [] };
  if (isTimer(input, "G")) {
    const gMs = Math.min(2 * state.gMs, T2_MS);
    return {
      state: { ...state, gMs },
      outputs: [
        { kind: "send", wire: state.last },
        { kind: "set", timer: "G", afterMs: gMs },
      ],
    };
  }
  if (input.kind !== "ack") return stay(state);
  const outputs: Output[] = [
    { kind: "clear", timer: "G" },
    { kind: "clear", timer: "H" },
  ];
  outputs.push({ kind: "set", timer: "I", afterMs: reliable ? 0 : T4_MS });
  return { state: { name: "confirmed" }, outputs };
}

function isTimer(input: Input, timer: Timer): boolean {
  return input.kind === "timer" && input.timer === timer;
}

function stay(state: State, ...outputs: Output[]): Step {
  return { state, outputs };
}
