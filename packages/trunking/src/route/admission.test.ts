import { describe, expect, it } from "vitest";
import { createLocalCounters } from "../limits/counters.ts";
import type { CallLimit, DialingPermission } from "../model.ts";
import { ACCOUNT, account, originationUrl, sid, TRUNK, ZONE } from "../rows.fixture.ts";
import { DEFAULT_ACCOUNT_SETTINGS } from "./account-settings.ts";
import { route } from "./route.ts";
import type { CallRequest, Decision, Facts } from "./types.ts";
import {
  directoryOf,
  FOREIGN,
  facts,
  OWNED,
  originationRequest,
  party,
  terminationRequest,
  told,
  traceOf,
  VERIFIED,
  type World,
} from "./world.fixture.ts";

const open: World = { acl: ["203.0.113.0/24"] };
const CARRIED = "dial sip:+14155550100@192.0.2.1:5070";

const to = (user: string): Partial<CallRequest> => ({
  requestUri: { scheme: "sip", user, host: `acme.pstn.${ZONE}`, port: null },
});
const withHeader = (name: string, value: string): Partial<CallRequest> => ({ headers: [[name, value]] });

function decide(world: World, change: Partial<CallRequest> = {}, given: Partial<Facts> = {}): Decision {
  return route(terminationRequest(change), directoryOf(world), facts(given));
}

function sentHeaders(decision: Decision): ReadonlyMap<string, string> {
  if (decision.kind !== "dial") throw new Error(told(decision));
  return new Map(decision.attempts[0]?.headers);
}

