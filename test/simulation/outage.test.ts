import { describe, it } from "vitest";
import { type Extensions, NO_EXTENSIONS } from "./party.ts";
import { type Dice, PLAIN, type Plan } from "./plan.ts";
import { playSeeds } from "./seeds.ts";

const file = "outage.test.ts";

function call(dice: Dice, change: Partial<Plan>): Plan {
  return {
    direction: dice.direction(),
    weather: dice.weather(),
    giveUpAfterMs: 60_000,
    targets: [dice.answering()],
    callerActs: [{ afterMs: dice.upTo(40_000), act: "BYE" }],
    calleeActs: dice.chance(0.5) ? [{ afterMs: dice.upTo(40_000), act: "BYE" }] : [],
    calleeRefusesOffers: false,
    extensions: PLAIN,
    disturbances: [],
    maxDurationMs: 300_000,
    compareAfterMs: null,
    ...change,
  };
}

/** One or both links dead for a moment or for longer than anybody waits. */
function partition(dice: Dice): Plan {
  const cut = () =>
    ({
      kind: "cut",
      side: dice.side(),
      atMs: dice.upTo(10_000),
      forMs: dice.pick([1_000, 8_000, 31_000, 35_000, 120_000]),
    }) as const;
  const reliable = (): Extensions => ({ ...NO_EXTENSIONS, reliable: dice.pick(["no", "supported", "required"]) });
  return call(dice, {
    disturbances: dice.chance(0.3) ? [cut(), cut()] : [cut()],
    extensions: { caller: reliable(), callee: reliable() },
  });
}

function forget(dice: Dice): Plan {
  return call(dice, {
    disturbances: [{ kind: "forget", side: dice.side(), atMs: dice.upTo(8_000) }],
    calleeActs: [{ afterMs: dice.between(1_000, 60_000), act: dice.pick(["BYE", "hold", "INFO"]) }],
  });
}

function crash(dice: Dice): Plan {
  return call(dice, {
    disturbances: [{ kind: "crash", atMs: dice.upTo(8_000), downMs: dice.pick([300, 2_000, 20_000, 60_000]) }],
  });
}

describe("what breaks around a call", () => {
  it("a dead link: the call ends everywhere, billed at most to the maximum duration", () =>
    playSeeds({ file, name: "a dead link" }, 1_500, partition, [/talked/, /\| completed 200/]));

  it("one end restarts and knows nothing: the call ends at the other and in the record", () =>
    playSeeds({ file, name: "one end restarts" }, 1_500, forget, [/forgotten/, /gone|bye/]));

  it("the edge is killed and starts again: the journal closes what it took with it (OPS-2)", () =>
    playSeeds({ file, name: "the edge is killed" }, 1_500, crash, [/talked, local \| completed/, /487 \| failed 500/]));
});
