import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Platform, startPlatform } from "../support/platform.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(async () => {
  expect(await platform.stop()).toBe(0);
});

type Ran = { readonly code: number | null; readonly out: string; readonly error: string };

async function simulate(options: readonly string[], dataDir = platform.dataDir): Promise<Ran> {
  const child = spawn(`${root}/node_modules/.bin/node`, ["packages/server/bin/trunkline.js", "simulate", ...options], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, TRUNKLINE_DATA_DIR: dataDir },
  });
  const exited = new Promise<number | null>((resolve) => child.on("exit", resolve));
  const [out, error, code] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { code, out, error };
}

const call = (to: string): string[] => [
  ...["--source", "127.0.0.1"],
  ...["--request-uri", `sip:${to}@${platform.demo.domain}`],
  ...["--from", platform.demo.numbers[0] as string],
];

describe("EVD-3: trunkline simulate", () => {
  it("a call that would pass: 0, the trace and the targets in order", async () => {
    const { code, out, error } = await simulate(call("+15005552300"));
    expect(error).toBe("");
    expect(code).toBe(0);
    expect(out).toMatch(/^\nThe call would pass\.\n/);
    expect(out).toContain(`trunk      TK`);
    expect(out).toMatch(/\n {2}pass +termination\.called-number +\+15005552300: /);
    expect(out).toMatch(/Where it would go, in order:\n {2}1\. sip:\+15005552300@127\.0\.0\.1:\d+ \(CX0+1\)\n/);
  });

  it("a call that would be refused: 1, status, code and reason; --json has everything", async () => {
    const { code, out } = await simulate(call("15005552300"));
    expect(code).toBe(1);
    expect(out).toMatch(/^\nThe call would be refused: 400 Invalid Phone Number \(32101\)\n/);
    const json = await simulate([...call("15005552300"), "--json", "--secure", "--at", "2026-01-31T09:30:00Z"]);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({ verdict: "refuse", sip_status: 400, targets: [] });
  });

  it("a call of a stranger: 1, no answer", async () => {
    const options = ["--source", "192.0.2.1", "--request-uri", "sip:1@example.com", "--from", "anonymous"];
    const { code, out } = await simulate(options);
    expect(code).toBe(1);
    expect(out).toMatch(/^\nThe call would get no answer\.\n/);
  });

  const wrong: [what: string, options: readonly string[], says: RegExp][] = [
    ["no source", ["--request-uri", "sip:1@x", "--from", "1"], /required option '--source <address>'/],
    [
      "an unknown option",
      [...["--source", "::1", "--request-uri", "sip:1@x", "--from", "1"], "--loud"],
      /unknown option '--loud'/,
    ],
    [
      "a source that is none",
      ["--source", "pbx", "--request-uri", "sip:1@x", "--from", "1"],
      /Source: "pbx" is not an IP/,
    ],
    [
      "a time that is none",
      ["--source", "::1", "--request-uri", "sip:1@x", "--from", "1", "--at", "soon"],
      /At must be a date/,
    ],
  ];
  it.each(wrong)("%s is wrong usage: 2", async (_what, options, says) => {
    const { code, error, out } = await simulate(options);
    expect([code, error, out]).toEqual([2, expect.stringMatching(says), ""]);
  });

  it("--help tells of every option and of the exit codes; without a platform it says so: 1", async () => {
    const help = await simulate(["--help"]);
    expect(help.code).toBe(0);
    for (const option of ["--source", "--request-uri", "--from", "--to", "--at", "--secure", "--json"])
      expect(help.out).toContain(option);
    expect(help.out).toContain("Exit codes: 0 it would pass, 1 it would not");
    const { code, error } = await simulate(call("+15005552300"), `${platform.dataDir}/nothing`);
    expect([code, error]).toEqual([1, expect.stringMatching(/no platform runs on this data directory/)]);
  });
});