describe("LIM-1, contract §8.11: limits", () => {
  const limit = (ownerSid: string, change: Partial<CallLimit>): CallLimit => ({
    ownerSid,
    maxCps: null,
    burst: null,
    maxConcurrentCalls: null,
    ...change,
  });
  const parentSid = sid("AC", 9);
  const child: World = { ...open, account: { parentSid }, parent: account({ sid: parentSid }) };
  const one = { maxCps: 1 };
  const user = { credentials: { username: "pbx", algorithm: "MD5" } } as const;
  const digest = { verifyDigest: () => ({ kind: "valid" }) as const };

  it.each<
    [title: string, world: World, change: Partial<CallRequest>, want: string, retryAfterSec: number, named: string]
  >([
    ["trunk, CPS", { ...open, limits: [limit(TRUNK, one)] }, {}, "503 Trunk CPS limit exceeded (32001)", 1, TRUNK],
    [
      "account, CPS",
      { ...open, limits: [limit(ACCOUNT, { maxCps: 0.25 })] },
      {},
      "503 Account CPS limit exceeded (32012)",
      4,
      ACCOUNT,
    ],
    [
      "parent, CPS, pooled",
      { ...child, limits: [limit(parentSid, one)] },
      {},
      "503 Account CPS limit exceeded (32012)",
      1,
      parentSid,
    ],
    [
      "source, CPS",
      { ...open, limits: [limit(sid("IP", 0), one)] },
      {},
      "503 Source CPS limit exceeded (32001)",
      1,
      sid("IP", 0),
    ],
    [
      "credential, CPS",
      { users: ["pbx"], limits: [limit(sid("CR", 0), one)] },
      user,
      "503 Credential CPS limit exceeded (32001)",
      1,
      sid("CR", 0),
    ],
    [
      "trunk, concurrency",
      { ...open, limits: [limit(TRUNK, { maxConcurrentCalls: 1 })] },
      {},
      "503 Trunk concurrent call limit exceeded (10004)",
      5,
      TRUNK,
    ],
    [
      "the narrowest is named",
      { ...open, limits: [limit(TRUNK, one), limit(ACCOUNT, one), limit(sid("IP", 0), one)] },
      {},
      "503 Source CPS limit exceeded (32001)",
      1,
      sid("IP", 0),
    ],
  ])("%s", (_title, world, change, want, retryAfterSec, named) => {
    const counters = createLocalCounters(() => 0);
    const directory = directoryOf(world);
    const call = () => route(terminationRequest(change), directory, facts({ ...digest, counters }));
    const first = call();
    if (first.kind !== "dial") throw new Error(told(first));
    counters.hold(sid("CA", 1), first.claims);
    const second = call();
    expect(told(second)).toBe(want);
    expect(second).toMatchObject({ rejection: { retryAfterSec, detail: expect.stringContaining(named) } });
    expect(traceOf(second)).toMatch(/limits-$/);
  });

  it("each address of an entry has the entry's limit to itself", () => {
    const counters = createLocalCounters(() => 0);
    const directory = directoryOf({ ...open, limits: [limit(sid("IP", 0), one)] });
    const from = (sourceAddress: string) =>
      route(terminationRequest({ sourceAddress }), directory, facts({ counters })).kind;
    expect(["203.0.113.7", "203.0.113.8", "203.0.113.7"].map(from)).toEqual(["dial", "dial", "refuse"]);
  });

  it("a burst may start at once; unlimited leaves no step", () => {
    const counters = createLocalCounters(() => 0);
    const directory = directoryOf({ ...open, limits: [limit(TRUNK, { maxCps: 1, burst: 3 })] });
    const call = () => route(terminationRequest(), directory, facts({ counters })).kind;
    expect([call(), call(), call(), call()]).toEqual(["dial", "dial", "dial", "refuse"]);
    expect(traceOf(decide(open, {}, { counters }))).not.toContain("limits");
  });

  it("a stranger takes nothing from anybody's limit", () => {
    const counters = createLocalCounters(() => 0);
    const directory = directoryOf({ ...open, limits: [limit(TRUNK, one)] });
    const call = (sourceAddress: string) =>
      told(route(terminationRequest({ sourceAddress }), directory, facts({ counters })));
    expect(call("10.0.0.1")).toBe("403 Forbidden (32201)");
    expect(call("203.0.113.7")).toBe(CARRIED);
  });

  it("ACC-2: a trial has 1 CPS and 4 calls at once, whatever was set", () => {
    const trial: World = {
      ...open,
      account: { type: "Trial" },
      limits: [limit(ACCOUNT, { maxCps: 50, maxConcurrentCalls: 2 })],
    };
    const decision = decide(trial, to(VERIFIED), { counters: createLocalCounters(() => 0) });
    expect(decision).toMatchObject({ claims: [{ scope: "account", maxCps: 1, burst: 1, maxConcurrentCalls: 2 }] });
    expect(decide({ ...open, account: { type: "Trial" } }, to(VERIFIED))).toMatchObject({
      claims: [{ maxCps: 1, maxConcurrentCalls: 4 }],
    });
  });

  it("an origination call is under concurrency limits, and under the carrier's, which has no customer's code", () => {
    const world: World = {
      urls: [originationUrl(1)],
      limits: [limit(TRUNK, { maxCps: 1, maxConcurrentCalls: 1 }), limit(sid("CX", 1), { maxCps: 3 })],
    };
    const counters = createLocalCounters(() => 0);
    const directory = directoryOf(world);
    const call = () => route(originationRequest(), directory, facts({ counters }));
    const first = call();
    expect(first).toMatchObject({ kind: "dial", claims: [{ scope: "carrier" }, { scope: "trunk", maxCps: null }] });
    expect(told(call())).toBe(`dial sip:${OWNED}@pbx1.example.com`);
    if (first.kind === "dial") counters.hold(sid("CA", 1), first.claims);
    expect(told(call())).toBe("503 Trunk concurrent call limit exceeded (10004)");
    counters.release(sid("CA", 1));
    expect(told(call())).toBe(`dial sip:${OWNED}@pbx1.example.com`);
    expect(told(call())).toBe("503 Carrier CPS limit exceeded (no code)");
  });
});

