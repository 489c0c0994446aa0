import { describe, expect, it } from "vitest";
import { createLocalCounters } from "../limits/counters.ts";
import { carrier, originationUrl, sid } from "../rows.fixture.ts";
import { identify } from "./identify.ts";
import { route } from "./route.ts";
import type { CallRequest, Decision, Facts } from "./types.ts";
import {
  CARRIER_ADDRESS,
  directoryOf,
  FOREIGN,
  facts,
  OWNED,
  originationRequest,
  PSTN,
  party,
  terminationRequest,
  told,
  VERIFIED,
  type World,
} from "./world.fixture.ts";

const own = (change: Parameters<typeof carrier>[1] = {}) => ({
  row: carrier(9, { friendlyName: "Inside", ownNumbersOnly: true, priority: 99, retryStatuses: [], ...change }),
  prefixes: [],
  targets: [],
});
const open: World = { acl: ["203.0.113.0/24"], urls: [originationUrl(1)], carriers: [PSTN, own()] };
const SELF = { sourceAddress: "198.51.100.1", sourcePort: 5060, sipCallId: "ours" };
const onNet: NonNullable<Facts["onNet"]> = {
  host: "198.51.100.1",
  port: 5060,
  isOurs: ({ sourceAddress, sourcePort, sipCallId }) =>
    sourceAddress === SELF.sourceAddress && sourcePort === SELF.sourcePort && sipCallId === SELF.sipCallId,
};
const INSIDE = `sip:${OWNED}@198.51.100.1:5060`;
const OUTSIDE = `sip:${OWNED}@192.0.2.1:5070`;

function call(number: string, world: World = open, given: Partial<Facts> = { onNet }): Decision {
  const requestUri = { scheme: "sip", user: number, host: "acme.pstn.trunkline.localhost", port: null } as const;
  return route(terminationRequest({ requestUri, from: party(VERIFIED) }), directoryOf(world), facts(given));
}

const carriersTold = (decision: Decision) =>
  decision.kind === "drop" ? "" : decision.trace.find(({ rule }) => rule === "termination.carrier")?.detail;

describe("TERM-12: a call to a number of this installation stays inside", () => {
  it.each<[title: string, decision: Decision, want: string]>([
    ["first, before carriers of a better priority", call(OWNED), `dial ${INSIDE} ${OUTSIDE}`],
    ["also when no carrier takes the number", call(OWNED, { ...open, carriers: [own()] }), `dial ${INSIDE}`],
    ["not without the carrier for own numbers", call(OWNED, { ...open, carriers: [PSTN] }), `dial ${OUTSIDE}`],
    [
      "not while it is disabled",
      call(OWNED, { ...open, carriers: [PSTN, own({ enabled: false })] }),
      `dial ${OUTSIDE}`,
    ],
    ["not where the edge cannot reach itself", call(OWNED, open, {}), `dial ${OUTSIDE}`],
    ["not for a number of ours that is on no trunk", call(FOREIGN), `dial sip:${FOREIGN}@192.0.2.1:5070`],
    ["not for others", call("+14155550100"), "dial sip:+14155550100@192.0.2.1:5070"],
    ["never for an emergency number", call("911"), "dial sip:911@192.0.2.1:5070"],
    [
      "not for an emergency number when there is no other carrier",
      call("911", { ...open, carriers: [own()] }),
      "404 Not Found (13224)",
    ],
  ])("%s", (_title, decision, want) => {
    expect(told(decision)).toBe(want);
  });

  it("EVD-1: the trace says so", () => {
    expect(carriersTold(call(OWNED))).toBe(
      `Inside (own numbers): the call stays inside; PSTN (all numbers): ${OUTSIDE}`,
    );
  });

  it("it is dressed plainly, whatever is said of that carrier, and its answers are definite", () => {
    const dress = {
      carrierSid: sid("CX", 9),
      calledNumberForm: "north-american",
      callerNumberForm: "digits",
      calledPrefix: "77",
      callerIdHeaders: [],
      addedHeaders: ["X-A: 1"],
      removedHeaders: ["x-trunkline-hops"],
      codecs: ["pcma"],
      srtp: true,
    } as const;
    const decision = call(OWNED, { ...open, dresses: [dress] });
    const attempt = decision.kind === "dial" ? decision.attempts[0] : undefined;
    expect(attempt).toMatchObject({
      uri: INSIDE,
      toUri: `sip:${OWNED}@198.51.100.1`,
      carrierSid: sid("CX", 9),
      retry: { kind: "only", statuses: [] },
      address: null,
      srtp: false,
      codecs: null,
      onNet: true,
    });
    expect(attempt?.headers.map(([name]) => name)).toEqual(["P-Asserted-Identity", "X-Trunkline-Hops"]);
  });

  it("LIM-1: its limit counts a call once, and over it the carriers take the call", () => {
    const limits = [{ ownerSid: sid("CX", 9), maxCps: null, burst: null, maxConcurrentCalls: 1 }];
    const directory = directoryOf({ ...open, limits });
    const counters = createLocalCounters(() => 0);
    const decision = call(OWNED, { ...open, limits }, { onNet, counters });
    const claims = decision.kind === "dial" ? (decision.attempts[0]?.claims ?? []) : [];
    expect(claims).toHaveLength(1);
    counters.take(claims);
    counters.hold("CA1", claims);
    expect(told(route(originationRequest(SELF), directory, facts({ onNet, counters })))).toMatch(/^dial sip:/);
    expect(told(call(OWNED, { ...open, limits }, { onNet, counters }))).toBe(`dial ${OUTSIDE}`);
    expect(told(call(OWNED, { ...open, limits, carriers: [own()] }, { onNet, counters }))).toBe(
      "503 Service Unavailable (13224)",
    );
  });
});

