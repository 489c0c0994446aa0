import { describe, expect, it } from "vitest";
import { carrier, originationUrl, TRUNK, ZONE } from "../rows.fixture.ts";
import { identify, trunkByHost } from "./identify.ts";
import { route } from "./route.ts";
import type { CallRequest } from "./types.ts";
import { CARRIER_ADDRESS, directoryOf, facts, PSTN, party, terminationRequest, told } from "./world.fixture.ts";

const directory = directoryOf({ trunk: { domainName: `acme.pstn.${ZONE}` } });

function at(host: string, change: object = {}): ReturnType<typeof identify> {
  const request = terminationRequest({
    requestUri: { scheme: "sip", user: "+14155550100", host, port: null },
    ...change,
  });
  return identify(request, directory, facts());
}

describe("TERM-1: a trunk is found by its domain in every form", () => {
  it.each<[host: string, edge: string | null, form: string]>([
    ["acme.pstn.trunkline.localhost", null, "plain"],
    ["ACME.PSTN.Trunkline.Localhost", null, "plain, in any case"],
    ["acme.pstn.trunkline.localhost.", null, "plain, with the dot of the DNS root"],
    ["acme.pstn.tokyo.trunkline.localhost", "tokyo", "localized by edge name"],
    ["acme.pstn.jp1.trunkline.localhost", "tokyo", "localized by legacy region"],
    ["acme.pstn.local.trunkline.localhost", "local", "localized by the name of the edge it arrived at"],
  ])("%s (edge %j): %s", (host, edge) => {
    expect(at(host)).toMatchObject({ kind: "termination", trunk: { sid: TRUNK }, edge });
    expect(trunkByHost(host, directory, facts())?.sid).toBe(TRUNK);
  });

  it.each([
    ["other.pstn.trunkline.localhost", "no trunk of that name"],
    ["acme.pstn.osaka.trunkline.localhost", "no edge of that name"],
    ["other.pstn.tokyo.trunkline.localhost", "an edge, but no trunk"],
    ["a.acme.pstn.trunkline.localhost", "a sub-domain that no trunk has"],
    ["acme.pstn.twilio.com", "another zone"],
    ["acme.trunkline.localhost", "no pstn part"],
    ["acmepstn.trunkline.localhost", "no dot before pstn"],
    ["example.com", "somebody else"],
    ["", "no host"],
  ])("%j is a stranger's: %s", (host) => {
    expect(at(host).kind).toBe("unknown");
    expect(trunkByHost(host, directory, facts())).toBeUndefined();
  });

  it("a sub-domain is found in both forms", () => {
    const below = directoryOf({ trunk: { domainName: `tokyo.acme.pstn.${ZONE}` } });
    for (const host of [`tokyo.acme.pstn.${ZONE}`, `tokyo.acme.pstn.jp1.${ZONE}`]) {
      const request = terminationRequest({ requestUri: { scheme: "sip", user: null, host, port: null } });
      expect(identify(request, below, facts())).toMatchObject({ kind: "termination", trunk: { sid: TRUNK } });
    }
  });
});

describe("CAR-2: calls from carriers", () => {
  const fromCarrier = { sourceAddress: CARRIER_ADDRESS };
  it.each([
    ["198.51.100.1", fromCarrier, "origination"],
    [`sip.${ZONE}`, fromCarrier, "origination"],
    ["203.0.113.99", { ...fromCarrier, localAddress: "203.0.113.99" }, "origination"],
    ["[2001:db8::1]", { ...fromCarrier, localAddress: "2001:DB8::1" }, "origination"],
    ["", { ...fromCarrier, requestUri: { scheme: "tel", user: "+12025550100", host: "", port: null } }, "origination"],
    ["198.51.100.1", {}, "unknown"],
    ["example.com", fromCarrier, "unknown"],
    [`acme.pstn.${ZONE}`, fromCarrier, "termination"],
  ])("for host %j with %j: %s", (host, change, want) => {
    expect(at(host, change).kind).toBe(want);
  });

  it("a disabled carrier is a stranger", () => {
    const disabled = directoryOf({ carriers: [{ ...PSTN, row: carrier(1, { enabled: false }) }] });
    const request = terminationRequest({
      ...fromCarrier,
      requestUri: { scheme: "sip", user: "+12025550100", host: "198.51.100.1", port: null },
    });
    expect(identify(request, disabled, facts())).toEqual({ kind: "unknown", why: "carrier Carrier 1 is disabled" });
    expect(told(route(request, disabled, facts()))).toBe("silence");
  });
});

describe("CAR-2: calls to the Contact that we registered with a carrier", () => {
  const USER = "6f1c0e";
  const given = facts({
    registeredCarrier: (user, source) => (user === USER && source === "192.0.2.77" ? PSTN.row.sid : undefined),
  });
  const request = (change: Partial<CallRequest> = {}): CallRequest =>
    terminationRequest({
      sourceAddress: "192.0.2.77",
      requestUri: { scheme: "sip", user: USER, host: "198.51.100.1", port: null },
      to: party("+12025550100", "carrier.example"),
      ...change,
    });
  const world = directoryOf({ urls: [originationUrl(1)] });

  it.each<[title: string, change: Partial<CallRequest>, want: string]>([
    ["the number is in To", {}, "dial sip:+12025550100@pbx1.example.com"],
    [
      "RFC 7315 §4.2: P-Called-Party-ID goes first",
      {
        to: party("main", "carrier.example"),
        headers: [["P-Called-Party-ID", "<sip:%2B12025550100@carrier.example>"]],
      },
      "dial sip:+12025550100@pbx1.example.com",
    ],
    ["from any other address: silence", { sourceAddress: "192.0.2.78" }, "silence"],
    [
      "to another user part: silence",
      { requestUri: { scheme: "sip", user: "6f1c0f", host: "198.51.100.1", port: null } },
      "silence",
    ],
    [
      "at another host: silence",
      { requestUri: { scheme: "sip", user: USER, host: "example.com", port: null } },
      "silence",
    ],
  ])("%s", (_title, change, want) => {
    expect(told(route(request(change), world, given))).toBe(want);
  });

  it("EVD-1: the trace says so; a carrier known by its address is called by the Request-URI as ever", () => {
    const decision = route(request(), world, given);
    expect(decision.kind === "dial" && decision.trace[0]?.detail).toBe(
      "The call came to our registration with carrier PSTN.",
    );
    const bySource = request({ sourceAddress: CARRIER_ADDRESS });
    expect(told(route(bySource, world, given))).toBe("404 Not Found (no code)");
  });
});