describe("ACC-2: a trial", () => {
  const trial: World = { ...open, account: { type: "Trial" } };
  it.each<[title: string, called: string, want: string]>([
    ["calls a verified number", VERIFIED, `dial sip:${VERIFIED}@192.0.2.1:5070`],
    ["calls its own number", OWNED, `dial sip:${OWNED}@192.0.2.1:5070`],
    ["calls no other", "+14155550100", "400 The number +14155550100 is unverified (32100)"],
    ["calls nobody else's", FOREIGN, `400 The number ${FOREIGN} is unverified (32100)`],
    ["calls for help", "911", "dial sip:911@192.0.2.1:5070"],
  ])("%s", (_title, called, want) => {
    expect(told(decide(trial, to(called)))).toBe(want);
  });

  it("is freed the moment it is upgraded", () => {
    const directory = directoryOf(trial);
    directory.apply([{ seq: 1_000, entity: "account", key: ACCOUNT, row: account({ type: "Full" }) }]);
    expect(told(route(terminationRequest(), directory, facts()))).toBe(CARRIED);
  });
});

describe("TERM-13: dialing permissions", () => {
  const denied = "403 No International Authorization (32205)";
  const GB = "+442079460000";
  const premium = "+449012345678";
  const fraud = "+25261234567";
  const parentSid = sid("AC", 9);
  const child: World = { ...open, account: { parentSid }, parent: account({ sid: parentSid }) };
  const settings = (change: object) => [{ ...DEFAULT_ACCOUNT_SETTINGS, accountSid: ACCOUNT, ...change }];
  it.each<[title: string, world: World, called: string, passes: boolean]>([
    ["home by default", open, "+14155550100", true],
    ["nothing else by default", open, GB, false],
    ["not even the neighbour", open, "+14165550100", false],
    ["no premium number at home", open, "+19005550100", false],
    ["the home country is the account's", { ...open, settings: settings({ homeCountry: "GB" }) }, GB, true],
    ["a country", { ...open, permissions: [{ destination: "GB" }] }, GB, true],
    ["a country, low risk only", { ...open, permissions: [{ destination: "GB" }] }, premium, false],
    [
      "its special numbers too",
      { ...open, permissions: [{ destination: "GB", highRiskSpecial: true }] },
      premium,
      true,
    ],
    [
      "toll fraud needs its own switch",
      { ...open, permissions: [{ destination: "SO", highRiskSpecial: true }] },
      fraud,
      false,
    ],
    ["which there is", { ...open, permissions: [{ destination: "SO", highRiskTollFraud: true }] }, fraud, true],
    ["everywhere", { ...open, permissions: [{ destination: "*" }] }, GB, true],
    [
      "a country goes before everywhere",
      { ...open, permissions: [{ destination: "*" }, { destination: "GB", lowRisk: false }] },
      GB,
      false,
    ],
    [
      "a prefix goes before its country",
      { ...open, permissions: [{ destination: "GB" }, { destination: "+4420", lowRisk: false }] },
      GB,
      false,
    ],
    [
      "the longer prefix goes first",
      { ...open, permissions: [{ destination: "+44", lowRisk: false }, { destination: "+442079" }] },
      GB,
      true,
    ],
    ["home can be closed", { ...open, permissions: [{ destination: "US", lowRisk: false }] }, "+14155550100", false],
    [
      "a subaccount has its parent's",
      { ...child, permissions: [{ accountSid: parentSid, destination: "GB" }] },
      GB,
      true,
    ],
    ["and not its own", { ...child, permissions: [{ destination: "GB" }] }, GB, false],
    [
      "unless it does not inherit",
      { ...child, permissions: [{ destination: "GB" }], settings: settings({ dialingPermissionsInherited: false }) },
      GB,
      true,
    ],
    ["a number of no country", { ...open, permissions: [{ destination: "GB" }] }, "+21012345678", false],
  ])("%s", (_title, world, called, passes) => {
    expect(told(decide(world, to(called)))).toBe(passes ? `dial sip:${called}@192.0.2.1:5070` : denied);
  });

  it("the trace names country, risk and the row that decides", () => {
    const decision = decide(
      { ...open, permissions: [{ destination: "GB" } satisfies Partial<DialingPermission>] },
      to(premium),
    );
    if (decision.kind !== "refuse") throw new Error(told(decision));
    expect(decision.trace.at(-1)).toMatchObject({
      rule: "termination.geo-permission",
      input: `${premium} in GB, high-risk special`,
      detail: `The permission for GB does not include high-risk special numbers in GB for account ${ACCOUNT}.`,
    });
  });

  it("ACC-5: the longest a call may last comes along", () => {
    expect(decide(open)).toMatchObject({ maxCallDurationSec: 14_400 });
    expect(decide({ ...open, settings: settings({ maxCallDurationSec: 86_400 }) })).toMatchObject({
      maxCallDurationSec: 86_400,
    });
  });
});

