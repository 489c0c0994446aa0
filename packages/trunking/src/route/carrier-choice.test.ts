import { describe, expect, it } from "vitest";
import { createLocalCounters } from "../limits/counters.ts";
import type { CarrierDress } from "../model.ts";
import { carrier, sid, ZONE } from "../rows.fixture.ts";
import { route } from "./route.ts";
import type { Attempt, CallRequest, Decision, Facts, TargetTrouble } from "./types.ts";
import { directoryOf, facts, OWNED, PSTN, terminationRequest, told, type World } from "./world.fixture.ts";

const open: World = { acl: ["203.0.113.0/24"] };
const target = (host: string) => ({ sipUrl: `sip:${host}.example` });
const CALLED = "+14155550100";

function decide(world: World, given: Partial<Facts> = {}, change: Partial<CallRequest> = {}): Decision {
  return route(terminationRequest(change), directoryOf(world), facts(given));
}

function attempts(decision: Decision): readonly Attempt[] {
  if (decision.kind !== "dial") throw new Error(told(decision));
  return decision.attempts;
}

/** Hosts in the order in which they are called, without their domain. */
function hosts(decision: Decision): string {
  return attempts(decision)
    .map(({ uri }) => /@(\w+)\./.exec(uri)?.[1] ?? uri)
    .join(" ");
}

describe("TERM-12: order of carriers", () => {
  const serving = (number: number, host: string, priority: number, prefix: string, costMicros: number) => ({
    row: carrier(number, { priority }),
    prefixes: [{ prefix, costMicros }],
    targets: [target(host)],
  });
  it.each<[title: string, carriers: NonNullable<World["carriers"]>, want: string]>([
    [
      "the longest prefix goes before priority and cost",
      [serving(1, "all", 1, "", 1), serving(2, "us", 5, "1", 5), serving(3, "sf", 9, "1415", 9)],
      "sf us all",
    ],
    ["priority goes before cost", [serving(1, "dear", 1, "1", 9), serving(2, "cheap", 2, "1", 1)], "dear cheap"],
    ["cost decides between equals", [serving(1, "dear", 1, "1", 9), serving(2, "cheap", 1, "1", 1)], "cheap dear"],
    ["the lower SID when even cost is equal", [serving(2, "b", 1, "1", 1), serving(1, "a", 1, "1", 1)], "a b"],
  ])("%s", (_title, carriers, want) => {
    expect(hosts(decide({ ...open, carriers }))).toBe(want);
  });
});

describe("TERM-12: health", () => {
  const carriers = [
    { row: carrier(1, { priority: 1 }), prefixes: [""], targets: [target("a"), { ...target("b"), priority: 20 }] },
    { row: carrier(2, { priority: 2 }), prefixes: [""], targets: [{ sipUrl: "sip:c.example:5061;transport=tls" }] },
  ];
  /** Trouble of targets by owner and address. */
  const knowing = (health: Readonly<Record<string, TargetTrouble["health"]>>): Partial<Facts> => ({
    targetTrouble: (ownerSid, address) => {
      const known = health[`${ownerSid === sid("CX", 1) ? 1 : 2} ${address}`];
      return known && { health: known, sinceMs: Date.UTC(2026, 0, 31, 12, 0, 5), failures: 3 };
    },
  });
  it.each<[title: string, health: Readonly<Record<string, TargetTrouble["health"]>>, want: string]>([
    ["all up", {}, "a b c"],
    ["one down comes last", { "1 a.example:5060/udp": "down" }, "b c a"],
    ["by port and transport", { "2 c.example:5061/tls": "down", "1 b.example:5060/tcp": "down" }, "a b c"],
    ["by owner", { "2 a.example:5060/udp": "down" }, "a b c"],
    ["one on trial keeps its place", { "1 a.example:5060/udp": "probing" }, "a b c"],
    [
      "all down: called all the same, since the probe may be wrong",
      { "1 a.example:5060/udp": "down", "1 b.example:5060/udp": "down", "2 c.example:5061/tls": "down" },
      "a b c",
    ],
  ])("%s", (_title, health, want) => {
    expect(hosts(decide({ ...open, carriers }, knowing(health)))).toBe(want);
  });

  it("EVD-1: the trace shows what was put behind and why", () => {
    const given = knowing({ "1 a.example:5060/udp": "down", "1 b.example:5060/udp": "probing" });
    const decision = decide({ ...open, carriers }, given);
    const detail = decision.kind === "dial" ? decision.trace.at(-1)?.detail : "";
    expect(detail).toContain("a.example (known to be down since 2026-01-31T12:00:05Z, 3 failures)");
    expect(detail).toContain("b.example (on trial, down since 2026-01-31T12:00:05Z, 3 failures)");
  });

  it("ten that are down do not hide the eleventh that is up", () => {
    const many = Array.from({ length: 11 }, (_, n) => ({
      row: carrier(n + 1, { priority: n }),
      prefixes: [""],
      targets: [target(`t${n}`)],
    }));
    const given: Partial<Facts> = {
      targetTrouble: (_owner, address) =>
        address.startsWith("t10.") ? undefined : { health: "down", sinceMs: 0, failures: 3 },
    };
    expect(hosts(decide({ ...open, carriers: many }, given))).toBe("t10 t0 t1 t2 t3 t4 t5 t6 t7 t8");
  });
});

