import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { describe, expect, it, onTestFinished } from "vitest";
import type { TlsOptions, TlsVersion } from "./index.ts";
import { flowBetween, LOOPBACKS, open, request } from "./sip-host.fixture.ts";
import { ca, connected, EC, OTHER, peer, RSA, serialOf, shownSerial, terms, tls } from "./tls-host.fixture.ts";
import { makeCa } from "./tls-material.fixture.ts";

/** Options of a peer that speaks all versions; the suites of old ones need SHA-1. */
const OLD = { minVersion: "TLSv1", ciphers: "ALL:@SECLEVEL=0" } as const;

describe("TLS (RFC 3261 §26.2.1)", () => {
  it.each(LOOPBACKS)("carries messages both ways over one connection on %s, TLS 1.3 by default", async (address) => {
    const [a, b] = [await tls({}, {}, address), await tls({}, {}, address)];
    const flow = flowBetween(a.host, b.host);
    for (const branch of ["a", "b"]) a.host.send(flow, request(branch, 40_000));
    const [heard] = await b.messages.first(2);
    expect(heard?.text).toBe(request("a", 40_000));
    expect(heard?.flow).toMatchObject({ transport: "tls", localAddress: address, localPort: b.port });
    if (heard) b.host.send(heard.flow, request("back"));
    expect((await a.messages.first(1))[0]).toEqual({ flow, text: request("back") });
    expect((await connected(b.port, { host: address })).getProtocol()).toBe("TLSv1.3");
  });

  const versions: [version: TlsVersion, serverName: string, taken: boolean][] = [
    ["TLSv1.3", "example", true],
    ["TLSv1.2", "example", true],
    ["TLSv1.1", "example", false],
    ["TLSv1", "example", false],
    ["TLSv1", "", false],
    ["TLSv1.1", "old.pstn.example", true],
    ["TLSv1", "old.pstn.example", true],
    ["TLSv1.2", "old.pstn.example", true],
  ];
  it.each(versions)(
    "SEC-1, RFC 8996: %s for %j, of which old.pstn.example allows all: %s",
    async (version, servername, taken) => {
      const { port, handshakes, host, messages } = await tls(
        {},
        { tlsTerms: ({ serverName }) => terms({ deprecatedVersions: serverName === "old.pstn.example" }) },
      );
      const own = { minVersion: version, maxVersion: version, ciphers: "ALL:@SECLEVEL=0" };
      const socket = await peer(port, { servername, rejectUnauthorized: false, ...own });
      if (taken) {
        expect(typeof socket === "string" ? socket : socket.getProtocol()).toBe(version);
        if (typeof socket !== "string") socket.write(request("a"), "latin1");
        const [heard] = await messages.first(1);
        expect(heard && host.tlsOf(heard.flow)).toEqual({ version });
      } else {
        expect(socket).toMatch(/PROTOCOL_VERSION/);
        expect((await handshakes.first(1))[0]).toMatchObject({
          address: "127.0.0.1",
          failure: "version",
          hello: { newestVersion: version, ...(servername ? { serverName: servername } : {}) },
        });
        expect(host.counts()["handshakesFailedVersion"]).toBe(1);
      }
      expect(host.counts()["handshakesDone"]).toBe(taken ? 1 : 0);
    },
  );

  it("without certificates a TLS listener does not open", async () => {
    await expect(open("127.0.0.1", {}, "tls")).rejects.toMatchObject({ code: "tls_without_certificates" });
  });
});

