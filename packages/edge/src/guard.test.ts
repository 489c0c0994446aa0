import { readMessage, type SipRequest } from "@trunkline/sip";
import { describe, expect, it } from "vitest";
import { ACCOUNT, flowBetween, sid, TRUNK, type WrittenRow } from "../../../test/support/lent-fixtures.ts";
import { CARRIER, DOMAIN, EDGE, EdgeWorld, PBX, STRANGER, ZONE } from "./edge-world.fixture.ts";
import { Guard } from "./guard.ts";
import { Counters } from "./metrics.ts";
import { OptionsAllowance } from "./options-allowance.ts";

/** Sends raw text from an address and gives back every answer that came. */
function send(world: EdgeWorld, from: string, ...texts: string[]): string[] {
  const heard: string[] = [];
  world.network.attach(from, 5060, { receive: (_flow, wire) => void heard.push(wire), flowFailed: () => undefined });
  const flow = {
    transport: "udp",
    localAddress: from,
    localPort: 5060,
    remoteAddress: EDGE.address,
    remotePort: EDGE.port,
  } as const;
  const { send: put } = world.network.host();
  for (const text of texts) put(flow, text);
  return heard;
}

let serial = 0;
function request(method: string, uri: string, extra = ""): string {
  serial += 1;
  return [
    `${method} ${uri} SIP/2.0`,
    `Via: SIP/2.0/UDP 192.0.2.99:5060;branch=z9hG4bK${serial};rport`,
    `From: <sip:x@192.0.2.99>;tag=t${serial}`,
    `To: <${uri}>`,
    `Call-ID: c${serial}`,
    `CSeq: 1 ${method}`,
    "Max-Forwards: 70",
    "Contact: <sip:x@192.0.2.99>",
    `${extra}Content-Length: 0`,
    "",
    "",
  ].join("\r\n");
}
const statusOf = (wire: string): string => wire.slice(8, 11);

describe("strangers", () => {
  const silent: [title: string, from: string, text: string][] = [
    ["TERM-1: an unknown trunk domain", STRANGER, request("INVITE", "sip:+15005550001@other.pstn.trunkline.test")],
    ["TERM-1: a foreign domain", STRANGER, request("INVITE", "sip:100@example.com")],
    ["CAR-2: our own address, from no carrier", STRANGER, request("INVITE", `sip:100@${EDGE.address}`)],
    ["a scanner's OPTIONS", STRANGER, request("OPTIONS", `sip:100@${EDGE.address}`)],
    ["a scanner's REGISTER", STRANGER, request("REGISTER", `sip:${EDGE.address}`)],
    ["a URI scheme we do not know", STRANGER, request("INVITE", "http://example.com/")],
    ["a stray BYE", STRANGER, request("BYE", `sip:x@${EDGE.address}`)],
    ["a stray ACK", PBX, request("ACK", `sip:+15005550001@${DOMAIN}`)],
    ["a response to nothing", STRANGER, request("INVITE", "sip:x").replace(/^.*\r\n/, "SIP/2.0 200 OK\r\n")],
    ["garbage", STRANGER, "\u0000\u0001\u00ff garbage \r\n\r\n"],
    ["half a start line", STRANGER, "INVITE sip:"],
    ["nothing but line breaks", STRANGER, "\r\n\r\n"],
  ];
  it.each(silent)("%s gets no answer and leaves no state", async (_title, from, text) => {
    const world = new EdgeWorld();
    const heard = send(world, from, text);
    await world.pass(1_000);
    expect(heard).toEqual([]);
    expect(world.core.counts()).toEqual({ calls: 0, clientTransactions: 0, serverTransactions: 0, sessions: 0 });
    expect([world.events, world.logged]).toEqual([[], []]);
  });

  it("LIM-2: mutilated requests of any kind throw nothing and leave nothing", async () => {
    const world = new EdgeWorld();
    const whole = request("INVITE", `sip:+15005550001@${DOMAIN}`, "Proxy-Authorization: Digest username=\r\n");
    const texts = Array.from({ length: whole.length }, (_, at) => whole.slice(0, at) + whole.slice(at + 1));
    send(world, STRANGER, ...texts);
    expect(await world.finish()).toEqual([]);
  });

  it("LIM-2: the addresses of one IPv6 /64 are one source", () => {
    const options = { edge: "local", zone: "x.test", ownHosts: new Set<string>(), sourcesTracked: 10 };
    const limits = { requestsPerSourcePerSecond: 5, connectionsPerSourcePerSecond: 2 };
    const guard = new Guard({ ...options, ...limits }, new Counters(), { mayCarry: () => true });
    const admitted = (...from: string[]): boolean[] => from.map((address) => guard.admitConnection(address, 0));
    expect(admitted("2001:db8::1", "2001:db8::2", "2001:db8::ffff:3", "2001:db8:0:1::1", "192.0.2.1")).toEqual([
      ...[true, true, false],
      ...[true, true],
    ]);
  });

  it("LIM-2: one source has a bucket; others and carriers are not touched by it", async () => {
    const world = new EdgeWorld({ core: { limits: { requestsPerSourcePerSecond: 5 } } });
    const invites = (): string[] => Array.from({ length: 20 }, () => request("INVITE", `sip:+15005550001@${DOMAIN}`));
    const flood = send(world, STRANGER, ...invites());
    const fair = send(world, PBX, ...invites().slice(0, 3));
    const carrier = send(
      world,
      CARRIER,
      ...Array.from({ length: 20 }, () => request("INVITE", `sip:+19995550123@${EDGE.address}`)),
    );
    await world.pass(400);
    const finals = (heard: string[]): number =>
      new Set(heard.filter((wire) => !wire.startsWith("SIP/2.0 1")).map((wire) => /Call-ID: (\S+)/.exec(wire)?.[1]))
        .size;
    expect([finals(flood), finals(fair), finals(carrier)]).toEqual([5, 3, 20]);
    expect(world.core.metrics()["dropped_rate"]).toBe(15);
  });

  it("LIM-2: what comes by datagrams, which anybody can forge, is not held against the source's connections", () => {
    const world = new EdgeWorld();
    const options = { edge: "local", zone: ZONE, ownHosts: new Set<string>(), sourcesTracked: 10 };
    const limits = { requestsPerSourcePerSecond: 3, connectionsPerSourcePerSecond: 2 };
    const guard = new Guard({ ...options, ...limits }, new Counters(), { mayCarry: () => true });
    const flow = flowBetween(EDGE, { address: PBX, port: 5060 });
    const screen = (method: string, transport: "udp" | "tls"): string => {
      const message = readMessage(request(method, `sip:+15005550001@${DOMAIN}`)) as SipRequest;
      return guard.screen(message, { ...flow, transport }, world.directory, 0);
    };
    expect(["INVITE", "OPTIONS", "OPTIONS", "INVITE"].map((method) => screen(method, "udp"))).toEqual([
      ...["take", "take", "drop", "drop"],
    ]);
    expect(["INVITE", "OPTIONS"].map((method) => screen(method, "tls"))).toEqual(["take", "take"]);
  });

  it("LIM-2: the table of sources is bounded whatever comes", async () => {
    const world = new EdgeWorld({ core: { limits: { sourcesTracked: 10 } } });
    for (let host = 1; host < 50; host++) send(world, `198.51.100.${host}`, request("OPTIONS", `sip:${DOMAIN}`));
    await world.pass(1_000);
    expect(world.core.metrics()["sources_tracked"]).toBe(10);
  });
});

