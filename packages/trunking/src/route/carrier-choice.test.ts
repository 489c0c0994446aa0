import { describe, expect, it } from "vitest";
import { createLocalCounters } from "../limits/counters.ts";
import type { CarrierDress } from "../model.ts";
import { carrier, sid, ZONE } from "../rows.fixture.ts";
import { route } from "./route.ts";
import type { Attempt, CallRequest, Decision, Facts, TargetHealth } from "./types.ts";
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
  it.each<[title: string, health: Readonly<Record<string, TargetHealth>>, want: string]>([
    ["all up", {}, "a b c"],
    ["one down is left out", { "a.example:5060/udp": "down" }, "b c"],
    ["by port and transport", { "c.example:5061/tls": "down", "b.example:5060/tcp": "down" }, "a b"],
    ["one on trial keeps its place", { "a.example:5060/udp": "probing" }, "a b c"],
    [
      "all down: called all the same, since the probe may be wrong",
      { "a.example:5060/udp": "down", "b.example:5060/udp": "down", "c.example:5061/tls": "down" },
      "a b c",
    ],
  ])("%s", (_title, health, want) => {
    expect(hosts(decide({ ...open, carriers }, { carrierHealth: (address) => health[address] ?? "up" }))).toBe(want);
  });

  it("the trace shows what was left out and why", () => {
    const given = { carrierHealth: (address: string) => (address.startsWith("a.") ? "down" : "up") as TargetHealth };
    const decision = decide({ ...open, carriers }, given);
    expect(attempts(decision) && decision.kind === "dial" && decision.trace.at(-1)?.detail).toContain(
      "a.example (down)",
    );
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
