// Keeps docs/requirements.md true: rewrites its column of tests from what the tests cite. With --check it changes nothing and fails,
// saying what is wrong, when the page is not what it would write, or calls something built that no test proves.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./lib/project.mjs";

const PAGE = join(root, "docs", "requirements.md");
const CITED =
  /\b(ACC|TRK|REC|SEC|XFER|MED|TERM|ORIG|TWI|NUM|NET|CAR|BIL|LIM|EVD|API|CON|OPS)-(\d+)(?: to (\d+))?((?:, \d+)*)/g;

/** The ids a text cites: `ORIG-1 to 4, 7` is five of them. */
function citedIn(text) {
  return [...text.matchAll(CITED)].flatMap(([, area, first, last, more]) => {
    const from = Number(first);
    const range = Array.from({ length: Number(last ?? first) - from + 1 }, (_unused, i) => from + i);
    return [...range, ...(more?.match(/\d+/g) ?? []).map(Number)].map((number) => `${area}-${number}`);
  });
}

function testsById() {
  const listed = execFileSync("git", ["ls-files", "*.test.ts", "*.contract.ts"], { cwd: root, encoding: "utf8" });
  const byId = new Map();
  for (const file of listed.trim().split("\n").toSorted()) {
    for (const id of new Set(citedIn(readFileSync(join(root, file), "utf8"))))
      byId.set(id, [...(byId.get(id) ?? []), file]);
  }
  return byId;
}

const tests = testsById();
const problems = [];
const known = new Set();
const before = readFileSync(PAGE, "utf8");
const after = before
  .split("\n")
  .map((line) => {
    const [, id, what, state, where, , missing] = line.split("|").map((cell) => cell.trim());
    if (!/^[A-Z]+-\d+$/.test(id ?? "")) return line;
    known.add(id);
    const files = tests.get(id) ?? [];
    if (!["built", "partly", "not yet"].includes(state))
      problems.push(`${id}: the state is built, partly or not yet, not ${state}`);
    if (state === "built" && (files.length === 0 || where === ""))
      problems.push(`${id} is called built, and no test or no place says so`);
    return `| ${id} | ${what} | ${state} | ${where} | ${files.map((file) => `\`${file}\``).join("<br>")} | ${missing ?? ""} |`;
  })
  .join("\n");
for (const id of tests.keys())
  if (!known.has(id)) problems.push(`${id} is cited by ${tests.get(id)?.join(", ")} and is not on the page`);

if (process.argv.includes("--check")) {
  if (after !== before)
    problems.push("the column of tests is not what the tests cite: run node scripts/requirements.mjs");
} else writeFileSync(PAGE, after);
for (const problem of problems) process.stderr.write(`docs/requirements.md: ${problem}\n`);
process.exit(problems.length > 0 ? 1 : 0);
