import { describe, expect, it } from "vitest";
import { account, carrier, sid, TRUNK, ZONE } from "../rows.fixture.ts";
import { route } from "./route.ts";
import type { CallRequest, DigestVerdict } from "./types.ts";
import {
  directoryOf,
  FOREIGN,
  facts,
  OWNED,
  PSTN,
  party,
  terminationRequest,
  told,
  traceOf,
  VERIFIED,
  type World,
} from "./world.fixture.ts";

const open: World = { acl: ["203.0.113.0/24"] };
const valid: DigestVerdict = { kind: "valid" };
const stale: DigestVerdict = { kind: "stale" };
const wrong: DigestVerdict = { kind: "wrong", why: "wrong password" };
const asPbx = { credentials: { username: "pbx", algorithm: "SHA-256" } } as const;

function decide(world: World, change: Partial<CallRequest> = {}, verdict?: DigestVerdict) {
  const given = facts(verdict ? { verifyDigest: () => verdict } : {});
  return route(terminationRequest(change), directoryOf(world), given);
}

describe("TERM-2, TERM-3, TERM-11: authentication", () => {
  it.each<
    [title: string, world: World, change: Partial<CallRequest>, verdict: DigestVerdict | undefined, want: string]
  >([
    ["address listed", open, {}, undefined, "dial sip:+14155550100@192.0.2.1:5070"],
    ["address not listed", open, { sourceAddress: "203.0.114.1" }, undefined, "403 Forbidden (32201)"],
    ["IPv6 address not listed", open, { sourceAddress: "2001:db8::1" }, undefined, "403 Forbidden (32201)"],
    ["neither list", {}, {}, undefined, "403 Insufficient permissions (32200)"],
    ["an empty list", { acl: [] }, {}, undefined, "403 Forbidden (32201)"],
    ["digest, none sent", { users: ["pbx"] }, {}, undefined, "407"],
    ["digest right", { users: ["pbx"] }, asPbx, valid, "dial sip:+14155550100@192.0.2.1:5070"],
    ["digest right, nonce old", { users: ["pbx"] }, asPbx, stale, "407 stale"],
    ["digest wrong", { users: ["pbx"] }, asPbx, wrong, "403 Forbidden (32202)"],
    ["user unknown", { users: ["sbc"] }, asPbx, valid, "403 Forbidden (32202)"],
    [
      "both lists, address not listed",
      { ...open, users: ["pbx"] },
      { ...asPbx, sourceAddress: "10.0.0.1" },
      valid,
      "403 Forbidden (32201)",
    ],
    ["both lists, no digest", { ...open, users: ["pbx"] }, {}, undefined, "407"],
    ["both lists, digest wrong", { ...open, users: ["pbx"] }, asPbx, wrong, "403 Forbidden (32202)"],
    ["both lists, both right", { ...open, users: ["pbx"] }, asPbx, valid, "dial sip:+14155550100@192.0.2.1:5070"],
  ])("%s", (_title, world, change, verdict, want) => {
    expect(told(decide(world, change, verdict))).toBe(want);
  });

  it("a user name in several lists: any right password will do", () => {
    const given = facts({ verifyDigest: ({ ha1Md5 }) => (ha1Md5 === "md5 1" ? valid : wrong) });
    const decision = route(terminationRequest(asPbx), directoryOf({ users: ["pbx", "pbx"] }), given);
    expect(decision.kind).toBe("dial");
  });

  it.each<[title: string, world: World, change: Partial<CallRequest>, want: boolean]>([
    ["an unlisted address proved nothing", open, { sourceAddress: "10.0.0.1" }, false],
    ["a trunk without lists lets nobody prove anything", {}, {}, false],
    ["a wrong password proved nothing", { users: ["pbx"] }, asPbx, false],
    ["a wrong password from a listed address proved the address", { ...open, users: ["pbx"] }, asPbx, true],
    [
      "a bad number from a listed address",
      open,
      { requestUri: { scheme: "sip", user: "1", host: `acme.pstn.${ZONE}`, port: null } },
      true,
    ],
  ])("design rule 9: %s", (_title, world, change, want) => {
    expect(decide(world, change, wrong)).toMatchObject({ kind: "refuse", authenticated: want });
  });
});

