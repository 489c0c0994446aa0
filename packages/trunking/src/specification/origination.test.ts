import { describe, expect, it } from "vitest";
import type { OriginationUrl } from "../model.ts";
import { DEFAULT_FINAL_STATUSES, NO_RESPONSE_MS } from "../route/failover.ts";
import { routeRedirect } from "../route/redirect.ts";
import { route } from "../route/route.ts";
import type { Attempt, CallRequest, Decision, Facts } from "../route/types.ts";
import { directoryOf, facts, OWNED, originationRequest, party, told, type World } from "../route/world.fixture.ts";
import { originationUrl, sid, ZONE } from "../rows.fixture.ts";
import { parseOriginationSipUrl } from "../sip-url.ts";

/**
 * The requirements of origination as tables: one for each id, a sentence a row. A carrier at 192.0.2.1 calls the account's +12025550100, which
 * is on a trunk, unless the row says otherwise. Finer cases stand beside each rule, the same on the wire in `test/e2e`.
 */

type Url = string | Partial<OriginationUrl>;

function worldOf(urls: readonly Url[], world: World = {}): World {
  const rows = urls.map((url, index) => originationUrl(index, typeof url === "string" ? { sipUrl: url } : url));
  return { ...world, urls: rows };
}

function decide(
  urls: readonly Url[],
  world: World = {},
  change: Partial<CallRequest> = {},
  given: Partial<Facts> = {},
): Decision {
  return route(originationRequest(change), directoryOf(worldOf(urls, world)), facts(given));
}

function attemptsOf(decision: Decision): readonly Attempt[] {
  if (decision.kind !== "dial") throw new Error(told(decision));
  return decision.attempts;
}

function onlyAttempt(...asked: Parameters<typeof decide>): Attempt {
  const [attempt] = attemptsOf(decide(...asked));
  if (!attempt) throw new Error("no attempt");
  return attempt;
}

function header(attempt: Attempt, name: string): string | undefined {
  return attempt.headers.find(([known]) => known === name)?.[1];
}

describe("CAR-2: a carrier is known by its source, the number is brought to +E.164, looked up, and the trunk called", () => {
  const dialled = (user: string): Partial<CallRequest> => ({
    requestUri: { scheme: "sip", user, host: "198.51.100.1", port: null },
  });
  const served = `dial sip:${OWNED}@pbx.example.com`;
  it.each<[says: string, change: Partial<CallRequest>, want: string]>([
    ["+E.164", dialled("+12025550100"), served],
    ["without the plus", dialled("12025550100"), served],
    ["with 00", dialled("0012025550100"), served],
    ["a number of nobody here", dialled("+19995550100"), "404 Not Found (no code)"],
    ["a source that is no carrier", { sourceAddress: "203.0.113.99" }, "silence"],
  ])("%s", (_says, change, want) => {
    expect(told(decide(["sip:pbx.example.com"], {}, change))).toBe(want);
  });
});

describe("ORIG-1: an origination URI names an IPv4 or IPv6 address or a host, with or without a port", () => {
  it.each([
    ["sip:172.56.42.132", true],
    ["sip:mysbc.com", true],
    ["sip:mysbc.com:5070", true],
    ["sip:[2001:db8::1]:5060", true],
    ["sip:999.1.1.1", false],
    ["sip:mysbc.com:70000", false],
    ["tel:+14155550100", false],
    ["sips:mysbc.com", false],
  ])("%s: %s", (url, good) => {
    expect(parseOriginationSipUrl(url).kind).toBe(good ? "ok" : "invalid");
  });
});

describe("ORIG-2: the user part is the dialled number, or the URI's own", () => {
  it.each([
    ["sip:172.56.42.132", `sip:${OWNED}@172.56.42.132`],
    ["sip:mysbc.com", `sip:${OWNED}@mysbc.com`],
    ["sip:anniebp@172.56.42.132", "sip:anniebp@172.56.42.132"],
    ["sip:anniebp@mysbc.com", "sip:anniebp@mysbc.com"],
  ])("%s is called %s", (url, uri) => {
    expect(onlyAttempt([url]).uri).toBe(uri);
  });
});

