import { CARRIERS, EDGE, maximumDuration, NUMBER, PBXES, TRUNK_DOMAIN, USER } from "../simulation/configuration.ts";
import { Party } from "../simulation/party.ts";
import type { Act, PartyCall } from "../simulation/party-call.ts";
import { Dice } from "../simulation/plan.ts";
import { World } from "../simulation/world.ts";
import { flowBetween, seededRandom } from "../support/lent-fixtures.ts";
import { messages } from "./corpus.ts";
import { Mutator } from "./mutator.ts";
import { inShort, tooSlow } from "./target.ts";

/** What came of one round. */
export type Round = { readonly inputs: number; readonly problem: string | undefined };

/** How long the bad time of a round lasts. */
const BAD_MS = 40_000;
/** Calls end by themselves after so long, whatever was broken about them. */
const MAX_DURATION_MS = 60_000;
/** Longer than all that may linger then. */
const LIMIT_MS = 30 * 60_000;
const STRANGER = "198.51.100.66";
const CALLED = "+14155550123";
const ACTS: readonly Act[] = ["hold", "resume", "hold by UPDATE", "late offer", "INFO"];
const CORPUS = messages();

/**
 * A few calls in both directions through an edge, while every fourth message is broken on its way and broken ones come from strangers. Then
 * the weather clears: everything has to end, every call needs one end in its record, and a new call has to work. The same seed, the same round.
 */
export async function playRound(seed: number): Promise<Round> {
  const dice = new Dice(seededRandom(seed));
  const world = new World(seed, dice.weather(), [maximumDuration(MAX_DURATION_MS)]);
  const evil = new Evil(world, dice);
  try {
    const parties = [...PBXES, ...CARRIERS].map((address) => world.join(address, new Party(world.network, address)));
    for (const party of parties) {
      party.answering = dice.chance(0.2)
        ? { kind: "refuse", afterMs: 100, status: dice.pick([486, 503]) }
        : dice.answering(2_000);
      party.acts = acts(dice);
    }
    for (let calls = 0; calls < 4; calls++) placeCall(world, parties, dice);
    evil.begin();
    await world.runUntil(() => false, BAD_MS);
    evil.end();
    return { inputs: evil.inputs, problem: evil.slow ?? (await aftermath(world, parties)) };
  } catch (error) {
    return { inputs: evil.inputs, problem: `crash: ${inShort(error)}` };
  }
}

function acts(dice: Dice): Party["acts"] {
  return Array.from({ length: dice.upTo(4) }, () => ({ afterMs: dice.upTo(10_000), act: dice.pick(ACTS) }));
}

function placeCall(world: World, parties: readonly Party[], dice: Dice): void {
  const isTermination = dice.chance(0.5);
  const caller = parties.find(({ address }) => address === (isTermination ? PBXES[0] : CARRIERS[0]));
  world.network.clock.setTimer(dice.upTo(5_000), () =>
    caller?.call(isTermination ? TERMINATION : ORIGINATION, acts(dice)),
  );
}

/** Fair weather again: what is left has to go, and who calls has to get through. */
async function aftermath(world: World, parties: readonly Party[]): Promise<string | undefined> {
  world.network.weather = { loss: 0, duplication: 0, reordering: 0, reorderMs: 0, delayMs: 10, jitterMs: 0 };
  const isQuiet = (): boolean => Object.keys(world.leftOver()).length === 0;
  if (!(await world.runUntil(isQuiet, LIMIT_MS))) return `left over: ${JSON.stringify(world.leftOver())}`;
  const [fault] = world.platform.faults;
  if (fault !== undefined) return `fault: ${fault}`;
  for (const record of world.platform.records().values()) {
    if (record.endedAtMs === null) return "a call without an end in its record";
  }
  for (const party of parties)
    party.answering = { kind: "answer", ringAfterMs: null, earlyMedia: false, answerAfterMs: 100 };
  for (const [address, invite] of [[PBXES[0], TERMINATION] as const, [CARRIERS[0], ORIGINATION] as const]) {
    const probe = parties.find((party) => party.address === address)?.call(invite, [{ afterMs: 1_000, act: "BYE" }]);
    await world.runUntil(() => probe?.isOver === true, LIMIT_MS);
    if (!worked(probe)) return `a probe call did not work: ${probe?.status} ${probe?.endCause}`;
  }
  return (await world.runUntil(isQuiet, LIMIT_MS))
    ? undefined
    : `left over by a probe: ${JSON.stringify(world.leftOver())}`;
}

function worked(probe: PartyCall | undefined): boolean {
  return probe !== undefined && probe.answeredAtMs !== null && probe.endCause === "local";
}

/** Breaks what passes, and sends what nobody asked for. */
class Evil {
  inputs = 0;
  slow: string | undefined;
  readonly #world: World;
  readonly #dice: Dice;
  readonly #seen: string[] = [];
  readonly #mutator: Mutator;
  #isOn = false;
  #isOurs = false;

  constructor(world: World, dice: Dice) {
    this.#world = world;
    this.#dice = dice;
    this.#mutator = new Mutator(dice.random, CORPUS);
  }

  begin(): void {
    this.#isOn = true;
    this.#watchTime();
    const { network } = this.#world;
    network.rule = ({ from, to, wire }) => {
      if (this.#isOurs || !this.#isOn) return undefined;
      this.#seen.push(wire);
      if (!this.#dice.chance(0.25)) return undefined;
      this.#send(from, to, this.#mutator.next(wire));
      // Sometimes the good one arrives as well.
      return this.#dice.chance(0.5) ? "lose" : undefined;
    };
    this.#strangers();
  }

  end(): void {
    this.#isOn = false;
  }

  #strangers(): void {
    if (!this.#isOn) return;
    const from = this.#dice.pick([STRANGER, STRANGER, PBXES[0], CARRIERS[0], CARRIERS[1]]);
    const wire = this.#dice.chance(0.5) && this.#seen.length > 0 ? this.#dice.pick(this.#seen) : undefined;
    this.#send(`${from}:5060`, `${EDGE.address}:${EDGE.port}`, this.#mutator.next(wire));
    this.#world.network.clock.setTimer(this.#dice.upTo(400), () => this.#strangers());
  }

  #send(from: string, to: string, wire: string): void {
    const [local, remote] = [from, to].map((node) => ({ address: node.slice(0, node.indexOf(":")), port: 5060 }));
    if (!local || !remote) return;
    this.inputs++;
    this.#isOurs = true;
    this.#world.network.host().send(flowBetween(local, remote), wire);
    this.#isOurs = false;
  }

  #watchTime(): void {
    const { network, platform } = this.#world;
    network.attach(EDGE.address, EDGE.port, {
      receive: (flow, wire) => {
        const tookMs = tooSlow(() => platform.core.receive(flow, wire));
        if (tookMs !== undefined) this.slow ??= `hang: ${tookMs} ms for ${wire.length} octets`;
      },
      flowFailed: (flow, reason) => platform.core.flowFailed(flow, reason),
    });
  }
}

const TERMINATION = {
  requestUri: `sip:${CALLED}@${TRUNK_DOMAIN}`,
  from: `<sip:${NUMBER}@${TRUNK_DOMAIN}>`,
  to: `<sip:${CALLED}@${TRUNK_DOMAIN}>`,
  credentials: USER,
};

const ORIGINATION = {
  requestUri: `sip:${NUMBER}@${EDGE.address}`,
  from: `<sip:${CALLED}@${CARRIERS[0]}>`,
  to: `<sip:${NUMBER}@${EDGE.address}>`,
};
