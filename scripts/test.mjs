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

/** One after the other: calls over real sockets should not have to share the machine with thousands of simulated ones. */
const SUITES = ["unit", "simulation", "e2e"];

/** Counts from the machine-readable report; a run that left none, or a file that could not be loaded, counts as a failure. */
function countsOf(report, status) {
  let result;
  try {
    result = JSON.parse(readFileSync(report, "utf8"));
  } catch {
    return { passed: 0, failed: 1, skipped: 0, lines: [`failed: no report (${report})`] };
  }
  const tests = result.testResults.flatMap((file) => file.assertionResults);
  const brokenFiles = result.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  );
  const failed = result.numFailedTests + brokenFiles.length;
  const skipped = tests.filter((test) => ["pending", "skipped", "todo"].includes(test.status));
  const lines = [
    ...skipped.map((test) => `skipped: ${test.fullName}`),
    ...tests.filter((test) => test.status === "failed").map((test) => `failed: ${test.fullName}`),
    ...brokenFiles.map((file) => `failed: ${file.name} could not be run`),
  ];
  return {
    passed: result.numPassedTests,
    failed: failed === 0 && status !== 0 ? 1 : failed,
    skipped: skipped.length,
    lines,
  };
}

function runSuite(suite) {
  say(`Running the ${suite} suite ...`);
  const report = join(root, ".cache", `test-report-${suite}.json`);
  rmSync(report, { force: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const args = ["run", "--project", suite, ...reporters, ...process.argv.slice(2)];
  const { status } = spawnSync("vitest", args, { cwd: root, stdio: "inherit", env: projectEnv });
  return countsOf(report, status);
}

mkdirSync(join(root, ".cache"), { recursive: true });
const results = SUITES.map(runSuite);
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
for (const line of results.flatMap((result) => result.lines)) say(line);
const strict = process.env.CI === "true" && sum("skipped") > 0;
if (strict) say("Under CI=true nothing may be skipped.");
say(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
process.exit(sum("failed") > 0 || strict ? 1 : 0);
