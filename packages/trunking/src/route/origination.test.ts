import { describe, expect, it } from "vitest";
import { account, originationUrl, sid, TRUNK, ZONE } from "../rows.fixture.ts";
import { DEFAULT_FINAL_STATUSES } from "./failover.ts";
import { route } from "./route.ts";
import type { Attempt, CallRequest, Decision, Facts } from "./types.ts";
import {
  directoryOf,
  FOREIGN,
  facts,
  OWNED,
  originationRequest,
  party,
  told,
  traceOf,
  type World,
} from "./world.fixture.ts";

const one: World = { urls: [originationUrl(1)] };

function decide(world: World, change: Partial<CallRequest> = {}, given: Partial<Facts> = {}): Decision {
  return route(originationRequest(change), directoryOf(world), facts(given));
}

function attempts(decision: Decision): readonly Attempt[] {
  if (decision.kind !== "dial") throw new Error(told(decision));
  return decision.attempts;
}

function onlyAttempt(sipUrl: string, world: World = {}, change: Partial<CallRequest> = {}): Attempt {
  const [attempt] = attempts(decide({ ...world, urls: [originationUrl(1, { sipUrl })] }, change));
  if (!attempt) throw new Error("no attempt");
  return attempt;
}

describe("what a carrier gets to see", () => {
  const dialled = (user: string | null): Partial<CallRequest> => ({
    requestUri: { scheme: "sip", user, host: "198.51.100.1", port: null },
  });
  it.each<[title: string, world: World, change: Partial<CallRequest>, want: string]>([
    ["a call to a number on a trunk", one, {}, `dial sip:${OWNED}@pbx1.example.com`],
    ["CAR-2 the number without +", one, dialled("12025550100"), `dial sip:${OWNED}@pbx1.example.com`],
    ["CAR-2 the number with 00", one, dialled("0012025550100"), `dial sip:${OWNED}@pbx1.example.com`],
    ["CAR-2 the number with parameters", one, dialled("+12025550100;npdi"), `dial sip:${OWNED}@pbx1.example.com`],
    ["a number nobody has", one, dialled("+19995550100"), "404 Not Found (no code)"],
    ["no number at all", one, dialled("alice"), "404 Not Found (no code)"],
    ["no user part", one, dialled(null), "404 Not Found (no code)"],
    ["a number on no trunk", { ...one, numberOnTrunk: null }, {}, "404 Not Found (no code)"],
    ["a number on a trunk that is gone", { ...one, numberOnTrunk: sid("TK", 9) }, {}, "404 Not Found (no code)"],
    ["ACC-1 account suspended", { ...one, account: { status: "suspended" } }, {}, "603 Decline (10001)"],
    [
      "ACC-1 parent closed",
      { ...one, account: { parentSid: sid("AC", 9) }, parent: account({ sid: sid("AC", 9), status: "closed" }) },
      {},
      "603 Decline (10001)",
    ],
    ["Max-Forwards 0", one, { maxForwards: 0 }, "483 Too Many Hops (32006)"],
    ["ORIG-4 no URL", {}, {}, "480 Temporarily Unavailable (32010)"],
    [
      "ORIG-4 none enabled",
      { urls: [originationUrl(1, { enabled: false })] },
      {},
      "480 Temporarily Unavailable (32010)",
    ],
    [
      "ORIG-4 none usable",
      { urls: [originationUrl(1, { sipUrl: "sip:" })] },
      {},
      "480 Temporarily Unavailable (32010)",
    ],
    ["CAR-2 unknown source", one, { sourceAddress: "203.0.113.7" }, "silence"],
  ])("%s", (_title, world, change, want) => {
    expect(told(decide(world, change))).toBe(want);
  });

  it("a call to a number that is nobody's, or on no trunk, belongs to nobody", () => {
    expect(decide(one, dialled("+19995550100"))).toMatchObject({ kind: "refuse", call: null });
    expect(decide({ numberOnTrunk: null })).toMatchObject({ kind: "refuse", call: null });
    expect(decide({})).toMatchObject({
      kind: "refuse",
      call: { trunkSid: TRUNK, to: OWNED, phoneNumberSid: sid("PN", 1) },
    });
  });
});

