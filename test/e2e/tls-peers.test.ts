import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConnectionOptions } from "node:tls";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { eventually } from "../support/eventually.ts";
import { makeCa } from "../support/lent-fixtures.ts";
import { sClient } from "../support/openssl.ts";
import { type Platform, startPlatform } from "../support/platform.ts";
import { ackText, inviteText, RawSip } from "../support/raw-sip.ts";
import { type GroundTrunk, makeTrunk } from "../support/trunk-ground.ts";

/** What Debian's openssl needs to speak versions whose signatures are SHA-1. */
const OLD = ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"];

const clients = makeCa("Clients");
let dir: string;
let platform: Platform;
let trunk: GroundTrunk;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "trunkline-clients-"));
  writeFileSync(join(dir, "clients.pem"), clients.caPem);
  platform = await startPlatform({ env: { TRUNKLINE_TLS_CLIENT_CA: join(dir, "clients.pem") } });
  trunk = await makeTrunk(platform, { name: "peers", listed: "127.0.0.1" });
});
afterAll(async () => {
  expect(await platform.stop()).toBe(0);
  rmSync(dir, { recursive: true, force: true });
});

const handshake = (options: readonly string[]): Promise<string> =>
  sClient(platform.sipHost, platform.sipsPort, options);

type Alert = { readonly error_code: string; readonly resource_sid: string; readonly alert_text: string };

describe("SEC-1, ACC-5: deprecated versions", () => {
  const allow = (allowed: boolean): Promise<unknown> =>
    platform.post("/trunkline/v1/AccountSettings", { DeprecatedTlsAllowed: String(allowed) });

  it("are refused with the alert protocol_version, counted and told (32222); spoken once the account allows them; refused again", async () => {
    const asked = [...OLD, "-servername", trunk.domain];
    const refused = /alert protocol version/;
    expect(await handshake(asked)).toMatch(refused);
    const alert = await eventually("the alert", async () => {
      const { alerts } = await platform.get<{ alerts: Alert[] }>("/v1/Alerts");
      return alerts.find((one) => one.error_code === "32222");
    });
    expect(alert.resource_sid).toBe(trunk.sid);
    expect(alert.alert_text).toMatch(/127\.0\.0\.1 for peers\.pstn\.\S+: it offered TLSv1\.1 at most/);
    const metrics = await (await fetch(`${platform.api}/metrics`)).text();
    expect(metrics).toMatch(/^trunkline_sip_handshakes_failed_version 1$/m);
    await allow(true);
    expect(await handshake(asked)).toMatch(/Protocol *: TLSv1\.1/);
    expect(await handshake([...OLD, "-noservername"]), "by its listed address").toMatch(/Protocol *: TLSv1\.1/);
    expect(await handshake([...OLD, "-servername", `nobody.pstn.${platform.zone}`])).toMatch(/Protocol *: TLSv1\.1/);
    await allow(false);
    for (const name of [["-servername", trunk.domain], ["-noservername"]]) {
      expect(await handshake([...OLD, ...name])).toMatch(refused);
    }
  });
});

describe("SEC-6: mutual TLS", () => {
  let sequence = 0;

  /** The final answer to one call over a connection of its own. */
  async function call(options: ConnectionOptions): Promise<string> {
    const raw = await RawSip.connectTls(platform.sipsPort, platform.sipHost, { servername: trunk.domain, ...options });
    onTestFinished(() => raw.close());
    sequence += 1;
    const text = inviteText({
      host: raw.address,
      port: raw.port,
      requestUri: `sip:+15005552000@${trunk.domain}`,
      from: `sip:${platform.demo.numbers[0]}@${trunk.domain}`,
      callId: `peers${sequence}.${process.pid}`,
      transport: "tls",
    });
    raw.send(text, platform.sipsPort, platform.sipHost);
    const final = (await raw.final()) ?? "";
    if (!final.startsWith("SIP/2.0 200")) raw.send(ackText(text, final), platform.sipsPort, platform.sipHost);
    return final;
  }

  it("a trunk that names its peers takes calls only with their certificate, from the roots that the operator trusts", async () => {
    const shows = (of: { certPem: string; keyPem: string }): ConnectionOptions => ({
      cert: of.certPem,
      key: of.keyPem,
    });
    const [right, wrong] = [clients.issue(["DNS:pbx.example.com"]), clients.issue(["DNS:other.example.com"])];
    const stranger = makeCa("Stranger").issue(["DNS:pbx.example.com"]);
    expect(await call({})).toMatch(/^SIP\/2\.0 200 /);
    await platform.post(`/trunkline/v1/Trunks/${trunk.sid}`, { ClientNames: "pbx.example.com" });
    expect(await call(shows(right))).toMatch(/^SIP\/2\.0 200 /);
    for (const options of [{}, shows(wrong), shows(stranger)]) {
      const answer = await call(options);
      expect(answer).toMatch(/^SIP\/2\.0 403 Forbidden\r\n/);
      expect(answer).toMatch(/^X-Twilio-Error: 32202 /m);
    }
    expect(await call({ ...shows(right), servername: "" }), "known by its address").toMatch(/^SIP\/2\.0 200 /);
    await platform.post(`/trunkline/v1/Trunks/${trunk.sid}`, { ClientNames: "" });
    expect(await call({})).toMatch(/^SIP\/2\.0 200 /);
  });
});

describe("SEC-1: the operator's choice of suites", () => {
  it("is what the listener offers, and nothing else", async () => {
    const own = await startPlatform({ env: { TRUNKLINE_TLS_CIPHERS: "ECDHE-RSA-AES256-GCM-SHA384:AES128-SHA" } });
    onTestFinished(async () => {
      expect(await own.stop()).toBe(0);
    });
    const said = (options: readonly string[]): Promise<string> => sClient(own.sipHost, own.sipsPort, options);
    expect(await said([])).toMatch(/Cipher is ECDHE-RSA-AES256-GCM-SHA384$/m);
    expect(await said(["-tls1_2", "-cipher", "AES128-SHA"])).toMatch(/Cipher is AES128-SHA$/m);
    expect(await said(["-tls1_3"])).toMatch(/alert protocol version/);
    expect(await said(["-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256"])).toMatch(/alert handshake failure/);
  });

  it.each([
    [
      { TRUNKLINE_TLS_CIPHERS: "ECDHE-RSA-AES128-GCM-SHA256:RC4-SHA" },
      /^.*TRUNKLINE_TLS_CIPHERS=\S+ RC4-SHA is none of /,
    ],
    [{ TRUNKLINE_TLS_CLIENT_CA: "/nowhere.pem" }, /^.*TRUNKLINE_TLS_CLIENT_CA=\/nowhere\.pem: ENOENT/],
  ])("a wrong one stops the start with one clear line: %j", (env, line) => {
    const data = mkdtempSync(join(tmpdir(), "trunkline-wrong-"));
    onTestFinished(() => rmSync(data, { recursive: true, force: true }));
    const node = join("node_modules", ".bin", "node");
    const { status, stderr } = spawnSync(node, ["packages/server/bin/trunkline.js", "serve"], {
      env: { ...process.env, ...env, TRUNKLINE_DATA_DIR: data, TRUNKLINE_SIP_PORT: "0", TRUNKLINE_HTTP: "127.0.0.1:0" },
      encoding: "utf8",
    });
    expect(status).not.toBe(0);
    expect(stderr.trim().split("\n")).toEqual([expect.stringMatching(line)]);
  });
});
