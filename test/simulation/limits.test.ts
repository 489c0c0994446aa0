import type { CallLimit } from "@trunkline/trunking";
import { describe, it } from "vitest";
import { ACCOUNT, seededRandom, sid, TRUNK, type WrittenRow } from "../support/lent-fixtures.ts";
import { CARRIERS, ORIGINATION, PBXES, TERMINATION } from "./configuration.ts";
import { Party } from "./party.ts";
import type { PartyCall } from "./party-call.ts";
import { Dice, type Direction } from "./plan.ts";
import type { Outcome } from "./play.ts";
import { playEach } from "./seeds.ts";
import { World } from "./world.ts";

const file = "limits.test.ts";
const LIMIT_MS = 3 * 3_600_000;
/** How often the calls that are up are held against the places that are taken. */
const LOOK_MS = 250;
/** What a refusal for want of room says: trunk or account, calls a second or at once; no carrier left. */
const OVER_LIMIT: readonly (number | null)[] = [32001, 32012, 10004, 13224, null];

/** A crowd that calls under limits: what was admitted and refused, and what the limits were. */
type Crowd = {
  readonly world: World;
  readonly direction: Direction;
  readonly caller: Party;
  readonly calls: PartyCall[];
  readonly limits: readonly CallLimit[];
  readonly problems: string[];
  /** What happens to everybody at once. */
  trouble: "none" | "drain" | "forget" | "kill";
};

function limitOf(ownerSid: string, dice: Dice): CallLimit {
  return {
    ownerSid,
    maxCps: dice.chance(0.6) ? dice.pick([0.2, 0.5, 1, 3]) : null,
    burst: dice.chance(0.5) ? dice.between(1, 5) : null,
    maxConcurrentCalls: dice.chance(0.6) ? dice.between(1, 5) : null,
  };
}

function gather(seed: number, dice: Dice): Crowd {
  const direction = dice.direction();
  const owners = [TRUNK, ACCOUNT, sid("CX", 1), sid("CX", 2), sid("CX", 3)];
  const limits = owners.filter(() => dice.chance(0.5)).map((owner) => limitOf(owner, dice));
  const rows = limits.map((limit): WrittenRow => ["callLimit", limit.ownerSid, limit]);
  const world = new World(seed, dice.weather(), rows);
  const [callers, targets] = direction === "termination" ? [PBXES, CARRIERS] : [CARRIERS, PBXES];
  const caller = world.join("caller", new Party(world.network, callers[0]));
  for (const address of targets) {
    if (dice.chance(0.2)) continue;
    const callee = world.join(`callee ${address}`, new Party(world.network, address));
    const refusal = { kind: "refuse", afterMs: dice.upTo(2_000), status: dice.pick([503, 486]) } as const;
    callee.answering = dice.chance(0.3) ? refusal : dice.answering(2_000);
    callee.acts = dice.chance(0.3) ? [{ afterMs: dice.upTo(8_000), act: "BYE" }] : [];
  }
  return { world, direction, caller, calls: [], limits, problems: [], trouble: "none" };
}

/** Calls come, and are given up, hung up or forgotten; the platform is drained or killed under them. */
function schedule(crowd: Crowd, dice: Dice): void {
  const { world, direction, caller, calls } = crowd;
  const { clock } = world.network;
  const invite = direction === "termination" ? TERMINATION : ORIGINATION;
  const count = dice.between(2, 14);
  for (let i = 0; i < count; i++) {
    const [afterMs, giveUpAfterMs, byeAfterMs] = [dice.upTo(8_000), dice.upTo(15_000), dice.upTo(10_000)];
    clock.setTimer(afterMs, () => {
      const call = caller.call(invite, [{ afterMs: byeAfterMs, act: "BYE" }]);
      calls.push(call);
      clock.setTimer(giveUpAfterMs, () => {
        if (call.answeredAtMs === null && !call.isOver) call.cancel();
      });
    });
  }
  crowd.trouble = dice.pick(["none", "none", "none", "drain", "forget", "kill"]);
  clock.setTimer(dice.upTo(9_000), () => happen(crowd));
  look(crowd);
}

