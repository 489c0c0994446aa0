import { expect, it } from "vitest";
import { type Input, type Output, START, step, type Timer } from "./invite-server.ts";

const invite: Input = { kind: "invite" };
const ack: Input = { kind: "ack" };
const respond = (status: number): Input => ({ kind: "respond", status, wire: String(status) });
const timer = (name: Timer): Input => ({ kind: "timer", timer: name });

/** Plays inputs from the start; outputs and the last state on one line. */
function play(reliable: boolean, ...inputs: Input[]): string {
  let state = START;
  const words: string[] = [];
  for (const input of inputs) {
    const next = step(state, input, reliable);
    state = next.state;
    words.push(...next.outputs.map(word));
  }
  const end = state.name === "terminated" ? `terminated ${state.cause}` : state.name;
  return [...words, "=>", end].join(" ");
}

function word(output: Output): string {
  if (output.kind === "send") return `<${output.wire}`;
  if (output.kind === "set") return `+${output.timer}${output.afterMs}`;
  return output.kind === "clear" ? `-${output.timer}` : "ack";
}

const cases: [title: string, reliable: boolean, inputs: Input[], want: string][] = [
  ["§17.2.1 has nothing to repeat before the first response", false, [invite], "=> proceeding"],
  [
    "§17.2.1 absorbs a retransmitted INVITE with the last 1xx",
    false,
    [respond(100), respond(180), invite],
    "<100 <180 <180 => proceeding",
  ],
  [
    "RFC 6026 §7.1: 2xx enters Accepted and starts L",
    false,
    [respond(200), invite, ack],
    "<200 +L32000 ack => accepted",
  ],
  [
    "RFC 6026 §7.1: Accepted passes the session's repeated 2xx on",
    false,
    [respond(200), respond(200)],
    "<200 +L32000 <200 => accepted",
  ],
  [
    "RFC 6026 §7.1: Accepted takes no refusal any more",
    false,
    [respond(200), respond(486)],
    "<200 +L32000 => accepted",
  ],
  ["RFC 6026 §7.1: L ends it", false, [respond(200), timer("L")], "<200 +L32000 => terminated done"],
  [
    "§17.2.1 G doubles up to T2 over UDP",
    false,
    [respond(486), timer("G"), timer("G"), timer("G"), timer("G")],
    "<486 +H32000 +G500 <486 +G1000 <486 +G2000 <486 +G4000 <486 +G4000 => completed",
  ],
  ["§17.2.1 no G over TCP", true, [respond(486), ack], "<486 +H32000 -G -H +I0 => confirmed"],
  ["§17.2.1 Completed answers a retransmission", false, [respond(486), invite], "<486 +H32000 +G500 <486 => completed"],
  [
    "§17.2.1 H without ACK is a failure",
    false,
    [respond(486), timer("H")],
    "<486 +H32000 +G500 => terminated ack-timeout",
  ],
  [
    "§17.2.1 Confirmed absorbs further ACKs for T4 over UDP",
    false,
    [respond(486), ack, ack, invite, timer("I")],
    "<486 +H32000 +G500 -G -H +I5000 => terminated done",
  ],
  ["§17.2.1 an ACK before the final response means nothing", false, [respond(180), ack], "<180 => proceeding"],
];

it.each(cases)("%s", (_title, reliable, inputs, want) => {
  expect(play(reliable, ...inputs)).toBe(want);
});
