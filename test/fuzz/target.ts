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

/** Longest that one input may take of the processor; far above the largest message, far below what a caller would notice. */
const MAX_MS = 50;
/** A collection of garbage is not a slow parser: only what is slow every time counts. */
const TRIALS = 4;

/** Milliseconds of the processor, which a busy machine does not stretch, when it took too many; undefined: it was quick enough. */
export function tooSlow(act: () => void): number | undefined {
  const startedMs = performance.now();
  const before = process.cpuUsage();
  act();
  if (performance.now() - startedMs < MAX_MS) return undefined;
  const { user, system } = process.cpuUsage(before);
  const tookMs = (user + system) / 1_000;
  return tookMs < MAX_MS ? undefined : Math.round(tookMs);
}

/** Treats an input; a crash and a hang are problems like any other. */
export function trial(target: Target, input: string, random: () => number): string | undefined {
  let problem: string | undefined;
  let tookMs: number | undefined;
  for (let left = TRIALS; left > 0; left--) {
    try {
      tookMs = tooSlow(() => {
        problem = target.check(input, random);
      });
    } catch (error) {
      return `crash: ${inShort(error)}`;
    }
    if (problem !== undefined || tookMs === undefined) return problem;
  }
  return `hang: ${tookMs} ms for ${input.length} octets`;
}

/** What was thrown, and where. */
export function inShort(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message).split("\n", 4).join(" ") : String(error);
}

/** What a problem is about, without what differs from input to input: findings of one kind are told once. */
export function kindOf(problem: string): string {
  return problem.replace(/\d+|"[^"]*"/g, "#").slice(0, 120);
}
