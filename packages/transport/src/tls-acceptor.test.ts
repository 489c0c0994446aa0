import type { Socket } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { describe, expect, it, onTestFinished } from "vitest";
import { clientHello } from "./client-hello.fixture.ts";
import { openSipHost } from "./index.ts";
import { bareSocket, request } from "./sip-host.fixture.ts";
import { ca, connected, EC, OTHER, peer, RSA, serialOf, shownSerial, terms, tls } from "./tls-host.fixture.ts";
import { makeCa } from "./tls-material.fixture.ts";

describe("handshakes that fail", () => {
  it.each([
    ["plain SIP", request("a")],
    ["HTTP", "GET / HTTP/1.1\r\n\r\n"],
    ["noise", "\0\u0001\u0002\u0003\u0004\u0005\u0006".repeat(50)],
  ])("%s on the TLS port is told as not-tls, with the peer's address and port", async (_title, said) => {
    const { port, handshakes, messages, host } = await tls();
    const { socket, closed } = await bareSocket(port);
    const from = socket.localPort;
    socket.write(said, "latin1");
    await closed;
    const hello = { remoteAddress: "127.0.0.1" };
    expect(await handshakes.first(1)).toEqual([{ address: "127.0.0.1", port: from, failure: "not-tls", hello }]);
    expect(messages.items).toEqual([]);
    expect(host.counts()).toMatchObject({ handshakesFailedNotTls: 1, connectionsOpen: 0 });
  });

  it("D2: a peer that never finishes its handshake is closed in time; one that leaves is told as closed", async () => {
    const { host, port, handshakes } = await tls({}, { streams: { handshakeMs: 100 } });
    const { closed } = await bareSocket(port);
    await closed;
    const leaver = await bareSocket(port);
    leaver.socket.resetAndDestroy();
    expect((await handshakes.first(2)).map(({ failure }) => failure)).toEqual(["timeout", "closed"]);
    expect(host.counts()).toMatchObject({ handshakesFailedTimeout: 1, handshakesFailedClosed: 1, connectionsOpen: 0 });
  });

  it.each([
    ["its ClientHello", ""],
    ["what follows its ClientHello", clientHello({ suites: [0xc02b, 0xc02f] })],
  ])("D2: a peer that drips %s is closed in time, whatever it keeps sending", async (_title, first) => {
    const { host, port, handshakes } = await tls({}, { streams: { handshakeMs: 300 } });
    const { socket, closed } = await bareSocket(port);
    socket.write(first);
    drip(socket, Buffer.concat([Buffer.from([22, 3, 3, 32, 0, 1, 0, 31, 252]), Buffer.alloc(10_000, 3)]));
    await closed;
    expect((await handshakes.first(1))[0]?.failure).toBe("timeout");
    expect(host.counts()["connectionsOpen"]).toBe(0);
  });

  it("a ClientHello in pieces is read as one", async () => {
    const { port, handshakes } = await tls();
    const { socket } = await bareSocket(port);
    const octets = clientHello({ serverName: "acme.pstn.example", legacyVersion: 0x0301 });
    for (const end of [3, 40, 41, octets.length]) {
      const begin = { 3: 0, 40: 3, 41: 40 }[end] ?? 41;
      await new Promise((resolve) => socket.write(octets.subarray(begin, end), resolve));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await handshakes.first(1))[0]).toMatchObject({
      failure: "version",
      hello: { serverName: "acme.pstn.example", newestVersion: "TLSv1" },
    });
  });

  it("RFC 9325 §3.5: no peer has a handshake done again over its connection (TLS 1.2 renegotiation)", async () => {
    const { host, port } = await tls();
    const socket = await connected(port, { maxVersion: "TLSv1.2" });
    const refused = await new Promise((resolve) => {
      socket.on("error", resolve);
      socket.renegotiate({ rejectUnauthorized: false }, resolve);
    });
    expect(String(refused)).toMatch(/no.renegotiation/i);
    expect(host.counts()["handshakesDone"]).toBe(1);
  });

  it("handshakes under way count for their source's limit", async () => {
    const { host, port } = await tls({}, { streams: { maxConnectionsPerSource: 2 } });
    await bareSocket(port);
    await bareSocket(port);
    expect(typeof (await peer(port))).toBe("string");
    expect(host.counts()).toMatchObject({ connectionsRefusedPerSource: 1, connectionsOpen: 2 });
  });

  it("closing ends the handshakes under way", async () => {
    const host = await openSipHost({
      listen: [{ transport: "tls", address: "127.0.0.1", port: 0 }],
      tls: { certificates: [EC] },
      onMessage: () => {},
      onFlowFailed: () => {},
    });
    const { closed } = await bareSocket(host.listeners[0]?.port ?? 0);
    await host.close();
    await closed;
  });
});

/** Sends octet after octet for as long as the socket takes them. */
function drip(socket: Socket, octets: Buffer): void {
  let at = 0;
  const timer = setInterval(() => {
    if (socket.destroyed || at === octets.length) clearInterval(timer);
    else socket.write(octets.subarray(at, at + 1));
    at += 1;
  }, 5);
  onTestFinished(() => clearInterval(timer));
}