describe("certificates", () => {
  const names: [servername: string, want: string][] = [
    ["demo.pstn.example", EC.certPem],
    ["DEMO.pstn.example", EC.certPem],
    ["a.b.pstn.example", EC.certPem],
    ["sip.other.example", OTHER.certPem],
    ["elsewhere.test", EC.certPem],
    ["", EC.certPem],
  ];
  it.each(names)(
    "RFC 6066 §3: a peer that asks for %j is shown the certificate for it, or the first",
    async (servername, want) => {
      const { port } = await tls();
      const socket = await connected(port, { servername, rejectUnauthorized: false });
      expect(shownSerial(socket)).toBe(serialOf(want));
    },
  );

  it("a wildcard covers one label: another certificate for the deeper name is preferred", async () => {
    const deep = ca.issue(["DNS:*.b.pstn.example"]);
    const { port } = await tls({ certificates: [OTHER, EC, deep] });
    const serialFor = async (servername: string) =>
      shownSerial(await connected(port, { servername, rejectUnauthorized: false }));
    expect(await serialFor("a.b.pstn.example")).toBe(serialOf(deep.certPem));
    expect(await serialFor("b.pstn.example")).toBe(serialOf(EC.certPem));
    expect(await serialFor("pstn.example")).toBe(serialOf(OTHER.certPem));
  });

  it("SEC-5: others are shown from the next handshake on; connections go on; a bad one changes nothing", async () => {
    const { host, port, messages } = await tls({ certificates: [EC] });
    const before = await connected(port);
    const renewed = ca.issue(["DNS:example"]);
    const mixed = { ...renewed, keyPem: EC.keyPem };
    expect(() => host.setCertificates({ certificates: [mixed] })).toThrow(/key values mismatch/);
    expect(() => host.setCertificates({ certificates: [] })).toThrow(TypeError);
    expect(shownSerial(await connected(port))).toBe(serialOf(EC.certPem));
    host.setCertificates({ certificates: [renewed] });
    for (const servername of ["example", ""]) {
      const after = await connected(port, { servername, rejectUnauthorized: false });
      expect(shownSerial(after)).toBe(serialOf(renewed.certPem));
    }
    before.write(request("a"), "latin1");
    expect((await messages.first(1))[0]?.text).toBe(request("a"));
  });
});

