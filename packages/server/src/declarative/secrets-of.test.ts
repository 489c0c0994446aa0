import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SecretReference } from "./item.ts";
import type { Step } from "./plan.ts";
import { secretsOf } from "./secrets-of.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "trunkline-secrets-"));
  writeFileSync(join(folder, "good"), "Correct-Horse-7\r\n");
  writeFileSync(join(folder, "empty"), "\n");
  writeFileSync(join(folder, "long"), "x".repeat(5_000));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const step = (password: SecretReference): Step => ({
  action: "create",
  item: { kind: "credential", path: ["PBX", "alice"], fields: { password } },
});

describe("API-5: secrets stand somewhere else", () => {
  const cases: [from: SecretReference["from"], name: string, found: RegExp][] = [
    ["environment", "SET", /^From-Env-1$/],
    ["environment", "UNSET", /^credential "alice" of credential list "PBX": the environment variable UNSET is not set/],
    ["environment", "EMPTY", /is not set/],
    ["file", "good", /^Correct-Horse-7$/],
    ["file", "empty", /is empty/],
    ["file", "long", /more than 4096 octets/],
    ["file", "missing", /cannot be read \(ENOENT\)/],
    ["file", "/dev/zero", /is no file/],
    ["file", ".", /is no file/],
  ];
  it.each(cases)("%s %s", (from, name, found) => {
    const { secrets, missing } = secretsOf([step({ from, name })], { SET: "From-Env-1", EMPTY: "" }, folder);
    expect([...secrets.values(), ...missing.values()].join()).toMatch(found);
  });
});
