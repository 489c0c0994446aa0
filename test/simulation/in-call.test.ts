import { describe, it } from "vitest";
import type { Act, TimedAct } from "./party-call.ts";
import { type Dice, PLAIN, type Plan } from "./plan.ts";
import { playSeeds } from "./seeds.ts";

const file = "in-call.test.ts";
/** After the last change: every retransmission, back-off and repair of it is over by then. */
const SETTLED_MS = 100_000;

function acts(dice: Dice, choices: readonly Act[], withinMs: number): readonly TimedAct[] {
  const count = dice.upTo(4);
  return Array.from({ length: count }, () => ({ afterMs: dice.upTo(withinMs), act: dice.pick(choices) }));
}

function talk(dice: Dice, change: Partial<Plan>): Plan {
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

/** Both ends change the session when they like, often at the same moment; then they are left alone, and have to agree. */
function change(dice: Dice): Plan {
  const choices: readonly Act[] = ["hold", "resume", "hold by UPDATE", "late offer"];
  const withinMs = dice.pick([200, 2_000, 10_000]);
  return talk(dice, {
    calleeRefusesOffers: dice.chance(0.2),
    callerActs: [...acts(dice, choices, withinMs), { afterMs: withinMs + SETTLED_MS + 1_000, act: "BYE" }],
    calleeActs: acts(dice, choices, withinMs),
    compareAfterMs: withinMs + SETTLED_MS,
  });
}

/** The same with re-INVITEs that ask the other end to offer, and BYE at any time. */
function anything(dice: Dice): Plan {
  const choices: readonly Act[] = ["hold", "resume", "hold by UPDATE", "late offer", "late offer", "INFO"];
  return talk(dice, {
    callerActs: [...acts(dice, choices, 5_000), { afterMs: dice.upTo(8_000), act: "BYE" }],
    calleeActs: [...acts(dice, choices, 5_000), { afterMs: dice.upTo(8_000), act: "BYE" }],
  });
}

/** DTMF by INFO from both ends: what was confirmed has arrived, once. */
function digits(dice: Dice): Plan {
  const press = (): readonly TimedAct[] =>
    Array.from({ length: 4 }, () => ({ afterMs: dice.upTo(6_000), act: "INFO" }));
  return talk(dice, { callerActs: [...press(), { afterMs: 60_000, act: "BYE" }], calleeActs: press() });
}

/** Both hang up within one round trip. */
function byeGlare(dice: Dice): Plan {
  const afterMs = dice.upTo(3_000);
  const bye = (): readonly TimedAct[] => [{ afterMs: afterMs + dice.upTo(300), act: "BYE" }];
  return talk(dice, { callerActs: bye(), calleeActs: bye() });
}

describe("what happens in a call", () => {
  it("hold, resume and UPDATE from both ends with glare: in the end both have the same session (RFC 3261 §14, RFC 3311)", () =>
    playSeeds({ file, name: "hold, resume and UPDATE" }, 3_500, change, [/talked, local \| completed 200/]));

  it("anything goes: late offers, INFO and BYE among re-INVITEs (RFC 3264, RFC 6337)", () =>
    playSeeds({ file, name: "anything goes" }, 3_500, anything, [/talked, bye \| completed 200/]));

  it("INFO: what was confirmed has arrived, once", () =>
    playSeeds({ file, name: "INFO: what" }, 1_000, digits, [/talked, local \| completed 200/]));

  it("BYE from both ends at once: one end (RFC 3261 §15)", () =>
    playSeeds({ file, name: "BYE from both" }, 1_500, byeGlare, [
      /talked, local \| completed/,
      /talked, bye \| completed/,
    ]));
});
