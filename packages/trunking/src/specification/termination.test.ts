import { describe, expect, it } from "vitest";
import { createLocalCounters } from "../limits/counters.ts";
import { route } from "../route/route.ts";
import type { CallRequest, Decision, Facts } from "../route/types.ts";
import {
  directoryOf,
  FOREIGN,
  facts,
  OWNED,
  PSTN,
  party,
  terminationRequest,
  told,
  VERIFIED,
  type World,
} from "../route/world.fixture.ts";
import { ACCOUNT, account, carrier, sid, TRUNK, ZONE } from "../rows.fixture.ts";

/**
 * The requirements of termination as tables: one for each id, a sentence a row. A customer's PBX at 203.0.113.7 calls +14155550100 with its
 * own number +12025550100 unless the row says otherwise. Finer cases stand beside each rule, the same on the wire in `test/e2e`.
 */

const LISTED: World = { acl: ["203.0.113.0/24"] };
const CARRIED = "dial sip:+14155550100@192.0.2.1:5070";
const DIGEST = { credentials: { username: "pbx", algorithm: "SHA-256" } } as const;

type Row = readonly [says: string, want: string, change?: Partial<CallRequest>, world?: World, facts?: Partial<Facts>];

function table(id: string, says: string, rows: readonly Row[]): void {
  describe(`${id}: ${says}`, () => {
    for (const [situation, want, change = {}, world = LISTED, given = {}] of rows) {
      it(`${situation}: ${want}`, () => {
        expect(told(decide(change, world, given))).toBe(want);
      });
    }
  });
}

function decide(change: Partial<CallRequest>, world: World = LISTED, given: Partial<Facts> = {}): Decision {
  return route(terminationRequest(change), directoryOf(world), facts(given));
}

function at(host: string, user: string | null = "+14155550100"): Partial<CallRequest> {
  return { requestUri: { scheme: "sip", user, host, port: null } };
}

function calling(user: string | null): Partial<CallRequest> {
  return at(`acme.pstn.${ZONE}`, user);
}

function digestSays(kind: "valid" | "stale" | "wrong"): Partial<Facts> {
  return { verifyDigest: () => (kind === "wrong" ? { kind, why: "wrong password" } : { kind }) };
}

function sent(name: string, decision: Decision): readonly string[] {
  if (decision.kind !== "dial") throw new Error(told(decision));
  return (decision.attempts[0]?.headers ?? []).filter(([known]) => known === name).map(([, value]) => value);
}

table("TERM-1", "a call finds its trunk by the domain, in each of its forms; an unknown host gets no answer", [
  ["the plain form", CARRIED, at(`acme.pstn.${ZONE}`)],
  ["the localized form", CARRIED, at(`acme.pstn.tokyo.${ZONE}`)],
  ["the legacy region", CARRIED, at(`acme.pstn.jp1.${ZONE}`)],
  ["an edge that does not exist", "silence", at(`acme.pstn.atlantis.${ZONE}`)],
  ["another trunk's name", "silence", at(`other.pstn.${ZONE}`)],
  ["our bare address", "silence", at("198.51.100.1")],
  ["somebody else's host", "silence", at("example.com")],
]);

table(
  "TERM-2",
  "an address list, a credential list, or both, and then both must pass; a trunk with neither refuses all",
  [
    ["the address is listed", CARRIED],
    ["the address is not listed", "403 Forbidden (32201)", { sourceAddress: "198.51.100.77" }],
    ["an IPv6 block has it", CARRIED, { sourceAddress: "2001:db8::7" }, { acl: ["2001:db8::/32"] }],
    ["credentials, none sent", "407", {}, { users: ["pbx"] }],
    ["credentials, right", CARRIED, DIGEST, { users: ["pbx"] }, digestSays("valid")],
    ["credentials, wrong", "403 Forbidden (32202)", DIGEST, { users: ["pbx"] }, digestSays("wrong")],
    ["both, both pass", CARRIED, DIGEST, { ...LISTED, users: ["pbx"] }, digestSays("valid")],
    ["both, only the address passes", "407", {}, { ...LISTED, users: ["pbx"] }],
    [
      "both, only the credentials pass",
      "403 Forbidden (32201)",
      { ...DIGEST, sourceAddress: "198.51.100.77" },
      { ...LISTED, users: ["pbx"] },
      digestSays("valid"),
    ],
    ["neither is configured", "403 Insufficient permissions (32200)", {}, {}],
  ],
);

table("TERM-3", "an answer to an old nonce is asked again", [
  ["the nonce is stale", "407 stale", DIGEST, { users: ["pbx"] }, digestSays("stale")],
]);

