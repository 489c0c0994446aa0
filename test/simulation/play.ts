import type { CallEvent } from "@trunkline/trunking";
import { seededRandom } from "../support/lent-fixtures.ts";
import {
  CARRIERS,
  EDGE,
  ELSEWHERE,
  maximumDuration,
  ORIGINATION,
  PBXES,
  recordedTrunk,
  TERMINATION,
} from "./configuration.ts";
import { judge } from "./judge.ts";
import { Party } from "./party.ts";
import type { PartyCall } from "./party-call.ts";
import { Dice, type Disturbance, isCalm, type Plan, type Target } from "./plan.ts";
import { World } from "./world.ts";

/** Longer than anything a call may wait for: ring limit, maximum duration, patience, and the linger of every transaction. */
const LIMIT_MS = 3 * 3_600_000;
/** Longer than the maximum duration, which is therefore always the platform's to enforce. */
const MORE_PATIENCE_MS = 100_000;

/** Everybody who took part, for the judge. */
export type Cast = {
  readonly plan: Plan;
  readonly world: World;
  readonly caller: Party;
  readonly call: PartyCall;
  /** At the plan's targets, and last the one elsewhere; undefined where nobody is. */
  readonly callees: readonly (Party | undefined)[];
  /** When the edge was killed. */
  killedAtMs: number | null;
  /** What each end thought of the session when nothing was under way. */
  readonly disagreements: string[];
};

/** What one call looked like from both ends and from the record. */
export type Outcome = {
  readonly problems: readonly string[];
  readonly story: string;
  readonly trace: readonly string[];
};

/** Plays one call of one flow. The same seed gives the same call, to the message. */
export async function play(plan: (dice: Dice) => Plan, seed: number): Promise<Outcome> {
  const cast = assemble(plan(new Dice(seededRandom(seed + 7_000_000))), seed);
  const { world, call } = cast;
  for (const disturbance of cast.plan.disturbances) disturb(cast, disturbance);
  const isOver = await world.runUntil(
    () => call.isOver && everybodyIsDone(cast) && Object.keys(world.leftOver()).length === 0,
    LIMIT_MS,
  );
  const problems = isOver ? [] : [`left over: ${JSON.stringify(world.leftOver())}`];
  if (isOver && !(await world.runUntil(() => world.strayTimers <= 0, LIMIT_MS))) {
    problems.push(`${world.strayTimers} timers are left`);
  }
  problems.push(...judge(cast));
  const records = [...world.platform.records().values()].map(({ status, sipStatus }) => `${status} ${sipStatus}`);
  const seen = call.answeredAtMs === null ? `${call.status}` : `talked, ${call.endCause}`;
  return { problems, story: `${seen} | ${records.join(", ") || "no record"}`, trace: world.network.trace };
}

function assemble(plan: Plan, seed: number): Cast {
  const rows = [maximumDuration(plan.maxDurationMs), ...(plan.recording ? [recordedTrunk(plan.recording.mode)] : [])];
  const world = new World(seed, plan.weather, rows, plan.recording?.recorderMs);
  const [callers, targets] = plan.direction === "termination" ? [PBXES, CARRIERS] : [CARRIERS, PBXES];
  const caller = world.join("caller", new Party(world.network, callers[0], plan.extensions.caller));
  caller.patienceMs = plan.maxDurationMs + MORE_PATIENCE_MS;
  const take = (target: Target | undefined, address: string): Party | undefined => {
    if (target === undefined || target.kind === "absent") return undefined;
    const callee = world.join(`callee ${address}`, new Party(world.network, address, plan.extensions.callee));
    callee.answering = target;
    callee.patienceMs = plan.maxDurationMs + MORE_PATIENCE_MS;
    callee.acts = plan.calleeActs;
    callee.refusesOffers = plan.calleeRefusesOffers;
    return callee;
  };
  const atTargets = plan.targets.map((target, index) => take(target, targets[index] ?? ""));
  const callees = [...atTargets, take(plan.elsewhere, ELSEWHERE)];
  const call = caller.call(plan.direction === "termination" ? TERMINATION : ORIGINATION, plan.callerActs);
  const { clock } = world.network;
  const cast: Cast = { plan, world, caller, call, callees, killedAtMs: null, disagreements: [] };
  watchJournal(cast);
  clock.setTimer(plan.giveUpAfterMs, () => {
    if (call.answeredAtMs === null && !call.isOver) call.cancel();
  });
  if (plan.compareAfterMs !== null) {
    const afterMs = plan.compareAfterMs;
    const follow = call.onAnswer;
    call.onAnswer = () => {
      follow();
      clock.setTimer(afterMs, () => compare(cast));
    };
  }
  return cast;
}

