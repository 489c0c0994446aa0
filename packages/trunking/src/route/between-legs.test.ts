import { describe, expect, it } from "vitest";
import { originationUrl, ZONE } from "../rows.fixture.ts";
import { route } from "./route.ts";
import type { CallRequest, Decision, Facts } from "./types.ts";
import {
  directoryOf,
  facts,
  OWNED,
  originationRequest,
  terminationRequest,
  told,
  type World,
} from "./world.fixture.ts";

const open: World = { acl: ["203.0.113.0/24"] };
const CARRIED = "dial sip:+14155550100@192.0.2.1:5070";
const MARK = "66b3afad";

const to = (user: string): Partial<CallRequest> => ({
  requestUri: { scheme: "sip", user, host: `acme.pstn.${ZONE}`, port: null },
});
const withHeader = (name: string, value: string): Partial<CallRequest> => ({ headers: [[name, value]] });

function decide(change: Partial<CallRequest> = {}, given: Partial<Facts> = {}): Decision {
  return route(terminationRequest(change), directoryOf(open), facts(given));
}

function sentHeaders(decision: Decision): ReadonlyMap<string, string> {
  if (decision.kind !== "dial") throw new Error(told(decision));
  return new Map(decision.attempts[0]?.headers);
}

describe("LIM-4: loops", () => {
  const loop = "482 Loop Detected (32006)";
  it.each<[title: string, marks: string, want: string]>([
    ["never here before", "", CARRIED],
    ["elsewhere before", "00000001, 00000002", CARRIED],
    ["here once before", `00000001,${MARK}`, CARRIED],
    ["here twice before", `${MARK}, 00000001, ${MARK}`, loop],
    ["through too many hands", Array.from({ length: 20 }, (_, i) => String(i).padStart(8, "0")).join(), loop],
    ["marks of somebody's invention", `x, ${"y".repeat(9_000)}, ,,, DEADBEEF`, CARRIED],
  ])("%s", (_title, marks, want) => {
    expect(told(decide(withHeader("X-Trunkline-Hops", marks)))).toBe(want);
  });

  it("each passage adds its mark, the same for the same number and direction only", () => {
    expect(sentHeaders(decide()).get("X-Trunkline-Hops")).toBe(MARK);
    expect(sentHeaders(decide(withHeader("x-trunkline-hops", "00000001"))).get("X-Trunkline-Hops")).toBe(
      `00000001, ${MARK}`,
    );
    expect(sentHeaders(decide(to("+14155550101"))).get("X-Trunkline-Hops")).not.toBe(MARK);
    const directory = directoryOf({ urls: [originationUrl(1)] });
    const back = route(originationRequest(), directory, facts());
    expect(sentHeaders(back).get("X-Trunkline-Hops")).not.toBe(sentHeaders(decide(to(OWNED))).get("X-Trunkline-Hops"));
  });

  it("a call that goes round between two platforms ends after its second turn", () => {
    let marks = "";
    const turns: string[] = [];
    for (let turn = 0; turn < 4; turn++) {
      const decision = decide(withHeader("X-Trunkline-Hops", marks));
      turns.push(decision.kind);
      if (decision.kind === "dial") marks = sentHeaders(decision).get("X-Trunkline-Hops") ?? "";
    }
    expect(turns).toEqual(["dial", "dial", "refuse", "refuse"]);
  });
});

describe("LIM-4: headers copied between the legs", () => {
  const sent = (headers: CallRequest["headers"], given: Partial<Facts> = {}) =>
    [...sentHeaders(decide({ headers: headers ?? [] }, given))].filter(
      ([name]) => !["P-Asserted-Identity", "X-Trunkline-Hops"].includes(name),
    );
  it("only those on the list, as written", () => {
    expect(
      sent([
        ["User-to-User", "56a390f3d2b7310023a2;encoding=hex"],
        ["X-Secret", "1"],
        ["SUBJECT", "Hello"],
        ["Alert-Info", "<http://example.com/x.wav>"],
      ]),
    ).toEqual([
      ["User-to-User", "56a390f3d2b7310023a2;encoding=hex"],
      ["SUBJECT", "Hello"],
    ]);
  });

  it("an operator's list replaces it, but never lets a leg's own or the platform's headers through", () => {
    const copiedHeaders = new Set(["x-tenant", "p-asserted-identity", "route", "x-twilio-callsid", "diversion"]);
    expect(
      sent(
        [
          ["X-Tenant", "acme"],
          ["Subject", "Hello"],
          ["Route", "<sip:evil.example;lr>"],
          ["X-Twilio-CallSid", "CA1"],
          ["Diversion", "<sip:+1@evil.example>"],
        ],
        { copiedHeaders },
      ),
    ).toEqual([["X-Tenant", "acme"]]);
  });

  it("no line break, no more than a datagram bears", () => {
    expect(sent([["Subject", "a\r\nRoute: <sip:evil>"]])).toEqual([]);
    expect(
      sent([
        ["Subject", "x".repeat(1_100)],
        ["Priority", "urgent"],
      ]),
    ).toEqual([["Priority", "urgent"]]);
  });

  it("also from a carrier to the customer", () => {
    const directory = directoryOf({ urls: [originationUrl(1)] });
    const decision = route(
      originationRequest({
        headers: [
          ["User-to-User", "00"],
          ["X-Evil", "1"],
        ],
      }),
      directory,
      facts(),
    );
    expect([...sentHeaders(decision).keys()]).toEqual([
      "Diversion",
      "X-Twilio-AccountSid",
      "X-Twilio-CallSid",
      "User-to-User",
      "X-Trunkline-Hops",
    ]);
  });
});