table("TERM-4", "the called number is +E.164 in the Request-URI; emergency numbers are the exception", [
  ["+E.164", CARRIED, calling("+14155550100")],
  ["without the plus", "400 Invalid Phone Number (32101)", calling("14155550100")],
  ["as dialled at home", "400 Invalid Phone Number (32101)", calling("4155550100")],
  ["a name", "400 Invalid Phone Number (32101)", calling("reception")],
  ["nothing", "400 Invalid Phone Number (32101)", calling(null)],
  ["911", "dial sip:911@192.0.2.1:5070", calling("911")],
]);

table(
  "TERM-5",
  "the caller ID is From; without a number there Remote-Party-ID, else P-Asserted-Identity; it is the account's own or verified",
  [
    ["From, owned", CARRIED, { from: party(OWNED) }],
    ["From, verified", CARRIED, { from: party(VERIFIED) }],
    ["From, another account's", "403 Invalid Caller ID (32204)", { from: party(FOREIGN) }],
    ["From has no number, Remote-Party-ID has", CARRIED, { from: party("alice"), remotePartyId: party(OWNED) }],
    ["only P-Asserted-Identity has one", CARRIED, { from: party("alice"), assertedIdentity: party(OWNED) }],
    [
      "Remote-Party-ID goes before P-Asserted-Identity",
      "403 Invalid Caller ID (32204)",
      { from: party("alice"), remotePartyId: party(FOREIGN), assertedIdentity: party(OWNED) },
    ],
    ["no number anywhere", "403 Invalid Caller ID (32204)", { from: party("alice") }],
  ],
);

table("TERM-6", "Max-Forwards ends at 0", [
  ["0", "483 Too Many Hops (32006)", { maxForwards: 0 }],
  ["1", CARRIED, { maxForwards: 1 }],
]);

describe("TERM-10: Diversion goes to the carrier; one that names our domain goes only with a number of the account", () => {
  it.each([
    ["of the customer's own domain", party("+14155559999", "pbx.example.com"), true],
    ["of our domain, owned", party(OWNED, `acme.pstn.${ZONE}`), true],
    ["of our domain, verified", party(VERIFIED, ZONE), true],
    ["of our domain, somebody else's", party(FOREIGN, `acme.pstn.${ZONE}`), false],
  ])("%s", (_says, diversion, goes) => {
    expect(sent("Diversion", decide({ diversions: [diversion] }))).toEqual(goes ? [diversion.raw] : []);
  });
});

describe("TERM-12: the longest prefix, then priority, then cost; inside a carrier priority and weight", () => {
  const one = (index: number, prefix: string, change = {}, costMicros = 0) => ({
    row: carrier(index, change),
    prefixes: [{ prefix, costMicros }],
    targets: [{ sipUrl: `sip:c${index}.example` }],
  });
  const order = (carriers: NonNullable<World["carriers"]>): readonly string[] => {
    const decision = decide({}, { ...LISTED, carriers });
    return decision.kind === "dial" ? decision.attempts.map(({ uri }) => uri.replace(/^.*@(\w+)\..*$/, "$1")) : [];
  };
  it.each<[says: string, carriers: NonNullable<World["carriers"]>, want: readonly string[]]>([
    ["the longest prefix first", [one(1, ""), one(2, "1415"), one(3, "1")], ["c2", "c3", "c1"]],
    ["of one length, the lower priority", [one(1, "1", { priority: 20 }), one(2, "1", { priority: 10 })], ["c2", "c1"]],
    ["of one priority, the cheaper", [one(1, "1", {}, 900), one(2, "1", {}, 300)], ["c2", "c1"]],
    ["without its prefix, not at all", [one(1, "44"), one(2, "1")], ["c2"]],
    ["a carrier that is off, not at all", [one(1, "1", { enabled: false }), one(2, "1")], ["c2"]],
  ])("%s", (_says, carriers, want) => {
    expect(order(carriers)).toEqual(want);
  });
});

table("TERM-13", "an account calls at home and where it has permission", [
  ["home", CARRIED, calling("+14155550100")],
  ["abroad", "403 No International Authorization (32205)", calling("+442079460000")],
  [
    "abroad, with the country's permission",
    "dial sip:+442079460000@192.0.2.1:5070",
    calling("+442079460000"),
    { ...LISTED, permissions: [{ destination: "GB" }] },
  ],
  [
    "abroad, a high-risk number under a low-risk permission",
    "403 No International Authorization (32205)",
    calling("+447012345678"),
    { ...LISTED, permissions: [{ destination: "GB" }] },
  ],
]);

