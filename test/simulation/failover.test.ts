import { describe, it } from "vitest";
import { type Dice, PLAIN, type Plan, type Target } from "./plan.ts";
import { playSeeds } from "./seeds.ts";

const file = "failover.test.ts";
const NOBODY_HANGS_UP = 300_000;

function target(dice: Dice): Target {
  switch (dice.upTo(5)) {
    case 0:
    case 1:
      return { kind: "absent" };
    case 2:
    case 3:
      return { kind: "refuse", afterMs: dice.upTo(3_000), status: dice.pick([503, 503, 500, 486, 404, 603, 480]) };
    default:
      return dice.answering();
  }
}

function failover(dice: Dice): Plan {
  return {
    direction: dice.direction(),
    weather: dice.weather(),
    giveUpAfterMs: dice.chance(0.8) ? 60_000 : dice.upTo(15_000),
    targets: [target(dice), target(dice), target(dice)],
    callerActs: [{ afterMs: dice.upTo(6_000), act: "BYE" }],
    calleeActs: dice.chance(0.5) ? [{ afterMs: dice.upTo(6_000), act: "BYE" }] : [],
    calleeRefusesOffers: false,
    extensions: PLAIN,
    disturbances: [],
    maxDurationMs: NOBODY_HANGS_UP,
    compareAfterMs: null,
  };
}

describe("targets that are silent, refuse or answer (TERM-12, ORIG-4)", () => {
  it("failover", () =>
    playSeeds({ file, name: "failover" }, 4_000, failover, [
      /talked, bye \| completed/,
      /486 \| busy/,
      /487 \| canceled/,
    ]));
});
