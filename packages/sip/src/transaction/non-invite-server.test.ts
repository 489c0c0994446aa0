import { expect, it } from "vitest";
import { type Input, type Output, start, step, type Timer } from "./non-invite-server.ts";

const request: Input = { kind: "request" };
const respond = (status: number): Input => ({ kind: "respond", status, wire: String(status) });
const timer = (name: Timer): Input => ({ kind: "timer", timer: name });

function play(reliable: boolean, ...inputs: Input[]): string {
  let { state, outputs } = start();
  const words = outputs.map(word);
  for (const input of inputs) {
    ({ state, outputs } = step(state, input, reliable));
    words.push(...outputs.map(word));
  }
  return [...words, "=>", state.name].join(" ");
}

function word(output: Output): string {
  if (output.kind === "send") return `<${output.wire}`;
  if (output.kind === "set") return `+${output.timer}${output.afterMs}`;
  return output.kind === "clear" ? `-${output.timer}` : "100?";
}

const cases: [title: string, reliable: boolean, inputs: Input[], want: string][] = [
  ["§17.2.2 Trying passes over a retransmission", false, [request], "+trying3500 => trying"],
  [
    "RFC 4320 §4.1: 100 after 3.5 s of silence",
    false,
    [timer("trying"), respond(100)],
    "+trying3500 100? <100 => proceeding",
  ],
  [
    "§17.2.2 Proceeding answers a retransmission",
    false,
    [respond(100), request],
    "+trying3500 <100 <100 => proceeding",
  ],
  ["RFC 4320 §4.1: no other provisional response", false, [respond(183)], "+trying3500 => trying"],
  [
    "§17.2.2 Completed repeats the final response until J, over UDP 64*T1",
    false,
    [respond(200), request, respond(500), timer("J")],
    "+trying3500 -trying <200 +J32000 <200 => terminated",
  ],
  ["§17.2.2 J is zero over a reliable transport", true, [respond(200)], "+trying3500 -trying <200 +J0 => completed"],
  ["RFC 4320 §4.2: a 408 is never sent", false, [respond(408)], "+trying3500 => terminated"],
];

it.each(cases)("%s", (_title, reliable, inputs, want) => {
  expect(play(reliable, ...inputs)).toBe(want);
});