describe("calling TLS servers", () => {
  const verified: [
    title: string,
    shown: TlsOptions["certificates"],
    serverName: string | undefined,
    trusts: boolean,
    failure: RegExp | undefined,
  ][] = [
    ["a name in the certificate", [EC], "example", true, undefined],
    ["a wildcard, which the field uses", [EC], "demo.pstn.example", true, undefined],
    ["RFC 5922 §7.1 a SIP URI in the certificate", [OTHER], "other.example", true, undefined],
    ["no name: the address in the certificate", [EC], undefined, true, undefined],
    ["another name", [EC], "sip.other.example", true, /ERR_TLS_CERT_ALTNAME_INVALID/],
    ["an address that is not in the certificate", [OTHER], undefined, true, /ERR_TLS_CERT_ALTNAME_INVALID/],
    ["a root we do not trust", [EC], "example", false, /UNABLE_TO_|SELF_SIGNED/],
  ];
  it.each(verified)("verified: %s", async (_title, shown, serverName, trusts, failure) => {
    const server = await tls({ certificates: shown });
    const client = await tls(trusts ? {} : { caPem: makeCa("Another CA").caPem });
    const flow = client.host.flowTo("tls", "127.0.0.1", server.port, {
      ...(serverName ? { serverName } : {}),
      verify: true,
    });
    if (flow) client.host.send(flow, request("a"));
    if (failure) expect((await client.failures.first(1))[0]).toEqual({ flow, reason: expect.stringMatching(failure) });
    else expect((await server.messages.first(1))[0]?.text).toBe(request("a"));
  });

  it("unverified by default: anyone's certificate will do; the server still hears the name (SNI)", async () => {
    const server = await tls();
    const client = await tls({ certificates: [makeCa("Stranger").issue(["DNS:x.test"])], caPem: makeCa("None").caPem });
    for (const serverName of ["nobody.test", "127.0.0.1", "not a name"]) {
      const flow = client.host.flowTo("tls", "127.0.0.1", server.port, { serverName });
      if (flow) client.host.send(flow, request("a"));
    }
    expect((await server.messages.first(3)).length).toBe(3);
  });

  it("another name or another need of proof is another connection; the peer's own is reused only unverified (RFC 5923 §9)", async () => {
    const { host, port, messages } = await tls();
    const flows = [
      { serverName: "a.test" },
      { serverName: "b.test" },
      { serverName: "a.test", verify: true },
      { serverName: "a.test" },
      { serverName: "a.test", clientCertificate: true },
      { serverName: "a.test", deprecatedVersions: true },
    ].map((to) => host.flowTo("tls", "127.0.0.1", 5061, to)?.connection);
    expect(new Set(flows).size).toBe(5);
    expect(flows[3]).toBe(flows[0]);
    const socket = await connected(port);
    socket.write(request("a"));
    const [heard] = await messages.first(1);
    const remotePort = heard?.flow.remotePort ?? 0;
    expect(host.flowTo("tls", "127.0.0.1", remotePort)).toEqual(heard?.flow);
    expect(host.flowTo("tls", "127.0.0.1", remotePort, { verify: true })).not.toEqual(heard?.flow);
  });

  it("SEC-6: our certificate is shown to the peers that it is meant for, and to no other", async () => {
    const server = await tls({}, { tlsTerms: () => terms({ clientCertificate: true }) });
    const client = await tls({ certificates: [OTHER] });
    for (const clientCertificate of [true, false]) {
      const flow = client.host.flowTo("tls", "127.0.0.1", server.port, { clientCertificate });
      if (flow) client.host.send(flow, request("a"));
    }
    const shown = (await server.messages.first(2)).map(({ flow }) => server.host.tlsOf(flow));
    expect(shown).toContainEqual({ version: "TLSv1.3", peerNames: ["sip.other.example", "other.example"] });
    expect(shown).toContainEqual({ version: "TLSv1.3", peerProblem: "it showed no certificate" });
  });

  it.each([
    [true, undefined],
    [false, /^TLS: .*protocol/],
  ])("ACC-5: a server of TLS 1.1 where older versions are allowed: %s", async (deprecatedVersions, failure) => {
    const server = createTlsServer({ ...OLD, cert: RSA.certPem, key: RSA.keyPem, maxVersion: "TLSv1.1" });
    server.on("secureConnection", (socket) => socket.pipe(socket)).on("tlsClientError", () => {});
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { host, messages, failures } = await tls();
    const flow = host.flowTo("tls", "127.0.0.1", (server.address() as AddressInfo).port, { deprecatedVersions });
    if (flow) host.send(flow, request("echo"));
    if (failure) expect((await failures.first(1))[0]).toEqual({ flow, reason: expect.stringMatching(failure) });
    else {
      expect((await messages.first(1))[0]).toEqual({ flow, text: request("echo") });
      if (flow) expect(host.tlsOf(flow)).toEqual({ version: "TLSv1.1" });
    }
  });

  it("ACC-5: a connection of TLS 1.1 that one customer may open is not taken for another's calls", async () => {
    const { host, port, messages } = await tls({}, { tlsTerms: () => terms({ deprecatedVersions: true }) });
    const socket = await connected(port, { ...OLD, maxVersion: "TLSv1.1" });
    socket.write(request("a"));
    const [heard] = await messages.first(1);
    const remotePort = heard?.flow.remotePort ?? 0;
    expect(host.flowTo("tls", "127.0.0.1", remotePort)).not.toEqual(heard?.flow);
    expect(host.flowTo("tls", "127.0.0.1", remotePort, { deprecatedVersions: true })).toEqual(heard?.flow);
  });

  it("gives up on a server that takes the connection and never speaks TLS", async () => {
    const mute = createServer().listen(0, "127.0.0.1");
    await once(mute, "listening");
    onTestFinished(() => void mute.close());
    const { host, failures } = await tls({}, { streams: { connectMs: 100 } });
    const address = mute.address();
    const flow = host.flowTo("tls", "127.0.0.1", typeof address === "object" && address ? address.port : 0);
    if (flow) host.send(flow, request("a"));
    expect((await failures.first(1))[0]).toEqual({ flow, reason: "connect timeout" });
    expect(host.counts()).toMatchObject({ connectionsFailed: 1, connectionsOpen: 0 });
  });
});
