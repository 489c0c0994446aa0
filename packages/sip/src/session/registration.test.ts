import { describe, expect, it } from "vitest";
import type { SipRequest } from "../message/message.ts";
import { createHandPeer, type HandPeer } from "./hand-peer.fixture.ts";
import { createPhone } from "./phone.fixture.ts";
import type { Registration, RegistrationOptions } from "./registration.types.ts";
import { backOffMs, refreshAfterMs } from "./registration-times.ts";
import { flowBetween, VirtualNetwork } from "./virtual-network.fixture.ts";

const NOTHING = { clientTransactions: 0, serverTransactions: 0, sessions: 0 };
const FIRST = "10.0.0.2";
const SECOND = "10.0.0.3";

type Answer = (request: SipRequest, peer: HandPeer, index: number) => void;

/** Grants what is asked for. */
const grant: Answer = (request, peer) =>
  peer.respond(request, 200, { headers: [["Contact", request.header("contact") ?? ""]] });

const CHALLENGE = [["WWW-Authenticate", 'Digest realm="carrier", nonce="n", qop="auth", algorithm=SHA-256']] as const;

function scene(answer: Answer, options: Partial<RegistrationOptions> = {}, transport: "udp" | "tcp" = "udp") {
  const network = new VirtualNetwork(3);
  const phone = createPhone(network, "10.0.0.1");
  let index = 0;
  const registrar = createHandPeer(network, FIRST, (request, peer) => answer(request, peer, index++));
  const unheard: string[] = [];
  const registration: Registration = phone.agent.register({
    registrar: "sip:carrier.test",
    addressOfRecord: "<sip:4930@carrier.test>",
    contactUser: "c0ffee",
    expiresSec: 3_600,
    credentials: { username: "4930", password: "secret" },
    reach: (found) => found(flowBetween(phone, registrar, transport), ""),
    onHeard: (flow, isHeard) => void (isHeard || unheard.push(flow.remoteAddress)),
    ...options,
  });
  const requests = (): readonly SipRequest[] =>
    registrar.received.flatMap((message) => (message.kind === "request" ? [message] : []));
  /** Seconds at which REGISTERs left, without copies. */
  const timesSec = (): readonly number[] =>
    [
      ...new Set(
        network.trace.filter((line) => line.includes(" REGISTER ")).map((line) => Number(line.split(" ", 1)[0])),
      ),
    ].map((ms) => Math.round(ms / 1_000));
  return { network, clock: network.clock, phone, registrar, registration, requests, timesSec, unheard };
}