describe("ORIG-3: lowest priority first, inside it by weight, without the failed ones; then the next priority", () => {
  /** The founding document's own example. */
  const founding: readonly Url[] = [
    { sipUrl: "sip:mysbc1.com", priority: 10, weight: 60 },
    { sipUrl: "sip:mysbc2.com", priority: 10, weight: 20 },
    { sipUrl: "sip:mysbc3.com", priority: 10, weight: 20 },
    { sipUrl: "sip:mysbc-backup.com", priority: 20, weight: 10 },
  ];
  const hosts = (draws: readonly number[]): readonly string[] => {
    const left = [...draws];
    return attemptsOf(decide(founding, {}, {}, { random: () => left.shift() ?? 0 })).map(({ uri }) =>
      uri.replace(/^.*@|\.com$/g, ""),
    );
  };
  it.each<[says: string, draws: readonly number[], want: readonly string[]]>([
    ["of 100 draws the first 60 choose mysbc1", [0.0, 0.0], ["mysbc1", "mysbc2", "mysbc3", "mysbc-backup"]],
    ["… to the very last of them", [0.599, 0.0], ["mysbc1", "mysbc2", "mysbc3", "mysbc-backup"]],
    ["the next 20 choose mysbc2", [0.601, 0.0], ["mysbc2", "mysbc1", "mysbc3", "mysbc-backup"]],
    ["the last 20 choose mysbc3", [0.801, 0.0], ["mysbc3", "mysbc1", "mysbc2", "mysbc-backup"]],
    [
      "without mysbc1 the other two share 50/50: the first half",
      [0.0, 0.499],
      ["mysbc1", "mysbc2", "mysbc3", "mysbc-backup"],
    ],
    ["… and the second half", [0.0, 0.501], ["mysbc1", "mysbc3", "mysbc2", "mysbc-backup"]],
  ])("%s", (_says, draws, want) => {
    expect(hosts(draws)).toEqual(want);
  });

  it("a URI that is not enabled takes no calls", () => {
    const attempts = attemptsOf(decide([{ sipUrl: "sip:off.com", enabled: false }, "sip:on.com"]));
    expect(attempts.map(({ uri }) => uri)).toEqual([`sip:${OWNED}@on.com`]);
  });
});

describe("ORIG-4: the next URI after 4 s without any response, or any final answer but the definite ones", () => {
  it("4 s, and the list of the contract", () => {
    const attempt = onlyAttempt(["sip:pbx.example.com"]);
    expect(NO_RESPONSE_MS).toBe(4_000);
    expect(attempt).toMatchObject({ noResponseMs: 4_000, retry: { kind: "unless", statuses: DEFAULT_FINAL_STATUSES } });
    expect(DEFAULT_FINAL_STATUSES.filter((status) => status < 600)).toEqual([400, 404, 405, 410, 416, 482, 484, 486]);
    expect(DEFAULT_FINAL_STATUSES.filter((status) => status >= 600)).toHaveLength(100);
  });

  it("both are the trunk's to change", () => {
    const trunk = { failoverTimeoutMs: 1_500, failoverFinalStatuses: [486, 603] };
    expect(onlyAttempt(["sip:pbx.example.com"], { trunk })).toMatchObject({
      noResponseMs: 1_500,
      retry: { kind: "unless", statuses: [486, 603] },
    });
  });

  it.each<[says: string, urls: readonly Url[]]>([
    ["none", []],
    ["none enabled", [{ enabled: false }]],
    ["none that can be read", ["sip:999.1.1.1"]],
  ])("no usable URI is 480 with 32010: %s", (_says, urls) => {
    expect(told(decide(urls))).toBe("480 Temporarily Unavailable (32010)");
  });
});

describe("ORIG-5: transport, edge and region", () => {
  it.each<[url: string, uri: string, edge: string | null]>([
    ["sip:pbx.example.com", `sip:${OWNED}@pbx.example.com`, null],
    ["sip:pbx.example.com;transport=tcp", `sip:${OWNED}@pbx.example.com;transport=tcp`, null],
    ["sip:pbx.example.com:5062;transport=tls", `sip:${OWNED}@pbx.example.com:5062;transport=tls`, null],
    ["sip:pbx.example.com;edge=dublin", `sip:${OWNED}@pbx.example.com;edge=dublin`, "dublin"],
    ["sip:pbx.example.com;region=ie1", `sip:${OWNED}@pbx.example.com;region=ie1`, "ie1"],
  ])("%s", (url, uri, edge) => {
    expect(onlyAttempt([url])).toMatchObject({ uri, egress: { edge } });
  });
});

