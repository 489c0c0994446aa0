import { describe, expect, it } from "vitest";
import { carrier, TRUNK, ZONE } from "../rows.fixture.ts";
import { identify } from "./identify.ts";
import { route } from "./route.ts";
import { CARRIER_ADDRESS, directoryOf, facts, PSTN, terminationRequest, told } from "./world.fixture.ts";

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
