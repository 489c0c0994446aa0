// npm run fuzz: breaks messages and everything that reads them, for minutes or for a night.
// Options: --minutes N (1), --seed S (the time), --target reader|sdp|framing|uri|digest|edge|all.
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { FOUND } from "./corpus.ts";
import { type Fuzzer, fuzzersOf } from "./fuzzer.ts";
import type { Finding } from "./target.ts";

const { values: options } = parseArgs({
  options: { minutes: { type: "string" }, seed: { type: "string" }, target: { type: "string" } },
});
const minutes = Number(options.minutes ?? 1);
const seed = Number(options.seed ?? Date.now() % 2 ** 31);
const fuzzers = fuzzersOf(options.target ?? "all", seed);
if (!fuzzers || !(minutes > 0) || !Number.isSafeInteger(seed)) {
  process.stderr.write(
    "Usage: npm run fuzz -- [--minutes N] [--seed S] [--target reader|sdp|framing|uri|digest|edge|all]\n",
  );
  process.exit(2);
}

/** How often it says how it is getting on. */
const REPORT_MS = 10_000;
/** What stays after a collection may differ by this much from hour to hour; a leak of a kilobyte in a thousand inputs passes it in minutes. */
const GROWTH_MIB = 24;

/** Turns of a second or less each, so that a short run reaches everything. */
const TURN_MS = 1_000;

const usedMs = new Map<Fuzzer, number>();
const say = (text: string): void => void process.stdout.write(`${text}\n`);

say(`Fuzzing ${fuzzers.map(({ name }) => name).join(", ")} for ${minutes} min, seed ${seed}.`);
const untilMs = performance.now() + minutes * 60_000;
let reportMs = performance.now() + REPORT_MS;
let baselineMib: number | undefined;
const warmMs = performance.now() + Math.min(60_000, minutes * 20_000);
while (performance.now() < untilMs) {
  for (const fuzzer of fuzzers) await turn(fuzzer);
  if (baselineMib === undefined && performance.now() > warmMs) baselineMib = heapMib();
  if (performance.now() > reportMs) {
    reportMs += REPORT_MS;
    say(fuzzers.map(progress).join("  "));
  }
}
finish();

async function turn(fuzzer: Fuzzer): Promise<void> {
  const startMs = performance.now();
  while (performance.now() < startMs + TURN_MS) await fuzzer.slice();
  usedMs.set(fuzzer, (usedMs.get(fuzzer) ?? 0) + performance.now() - startMs);
}

function progress(fuzzer: Fuzzer): string {
  const perSecond = Math.round((1_000 * fuzzer.inputs) / (usedMs.get(fuzzer) ?? 1));
  return `${fuzzer.name} ${fuzzer.inputs} (${perSecond}/s, ${fuzzer.findings.length} found)`;
}

function heapMib(): number {
  // Twice: what a finaliser releases is there only for the second.
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

function finish(): void {
  const grownMib = baselineMib === undefined ? 0 : heapMib() - baselineMib;
  const found = (fuzzers ?? []).flatMap(({ findings }) => findings);
  for (const fuzzer of fuzzers ?? []) say(progress(fuzzer));
  say(`Heap after collection: ${grownMib.toFixed(1)} MiB more than after warming up.`);
  for (const finding of found) keep(finding);
  if (grownMib > GROWTH_MIB) say("The heap grows: a leak.");
  say(found.length === 0 ? "Nothing found." : `${found.length} found.`);
  process.exit(found.length > 0 || grownMib > GROWTH_MIB ? 1 : 0);
}

/** Inputs become vectors; the unit test plays them again from now on. A round of the edge is told by its seed. */
function keep(finding: Finding): void {
  say(`\n${finding.target}: ${finding.problem}`);
  if (finding.target === "edge") {
    say(`  again with: npm run fuzz -- --target edge --seed ${finding.input} --minutes 0.01`);
    return;
  }
  const name = `${finding.target}-${createHash("sha256").update(finding.input, "latin1").digest("hex").slice(0, 12)}.json`;
  mkdirSync(FOUND, { recursive: true });
  writeFileSync(FOUND + name, `${JSON.stringify(finding, null, 2)}\n`);
  say(`  kept as test/vectors/fuzz/${name}`);
}
