import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

it("the console's types of our API are those of its OpenAPI document (API-4)", () => {
  const check = spawnSync(process.execPath, ["scripts/console-types.mjs", "--check"], { cwd: root, encoding: "utf8" });
  expect(check.stderr).toBe("");
});