describe("TERM-11, contract §8.3: refusals of an authentic call", () => {
  const to = (user: string | null): Partial<CallRequest> => ({
    requestUri: { scheme: "sip", user, host: `acme.pstn.${ZONE}`, port: null },
  });
  const declined = "603 Decline (10001)";
  const badNumber = "400 Invalid Phone Number (32101)";
  it.each<[title: string, world: World, change: Partial<CallRequest>, want: string]>([
    ["ACC-1 account suspended", { ...open, account: { status: "suspended" } }, {}, declined],
    ["ACC-1 account closed", { ...open, account: { status: "closed" } }, {}, declined],
    [
      "ACC-1 parent suspended",
      { ...open, account: { parentSid: sid("AC", 9) }, parent: account({ sid: sid("AC", 9), status: "suspended" }) },
      {},
      declined,
    ],
    [
      "SEC-2 secure trunk over UDP",
      { ...open, trunk: { secure: true } },
      {},
      "488 Secure SIP transport required (32209)",
    ],
    [
      "SEC-2 secure trunk over TCP",
      { ...open, trunk: { secure: true } },
      { transport: "tcp" },
      "488 Secure SIP transport required (32209)",
    ],
    ["TERM-6 Max-Forwards 0", open, { maxForwards: 0 }, "483 Too Many Hops (32006)"],
    ["TERM-4 no +", open, to("14155550100"), badNumber],
    ["TERM-4 national", open, to("4155550100"), badNumber],
    ["TERM-4 international prefix", open, to("0014155550100"), badNumber],
    ["TERM-4 a name", open, to("alice"), badNumber],
    ["TERM-4 no user part", open, to(null), badNumber],
    ["TERM-4 separators", open, to("+1-415-555-0100"), badNumber],
    ["TERM-5 somebody else's number", open, { from: party(FOREIGN) }, "403 Invalid Caller ID (32204)"],
    ["TERM-5 nobody's number", open, { from: party("+15550001111") }, "403 Invalid Caller ID (32204)"],
    ["TERM-5 no number anywhere", open, { from: party("alice") }, "403 Invalid Caller ID (32204)"],
    ["TERM-5 an extension only", open, { from: party("1001") }, "403 Invalid Caller ID (32204)"],
    ["TERM-5 without +", open, { from: party("12025550100") }, "403 Invalid From Number (32206)"],
  ])("%s", (_title, world, change, want) => {
    expect(told(decide(world, change))).toBe(want);
  });

  it("TERM-12: no carrier has a prefix of the number: 404", () => {
    const decision = decide({ ...open, carriers: [{ ...PSTN, prefixes: ["44"] }] });
    expect(told(decision)).toBe("404 Not Found (13224)");
  });

  it.each([
    ["disabled", { ...PSTN, row: carrier(1, { enabled: false }) }],
    ["without target", { ...PSTN, targets: [] }],
    ["with an unreadable target", { ...PSTN, targets: [{ sipUrl: "mailto:x" }] }],
  ])("TERM-12: the only carrier is %s: 503", (_title, only) => {
    expect(told(decide({ ...open, carriers: [only] }))).toBe("503 Service Unavailable (13224)");
  });

  it("a refused call is recorded with what it claimed to be, cut to a bearable length", () => {
    const decision = decide(open, { from: party("x".repeat(5_000)), ...to("y".repeat(5_000)) });
    expect(decision).toMatchObject({
      kind: "refuse",
      call: { accountSid: sid("AC", 1), trunkSid: TRUNK, phoneNumberSid: null },
    });
    if (decision.kind !== "refuse" || decision.call === null) throw new Error("refused with a call");
    expect(decision.call.from.length + decision.call.to.length).toBeLessThan(300);
    expect(Math.max(...decision.trace.map((step) => step.input.length))).toBeLessThan(150);
  });
});

