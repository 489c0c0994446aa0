import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { describe, expect, it, onTestFinished } from "vitest";
import { DEFAULT_CIPHERS, type HandshakeFailure, openSipHost, type SipHostOptions, type TlsOptions } from "./index.ts";
import { bareSocket, flowBetween, Inbox, LOOPBACKS, type Opened, open, request } from "./sip-host.fixture.ts";
import { makeCa } from "./tls-material.fixture.ts";

const ca = makeCa("Test CA");
const EC = ca.issue(["DNS:*.pstn.example", "DNS:example", "IP:127.0.0.1"]);
const RSA = ca.issue(["DNS:*.pstn.example", "DNS:example", "IP:127.0.0.1"], "rsa");
const OTHER = ca.issue(["DNS:sip.other.example", "URI:sip:other.example"]);
const MATERIAL: TlsOptions = { certificates: [EC, RSA, OTHER], caPem: ca.caPem };

type Failure = { address: string; port: number; failure: HandshakeFailure };
type TlsOpened = Opened & { handshakes: Inbox<Failure> };

async function tls(
  options: Partial<TlsOptions> = {},
  more: Partial<SipHostOptions> = {},
  address = "127.0.0.1",
): Promise<TlsOpened> {
  const handshakes = new Inbox<Failure>();
  const onHandshakeFailed: SipHostOptions["onHandshakeFailed"] = (remote, failure) =>
    handshakes.put({ ...remote, failure });
  const opened = await open(address, { tls: { ...MATERIAL, ...options }, onHandshakeFailed, ...more }, "tls");
  return { ...opened, handshakes };
}

/** A peer that finished its handshake (TLS 1.3: and heard us after it), or the code it failed with. */
async function peer(port: number, options: ConnectionOptions = {}): Promise<TLSSocket | string> {
  const socket = connect({ host: "127.0.0.1", port, ca: ca.caPem, servername: "example", ...options });
  onTestFinished(() => void socket.destroy());
  return new Promise((resolve) => {
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.on("close", () => resolve("closed"));
    socket.once("secureConnect", () => socket.write("\r\n\r\n"));
    socket.once("data", () => resolve(socket));
  });
}

async function connected(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = await peer(port, options);
  if (typeof socket === "string") throw new Error(socket);
  return socket;
}

const serialOf = (pem: string): string => new X509Certificate(pem).serialNumber;
const shownSerial = (socket: TLSSocket): string => socket.getPeerCertificate().serialNumber;

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

  const versions: [
    version: "TLSv1.3" | "TLSv1.2" | "TLSv1.1" | "TLSv1",
    minVersion: TlsOptions["minVersion"],
    taken: boolean,
  ][] = [
    ["TLSv1.3", undefined, true],
    ["TLSv1.2", undefined, true],
    ["TLSv1.1", undefined, false],
    ["TLSv1", undefined, false],
    ["TLSv1.1", "TLSv1.1", true],
    ["TLSv1", "TLSv1.1", false],
    ["TLSv1", "TLSv1", true],
  ];
  it.each(versions)("SEC-1, RFC 8996: a peer of %s with minVersion %s: %s", async (version, minVersion, taken) => {
    const { port, handshakes, host } = await tls(minVersion ? { minVersion } : {});
    const socket = await peer(port, { minVersion: version, maxVersion: version, ciphers: "ALL:@SECLEVEL=0" });
    if (taken) expect(typeof socket === "string" ? socket : socket.getProtocol()).toBe(version);
    else {
      expect(socket).toMatch(/PROTOCOL_VERSION/);
      expect((await handshakes.first(1))[0]).toMatchObject({ address: "127.0.0.1", failure: "version" });
      expect(host.counts()["handshakesFailedVersion"]).toBe(1);
    }
  });

  const suites = DEFAULT_CIPHERS.split(":").filter((suite) => !suite.startsWith("TLS_"));
  it("contract §8.6: fourteen suites for TLS 1.2", () => {
    expect(suites.length).toBe(14);
  });
  it.each(suites)("SEC-1: %s is spoken, with the certificate that fits it", async (ciphers) => {
    const { port } = await tls();
    const socket = await connected(port, { maxVersion: "TLSv1.2", ciphers });
    expect(socket.getCipher().name).toBe(ciphers);
    expect(socket.authorized).toBe(true);
  });

  it("a suite that is not on the list is refused and told apart; operators can narrow the list", async () => {
    const wide = await tls();
    expect(await peer(wide.port, { maxVersion: "TLSv1.2", ciphers: "ECDHE-RSA-CHACHA20-POLY1305" })).toMatch(
      /HANDSHAKE_FAILURE/,
    );
    expect((await wide.handshakes.first(1))[0]?.failure).toBe("cipher");
    const narrow = await tls({ ciphers: "ECDHE-RSA-AES256-GCM-SHA384" });
    expect(await peer(narrow.port, { maxVersion: "TLSv1.2", ciphers: "AES128-SHA" })).toMatch(/HANDSHAKE_FAILURE/);
  });

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
    ].map((to) => host.flowTo("tls", "127.0.0.1", 5061, to)?.connection);
    expect(new Set(flows).size).toBe(3);
    expect(flows[3]).toBe(flows[0]);
    const socket = await connected(port);
    socket.write(request("a"));
    const [heard] = await messages.first(1);
    const remotePort = heard?.flow.remotePort ?? 0;
    expect(host.flowTo("tls", "127.0.0.1", remotePort)).toEqual(heard?.flow);
    expect(host.flowTo("tls", "127.0.0.1", remotePort, { verify: true })).not.toEqual(heard?.flow);
  });

  it("SEC-6: mutual TLS: a certificate that is required must be there and be trusted; ours is shown when asked", async () => {
    const server = await tls({ clientCertificates: "require" });
    const stranger = makeCa("Stranger").issue(["DNS:x.test"]);
    expect(typeof (await peer(server.port))).toBe("string");
    expect(typeof (await peer(server.port, { cert: stranger.certPem, key: stranger.keyPem }))).toBe("string");
    expect((await server.handshakes.first(2)).map(({ failure }) => failure)).toEqual(["certificate", "certificate"]);
    await connected(server.port, { cert: OTHER.certPem, key: OTHER.keyPem });
    const client = await tls();
    client.host.send(flowBetween(client.host, server.host), request("a"));
    expect((await server.messages.first(1))[0]?.text).toBe(request("a"));
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
    expect(await handshakes.first(1)).toEqual([{ address: "127.0.0.1", port: from, failure: "not-tls" }]);
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
      tls: MATERIAL,
      onMessage: () => {},
      onFlowFailed: () => {},
    });
    const { closed } = await bareSocket(host.listeners[0]?.port ?? 0);
    await host.close();
    await closed;
  });
});
