import { seededRandom } from "../support/lent-fixtures.ts";
import { playRound } from "./edge-rounds.ts";
import { framingTarget } from "./framing-target.ts";
import { minimise } from "./minimise.ts";
import { Mutator } from "./mutator.ts";
import { readerTarget } from "./reader-target.ts";
import { sdpTarget } from "./sdp-target.ts";
import { type Finding, kindOf, type Target, trial } from "./target.ts";
import { digestTarget, uriTarget } from "./value-targets.ts";

export const TARGETS: readonly Target[] = [readerTarget, sdpTarget, framingTarget, uriTarget, digestTarget];

/** Where broken inputs come from and are treated, a slice of work at a time. */
export interface Fuzzer {
  readonly name: string;
  readonly inputs: number;
  /** One kind of problem once, with the shortest input that shows it. */
  readonly findings: readonly Finding[];
  slice(): Promise<void>;
}

/** Inputs of one slice: some milliseconds. */
const SLICE = 200;

/** Fuzzes something that takes one input at a time. The same seed makes the same inputs in the same order. */
export function inputFuzzer(target: Target, seed: number): Fuzzer {
  const random = seededRandom(seed);
  const mutator = new Mutator(random, target.corpus);
  const findings = new Map<string, Finding>();
  let inputs = 0;
  return {
    name: target.name,
    get inputs() {
      return inputs;
    },
    get findings() {
      return [...findings.values()];
    },
    async slice() {
      for (let n = 0; n < SLICE; n++) {
        const input = mutator.next();
        inputs++;
        const problem = trial(target, input, random);
        if (problem === undefined || findings.has(kindOf(problem))) continue;
        const kind = kindOf(problem);
        const fails = (text: string): boolean => kindOf(trial(target, text, random) ?? "") === kind;
        findings.set(kind, { target: target.name, problem, input: minimise(input, fails) });
      }
    },
  };
}

/** Fuzzes the edge, round by round; what is found is the seed of its round. */
export function edgeFuzzer(seed: number): Fuzzer {
  const findings = new Map<string, Finding>();
  let inputs = 0;
  let round = seed;
  return {
    name: "edge",
    get inputs() {
      return inputs;
    },
    get findings() {
      return [...findings.values()];
    },
    async slice() {
      const played = await playRound(round);
      inputs += played.inputs;
      const { problem } = played;
      // A busy machine is not a slow edge: what is slow has to be slow again.
      const again = problem?.startsWith("hang") ? (await playRound(round)).problem : problem;
      if (again !== undefined && !findings.has(kindOf(again))) {
        findings.set(kindOf(again), { target: "edge", problem: again, input: String(round) });
      }
      round++;
    },
  };
}

/** Fuzzers of that name, or all. Undefined: there is none of that name. */
export function fuzzersOf(name: string, seed: number): readonly Fuzzer[] | undefined {
  const all = [...TARGETS.map((target) => inputFuzzer(target, seed)), edgeFuzzer(seed)];
  const chosen = name === "all" ? all : all.filter((fuzzer) => fuzzer.name === name);
  return chosen.length > 0 ? chosen : undefined;
}