describe("contract §8.8: emergency calls", () => {
  it.each(["911", "933", "112", "999"])("%s passes limits, trial rules and permissions", (number) => {
    const world: World = {
      ...open,
      account: { type: "Trial" },
      limits: [{ ownerSid: TRUNK, maxCps: null, burst: null, maxConcurrentCalls: 0 }],
      permissions: [{ destination: "*", lowRisk: false }],
    };
    const decision = decide(world, to(number), { counters: createLocalCounters(() => 0) });
    expect(told(decision)).toBe(`dial sip:${number}@192.0.2.1:5070`);
    expect(traceOf(decision)).toContain("emergencyi");
  });

  it.each([
    [OWNED, "a number of this trunk"],
    [VERIFIED, "no address is known"],
  ])("from %s: %s", (number, want) => {
    const decision = decide(open, { ...to("911"), from: party(number) });
    expect(JSON.stringify(decision)).toContain(want);
  });
});

describe("SEC-2: media security", () => {
  it.each<[title: string, secure: boolean, media: CallRequest["media"], want: string]>([
    ["SRTP on a trunk that is not secure", false, { kind: "srtp" }, "488 Secure media not accepted (32207)"],
    ["RTP on a secure trunk", true, { kind: "rtp" }, "488 Secure media required (32208)"],
    ["RTP on a trunk that is not secure", false, { kind: "rtp" }, CARRIED],
    ["SRTP on a secure trunk", true, { kind: "srtp" }, CARRIED],
    ["no offer yet", true, null, CARRIED],
    ["no audio", true, { kind: "none" }, CARRIED],
  ])("%s", (_title, secure, media, want) => {
    expect(
      told(decide({ ...open, trunk: { secure } }, { transport: "tls", ...(media === undefined ? {} : { media }) })),
    ).toBe(want);
  });

  it.each<[title: string, decision: Decision, want: boolean]>([
    ["a secure trunk's caller", decide({ ...open, trunk: { secure: true } }, { transport: "tls" }), true],
    ["another trunk's caller", decide(open), false],
    ["a carrier that offered RTP", inbound({ kind: "rtp" }), false],
    ["a carrier that offered SRTP", inbound({ kind: "srtp" }), true],
    ["a carrier that made no offer, on a secure trunk", inbound(null), false],
  ])("leg A of %s", (_title, decision, want) => {
    expect(decision).toMatchObject({ kind: "dial", callerSrtp: want });
  });

  function inbound(media: CallRequest["media"]): Decision {
    const world: World = { trunk: { secure: true }, urls: [originationUrl(1)] };
    return route(originationRequest(media === undefined ? {} : { media }), directoryOf(world), facts());
  }
});

describe("contract §8.4: X-Branded-CallReason", () => {
  it("goes to the carrier up to 50 characters, and refuses the call beyond (32115)", () => {
    const reason = "x".repeat(50);
    expect(sentHeaders(decide(open, withHeader("x-branded-callreason", reason))).get("X-Branded-CallReason")).toBe(
      reason,
    );
    expect(told(decide(open, withHeader("X-Branded-CallReason", `${reason}x`)))).toBe(
      "400 Invalid X-Branded-CallReason (32115)",
    );
  });
});
