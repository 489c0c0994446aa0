import { describe, expect, it } from "vitest";
import { route } from "./route.ts";
import type { CallRequest } from "./types.ts";
import { directoryOf, facts, terminationRequest, told, traceOf, type World } from "./world.fixture.ts";

const acl: World = { acl: ["203.0.113.0/24"] };
const named: World = { ...acl, clientNames: ["PBX.example.com", "sbc.example.com"] };
const tls = { transport: "tls" } as const;
const bearing = (...peerCertificateNames: readonly string[]): Partial<CallRequest> => ({
  ...tls,
  peerCertificateNames,
});
const asPbx = { credentials: { username: "pbx", algorithm: "SHA-256" } } as const;
const dialled = "dial sip:+14155550100@192.0.2.1:5070";
const refused = "403 Forbidden (32202)";

function decide(world: World, change: Partial<CallRequest>) {
  const given = facts({ verifyDigest: () => ({ kind: "wrong", why: "wrong password" }) });
  return route(terminationRequest(change), directoryOf(world), given);
}

describe("SEC-6: a trunk that names its peers", () => {
  it.each<[title: string, world: World, change: Partial<CallRequest>, want: string]>([
    ["none named: no certificate is asked for", acl, tls, dialled],
    ["none named: one that was shown all the same does no harm", acl, bearing("x.example"), dialled],
    ["an empty list of names is none", { ...acl, clientNames: [] }, tls, dialled],
    ["one of the names", named, bearing("other.example", "sbc.example.com"), dialled],
    ["in any case", named, bearing("pbx.example.com"), dialled],
    ["another name", named, bearing("evil.example"), refused],
    ["part of a name", named, bearing("example.com", "x.pbx.example.com", "*.example.com"), refused],
    ["a valid certificate without names", named, bearing(), refused],
    ["none shown", named, { ...tls, peerCertificateProblem: "it showed no certificate" }, refused],
    ["none asked for", named, tls, refused],
    ["over UDP", named, {}, refused],
    ["over TCP, whatever is claimed", named, { ...bearing("pbx.example.com"), transport: "tcp" }, refused],
    [
      "right, from an unlisted address",
      named,
      { ...bearing("pbx.example.com"), sourceAddress: "10.0.0.1" },
      "403 Forbidden (32201)",
    ],
    ["wrong, and no password yet: no challenge", { ...named, users: ["pbx"] }, tls, refused],
    ["right: the password is asked for", { ...named, users: ["pbx"] }, bearing("pbx.example.com"), "407"],
    [
      "is no authentication by itself",
      { clientNames: ["pbx.example.com"] },
      bearing("pbx.example.com"),
      "403 Insufficient permissions (32200)",
    ],
  ])("%s", (_title, world, change, want) => {
    expect(told(decide(world, change))).toBe(want);
  });

  it("the customer's trace says what was wrong with the certificate; strangers get the words for any bad credential", () => {
    const decision = decide(named, { ...tls, peerCertificateProblem: "it showed no certificate" });
    expect(decision).toMatchObject({ kind: "refuse", authenticated: true });
    expect(traceOf(decision)).toMatch(/ acl\+ client-certificate-$/);
    const stranger = decide({ clientNames: ["pbx.example.com"], users: ["pbx"] }, tls);
    expect(stranger).toMatchObject({ kind: "refuse", authenticated: false });
  });

  it.each<[title: string, world: World, change: Partial<CallRequest>, want: boolean]>([
    [
      "the right certificate and a wrong password",
      { clientNames: ["a.example"], users: ["pbx"] },
      { ...bearing("a.example"), ...asPbx },
      true,
    ],
    [
      "the wrong certificate",
      { clientNames: ["a.example"], users: ["pbx"] },
      { ...bearing("b.example"), ...asPbx },
      false,
    ],
  ])("design rule 9: %s", (_title, world, change, want) => {
    expect(decide(world, change)).toMatchObject({ kind: "refuse", authenticated: want });
  });

  it("EVD-3: a dry run takes the right certificate for granted, but not over UDP", () => {
    for (const [transport, want] of [
      ["tls", dialled],
      ["udp", refused],
    ] as const) {
      const decision = route(terminationRequest({ transport }), directoryOf(named), facts({ digestAssumed: true }));
      expect(told(decision)).toBe(want);
    }
  });
});
