import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { haveKamailio } from "../support/kamailio.ts";
import { freeSipPort, freeUdpPort, type Platform, startPlatform } from "../support/platform.ts";
import { haveSipp, startSipp } from "../support/sipp.ts";

const PBX = "127.0.0.41";
const PHONE = "127.0.0.42";

type Guide = { readonly files: readonly { readonly path: string; readonly text: string }[] };
type Contact = {
  readonly last_options: Record<string, unknown> | null;
  readonly last_invite: Record<string, unknown> | null;
};

let platform: Platform;
let dir: string;
beforeAll(async () => {
  platform = await startPlatform();
  dir = mkdtempSync(join(tmpdir(), "trunkline-guide-"));
});
afterAll(async () => {
  rmSync(dir, { recursive: true, force: true });
  expect(await platform.stop()).toBe(0);
});

describe.skipIf(!haveKamailio || !haveSipp)("CON-3: the guide for Kamailio, followed to the letter", () => {
  it("is accepted by Kamailio and carries a call, whose OPTIONS and INVITE are seen", async () => {
    const { trunks } = await platform.get<{ trunks: { sid: string; domain_name: string }[] }>("/v1/Trunks");
    const trunk = trunks.find(({ domain_name }) => domain_name === platform.demo.domain);
    const guides = `/trunkline/v1/Trunks/${trunk?.sid}`;
    const guide = await platform.get<Guide>(`${guides}/SetupGuides/kamailio`);
    const [port, phonePort] = [await freeSipPort(PBX), await freeUdpPort(PHONE)];
    const text = (guide.files[0]?.text ?? "")
      .replaceAll("192.0.2.20:5060", `${PBX}:${port}`)
      .replaceAll("192.0.2.21:5060", `${PHONE}:${phonePort}`)
      .replaceAll("192.0.2.21", PHONE)
      .replaceAll("YOUR-PASSWORD", platform.demo.password);
    const config = join(dir, "kamailio.cfg");
    writeFileSync(config, text);
    const check = spawnSync("kamailio", ["-c", "-f", config], { encoding: "utf8" });
    expect(check.status, check.stderr).toBe(0);

    const args = ["-DD", "-E", "-m", "64", "-M", "4", "-Y", dir, "-P", join(dir, "pid"), "-f", config];
    const child = spawn("kamailio", args, { stdio: ["ignore", "ignore", "pipe"] });
    let log = "";
    child.stderr.setEncoding("utf8").on("data", (more: string) => {
      log += more;
    });
    const contact = () => platform.get<Contact>(`${guides}/Contact`);
    try {
      await eventually("OPTIONS", async () => (await contact()).last_options ?? undefined, 45_000);
      const { successful, messages, errors } = await startSipp({
        scenario: "uac.xml",
        target: `${PBX}:${port}`,
        address: PHONE,
        port: phonePort,
        keys: { domain: platform.demo.domain, from: platform.demo.numbers[0] as string, to: "+15005552000" },
        extra: ["-d", "500"],
        limitSec: 30,
      }).done;
      expect(successful, `${errors}${log}${messages}`).toBe(1);
      const { last_options: options, last_invite: invite } = await contact();
      expect(options).toMatchObject({ verdict: "answered", answer_status: 200, transport: "udp", problem: null });
      expect(invite).toMatchObject({ status: 200, code: null, to: "+15005552000", problem: null });
      expect(invite?.["source"]).toBe(`${PBX}:${port}`);
    } finally {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await exited;
    }
  });
});
