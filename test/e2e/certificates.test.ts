import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type TLSSocket } from "node:tls";
import { describe, expect, it, onTestFinished } from "vitest";
import { eventually } from "../support/eventually.ts";
import { type Platform, type PlatformOptions, startPlatform } from "../support/platform.ts";

async function run(options: PlatformOptions = {}): Promise<Platform> {
  const platform = await startPlatform(options);
  onTestFinished(async () => {
    expect(await platform.stop()).toBe(0);
  });
  return platform;
}

async function dial(platform: Platform, ca: string, servername: string): Promise<TLSSocket> {
  const socket = connect({ host: platform.sipHost, port: platform.sipsPort, servername, ca });
  onTestFinished(() => void socket.destroy());
  await once(socket, "secureConnect");
  return socket;
}

const options = (host: string): string =>
  [
    `OPTIONS sip:${host};transport=tls SIP/2.0`,
    `Via: SIP/2.0/TLS 127.0.0.1:5061;branch=z9hG4bK${randomBytes(6).toString("hex")}`,
    "Max-Forwards: 70",
    `From: <sip:pbx@${host}>;tag=1`,
    `To: <sip:${host}>`,
    `Call-ID: ${randomBytes(6).toString("hex")}`,
    "CSeq: 1 OPTIONS",
    "Content-Length: 0",
    "",
    "",
  ].join("\r\n");

describe("certificates of a running platform (SEC-5)", () => {
  it("a PBX that imported /ca.pem trusts the TLS port by each form of its trunk's name, and is served there", async () => {
    const platform = await run();
    const ca = await (await fetch(`${platform.api}/ca.pem`)).text();
    expect(ca).toBe(readFileSync(join(platform.dataDir, "certificates/ca.pem"), "utf8"));
    const { domain } = platform.demo;
    await dial(platform, ca, domain.replace(".pstn.", ".pstn.dublin."));
    const socket = await dial(platform, ca, domain);
    const heard = once(socket.setEncoding("latin1"), "data");
    socket.write(options(domain));
    expect(String((await heard)[0])).toMatch(/^SIP\/2\.0 200 /);
  });

  it("the operator's own certificate is shown, and its successor without a restart; calls' connections stay", async () => {
    const dir = mkdtempSync(join(tmpdir(), "trunkline-operator-"));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    const [cert, key] = [join(dir, "cert.pem"), join(dir, "key.pem")];
    const write = (name: string): void => {
      const subject = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`];
      const args = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", ...subject, "-days", "90"];
      execFileSync("openssl", [...args, "-keyout", `${key}.new`, "-out", `${cert}.new`], { stdio: "ignore" });
      renameSync(`${key}.new`, key);
      renameSync(`${cert}.new`, cert);
    };
    write("a.example");
    const platform = await run({ env: { TRUNKLINE_TLS_CERT: cert, TRUNKLINE_TLS_KEY: key } });
    const before = await dial(platform, readFileSync(cert, "utf8"), "a.example");
    write("b.example");
    const after = readFileSync(cert, "utf8");
    await eventually("the successor", () => dial(platform, after, "b.example"));
    const heard = once(before.setEncoding("latin1"), "data");
    before.write(options(platform.demo.domain));
    expect(String((await heard)[0])).toMatch(/^SIP\/2\.0 200 /);
    expect((await fetch(`${platform.api}/readyz`)).status).toBe(200);
  });
});