describe("ORIG-2, ORIG-5, contract §8.5: Request-URI and To", () => {
  it.each([
    ["sip:pbx.example.com", `sip:${OWNED}@pbx.example.com`, `sip:${OWNED}@pbx.example.com`],
    ["sip:pbx.example.com:5080", `sip:${OWNED}@pbx.example.com:5080`, `sip:${OWNED}@pbx.example.com`],
    ["sip:sales@pbx.example.com", "sip:sales@pbx.example.com", `sip:${OWNED}@pbx.example.com`],
    [
      "sip:pbx.example.com;transport=tcp;region=us1;lr",
      `sip:${OWNED}@pbx.example.com;transport=tcp;region=us1;lr`,
      `sip:${OWNED}@pbx.example.com;transport=tcp;region=us1;lr`,
    ],
    ["sip:[2001:db8::1]:5062", `sip:${OWNED}@[2001:db8::1]:5062`, `sip:${OWNED}@[2001:db8::1]`],
    ["sip:pbx.example.com?X-Tenant=acme", `sip:${OWNED}@pbx.example.com`, `sip:${OWNED}@pbx.example.com`],
  ])("%s", (sipUrl, uri, toUri) => {
    expect(onlyAttempt(sipUrl)).toMatchObject({ uri, toUri, originationUrlSid: sid("OU", 1), carrierSid: null });
  });

  it("SEC-2: a secure trunk calls over TLS whatever the URL says", () => {
    const secure: World = { trunk: { secure: true } };
    expect(onlyAttempt("sip:pbx.example.com;transport=udp;lr", secure).uri).toBe(
      `sip:${OWNED}@pbx.example.com;lr;transport=tls`,
    );
    expect(onlyAttempt("sip:pbx.example.com", secure).uri).toBe(`sip:${OWNED}@pbx.example.com;transport=tls`);
    expect(onlyAttempt("sip:pbx.example.com:5999;transport=tcp", secure).uri).toBe(
      `sip:${OWNED}@pbx.example.com:5999;transport=tls`,
    );
  });

  it.each(["sips:pbx.example.com", "SIPS:pbx.example.com;transport=udp", " sips:pbx.example.com;transport=tls"])(
    "SEC-4: a stored %j is called as sip over TLS",
    (sipUrl) => {
      expect(onlyAttempt(sipUrl)).toMatchObject({ uri: `sip:${OWNED}@pbx.example.com;transport=tls`, srtp: false });
    },
  );
});

describe("ORIG-3: order", () => {
  it("priority first, weight by draw, disabled ones left out", () => {
    const urls = [
      originationUrl(1, { priority: 20 }),
      originationUrl(2, { priority: 10, weight: 60 }),
      originationUrl(3, { priority: 10, weight: 20 }),
      originationUrl(4, { priority: 10, weight: 20 }),
      originationUrl(5, { priority: 1, enabled: false }),
    ];
    const draws = [0.7, 0.1];
    const decision = route(originationRequest(), directoryOf({ urls }), facts({ random: () => draws.shift() ?? 0 }));
    expect(attempts(decision).map((attempt) => attempt.originationUrlSid)).toEqual(
      [3, 2, 4, 1].map((n) => sid("OU", n)),
    );
  });
});

describe("ORIG-4: failover", () => {
  it("4 s of silence; any final answer but the listed ones and 6xx", () => {
    expect(onlyAttempt("sip:pbx.example.com")).toMatchObject({
      noResponseMs: 4_000,
      retry: { kind: "unless", statuses: DEFAULT_FINAL_STATUSES },
    });
    const definite = [400, 404, 405, 410, 416, 482, 484, 486, 600, 603, 604, 606, 699];
    const retried = [401, 403, 407, 408, 480, 487, 488, 500, 503, 504, 302, 700];
    expect(definite.filter((status) => !DEFAULT_FINAL_STATUSES.includes(status))).toEqual([]);
    expect(retried.filter((status) => DEFAULT_FINAL_STATUSES.includes(status))).toEqual([]);
  });

  it("list and time are the trunk's when it has its own", () => {
    const own: World = { trunk: { failoverFinalStatuses: [404], failoverTimeoutMs: 1_500 } };
    expect(onlyAttempt("sip:pbx.example.com", own)).toMatchObject({
      noResponseMs: 1_500,
      retry: { kind: "unless", statuses: [404] },
    });
  });
});