describe("TERM-5: where the caller ID comes from", () => {
  it.each<[title: string, change: Partial<CallRequest>, want: string]>([
    ["From", { from: party(OWNED), remotePartyId: party(FOREIGN) }, OWNED],
    ["From, verified", { from: party(VERIFIED) }, VERIFIED],
    [
      "Remote-Party-ID when From has no number",
      { from: party("demo"), remotePartyId: party(OWNED), assertedIdentity: party(FOREIGN) },
      OWNED,
    ],
    ["Remote-Party-ID when From has an extension", { from: party("1001"), remotePartyId: party(OWNED) }, OWNED],
    [
      "P-Asserted-Identity when neither has",
      { from: party("demo"), remotePartyId: party("demo"), assertedIdentity: party(VERIFIED) },
      VERIFIED,
    ],
    [
      "P-Asserted-Identity when From is anonymous",
      { from: party("anonymous", "anonymous.invalid"), assertedIdentity: party(OWNED) },
      OWNED,
    ],
    ["From with telephone parameters", { from: party(`${OWNED};cpc=ordinary`) }, OWNED],
  ])("%s", (_title, change, want) => {
    expect(decide(open, change)).toMatchObject({ kind: "dial", call: { from: want } });
  });

  it.each<[title: string, change: Partial<CallRequest>, want: string]>([
    ["a foreign From is not rescued", { from: party(FOREIGN), assertedIdentity: party(OWNED) }, "32204"],
    [
      "a foreign Remote-Party-ID is not rescued",
      { from: party("demo"), remotePartyId: party(FOREIGN), assertedIdentity: party(OWNED) },
      "32204",
    ],
    [
      "a present Remote-Party-ID must itself be valid",
      { from: party("demo"), remotePartyId: party("2025550100"), assertedIdentity: party(OWNED) },
      "32206",
    ],
  ])("%s", (_title, change, want) => {
    expect(told(decide(open, change))).toContain(want);
  });

  it("names the number's SID in the record when the number is the account's", () => {
    expect(decide(open)).toMatchObject({ call: { phoneNumberSid: sid("PN", 1) } });
    expect(decide(open, { from: party(VERIFIED) })).toMatchObject({ call: { phoneNumberSid: null } });
  });
});

describe("TERM-5: privacy is honoured towards the carrier", () => {
  const hidden = "sip:anonymous@anonymous.invalid";
  const shown = `sip:${OWNED}@${ZONE}`;
  it.each<[title: string, change: Partial<CallRequest>, fromUri: string, privacy: string | undefined]>([
    ["nothing asked", {}, shown, undefined],
    ["Privacy: none", { privacy: ["none"] }, shown, "none"],
    ["Privacy: id", { privacy: ["id"] }, hidden, "id"],
    ["Privacy: user;critical", { privacy: ["user", "critical"] }, hidden, "user;critical;id"],
    ["anonymous From", { from: party("anonymous", "anonymous.invalid"), assertedIdentity: party(OWNED) }, hidden, "id"],
    [
      "Remote-Party-ID privacy=full",
      { remotePartyId: { ...party(OWNED), raw: `<sip:${OWNED}@x>;party=calling;privacy=full` } },
      hidden,
      "id",
    ],
    [
      "Remote-Party-ID privacy=off",
      { remotePartyId: { ...party(OWNED), raw: `<sip:${OWNED}@x>;privacy=off` } },
      shown,
      undefined,
    ],
  ])("%s", (_title, change, fromUri, privacy) => {
    const decision = decide(open, change);
    if (decision.kind !== "dial") throw new Error(told(decision));
    const [attempt] = decision.attempts;
    expect(attempt?.fromUri).toBe(fromUri);
    expect(new Map(attempt?.headers).get("Privacy")).toBe(privacy);
    expect(new Map(attempt?.headers).get("P-Asserted-Identity")).toBe(`<${shown}>`);
  });

  it("a shown caller's display name goes along, a withheld one's does not", () => {
    const from = party(OWNED, "pbx.example.com", "Alice");
    expect(decide(open, { from })).toMatchObject({
      attempts: [{ fromDisplayName: "Alice" }],
      call: { callerName: "Alice" },
    });
    expect(decide(open, { from, privacy: ["id"] })).toMatchObject({ attempts: [{ fromDisplayName: "Anonymous" }] });
  });
});

describe("TERM-10: Diversion", () => {
  it.each<[title: string, host: string, user: string, kept: boolean]>([
    ["another domain", "pbx.example.com", FOREIGN, true],
    ["our zone, a number of the account", ZONE, OWNED, true],
    ["our zone, a verified caller ID", ZONE, VERIFIED, true],
    ["our zone, somebody else's number", ZONE, FOREIGN, false],
    ["a trunk domain, somebody else's number", `other.pstn.${ZONE}`, FOREIGN, false],
    ["an address of ours, somebody else's number", "198.51.100.1", FOREIGN, false],
    ["our zone, no number", ZONE.toUpperCase(), "alice", false],
    ["our zone with a dot at its end, somebody else's number", `${ZONE}.`, FOREIGN, false],
    ["an address of ours in another spelling, somebody else's number", "[::ffff:198.51.100.1]", FOREIGN, false],
  ])("%s", (_title, host, user, kept) => {
    const decision = decide(open, { diversions: [party(user, host)] });
    if (decision.kind !== "dial") throw new Error(told(decision));
    const sent = decision.attempts[0]?.headers.filter(([name]) => name === "Diversion");
    expect(sent).toEqual(kept ? [["Diversion", `<sip:${user}@${host}>`]] : []);
  });
});

