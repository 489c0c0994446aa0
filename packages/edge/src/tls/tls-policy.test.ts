import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect as connectPlain } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type ConnectionOptions, connect, createServer, type TLSSocket } from "node:tls";
import { type Alert, DEFAULT_ACCOUNT_SETTINGS, DEFAULT_PEER_SETTINGS, type PeerSettings } from "@trunkline/trunking";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  ACCOUNT,
  account,
  changes,
  makeCa,
  originationUrl,
  sid,
  TRUNK,
  trunk,
  type WrittenRow,
} from "../../../../test/support/lent-fixtures.ts";
import type { EdgeTls } from "../edge.types.ts";
import { EdgeGround, type GroundEdge } from "../edge-ground.fixture.ts";
import { DOMAIN, NUMBER, ZONE } from "../edge-world.fixture.ts";

const ca = makeCa("Edge test");
const NAMES = [`DNS:*.pstn.${ZONE}`, `DNS:*.pstn.tokyo.${ZONE}`];
const ours: EdgeTls = { certificates: [ca.issue(NAMES), ca.issue(NAMES, "rsa")], caPem: ca.caPem };

const [OTHER_ACCOUNT, OTHER_TRUNK, OTHER] = [sid("AC", 7), sid("TK", 7), `other.pstn.${ZONE}`];
const other: readonly WrittenRow[] = [
  ["account", OTHER_ACCOUNT, account({ sid: OTHER_ACCOUNT })],
  ["trunk", OTHER_TRUNK, trunk({ sid: OTHER_TRUNK, accountSid: OTHER_ACCOUNT, domainName: OTHER })],
  ["edgeLocation", "tokyo", { name: "tokyo", aliases: ["jp1"] }],
];
const allows = (accountSid: string, deprecatedTlsAllowed = true): WrittenRow => [
  "accountSettings",
  accountSid,
  { ...DEFAULT_ACCOUNT_SETTINGS, accountSid, deprecatedTlsAllowed },
];
const listed = (trunkSid: string, address: string, number: number): readonly WrittenRow[] => {
  const [listSid, ip] = [sid("AL", number), sid("IP", number)];
  const row = { sid: ip, listSid, friendlyName: "", ipAddress: address, cidrPrefixLength: 32 };
  return [
    ["trunkIpAccessControlList", `${trunkSid}/${listSid}`, { trunkSid, listSid }],
    ["ipAddress", ip, row],
  ];
};

/** The trunk's PBX is at that TLS port of this machine; calls for it come from a carrier at 127.0.0.3. */
function calledAt(port: number): readonly WrittenRow[] {
  const url = originationUrl(9, { sipUrl: `sip:127.0.0.1:${port};transport=tls`, priority: 0 });
  const source = { sid: sid("CS", 9), carrierSid: sid("CX", 1), cidr: "127.0.0.3/32", port: null };
  return [
    ["originationUrl", url.sid, url],
    ["carrierSource", source.sid, source],
  ];
}

type TlsGround = GroundEdge & { readonly alerts: Alert[]; readonly ground: EdgeGround };

async function open(rows: readonly WrittenRow[] = []): Promise<TlsGround> {
  const ground = new EdgeGround();
  const alerts: Alert[] = [];
  const save = async (more: readonly Alert[]): Promise<void> => void alerts.push(...more);
  return { ...(await ground.open({}, { tls: ours }, { alerts: { save } }, [...other, ...rows])), alerts, ground };
}

const OLD = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" } as const;

/** A connection that stands, or the code of why it does not. */
function dial(port: number, options: ConnectionOptions = {}): Promise<TLSSocket | string> {
  const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false, ...options });
  onTestFinished(() => void socket.destroy());
  return new Promise((resolve) => {
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.on("close", () => resolve("closed"));
    // A double CRLF is answered when both sides are done (TLS 1.3's client is so before us).
    socket.once("secureConnect", () => socket.write("\r\n\r\n"));
    socket.once("data", () => resolve(socket));
  });
}

