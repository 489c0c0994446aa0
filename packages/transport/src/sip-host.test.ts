import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { Flow } from "@trunkline/sip";
import { expect, it, onTestFinished } from "vitest";
import { ListenError, openSipHost } from "./index.ts";
import { flowBetween, hasIpv6, Inbox, LOOPBACKS, locals, open } from "./sip-host.fixture.ts";

it.each(LOOPBACKS)("carries a message both ways over UDP, octet for octet, on %s", async (address) => {
  const [a, b] = [await open(address), await open(address)];
  const wire = `OPTIONS sip:x SIP/2.0\r\nSubject: ${String.fromCharCode(0x80, 0xff, 0xe9)}\r\n\r\n\0`;
  const there = b.messages.next();
  a.host.send(flowBetween(a.host, b.host), wire);
  const heard = await there;
  expect(heard.text).toBe(wire);
  expect(heard.flow).toEqual({
    transport: "udp",
    localAddress: address,
    localPort: b.host.listeners[0]?.port,
    remoteAddress: address,
    remotePort: a.host.listeners[0]?.port,
  });
  const back = a.messages.next();
  b.host.send(heard.flow, "SIP/2.0 200 OK\r\n\r\n");
  expect((await back).text).toBe("SIP/2.0 200 OK\r\n\r\n");
  expect(a.host.counts()).toMatchObject({ sent: 1, received: 1, sendErrors: 0 });
});

it("drops and counts keep-alives, empty and oversized datagrams, and takes garbage as a message for the reader to judge", async () => {
  const { host, messages } = await open("127.0.0.1", { maxMessageBytes: 1_000 });
  const peer = createSocket("udp4");
  onTestFinished(() => void peer.close());
  const port = host.listeners[0]?.port ?? 0;
  const garbage = messages.next();
  for (const datagram of ["", "\r\n", "\r\n\r\n", "\0\0\0\0", "x".repeat(1_001), "\r\nx".repeat(5)]) {
    peer.send(datagram, port, "127.0.0.1");
  }
  expect((await garbage).text).toBe("\r\nx".repeat(5));
  expect(host.counts()).toMatchObject({ received: 1, droppedEmpty: 1, droppedKeepAlives: 3, droppedOversized: 1 });
});

it("takes the largest message UDP can carry: 65,507 octets", async () => {
  const [a, b] = [await open("127.0.0.1"), await open("127.0.0.1")];
  const there = b.messages.next();
  a.host.send(flowBetween(a.host, b.host), "x".repeat(65_507));
  expect((await there).text.length).toBe(65_507);
});

const unsendable: [title: string, change: Partial<Flow>, wire: string, reason: RegExp][] = [
  ["a message too long for a datagram", {}, "x".repeat(65_536), /EMSGSIZE/],
  ["a peer that a loopback socket cannot reach", { remoteAddress: "192.0.2.1" }, "x", /EINVAL|ENETUNREACH/],
  ["a name instead of an address, which is never looked up", { remoteAddress: "localhost" }, "x", /EINVAL|ENETUNREACH/],
  ["a port out of range", { remotePort: 0 }, "x", /ERR_SOCKET_BAD_PORT/],
  ["a local address nobody listens on", { localPort: 1 }, "x", /no such listener/],
];
it.each(unsendable)(
  "RFC 3261 §18.4 reports %s by onFlowFailed, after send returned",
  async (_title, change, wire, reason) => {
    const { host, failures } = await open("127.0.0.1");
    const flow = { ...flowBetween(host, host), ...change };
    const failure = failures.next();
    host.send(flow, wire);
    expect(failures.items).toEqual([]);
    expect(await failure).toEqual({ flow, reason: expect.stringMatching(reason) });
  },
);

it("a peer's closed port costs a UDP sender nothing: the socket goes on serving others", async () => {
  const [a, b] = [await open("127.0.0.1"), await open("127.0.0.1")];
  const gone = createSocket("udp4").bind(0, "127.0.0.1");
  await once(gone, "listening");
  const { port } = gone.address();
  gone.close();
  const flow = a.host.flowTo("udp", "127.0.0.1", port);
  const there = b.messages.next();
  if (flow) for (let i = 0; i < 3; i += 1) a.host.send(flow, "to nobody");
  a.host.send(flowBetween(a.host, b.host), "to somebody");
  expect((await there).text).toBe("to somebody");
  expect(a.failures.items).toEqual([]);
});

it("a wildcard listens on each local address with one port and answers from the address that was called", async () => {
  const { host, messages } = await open("0.0.0.0");
  const called = locals.filter((local) => local.family === "IPv4").map((local) => local.address);
  expect(host.listeners.map((on) => on.address).sort()).toEqual(called.sort());
  expect(new Set(host.listeners.map((on) => on.port)).size).toBe(1);
  for (const on of host.listeners) {
    const peer = createSocket("udp4");
    const there = messages.next();
    peer.send("INVITE", on.port, on.address);
    const { flow } = await there;
    expect(flow.localAddress).toBe(on.address);
    const back = once(peer, "message");
    host.send(flow, "SIP/2.0 100 Trying");
    const [, source] = await back;
    expect([source.address, source.port]).toEqual([on.address, on.port]);
    peer.close();
  }
});

