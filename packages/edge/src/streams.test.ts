import { connect, type Socket } from "node:net";
import type { Session } from "@trunkline/sip";
import { describe, expect, it, onTestFinished } from "vitest";
import { carrier as carrierRow, makeCa, sid, type WrittenRow } from "../../../test/support/lent-fixtures.ts";
import type { EdgeTls } from "./edge.types.ts";
import { demoCall, EdgeGround, kinds } from "./edge-ground.fixture.ts";
import { DOMAIN, NUMBER } from "./edge-world.fixture.ts";
import type { SocketPhoneOptions } from "./socket-phone.fixture.ts";

const answers = (session: Session): void => {
  session.progress(180);
  session.answer("answer-b");
};

const ca = makeCa("Edge test");
const stranger = makeCa("Unknown");
const ours: EdgeTls = { certificates: [ca.issue([`DNS:${DOMAIN}`, "IP:127.0.0.1"])], caPem: ca.caPem };
const shows = (...sans: string[]) => ({ certificates: [ca.issue(sans)] });
const BOTH = ["127.0.0.1", "::1"].map((bind) => ({ bind, advertise: bind }));

describe("NET-5: a call from any transport and family to any other", () => {
  const udp: SocketPhoneOptions = { transport: "udp" };
  const tcp: SocketPhoneOptions = { transport: "tcp" };
  const tls: SocketPhoneOptions = { transport: "tls", tls: shows("IP:127.0.0.3") };
  const over6 = (options: SocketPhoneOptions): SocketPhoneOptions => ({ ...options, address: "::1" });
  const cases: [title: string, pbx: SocketPhoneOptions, carrier: SocketPhoneOptions][] = [
    ["TCP to TCP", tcp, tcp],
    ["TLS to TLS", tls, tls],
    ["TLS to UDP", tls, udp],
    ["UDP to TLS", udp, tls],
    ["UDP over IPv6 to UDP over IPv4", over6(udp), udp],
    ["UDP over IPv4 to TCP over IPv6", udp, over6(tcp)],
  ];
  it.each(cases)("%s", async (_title, from, to) => {
    const ground = new EdgeGround();
    const carrier = await ground.phone({ address: "127.0.0.3", ...to, onInvite: answers });
    const pbx = await ground.phone(from);
    const { edge, port, tlsPort } = await ground.open({ carrier }, { tls: ours, addresses: BOTH });
    pbx.call(from.transport === "tls" ? tlsPort : port, demoCall);
    await expect.poll(() => kinds(pbx.heard)).toContain("answer");
    const invite = carrier.incoming[0]?.invite;
    const own = carrier.address === "::1" ? "[::1]" : "127.0.0.1";
    expect(invite?.via.transport.toLowerCase()).toBe(to.transport);
    expect(invite?.via.host).toBe(own);
    const param = to.transport === "udp" ? "" : `;transport=${to.transport}`;
    expect(invite?.header("contact")).toBe(`<sip:${NUMBER}@${own}:${to.transport === "tls" ? tlsPort : port}${param}>`);
    expect(ground.plane.opened[0]?.advertise).toEqual({
      a: pbx.address === "::1" ? "::1" : "127.0.0.1",
      b: carrier.address === "::1" ? "::1" : "127.0.0.1",
    });
    carrier.incoming[0]?.hangup();
    await expect.poll(() => kinds(pbx.heard)).toContain("ended");
    // RFC 5923: everything of a dialog went over the connection that it began on.
    const counts = edge.metrics();
    expect(counts["sip_connectionsAccepted"]).toBe(from.transport === "udp" ? 0 : 1);
    expect(counts["sip_connectionsOpened"]).toBe(to.transport === "udp" ? 0 : 1);
    expect([ground.plane.sessions, ground.logged]).toEqual([0, []]);
  });

  it("ORIG-5: a customer's URL with transport=tcp is called over TCP, at the port it names", async () => {
    const ground = new EdgeGround();
    const pbx = await ground.phone({ transport: "tcp", onInvite: answers });
    const carrier = await ground.phone({ address: "127.0.0.3" });
    const { port } = await ground.open({ carrier, pbx });
    carrier.call(port, { requestUri: `sip:${NUMBER}@127.0.0.1:${port}` });
    await expect.poll(() => kinds(carrier.heard)).toContain("answer");
    expect(pbx.incoming[0]?.invite.requestUri).toBe(`sip:${NUMBER}@${pbx.place}`);
  });

  it("RFC 3261 §18.1.1: what is too large for a datagram goes over TCP to the same place, and stays there", async () => {
    const ground = new EdgeGround();
    const pbx = await ground.phone();
    const udp = await ground.phone({ onInvite: answers, address: "127.0.0.3" });
    const tcp = await ground.phone({ onInvite: answers, address: "127.0.0.3", transport: "tcp", port: udp.port });
    const { port } = await ground.open({ carrier: udp });
    pbx.call(port, { ...demoCall, sdp: "long ".repeat(400) });
    await expect.poll(() => kinds(pbx.heard)).toContain("answer");
    expect([udp.incoming.length, tcp.incoming[0]?.invite.via.transport]).toEqual([0, "TCP"]);
    tcp.incoming[0]?.hangup();
    await expect.poll(() => kinds(pbx.heard)).toContain("ended");
  });

  it("NET-4, RFC 5923 §8.2: a dialog whose connection is gone goes to the peer's Contact over a new one", async () => {
    const ground = new EdgeGround();
    const carrier = await ground.phone({ onInvite: answers, address: "127.0.0.3" });
    const pbx = await ground.phone({ transport: "tcp" });
    const { edge, port } = await ground.open({ carrier });
    const session = pbx.call(port, demoCall);
    await expect.poll(() => kinds(pbx.heard)).toContain("answer");
    pbx.host.closeFlow(session.flow);
    await expect.poll(() => edge.metrics()["sip_connectionsOpen"]).toBe(0);
    carrier.incoming[0]?.hangup();
    await expect.poll(() => kinds(pbx.heard)).toContain("ended");
    expect(edge.metrics()["sip_connectionsOpened"]).toBe(1);
  });

  it("listens on one number for UDP and TCP, and on TLS only with a certificate", async () => {
    const ground = new EdgeGround();
    const plain = await ground.open({});
    expect(plain.edge.listeners.map(({ transport }) => transport)).toEqual(["udp", "tcp"]);
    expect(new Set(plain.edge.listeners.map(({ port }) => port)).size).toBe(1);
    await plain.edge.close(0);
    const secured = await ground.open({}, { tls: ours });
    expect(secured.edge.listeners.map(({ transport }) => transport)).toEqual(["udp", "tcp", "tls"]);
  });
});