function disturb(cast: Cast, disturbance: Disturbance): void {
  const { world } = cast;
  const { clock } = world.network;
  const side = (name: "caller" | "callee"): Party | undefined =>
    name === "caller" ? cast.caller : cast.callees.find((callee) => callee !== undefined);
  clock.setTimer(disturbance.atMs, () => {
    switch (disturbance.kind) {
      case "cut":
        world.cut(side(disturbance.side)?.address ?? "", disturbance.forMs);
        break;
      case "forget":
        side(disturbance.side)?.forget();
        break;
      case "crash":
        cast.killedAtMs = clock.nowMs();
        world.platform.kill();
        clock.setTimer(disturbance.downMs, () => world.platform.restart());
        break;
      case "silence":
        world.platform.silence();
        break;
      case "hang up":
        for (const { accountSid, sid } of world.platform.core.liveCalls()) world.platform.core.hangUp(accountSid, sid);
        break;
      case "drain":
        void world.platform.core.close(disturbance.graceMs);
        break;
      default:
        disturbance satisfies never;
    }
  });
}

function everybodyIsDone({ caller, callees, world }: Cast): boolean {
  const parties = [caller, ...callees];
  if (parties.some((party) => party?.calls.some((call) => !call.isOver))) return false;
  return [...world.platform.records().values()].every(({ endedAtMs }) => endedAtMs !== null);
}

/** RFC 3264: when nothing is under way, each end has what the other described last, and so has the media plane. */
function compare({ call, callees, disagreements, world }: Cast): void {
  const callee = callees.flatMap((party) => party?.calls ?? []).find((one) => one.isTalking);
  if (!callee || !call.isTalking) return;
  const { a = "", b = "" } = world.platform.described;
  const atMs = Math.round(world.network.clock.nowMs());
  const check = (who: string, has: string, said: string): void => {
    if (has !== said) disagreements.push(`${atMs}: ${who} has ${inShort(has)}, was told ${inShort(said)}`);
  };
  check("caller", call.remote, callee.local);
  check("callee", callee.remote, call.local);
  check("leg A's media", a, call.local);
  check("leg B's media", b, callee.local);
}

function inShort(sdp: string): string {
  return sdp.replace(/[\s\S]*o=(\S+) 1 (\d+)[\s\S]*a=(\w+)\r\n/, "$1 v$2 $3");
}

/**
 * Journal first, wire second: what the caller's 200 and the platform's BYE say is written before they leave (OPS-2). The BYE after a peer's
 * silence is the stack's own and has no such promise.
 */
function watchJournal(cast: Cast): void {
  const { plan, world, disagreements, caller } = cast;
  let isAnswered = false;
  const written = (kind: CallEvent["kind"]): boolean => world.platform.events.some((event) => event.kind === kind);
  world.watch = ({ from, to, wire }) => {
    if (from !== `${EDGE.address}:${EDGE.port}` || to !== `${caller.address}:5060`) return;
    if (/^SIP\/2\.0 200 [\s\S]*\nCSeq: \d+ INVITE/.test(wire)) {
      if (!written("answered")) disagreements.push("a 200 before `answered`");
      if (!isAnswered) disagreements.push(...unrecorded(cast));
      isAnswered = true;
    }
    if (isCalm(plan) && wire.startsWith("BYE ") && !written("ended")) disagreements.push("a BYE before `ended`");
  };
}

/** REC-4: when the caller first hears of the answer its recording runs, and the journal knows; or the journal knows why it does not. */
function unrecorded({ plan, world: { platform } }: Cast): readonly string[] {
  if (!plan.recording || platform.unrecorded.length > 0) return [];
  const begun = platform.events.flatMap((event) => (event.kind === "recording" ? [event.recording.sid] : []));
  const [running, ...others] = platform.recording;
  if (others.length > 0) return ["a call is recorded twice"];
  return running !== undefined && begun.includes(running) ? [] : ["a 200 without its recording"];
}
