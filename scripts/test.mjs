// npm test: installs what is needed, builds, checks style and types, runs every suite. Ends with "N passed, N failed, N skipped".
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { installPrograms, TEST_PROGRAMS } from "./lib/debian.mjs";
import { build, installPackages, projectEnv, root, run, say } from "./lib/project.mjs";

installPackages();
installPrograms(TEST_PROGRAMS);
build();
say("Checking style, types and dependencies ...");
run("biome", ["check", "--reporter=summary", "."]);
run("tsc", ["-p", "tsconfig.tests.json"]);
run("knip", ["--no-config-hints"]);

say("Running the suites ...");
const report = join(root, ".cache", "test-report.json");
mkdirSync(join(root, ".cache"), { recursive: true });
rmSync(report, { force: true });
const args = [
  "vitest",
  "run",
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
];
const { status } = spawnSync("vitest", args, { cwd: root, stdio: "inherit", env: projectEnv });

/** Counts from the machine-readable report; a run that left none, or a file that could not be loaded, counts as a failure. */
function readCounts() {
  try {
    const result = JSON.parse(readFileSync(report, "utf8"));
    const brokenFiles = result.testResults.filter(
      (file) => file.status === "failed" && file.assertionResults.length === 0,
    ).length;
    return {
      passed: result.numPassedTests,
      failed: result.numFailedTests + brokenFiles,
      skipped: result.numPendingTests + result.numTodoTests,
      result,
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0, result: undefined };
  }
}

const { passed, failed, skipped, result } = readCounts();
for (const file of result?.testResults ?? []) {
  for (const test of file.assertionResults) {
    if (test.status === "pending" || test.status === "skipped" || test.status === "todo")
      say(`skipped: ${test.fullName}`);
  }
}
const strict = process.env.CI === "true" && skipped > 0;
if (strict) say("Under CI=true nothing may be skipped.");
const broken = status !== 0 && failed === 0 ? 1 : failed;
say(`${passed} passed, ${broken} failed, ${skipped} skipped`);
process.exit(broken > 0 || strict ? 1 : 0);
