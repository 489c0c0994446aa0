import { expect, it } from "vitest";
import { disagreement } from "./judge.fixture.ts";
import { createPhone, type Phone } from "./phone.fixture.ts";
import { seededRandom, VirtualNetwork, type Weather } from "./virtual-network.fixture.ts";

const SEEDS = 1_000;
const STORM: Weather = { loss: 0.2, duplication: 0.1, reordering: 0.2, reorderMs: 400, delayMs: 20, jitterMs: 60 };
const LIMIT_MS = 900_000;

/** What either side may do to the call, and when. */
type Plan = {
  readonly ringAfterMs: number;
  readonly answerAfterMs: number;
  readonly answerStatus: 200 | 486;
  readonly callerHangsUpAfterMs: number;
  readonly calleeHangsUpAfterMs: number;
  readonly offersAfterMs: readonly number[];
};

function planOf(random: () => number): Plan {
  const within = (ms: number): number => Math.floor(random() * ms);
  return {
    ringAfterMs: within(400),
    answerAfterMs: 400 + within(3_000),
    answerStatus: random() < 0.85 ? 200 : 486,
    callerHangsUpAfterMs: within(15_000),
    calleeHangsUpAfterMs: within(20_000),
    offersAfterMs: random() < 0.5 ? [within(10_000), within(10_000)] : [],
  };
}

function play(seed: number): { network: VirtualNetwork; alice: Phone; bob: Phone; isOver: boolean } {
  const network = new VirtualNetwork(seed, STORM);
  const plan = planOf(seededRandom(seed + 1_000_000));
  const { clock } = network;
  const alice = createPhone(network, "10.0.0.1", {
    onEvent: (event) => {
      if (event.kind === "offer") event.reply.accept("answer");
    },
  });
  const bob = createPhone(network, "10.0.0.2", {
    onInvite: (session) => {
      clock.setTimer(plan.ringAfterMs, () => session.progress(180, "Ringing"));
      clock.setTimer(plan.answerAfterMs, () => {
        if (plan.answerStatus === 200) session.answer("answer");
        else session.reject(486, "Busy Here");
      });
      clock.setTimer(400 + plan.calleeHangsUpAfterMs, () => session.hangup());
      clock.setTimer(plan.offersAfterMs[0] ?? 0, () => plan.offersAfterMs.length > 0 && session.offer("from bob"));
    },
    onEvent: (event) => {
      if (event.kind === "offer") event.reply.accept("answer");
    },
  });
  const call = alice.call(bob);
  clock.setTimer(plan.callerHangsUpAfterMs, () => call.hangup());
  clock.setTimer(plan.offersAfterMs[1] ?? 0, () => plan.offersAfterMs.length > 0 && call.offer("from alice", "UPDATE"));
  return { network, alice, bob, isOver: clock.runToEnd(LIMIT_MS) };
}

it(`${SEEDS} calls through loss, doubling and reordering: both sides tell the same story and nothing is left`, () => {
  const failures: unknown[] = [];
  const endings = new Set<string>();
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { network, alice, bob, isOver } = play(seed);
    const counts = [alice, bob].flatMap(({ agent }) => Object.values(agent.counts()));
    const problem = isOver && counts.every((count) => count === 0) ? disagreement(alice.heard, bob.heard) : "left over";
    endings.add(`${alice.heard.at(-1)} / ${bob.heard.at(-1)}`);
    if (problem) failures.push({ seed, problem, alice: alice.heard, bob: bob.heard, trace: network.trace });
  }
  expect(failures).toEqual([]);
  // The plans and the weather reach the corners, or this test would not be worth its time.
  expect([...endings]).toEqual(expect.arrayContaining(["ended local / ended bye", "ended failed / ended failed"]));
  expect([...endings]).toEqual(expect.arrayContaining(["ended bye / ended local", "ended local / ended local"]));
});

it("the same seed gives the same run, to the message", () => {
  expect(play(7).network.trace).toEqual(play(7).network.trace);
});
