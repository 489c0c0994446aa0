import type { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type TLSSocket } from "node:tls";
import { describe, expect, it, onTestFinished } from "vitest";
import { openWorldDns, writeHook } from "../support/acme-dns.ts";
import { eventually } from "../support/eventually.ts";
import { pebbleMissing, startPebble } from "../support/lent-fixtures.ts";
import { freeSipPort, type Platform, startPlatform } from "../support/platform.ts";
import { makeTrunk } from "../support/trunk-ground.ts";

type World = { readonly rootPem: string; readonly platform: Platform };

/** A platform that has its certificates from Pebble, which trusts nobody's word: it asks DNS, and the API's port. */
async function world(validitySec: number, env: (dir: string) => Readonly<Record<string, string>>): Promise<World> {
  const dir = mkdtempSync(join(tmpdir(), "trunkline-acme-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const httpPort = await freeSipPort();
  const server = await startPebble({ httpPort, dns: await openWorldDns(dir), validitySec });
  onTestFinished(() => server.stop());
  const platform = await startPlatform({
    env: {
      TRUNKLINE_HTTP: `127.0.0.1:${httpPort}`,
      TRUNKLINE_ZONE: "sip.example.com",
      TRUNKLINE_ACME_DIRECTORY: server.directoryUrl,
      TRUNKLINE_ACME_EMAIL: "hostmaster@example.com",
      TRUNKLINE_ACME_CA: server.caPath,
      TRUNKLINE_LOG: "info",
      ...env(dir),
    },
  });
  onTestFinished(async () => {
    expect(await platform.stop()).toBe(0);
    expect(platform.log()).not.toContain("PRIVATE KEY");
  });
  return { rootPem: server.rootPem, platform };
}

type Dialled = { readonly socket: TLSSocket; readonly certificate: X509Certificate };

/** A connection whose certificate holds for the name under Pebble's root and no other; rejects when it does not. */
async function dial({ platform, rootPem }: World, servername: string): Promise<Dialled> {
  const socket = connect({ host: platform.sipHost, port: platform.sipsPort, servername, ca: rootPem });
  onTestFinished(() => void socket.destroy());
  const closed = once(socket, "close").then(() => Promise.reject(new Error("closed")));
  await Promise.race([once(socket, "secureConnect"), closed]);
  // Asked once: each time Node takes another certificate off the peer's chain.
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) throw new Error("no certificate");
  return { socket, certificate };
}

/** How many certificates with that name alone the log tells of. */
const issued = (platform: Platform, name: string): number =>
  platform.log().split(`"names":["${name}"],"until"`).length - 1;

/** What comes back on a connection; `closed` when it does not stand. */
async function answerTo({ socket }: Dialled, words: string): Promise<string> {
  if (socket.closed) return "closed";
  const heard = Promise.race([
    once(socket.setEncoding("latin1"), "data"),
    once(socket, "close").then(() => ["closed"]),
  ]);
  socket.write(words);
  return String((await heard)[0]).split("\r\n")[0] ?? "";
}

const options = (host: string): string =>
  [
    `OPTIONS sip:${host};transport=tls SIP/2.0`,
    "Via: SIP/2.0/TLS 127.0.0.1:5061;branch=z9hG4bKacme",
    "Max-Forwards: 70",
    `From: <sip:pbx@${host}>;tag=1`,
    `To: <sip:${host}>`,
    "Call-ID: acme",
    "CSeq: 1 OPTIONS",
    "Content-Length: 0",
    "",
    "",
  ].join("\r\n");

/** RFC 5626 §4.4.1; its pong is an empty line. */
const PING = "\r\n\r\n";

describe.skipIf(pebbleMissing())("SEC-5: certificates from an ACME server, on a running platform", () => {
  it("http-01: a trunk that asks has one; it is renewed without a restart, and connections of before stay", async () => {
    const here = await world(30, () => ({}));
    const { platform } = here;
    const { sid, domain } = await makeTrunk(platform, { name: "old-pjsip", listed: "127.0.0.1" });
    await expect(dial(here, domain), "ours at first").rejects.toThrow(/certificate/);
    await platform.post(`/trunkline/v1/Trunks/${sid}`, { OwnCertificate: "true" });
    await eventually("the first certificate", async () => issued(platform, domain) > 0 || undefined, 20_000);
    const before = await eventually("its use", () => dial(here, domain));
    expect(before.certificate.subjectAltName).toBe(`DNS:${domain}`);
    expect(await answerTo(before, options(domain))).toBe("SIP/2.0 200 OK");
    await eventually("the second certificate", async () => issued(platform, domain) > 1 || undefined, 60_000);
    const after = await eventually("its use", async () => {
      const now = await dial(here, domain);
      if (now.certificate.serialNumber !== before.certificate.serialNumber) return now;
      now.socket.destroy();
      return undefined;
    });
    expect(await answerTo(after, PING)).toBe("");
    expect(await answerTo(before, PING)).toBe("");
    const unknown = await fetch(
      `${platform.api}/.well-known/acme-challenge/evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA`,
    );
    expect(unknown.status).toBe(404);
    expect(await (await fetch(`${platform.api}/metrics`)).text()).toMatch(/^trunkline_acme_certificates 2$/m);
  });

  it("dns-01: everybody is shown one with wildcards", async () => {
    const here = await world(3_600, (dir) => ({
      TRUNKLINE_ACME_CHALLENGE: "dns-01",
      TRUNKLINE_ACME_DNS_HOOK: writeHook(dir),
    }));
    const { domain } = here.platform.demo;
    const dialled = await eventually("the certificate", () => dial(here, domain), 60_000);
    expect(await answerTo(dialled, options(domain))).toBe("SIP/2.0 200 OK");
    await dial(here, domain.replace(".pstn.", ".pstn.tokyo."));
    await dial(here, `sip.${here.platform.zone}`);
    expect(dialled.certificate.subjectAltName).toContain(`DNS:*.pstn.${here.platform.zone}`);
  });
});