describe("CAR-2, TERM-12: the call comes back in", () => {
  const directory = directoryOf(open);
  it.each<[title: string, change: Partial<CallRequest>, want: string]>([
    ["ours", SELF, `origination ${sid("CX", 9)}`],
    ["from our own socket, but not made as a call that stays inside", { ...SELF, sipCallId: "other" }, "unknown"],
    ["from another port", { ...SELF, sourcePort: 5061 }, "unknown"],
    ["from elsewhere with its Call-ID", { ...SELF, sourceAddress: "203.0.113.7" }, "unknown"],
    ["a carrier's", { sourceAddress: CARRIER_ADDRESS, sipCallId: "ours" }, `origination ${sid("CX", 1)}`],
  ])("%s", (_title, change, want) => {
    const identity = identify(originationRequest(change), directory, facts({ onNet }));
    expect(identity.kind === "origination" ? `origination ${identity.carrier.sid}` : identity.kind).toBe(want);
  });

  it.each<[title: string, world: World]>([
    ["disabled meanwhile", { ...open, carriers: [PSTN, own({ enabled: false })] }],
    ["deleted meanwhile", { ...open, carriers: [PSTN] }],
  ])("silence when the carrier was %s", (_title, world) => {
    expect(told(route(originationRequest(SELF), directoryOf(world), facts({ onNet })))).toBe("silence");
  });

  it("LIM-4: a call that goes in a circle inside is stopped like any other", () => {
    let headers: CallRequest["headers"] = [];
    const rounds: string[] = [];
    for (let round = 0; round < 5; round++) {
      const requestUri = { scheme: "sip", user: OWNED, host: "acme.pstn.trunkline.localhost", port: null } as const;
      const out = route(
        terminationRequest({ requestUri, from: party(VERIFIED), headers }),
        directory,
        facts({ onNet }),
      );
      const into = out.kind === "dial" ? out.attempts[0]?.headers : [];
      const back = route(originationRequest({ ...SELF, headers: into ?? [] }), directory, facts({ onNet }));
      headers = back.kind === "dial" ? (back.attempts[0]?.headers ?? []) : [];
      rounds.push(`${told(out).slice(0, 4)} ${told(back).slice(0, 4)}`);
      if (out.kind !== "dial") break;
    }
    expect(rounds).toEqual(["dial dial", "dial dial", expect.stringMatching(/^482 /)]);
  });
});
