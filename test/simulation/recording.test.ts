import { describe, it } from "vitest";
import { ELSEWHERE } from "./configuration.ts";
import { type Dice, type Disturbance, PLAIN, type Plan, type Target } from "./plan.ts";
import { playSeeds } from "./seeds.ts";

const file = "recording.test.ts";

function target(dice: Dice): Target {
  const afterMs = dice.upTo(2_000);
  if (dice.chance(0.3)) return { kind: "redirect", afterMs, contact: `<sip:${ELSEWHERE}>` };
  return dice.chance(0.3) ? { kind: "absent" } : { kind: "refuse", afterMs, status: 503 };
}

function recorded(dice: Dice, disturbances: readonly Disturbance[] = []): Plan {
  return {
    direction: dice.direction(),
    weather: dice.weather(),
    giveUpAfterMs: dice.chance(0.7) ? 60_000 : dice.upTo(8_000),
    targets: [...(dice.chance(0.4) ? [target(dice)] : []), dice.answering()],
    elsewhere: dice.answering(),
    callerActs: [
      { afterMs: dice.upTo(8_000), act: "BYE" },
      ...(dice.chance(0.3) ? ([{ afterMs: dice.upTo(3_000), act: "hold" }] as const) : []),
    ],
    calleeActs: dice.chance(0.5) ? [{ afterMs: dice.upTo(8_000), act: "BYE" }] : [],
    calleeRefusesOffers: false,
    extensions: PLAIN,
    disturbances,
    maxDurationMs: 300_000,
    compareAfterMs: null,
    recording: {
      mode: dice.pick(["record-from-ringing-dual", "record-from-answer"]),
      recorderMs: dice.chance(0.2) ? dice.pick([2_600, 10_000, null]) : dice.upTo(2_400),
    },
  };
}

describe("recorded calls (REC-1, REC-4)", () => {
  it("whatever the recorder takes: none is answered before its recording runs or is given up, none goes on after it", () =>
    playSeeds({ file, name: "whatever the recorder takes" }, 3_000, (dice) => recorded(dice), [
      /talked, bye \| completed/,
      /\| canceled 487/,
    ]));

  it("the edge dies amid them", () =>
    playSeeds(
      { file, name: "the edge dies" },
      1_000,
      (dice) => recorded(dice, [{ kind: "crash", atMs: dice.upTo(8_000), downMs: dice.pick([300, 2_000, 20_000]) }]),
      [/talked, local \| completed/],
    ));
});
