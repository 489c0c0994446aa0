import { describe, it } from "vitest";
import { ELSEWHERE } from "./configuration.ts";
import { type Dice, PLAIN, type Plan, type Target } from "./plan.ts";
import { playSeeds } from "./seeds.ts";

const file = "redirect.test.ts";

function redirecting(dice: Dice): Target {
  const contact = dice.pick([`<sip:${ELSEWHERE}>`, `<sip:agent@${ELSEWHERE}:5060>;q=0.5, <sip:10.9.9.9>`]);
  return { kind: "redirect", afterMs: dice.upTo(2_000), contact };
}

function target(dice: Dice): Target {
  if (dice.chance(0.5)) return redirecting(dice);
  if (dice.chance(0.3)) return { kind: "absent" };
  return { kind: "refuse", afterMs: dice.upTo(2_000), status: dice.pick([503, 486, 480]) };
}

function elsewhere(dice: Dice): Target {
  return dice.chance(0.6) ? dice.answering() : target(dice);
}

/** Servers that send calls elsewhere, where somebody answers, nobody is, or who is there sends them on again. */
function redirect(dice: Dice): Plan {
  return {
    direction: dice.chance(0.8) ? "origination" : "termination",
    weather: dice.weather(),
    giveUpAfterMs: dice.chance(0.8) ? 60_000 : dice.upTo(8_000),
    targets: [dice.chance(0.7) ? redirecting(dice) : target(dice), target(dice), dice.answering()],
    elsewhere: elsewhere(dice),
    callerActs: [{ afterMs: dice.upTo(6_000), act: "BYE" }],
    calleeActs: dice.chance(0.5) ? [{ afterMs: dice.upTo(6_000), act: "BYE" }] : [],
    calleeRefusesOffers: false,
    extensions: PLAIN,
    disturbances: [],
    maxDurationMs: 300_000,
    compareAfterMs: null,
  };
}

describe("calls that a server sends elsewhere (ORIG-9)", () => {
  it("redirection", () =>
    playSeeds({ file, name: "redirection" }, 3_000, redirect, [
      /talked, bye \| completed/,
      /502 \| failed 502/,
      /487 \| canceled/,
    ]));
});
