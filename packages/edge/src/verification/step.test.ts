import { describe, expect, it } from "vitest";
import { step, type VerificationInput, type VerificationOutput, type VerificationState } from "./step.ts";

const answered: VerificationInput = { kind: "answered" };
const dialled: VerificationInput = { kind: "dialled" };
const played: VerificationInput = { kind: "played" };
const timer: VerificationInput = { kind: "timer" };
const stored: VerificationInput = { kind: "settled", isVerified: true };
const notStored: VerificationInput = { kind: "settled", isVerified: false };
const keys = (digits: string): VerificationInput[] => [...digits].map((digit) => ({ kind: "digit", digit }));

/** What is done, in order, and the state at the end; `hush` and timers after a digit are left out, since every digit has them. */
function play(extension: string, ...inputs: VerificationInput[]): string {
  let state: VerificationState = { name: "calling" };
  const told = inputs.flatMap((input) => {
    const taken = step({ code: "123456", extension }, state, input);
    state = taken.state;
    return input.kind === "digit" ? taken.outputs.filter(isDecisive).map(show) : taken.outputs.map(show);
  });
  return `${told.join(" ")} => ${state.name}`;
}

const isDecisive = ({ kind }: VerificationOutput): boolean =>
  kind === "play" || kind === "settle" || kind === "hang-up";

function show(output: VerificationOutput): string {
  switch (output.kind) {
    case "play":
      return `"${output.prompt}"`;
    case "set":
      return `+${output.afterMs}`;
    default:
      return output.kind;
  }
}

const ASKED = 'clear "ask" +10000';

describe("NUM-4: the conversation of a verification call", () => {
  it.each<[title: string, extension: string, inputs: VerificationInput[], want: string]>([
    [
      "asks, and says that the code was right once that is stored",
      "",
      [answered, played, ...keys("123456"), stored, played],
      `${ASKED} settle clear "right" hang-up => over`,
    ],
    ["says nothing before that", "", [answered, played, ...keys("123456")], `${ASKED} settle => settling`],
    [
      "says that it is not verified when it could not be stored",
      "",
      [answered, played, ...keys("123456"), notStored, played],
      `${ASKED} settle clear "wrong" hang-up => over`,
    ],
    [
      "a code keyed in before the prompt ends counts",
      "",
      [answered, ...keys("123456"), stored],
      'clear "ask" settle clear "right" => parting',
    ],
    [
      "asks again twice",
      "",
      [answered, played, ...keys("111111"), played, ...keys("222222"), played, ...keys("123456")],
      `${ASKED} "again" +10000 "again" +10000 settle => settling`,
    ],
    [
      "and not a third time",
      "",
      [answered, played, ...keys("111111"), ...keys("222222"), ...keys("333333"), ...keys("123456"), played],
      `${ASKED} "again" "again" "wrong" hang-up => over`,
    ],
    ["silence is a wrong entry", "", [answered, played, timer], `${ASKED} clear "again" => asking`],
    ["too few digits are one", "", [answered, played, ...keys("12345"), timer], `${ASKED} clear "again" => asking`],
    ["# ends an entry", "", [answered, played, ...keys("123#")], `${ASKED} "again" => asking`],
    ["# before any digit is nothing", "", [answered, played, ...keys("#123456")], `${ASKED} settle => settling`],
    ["* begins anew", "", [answered, played, ...keys("99*123456")], `${ASKED} settle => settling`],
    ["A to D are no digits of a code", "", [answered, played, ...keys("A1B2C3D456")], `${ASKED} settle => settling`],
    [
      "a flood of digits has three tries like everybody",
      "",
      [answered, ...keys("9".repeat(500)), played, ...keys("123456")],
      'clear "ask" "again" "again" "wrong" hang-up => over',
    ],
    ["dials the extension first", "42", [answered, dialled, played], `dial ${ASKED} => asking`],
    ["what is heard meanwhile is no code", "42", [answered, ...keys("123456"), dialled], 'dial clear "ask" => asking'],
    ["digits before the answer are nobody's", "", [...keys("123456"), answered], 'clear "ask" => asking'],
  ])("%s", (_title, extension, inputs, want) => {
    expect(play(extension, ...inputs)).toBe(want);
  });

  it("every digit stops the prompt and starts the time for the next one", () => {
    const { outputs } = step(
      { code: "123456", extension: "" },
      { name: "asking", triesLeft: 3, digits: "" },
      { kind: "digit", digit: "1" },
    );
    expect(outputs).toEqual([{ kind: "hush" }, { kind: "set", afterMs: 5_000 }]);
  });
});