function happen({ world, caller, trouble }: Crowd): void {
  const { platform } = world;
  switch (trouble) {
    case "none":
      return;
    case "drain":
      void platform.core.close(1_000);
      return;
    case "forget":
      caller.forget();
      return;
    case "kill":
      platform.kill();
      world.network.clock.setTimer(1_000, () => platform.restart());
      return;
    default:
      trouble satisfies never;
  }
}

/** LIM-1: as many places are taken as calls are up, at any moment, and never more than there are. */
function look(crowd: Crowd): void {
  const { world, limits, problems } = crowd;
  const { core, held } = world.platform;
  const live = core.liveCalls().length;
  for (const { ownerSid, maxConcurrentCalls } of limits) {
    const counted = held.under(ownerSid);
    const isDue = (ownerSid === TRUNK || ownerSid === ACCOUNT) && maxConcurrentCalls !== null;
    if (isDue && counted !== live) problems.push(`${counted} places under ${ownerSid} with ${live} calls`);
  }
  const atCarriers = CARRIERS.reduce((sum, _carrier, index) => sum + held.under(sid("CX", index + 1)), 0);
  if (atCarriers > live) problems.push(`${atCarriers} places at carriers with ${live} calls`);
  if (world.network.clock.nowMs() < 30_000) world.network.clock.setTimer(LOOK_MS, () => look(crowd));
}

/** No second sees more starts than rate and burst allow, and who was refused was refused for a limit. */
function judge({ world, limits, problems, direction, trouble }: Crowd): void {
  const records = [...world.platform.records().values()];
  problems.push(...world.platform.faults, ...world.platform.held.problems);
  // Calls to a customer have no rate (contract §8.11), and a platform that was killed has forgotten its buckets.
  for (const { ownerSid, maxCps, burst } of direction === "termination" && trouble !== "kill" ? limits : []) {
    if (maxCps === null || (ownerSid !== TRUNK && ownerSid !== ACCOUNT)) continue;
    const isStart = ({ errorCode }: (typeof records)[number]): boolean =>
      ![32001, 32012, 10004].includes(errorCode ?? 0);
    const starts = records.filter(isStart).map(({ createdAtMs }) => createdAtMs);
    const most = Math.max(1, burst ?? Math.ceil(maxCps));
    for (const [first, fromMs] of starts.entries()) {
      const worst = starts
        .slice(first)
        .findIndex((atMs, i) => i + 1 > most + (maxCps * (atMs - fromMs)) / 1_000 + 0.01);
      if (worst >= 0) problems.push(`${worst + 1} starts under ${ownerSid} with ${maxCps}/s and a burst of ${most}`);
    }
  }
  for (const { sipStatus, errorCode, endedAtMs, endedBy } of records) {
    if (endedAtMs === null) problems.push("a record without end");
    if (endedBy === "platform" && sipStatus === 503 && !OVER_LIMIT.includes(errorCode))
      problems.push(`503 for ${errorCode}`);
  }
}

async function play(seed: number): Promise<Outcome> {
  const dice = new Dice(seededRandom(seed + 3_000_000));
  const crowd = gather(seed, dice);
  schedule(crowd, dice);
  const { world, calls, problems } = crowd;
  const isQuiet = (): boolean => world.network.clock.nowMs() > 30_000 && Object.keys(world.leftOver()).length === 0;
  if (!(await world.runUntil(() => isQuiet() && calls.every(({ isOver }) => isOver), LIMIT_MS))) {
    problems.push(`left over: ${JSON.stringify(world.leftOver())}`);
  }
  judge(crowd);
  const talked = calls.filter(({ answeredAtMs }) => answeredAtMs !== null).length;
  const refused = [...world.platform.records().values()].filter(({ errorCode }) => OVER_LIMIT.includes(errorCode ?? 0));
  const told = refused.map(({ errorCode }) => errorCode).toSorted();
  const story = `${talked > 0 ? "some" : "none"} talked | refused for ${[...new Set(told)].join(", ") || "nothing"}`;
  return { problems: [...new Set(problems)], story, trace: world.network.trace };
}

describe("calls under limits (LIM-1)", () => {
  it("a crowd", () =>
    playEach({ file, name: "a crowd" }, 1_500, play, [
      /some talked \| refused for nothing/,
      /some talked \| refused for .*32001/,
      /some talked \| refused for .*32012/,
      /some talked \| refused for .*10004/,
      /some talked \| refused for .*13224/,
    ]));
});
