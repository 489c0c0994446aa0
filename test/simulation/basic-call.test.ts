import { createPbxCore, createPstnCore, type PbxCore, type PstnCore } from "@trunkline/pstn";
import { describe, expect, it } from "vitest";
import { flowBetween, seededRandom } from "../support/lent-fixtures.ts";
import { CARRIERS, EDGE, NUMBER, PBXES, TRUNK_DOMAIN, USER } from "./configuration.ts";
import { Dice } from "./plan.ts";
import type { Outcome } from "./play.ts";
import { quietAudio } from "./quiet-media.ts";
import { playEach } from "./seeds.ts";
import { World } from "./world.ts";

const file = "basic-call.test.ts";
const SEEDS = 2_500;
/** Longer than Timer B, the ring limit and the linger of every transaction together. */
const LIMIT_MS = 20 * 60_000;
/** The customer's second server: the first is dead, so that every origination begins with a failover. */
const PBX = { address: PBXES[1], port: 5060 };
const PSTN = { address: CARRIERS[0], port: 5060 };

/** Numbers of the simulated PSTN that between them play every kind of far end. */
const NUMBERS = [
  "+15005552000",
  "+15005552001",
  "+15005551486",
  "+15005551503",
  "+15005552100",
  "+15005552200",
  "+15005552600",
  "+15005552702",
  "+15005552800",
];

/** The platform between the parts that ship with it: the built-in test PBX and the simulated PSTN. */
class Demo extends World {
  readonly pbx: PbxCore;
  readonly pstn: PstnCore;

  constructor(seed: number, dice: Dice) {
    super(seed, dice.weather());
    const host = this.network.host();
    this.pbx = this.join(
      "pbx",
      createPbxCore(host, async (address) => quietAudio(address)),
    );
    this.pstn = this.join(
      "pstn",
      createPstnCore(host, async (address) => quietAudio(address), {
        ...PSTN,
        platform: { host: EDGE.address, port: EDGE.port },
        reachPlatform: async () => flowBetween(PSTN, EDGE),
      }),
    );
    this.network.attach(PBX.address, PBX.port, this.pbx);
    this.network.attach(PSTN.address, PSTN.port, this.pstn);
  }

  isQuiet(): boolean {
    return Object.keys(this.leftOver()).length === 0;
  }
}

async function terminate(seed: number): Promise<Outcome> {
  const dice = new Dice(seededRandom(seed + 5_000_000));
  const world = new Demo(seed, dice);
  const to = dice.pick(NUMBERS);
  const call = world.pbx.call(
    {
      domain: TRUNK_DOMAIN,
      to,
      from: NUMBER,
      credentials: USER,
      script: { hangupAfterMs: dice.upTo(8_000), giveUpAfterMs: dice.between(500, 20_500) },
    },
    async () => flowBetween(PBX, EDGE),
  );
  const isOver = await world.runUntil(() => world.isQuiet() && call.endedAtMs !== null, LIMIT_MS);
  return judge(world, isOver, call.status === "completed", `${to} ${call.status} ${call.sipStatus}`);
}

async function originate(seed: number): Promise<Outcome> {
  const dice = new Dice(seededRandom(seed + 9_000_000));
  const world = new Demo(seed, dice);
  const placed = world.pstn.place({
    to: NUMBER,
    from: "+14155550123",
    callerName: "Ann",
    behaviour: {
      audio: "silence",
      digits: null,
      hangupAfterMs: dice.upTo(8_000),
      giveUpAfterMs: dice.between(2_000, 32_000),
    },
  });
  const view = () => world.pstn.fetch(placed.sid);
  const isSettled = (): boolean => ["completed", "failed"].includes(view()?.status ?? "");
  const isOver = await world.runUntil(() => world.isQuiet() && isSettled(), LIMIT_MS);
  return judge(world, isOver, view()?.status === "completed", `${view()?.status} ${view()?.sipStatus}`);
}

/** Holds the caller's story, the record and what is left against each other. */
function judge(world: World, isOver: boolean, callerTalked: boolean, story: string): Outcome {
  const { events, faults } = world.platform;
  const problems: string[] = [...faults];
  if (!isOver) problems.push(`left over: ${JSON.stringify(world.leftOver())}`);
  const records = [...world.platform.records().values()];
  for (const { sid, answeredAtMs, status } of records) {
    const ends = events.filter((event) => event.sid === sid && event.kind === "ended").length;
    if (ends !== 1) problems.push(`${sid} has ${ends} ends`);
    if ((answeredAtMs !== null) !== (status === "completed"))
      problems.push(`${sid} answered at ${answeredAtMs}: ${status}`);
  }
  const answered = records.filter((record) => record.answeredAtMs !== null);
  if (answered.length > 1) problems.push(`${answered.length} answered records for one call`);
  if (callerTalked && answered.length !== 1) problems.push(`the caller talked, and ${answered.length} records say so`);
  return {
    problems,
    story: `${story} | ${records.map((record) => record.status).join(",") || "no record"}`,
    trace: world.network.trace,
  };
}

describe("the test PBX and the simulated PSTN through loss, doubling, reordering and delay", () => {
  it("termination: nothing stuck, nothing leaked, one record that tells what the caller saw", () =>
    playEach({ file, name: "termination" }, SEEDS, terminate, [
      /completed 200 \| completed/,
      /failed 486 \| busy/,
      /\| canceled/,
    ]));

  it("origination with a dead first target: failover, nothing stuck, nothing leaked", () =>
    playEach({ file, name: "origination" }, SEEDS, originate, [/completed 200 \| completed/]));

  it("the same seed gives the same run, to the message", async () => {
    expect((await terminate(42)).trace).toEqual((await terminate(42)).trace);
  });
});
