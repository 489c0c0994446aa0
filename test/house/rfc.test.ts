import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

const STATES = new Set(["supported", "partly", "not yet"]);

type Row = { readonly rfcs: string; readonly state: string; readonly tests: readonly string[] };

function rows(): readonly Row[] {
  const lines = readFileSync(`${root}/docs/rfc.md`, "utf8").split("\n");
  return lines.flatMap((line) => {
    if (!/^\| \d/.test(line)) return [];
    const [, rfcs = "", , state = "", tests = ""] = line.split("|").map((cell) => cell.trim());
    return [{ rfcs, state, tests: [...tests.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "") }];
  });
}

/** Where a short name of docs/rfc.md leads. */
function pathOf(test: string): string {
  const [room = "", ...rest] = test.split("/");
  return room === "test" ? `${root}/${test}` : `${root}/packages/${room}/src/${rest.join("/")}`;
}

/** Says what it stands for by number, as "RFC 3262 §3"; clauses without a number are those of RFC 3261. */
function cites(file: string, rfcs: string): boolean {
  const text = readFileSync(pathOf(file), "utf8");
  return rfcs.split(", ").some((rfc) => text.includes(rfc) || (rfc === "3261" && text.includes("§")));
}

it("docs/rfc.md: every row has a state, and claims nothing without a test that is there", () => {
  const all = rows();
  expect(all.length).toBeGreaterThanOrEqual(60);
  for (const { rfcs, state, tests } of all) {
    expect([rfcs, STATES.has(state), tests.length > 0]).toEqual([rfcs, true, state !== "not yet"]);
    expect([rfcs, tests.filter((test) => !existsSync(pathOf(test)))]).toEqual([rfcs, []]);
  }
});

it("docs/rfc.md: what is called supported is cited by one of its tests", () => {
  const uncited = rows().filter(({ rfcs, state, tests }) => {
    return state === "supported" && !tests.some((test) => cites(test, rfcs));
  });
  expect(uncited.map(({ rfcs }) => rfcs)).toEqual([]);
});
