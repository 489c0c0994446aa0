import { execFileSync } from "node:child_process";
import { randomBytes, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type TLSSocket } from "node:tls";
import { describe, expect, it, onTestFinished } from "vitest";
import { eventually } from "../support/eventually.ts";
import { certificateNames, edgeNames, openInstallationCertificates } from "../support/lent-fixtures.ts";
import { sClient } from "../support/openssl.ts";
import { type Platform, type PlatformOptions, startPlatform } from "../support/platform.ts";
import { makeTrunk } from "../support/trunk-ground.ts";

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
    const network = await platform.get<{ ca_certificate_sha256: string }>("/trunkline/v1/Network");
    expect(network.ca_certificate_sha256).toBe(new X509Certificate(ca).fingerprint256);
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

const DAY_MS = 86_400_000;

/** A connection that has carried a request, and so may stay. */
async function dialAndAsk(platform: Platform, ca: string, domain: string): Promise<TLSSocket> {
  const socket = await dial(platform, ca, domain);
  const heard = once(socket.setEncoding("latin1"), "data");
  socket.write(options(domain));
  expect(String((await heard)[0])).toMatch(/^SIP\/2\.0 200 /);
  return socket;
}

/** Whether a connection still stands: a ping gets its pong (TERM-9). */
async function isUp(socket: TLSSocket): Promise<boolean> {
  const heard = Promise.race([once(socket, "data"), once(socket, "close").then(() => ["closed"])]);
  socket.write("\r\n\r\n");
  return (await heard)[0] === "\r\n";
}

/** The certificate that a peer is shown which asks for that name and can check that kind of key. */
async function certificateShown(
  platform: Platform,
  name: string,
  kind: "ECDSA" | "RSA" = "ECDSA",
): Promise<X509Certificate> {
  const args = ["-tls1_2", "-cipher", `ECDHE-${kind}-AES128-GCM-SHA256`, "-servername", name];
  const said = await sClient(platform.sipHost, platform.sipsPort, args);
  const [pem] = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/.exec(said) ?? [];
  if (pem === undefined) throw new Error(said);
  return new X509Certificate(pem);
}

describe("renewal on a running platform (SEC-5)", () => {
  it("the installation's certificates are replaced when they are due; connections of before stay up", async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "trunkline-renewal-"));
    onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
    // Issued so long ago that their 30 days begin soon after the start.
    const dueMs = Date.now() + 20_000;
    const names = certificateNames("trunkline.localhost", edgeNames("local"), ["127.0.0.1"]);
    await openInstallationCertificates(join(dataDir, "certificates"), names, () => dueMs - 335 * DAY_MS);
    const kept = readFileSync(join(dataDir, "certificates/server-ecdsa.pem"), "utf8");
    const platform = await run({ dataDir });
    const { domain } = platform.demo;
    const ca = readFileSync(join(dataDir, "certificates/ca.pem"), "utf8");
    const before = await dialAndAsk(platform, ca, domain);
    const first = before.getPeerX509Certificate()?.serialNumber;
    expect(first).toBe(new X509Certificate(kept).serialNumber);
    const renewed = await eventually(
      "the renewed certificate",
      async () => {
        const shown = await certificateShown(platform, domain);
        return shown.serialNumber === first ? undefined : shown;
      },
      60_000,
    );
    expect(renewed.validToDate.getTime()).toBeGreaterThan(Date.now() + 364 * DAY_MS);
    const after = await dial(platform, ca, domain);
    expect(after.getPeerX509Certificate()?.serialNumber).toBe(renewed.serialNumber);
    expect(await isUp(before)).toBe(true);
  });
});

describe("SEC-6: a trunk's own certificate", () => {
  const namesShown = async (...of: Parameters<typeof certificateShown>): Promise<string> =>
    (await certificateShown(...of)).subjectAltName ?? "";

  it("is shown without a restart, by every form of the name and for either kind of key, and goes with the trunk", async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "trunkline-own-"));
    onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
    const first = await startPlatform({ dataDir });
    const trunk = await makeTrunk(first, { name: "old-pjsip", listed: "127.0.0.1" });
    const own = `/trunkline/v1/Trunks/${trunk.sid}`;
    const ca = await (await fetch(`${first.api}/ca.pem`)).text();
    const before = await dialAndAsk(first, ca, trunk.domain);
    expect(await namesShown(first, trunk.domain)).toContain("DNS:*.pstn.");
    await first.post(own, { OwnCertificate: "true" });
    const exact = (name: string): RegExp => new RegExp(`^DNS:${name}, (?!.*\\*)`);
    const becomes = (platform: Platform, name: string, want: RegExp): Promise<true> =>
      eventually(`${want}`, async () => (want.test(await namesShown(platform, name)) ? true : undefined));
    await becomes(first, trunk.domain, exact(trunk.domain));
    for (const name of [trunk.domain, trunk.domain.replace(".pstn.", ".pstn.jp1."), trunk.domain.toUpperCase()]) {
      for (const kind of ["ECDSA", "RSA"] as const)
        expect(await namesShown(first, name, kind)).toMatch(exact(trunk.domain));
    }
    const checked = await sClient(first.sipHost, first.sipsPort, [
      ...["-servername", trunk.domain, "-verify_hostname", trunk.domain, "-verify_return_error"],
      ...["-CAfile", join(dataDir, "certificates/ca.pem")],
    ]);
    expect(checked).toContain("Verify return code: 0 (ok)");
    expect(await isUp(before)).toBe(true);
    expect(await first.stop()).toBe(0);

    const platform = await run({ dataDir });
    expect(await namesShown(platform, trunk.domain), "at once after a restart").toMatch(exact(trunk.domain));
    const renamed = `newer.pstn.${platform.zone}`;
    await platform.post(`/v1/Trunks/${trunk.sid}`, { DomainName: renamed });
    await becomes(platform, renamed, exact(renamed));
    expect(await namesShown(platform, trunk.domain)).toContain("DNS:*.pstn.");
    await platform.delete(`/v1/Trunks/${trunk.sid}`);
    await becomes(platform, renamed, /DNS:\*\.pstn\./);
    expect(readdirSync(join(dataDir, "certificates/trunks"))).toEqual([]);
  });
});