describe("ORIG-6, ORIG-7, ORIG-11: From and headers on the wire", () => {
  const always = [
    ["Diversion", `<sip:${OWNED}@${ZONE}>;reason=unconditional`],
    ["X-Twilio-AccountSid", sid("AC", 1)],
    ["X-Twilio-CallSid", sid("CA", 1)],
    ["X-Trunkline-Hops", expect.stringMatching(/^[0-9a-f]{8}$/)],
  ];

  it("From is the caller at the trunk's domain", () => {
    expect(onlyAttempt("sip:pbx.example.com")).toMatchObject({
      fromUri: `sip:+14155550100@acme.pstn.${ZONE}`,
      fromDisplayName: null,
      headers: always,
    });
  });

  it("P-Asserted-Identity when the carrier gave one; X- headers of the URL last", () => {
    const assertedIdentity = party("14155550100", "carrier.example");
    expect(onlyAttempt("sip:pbx.example.com?X-Tenant=acme&X-B=2", {}, { assertedIdentity }).headers).toEqual([
      ["P-Asserted-Identity", `<sip:+14155550100@acme.pstn.${ZONE}>`],
      ...always,
      ["X-Tenant", "acme"],
      ["X-B", "2"],
    ]);
  });

  it("Diversion carries the dialled number also when the URL has a user part of its own", () => {
    expect(onlyAttempt("sip:sales@pbx.example.com").headers).toEqual(always);
  });

  it("a display name of the carrier goes along", () => {
    const from = party("+14155550100", "carrier.example", "ACME CORP");
    const decision = decide(one, { from });
    expect(decision).toMatchObject({
      attempts: [{ fromDisplayName: "ACME CORP" }],
      call: { callerName: "ACME CORP", from: "+14155550100" },
    });
  });

  it.each<[title: string, change: Partial<CallRequest>]>([
    ["Privacy: id", { privacy: ["id"] }],
    ["an anonymous From", { from: party("anonymous", "anonymous.invalid") }],
  ])("contract §8.4: %s hides the number everywhere", (_title, change) => {
    const decision = decide(one, { assertedIdentity: party("+14155550100"), ...change });
    expect(decision).toMatchObject({
      attempts: [
        {
          fromUri: "sip:anonymous@anonymous.invalid",
          fromDisplayName: "Anonymous",
          headers: [["Privacy", "id"], ...always],
        },
      ],
      call: { from: "anonymous", callerName: null },
    });
    expect(JSON.stringify(decision)).not.toContain("4155550100");
  });

  it.each([
    ["00442079460000", "+442079460000"],
    ["1001", "1001"],
    ["a b<c>", "a%20b%3Cc%3E"],
  ])("a caller written as %j is %j in From", (user, want) => {
    expect(onlyAttempt("sip:pbx.example.com", {}, { from: party(user, "carrier.example") }).fromUri).toBe(
      `sip:${want}@acme.pstn.${ZONE}`,
    );
  });

  it("a trunk without domain name is named by the zone", () => {
    expect(onlyAttempt("sip:pbx.example.com", { trunk: { domainName: null } }).fromUri).toBe(
      `sip:+14155550100@${ZONE}`,
    );
  });
});

describe("EVD-1: one step per rule, in order", () => {
  it.each<[title: string, world: World, change: Partial<CallRequest>, want: string]>([
    ["a call that is carried", one, {}, "carrier+ number+ trunk+ calleri account+ max-forwards+ targets+"],
    ["no URL", {}, {}, "carrier+ number+ trunk+ calleri account+ max-forwards+ targets-"],
    ["not on a trunk", { numberOnTrunk: null }, {}, "carrier+ number+ trunk-"],
    [
      "somebody else's number without trunk",
      one,
      { requestUri: { scheme: "tel", user: FOREIGN, host: "", port: null } },
      "carrier+ number+ trunk-",
    ],
  ])("%s", (_title, world, change, want) => {
    expect(traceOf(decide(world, change))).toBe(want);
  });

  it("a URL that cannot be used is named with its reason", () => {
    const decision = decide({ urls: [originationUrl(1), originationUrl(2, { sipUrl: "tel:+12025550199" })] });
    if (decision.kind !== "dial") throw new Error(told(decision));
    expect(decision.trace.at(-1)?.detail).toContain(`${sid("OU", 2)} is left out: The SIP URL must begin with "sip:"`);
  });
});