describe("a dialog that was lost", () => {
  const list = sid("AL", 1);
  const rows: readonly WrittenRow[] = [
    ["trunkIpAccessControlList", `${TRUNK}/${list}`, { trunkSid: TRUNK, listSid: list }],
    [
      "ipAddress",
      sid("IP", 1),
      { sid: sid("IP", 1), listSid: list, friendlyName: "", ipAddress: PBX, cidrPrefixLength: 32 },
    ],
  ];
  const inDialog = (method: string, to: string): string =>
    request(method, `sip:+15005550001@${EDGE.address}:5060`).replace(/^To: .*$/m, `To: <${to}>;tag=gone`);

  it("RFC 3261 §12.2.1.2: a PBX of the trunk is told 481, so that it lets go", async () => {
    const world = new EdgeWorld({ rows });
    const to = `sip:+15005550001@${DOMAIN}`;
    const localized = `sip:+15005550001@acme.pstn.local.${ZONE}`;
    const heard = send(world, PBX, inDialog("BYE", to), inDialog("INVITE", to), inDialog("UPDATE", localized));
    await world.pass(300);
    expect(heard.map(statusOf)).toEqual(["481", "481", "481"]);
    expect(await world.finish()).toEqual([]);
  });

  it("TERM-1: a new call to our address is no lost dialog, whatever its To says", async () => {
    const world = new EdgeWorld({ rows });
    const invite = request("INVITE", `sip:+15005550001@${EDGE.address}`);
    const heard = send(world, PBX, invite.replace(/^To: .*$/m, `To: <sip:+15005550001@${DOMAIN}>`));
    await world.pass(300);
    expect(heard).toEqual([]);
  });

  it.each([
    ["TERM-1: a stranger", STRANGER, `sip:+15005550001@${DOMAIN}`],
    ["a PBX that names no trunk", PBX, `sip:+15005550001@${EDGE.address}`],
    ["a PBX that names somebody else's", PBX, "sip:+15005550001@other.pstn.trunkline.test"],
    ["a To that is no SIP URI", PBX, "tel:+15005550001"],
  ])("%s hears nothing", async (_title, from, to) => {
    const world = new EdgeWorld({ rows });
    const heard = send(world, from, inDialog("BYE", to));
    await world.pass(300);
    expect(heard).toEqual([]);
    expect(await world.finish()).toEqual([]);
  });
});

