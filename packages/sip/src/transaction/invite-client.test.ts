import { expect, it } from "vitest";
import { type Input, type Output, start, step, type Timer } from "./invite-client.ts";

const response = (status: number): Input => ({ kind: "response", status });
const timer = (name: Timer): Input => ({ kind: "timer", timer: name });
const abandoned: Input = { kind: "abandoned" };
const transportError: Input = { kind: "transport-error" };

/** What follows the first INVITE; `>` is the INVITE, `!` the ACK, `^` a response for the user. */
function play(reliable: boolean, ...inputs: Input[]): string {
  let { state, outputs } = start(reliable);
  const words = outputs.map(word);
  for (const input of inputs) {
    ({ state, outputs } = step(state, input, reliable));
    words.push(...outputs.map(word));
  }
  const end = state.name === "terminated" ? `terminated ${state.cause}` : state.name;
  return [...words, "=>", end].join(" ");
}

function word(output: Output): string {
  if (output.kind === "set") return `+${output.timer}${output.afterMs}`;
  if (output.kind === "clear") return `-${output.timer}`;
  return { send: ">", acknowledge: "!", deliver: "^" }[output.kind];
}

const cases: [title: string, reliable: boolean, inputs: Input[], want: string][] = [
  [
    "§17.1.1.2 A doubles without limit over UDP",
    false,
    [timer("A"), timer("A"), timer("A"), timer("A")],
    "> +B32000 +A500 > +A1000 > +A2000 > +A4000 > +A8000 => calling",
  ],
  ["§17.1.1.2 no A over TCP", true, [], "> +B32000 => calling"],
  ["§17.1.1.2 B gives up", false, [timer("B")], "> +B32000 +A500 => terminated timeout"],
  ["§17.1.1.2 a 1xx stops A and B", false, [response(100), response(180)], "> +B32000 +A500 -A -B ^ ^ => proceeding"],
  [
    "RFC 6026 §7.2: 2xx enters Accepted, which passes further 2xx on until M",
    false,
    [response(200), response(200), response(180), timer("M")],
    "> +B32000 +A500 -A -B +M32000 ^ ^ => terminated done",
  ],
  [
    "§17.1.1.2 a refusal is acknowledged each time, told once",
    false,
    [response(180), response(486), response(486)],
    "> +B32000 +A500 -A -B ^ -patience ! +D32000 ^ ! => completed",
  ],
  ["§17.1.1.2 D is zero over TCP", true, [response(486), timer("D")], "> +B32000 -A -B ! +D0 ^ => terminated done"],
  ["§17.1.4 a transport error ends Calling", false, [transportError], "> +B32000 +A500 => terminated transport"],
  [
    "§18.2.2 a broken connection does not end Proceeding",
    true,
    [response(180), transportError],
    "> +B32000 -A -B ^ => proceeding",
  ],
  [
    "§9.1 no final response within 64*T1 of the CANCEL ends it",
    false,
    [response(180), abandoned, timer("patience")],
    "> +B32000 +A500 -A -B ^ +patience32000 => terminated timeout",
  ],
  [
    "§9.1 the 487 stops that wait",
    false,
    [response(180), abandoned, response(487)],
    "> +B32000 +A500 -A -B ^ +patience32000 -patience ! +D32000 ^ => completed",
  ],
];

it.each(cases)("%s", (_title, reliable, inputs, want) => {
  expect(play(reliable, ...inputs)).toBe(want);
});
