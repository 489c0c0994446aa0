import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

it("docs/requirements.md names exactly the tests that cite each requirement, and calls nothing built that none proves", () => {
  const check = spawnSync(process.execPath, ["scripts/requirements.mjs", "--check"], { cwd: root, encoding: "utf8" });
  expect(check.stderr).toBe("");
});
