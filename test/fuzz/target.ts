/** Something that takes input from strangers. */
export type Target = {
  readonly name: string;
  /** Good inputs, from which broken ones are made. */
  readonly corpus: readonly string[];
  /**
   * Treats one input and says which promise was broken; undefined: none. What it throws counts as a crash.
   *
   * @param random for choices of its own, such as where a stream is cut
   */
  check(input: string, random: () => number): string | undefined;
};

/** One input that was not treated as promised. */
export type Finding = { readonly target: string; readonly problem: string; readonly input: string };

/** Longest that one input may take; far above the largest message on a slow machine, far below what a caller would notice. */
const MAX_MS = 50;
/** A busy machine is not a slow parser: only what is slow every time counts. */
const TRIALS = 4;

/** Treats an input; a crash and a hang are problems like any other. */
export function trial(target: Target, input: string, random: () => number): string | undefined {
  for (let left = TRIALS; left > 0; left--) {
    const startedMs = performance.now();
    let problem: string | undefined;
    try {
      problem = target.check(input, random);
    } catch (error) {
      return `crash: ${error instanceof Error ? (error.stack ?? error.message).split("\n", 3).join(" ") : String(error)}`;
    }
    if (problem !== undefined) return problem;
    const tookMs = performance.now() - startedMs;
    if (tookMs < MAX_MS) return undefined;
    if (left === 1) return `hang: ${Math.round(tookMs)} ms for ${input.length} octets`;
  }
  return undefined;
}

/** What a problem is about, without what differs from input to input: findings of one kind are told once. */
export function kindOf(problem: string): string {
  return problem.replace(/\d+|"[^"]*"/g, "#").slice(0, 120);
}
