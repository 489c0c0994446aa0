import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { openSipHost } from "./index.ts";
import { bareSocket, flowBetween, hasIpv6, LOOPBACKS, open, request } from "./sip-host.fixture.ts";

const RESPONSE = [
  "SIP/2.0 200 OK",
  "Via: SIP/2.0/TCP 127.0.0.1:PORT;branch=z9hG4bKa",
  "From: <sip:a@x>;tag=1",
  "To: <sip:b@x>;tag=2",
  "Call-ID: a",
  "CSeq: 1 OPTIONS",
  "Content-Length: 0",
  "",
  "",
].join("\r\n");

const tcp = (address = "127.0.0.1", more: Parameters<typeof open>[1] = {}) => open(address, more, "tcp");

/** A TCP port of a listener that was closed again. */
async function deadPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address ? address.port : 0;
}

describe("TCP framing (RFC 3261 §18.3)", () => {
  it.each(LOOPBACKS)("carries a message both ways, octet for octet, over one connection on %s", async (address) => {
    const [a, b] = [await tcp(address), await tcp(address)];
    const flow = flowBetween(a.host, b.host);
    a.host.send(flow, request("a", 600));
    const [heard] = await b.messages.first(1);
    expect(heard?.text).toBe(request("a", 600));
    expect(heard?.flow).toMatchObject({
      transport: "tcp",
      localAddress: address,
      localPort: b.port,
      remoteAddress: address,
    });
    if (heard) b.host.send(heard.flow, RESPONSE);
    const [answer] = await a.messages.first(1);
    expect(answer).toEqual({ flow, text: RESPONSE });
    expect(a.host.counts()).toMatchObject({ connectionsOpened: 1, connectionsOpen: 1, sent: 1, received: 1 });
    expect(b.host.counts()).toMatchObject({ connectionsAccepted: 1, connectionsOpen: 1, sent: 1, received: 1 });
  });

  it("takes messages octet by octet, several in one piece, and one that ends where another begins", async () => {
    const { port, messages } = await tcp();
    const { socket } = await bareSocket(port);
    socket.setNoDelay(true);
    for (const octet of Buffer.from(request("a", 3), "latin1")) {
      socket.write(Buffer.of(octet));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await messages.first(1);
    const more = request("b", 2) + request("c") + request("d", 300);
    socket.write(more.slice(0, -200), "latin1");
    await messages.first(3);
    socket.write(more.slice(-200), "latin1");
    expect((await messages.first(4)).map(({ text }) => text)).toEqual([
      request("a", 3),
      request("b", 2),
      request("c"),
      request("d", 300),
    ]);
  });

  it("takes 64 kB, and many times 64 kB both ways at once", async () => {
    const [a, b] = [await tcp(), await tcp()];
    const big = request("big", 65_535 - request("big", 10_000).length + 10_000);
    expect(big.length).toBe(65_535);
    const flow = flowBetween(a.host, b.host);
    for (let i = 0; i < 3; i += 1) a.host.send(flow, big);
    const heard = await b.messages.first(3);
    expect(heard.every(({ text }) => text === big)).toBe(true);
  });

  it("refuses a message over the limit with 513, hears the rest of it and closes; the peer reads the refusal", async () => {
    const { host, port, messages, failures } = await tcp("127.0.0.1", { maxMessageBytes: 1_000 });
    const { socket, heard, closed } = await bareSocket(port);
    socket.write(request("a"), "latin1");
    socket.write(request("b", 100_000), "latin1");
    await closed;
    expect(heard()).toMatch(/^SIP\/2\.0 513 Message Too Large\r\n/);
    expect(heard()).toContain("Call-ID: b");
    expect((await failures.first(1))[0]?.reason).toBe("broken stream: Message Too Large");
    expect(messages.items.length).toBe(1);
    expect(host.counts()).toMatchObject({ brokenStreams: 1, received: 1 });
  });

  it("closes without a word when the host says that the peer is a stranger (TERM-1)", async () => {
    const { port } = await tcp("127.0.0.1", { answerBrokenStream: () => false });
    const { socket, heard, closed } = await bareSocket(port);
    socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await closed;
    expect(heard()).toBe("");
  });

  it("NET-4, TERM-9, RFC 5626 §4.4.1: answers a double CRLF by one CRLF, a single one by nothing, also between messages", async () => {
    const { host, port, messages } = await tcp();
    const { socket, heard } = await bareSocket(port);
    socket.write(`\r\n\r\n${request("a")}\r\n\r\n\r\n${request("b")}`);
    await messages.first(2);
    socket.write("\r\n\r\n");
    while (heard().length < 6) await once(socket, "data");
    expect(heard()).toBe("\r\n\r\n\r\n");
    expect(host.counts()).toMatchObject({ pings: 3, received: 2 });
  });
});

describe("TCP connections", () => {
  it("opens nothing before the first message, queues while connecting, and asked again gives the same flow", async () => {
    const [a, b] = [await tcp(), await tcp()];
    const flow = flowBetween(a.host, b.host);
    expect(flowBetween(a.host, b.host)).toEqual(flow);
    expect(a.host.counts()["connectionsOpen"]).toBe(0);
    for (const branch of ["a", "b", "c"]) a.host.send(flow, request(branch));
    expect((await b.messages.first(3)).map(({ text }) => text)).toEqual([request("a"), request("b"), request("c")]);
    expect(b.host.counts()["connectionsAccepted"]).toBe(1);
  });

  it("NET-4, RFC 5923 §3: reuses the peer's connection for requests to the address and port it came from", async () => {
    const { host, port, messages } = await tcp();
    const { socket, heard } = await bareSocket(port);
    socket.write(request("a"));
    const [first] = await messages.first(1);
    const flow = host.flowTo("tcp", "127.0.0.1", socket.localPort ?? 0);
    expect(flow).toEqual(first?.flow);
    if (flow) host.send(flow, request("b"));
    while (heard() !== request("b")) await once(socket, "data");
    expect(host.counts()["connectionsOpened"]).toBe(0);
  });

  it("reports a port that nobody listens on, after send returned", async () => {
    const { host, failures } = await tcp();
    const flow = host.flowTo("tcp", "127.0.0.1", await deadPort());
    if (flow) host.send(flow, request("a"));
    expect(failures.items).toEqual([]);
    expect(await failures.first(1)).toEqual([{ flow, reason: "ECONNREFUSED" }]);
    expect(host.counts()).toMatchObject({ connectionsFailed: 1, connectionsOpen: 0 });
  });

  it("a flow that we opened opens again after its connection closed; one that the peer opened does not", async () => {
    const [a, b] = [await tcp(), await tcp()];
    const flow = flowBetween(a.host, b.host);
    a.host.send(flow, request("a"));
    const [first] = await b.messages.first(1);
    if (first) b.host.closeFlow(first.flow);
    expect(await a.failures.first(1)).toEqual([{ flow, reason: "closed by peer" }]);
    expect((await b.failures.first(1))[0]?.reason).toBe("closed by us");
    if (first) b.host.send(first.flow, request("late"));
    expect((await b.failures.first(2))[1]).toEqual({ flow: first?.flow, reason: "connection closed" });
    a.host.send(flow, request("b"));
    expect((await b.messages.first(2))[1]?.text).toBe(request("b"));
    expect(a.host.counts()["connectionsOpened"]).toBe(2);
  });

  it("§18.2.2: a response whose connection is gone goes to the port of sent-by", async () => {
    const [server, client] = [await tcp(), await tcp()];
    const { socket } = await bareSocket(server.port);
    socket.write(request("a"));
    const [heard] = await server.messages.first(1);
    socket.destroy();
    await server.failures.first(1);
    const response = RESPONSE.replace("PORT", String(client.port));
    if (heard) server.host.send(heard.flow, response);
    expect((await client.messages.first(1))[0]?.text).toBe(response);
  });

  it("a reset in the middle of a message fails the flow and loses the piece, nothing else", async () => {
    const { host, port, messages, failures } = await tcp();
    const { socket } = await bareSocket(port);
    socket.write(request("a") + request("b").slice(0, 100));
    await messages.first(1);
    socket.resetAndDestroy();
    expect((await failures.first(1))[0]?.reason).toBe("ECONNRESET");
    const again = await bareSocket(port);
    again.socket.write(request("c"));
    expect((await messages.first(2))[1]?.text).toBe(request("c"));
    expect(host.counts()["connectionsOpen"]).toBe(1);
  });

  it("a peer that ends its half still gets the answers under way, then the connection closes", async () => {
    const { host, port, messages } = await tcp();
    const { socket, heard, closed } = await bareSocket(port);
    socket.end(request("a"));
    const [first] = await messages.first(1);
    if (first) host.send(first.flow, RESPONSE);
    await closed;
    expect(heard()).toBe(RESPONSE);
  });

  it("close delivers what was sent, then frees the port", async () => {
    const [a, b] = [await tcp(), await tcp()];
    a.host.send(flowBetween(a.host, b.host), request("a"));
    await b.messages.first(1);
    a.host.send(flowBetween(a.host, b.host), request("last", 60_000));
    await a.host.close();
    await a.host.close();
    expect((await b.messages.first(2))[1]?.text).toBe(request("last", 60_000));
    const again = await openSipHost({
      listen: [{ transport: "tcp", address: "127.0.0.1", port: a.port }],
      onMessage: () => {},
      onFlowFailed: () => {},
    });
    await again.close();
  });
});

describe("TCP limits", () => {
  it("closes a peer that connects and says nothing, and one that only pings", async () => {
    const { host, port, failures } = await tcp("127.0.0.1", { streams: { firstMessageMs: 100 } });
    const [silent, pinging] = [await bareSocket(port), await bareSocket(port)];
    pinging.socket.write("\r\n\r\n");
    await Promise.all([silent.closed, pinging.closed]);
    const reasons = (await failures.first(2)).map(({ reason }) => reason);
    expect(reasons).toEqual(["first message timeout", "first message timeout"]);
    expect(host.counts()).toMatchObject({ connectionsClosedSlow: 2, pings: 1, connectionsOpen: 0 });
  });

  it("closes a peer that drips a message, however steadily; single CRLFs for keep-alive do it no harm", async () => {
    const { host, port, messages, failures } = await tcp("127.0.0.1", { streams: { messageMs: 100 } });
    const { socket, closed } = await bareSocket(port);
    socket.write(request("a"));
    await messages.first(1);
    socket.write("\r\n");
    const drip = setInterval(() => socket.write("X"), 10);
    onTestFinished(() => clearInterval(drip));
    await closed;
    expect((await failures.first(1))[0]?.reason).toBe("message timeout");
    expect(host.counts()["connectionsClosedSlow"]).toBe(1);
  });

  it("closes an idle connection, ours as theirs", async () => {
    const { port, messages, failures, host } = await tcp("127.0.0.1", { streams: { idleMs: 100 } });
    const { socket, closed } = await bareSocket(port);
    socket.write(request("a"));
    await messages.first(1);
    await closed;
    expect((await failures.first(1))[0]?.reason).toBe("idle");
    expect(host.counts()["connectionsClosedIdle"]).toBe(1);
  });

  it("refuses one source's connections over its limit, serves other sources, and takes the source again when one closed", async () => {
    const { host, port, failures } = await tcp("127.0.0.1", { streams: { maxConnectionsPerSource: 3 } });
    const taken = [await bareSocket(port), await bareSocket(port), await bareSocket(port)];
    taken[0]?.socket.write(request("a"));
    const refused = await Promise.all(Array.from({ length: 10 }, () => bareSocket(port)));
    await Promise.all(refused.map(({ closed }) => closed));
    expect(host.counts()).toMatchObject({
      connectionsAccepted: 3,
      connectionsRefusedPerSource: 10,
      connectionsOpen: 3,
    });
    taken[0]?.socket.destroy();
    await failures.first(1);
    const again = await bareSocket(port);
    again.socket.write("\r\n\r\n");
    await once(again.socket, "data");
    expect(host.counts()["connectionsAccepted"]).toBe(4);
  });

  it.runIf(hasIpv6)("counts an IPv6 /64 as one source, apart from IPv4", async () => {
    const v6 = await tcp("::1", { streams: { maxConnectionsPerSource: 1 } });
    const first = await bareSocket(v6.port, "::1");
    const second = await bareSocket(v6.port, "::1");
    await second.closed;
    expect(first.socket.destroyed).toBe(false);
  });

  it("refuses over the total, also to open one itself; what the guard refuses is closed at once", async () => {
    const a = await tcp("127.0.0.1", { streams: { maxConnections: 1 } });
    const { socket } = await bareSocket(a.port);
    socket.write(request("a"));
    await a.messages.first(1);
    const { closed } = await bareSocket(a.port);
    await closed;
    const b = await tcp("127.0.0.1", { admitConnection: (address) => address !== "127.0.0.1" });
    const flow = flowBetween(a.host, b.host);
    a.host.send(flow, request("a"));
    expect((await a.failures.first(1))[0]).toEqual({ flow, reason: "too many connections" });
    await (await bareSocket(b.port)).closed;
    expect(a.host.counts()["connectionsRefusedTotal"]).toBe(1);
    expect(b.host.counts()).toMatchObject({ connectionsRefusedByGuard: 1, connectionsAccepted: 0 });
  });

  it("D2: connections that only stand there keep out neither a peer that speaks nor what we open", async () => {
    const a = await tcp("127.0.0.1", { streams: { maxConnections: 3 } });
    const b = await tcp();
    const idle = [await bareSocket(a.port), await bareSocket(a.port), await bareSocket(a.port)];
    const { socket } = await bareSocket(a.port);
    socket.write(request("a"));
    await a.messages.first(1);
    a.host.send(flowBetween(a.host, b.host), request("b"));
    await b.messages.first(1);
    await Promise.all(idle.slice(0, 2).map(({ closed }) => closed));
    expect([idle[2]?.socket.destroyed, socket.destroyed]).toEqual([false, false]);
    expect(a.host.counts()).toMatchObject({
      connectionsClosedForOthers: 2,
      connectionsOpen: 3,
      connectionsRefusedTotal: 0,
    });
  });

  it("drops a peer that reads no more once its backlog is full, and fails its flow", async () => {
    const { host, port, messages, failures } = await tcp();
    const { socket } = await bareSocket(port);
    socket.write(request("a"));
    socket.pause();
    const [heard] = await messages.first(1);
    const big = request("big", 60_000);
    let sends = 0;
    while (heard && host.counts()["connectionsClosedBacklog"] === 0 && sends < 2_000) {
      host.send(heard.flow, big);
      sends += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await failures.first(1))[0]?.reason).toBe("write backlog");
    expect(sends).toBeGreaterThan(4);
    expect(host.counts()["droppedUnsent"]).toBeGreaterThan(0);
  });

  it("forgets the oldest unused targets beyond the limit", async () => {
    const { host, failures } = await tcp("127.0.0.1", { streams: { maxTargets: 2 } });
    const old = host.flowTo("tcp", "127.0.0.1", 1);
    host.flowTo("tcp", "127.0.0.1", 2);
    host.flowTo("tcp", "127.0.0.1", 3);
    if (old) host.send(old, request("a"));
    expect((await failures.first(1))[0]).toEqual({ flow: old, reason: "connection closed" });
  });
});

it("port 0 gives UDP and TCP of all addresses one number", async () => {
  const host = await openSipHost({
    listen: [
      { transport: "udp", address: "127.0.0.1", port: 0 },
      { transport: "tcp", address: "127.0.0.1", port: 0 },
      { transport: "udp", address: "127.0.0.2", port: 0 },
      { transport: "tcp", address: "127.0.0.2", port: 0 },
    ],
    onMessage: () => {},
    onFlowFailed: () => {},
  });
  onTestFinished(() => host.close());
  expect(new Set(host.listeners.map(({ port }) => port)).size).toBe(1);
  expect(host.listeners.map(({ transport, address }) => `${transport} ${address}`)).toEqual([
    "udp 127.0.0.1",
    "tcp 127.0.0.1",
    "udp 127.0.0.2",
    "tcp 127.0.0.2",
  ]);
});