/** What comes back for an OPTIONS: its status, or that the connection was closed. */
async function ask(socket: TLSSocket | string, host: string): Promise<string> {
  if (typeof socket === "string") return socket;
  const lines = [
    `OPTIONS sip:${host} SIP/2.0`,
    `Via: SIP/2.0/TLS 127.0.0.1:9;branch=z9hG4bK${host.length}${Math.random()}`,
    "From: <sip:x@example.com>;tag=x",
    `To: <sip:${host}>`,
    `Call-ID: ${Math.random()}`,
    "CSeq: 1 OPTIONS",
    "Content-Length: 0",
  ];
  const heard = Promise.race([once(socket, "data").then(String), once(socket, "close").then(() => "closed")]);
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  return (await heard).split("\r\n", 1)[0] ?? "";
}

describe("ACC-5, SEC-1: TLS 1.0 and 1.1 are for the peers of an account that allows them", () => {
  const here = "127.0.0.1";
  const cases: [title: string, rows: readonly WrittenRow[], servername: string, want: RegExp][] = [
    ["nobody allows them: the listener does not speak them", [], DOMAIN, /PROTOCOL_VERSION/],
    ["nobody allows them, a listed address", listed(TRUNK, here, 1), "", /PROTOCOL_VERSION/],
    ["the trunk's account does, by its name", [allows(ACCOUNT)], DOMAIN, /200 OK/],
    ["in its localized form", [allows(ACCOUNT)], `acme.pstn.tokyo.${ZONE}`, /200 OK/],
    ["in its legacy form and any case", [allows(ACCOUNT)], `ACME.pstn.jp1.${ZONE}`, /200 OK/],
    ["another account's name", [allows(ACCOUNT)], OTHER, /PROTOCOL_VERSION/],
    [
      "another account's name from a listed address",
      [allows(ACCOUNT), ...listed(TRUNK, here, 1)],
      OTHER,
      /PROTOCOL_VERSION/,
    ],
    ["no name from a listed address", [allows(ACCOUNT), ...listed(TRUNK, here, 1)], "", /200 OK/],
    [
      "a name of nobody's from a listed address",
      [allows(ACCOUNT), ...listed(TRUNK, here, 1)],
      "pbx.example.com",
      /200 OK/,
    ],
    ["no name from another address", [allows(ACCOUNT), ...listed(TRUNK, "127.0.0.2", 1)], "", /PROTOCOL_VERSION/],
    [
      "no name, listed by an account that does not",
      [allows(ACCOUNT), ...listed(OTHER_TRUNK, here, 1)],
      "",
      /PROTOCOL_VERSION/,
    ],
    ["taken back", [allows(ACCOUNT), allows(ACCOUNT, false)], DOMAIN, /PROTOCOL_VERSION/],
  ];
  it.each(cases)("%s", async (_title, rows, servername, want) => {
    const { tlsPort, edge } = await open(rows);
    expect(await ask(await dial(tlsPort, { ...OLD, servername }), DOMAIN)).toMatch(want);
    const taken = want.test("200 OK") ? 1 : 0;
    const counts = edge.metrics();
    expect([counts["sip_handshakesDoneDeprecated"], counts["sip_handshakesFailedVersion"]]).toEqual([taken, 1 - taken]);
    expect(counts["sip_received"]).toBe(taken);
  });

  it("a connection that one account's setting opened carries nothing for another's trunk, nor from a carrier", async () => {
    for (const host of [OTHER, "127.0.0.1"]) {
      const { tlsPort, edge, alerts } = await open([allows(ACCOUNT), ...listed(TRUNK, here, 1)]);
      const socket = await dial(tlsPort, { ...OLD, servername: DOMAIN });
      expect(await ask(socket, host)).toBe("closed");
      expect(edge.metrics()).toMatchObject({ [host === OTHER ? "dropped_tls_version" : "dropped_unknown_host"]: 1 });
      if (host !== OTHER) continue;
      await expect
        .poll(() => alerts.map(({ accountSid, errorCode }) => [accountSid, errorCode]))
        .toEqual([[OTHER_ACCOUNT, 32222]]);
      expect(alerts[0]?.text).toMatch(
        /^TLS version not allowed: 127\.0\.0\.1 for other\.pstn\.\S+: a request came over TLSv1\.1,/,
      );
    }
  });

  it("an account that changes its mind takes no more requests over what stands", async () => {
    const { tlsPort, apply } = await open([allows(ACCOUNT)]);
    const socket = await dial(tlsPort, { ...OLD, servername: DOMAIN });
    expect(await ask(socket, DOMAIN)).toMatch(/200 OK/);
    apply(changes([allows(ACCOUNT, false)]));
    expect(await ask(socket, DOMAIN)).toBe("closed");
  });

  it.each([true, false])(
    "ORIG-5: a customer's server of TLS 1.1 is called when the account allows it: %s",
    async (allowed) => {
      const certificate = ca.issue(["DNS:pbx"], "rsa");
      const server = createServer({ ...OLD, cert: certificate.certPem, key: certificate.keyPem });
      let invited = 0;
      server.on("tlsClientError", () => undefined);
      server.on("secureConnection", (socket) => socket.on("error", () => undefined).once("data", () => (invited += 1)));
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      onTestFinished(() => void server.close());
      const { ground, port, apply, alerts } = await open([allows(ACCOUNT, allowed)]);
      const carrier = await ground.phone({ address: "127.0.0.3" });
      apply(changes(calledAt((server.address() as AddressInfo).port)));
      carrier.call(port, { requestUri: `sip:${NUMBER}@127.0.0.1:${port}` });
      if (allowed) await expect.poll(() => invited).toBe(1);
      else
        await expect
          .poll(() => alerts.map(({ errorCode, text }) => `${errorCode} ${text}`))
          .toContainEqual(expect.stringMatching(/^32011 .*TLS: .*protocol/));
    },
  );
});