describe("whose certificate is checked (EdgeTls.verify)", () => {
  /** A carrier found by the name `carrier.localhost`. */
  async function callBy(sans: string[], issuer = ca): Promise<(number | null)[]> {
    const ground = new EdgeGround();
    const certificates = [issuer.issue(sans)];
    const carrier = await ground.phone({ transport: "tls", tls: { certificates }, onInvite: answers });
    const spare = await ground.phone({ onInvite: answers });
    const main = carrierRow(1, { priority: 1, retryStatuses: [503] });
    const target = {
      sid: sid("CT", 1),
      carrierSid: main.sid,
      sipUrl: `sip:carrier.localhost:${carrier.port};transport=tls`,
      priority: 1,
      weight: 1,
    };
    const rows: readonly WrittenRow[] = [["carrierTarget", target.sid, target]];
    const pbx = await ground.phone();
    const { port } = await ground.open({ spare }, { tls: ours }, {}, rows);
    const session = pbx.call(port, demoCall);
    await expect.poll(() => kinds(pbx.heard)).toContain("answer");
    session.hangup();
    await expect.poll(() => ground.sink.ended).toBe(1);
    return [...ground.sink.records.values()][0]?.attempts.map(({ status }) => status) ?? [];
  }

  it("RFC 5922 §7: a carrier proves the name that its URL has", async () => {
    expect(await callBy(["DNS:carrier.localhost"])).toEqual([200]);
  });

  it("a carrier with another name is not called, and the next one is", async () => {
    expect(await callBy(["DNS:other.localhost"])).toEqual([503, 200]);
  });

  it("nor is one that an unknown authority vouches for", async () => {
    expect(await callBy(["DNS:carrier.localhost"], stranger)).toEqual([503, 200]);
  });

  it("a customer's server is called whatever its certificate says", async () => {
    const ground = new EdgeGround();
    const certificates = [stranger.issue(["DNS:whatever"])];
    const pbx = await ground.phone({ transport: "tls", tls: { certificates }, onInvite: answers });
    const carrier = await ground.phone({ address: "127.0.0.3" });
    const { port } = await ground.open({ carrier, pbx }, { tls: ours });
    carrier.call(port, { requestUri: `sip:${NUMBER}@127.0.0.1:${port}` });
    await expect.poll(() => kinds(carrier.heard)).toContain("answer");
  });

  it("but not when the operator wants everybody checked", async () => {
    const ground = new EdgeGround();
    const certificates = [stranger.issue(["DNS:whatever"])];
    const pbx = await ground.phone({ transport: "tls", tls: { certificates }, onInvite: answers });
    const carrier = await ground.phone({ address: "127.0.0.3" });
    const spare = await ground.phone({ onInvite: answers });
    const { port } = await ground.open({ carrier, pbx, spare }, { tls: { ...ours, verify: "all" } });
    carrier.call(port, { requestUri: `sip:${NUMBER}@127.0.0.1:${port}` });
    await expect.poll(() => kinds(carrier.heard)).toContain("answer");
    expect([pbx.incoming.length, spare.incoming.length]).toEqual([0, 1]);
  });
});

