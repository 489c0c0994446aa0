import { describe, it } from "vitest";
import type { Extensions } from "./party.ts";
import type { Act, TimedAct } from "./party-call.ts";
import { type Dice, PLAIN, type Plan } from "./plan.ts";
import { playSeeds } from "./seeds.ts";

const file = "extensions.test.ts";
/** The shortest that RFC 4028 allows. */
const TIMER_SEC = 90;

function call(dice: Dice, change: Partial<Plan>): Plan {
  return {
    direction: dice.direction(),
    weather: dice.weather(),
    giveUpAfterMs: 60_000,
    targets: [dice.answering()],
    callerActs: [{ afterMs: dice.upTo(8_000), act: "BYE" }],
    calleeActs: [],
    calleeRefusesOffers: false,
    extensions: PLAIN,
    disturbances: [],
    maxDurationMs: 3_600_000,
    compareAfterMs: null,
    ...change,
  };
}

function extensions(dice: Dice, change: Partial<Extensions>): Extensions {
  const reliable = dice.pick(["no", "supported", "required"] as const);
  return { reliable, timerSec: dice.chance(0.5) ? TIMER_SEC : null, lateOffer: false, ...change };
}

/** Each end has 100rel or not, rings with early media or without, and is cancelled now and then. */
function reliable(dice: Dice): Plan {
  return call(dice, {
    targets: dice.chance(0.2) ? [{ kind: "absent" }, dice.answering()] : [dice.answering()],
    giveUpAfterMs: dice.chance(0.3) ? dice.upTo(6_000) : 60_000,
    extensions: { caller: extensions(dice, {}), callee: extensions(dice, {}) },
  });
}

/** The caller leaves the offer to the callee. Later both change the session, and agree in the end. */
function lateOffer(dice: Dice): Plan {
  const choices: readonly Act[] = ["hold", "resume", "hold by UPDATE"];
  const acts = (): readonly TimedAct[] =>
    Array.from({ length: dice.upTo(3) }, () => ({ afterMs: dice.upTo(5_000), act: dice.pick(choices) }));
  return call(dice, {
    extensions: { caller: extensions(dice, { lateOffer: true }), callee: extensions(dice, {}) },
    callerActs: [...acts(), { afterMs: 120_000, act: "BYE" }],
    calleeActs: acts(),
    compareAfterMs: 110_000,
  });
}

/** Long calls that are refreshed from whichever end, while it rains. */
function refreshes(dice: Dice): Plan {
  return call(dice, {
    extensions: { caller: extensions(dice, { timerSec: TIMER_SEC }), callee: extensions(dice, {}) },
    callerActs: [{ afterMs: dice.upTo(300_000), act: "BYE" }],
  });
}

/** One end is gone for good, in a call of which both ends want signs of life. */
function deadPeer(dice: Dice): Plan {
  const both = extensions(dice, { timerSec: TIMER_SEC });
  return call(dice, {
    extensions: { caller: both, callee: both },
    callerActs: [],
    disturbances: [
      {
        kind: "cut",
        side: dice.side(),
        atMs: dice.chance(0.3) ? dice.upTo(8_000) : dice.between(8_000, 60_000),
        forMs: 3_000_000,
      },
    ],
  });
}

describe("extensions of either end", () => {
  it("100rel at one end, at both or at none, required or not (RFC 3262)", () =>
    playSeeds({ file, name: "100rel at one end" }, 2_500, reliable, [/talked, local \| completed/, /487 \| canceled/]));

  it("an INVITE without offer (RFC 3261 §13.2.1): both ends have the same session in the end", () =>
    playSeeds({ file, name: "an INVITE without offer" }, 2_000, lateOffer, [/talked, local \| completed/]));

  it("session timers: a call with signs of life goes on (RFC 4028)", () =>
    playSeeds({ file, name: "session timers" }, 1_500, refreshes, [/talked, local \| completed/]));

  it("session timers: a call without them ends, and its bill (RFC 4028 §10)", () =>
    playSeeds({ file, name: "a call without them" }, 800, deadPeer, [/talked, gone \| completed/]));
});