table("ACC-1", "a suspended or closed account, or parent, is declined", [
  ["suspended", "603 Decline (10001)", {}, { ...LISTED, account: { status: "suspended" } }],
  ["closed", "603 Decline (10001)", {}, { ...LISTED, account: { status: "closed" } }],
  [
    "its parent is suspended",
    "603 Decline (10001)",
    {},
    { ...LISTED, account: { parentSid: sid("AC", 9) }, parent: account({ sid: sid("AC", 9), status: "suspended" }) },
  ],
]);

table("ACC-2", "a trial calls verified numbers only", [
  [
    "a number nobody verified",
    "400 The number +14155550100 is unverified (32100)",
    {},
    { ...LISTED, account: { type: "Trial" } },
  ],
  [
    "a verified number",
    `dial sip:${VERIFIED}@192.0.2.1:5070`,
    calling(VERIFIED),
    { ...LISTED, account: { type: "Trial" } },
  ],
]);

table("SEC-2", "a secure trunk asks for TLS and SRTP; another one takes no SRTP", [
  ["UDP", "488 Secure SIP transport required (32209)", {}, { ...LISTED, trunk: { secure: true } }],
  [
    "TLS, plain RTP",
    "488 Secure media required (32208)",
    { transport: "tls", media: { kind: "rtp" } },
    { ...LISTED, trunk: { secure: true } },
  ],
  ["TLS, SRTP", CARRIED, { transport: "tls", media: { kind: "srtp" } }, { ...LISTED, trunk: { secure: true } }],
  ["SRTP on a trunk that is not secure", "488 Secure media not accepted (32207)", { media: { kind: "srtp" } }],
]);

describe("LIM-1: calls per second and at once, of trunk and account; 503 names the limit", () => {
  const none = { maxCps: null, burst: null, maxConcurrentCalls: null };
  it.each([
    ["the trunk's rate", { ...none, ownerSid: TRUNK, maxCps: 2 }, 2, "503 Trunk CPS limit exceeded (32001)"],
    ["the account's rate", { ...none, ownerSid: ACCOUNT, maxCps: 1 }, 1, "503 Account CPS limit exceeded (32012)"],
    [
      "the trunk's calls at once",
      { ...none, ownerSid: TRUNK, maxConcurrentCalls: 3 },
      3,
      "503 Trunk concurrent call limit exceeded (10004)",
    ],
  ])("%s", (_says, limit, fit, want) => {
    const directory = directoryOf({ ...LISTED, limits: [limit] });
    const counters = createLocalCounters(() => 0);
    const answers = Array.from({ length: fit + 1 }, (_, index) => {
      const request = terminationRequest({ sid: sid("CA", index) });
      const decision = route(request, directory, facts({ counters }));
      if (decision.kind === "dial") counters.hold(request.sid, decision.claims);
      return told(decision);
    });
    expect(answers).toEqual([...Array<string>(fit).fill(CARRIED), want]);
  });
});

describe("LIM-4: a call that goes in a circle is ended; only listed headers go from leg to leg", () => {
  it("the third passage of one call is refused", () => {
    let headers: NonNullable<CallRequest["headers"]> = [];
    const passages = Array.from({ length: 3 }, () => {
      const decision = decide({ headers });
      if (decision.kind === "dial") headers = decision.attempts[0]?.headers ?? [];
      return told(decision);
    });
    expect(passages).toEqual([CARRIED, CARRIED, "482 Loop Detected (32006)"]);
  });

  it.each([
    ["X-Acme-Ticket", false],
    ["X-Twilio-AccountSid", false],
    ["Alert-Info", false],
    ["User-to-User", true],
  ])("%s goes on: %s", (name, goes) => {
    expect(sent(name, decide({ headers: [[name, "value"]] }))).toEqual(goes ? ["value"] : []);
  });
});

describe("EVD-1: every decision tells which rule looked at what and said what", () => {
  it.each<[says: string, change: Partial<CallRequest>, last: string]>([
    ["a call that is carried ends with the carriers", {}, "termination.carrier pass"],
    ["a refused one ends with the rule that refused it", calling("911x"), "termination.called-number refuse"],
    ["a stranger's with his address", { sourceAddress: "198.51.100.77" }, "termination.acl refuse"],
  ])("%s", (_says, change, last) => {
    const decision = decide(change, { ...LISTED, carriers: [PSTN] });
    const steps = decision.kind === "drop" ? [] : decision.trace;
    const step = steps.at(-1);
    expect(`${step?.rule} ${step?.verdict}`).toBe(last);
    expect(steps.every(({ rule, detail }) => rule !== "" && detail !== "")).toBe(true);
  });
});
