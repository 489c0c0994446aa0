import { describe, expect, it } from "vitest";
import { seededRandom } from "../support/lent-fixtures.ts";
import { findings } from "./corpus.ts";
import { edgeFuzzer, type Fuzzer, inputFuzzer, TARGETS } from "./fuzzer.ts";
import { minimise } from "./minimise.ts";
import { Mutator } from "./mutator.ts";
import { trial } from "./target.ts";

/** A fixed seed: the run of a build differs from the one before only by the code. */
const SEED = 20_260_101;
/** Slices of 200 inputs; `npm run fuzz` goes on where this ends. */
const SLICES = 60;
const ROUNDS = 150;

async function slices(fuzzer: Fuzzer, count: number): Promise<Fuzzer> {
  for (let n = 0; n < count; n++) await fuzzer.slice();
  return fuzzer;
}

describe("broken input: nothing is thrown, hangs, or is read otherwise than it was written", () => {
  it.each(TARGETS.map((target) => [target.name, target] as const))("%s", async (_name, target) => {
    const fuzzer = await slices(inputFuzzer(target, SEED), SLICES);
    expect(fuzzer.inputs).toBe(SLICES * 200);
    expect(fuzzer.findings).toEqual([]);
  });

  it("the edge: calls end, records end, and a call after it works", async () => {
    const fuzzer = await slices(edgeFuzzer(SEED), ROUNDS);
    expect(fuzzer.inputs).toBeGreaterThan(ROUNDS * 50);
    expect(fuzzer.findings).toEqual([]);
  });

  it.each(findings().map((finding) => [finding.problem, finding] as const))("found before: %s", (_problem, finding) => {
    const target = TARGETS.find(({ name }) => name === finding.target);
    expect(target && trial(target, finding.input, seededRandom(SEED))).toBeUndefined();
  });
});

describe("the fuzzer itself", () => {
  it("makes the same inputs from the same seed, and others from another", () => {
    const inputs = (seed: number): readonly string[] => {
      const mutator = new Mutator(seededRandom(seed), ["INVITE sip:a SIP/2.0\r\nVia: x\r\n\r\n", "abc"]);
      return Array.from({ length: 50 }, () => mutator.next());
    };
    expect(inputs(1)).toEqual(inputs(1));
    expect(inputs(1)).not.toEqual(inputs(2));
  });

  it("finds a crash and a broken promise, and makes their inputs short", async () => {
    const target = {
      name: "bad",
      corpus: ["some text with a NUL to come", "and more of it"],
      check: (input: string) => {
        if (input.includes("\0")) throw new Error("NUL");
        return input.includes(";;") ? "two semicolons" : undefined;
      },
    };
    const fuzzer = await slices(inputFuzzer(target, 1), 20);
    const found = fuzzer.findings.map(({ problem, input }) => [problem.slice(0, 10), input]);
    expect(found).toEqual(
      expect.arrayContaining([
        ["crash: Err", "\0"],
        ["two semico", ";;"],
      ]),
    );
  });

  it("minimises to what is needed", () => {
    expect(minimise("xxaxxxxbxxx", (text) => text.includes("a") && text.includes("b"))).toBe("ab");
  });
});