describe("ORIG-12: targets known to be down", () => {
  const urls = [originationUrl(1, { priority: 1 }), originationUrl(2, { priority: 2 })];
  const down = (...addresses: string[]): Pick<Facts, "targetTrouble"> => ({
    targetTrouble: (ownerSid, address) =>
      ownerSid === TRUNK && addresses.includes(address)
        ? { health: "down", sinceMs: Date.UTC(2026, 0, 31, 12, 0, 5), failures: 3 }
        : undefined,
  });
  const [one1, two2] = [`sip:${OWNED}@pbx1.example.com`, `sip:${OWNED}@pbx2.example.com`];

  it.each<[title: string, given: Pick<Facts, "targetTrouble">, want: readonly string[]]>([
    ["none", {}, [one1, two2]],
    ["the first comes behind the second, whatever its priority", down("pbx1.example.com:5060/udp"), [two2, one1]],
    ["another transport of the same host is another target", down("pbx1.example.com:5060/tcp"), [one1, two2]],
    ["all: none is left out", down("pbx1.example.com:5060/udp", "pbx2.example.com:5060/udp"), [one1, two2]],
  ])("%s", (_title, given, want) => {
    expect(attempts(decide({ urls }, {}, given)).map(({ uri }) => uri)).toEqual(want);
  });

  it("EVD-1: the trace says since when, and after how many failures", () => {
    const decision = decide({ urls }, {}, down("pbx1.example.com:5060/udp"));
    expect(decision.kind === "dial" && decision.trace.at(-1)?.detail).toBe(
      "In this order: sip:pbx2.example.com (priority 2, weight 10), sip:pbx1.example.com (priority 1, weight 10) " +
        "(known to be down since 2026-01-31T12:00:05Z, 3 failures).",
    );
  });

  it("a secure trunk's target is known by the address it is called at", () => {
    const secure = { urls: [originationUrl(1)], trunk: { secure: true } };
    expect(attempts(decide(secure))[0]).toMatchObject({ address: "pbx1.example.com:5061/tls", peerSid: TRUNK });
  });
});

describe("ORIG-5, ORIG-13: the way out that a URL asks for", () => {
  const tnx = `TX${"0123456789abcdef".repeat(2)}`;
  const connections = new Set([tnx]);
  const url = (params: string): World => ({
    urls: [originationUrl(1, { sipUrl: `sip:pbx1.example.com${params}` }), originationUrl(2, { priority: 20 })],
  });
  type Told = { readonly dialled: number; readonly codes: readonly number[]; readonly egress: readonly string[] };
  const said = (decision: Decision): Told => {
    if (decision.kind !== "dial" && decision.kind !== "refuse") throw new Error(told(decision));
    return {
      dialled: decision.kind === "dial" ? decision.attempts.length : 0,
      codes: (decision.incidents ?? []).map(({ code }) => code),
      egress: decision.trace.filter(({ rule }) => rule === "origination.egress").map(({ detail }) => detail),
    };
  };

  it.each<[params: string, want: Told]>([
    ["", { dialled: 2, codes: [], egress: [] }],
    [";edge=local", { dialled: 2, codes: [], egress: [] }],
    [";edge=LOCAL", { dialled: 2, codes: [], egress: [] }],
    [
      ";edge=tokyo",
      {
        dialled: 2,
        codes: [],
        egress: ["sip:pbx1.example.com;edge=tokyo: edge tokyo is not on this node; the call leaves from local"],
      },
    ],
    [
      ";region=jp1",
      {
        dialled: 2,
        codes: [],
        egress: ["sip:pbx1.example.com;region=jp1: edge tokyo is not on this node; the call leaves from local"],
      },
    ],
    [
      ";edge=atlantis",
      {
        dialled: 2,
        codes: [32114],
        egress: ["sip:pbx1.example.com;edge=atlantis: there is no edge atlantis; the call leaves from local"],
      },
    ],
    [`;tnx=${tnx}`, { dialled: 2, codes: [], egress: [] }],
    [`;tnx=TX${"1".repeat(32)}`, { dialled: 1, codes: [32302], egress: [] }],
    [";tnx=TX123", { dialled: 1, codes: [32301], egress: [] }],
  ])("%s", (params, want) => {
    expect(said(decide(url(params), {}, { connections }))).toEqual(want);
  });

  it("a trunk all of whose targets are behind connections we do not have: 480, and both codes are told", () => {
    const decision = decide({ urls: [originationUrl(1, { sipUrl: `sip:pbx.example.com;tnx=${tnx}` })] });
    expect(told(decision)).toBe("480 Temporarily Unavailable (32010)");
    expect(decision).toMatchObject({
      incidents: [
        {
          code: 32302,
          text: `sip:pbx.example.com;tnx=${tnx}: edge local has no private connection ${tnx}`,
        },
      ],
    });
  });
});