it.runIf(hasIpv6)(
  "flowTo picks the listener of the same family, loopback for loopback, and knows what it cannot reach",
  async () => {
    const host = await openSipHost({
      listen: [
        { transport: "udp", address: "127.0.0.1", port: 0 },
        { transport: "udp", address: "::1", port: 0 },
      ],
      onMessage: () => {},
      onFlowFailed: () => {},
    });
    onTestFinished(() => host.close());
    expect(host.flowTo("udp", "127.0.0.9", 5060)?.localAddress).toBe("127.0.0.1");
    expect(host.flowTo("udp", "[::1]", 5060)).toMatchObject({ localAddress: "::1", remoteAddress: "::1" });
    expect(host.flowTo("tcp", "127.0.0.1", 5060)).toBeUndefined();
    expect(host.flowTo("udp", "pbx.example.com", 5060)).toBeUndefined();
    for (const port of [0, 65_536, 1.5, Number.NaN]) expect(host.flowTo("udp", "127.0.0.1", port)).toBeUndefined();
  },
);

it("a port in use rejects with the address and the operating system's code, and opens nothing", async () => {
  const { host } = await open("127.0.0.1");
  const taken = host.listeners[0];
  if (!taken) throw new Error("no listener");
  const failed = await openSipHost({
    listen: [{ transport: "udp", address: "127.0.0.2", port: taken.port }, taken],
    onMessage: () => {},
    onFlowFailed: () => {},
  }).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(ListenError);
  expect(failed).toMatchObject({ code: "EADDRINUSE", on: taken });
  const again = await openSipHost({
    listen: [{ transport: "udp", address: "127.0.0.2", port: taken.port }],
    onMessage: () => {},
    onFlowFailed: () => {},
  });
  onTestFinished(() => again.close());
});

it("what a handler throws is reported and the next message is still heard", async () => {
  const faults = new Inbox<string>();
  const thrower = await open("127.0.0.1", {
    onMessage: () => {
      throw new Error("ours");
    },
    onFault: (_error, during) => faults.put(during),
  });
  const sender = await open("127.0.0.1");
  for (let i = 0; i < 2; i += 1) {
    const fault = faults.next();
    sender.host.send(flowBetween(sender.host, thrower.host), "x");
    expect(await fault).toBe("message");
  }
  const fault = faults.next();
  thrower.host.setTimer(0, () => {
    throw new Error("ours");
  });
  expect(await fault).toBe("timer");
});

it("ORIG-13: a reserved address is used only by its name, over UDP and TCP, and wins over a wildcard that covers it", async () => {
  const [a, b] = [await open("127.0.0.1"), await open("127.0.0.1", {}, "tcp")];
  const listen = (["udp", "tcp"] as const).flatMap((transport) => [
    { transport, address: "127.0.0.2", port: 0, isReserved: true },
    { transport, address: "127.0.0.1", port: 0 },
  ]);
  const { host } = await open("", { listen });
  for (const [transport, peer] of [
    ["udp", a],
    ["tcp", b],
  ] as const) {
    for (const [named, want] of [
      [undefined, "127.0.0.1"],
      ["127.0.0.2", "127.0.0.2"],
    ] as const) {
      const flow = host.flowTo(transport, "127.0.0.1", peer.port, undefined, named);
      const heard = peer.messages.next();
      host.send(flow as Flow, "OPTIONS sip:x SIP/2.0\r\nContent-Length: 0\r\n\r\n");
      expect((await heard).flow.remoteAddress).toBe(want);
    }
    expect(host.flowTo(transport, "127.0.0.1", peer.port, undefined, "127.0.0.3")).toBeUndefined();
  }

  const everywhere = await open("", {
    listen: [
      { transport: "udp", address: "0.0.0.0", port: 0 },
      { transport: "udp", address: "127.0.0.1", port: 0, isReserved: true },
    ],
  });
  expect(everywhere.host.listeners.filter(({ address }) => address === "127.0.0.1")).toHaveLength(1);
  expect(everywhere.host.flowTo("udp", "127.0.0.1", a.port)?.localAddress).not.toBe("127.0.0.1");
});

it("timers run on the monotonic clock, not early, and stop with close", async () => {
  const { host } = await open("127.0.0.1");
  const startMs = host.nowMs();
  const elapsedMs = await new Promise<number>((resolve) => host.setTimer(25, () => resolve(host.nowMs() - startMs)));
  expect(elapsedMs).toBeGreaterThanOrEqual(25);
  const never = host.setTimer(5, () => expect.unreachable());
  host.clearTimer(never);
  expect(host.counts()["pendingTimers"]).toBe(0);
  host.setTimer(1, () => expect.unreachable());
  await host.close();
  await host.close();
  host.send({ ...flowBetween(host, host) }, "after close");
});

it("digests read a string as octets (RFC 7616 examples; latin1 beyond ASCII) and random hex is fresh each time", async () => {
  const { host } = await open("127.0.0.1");
  expect(host.hash("MD5", "Mufasa:http-auth@example.org:Circle of Life")).toBe("3d78807defe7de2157e2b0b6573a855f");
  expect(host.hash("SHA-256", "Mufasa:http-auth@example.org:Circle of Life")).toBe(
    "7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232",
  );
  expect(host.hash("MD5", "\xe9")).toBe(
    "f68fcb84c0e89c1e0baa47f6bb5b5b6e".length === 32 ? host.hash("MD5", "\u00e9") : "",
  );
  const drawn = Array.from({ length: 5_000 }, () => host.randomHex(16));
  expect(drawn.every((hex) => /^[0-9a-f]{32}$/.test(hex))).toBe(true);
  expect(new Set(drawn).size).toBe(drawn.length);
  expect(host.randomHex(10_000).length).toBe(20_000);
});