describe("ORIG-5, ORIG-13: the way out to a carrier", () => {
  const tnx = `TX${"a".repeat(32)}`;
  const via = (params: string): World => ({
    ...open,
    carriers: [{ row: carrier(1), prefixes: [""], targets: [{ sipUrl: `sip:a.example${params}` }, target("b")] }],
  });
  it.each<[params: string, want: string, why: string]>([
    [`;tnx=${tnx}`, "b", `sip:a.example;tnx=${tnx} is left out: edge local has no private connection ${tnx}`],
    [";tnx=nonsense", "b", "tnx=nonsense is not the SID of a private connection (TX and 32 hexadecimal digits)"],
    [";edge=tokyo", "a b", "edge tokyo is not on this node; the call leaves from local"],
    [";region=jp1", "a b", "edge tokyo is not on this node; the call leaves from local"],
  ])("%s", (params, want, why) => {
    const decision = decide(via(params));
    expect(hosts(decision)).toBe(want);
    expect(decision.kind === "dial" && decision.trace.at(-1)?.detail).toContain(why);
  });

  it("a private connection that the edge has", () => {
    const decision = decide(via(`;tnx=${tnx.replaceAll("a", "A")}`), { connections: new Set([tnx]) });
    expect(attempts(decision)[0]?.egress).toEqual({ edge: null, tnx });
  });
});

describe("LIM-1: a carrier's limit", () => {
  const world: World = {
    ...open,
    carriers: [
      { row: carrier(1, { priority: 1 }), prefixes: [""], targets: [target("a")] },
      { row: carrier(2, { priority: 2 }), prefixes: [""], targets: [target("b")] },
    ],
    limits: [
      { ownerSid: sid("CX", 1), maxCps: 1, burst: 1, maxConcurrentCalls: null },
      { ownerSid: sid("CX", 2), maxCps: 0.1, burst: 1, maxConcurrentCalls: 5 },
    ],
  };

  it("routing only looks; the attempt takes; a full carrier is passed over; all full: 503 with the shortest wait", () => {
    const counters = createLocalCounters(() => 0);
    expect(hosts(decide(world, { counters }))).toBe("a b");
    const [a, b] = attempts(decide(world, { counters }));
    expect(a?.claims).toMatchObject([{ key: sid("CX", 1), scope: "carrier", maxCps: 1 }]);
    expect(counters.take(a?.claims ?? []).kind).toBe("admitted");
    expect(hosts(decide(world, { counters }))).toBe("b");
    expect(counters.take(b?.claims ?? []).kind).toBe("admitted");
    const refused = decide(world, { counters });
    expect(told(refused)).toBe("503 Service Unavailable (13224)");
    expect(refused).toMatchObject({ rejection: { retryAfterSec: 1, detail: expect.stringContaining("at its limit") } });
  });
});

