import { expect, it } from "vitest";
import { type Input, type Output, start, step, type Timer } from "./non-invite-client.ts";

const response = (status: number): Input => ({ kind: "response", status });
const timer = (name: Timer): Input => ({ kind: "timer", timer: name });
const transportError: Input = { kind: "transport-error" };

/** `>` is the request, `^` a response for the user. */
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
  return output.kind === "send" ? ">" : "^";
}

const cases: [title: string, reliable: boolean, inputs: Input[], want: string][] = [
  [
    "§17.1.2.2 E doubles up to T2 over UDP",
    false,
    [timer("E"), timer("E"), timer("E"), timer("E")],
    "> +F32000 +E500 > +E1000 > +E2000 > +E4000 > +E4000 => trying",
  ],
  [
    "§17.1.2.2 in Proceeding E is T2 at once",
    false,
    [response(100), timer("E")],
    "> +F32000 +E500 ^ > +E4000 => proceeding",
  ],
  [
    "§17.1.2.2 F gives up in Proceeding too",
    false,
    [response(100), timer("F")],
    "> +F32000 +E500 ^ => terminated timeout",
  ],
  [
    "§17.1.2.2 Completed absorbs responses for T4 over UDP",
    false,
    [response(200), response(200), timer("K")],
    "> +F32000 +E500 -E -F +K5000 ^ => terminated done",
  ],
  ["§17.1.2.2 no E, and K is zero, over TCP", true, [response(200)], "> +F32000 -E -F +K0 ^ => completed"],
  ["§17.1.4 a transport error ends it", false, [transportError], "> +F32000 +E500 => terminated transport"],
];

it.each(cases)("%s", (_title, reliable, inputs, want) => {
  expect(play(reliable, ...inputs)).toBe(want);
});
