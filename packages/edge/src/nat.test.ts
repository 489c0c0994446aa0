import type { Session } from "@trunkline/sip";
import { describe, expect, it, onTestFinished } from "vitest";
import { changes, makeCa, originationUrl, sid } from "../../../test/support/lent-fixtures.ts";
import { RawSip } from "../../../test/support/raw-sip.ts";
import { demoCall, EdgeGround, kinds } from "./edge-ground.fixture.ts";
import { CARRIER, DOMAIN, EdgeWorld, NUMBER, PBX } from "./edge-world.fixture.ts";

const answers = (session: Session): void => session.answer("answer-b");

/** What a host behind a NAT thinks its address is. */
const PRIVATE = { host: "10.0.0.1", port: 5060 };
const behindNat = { agent: { advertised: () => PRIVATE } };

const ca = makeCa("NAT test");
const tls = { certificates: [ca.issue([`DNS:${DOMAIN}`, "IP:127.0.0.1"])], caPem: ca.caPem };

async function raw(opening: Promise<RawSip>): Promise<RawSip> {
  const opened = await opening;
  onTestFinished(() => opened.close());
  return opened;
}

function optionsText(via: string): string {
  return [
    `OPTIONS sip:${DOMAIN} SIP/2.0`,
    `Via: SIP/2.0/${via};branch=z9hG4bKping`,
    "Max-Forwards: 70",
    `From: <sip:pbx@${PRIVATE.host}>;tag=a`,
    `To: <sip:${DOMAIN}>`,
    "Call-ID: ping",
    "CSeq: 1 OPTIONS",
    "Content-Length: 0",
    "\r\n",
  ].join("\r\n");
}

const viaOf = (response: string | undefined): string => /^Via: (.*)$/m.exec(response ?? "")?.[1]?.trim() ?? "";

describe("NET-4: responses to a host behind a NAT (RFC 3581 §4, RFC 3261 §18.2.2)", () => {
  const { host, port } = PRIVATE;
  it.each([
    ["its source port, which rport asks for", `UDP ${host}:${port};rport`, "source", /;rport=SOURCE/],
    ["also when it filled in a port of its own", `UDP ${host}:${port};rport=${port}`, "source", /;rport=SOURCE/],
    ["without rport the port of its Via, at the address it really has", `UDP ${host}:OTHER`, "other", /:OTHER;/],
  ])("go to %s", async (_title, via, to, want) => {
    const { port: edgePort } = await new EdgeGround().open({});
    const source = await raw(RawSip.open("127.0.0.25"));
    const other = await raw(RawSip.open("127.0.0.25"));
    const named = (text: string): string =>
      text.replace("OTHER", String(other.port)).replace("SOURCE", String(source.port));
    source.send(optionsText(named(via)), edgePort, "127.0.0.1");
    const heard = await (to === "source" ? source : other).final();
    expect(heard).toMatch(/^SIP\/2\.0 200 /);
    expect(viaOf(heard)).toMatch(/;received=127\.0\.0\.25(;|$)/);
    expect(viaOf(heard)).toMatch(new RegExp(named(want.source)));
    expect((to === "source" ? other : source).waiting()).toEqual([]);
  });
});

describe("NET-4: a PBX whose Via and Contact name an address that leads nowhere", () => {
  it("calls over UDP, and requests of ours go to its source, since its Contact is a private address", async () => {
    const world = new EdgeWorld();
    const carrier = world.phone(CARRIER, { onInvite: answers });
    const pbx = world.phone(PBX, behindNat);
    world.call(pbx);
    await world.pass(500);
    carrier.incoming[0]?.offer("offer-2");
    await world.pass(500);
    expect(pbx.heard.at(-1)).toMatch(/^offer/);
    carrier.incoming[0]?.hangup();
    await world.pass(500);
    expect(pbx.heard.at(-1)).toMatch(/^ended/);
    expect(world.network.trace.filter((line) => line.includes(`> ${PRIVATE.host}`))).toEqual([]);
    expect(await world.finish()).toEqual([]);
  });

  it.each(["tcp", "tls"] as const)("calls over %s, and requests of ours find it where it is", async (transport) => {
    const ground = new EdgeGround();
    const carrier = await ground.phone({ onInvite: answers, address: "127.0.0.3" });
    const pbx = await ground.phone({ transport, ...behindNat, ...(transport === "tls" ? { tls } : {}) });
    const { edge, port, tlsPort } = await ground.open({ carrier }, { tls });
    pbx.call(transport === "tls" ? tlsPort : port, demoCall);
    await expect.poll(() => kinds(pbx.heard)).toContain("answer");
    carrier.incoming[0]?.offer("offer-2");
    await expect.poll(() => kinds(pbx.heard)).toContain("offer");
    carrier.incoming[0]?.hangup();
    await expect.poll(() => kinds(pbx.heard)).toContain("ended");
    expect(edge.metrics()["sip_connectionsOpened"]).toBe(0);
  });
});

