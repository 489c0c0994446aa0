import { expect } from "vitest";
import type { Dice, Plan } from "./plan.ts";
import { type Outcome, play } from "./play.ts";

/** One seed of a bug report. */
const ONLY = process.env["TRUNKLINE_SEED"];
/** Seeds of every flow, for an overnight run. */
const MANY = process.env["TRUNKLINE_SEEDS"];

/**
 * Plays a flow for that many seeds, and fails with the first few that went wrong and the line that repeats each.
 *
 * @param corners stories that the seeds have to reach, or the test would not be worth its time
 */
export async function playSeeds(
  flow: { readonly file: string; readonly name: string },
  seeds: number,
  plan: (dice: Dice) => Plan,
  corners: readonly RegExp[] = [],
): Promise<void> {
  await playEach(flow, seeds, (seed) => play(plan, seed), corners);
}

export async function playEach(
  flow: { readonly file: string; readonly name: string },
  seeds: number,
  playOne: (seed: number) => Promise<Outcome>,
  corners: readonly RegExp[] = [],
): Promise<void> {
  const chosen =
    ONLY === undefined ? Array.from({ length: Number(MANY ?? seeds) }, (_unused, i) => i + 1) : [Number(ONLY)];
  const stories = new Map<string, number>();
  const failures: string[] = [];
  for (const seed of chosen) {
    const { problems, story, trace } = await playOne(seed);
    stories.set(story, (stories.get(story) ?? 0) + 1);
    if (problems.length === 0) continue;
    const repeat = `TRUNKLINE_SEED=${seed} npx vitest run --project simulation test/simulation/${flow.file} -t "${flow.name}"`;
    const told = ONLY === undefined ? "" : `\n    ${trace.join("\n    ")}`;
    failures.push(`${problems.join("; ")} (${story})\n    ${repeat}${told}`);
  }
  if (process.env["TRUNKLINE_STORIES"] !== undefined) process.stdout.write(`${flow.name}: ${tell(stories)}\n`);
  if (failures.length > 0) {
    const first = failures.slice(0, 3).join("\n  ");
    expect.fail(`${failures.length} of ${chosen.length} seeds failed:\n  ${first}`);
  }
  if (ONLY !== undefined) return;
  for (const corner of corners) expect(tell(stories)).toMatch(corner);
}

function tell(stories: ReadonlyMap<string, number>): string {
  return [...stories]
    .sort(([, a], [, b]) => b - a)
    .map(([story, count]) => `\n  ${count} × ${story}`)
    .join("");
}