describe("OPTIONS and REGISTER", () => {
  it("TERM-8: OPTIONS to the termination URI is answered without credentials, once in 10 s per source", async () => {
    const world = new EdgeWorld();
    const options = (): string => request("OPTIONS", `sip:${DOMAIN}`);
    const first = send(world, PBX, options());
    await world.pass(1_000);
    expect(first.map(statusOf)).toEqual(["200"]);
    expect(first[0]).toMatch(/^Allow: .*INVITE/m);
    expect(first[0]).toMatch(/^Server: Trunkline$/m);
    const second = send(world, PBX, options());
    const other = send(world, "192.0.2.21", options());
    await world.pass(9_500);
    expect([second, other.map(statusOf)]).toEqual([[], ["200"]]);
    const third = send(world, PBX, options());
    await world.pass(100);
    expect(third.map(statusOf)).toEqual(["200"]);
  });

  it("TERM-8: who goes on like that is blocked for a minute, and then answered again; calls are not touched", async () => {
    const world = new EdgeWorld();
    const heardAt: number[] = [];
    const ping = async (everyMs: number, times: number): Promise<void> => {
      for (let i = 0; i < times; i++) {
        const answers = send(world, PBX, request("OPTIONS", `sip:${DOMAIN}`));
        await world.pass(everyMs);
        if (answers.length > 0) heardAt.push(Math.round((world.network.clock.nowMs() - everyMs) / 1_000));
      }
    };
    await ping(2_000, 50);
    expect(heardAt).toEqual([0, 10, 74, 84]);
    expect(world.core.metrics()["sources_blocked_options"]).toBe(2);
    const call = send(world, PBX, request("INVITE", `sip:+15005550001@${DOMAIN}`));
    await world.pass(400);
    expect(call.map(statusOf)).toContain("407");
    await world.pass(60_000);
    heardAt.length = 0;
    await ping(10_000, 6);
    expect(heardAt).toHaveLength(6);
  });

  it("LIM-2: the sources that are blocked are remembered in bounded number, the newest first", () => {
    const allowance = new OptionsAllowance(2);
    const sources = ["192.0.2.1", "192.0.2.2", "192.0.2.3"];
    for (const source of sources) for (let i = 0; i < 7; i++) allowance.take(source, 0);
    expect(sources.map((source) => allowance.take(source, 1))).toEqual(["answer", "blocked", "blocked"]);
  });

  it("a carrier's OPTIONS to our address is its health probe and always answered", async () => {
    const world = new EdgeWorld();
    const probe = (): string => request("OPTIONS", `sip:${EDGE.address}`);
    const heard = send(world, CARRIER, probe(), probe());
    await world.pass(1_000);
    expect(heard.map(statusOf)).toEqual(["200", "200"]);
  });

  it("TERM-7, TERM-11: REGISTER on a trunk domain is refused with 32210 and an alert for the trunk", async () => {
    const world = new EdgeWorld();
    const heard = send(world, PBX, request("REGISTER", `sip:${DOMAIN}`));
    await world.pass(2_000);
    expect(heard.map(statusOf)).toEqual(["405"]);
    expect(heard[0]).toMatch(/^X-Twilio-Error: 32210 /m);
    expect(heard[0]).toMatch(/^Reason: Q\.850;cause=\d+;text="REGISTER is not supported on trunks"\r$/m);
    expect(world.alerts).toMatchObject([
      { errorCode: 32210, accountSid: ACCOUNT, text: expect.stringContaining(DOMAIN) },
    ]);
  });

  it("RFC 3261 §8.2.1: SUBSCRIBE and MESSAGE are not for us", async () => {
    const world = new EdgeWorld();
    const heard = send(world, PBX, request("MESSAGE", `sip:x@${DOMAIN}`), request("SUBSCRIBE", `sip:x@${DOMAIN}`));
    await world.pass(300);
    expect(heard.map(statusOf)).toEqual(["405", "405"]);
    expect(await world.finish()).toEqual([]);
  });

  it("RFC 4475 §3.1.2.9: a Max-Forwards that is no hop count is refused", async () => {
    const world = new EdgeWorld();
    const text = request("INVITE", `sip:+15005550001@${DOMAIN}`).replace("Max-Forwards: 70", "Max-Forwards: 300");
    const heard = send(world, PBX, text);
    await world.pass(300);
    expect(heard.map(statusOf)).toContain("400");
    expect(await world.finish()).toEqual([]);
  });
});