describe("CAR-1: number and caller-ID form", () => {
  const form = (change: Partial<CarrierDress>): World => ({
    ...open,
    dresses: [
      {
        carrierSid: sid("CX", 1),
        calledNumberForm: "e164",
        callerNumberForm: "e164",
        calledPrefix: "",
        callerIdHeaders: ["P-Asserted-Identity"],
        addedHeaders: [],
        removedHeaders: [],
        codecs: null,
        srtp: false,
        ...change,
      },
    ],
  });
  const abroad: Partial<CallRequest> = {
    requestUri: { scheme: "sip", user: "+442079460000", host: `acme.pstn.${ZONE}`, port: null },
  };
  const everywhere = [{ destination: "*" }];

  it.each<[change: Partial<CarrierDress>, home: string, away: string]>([
    [{ calledNumberForm: "e164" }, CALLED, "+442079460000"],
    [{ calledNumberForm: "digits" }, "14155550100", "442079460000"],
    [{ calledNumberForm: "double-zero" }, "0014155550100", "00442079460000"],
    [{ calledNumberForm: "north-american" }, "4155550100", "011442079460000"],
    [{ calledNumberForm: "digits", calledPrefix: "77" }, "7714155550100", "77442079460000"],
  ])("called number in the form %j", (change, home, away) => {
    const world = { ...form(change), permissions: everywhere };
    const [atHome, abroadTo] = [decide(world), decide(world, {}, abroad)].map((decision) => attempts(decision)[0]);
    expect(atHome).toMatchObject({ uri: `sip:${home}@192.0.2.1:5070`, toUri: `sip:${home}@192.0.2.1` });
    expect(abroadTo?.uri).toBe(`sip:${away}@192.0.2.1:5070`);
  });

  it("an emergency number is left as it is", () => {
    const world = form({ calledNumberForm: "double-zero", calledPrefix: "77" });
    const requestUri = { scheme: "sip", user: "911", host: `acme.pstn.${ZONE}`, port: null } as const;
    expect(attempts(decide(world, {}, { requestUri }))[0]?.uri).toBe("sip:911@192.0.2.1:5070");
  });

  const uri = `sip:12025550100@${ZONE}`;
  it.each<
    [headers: CarrierDress["callerIdHeaders"], privacy: readonly string[], fromUri: string, want: readonly string[]]
  >([
    [["P-Asserted-Identity"], [], uri, [`P-Asserted-Identity: <${uri}>`]],
    [["P-Preferred-Identity"], [], uri, [`P-Preferred-Identity: <${uri}>`]],
    [["Remote-Party-ID"], [], uri, [`Remote-Party-ID: <${uri}>;party=calling;screen=yes;privacy=off`]],
    [[], [], uri, []],
    [
      ["Remote-Party-ID", "P-Asserted-Identity"],
      ["id"],
      "sip:anonymous@anonymous.invalid",
      [
        `Remote-Party-ID: <${uri}>;party=calling;screen=yes;privacy=full`,
        `P-Asserted-Identity: <${uri}>`,
        "Privacy: id",
      ],
    ],
    [[], ["id"], "sip:anonymous@anonymous.invalid", ["Privacy: id"]],
  ])("caller ID in %j, Privacy %j", (callerIdHeaders, privacy, fromUri, want) => {
    const [attempt] = attempts(decide(form({ callerIdHeaders, callerNumberForm: "digits" }), {}, { privacy }));
    expect(attempt?.fromUri).toBe(fromUri);
    const sent = attempt?.headers.map(([name, value]) => `${name}: ${value}`);
    expect(sent?.filter((line) => !line.startsWith("X-Trunkline-"))).toEqual(want);
  });

  it("header rules: what it must not get, then what it wants; nothing that the stack writes", () => {
    const rules = {
      removedHeaders: ["diversion", "p-asserted-identity", "x-trunkline-hops"],
      addedHeaders: ["X-Account: 4711", "Via: SIP/2.0/UDP evil", "P-Asserted-Identity: <sip:+493012345@x>"],
    };
    const diversions = [
      { displayName: null, user: OWNED, host: "pbx.example.com", raw: `<sip:${OWNED}@pbx.example.com>` },
    ];
    expect(attempts(decide(open, {}, { diversions }))[0]?.headers.map(([name]) => name)).toContain("Diversion");
    expect(attempts(decide(form(rules), {}, { diversions }))[0]?.headers).toEqual([
      ["X-Trunkline-Hops", expect.anything()],
      ["X-Account", "4711"],
      ["P-Asserted-Identity", "<sip:+493012345@x>"],
    ]);
  });

  it("each carrier in its own", () => {
    const world: World = {
      ...form({ calledNumberForm: "digits" }),
      carriers: [PSTN, { row: carrier(2, { priority: 20 }), prefixes: [""], targets: [target("b")] }],
    };
    expect(attempts(decide(world)).map(({ uri: one }) => one)).toEqual([
      "sip:14155550100@192.0.2.1:5070",
      `sip:${CALLED}@b.example`,
    ]);
    expect(attempts(decide(world))[1]?.fromUri).toBe(`sip:${OWNED}@${ZONE}`);
  });
});
