import { describe, expect, it } from "vitest";
import { clientHello } from "./client-hello.fixture.ts";
import { DEFAULT_CIPHERS } from "./index.ts";
import { bareSocket } from "./sip-host.fixture.ts";
import { connected, peer, terms, tls } from "./tls-host.fixture.ts";

const SUITES = DEFAULT_CIPHERS.split(":");
const OLD_SUITES = SUITES.filter((suite) => !suite.startsWith("TLS_"));

describe("SEC-1: cipher suites (contract §8.6)", () => {
  it("fourteen up to TLS 1.2, in the documented order, after the three of TLS 1.3", () => {
    expect(OLD_SUITES).toEqual([
      "ECDHE-ECDSA-AES128-GCM-SHA256",
      "ECDHE-RSA-AES128-GCM-SHA256",
      "ECDHE-ECDSA-AES128-SHA256",
      "ECDHE-RSA-AES128-SHA256",
      "ECDHE-ECDSA-AES256-GCM-SHA384",
      "ECDHE-RSA-AES256-GCM-SHA384",
      "ECDHE-ECDSA-AES256-SHA384",
      "ECDHE-RSA-AES256-SHA384",
      "AES128-GCM-SHA256",
      "AES128-SHA256",
      "AES128-SHA",
      "AES256-GCM-SHA384",
      "AES256-SHA256",
      "AES256-SHA",
    ]);
    expect(SUITES.slice(0, 3).every((suite) => suite.startsWith("TLS_"))).toBe(true);
  });

  it.each(SUITES)("%s is spoken, with the certificate that fits it", async (suite) => {
    const { port } = await tls();
    const isNew = suite.startsWith("TLS_");
    const socket = await connected(port, isNew ? { ciphers: suite } : { maxVersion: "TLSv1.2", ciphers: suite });
    expect(socket.getCipher()).toMatchObject({ name: suite, version: isNew ? "TLSv1.3" : expect.any(String) });
    expect(socket.authorized).toBe(true);
  });

  it("our order counts, not the peer's", async () => {
    const { port } = await tls();
    const theirs = OLD_SUITES.toReversed().join(":");
    const socket = await connected(port, { maxVersion: "TLSv1.2", ciphers: theirs });
    expect(socket.getCipher().name).toBe(OLD_SUITES[0]);
  });

  const others: [name: string, code: number][] = [
    ["RC4-MD5", 0x0004],
    ["RC4-SHA", 0x0005],
    ["ECDHE-RSA-RC4-SHA", 0xc011],
    ["DES-CBC-SHA", 0x0009],
    ["DES-CBC3-SHA", 0x000a],
    ["ECDHE-RSA-DES-CBC3-SHA", 0xc012],
    ["NULL-MD5", 0x0001],
    ["NULL-SHA", 0x0002],
    ["NULL-SHA256", 0x003b],
    ["ECDHE-RSA-NULL-SHA", 0xc010],
    ["EXP-RC4-MD5", 0x0003],
    ["EXP-DES-CBC-SHA", 0x0008],
    ["ADH-AES128-SHA", 0x0034],
    ["ADH-AES128-GCM-SHA256", 0x00a6],
    ["AECDH-AES128-SHA", 0xc018],
    ["PSK-AES128-CBC-SHA", 0x008c],
    ["CAMELLIA128-SHA", 0x0041],
    ["IDEA-CBC-SHA", 0x0007],
    ["ECDHE-RSA-AES128-SHA", 0xc013],
    ["ECDHE-RSA-CHACHA20-POLY1305", 0xcca8],
    ["DHE-RSA-AES128-GCM-SHA256", 0x009e],
  ];
  it.each(others)("%s is refused, also to peers whose account allows deprecated versions", async (_name, code) => {
    for (const deprecatedVersions of [false, true]) {
      const { port, handshakes } = await tls({}, { tlsTerms: () => terms({ deprecatedVersions }) });
      expect(await alertTo(port, clientHello({ suites: [code] }))).toBe("handshake_failure");
      expect((await handshakes.first(1))[0]?.failure).toBe("cipher");
    }
  });

  it.each([
    ["AES128-SHA", 0x002f, "answered"],
    ["ECDHE-RSA-AES128-GCM-SHA256", 0xc02f, "answered"],
    ["DES-CBC3-SHA", 0x000a, "handshake_failure"],
  ])("the same octets with %s: %s", async (_name, code, want) => {
    const { port } = await tls();
    expect(await alertTo(port, clientHello({ suites: [code] }))).toBe(want);
  });

  it("operators can narrow the list, down to one version's", async () => {
    const one = await tls({ ciphers: "ECDHE-RSA-AES256-GCM-SHA384" });
    expect(await peer(one.port, { maxVersion: "TLSv1.2", ciphers: "AES128-SHA" })).toMatch(/HANDSHAKE_FAILURE/);
    const socket = await connected(one.port);
    expect([socket.getProtocol(), socket.getCipher().name]).toEqual(["TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384"]);
    const newest = await tls({ ciphers: "TLS_AES_256_GCM_SHA384" });
    expect(await peer(newest.port, { maxVersion: "TLSv1.2" })).toMatch(/PROTOCOL_VERSION/);
    expect((await connected(newest.port)).getCipher().name).toBe("TLS_AES_256_GCM_SHA384");
  });
});

const ALERTS: Readonly<Record<number, string>> = { 40: "handshake_failure", 70: "protocol_version" };

/** The alert with which a ClientHello is refused, or that it was answered. */
async function alertTo(port: number, hello: Buffer): Promise<string> {
  const { socket, heard } = await bareSocket(port);
  socket.write(hello);
  while (heard().length < 7) await new Promise((resolve) => socket.once("data", resolve));
  const [kind, level, alert] = [0, 5, 6].map((at) => heard().charCodeAt(at));
  if (kind === 22) return "answered";
  return kind === 21 && level === 2 ? (ALERTS[alert ?? 0] ?? `alert ${alert}`) : "something else";
}