describe("ORIG-6: ?X-name=value becomes a header; only X-, at most 1,024 characters, no line break", () => {
  it("on every INVITE", () => {
    expect(header(onlyAttempt(["sip:mysbc.com?X-myheader=foo"]), "X-myheader")).toBe("foo");
  });

  it.each([
    ["another name", "sip:mysbc.com?Subject=foo"],
    ["a line break", "sip:mysbc.com?X-a=1%0d%0aVia:%20x"],
    ["too long", `sip:mysbc.com?X-a=${"1".repeat(1_024)}`],
    ["one of ours", "sip:mysbc.com?X-Twilio-CallSid=1"],
  ])("not: %s", (_says, url) => {
    expect(parseOriginationSipUrl(url).kind).toBe("invalid");
  });
});

describe("ORIG-7: Diversion carries the dialled number, always", () => {
  it.each(["sip:mysbc.com", "sip:anniebp@mysbc.com"])("%s", (url) => {
    expect(header(onlyAttempt([url]), "Diversion")).toBe(`<sip:${OWNED}@${ZONE}>;reason=unconditional`);
  });
});

describe("ORIG-9: one 302, the first Contact, not to a host of ours; as secure as the call", () => {
  const redirect = (contacts: readonly string[], more: { secure?: boolean; redirectedBefore?: boolean } = {}) =>
    routeRedirect(
      {
        attempt: onlyAttempt(["sip:pbx.example.com;edge=dublin"]),
        contacts,
        dialled: OWNED,
        secure: more.secure ?? false,
        redirectedBefore: more.redirectedBefore ?? false,
      },
      facts(),
    );
  const toldOf = (...asked: Parameters<typeof redirect>): string => {
    const decision = redirect(...asked);
    return decision.kind === "dial" ? decision.attempt.uri : `${decision.rejection.code}`;
  };
  it.each<[says: string, want: string, asked: Parameters<typeof redirect>]>([
    ["the first Contact", "sip:bob@a.example.com", [["sip:bob@a.example.com", "sip:bob@b.example.com"]]],
    ["no user part: the dialled number", `sip:${OWNED}@a.example.com`, [["sip:a.example.com"]]],
    ["edge and tnx are ignored", "sip:bob@a.example.com", [["sip:bob@a.example.com;edge=tokyo;tnx=TX1"]]],
    [
      "a secure call stays secure",
      "sip:bob@a.example.com;transport=tls",
      [["sip:bob@a.example.com"], { secure: true }],
    ],
    ["a second 302", "32219", [["sip:bob@a.example.com"], { redirectedBefore: true }]],
    ["no Contact", "32219", [[]]],
    ["a trunk domain", "32219", [[`sip:bob@acme.pstn.${ZONE}`]]],
    ["a SIP domain", "32219", [[`sip:bob@acme.sip.${ZONE}`]]],
  ])("%s: %s", (_says, want, asked) => {
    expect(toldOf(...asked)).toBe(want);
  });
});

describe("ORIG-11: what the INVITE says of the caller and the call", () => {
  it("the caller at the trunk's domain, the dialled number in To, whose call it is", () => {
    const attempt = onlyAttempt(
      ["sip:pbx.example.com:5070;transport=tcp"],
      {},
      { from: party("+14155550100", "carrier.example") },
    );
    expect(attempt.fromUri).toBe(`sip:+14155550100@acme.pstn.${ZONE}`);
    expect(attempt.toUri).toBe(`sip:${OWNED}@pbx.example.com;transport=tcp`);
    expect(header(attempt, "X-Twilio-AccountSid")).toBe(sid("AC", 1));
    expect(header(attempt, "X-Twilio-CallSid")).toBe(sid("CA", 1));
  });

  it("TERM-5: a withheld caller is anonymous, and Privacy says so", () => {
    const attempt = onlyAttempt(["sip:pbx.example.com"], {}, { privacy: ["id"] });
    expect(attempt.fromUri).toBe("sip:anonymous@anonymous.invalid");
    expect(header(attempt, "Privacy")).toBe("id");
  });
});

describe("SEC-2: a secure trunk's PBX is called over TLS and with SRTP, whatever its URI says", () => {
  it.each([
    ["sip:pbx.example.com", `sip:${OWNED}@pbx.example.com;transport=tls`],
    ["sip:pbx.example.com;transport=udp", `sip:${OWNED}@pbx.example.com;transport=tls`],
    ["sip:pbx.example.com:5070;transport=tls", `sip:${OWNED}@pbx.example.com:5070;transport=tls`],
  ])("%s", (url, uri) => {
    expect(onlyAttempt([url], { trunk: { secure: true } })).toMatchObject({ uri, srtp: true });
  });
});
