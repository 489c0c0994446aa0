import type { IncomingRequest } from "@trunkline/sip";
import type { DirectoryEntity, PeerSettings } from "@trunkline/trunking";
import { describe, expect, it } from "vitest";
import {
  carrier,
  changes,
  originationUrl,
  sid,
  TRUNK,
  trunk,
  type WrittenRow,
} from "../../../../test/support/lent-fixtures.ts";
import { CARRIER, EdgeWorld, PBX, SPARE } from "../edge-world.fixture.ts";

const CX = sid("CX", 1);

function settings(ownerSid: string, change: Partial<PeerSettings> = {}): WrittenRow {
  const none = { username: null, password: null, registrarUrl: null, clientCertificate: false };
  return [
    "peerSettings",
    ownerSid,
    { ownerSid, ...none, registrationExpiresSec: 3_600, probeIntervalSec: 30, ...change },
  ];
}

/** A server that answers OPTIONS with that status; 0: not at all. */
function server(world: EdgeWorld, address: string, status: () => number): IncomingRequest[] {
  const asked: IncomingRequest[] = [];
  world.phone(address, {
    handlers: {
      onRequest: (incoming) => {
        asked.push(incoming);
        if (status() === 0) incoming.drop();
        else incoming.respond(status(), "So");
      },
    },
  });
  return asked;
}

/** Times in seconds and places of all OPTIONS that left, without their copies. */
function probes(world: EdgeWorld, address = ""): readonly number[] {
  const left = world.network.trace.filter((line) => line.includes(`> ${address}`) && line.includes(" OPTIONS "));
  return left.map((line) => Number(line.split(" ", 1)[0]) / 1_000);
}

const down = (world: EdgeWorld): number | undefined => world.core.metrics()["targets_down"];

function apply(world: EdgeWorld, ...rows: readonly WrittenRow[]): void {
  world.directory.apply(changes(rows, world.directory.seq + 1));
}

const gone = (entity: DirectoryEntity, key: string): WrittenRow => [entity, key, null] as WrittenRow;

