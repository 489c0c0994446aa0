import { describe, it } from "vitest";
import { type Dice, PLAIN, type Plan } from "./plan.ts";
import { playSeeds } from "./seeds.ts";

const file = "ending.test.ts";

function call(dice: Dice, change: Partial<Plan>): Plan {
  return {
    direction: dice.direction(),
    weather: dice.weather(),
    giveUpAfterMs: 60_000,
    targets: [dice.answering()],
    callerActs: [],
    calleeActs: [],
    calleeRefusesOffers: false,
    extensions: PLAIN,
    disturbances: [],
    maxDurationMs: 300_000,
    compareAfterMs: null,
    ...change,
  };
}

/** From before the first response to after the 200, most often right around it. */
function cancel(dice: Dice): Plan {
  const target = dice.answering();
  const giveUpAfterMs = dice.chance(0.3) ? dice.upTo(600) : Math.max(0, target.answerAfterMs + dice.between(-300, 800));
  const targets = dice.chance(0.2) ? [{ kind: "ring" } as const] : [target];
  return call(dice, { targets, giveUpAfterMs, callerActs: [{ afterMs: dice.upTo(3_000), act: "BYE" }] });
}

function hangUp(dice: Dice): Plan {
  return call(dice, {
    targets: dice.chance(0.2) ? [{ kind: "absent" }, dice.answering()] : [dice.answering()],
    disturbances: [{ kind: "hang up", atMs: dice.upTo(9_000) }],
    callerActs: [{ afterMs: 20_000, act: "BYE" }],
  });
}

function tooLong(dice: Dice): Plan {
  const maxDurationMs = 1_000 * dice.between(5, 20);
  return call(dice, {
    maxDurationMs,
    callerActs: [{ afterMs: dice.chance(0.7) ? 30_000 : maxDurationMs + dice.between(-300, 300), act: "BYE" }],
    calleeActs: dice.chance(0.3) ? [{ afterMs: dice.upTo(4_000), act: "hold" }] : [],
  });
}

/** Nobody is heard: before the answer that is no news, after it the call is ended. */
function silent(dice: Dice): Plan {
  return call(dice, {
    disturbances: [{ kind: "silence", atMs: dice.upTo(9_000) }],
    callerActs: [{ afterMs: dice.between(1_000, 12_000), act: "BYE" }],
    calleeActs: dice.chance(0.3) ? [{ afterMs: dice.upTo(4_000), act: "hold" }] : [],
  });
}

function drain(dice: Dice): Plan {
  return call(dice, {
    disturbances: [{ kind: "drain", atMs: dice.upTo(8_000), graceMs: dice.pick([0, 1_000, 5_000]) }],
    callerActs: [{ afterMs: dice.upTo(12_000), act: "BYE" }],
  });
}

describe("how calls end", () => {
  it("CANCEL at any time, the 200 crossing it among others (RFC 3261 §9, RFC 5407 §3.1.2)", () =>
    playSeeds({ file, name: "CANCEL at any time" }, 4_000, cancel, [
      /487 \| canceled 487/,
      /talked, local \| completed/,
    ]));

  it("a hang-up by API in any state", () =>
    playSeeds({ file, name: "hang-up by API" }, 1_200, hangUp, [/talked, bye \| completed/, /487 \| canceled/]));

  it("32015: the maximum duration", () =>
    playSeeds({ file, name: "maximum duration" }, 800, tooLong, [/talked, bye \| completed/]));

  it("32014: nobody is heard (MED-4)", () =>
    playSeeds({ file, name: "nobody is heard" }, 800, silent, [/talked, bye \| completed/]));

  it("draining: no new calls, then the running ones end", () =>
    playSeeds({ file, name: "draining" }, 1_000, drain, [/503 \|/, /talked, bye \| completed/]));
});