describe("NET-4: a PBX behind a NAT that is reached over the connection it keeps open (RFC 5923 §3)", () => {
  it.each(["tcp", "tls"] as const)("%s: a new call goes to it, and no connection is opened", async (transport) => {
    const ground = new EdgeGround();
    const carrier = await ground.phone({ address: "127.0.0.3" });
    const { edge, port, tlsPort, apply } = await ground.open({ carrier }, { tls });
    const pbx = await raw(
      transport === "tcp"
        ? RawSip.connect(port, "127.0.0.1", "127.0.0.25")
        : RawSip.connectTls(tlsPort, "127.0.0.1", { localAddress: "127.0.0.25" } as object),
    );
    // Somebody the edge knows: a stranger's connection would be closed.
    pbx.send(optionsText(`${transport.toUpperCase()} ${PRIVATE.host}`), 0, "");
    expect(await pbx.final()).toMatch(/^SIP\/2\.0 200 /);
    const sipUrl = `sip:127.0.0.25:${pbx.port};transport=${transport}`;
    apply(changes([["originationUrl", sid("OU", 1), originationUrl(1, { sipUrl, priority: 1 })]], 1_000));
    carrier.call(port, { requestUri: `sip:${NUMBER}@127.0.0.1:${port}` });
    const invite = await pbx.next((message) => message.startsWith(`INVITE sip:${NUMBER}@127.0.0.25:`));
    expect(viaOf(invite)).toContain(`SIP/2.0/${transport.toUpperCase()} 127.0.0.1:`);
    expect(edge.metrics()["sip_connectionsOpened"]).toBe(0);
  });
});

describe("NET-4: what keeps a NAT binding open", () => {
  it("CRLF over UDP is taken without an answer, over TCP a double one gets its single one (RFC 5626 §4.4.1)", async () => {
    const { edge, port } = await new EdgeGround().open({});
    const datagrams = await raw(RawSip.open("127.0.0.25"));
    for (const text of ["\r\n", "\r\n\r\n", "\0\0"]) datagrams.send(text, port, "127.0.0.1");
    await expect.poll(() => edge.metrics()["sip_droppedKeepAlives"]).toBe(3);
    const stream = await raw(RawSip.connect(port, "127.0.0.1", "127.0.0.25"));
    stream.send("\r\n\r\n", 0, "");
    expect(await stream.next((text) => text === "\r\n")).toBe("\r\n");
    datagrams.send(optionsText(`UDP ${PRIVATE.host};rport`), port, "127.0.0.1");
    expect(await datagrams.final()).toMatch(/^SIP\/2\.0 200 /);
    expect(datagrams.waiting()).toEqual([]);
  });

  it("our probes keep the binding of a PBX at a UDP address open: OPTIONS go to the port that its URL names", async () => {
    const ground = new EdgeGround();
    const pbx = await raw(RawSip.open("127.0.0.25"));
    const url = originationUrl(1, { sipUrl: `sip:127.0.0.25:${pbx.port}`, priority: 1 });
    const none = { username: null, password: null, registrarUrl: null, clientCertificate: false };
    const settings = { ownerSid: url.trunkSid, ...none, registrationExpiresSec: 3_600, probeIntervalSec: 1 };
    const { port } = await ground.open({}, {}, {}, [
      ["originationUrl", url.sid, url],
      ["peerSettings", url.trunkSid, settings],
    ]);
    const probe = await pbx.next((message) => message.startsWith("OPTIONS "));
    expect(viaOf(probe)).toMatch(new RegExp(`^SIP/2\\.0/UDP 127\\.0\\.0\\.1:${port};branch=\\S+;rport$`));
  });
});