describe("ORIG-12, CAR-1: OPTIONS to targets", () => {
  it("nobody is asked where nobody wants it, and nothing runs", async () => {
    const world = new EdgeWorld({ rows: [settings(TRUNK, { probeIntervalSec: null })] });
    await world.pass(600_000);
    expect(probes(world)).toEqual([]);
    expect(world.core.metrics()["targets_probed"]).toBe(0);
    expect(await world.finish()).toEqual([]);
  });

  it("every enabled URL and target in its own rhythm, near the interval", async () => {
    const rows = [
      settings(TRUNK),
      settings(CX, { probeIntervalSec: 10 }),
      ["originationUrl", sid("OU", 3), originationUrl(3, { sipUrl: "sip:192.0.2.77", enabled: false })] as const,
    ];
    const world = new EdgeWorld({ rows });
    const asked = server(world, PBX, () => 200);
    server(world, SPARE, () => 200);
    server(world, CARRIER, () => 200);
    await world.pass(600_000);
    for (const [address, intervalSec] of [
      [PBX, 30],
      [SPARE, 30],
      [CARRIER, 10],
    ] as const) {
      const times = probes(world, address);
      const gaps = times.slice(1).map((sec, index) => sec - (times[index] ?? 0));
      expect(times[0]).toBeLessThan(intervalSec);
      expect(Math.min(...gaps)).toBeGreaterThan(0.9 * intervalSec - 0.01);
      expect(Math.max(...gaps)).toBeLessThan(1.1 * intervalSec + 0.01);
      expect(new Set(gaps.map((gap) => gap.toFixed(1))).size).toBeGreaterThan(5);
    }
    expect(probes(world, "192.0.2.77")).toEqual([]);
    const [request] = asked.map((incoming) => incoming.request);
    expect([request?.requestUri, request?.header("max-forwards"), request?.header("accept")]).toEqual([
      `sip:${PBX}`,
      "70",
      "application/sdp",
    ]);
    expect(down(world)).toBe(0);
    apply(world, gone("peerSettings", TRUNK), gone("peerSettings", CX));
    expect(await world.finish()).toEqual([]);
  });

  it.each([
    [200, 0],
    [404, 0],
    [405, 0],
    [483, 0],
    [401, 0],
    [603, 0],
    [500, 1],
    [503, 1],
    [0, 1],
  ])("RFC 3261 §11: %d (0: silence) makes %d target of one down", async (status, want) => {
    const world = new EdgeWorld({ rows: [settings(CX, { probeIntervalSec: 10 })] });
    server(world, CARRIER, () => status);
    await world.pass(60_000);
    expect(down(world)).toBe(want);
    apply(world, gone("peerSettings", CX));
    expect(await world.finish()).toEqual([]);
  });

  it("a silent target gets one transaction's packets however short the interval, and is down all the same", async () => {
    const world = new EdgeWorld({ rows: [settings(CX, { probeIntervalSec: 1 })] });
    await world.pass(31_000);
    expect(down(world)).toBe(1);
    expect(probes(world, CARRIER).length).toBeLessThanOrEqual(11);
    const asked = server(world, CARRIER, () => 200);
    await world.pass(5_000);
    expect([down(world), asked.length > 0]).toEqual([0, true]);
    apply(world, gone("peerSettings", CX));
    expect(await world.finish()).toEqual([]);
  });

  it.each([
    [1, 13],
    [10, 30],
    [30, 75],
  ])("one that falls silent is down soon: every %d s, within %d s", async (intervalSec, withinSec) => {
    const world = new EdgeWorld({ rows: [settings(CX, { probeIntervalSec: intervalSec })] });
    let status = 200;
    server(world, CARRIER, () => status);
    await world.pass(60_000);
    status = 0;
    await world.pass((withinSec + intervalSec) * 1_000);
    expect(down(world)).toBe(1);
    apply(world, gone("peerSettings", CX));
    expect(await world.finish()).toEqual([]);
  });

  it("the customer hears once that it went down, the operator also that it is up again", async () => {
    const world = new EdgeWorld({ rows: [settings(TRUNK, { probeIntervalSec: 10 })] });
    let status = 0;
    server(world, PBX, () => status);
    server(world, SPARE, () => 200);
    await world.pass(300_000);
    expect(world.alerts).toMatchObject([{ errorCode: 32011, resourceSid: TRUNK }]);
    expect(world.alerts[0]?.text).toBe(
      `Error communicating with your SIP infrastructure: ${PBX}:5060/udp is down, 3 failures in a row; calls go to other targets first`,
    );
    status = 200;
    await world.pass(20_000);
    expect(world.logged.map((line) => line.replace(/ \{.*/, ""))).toEqual([
      "warn target is down",
      "info target is up again",
    ]);
    expect([down(world), world.alerts.length]).toEqual([0, 1]);
    apply(world, gone("peerSettings", TRUNK));
    expect(await world.finish()).toEqual([]);
  });

  it("a slow answer is an answer: what comes after four seconds closes the circuit again", async () => {
    const world = new EdgeWorld({ rows: [settings(CX, { probeIntervalSec: 60 })] });
    server(world, CARRIER, () => 200);
    world.network.rule = ({ wire }) => (wire.startsWith("SIP/2.0 200") ? { delayMs: 6_000 } : undefined);
    await world.pass(600_000);
    expect(down(world)).toBe(0);
    apply(world, gone("peerSettings", CX));
    expect(await world.finish()).toEqual([]);
  });

  it.each<[title: string, rows: readonly WrittenRow[], want: readonly string[]]>([
    ["settings that go", [gone("peerSettings", CX)], []],
    ["a carrier that is disabled", [["carrier", CX, carrier(1, { enabled: false })]], []],
    ["a carrier that goes", [gone("carrier", CX)], []],
    ["a target that goes", [gone("carrierTarget", sid("CT", 1))], []],
    [
      "a target that moves",
      [
        [
          "carrierTarget",
          sid("CT", 1),
          { sid: sid("CT", 1), carrierSid: CX, sipUrl: `sip:${SPARE}`, priority: 1, weight: 1 },
        ],
      ],
      [`${SPARE}:5060`],
    ],
    [
      "a second target, and one that is the same as the first",
      [7, 8].map((n) => [
        "carrierTarget",
        sid("CT", n),
        { sid: sid("CT", n), carrierSid: CX, sipUrl: `sip:${n === 7 ? SPARE : CARRIER}`, priority: 1, weight: 1 },
      ]),
      [`${CARRIER}:5060`, `${SPARE}:5060`],
    ],
    [
      "another owner too",
      [settings(TRUNK, { probeIntervalSec: 10 })],
      [`${CARRIER}:5060`, `${PBX}:5060`, `${SPARE}:5060`],
    ],
    [
      "a trunk that is secure now",
      [gone("peerSettings", CX), settings(TRUNK, { probeIntervalSec: 10 }), ["trunk", TRUNK, trunk({ secure: true })]],
      [`${PBX}:5061`, `${SPARE}:5061`],
    ],
  ])("the directory is followed at once: %s", async (_title, rows, want) => {
    const world = new EdgeWorld({ rows: [settings(CX, { probeIntervalSec: 10 })] });
    for (const address of [CARRIER, SPARE, PBX]) server(world, address, () => 200);
    await world.pass(15_000);
    expect(probes(world, CARRIER).length).toBeGreaterThan(0);
    apply(world, ...rows);
    await world.pass(10);
    world.network.trace.length = 0;
    await world.pass(100_000);
    expect(world.core.metrics()["targets_probed"]).toBe(want.length);
    for (const place of want) {
      const count = probes(world, place).length;
      expect([count >= 8, count <= 12]).toEqual([true, true]);
    }
    expect(probes(world)).toHaveLength(want.reduce((sum, place) => sum + probes(world, place).length, 0));
    apply(world, gone("peerSettings", CX), gone("peerSettings", TRUNK));
    expect(await world.finish()).toEqual([]);
  });

  it("what stays as it was keeps its rhythm when something else of its owner changes", async () => {
    const world = new EdgeWorld({ rows: [settings(CX, { probeIntervalSec: 3_600 })] });
    server(world, CARRIER, () => 200);
    await world.pass(60_000);
    expect(probes(world)).toHaveLength(1);
    for (let n = 0; n < 20; n++) {
      apply(world, ["carrier", CX, carrier(1, { friendlyName: `v${n}` })]);
      await world.pass(60_000);
    }
    expect(probes(world)).toHaveLength(1);
    apply(world, gone("peerSettings", CX));
    expect(await world.finish()).toEqual([]);
  });

  it("a name is asked at one address after the other until one answers", async () => {
    const target = { sid: sid("CT", 1), carrierSid: CX, sipUrl: "sip:carrier.test", priority: 1, weight: 1 };
    const world = new EdgeWorld({
      rows: [settings(CX, { probeIntervalSec: 20 }), ["carrierTarget", sid("CT", 1), target]],
      names: { "carrier.test": [CARRIER, SPARE] },
    });
    server(world, CARRIER, () => 0);
    const spare = server(world, SPARE, () => 200);
    await world.pass(100_000);
    expect(spare.length).toBeGreaterThanOrEqual(4);
    expect([down(world), world.core.metrics()["targets_failing"]]).toEqual([0, 1]);
    apply(world, gone("peerSettings", CX));
    expect(await world.finish()).toEqual([]);
  });

  it("a closing edge asks nobody any more", async () => {
    const world = new EdgeWorld({ rows: [settings(CX, { probeIntervalSec: 10 })] });
    server(world, CARRIER, () => 200);
    await world.pass(20_000);
    void world.core.close(0);
    await world.pass(10);
    world.network.trace.length = 0;
    expect(await world.finish()).toEqual([]);
    expect(probes(world)).toEqual([]);
  });
});
