import { execFileSync } from "node:child_process";
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

/** What would become of a call (EVD-3). */
type Simulation = { readonly verdict: string; readonly targets: readonly { readonly uri: string }[] };

describe("examples/", () => {
  it("trunk.mjs: a trunk by Twilio's SDK that takes calls both ways (TRK-1, API-2)", async () => {
    const { demo, api, zone } = platform;
    const number = demo.numbers[15] as string;
    const said = execFileSync("node_modules/.bin/node", ["examples/trunk.mjs"], {
      cwd: root,
      encoding: "utf8",
      env: {
        ...{ ACCOUNT_SID: demo.accountSid, AUTH_TOKEN: demo.authToken, API: api, ZONE: zone },
        ...{ NUMBER: number, PBX: "192.0.2.10" },
      },
    });
    expect(said).toMatch(/^TK[0-9a-f]{32}: call sip:\+\.\.\.@office\.pstn\./);
    const ask = (Source: string, RequestUri: string, From: string): Promise<Simulation> =>
      platform.post("/trunkline/v1/Simulations", { Source, RequestUri, From }, "operator");
    const out = await ask("192.0.2.10", `sip:+15005552300@office.pstn.${zone}`, number);
    expect(out.verdict).toBe("pass");
    const { sip_url: pstn } = (
      await platform.get<{ targets: { sip_url: string }[] }>(
        `/trunkline/v1/Carriers/CX${"0".repeat(31)}1/Targets`,
        "operator",
      )
    ).targets[0] ?? { sip_url: "" };
    const incoming = await ask(pstn.replace("sip:", ""), `sip:${number}@${platform.sipHost}`, "+14155550123");
    expect(incoming.targets.map(({ uri }) => uri)).toEqual([`sip:${number}@192.0.2.10:5060`]);
  });
});
