import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Answer } from "dns-packet";
import { afterEach, describe, expect, it } from "vitest";
import { createLocator } from "../locate/dns-locator.ts";
import { parseServer } from "./ask.ts";
import { type DnsTestServer, openDnsServer, type Zone } from "./dns-server.fixture.ts";
import { parseHosts } from "./hosts-file.ts";
import { Resolver, type ResolverLimits } from "./resolver.ts";

const servers: DnsTestServer[] = [];
let nowMs = 0;

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  nowMs = 0;
});

async function serve(zone: Zone): Promise<DnsTestServer> {
  const server = await openDnsServer(zone);
  servers.push(server);
  return server;
}

function resolver(limits: Partial<ResolverLimits> = {}, hostsFile = "/nonexistent"): Resolver {
  return new Resolver({ servers: servers.map(({ name }) => name), hostsFile, limits, nowMs: () => nowMs });
}

const address = (name: string, data: string, ttl = 60): Answer => ({ type: "A", name, ttl, data });

describe("the resolver", () => {
  it("believes an answer for its TTL and no longer", async () => {
    const server = await serve({ "A pbx.test": [address("pbx.test", "192.0.2.1", 60)] });
    const dns = resolver();
    const question = { type: "A", name: "pbx.test" } as const;
    const first = dns.resolve(question);
    expect(first).toBeInstanceOf(Promise);
    const known = { kind: "records", records: [{ type: "A", address: "192.0.2.1" }] };
    expect(await first).toEqual(known);
    nowMs = 59_000;
    expect(dns.resolve(question)).toEqual(known);
    nowMs = 61_000;
    expect(dns.resolve(question)).toBeInstanceOf(Promise);
    await dns.resolve(question);
    expect(server.asked).toEqual(["udp A pbx.test", "udp A pbx.test"]);
  });

  it("RFC 2308 §5: believes that a name does not exist for the SOA's minimum", async () => {
    const server = await serve({});
    const dns = resolver();
    const question = { type: "A", name: "no.test" } as const;
    expect(await dns.resolve(question)).toEqual({ kind: "records", records: [] });
    nowMs = 19_000;
    expect(dns.resolve(question)).toEqual({ kind: "records", records: [] });
    nowMs = 21_000;
    await dns.resolve(question);
    expect(server.asked).toHaveLength(2);
  });

  it("asks once for any number of calls that want the same", async () => {
    const server = await serve({ "A pbx.test": [address("pbx.test", "192.0.2.1")] });
    const dns = resolver();
    await Promise.all(Array.from({ length: 50 }, () => dns.resolve({ type: "A", name: "pbx.test" })));
    expect(server.asked).toHaveLength(1);
  });

  it("goes to the next server when one is silent, and gives up in time when all are", async () => {
    await serve({ "A pbx.test": "silent" });
    await serve({ "A pbx.test": [address("pbx.test", "192.0.2.1")], "A dead.test": "silent" });
    const dns = resolver({ serverMs: 50, questionMs: 180 });
    expect(await dns.resolve({ type: "A", name: "pbx.test" })).toMatchObject({ kind: "records" });
    servers[0]?.close();
    servers.shift();
    const alone = resolver({ serverMs: 50, questionMs: 180, failureTtlSec: 2 });
    const startedMs = performance.now();
    expect(await alone.resolve({ type: "A", name: "dead.test" })).toEqual({
      kind: "failed",
      why: "no DNS server answered",
    });
    expect(performance.now() - startedMs).toBeLessThan(1_000);
    expect(alone.resolve({ type: "A", name: "dead.test" })).not.toBeInstanceOf(Promise);
  });

  it("RFC 7766 §5: asks again over TCP when the answer was cut", async () => {
    const server = await serve({ "A big.test": "truncated" });
    expect(await resolver().resolve({ type: "A", name: "big.test" })).toEqual({
      kind: "records",
      records: [{ type: "A", address: "192.0.2.77" }],
    });
    expect(server.asked).toEqual(["udp A big.test", "tcp A big.test"]);
  });

  it("follows aliases in the answer and ignores records of other names", async () => {
    await serve({
      "A www.test": [
        { type: "CNAME", name: "www.test", ttl: 10, data: "host.test" },
        address("host.test", "192.0.2.5", 600),
        address("evil.test", "203.0.113.1"),
      ],
    });
    const dns = resolver();
    expect(await dns.resolve({ type: "A", name: "WWW.test" })).toEqual({
      kind: "records",
      records: [{ type: "A", address: "192.0.2.5" }],
    });
    nowMs = 11_000;
    expect(dns.resolve({ type: "A", name: "www.test" })).toBeInstanceOf(Promise);
  });

  it("a server's failure is a failed answer", async () => {
    await serve({ "SRV _sip._udp.x.test": "servfail" });
    expect(await resolver().resolve({ type: "SRV", name: "_sip._udp.x.test" })).toEqual({
      kind: "failed",
      why: "the server answered with code 2",
    });
  });

  it("keeps a bounded number of answers and of questions", async () => {
    await serve({});
    const dns = resolver({ cached: 5, inFlight: 3 });
    const all = Array.from({ length: 4 }, (_, n) => dns.resolve({ type: "A", name: `h${n}.test` }));
    expect(all[3]).toMatchObject({ kind: "failed" });
    await Promise.all(all);
    for (let n = 0; n < 20; n++) await dns.resolve({ type: "A", name: `g${n}.test` });
    expect(dns.counts()["dns_cached"]).toBe(5);
  });
});