describe("TERM-12, CAR-1: carriers and their targets", () => {
  it("longest prefix, then priority; inside a carrier by priority and weight", () => {
    const decision = decide({
      ...open,
      carriers: [
        { ...PSTN, row: carrier(1, { priority: 1 }) },
        {
          row: carrier(2, { retryStatuses: [503] }),
          prefixes: ["1415"],
          targets: [
            { sipUrl: "sip:backup.example;transport=tcp", priority: 20 },
            { sipUrl: "sip:main.example:5080?X-Route=a", priority: 10 },
          ],
        },
      ],
    });
    if (decision.kind !== "dial") throw new Error(told(decision));
    expect(decision.attempts.map((attempt) => attempt.uri)).toEqual([
      "sip:+14155550100@main.example:5080",
      "sip:+14155550100@backup.example;transport=tcp",
      "sip:+14155550100@192.0.2.1:5070",
    ]);
    expect(decision.attempts[0]).toMatchObject({
      toUri: "sip:+14155550100@main.example",
      carrierSid: sid("CX", 2),
      originationUrlSid: null,
      noResponseMs: 4_000,
      retry: { kind: "only", statuses: [503] },
      headers: [
        ["P-Asserted-Identity", `<sip:${OWNED}@${ZONE}>`],
        ["X-Trunkline-Hops", expect.stringMatching(/^[0-9a-f]{8}$/)],
        ["X-Route", "a"],
      ],
    });
  });

  it("never more attempts than a caller would wait for", () => {
    const targets = Array.from({ length: 30 }, (_, index) => ({ sipUrl: `sip:t${index}.example` }));
    expect(decide({ ...open, carriers: [{ ...PSTN, targets }] })).toMatchObject({ attempts: { length: 10 } });
  });

  it("contract §8.8: an emergency number goes to carriers of all numbers only", () => {
    const requestUri = { scheme: "sip", user: "911", host: `acme.pstn.${ZONE}`, port: null } as const;
    const india = { row: carrier(2), prefixes: ["91"], targets: [{ sipUrl: "sip:india.example" }] };
    expect(told(decide({ ...open, carriers: [PSTN, india] }, { requestUri }))).toBe("dial sip:911@192.0.2.1:5070");
    expect(told(decide({ ...open, carriers: [india] }, { requestUri }))).toBe("404 Not Found (13224)");
  });
});

describe("EVD-1: one step per rule, in order, the refusing one last", () => {
  it.each<[title: string, world: World, change: Partial<CallRequest>, want: string]>([
    [
      "a call that is carried",
      open,
      {},
      "trunk+ authentication+ acl+ digest~ account+ secure-transport~ max-forwards+ called-number+ caller-id+ geo-permission+ privacy~ diversion~ carrier+",
    ],
    ["no authentication", {}, {}, "trunk+ authentication-"],
    ["address not listed", open, { sourceAddress: "10.0.0.1" }, "trunk+ authentication+ acl-"],
    ["challenged", { users: ["pbx"] }, {}, "trunk+ authentication+ acl~ digesti"],
    [
      "foreign caller ID",
      open,
      { from: party(FOREIGN) },
      "trunk+ authentication+ acl+ digest~ account+ secure-transport~ max-forwards+ called-number+ caller-id-",
    ],
  ])("%s", (_title, world, change, want) => {
    expect(traceOf(decide(world, change))).toBe(want);
  });

  it("the refusing step says what the rejection says", () => {
    const decision = decide(open, { sourceAddress: "10.0.0.1" });
    if (decision.kind !== "refuse") throw new Error(told(decision));
    expect(decision.trace.at(-1)).toEqual({
      rule: "termination.acl",
      input: "10.0.0.1:5060",
      verdict: "refuse",
      detail: "10.0.0.1 is in none of the trunk's IP access control lists.",
      atMs: 0,
    });
    expect(decision.rejection.detail).toBe(decision.trace.at(-1)?.detail);
  });

  it("design rule 11: no secret enters the trace", () => {
    const decision = decide({ users: ["pbx"] }, asPbx, wrong);
    expect(JSON.stringify(decision)).not.toMatch(/md5 0|sha 0/);
    expect(traceOf(decision)).toContain("digest-");
  });
});
