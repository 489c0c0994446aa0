import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export type RoutingResult = {
  readonly trunks: number;
  readonly numbers: number;
  /** Of all kinds, as the store delivers them. */
  readonly rows: number;
  /** CPU seconds, garbage collector included; so is the time of a decision. */
  readonly loadSec: number;
  /** Resident memory that the directory added to the process. */
  readonly memoryMiB: number;
  readonly heapMiB: number;
  /** Calls to ten of the trunks. */
  readonly microsPerDecisionAtFew: number;
  /** Calls to all of them alike, which no processor's cache can hold. */
  readonly microsPerDecisionAtAll: number;
};

/**
 * What a routing decision costs with few trunks and with many, and what many cost to load and to hold. Each size in a process of its own, so
 * that one's garbage is not in the other's figure; all in memory, without a database.
 */
export function benchRouting(): readonly RoutingResult[] {
  return [10, 100_000].map((trunks) => {
    const script = fileURLToPath(new URL("routing/measure.ts", import.meta.url));
    const run = spawnSync(process.execPath, ["--expose-gc", script, String(trunks), "10"], { encoding: "utf8" });
    if (run.status !== 0) throw new Error(`the routing bench failed: ${run.stderr}`);
    return JSON.parse(run.stdout) as RoutingResult;
  });
}