describe("a slow, dead or lying DNS", () => {
  const pbx = { type: "A", name: "pbx.test" } as const;
  const known = { kind: "records", records: [{ type: "A", address: "192.0.2.1" }] };
  const zone: Zone = { "A pbx.test": [address("pbx.test", "192.0.2.1", 60)] };
  const quick = { serverMs: 200, questionMs: 400, staleAfterMs: 10_000 };

  it("RFC 8767 §5: an old answer serves when the new one is late, and the new one is there for the next", async () => {
    const server = await serve(zone);
    const dns = resolver({ ...quick, questionMs: 100, staleAfterMs: 20 });
    await dns.resolve(pbx);
    nowMs = 61_000;
    server.zone = { "A pbx.test": "silent" };
    expect(await dns.resolve(pbx)).toEqual(known);
    await expect.poll(() => dns.counts()["dns_failures"]).toBe(1);
    // The failure is remembered for 2 s: nobody waits again.
    expect(dns.resolve(pbx)).toEqual(known);
    expect(dns.counts()["dns_served_stale"]).toBe(1);
    server.zone = { "A pbx.test": [address("pbx.test", "192.0.2.2", 60)] };
    nowMs = 64_000;
    await expect.poll(() => dns.resolve(pbx)).toMatchObject({ records: [{ address: "192.0.2.2" }] });
  });

  it("RFC 8767 §5: an old answer serves when the server fails, for a day and no longer", async () => {
    const server = await serve(zone);
    const dns = resolver(quick);
    await dns.resolve(pbx);
    server.zone = { "A pbx.test": "servfail" };
    nowMs = 80_000_000;
    expect(await dns.resolve(pbx)).toEqual(known);
    nowMs = 90_000_000;
    expect(await dns.resolve(pbx)).toMatchObject({ kind: "failed" });
  });

  it("a name that is gone is believed gone: only failures bring the old answer back", async () => {
    const server = await serve(zone);
    const dns = resolver(quick);
    await dns.resolve(pbx);
    server.zone = {};
    nowMs = 61_000;
    expect(await dns.resolve(pbx)).toEqual({ kind: "records", records: [] });
  });

  it("one zone's silence leaves the questions about others their room", async () => {
    await serve({ ...zone, ...Object.fromEntries([1, 2, 3].map((n) => [`A h${n}.slow.example`, "silent" as const])) });
    const dns = resolver({ ...quick, inFlightPerZone: 2 });
    const slow = [1, 2, 3].map((n) => dns.resolve({ type: "A", name: `h${n}.slow.example` }));
    expect(slow[2]).toEqual({ kind: "failed", why: "too many DNS questions about slow.example at once" });
    expect(await dns.resolve(pbx)).toEqual(known);
    await Promise.all(slow);
  });

  it("RFC 5452 §9: takes no answer with another id, to another question, or from another port", async () => {
    const server = await serve(zone);
    server.forges = true;
    expect(await resolver().resolve(pbx)).toEqual(known);
  });
});

