import { expect, it } from "vitest";
import { type Behaviour, DEFAULT_BEHAVIOUR, parseBehaviour } from "./behaviour.ts";

const cases: [number: string, want: Behaviour][] = [
  ["+12025550100", DEFAULT_BEHAVIOUR],
  ["", DEFAULT_BEHAVIOUR],
  ["15005551486", DEFAULT_BEHAVIOUR],
  ["+15005551486", { kind: "final", status: 486 }],
  ["+15005551300", { kind: "final", status: 300 }],
  ["+15005551699", { kind: "final", status: 699 }],
  ["+15005551200", DEFAULT_BEHAVIOUR],
  ["+15005551700", DEFAULT_BEHAVIOUR],
  ["+150055514860", DEFAULT_BEHAVIOUR],
  ["+15005552000", { ...DEFAULT_BEHAVIOUR, answerAfterMs: 200 }],
  ["+15005552007", { ...DEFAULT_BEHAVIOUR, answerAfterMs: 7_200 }],
  ["+15005552099", { ...DEFAULT_BEHAVIOUR, answerAfterMs: 99_200 }],
  ["+15005552100", { ...DEFAULT_BEHAVIOUR, earlyMedia: { kind: "tone", hz: 440 }, answerAfterMs: 2_200 }],
  ["+15005552200", { kind: "ring" }],
  ["+15005552300", { ...DEFAULT_BEHAVIOUR, audio: { kind: "tone", hz: 440 } }],
  ["+15005552400", { ...DEFAULT_BEHAVIOUR, digits: "1234#" }],
  ["+15005552500", { ...DEFAULT_BEHAVIOUR, audio: { kind: "none" } }],
  ["+15005552600", { kind: "drop" }],
  ["+15005552700", { ...DEFAULT_BEHAVIOUR, hangupAfterMs: 0 }],
  ["+15005552703", { ...DEFAULT_BEHAVIOUR, hangupAfterMs: 3_000 }],
  ["+15005552800", { ...DEFAULT_BEHAVIOUR, hold: { afterMs: 1_000, forMs: 1_000 } }],
  ["toString", DEFAULT_BEHAVIOUR],
  ["constructor", DEFAULT_BEHAVIOUR],
];
it.each(cases)("interface §4: the called number %j scripts the simulated PSTN", (number, want) => {
  expect(parseBehaviour(number)).toEqual(want);
});
