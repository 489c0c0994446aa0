import { describe, expect, it } from "vitest";
import { createLocalCounters } from "../limits/counters.ts";
import { ACCOUNT } from "../rows.fixture.ts";
import { type OwnCall, routeOwnCall } from "./own-call.ts";
import { directoryOf, facts, OWNED, type World } from "./world.fixture.ts";

const TO = "+14155550100";

function decide(world: World, change: Partial<OwnCall> = {}, given: Parameters<typeof facts>[0] = {}) {
  return routeOwnCall({ accountSid: ACCOUNT, to: TO, from: OWNED, ...change }, directoryOf(world), facts(given));
}

describe("NUM-4: calls of the platform's own", () => {
  it("go to carriers like a trunk's, with the number of the installation in From", () => {
    const decision = decide({});
    expect(decision).toMatchObject({
      kind: "dial",
      call: { direction: "outbound-api", accountSid: ACCOUNT, trunkSid: "", from: OWNED, to: TO },
    });
    const [attempt] = decision.kind === "dial" ? decision.attempts : [];
    expect(attempt?.uri).toBe(`sip:${TO}@192.0.2.1:5070`);
    expect(attempt?.fromUri).toMatch(/^sip:\+12025550100@/);
    expect(decision.trace.map(({ rule, verdict }) => `${rule} ${verdict}`)).toEqual([
      "own-call.account pass",
      "own-call.called-number pass",
      "own-call.geo-permission pass",
      "own-call.carrier pass",
    ]);
  });

  it.each<[title: string, world: World, change: Partial<OwnCall>, code: number]>([
    ["of a suspended account are none", { account: { status: "suspended" } }, {}, 10001],
    ["need a number", {}, { to: "4155550100" }, 32101],
    ["never go to an emergency number", {}, { to: "+911" }, 32101],
    ["nor to one behind a country code", {}, { to: "+1911" }, 32101],
    ["nor to a premium number", {}, { to: "+19005550100" }, 32205],
    ["nor to a range rented out for fraud", {}, { to: "+18765550100" }, 32205],
    ["nor where the account may not call", {}, { to: "+819012345678" }, 32205],
  ])("%s", (_title, world, change, code) => {
    expect(decide(world, change)).toMatchObject({ kind: "refuse", rejection: { code } });
  });

  it("ACC-2: a trial may call a number that it has not verified, at a trial's rate", () => {
    const world: World = { account: { type: "Trial" } };
    const counters = createLocalCounters(() => 0);
    expect(decide(world, {}, { counters })).toMatchObject({ kind: "dial" });
    expect(decide(world, {}, { counters })).toMatchObject({ kind: "refuse", rejection: { code: 32012, status: 503 } });
  });
});