describe("strangers on a connection", () => {
  /** A bare TCP connection to the edge. */
  async function dialIn(port: number): Promise<{ socket: Socket; heard(): string; closed: Promise<unknown> }> {
    const socket = connect(port, "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    let text = "";
    socket.setEncoding("latin1").on("data", (chunk: string) => {
      text += chunk;
    });
    socket.on("error", () => undefined);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    return { socket, heard: () => text, closed };
  }
  const invite = (uri: string, length = "0"): string =>
    [
      `INVITE ${uri} SIP/2.0`,
      "Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKx",
      "From: <sip:x@example.com>;tag=x",
      `To: <${uri}>`,
      "Call-ID: stranger",
      "CSeq: 1 INVITE",
      "Contact: <sip:x@127.0.0.1>",
      `Content-Length: ${length}`,
      "",
      "",
    ].join("\r\n");

  const silent: [title: string, text: string, counter: string][] = [
    ["TERM-1: an unknown host", invite("sip:100@example.com"), "dropped_unknown_host"],
    ["a request that cannot be read", "INVITE sip:x SIP/2.0\r\nContent-Length: 0\r\n\r\n", "dropped_unreadable"],
    ["a stream that cannot be cut", invite(`sip:+15005550001@${DOMAIN}`, "-1"), "dropped_unreadable"],
    ["something else than SIP", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "dropped_unreadable"],
  ];
  it.each(silent)("%s closes it, without a word", async (_title, text, counter) => {
    const ground = new EdgeGround();
    const { edge, port } = await ground.open({});
    const { socket, heard, closed } = await dialIn(port);
    socket.write(text);
    await closed;
    expect(heard()).toBe("");
    expect(edge.metrics()[counter]).toBe(1);
    expect(edge.metrics()["live_server_transactions"]).toBe(0);
  });

  it("TERM-9: a known source is answered, keeps its connection, and its pings get their pong", async () => {
    const ground = new EdgeGround();
    const { port } = await ground.open({});
    const { socket, heard, closed } = await dialIn(port);
    socket.write(invite(`sip:+15005550001@${DOMAIN}`));
    await expect.poll(heard).toContain("SIP/2.0 407 ");
    const before = heard().length;
    socket.write("\r\n\r\n");
    await expect.poll(() => heard().slice(before)).toBe("\r\n");
    socket.write("INVITE sip:x SIP/2.0\r\nVia: SIP/2.0/TCP x;branch=z9hG4bKy\r\nContent-Length: 0\r\n\r\n");
    await expect.poll(heard).toContain("SIP/2.0 400 ");
    // RFC 3261 §18.3: told why, then closed.
    socket.write(invite(`sip:+15005550001@${DOMAIN}`, "x"));
    await closed;
    expect(heard().match(/SIP\/2\.0 400 /g)).toHaveLength(2);
  });

  it("a connection that carries a call outlives a stranger's request on it", async () => {
    const ground = new EdgeGround();
    const carrier = await ground.phone({ onInvite: answers, address: "127.0.0.3" });
    const pbx = await ground.phone({ transport: "tcp" });
    const { edge, port } = await ground.open({ carrier });
    const session = pbx.call(port, demoCall);
    await expect.poll(() => kinds(pbx.heard)).toContain("answer");
    pbx.host.send(session.flow, invite("sip:100@example.com"));
    await expect.poll(() => edge.metrics()["dropped_unknown_host"]).toBe(1);
    carrier.incoming[0]?.hangup();
    await expect.poll(() => kinds(pbx.heard)).toContain("ended");
    expect(edge.metrics()["sip_connectionsOpen"]).toBe(1);
  });

  it("LIM-2: one source opens so many connections a second and no more", async () => {
    const ground = new EdgeGround();
    const { edge, port } = await ground.open({}, { limits: { connectionsPerSourcePerSecond: 3 } });
    const dialled = await Promise.all(Array.from({ length: 8 }, () => dialIn(port)));
    await Promise.race(dialled.map(({ closed }) => closed));
    await expect.poll(() => edge.metrics()["sip_connectionsRefusedByGuard"]).toBeGreaterThan(2);
    expect(edge.metrics()["sip_connectionsAccepted"]).toBeGreaterThanOrEqual(3);
  });
});