describe("SEC-6: certificates of peers that connect to us", () => {
  const stranger = makeCa("Stranger").issue(["DNS:pbx.example"]);
  const shown = (of: typeof EC): ConnectionOptions => ({ cert: of.certPem, key: of.keyPem });
  const asking = { tlsTerms: () => terms({ clientCertificate: true }) };
  const cases: [title: string, options: ConnectionOptions, want: object][] = [
    ["none", {}, { peerProblem: "it showed no certificate" }],
    ["a stranger's", shown(stranger), { peerProblem: expect.stringMatching(/is not valid \(\w+\)/) }],
    ["one of our root", shown(OTHER), { peerNames: ["sip.other.example", "other.example"] }],
  ];
  it.each(cases)("asked for: %s", async (_title, options, want) => {
    for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
      const { host, port, messages } = await tls({}, asking);
      (await connected(port, { ...options, maxVersion })).write(request("a"));
      const [heard] = await messages.first(1);
      expect(heard && host.tlsOf(heard.flow)).toEqual({ version: maxVersion, ...want });
    }
  });

  it("the operator may trust other roots for clients than for servers, and change them while we run", async () => {
    const clients = makeCa("Clients");
    const one = clients.issue(["DNS:pbx.example"]);
    const { host, port, messages } = await tls({ clientCaPem: clients.caPem }, asking);
    (await connected(port, shown(one))).write(request("a"));
    (await connected(port, shown(OTHER))).write(request("b"));
    const facts = (await messages.first(2)).map(({ flow }) => host.tlsOf(flow));
    expect(facts).toContainEqual({ version: "TLSv1.3", peerNames: ["pbx.example"] });
    expect(facts).toContainEqual({ version: "TLSv1.3", peerProblem: expect.stringContaining("not valid") });
    host.setCertificates({ certificates: [EC, RSA], caPem: ca.caPem });
    (await connected(port, shown(OTHER))).write(request("c"));
    const after = (await messages.first(3))[2];
    expect(after && host.tlsOf(after.flow)?.peerNames).toEqual(["sip.other.example", "other.example"]);
  });

  it("not asked for: whoever has one need not show it", async () => {
    const { host, port, messages } = await tls();
    (await connected(port, shown(OTHER))).write(request("a"));
    const [heard] = await messages.first(1);
    expect(heard && host.tlsOf(heard.flow)).toEqual({ version: "TLSv1.3" });
  });
});

describe("SEC-6: certificates of single customers", () => {
  const NAME = "acme.pstn.example";
  const [own, ownRsa, later] = [ca.issue([`DNS:${NAME}`]), ca.issue([`DNS:${NAME}`], "rsa"), ca.issue([`DNS:${NAME}`])];
  const both = { key: "acme", certificates: [own, ownRsa] };
  const serialFor = async (port: number, servername: string, options: ConnectionOptions = {}): Promise<string> =>
    shownSerial(await connected(port, { servername, ...options }));

  it("are shown by exact name instead of the wildcard's, of either kind, from the next handshake on until taken back", async () => {
    const { host, port } = await tls();
    const rsaOnly = { maxVersion: "TLSv1.2", ciphers: "ECDHE-RSA-AES128-GCM-SHA256" } as const;
    const before = await connected(port, { servername: NAME });
    host.setNamedCertificates([both]);
    expect(await serialFor(port, NAME)).toBe(serialOf(own.certPem));
    expect(await serialFor(port, "ACME.pstn.example")).toBe(serialOf(own.certPem));
    expect(await serialFor(port, NAME, rsaOnly)).toBe(serialOf(ownRsa.certPem));
    expect(await serialFor(port, "other.pstn.example")).toBe(serialOf(EC.certPem));
    host.setNamedCertificates([{ key: "acme", certificates: [later] }]);
    expect(await serialFor(port, NAME)).toBe(serialOf(later.certPem));
    host.setCertificates({ certificates: [EC, RSA], caPem: ca.caPem });
    expect(await serialFor(port, NAME)).toBe(serialOf(later.certPem));
    host.setNamedCertificates([{ key: "acme", certificates: [] }]);
    expect(await serialFor(port, NAME)).toBe(serialOf(EC.certPem));
    expect(shownSerial(before)).toBe(serialOf(EC.certPem));
    expect(before.destroyed).toBe(false);
  });

  it("one that cannot be used leaves its name to the wildcard's", async () => {
    const { host, port } = await tls({ named: [{ key: "bad", certificates: [{ ...own, keyPem: EC.keyPem }] }] });
    expect(await serialFor(port, NAME)).toBe(serialOf(EC.certPem));
    host.setNamedCertificates([both]);
    expect(await serialFor(port, NAME)).toBe(serialOf(own.certPem));
  });

  it("ten thousand of them cost a handshake nothing: each is made ready when it is asked for, and few are kept so", async () => {
    const named = Array.from({ length: 10_000 }, (_unused, i) => ({
      key: `${i}`,
      certificates: [{ ...own, names: [`t${i}.pstn.example`] }],
    }));
    const { port } = await tls({ named }, { streams: { maxConnectionsPerSource: 400 } });
    for (let i = 0; i < 300; i += 1) {
      expect(await serialFor(port, `t${i * 33}.pstn.example`, { rejectUnauthorized: false })).toBe(
        serialOf(own.certPem),
      );
    }
    expect(await serialFor(port, "other.pstn.example")).toBe(serialOf(EC.certPem));
  });
});