describe("SEC-1: refused handshakes are told (32222)", () => {
  const refuse = async (port: number, options: ConnectionOptions, times = 1): Promise<void> => {
    for (let i = 0; i < times; i += 1) expect(typeof (await dial(port, options))).toBe("string");
  };

  const told: [
    title: string,
    rows: readonly WrittenRow[],
    options: ConnectionOptions,
    want: [string, RegExp] | undefined,
  ][] = [
    [
      "the version, by name",
      [],
      { ...OLD, servername: DOMAIN },
      [ACCOUNT, /127\.0\.0\.1 for acme\.pstn\.\S+: it offered TLSv1\.1 at most/],
    ],
    [
      "the version, by address",
      listed(OTHER_TRUNK, "127.0.0.1", 1),
      OLD,
      [OTHER_ACCOUNT, /it offered TLSv1\.1 at most/],
    ],
    [
      "the suites",
      [],
      { maxVersion: "TLSv1.2", ciphers: "ECDHE-RSA-CHACHA20-POLY1305", servername: DOMAIN },
      [ACCOUNT, /no cipher suite/],
    ],
    ["a stranger", [], OLD, undefined],
    ["a stranger by a name of nobody's", [], { ...OLD, servername: `nobody.pstn.${ZONE}` }, undefined],
    [
      "an address that two accounts list",
      [...listed(TRUNK, "127.0.0.1", 1), ...listed(OTHER_TRUNK, "127.0.0.1", 2)],
      OLD,
      undefined,
    ],
  ];
  it.each(told)("%s", async (_title, rows, options, want) => {
    const { tlsPort, edge, alerts, ground } = await open(rows);
    await refuse(tlsPort, options, 5);
    await edge.close(0);
    if (!want) {
      expect([alerts, ground.logged]).toEqual([[], []]);
      expect(edge.metrics()["handshakes_refused_of_strangers"]).toBe(5);
      return;
    }
    const [accountSid, text] = want;
    expect(alerts).toMatchObject([{ accountSid, errorCode: 32222, level: "error", text: expect.stringMatching(text) }]);
    expect(ground.logged).toEqual([expect.stringMatching(/^warn TLS refused .*"source":"127\.0\.0\.1"/)]);
    expect(edge.metrics()["handshakes_refused_of_customers"]).toBe(5);
  });

  it("our certificate, which the peer does not trust", async () => {
    const { tlsPort, edge, alerts } = await open();
    const another = join(mkdtempSync(join(tmpdir(), "trunkline-ca-")), "ca.pem");
    onTestFinished(() => rmSync(dirname(another), { recursive: true }));
    writeFileSync(another, makeCa("Another").caPem);
    for (const version of ["-tls1_2", "-tls1_3"]) {
      await sClient(tlsPort, version, "-servername", DOMAIN, "-CAfile", another, "-verify_return_error");
    }
    await edge.close(0);
    expect(edge.metrics()["sip_handshakesFailedCertificate"]).toBe(2);
    expect(alerts).toMatchObject([{ accountSid: ACCOUNT, text: expect.stringMatching(/did not take our.*\/ca\.pem/) }]);
  });

  it("noise is only counted, whoever's name it bears", async () => {
    const { tlsPort, edge, alerts } = await open(listed(TRUNK, "127.0.0.1", 1));
    const socket = connectPlain(tlsPort, "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    socket.on("error", () => undefined).write("INVITE sip:x SIP/2.0\r\n\r\n");
    await expect.poll(() => edge.metrics()["sip_handshakesFailedNotTls"]).toBe(1);
    await edge.close(0);
    expect(alerts).toEqual([]);
  });
});

describe("SEC-6: mutual TLS with a trunk's peers", () => {
  const names: WrittenRow = [
    "trunkTls",
    TRUNK,
    { trunkSid: TRUNK, ownCertificate: false, clientNames: ["pbx.example.com"] },
  ];
  const pbx = ca.issue(["DNS:pbx.example.com"]);
  const call = { requestUri: `sip:+15005550001@${DOMAIN}`, from: `<sip:${NUMBER}@${DOMAIN}>` };

  it.each([
    ["the right certificate", pbx, DOMAIN, 407],
    ["the right one, but asking for another trunk's name", pbx, OTHER, 403],
    ["another name", ca.issue(["DNS:evil.example.com"]), DOMAIN, 403],
    ["another authority", makeCa("Another").issue(["DNS:pbx.example.com"]), DOMAIN, 403],
  ])("a call over a connection with %s", async (_title, certificate, serverName, want) => {
    const { ground, tlsPort } = await open([names]);
    const phone = await ground.phone({
      transport: "tls",
      tls: { certificates: [certificate] },
      peer: { serverName, clientCertificate: true },
    });
    phone.call(tlsPort, call);
    await expect.poll(() => phone.heard).toContainEqual(expect.objectContaining({ kind: "fail", status: want }));
  });

  it.each([true, false])("a trunk's server that asks is shown our certificate: %s", async (clientCertificate) => {
    const certificate = ca.issue(["DNS:pbx"]);
    const shown = { cert: certificate.certPem, key: certificate.keyPem };
    const server = createServer({ ...shown, ca: ca.caPem, requestCert: true, rejectUnauthorized: false });
    const met = once(server, "secureConnection") as Promise<[TLSSocket]>;
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const peer: PeerSettings = { ...DEFAULT_PEER_SETTINGS, ownerSid: TRUNK, clientCertificate };
    const { ground, port, apply } = await open([["peerSettings", TRUNK, peer]]);
    const carrier = await ground.phone({ address: "127.0.0.3" });
    apply(changes(calledAt((server.address() as AddressInfo).port)));
    carrier.call(port, { requestUri: `sip:${NUMBER}@127.0.0.1:${port}` });
    const [socket] = await met;
    onTestFinished(() => void socket.destroy());
    expect([socket.authorized, socket.getPeerX509Certificate()?.subjectAltName]).toEqual(
      clientCertificate ? [true, NAMES.join(", ")] : [false, undefined],
    );
  });

  it.each([
    [DOMAIN, "127.0.0.2", true],
    [OTHER, "127.0.0.1", false],
    [undefined, "127.0.0.1", true],
    [undefined, "127.0.0.2", false],
  ])(
    "a peer that asks for %s, where the trunk lists %s, is asked for its certificate: %s",
    async (name, address, want) => {
      const { tlsPort } = await open([names, ...listed(TRUNK, address, 1)]);
      const said = await sClient(tlsPort, ...(name ? ["-servername", name] : ["-noservername"]));
      expect(said).toMatch(
        want ? /Acceptable client certificate CA names\s+CN = Edge test/ : /No client certificate CA names sent/,
      );
    },
  );
});

/** What `openssl s_client` says about a handshake. */
async function sClient(port: number, ...options: readonly string[]): Promise<string> {
  const child = spawn("openssl", ["s_client", "-connect", `127.0.0.1:${port}`, ...options], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  await once(child, "close");
  return said;
}
