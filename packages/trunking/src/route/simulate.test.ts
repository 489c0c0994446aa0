import { describe, expect, it } from "vitest";
import { createLocalCounters } from "../limits/counters.ts";
import { originationUrl, TRUNK, ZONE } from "../rows.fixture.ts";
import { route } from "./route.ts";
import { type SimulatedCall, simulate } from "./simulate.ts";
import { CARRIER_ADDRESS, directoryOf, facts, OWNED, terminationRequest, told, type World } from "./world.fixture.ts";

const open: World = { acl: ["203.0.113.0/24"], urls: [originationUrl(1)] };

function ask(world: World, change: Partial<SimulatedCall> = {}): string {
  const call: SimulatedCall = {
    source: "203.0.113.7",
    requestUri: `sip:+14155550100@acme.pstn.${ZONE}`,
    from: OWNED,
    to: null,
    atMs: 0,
    secure: false,
    ...change,
  };
  const simulation = simulate(call, directoryOf(world), facts());
  return simulation.kind === "ok" ? told(simulation.decision) : simulation.why;
}

describe("EVD-3: would this call pass, and where would it go?", () => {
  const carried = "dial sip:+14155550100@192.0.2.1:5070";
  it.each<[title: string, world: World, change: Partial<SimulatedCall>, want: string]>([
    ["termination", open, {}, carried],
    ["with a port", open, { source: "203.0.113.7:5080" }, carried],
    ["from a name and URI", open, { from: `"Ada" <sip:${OWNED}@pbx.example.com>` }, carried],
    ["from a number with separators", open, { from: "+1 (202) 555-0100" }, carried],
    ["from another address", open, { source: "[2001:db8::1]:5060" }, "403 Forbidden (32201)"],
    ["from another number", open, { from: "+15550001111" }, "403 Invalid Caller ID (32204)"],
    ["a trunk with passwords", { users: ["pbx"] }, {}, carried],
    ["a secure trunk, secure", { ...open, trunk: { secure: true } }, { secure: true }, carried],
    [
      "a secure trunk, not secure",
      { ...open, trunk: { secure: true } },
      {},
      "488 Secure SIP transport required (32209)",
    ],
    ["SRTP on another", open, { secure: true }, "488 Secure media not accepted (32207)"],
    ["to nobody's domain", open, { requestUri: `sip:+14155550100@nobody.pstn.${ZONE}` }, "silence"],
    [
      "origination",
      open,
      { source: CARRIER_ADDRESS, requestUri: `sip:${OWNED}@198.51.100.1:5060`, from: "+14155550100" },
      `dial sip:${OWNED}@pbx1.example.com`,
    ],
    [
      "origination by tel",
      open,
      { source: CARRIER_ADDRESS, requestUri: `tel:${OWNED}`, from: "anonymous" },
      `dial sip:${OWNED}@pbx1.example.com`,
    ],
    ["a source that is none", open, { source: "pbx" }, 'Source: "pbx" is not an IP address, with or without a port.'],
    [
      "a port that is none",
      open,
      { source: "203.0.113.7:0" },
      'Source: "203.0.113.7:0" is not an IP address, with or without a port.',
    ],
    [
      "a URI that is none",
      open,
      { requestUri: "+1415" },
      'RequestUri: "+1415" is not a SIP or tel URI such as sip:+14155550100@host.',
    ],
    ["a caller that is none", open, { from: "Ada <" }, 'From: "Ada <" is neither a number nor a SIP URI.'],
    ["a callee that is none", open, { to: "<>" }, 'To: "<>" is neither a number nor a SIP URI.'],
  ])("%s", (_title, world, change, want) => {
    expect(ask(world, change)).toBe(want);
  });

  it("says what the live path says, step by step", () => {
    const directory = directoryOf(open);
    const simulation = simulate(
      {
        source: "203.0.113.7:5060",
        requestUri: `sip:+14155550100@acme.pstn.${ZONE}`,
        from: OWNED,
        to: null,
        atMs: 0,
        secure: false,
      },
      directory,
      facts(),
    );
    const live = route(terminationRequest({ media: { kind: "rtp" } }), directory, facts());
    expect(simulation).toMatchObject({ kind: "ok", decision: live });
  });

  it("counts nothing: limits are looked at and not taken", () => {
    const counters = createLocalCounters(() => 0);
    const directory = directoryOf({
      ...open,
      limits: [{ ownerSid: TRUNK, maxCps: 1, burst: 1, maxConcurrentCalls: null }],
    });
    const call = {
      source: "203.0.113.7",
      requestUri: `sip:+14155550100@acme.pstn.${ZONE}`,
      from: OWNED,
      to: null,
      atMs: 0,
      secure: false,
    };
    const once = () => {
      const simulation = simulate(call, directory, facts({ counters }));
      return simulation.kind === "ok" ? simulation.decision.kind : simulation.why;
    };
    expect([once(), once()]).toEqual(["dial", "dial"]);
    expect(route(terminationRequest(), directory, facts({ counters })).kind).toBe("dial");
    expect(once()).toBe("refuse");
  });
});
