import { expect, it, onTestFinished } from "vitest";
import type { FrailData, FrailOffer } from "./frail.fixture.ts";
import { SupervisedThread } from "./supervised-thread.ts";

type Raised = {
  readonly thread: SupervisedThread<FrailOffer>;
  readonly told: { event: string; why: unknown }[];
  readonly givenUp: Promise<string>;
  readonly ends: number[];
  /** Resolves when the thread is ready for the `count`th time. */
  ready(count: number): Promise<void>;
};

/** @param diesAtStart for each run, counted from 1 */
function raise(diesAtStart: (run: number) => boolean): Raised {
  const told: Raised["told"] = [];
  const ends: number[] = [];
  const givenUp = Promise.withResolvers<string>();
  const readies = Array.from({ length: 3 }, () => Promise.withResolvers<void>());
  let runs = 0;
  let readied = 0;
  const thread: SupervisedThread<FrailOffer> = new SupervisedThread({
    name: "frail",
    module: "frail.fixture",
    data: (): FrailData => {
      runs += 1;
      return { run: runs, diesAtStart: diesAtStart(runs) };
    },
    offer: ({ ready, onEnd }) => {
      const run = runs;
      onEnd(() => void ends.push(run));
      return {
        ready: () => {
          ready();
          readies[readied]?.resolve();
          readied += 1;
        },
      };
    },
    log: (_level, event, fields) => told.push({ event, why: fields?.["why"] }),
    onGivenUp: givenUp.resolve,
    restartDelayMs: 1,
  });
  onTestFinished(() => thread.close((remote) => remote.close()));
  return { thread, told, givenUp: givenUp.promise, ends, ready: async (count) => readies[count - 1]?.promise };
}

it("starts a thread that died again, tells why, and undoes what its run had set up", async () => {
  const { thread, told, ends, ready } = raise(() => false);
  await thread.start();
  expect(await thread.remote?.run()).toBe(1);
  await thread.remote?.die();
  await ready(2);
  expect(await thread.remote?.run()).toBe(2);
  expect(told).toEqual([{ event: "frail thread died; starting it again", why: "too frail" }]);
  expect([ends, thread.ready]).toEqual([[1], true]);
});

it("rejects calls while the thread is dead", async () => {
  const { thread, givenUp } = raise((run) => run > 1);
  await thread.start();
  await thread.remote?.die();
  await givenUp;
  await expect(thread.remote?.run()).rejects.toThrow("the frail thread ended");
  expect(thread.ready).toBe(false);
});

it("gives up after five starts in a row that did not get ready", async () => {
  const { thread, told, givenUp } = raise((run) => run > 1);
  await thread.start();
  await thread.remote?.die();
  expect(await givenUp).toBe("frail: no strength");
  expect(told.map(({ why }) => why)).toEqual(["too frail", ...Array(4).fill("frail: no strength")]);
});

it("a first start that fails is the caller's matter: it rejects and is not tried again", async () => {
  const { thread, told } = raise(() => true);
  await expect(thread.start()).rejects.toThrow("frail: no strength");
  expect(told).toEqual([]);
});

it("does not come back after close", async () => {
  const { thread, told, ends } = raise(() => false);
  await thread.start();
  await thread.close((remote) => remote.close());
  expect([told, ends, thread.ready]).toEqual([[], [1], false]);
});
