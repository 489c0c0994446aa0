import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

it("docs/api-parity.md names exactly the endpoints of Twilio's surfaces that are served (API-1)", () => {
  const check = spawnSync(process.execPath, ["scripts/api-parity.mjs", "--check"], { cwd: root, encoding: "utf8" });
  expect(check.stderr).toBe("");
});
