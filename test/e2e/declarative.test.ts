import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ran, trunkline } from "../support/cli.ts";
import { type Platform, startPlatform } from "../support/platform.ts";

let platform: Platform;
let other: Platform;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "trunkline-cli-"));
  [platform, other] = await Promise.all([
    startPlatform(),
    startPlatform({ env: { TRUNKLINE_ZONE: "sip.example.com", TRUNKLINE_DEMO: "false" } }),
  ]);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  expect(await Promise.all([platform.stop(), other.stop()])).toEqual([0, 0]);
});

const PASSWORD = { PASSWORD_PBX_USERS_ALICE: "Correct-Horse-7" };

const local = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> =>
  trunkline(args, { TRUNKLINE_DATA_DIR: platform.dataDir, ...env });

async function newAccount(on: Platform): Promise<{ readonly sid: string; readonly auth_token: string }> {
  return on.post("/2010-04-01/Accounts.json", { FriendlyName: "Declared", Type: "Full" }, "operator");
}

describe("API-5: an account as a file, on the command line", () => {
  it("the example: a dry run, applied, and nothing to do the second time; what is exported is what was applied", async () => {
    const { sid } = await newAccount(platform);
    const apply = ["apply", "examples/account.yaml", "--account", sid];
    const dry = await local([...apply, "--dry-run"], PASSWORD);
    expect(dry).toMatchObject({ code: 0, error: "" });
    expect(dry.out).toContain('  + trunk "Head office"\n      domain: "head-office"\n');
    expect(dry.out).toMatch(/password: from \$\{PASSWORD_PBX_USERS_ALICE\}\n/);
    expect(dry.out).not.toContain("Correct-Horse-7");
    expect(await local([...apply, "--yes"], PASSWORD)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/\nDone: 1\d created, 1 changed, 0 deleted\.\n$/),
    });
    expect(await local([...apply, "--yes"])).toMatchObject({ code: 0, out: expect.stringContaining("Nothing to do") });
    const file = join(folder, "exported.yaml");
    const exported = await local(["export", "--account", sid, "--output", file]);
    expect(exported).toMatchObject({
      code: 0,
      out: "",
      error: expect.stringContaining("set PASSWORD_PBX_USERS_ALICE"),
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const again = await newAccount(other);
    const moved = { TRUNKLINE_DATA_DIR: other.dataDir, ...PASSWORD };
    expect(await trunkline(["apply", file, "--account", again.sid, "--yes"], moved)).toMatchObject({
      code: 0,
      error: "",
    });
    expect((await trunkline(["export", "--account", again.sid], moved)).out).toBe(readFileSync(file, "utf8"));
  });

  it("asks nobody where nobody is, refuses wrong files with their places, and needs a password for what is new", async () => {
    const { sid } = await newAccount(platform);
    const unasked = await local(["apply", "examples/account.yaml", "--account", sid]);
    expect(unasked).toMatchObject({ code: 2, out: "", error: expect.stringContaining("add --yes, or --dry-run") });
    const wrong = join(folder, "wrong.yaml");
    writeFileSync(wrong, "trunkline: 1\ntrunks:\n  A: {secur: true}\n");
    expect(await local(["apply", wrong, "--account", sid, "--yes"])).toMatchObject({
      code: 2,
      error: `trunkline: ${wrong}:3:7: trunks > A: unknown key "secur"; did you mean secure?\n`,
    });
    const missing = await local(["apply", "examples/account.yaml", "--account", sid, "--yes"]);
    expect(missing).toMatchObject({ code: 1, error: expect.stringContaining("PASSWORD_PBX_USERS_ALICE is not set") });
    expect(await platform.get("/v1/Trunks", "operator")).toMatchObject({ trunks: [] });
  });

  it("an account's own credentials from the environment; a wrong token is told once, without it", async () => {
    const { sid, auth_token } = await newAccount(platform);
    const own = { TRUNKLINE_API: platform.api, TRUNKLINE_ACCOUNT_SID: sid, TRUNKLINE_AUTH_TOKEN: auth_token };
    expect(await trunkline(["export"], own)).toMatchObject({ code: 0, out: "trunkline: 1\n" });
    const wrong = await trunkline(["export"], { ...own, TRUNKLINE_AUTH_TOKEN: "hunter2" });
    expect(wrong).toMatchObject({ code: 1, error: expect.stringContaining("401") });
    expect(wrong.error).not.toContain("hunter2");
  });

  it("import-twilio takes the demo account over to another installation, numbers included; again: nothing to do", async () => {
    const { sid } = await newAccount(other);
    const passwords = join(folder, "passwords.env");
    const base = ["import-twilio", "--account-sid", platform.demo.accountSid, "--base-url", platform.api];
    const command = [
      ...base,
      "--auth-token-stdin",
      "--account",
      sid,
      "--add-to-inventory",
      "--passwords",
      passwords,
      "--yes",
      "--json",
    ];
    const env = { TRUNKLINE_DATA_DIR: other.dataDir };
    const run = () => trunkline(command, env, `${platform.demo.authToken}\n`);
    const first = await run();
    expect(first).toMatchObject({ code: 0, error: "" });
    expect(JSON.parse(first.out)).toMatchObject({ failure: null, notes: [], kept: [] });
    expect(readFileSync(passwords, "utf8")).toMatch(/^PASSWORD_DEMO_USERS_DEMO='[^']+'\n$/);
    expect(JSON.parse((await run()).out)).toMatchObject({ steps: [], done: 0 });
    const file = (await trunkline(["export", "--account", sid], env)).out;
    expect(file).toContain("domain: demo\n");
    for (const number of platform.demo.numbers) expect(file).toContain(`  "${number}":`);
    expect(file.match(/^ {4}trunk: Demo trunk$/gm)).toHaveLength(10);
  });

  it("import-twilio writes a file without any platform of one's own", async () => {
    const file = join(folder, "twilio.yaml");
    const args = [
      "import-twilio",
      "--account-sid",
      platform.demo.accountSid,
      "--base-url",
      platform.api,
      "--output",
      file,
    ];
    const env = { TWILIO_AUTH_TOKEN: platform.demo.authToken, TRUNKLINE_DATA_DIR: folder };
    expect(await trunkline(args, env)).toMatchObject({ code: 0, error: "" });
    expect(readFileSync(file, "utf8")).toContain('  "+12025550100":\n');
  });
});

describe("API-5: trunkline doctor beside a running platform", () => {
  it("finds it well, and says so in JSON too", async () => {
    const settings = { TRUNKLINE_HTTP: new URL(platform.api).host, TRUNKLINE_SIP_PORT: String(platform.sipPort) };
    const { code, out } = await local(["doctor", "--json"], settings);
    const { healthy, findings } = JSON.parse(out) as {
      healthy: boolean;
      findings: { check: string; detail: string }[];
    };
    expect({ code, healthy }).toEqual({ code: 0, healthy: true });
    expect(findings.map(({ detail }) => detail)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^process \d+ is ready at /),
        expect.stringMatching(/^API at .* answers$/),
      ]),
    );
    const shown = await local(["doctor"], settings);
    expect(shown.out).toMatch(/\n\d+ ok, \d+ to look at, 0 to fix\n$/);
  });

  it.each(["export", "apply", "import-twilio", "doctor"])("%s --help tells options and exit codes", async (command) => {
    const { code, out } = await local([command, "--help"]);
    expect(code).toBe(0);
    expect(out).toMatch(/--json[\s\S]*Exit codes: 0 .* 1 .* 2 /);
  });
});