describe("the hosts file", () => {
  it("reads names, comments and both families", () => {
    const table = parseHosts("# c\n192.0.2.9\tPBX pbx.local # x\n2001:db8::9 pbx\nnonsense\n");
    expect([...table]).toEqual([
      ["pbx", ["192.0.2.9", "2001:db8::9"]],
      ["pbx.local", ["192.0.2.9"]],
    ]);
  });

  it("answers before DNS, is read again when it changes, and RFC 6761 §6.3 localhost needs no entry", async () => {
    const dir = mkdtempSync(join(tmpdir(), "trunkline-hosts-"));
    const path = join(dir, "hosts");
    writeFileSync(path, "192.0.2.9 pbx\n");
    const dns = resolver({}, path);
    expect(dns.resolve({ type: "A", name: "PBX." })).toEqual({
      kind: "records",
      records: [{ type: "A", address: "192.0.2.9" }],
    });
    expect(dns.resolve({ type: "AAAA", name: "pbx" })).toEqual({ kind: "records", records: [] });
    expect(dns.resolve({ type: "SRV", name: "_sip._udp.pbx" })).toEqual({ kind: "records", records: [] });
    expect(dns.resolve({ type: "A", name: "demo.pstn.trunkline.localhost" })).toMatchObject({
      records: [{ address: "127.0.0.1" }],
    });
    writeFileSync(path, "192.0.2.10 pbx\n");
    utimesSync(path, 1, 1);
    nowMs = 6_000;
    expect(dns.resolve({ type: "A", name: "pbx" })).toMatchObject({ records: [{ address: "192.0.2.10" }] });
    rmSync(dir, { recursive: true });
  });
});

describe("the locator", () => {
  it("RFC 3263 §4: a numeric host is found at once, a name by SRV and A", async () => {
    await serve({
      "SRV _sip._udp.pbx.test": [
        {
          type: "SRV",
          name: "_sip._udp.pbx.test",
          ttl: 60,
          data: { priority: 1, weight: 1, port: 5080, target: "a.test" },
        },
      ],
      "A a.test": [address("a.test", "192.0.2.11"), address("a.test", "192.0.2.12")],
    });
    const dns = resolver();
    const locator = createLocator({ transports: ["udp"], families: ["A"], random: () => 0.5 }, (q) => dns.resolve(q));
    expect(locator.locate("sip:+1@192.0.2.1:5070")).toEqual({
      targets: [{ transport: "udp", address: "192.0.2.1", port: 5070 }],
      why: "",
    });
    const want = ["192.0.2.11", "192.0.2.12"].map((ip) => ({ transport: "udp", address: ip, port: 5080 }));
    expect((await locator.locate("sip:+1@pbx.test")).targets).toEqual(want);
    expect(locator.locate("sip:+1@pbx.test")).not.toBeInstanceOf(Promise);
    expect((await locator.locate("sip:+1@none.test")).why).toContain("none.test");
    expect(locator.locate("mailto:x@y")).toMatchObject({ targets: [] });
  });
});

describe("a server that the system has no way to", () => {
  it("is a failed answer, and nothing breaks (a network that goes down takes no call with it)", async () => {
    // The limited broadcast address cannot be connected to: EACCES, as ENETUNREACH where there is no route.
    const dns = new Resolver({ servers: ["255.255.255.255"], hostsFile: "/nonexistent" });
    expect(await dns.resolve({ type: "A", name: "pbx.test" })).toMatchObject({ kind: "failed" });
  });
});

describe("names of servers", () => {
  it.each([
    ["192.0.2.1", { address: "192.0.2.1", port: 53 }],
    ["192.0.2.1:5353", { address: "192.0.2.1", port: 5353 }],
    ["2001:db8::1", { address: "2001:db8::1", port: 53 }],
    ["[2001:db8::1]:5353", { address: "2001:db8::1", port: 5353 }],
  ])("%s", (text, want) => {
    expect(parseServer(text)).toEqual(want);
  });
});
