import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export type ListResult = {
  readonly engine: "postgresql" | "pglite";
  /** Call records; a tenth as many numbers. */
  readonly rows: number;
  readonly list: string;
  readonly found: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
};

/**
 * What pages of the big lists cost with more and more call records and numbers of one account. Each engine and size in a process of its own,
 * on a database that is made for it and removed.
 *
 * @param most call records at the end; there are steps of ten before
 */
export function benchLists(most: number): readonly ListResult[] {
  const steps = [10_000, 100_000, 1_000_000, 10_000_000].filter((rows) => rows <= most);
  const small = steps.filter((rows) => rows <= 100_000);
  return [
    ...steps.map((rows) => ["postgresql", rows] as const),
    ...small.map((rows) => ["pglite", rows] as const),
  ].flatMap(([engine, rows]) => {
    const script = fileURLToPath(new URL("lists/measure.ts", import.meta.url));
    const run = spawnSync(process.execPath, [script, engine, String(rows)], { encoding: "utf8" });
    if (run.status !== 0) throw new Error(`the bench of lists failed: ${run.stderr}`);
    return JSON.parse(run.stdout) as readonly ListResult[];
  });
}

/** How much longer each list takes at the largest size than at the smallest, by its median. */
export function growth(results: readonly ListResult[]): Readonly<Record<string, number>> {
  const ratios: Record<string, number> = {};
  for (const last of results) {
    const [first] = results.filter((one) => one.engine === last.engine && one.list === last.list);
    if (first) ratios[`${last.engine}: ${last.list}`] = Number((last.p50Ms / first.p50Ms).toPrecision(2));
  }
  return ratios;
}