describe("CAR-1: registration with a carrier (RFC 3261 §10.2)", () => {
  it("one Contact, one Call-ID, numbers that grow by one; renewed in time; taken away at the end", () => {
    const { clock, phone, registration, requests, network } = scene(grant);
    clock.run(4_000_000);
    expect(requests()).toHaveLength(2);
    const [first, second] = requests();
    expect(first?.requestUri).toBe("sip:carrier.test");
    expect(first?.header("contact")).toBe("<sip:c0ffee@10.0.0.1:5060>;expires=3600");
    expect([first?.header("to"), first?.from.uri]).toEqual(["<sip:4930@carrier.test>", "sip:4930@carrier.test"]);
    expect([first?.cseq.number, second?.cseq.number]).toEqual([1, 2]);
    expect(second?.callId).toBe(first?.callId);
    expect(registration.state).toMatchObject({ name: "registered", lastAnswer: { status: 200 } });
    registration.close();
    expect(registration.state.name).toBe("closing");
    clock.run(1_000);
    expect(requests().at(-1)?.header("contact")).toBe("<sip:c0ffee@10.0.0.1:5060>;expires=0");
    expect(requests().at(-1)?.header("expires")).toBe("0");
    expect(registration.state).toMatchObject({ name: "closed", untilMs: undefined, nextMs: undefined });
    expect(network.clock.runToEnd(100_000)).toBe(true);
    expect(requests()).toHaveLength(3);
    expect(phone.agent.counts()).toEqual(NOTHING);
  });

  it("§22.2: a challenge is answered; each renewal and the end too", () => {
    const { clock, requests, registration } = scene((request, peer, index) => {
      if (request.header("authorization") === undefined) peer.respond(request, 401, { headers: CHALLENGE });
      else grant(request, peer, index);
    });
    clock.run(4_000_000);
    registration.close();
    clock.run(1_000);
    expect(requests().map(({ cseq }) => cseq.number)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(requests().map((request) => request.header("authorization") !== undefined)).toEqual([
      ...[false, true, false, true, false, true],
    ]);
    expect(requests()[1]?.header("authorization")).toContain('uri="sip:carrier.test"');
    expect(registration.state.name).toBe("closed");
  });

  it("RFC 7616 §3.3: a refused password is not tried twice, and then ever more rarely (RFC 5626 §4.5)", () => {
    const { clock, registration, timesSec, requests } = scene((request, peer) =>
      peer.respond(request, 401, { headers: CHALLENGE }),
    );
    clock.run(1_000);
    expect(registration.state).toMatchObject({ name: "failed", lastAnswer: { status: 401 } });
    expect(requests()).toHaveLength(2);
    clock.run(7_200_000);
    const waits = timesSec()
      .map((sec, index, all) => sec - (all[index - 1] ?? 0))
      .filter((sec) => sec > 1);
    for (const [failures, waited] of waits.entries()) {
      const upperSec = Math.min(1_800, 60 * 2 ** failures);
      expect(waited).toBeGreaterThanOrEqual(upperSec / 2);
      expect(waited).toBeLessThanOrEqual(upperSec + 1);
    }
    expect(waits.length).toBeLessThan(14);
  });

  it("§10.2.8: 423 is answered at once with the interval it demands, which is kept to", () => {
    const { clock, requests, registration } = scene(
      (request, peer, index) => {
        if (request.header("expires") === "60") peer.respond(request, 423, { headers: [["Min-Expires", "1800"]] });
        else grant(request, peer, index);
      },
      { expiresSec: 60 },
    );
    clock.run(1_700_000);
    expect(requests().map((request) => request.header("expires"))).toEqual(["60", "1800", "1800"]);
    expect(registration.state.name).toBe("registered");
  });

  it("a 423 that demands nothing, or no more than it got, is a failure like any other", () => {
    const { clock, requests } = scene((request, peer) =>
      peer.respond(request, 423, { headers: [["Min-Expires", "3600"]] }),
    );
    clock.run(20_000);
    expect(requests()).toHaveLength(1);
  });

  it("a registrar that demands ever more is not asked without end", () => {
    let minimum = 3_600;
    const { clock, requests } = scene((request, peer) => {
      minimum += 1;
      peer.respond(request, 423, { headers: [["Min-Expires", String(minimum)]] });
    });
    clock.run(20_000);
    expect(requests()).toHaveLength(2);
  });

  it("§20.33: Retry-After is waited for when it is longer", () => {
    const { clock, timesSec } = scene((request, peer) =>
      peer.respond(request, 500, { headers: [["Retry-After", "300 (maintenance)"]] }),
    );
    clock.run(310_000);
    expect(timesSec()).toEqual([0, 300]);
  });

  it("RFC 3263 §4.3: a silent or overloaded registrar has another address", () => {
    let next = FIRST;
    const { clock, unheard, registration } = scene((request, peer) => peer.respond(request, 503), {
      reach: (found) => {
        found(flowBetween({ address: "10.0.0.1", port: 5060 }, { address: next, port: 5060 }), "");
        next = SECOND;
      },
    });
    clock.run(40_000);
    expect(unheard).toEqual([FIRST, SECOND]);
    expect(registration.state).toMatchObject({ name: "failed", lastAnswer: { status: 503 } });
  });

  it("no way to the registrar: why not is told, and it is tried again later", () => {
    const { registration, clock } = scene(grant, { reach: (found) => found(undefined, "carrier.test has no address") });
    expect(registration.state).toMatchObject({
      name: "failed",
      lastAnswer: { status: undefined, reason: "carrier.test has no address" },
    });
    expect(registration.state.nextMs).toBeGreaterThanOrEqual(30_000);
    registration.close();
    expect(registration.state.name).toBe("closed");
    expect(clock.runToEnd(1)).toBe(true);
  });

  it("§10.2.4: it is registered for as long as our own Contact's expires says", () => {
    const { registration, clock, requests } = scene((request, peer) =>
      peer.respond(request, 200, {
        headers: [
          ["Contact", "<sip:other@192.0.2.1>;expires=9, <sip:c0ffee@203.0.113.9:1024>;expires=120"],
          ["Expires", "7"],
        ],
      }),
    );
    clock.run(1_000);
    expect(registration.state.untilMs).toBeCloseTo(120_000, -2);
    clock.run(100_000);
    expect(requests()).toHaveLength(2);
  });

  it("while a renewal fails it stays registered, until the time is up", () => {
    const { registration, clock } = scene(
      (request, peer, index) => {
        if (index === 0) grant(request, peer, index);
        else peer.respond(request, 500);
      },
      { expiresSec: 120 },
    );
    clock.run(100_000);
    expect(registration.state).toMatchObject({ name: "registered", lastAnswer: { status: 500 } });
    clock.run(25_000);
    expect(registration.state.name).toBe("failed");
  });

  it("a close while a REGISTER is under way waits for its answer and takes back what it got", () => {
    const { registration, clock, requests, phone } = scene(grant);
    let isClosed = false;
    registration.close(() => {
      isClosed = true;
    });
    registration.close();
    expect([registration.state.name, isClosed]).toEqual(["closing", false]);
    clock.run(1_000);
    expect(isClosed).toBe(true);
    expect(requests().map((request) => request.header("expires"))).toEqual(["3600", "0"]);
    expect(registration.state.name).toBe("closed");
    expect(clock.runToEnd(60_000)).toBe(true);
    expect(phone.agent.counts()).toEqual(NOTHING);
  });

  it("abandoned it leaves the Contact with the registrar, also in the middle of a REGISTER", () => {
    for (const afterMs of [0, 1_000]) {
      const { registration, clock, requests, phone } = scene(grant);
      clock.run(afterMs);
      registration.abandon();
      registration.close();
      expect(registration.state).toMatchObject({ name: "closed", untilMs: undefined, nextMs: undefined });
      expect(clock.runToEnd(60_000)).toBe(true);
      expect(requests()).toHaveLength(1);
      expect([registration.state.name, phone.agent.counts()]).toEqual(["closed", NOTHING]);
    }
  });

  it("abandoned while its way is looked for, it is not sent any more", () => {
    let tell: Parameters<RegistrationOptions["reach"]>[0] = () => undefined;
    const { registration, phone, registrar, requests, clock } = scene(grant, {
      reach: (found) => {
        tell = found;
      },
    });
    registration.abandon();
    tell(flowBetween(phone, registrar), "");
    clock.run(1_000);
    expect([requests().length, phone.agent.counts()]).toEqual([0, NOTHING]);
  });

  it("RFC 5626 §4.5: a lost connection is replaced at once, but a registrar that closes every one is not flooded", () => {
    const { registration, phone, clock, requests, registrar } = scene(grant, {}, "tcp");
    clock.run(60_000);
    const flow = flowBetween(phone, registrar, "tcp");
    phone.agent.flowFailed(flow, "closed");
    clock.run(1_500);
    expect(requests()).toHaveLength(2);
    phone.agent.flowFailed(flow, "closed");
    clock.run(25_000);
    expect(requests()).toHaveLength(2);
    clock.run(10_000);
    expect(requests()).toHaveLength(3);
    expect(registration.state.name).toBe("registered");
  });
});

it.each([
  [3_600, 0, 3_060],
  [3_600, 1, 2_754],
  [600, 0, 510],
  [120, 0, 80],
  [60, 0, 30],
  [20, 0, 10],
  [1, 0, 5],
])("what is granted for %d s is renewed after (draw %d) %d s", (granted, draw, want) => {
  expect(refreshAfterMs(granted, draw) / 1_000).toBe(want);
});

it.each([
  [1, 0, 30],
  [1, 1, 60],
  [3, 0, 120],
  [6, 1, 1_800],
  [1_000, 1, 1_800],
])("RFC 5626 §4.5: after %d failures (draw %d) %d s pass", (failures, draw, want) => {
  expect(backOffMs(failures, draw) / 1_000).toBe(want);
});
