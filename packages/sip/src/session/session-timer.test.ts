import { describe, expect, it } from "vitest";
import { createHandPeer, handRequest } from "./hand-peer.fixture.ts";
import { createPhone, type Phone, type PhoneOptions } from "./phone.fixture.ts";
import type { SessionTimerOptions, UserAgentOptions } from "./user-agent.types.ts";
import { flowBetween, VirtualNetwork } from "./virtual-network.fixture.ts";

const NOTHING = { clientTransactions: 0, serverTransactions: 0, sessions: 0 };
const MINUTE_MS = 60_000;
const UPDATERS = ["INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "UPDATE"];
const SIMPLE = ["INVITE", "ACK", "BYE", "CANCEL", "OPTIONS"];

function speaking(sessionTimer: SessionTimerOptions, allow = UPDATERS): Partial<UserAgentOptions> {
  return { supported: ["timer"], sessionTimer, allow };
}

/** A call that stands, and what went over the network since then: `INVITE 10.0.0.1`, `UPDATE 10.0.0.2` ... */
function standing(forAlice: PhoneOptions["agent"], forBob: PhoneOptions["agent"]) {
  const network = new VirtualNetwork(9);
  const onEvent: PhoneOptions["onEvent"] = (event) => {
    if (event.kind === "offer") event.reply.accept("changed answer");
  };
  const alice = createPhone(network, "10.0.0.1", { agent: forAlice ?? {}, onEvent });
  const bob = createPhone(network, "10.0.0.2", {
    agent: forBob ?? {},
    onInvite: (session) => session.answer("answer"),
    onEvent,
  });
  const call = alice.call(bob);
  network.clock.run(1_000);
  expect(call.state).toBe("confirmed");
  const quiet = network.trace.length;
  alice.heard.length = 0;
  bob.heard.length = 0;
  const requests = (): string[] =>
    network.trace.slice(quiet).flatMap((line) => {
      const [, from, way, method] = /^\d+ (\S+):\d+ (>) \S+ (?:lost )?([A-Z]+) /.exec(line) ?? [];
      return way === undefined || method === "ACK" ? [] : [`${method} ${from}`];
    });
  return { network, clock: network.clock, alice, bob, call, requests };
}

function expectEnd({ network, alice, bob }: { network: VirtualNetwork; alice: Phone; bob: Phone }): void {
  expect(network.clock.runToEnd(2_000 * MINUTE_MS)).toBe(true);
  for (const { agent } of [alice, bob]) expect(agent.counts()).toEqual(NOTHING);
}

describe("a call that lasts is refreshed at half its interval", () => {
  const asking = { intervalSec: 600, ask: true };
  const quiet = { ask: false };
  const cases: [title: string, alice: PhoneOptions["agent"], bob: PhoneOptions["agent"], want: string[]][] = [
    [
      "§7.4: the caller asks, the callee leaves it to the caller, who sends UPDATE",
      speaking(asking),
      speaking(quiet),
      ["UPDATE 10.0.0.1", "UPDATE 10.0.0.1"],
    ],
    [
      "§7.4: by re-INVITE to a callee without UPDATE",
      speaking(asking),
      speaking(quiet, SIMPLE),
      ["INVITE 10.0.0.1", "INVITE 10.0.0.1"],
    ],
    ["§9: the callee asks and refreshes", speaking(quiet), speaking(asking), ["UPDATE 10.0.0.2", "UPDATE 10.0.0.2"]],
    [
      "§7.2: a callee without timers is asked all the same",
      speaking(asking),
      {},
      ["UPDATE 10.0.0.1", "UPDATE 10.0.0.1"],
    ],
    ["§9: so is a caller without", {}, speaking(asking), ["UPDATE 10.0.0.2", "UPDATE 10.0.0.2"]],
    ["nobody asks", speaking(quiet), speaking(quiet), []],
    ["nobody speaks it", {}, {}, []],
  ];
  it.each(cases)("%s", (_title, forAlice, forBob, want) => {
    const scene = standing(forAlice, forBob);
    scene.clock.run(11 * MINUTE_MS);
    expect(scene.requests()).toEqual(want);
    expect([scene.call.state, scene.alice.heard, scene.bob.heard]).toEqual(["confirmed", [], []]);
    scene.call.hangup();
    expectEnd(scene);
  });

  it("any offer refreshes as well; after it the interval begins anew", () => {
    const scene = standing(speaking(asking), speaking(quiet));
    scene.clock.run(4 * MINUTE_MS);
    scene.call.offer("hold");
    scene.clock.run(4 * MINUTE_MS);
    expect(scene.requests()).toEqual(["INVITE 10.0.0.1"]);
    scene.clock.run(2 * MINUTE_MS);
    expect(scene.requests()).toEqual(["INVITE 10.0.0.1", "UPDATE 10.0.0.1"]);
    expect(scene.alice.heard).toEqual(["offer-answered 200 changed answer"]);
    scene.call.hangup();
    expectEnd(scene);
  });

  it("§7.4: a refreshing re-INVITE says what was said last, and its answer is told only when it is news", () => {
    const scene = standing(speaking(asking), speaking(quiet, SIMPLE));
    scene.call.offer("hold");
    scene.clock.run(6 * MINUTE_MS);
    expect(scene.requests()).toEqual(["INVITE 10.0.0.1", "INVITE 10.0.0.1"]);
    expect(scene.bob.heard).toEqual(["offer INVITE hold"]);
    expect(scene.alice.heard).toEqual(["offer-answered 200 changed answer"]);
    scene.call.hangup();
    expectEnd(scene);
  });
});

describe("§10: a dead peer ends the call", () => {
  const asking = speaking({ intervalSec: 600 });

  it("the refresher hears nothing: 408, BYE, gone", () => {
    const scene = standing(asking, speaking({ ask: false }));
    scene.network.attach(scene.bob.address, scene.bob.port, undefined);
    scene.clock.run(6 * MINUTE_MS);
    expect([scene.alice.heard, scene.call.state]).toEqual([["ended gone"], "ended"]);
    expect(new Set(scene.requests())).toEqual(new Set(["UPDATE 10.0.0.1", "BYE 10.0.0.1"]));
  });

  it("the other side waits for a refresh until 32 s before the end of the interval", () => {
    const scene = standing(asking, speaking({ ask: false }));
    scene.network.attach(scene.alice.address, scene.alice.port, undefined);
    scene.network.rule = ({ from }) => (from.startsWith("10.0.0.1") ? "lose" : undefined);
    scene.clock.run(566_000);
    expect(scene.bob.heard).toEqual([]);
    scene.clock.run(2_000);
    expect(scene.bob.heard).toEqual(["ended gone"]);
    expectEnd(scene);
  });

  it("a short interval ends a third before its end", () => {
    const scene = standing(speaking({ intervalSec: 90 }), speaking({ ask: false }));
    scene.network.rule = ({ from }) => (from.startsWith("10.0.0.1") ? "lose" : undefined);
    scene.clock.run(58_000);
    expect(scene.bob.heard).toEqual([]);
    scene.clock.run(2_000);
    expect(scene.bob.heard).toEqual(["ended gone"]);
    expectEnd(scene);
  });

  it("a peer that restarted and forgot everything: 481, gone", () => {
    const scene = standing(asking, speaking({ ask: false }));
    scene.network.attach(scene.bob.address, scene.bob.port, createPhone(scene.network, "10.0.0.3").agent);
    scene.clock.run(6 * MINUTE_MS);
    expect(scene.alice.heard).toEqual(["ended gone"]);
    expect(scene.requests()).toEqual(["UPDATE 10.0.0.1"]);
  });
});

/** A callee that speaks timers and a caller by hand; what the callee's 2xx says. */
function callByHand(headers: Readonly<Record<string, string>>, sessionTimer: SessionTimerOptions = { ask: false }) {
  const network = new VirtualNetwork(5);
  const onInvite: PhoneOptions["onInvite"] = (session) => session.answer("answer");
  const bob = createPhone(network, "10.0.0.2", { agent: { supported: ["timer"], sessionTimer }, onInvite });
  const peer = createHandPeer(network, "10.0.0.1");
  peer.send(bob, handRequest("INVITE", headers, "offer"));
  network.clock.run(50);
  return { network, bob, peer, last: peer.lastResponse() };
}

describe("by hand", () => {
  it("§9: 422 with Min-SE costs no state; a client without timers is never refused", () => {
    const refused = callByHand({ Supported: "timer", "Session-Expires": "60" });
    expect([refused.last.status, refused.last.header("min-se")]).toEqual([422, "90"]);
    expect(refused.bob.agent.counts()).toEqual(NOTHING);
    const taken = callByHand({ "Session-Expires": "90" }, { minimumSec: 600 });
    expect([taken.last.status, taken.last.header("session-expires")]).toEqual([200, "90;refresher=uas"]);
    expect(taken.last.header("require")).toBeUndefined();
  });

  it("§9: Require: timer is honoured, and without the option refused with 420", () => {
    const { last } = callByHand({ Require: "timer", "Session-Expires": "1800;refresher=uac" });
    expect([last.status, last.header("session-expires"), last.header("require")]).toEqual([
      200,
      "1800;refresher=uac",
      "timer",
    ]);
    expect(last.values("supported")).toContain("timer");
    const network = new VirtualNetwork(5);
    const bob = createPhone(network, "10.0.0.2");
    const peer = createHandPeer(network, "10.0.0.1");
    peer.send(bob, handRequest("INVITE", { Require: "timer", "Session-Expires": "1800" }));
    network.clock.run(50);
    expect(peer.answers).toEqual(["420 INVITE"]);
  });

  it("§9: 422 inside a dialog leaves call and timer as they were", () => {
    const { network, bob, peer, last } = callByHand({ Supported: "timer", "Session-Expires": "300;refresher=uas" });
    const inDialog = { To: last.header("to"), Supported: "timer" };
    const say = (method: string, cseq: number, more: Readonly<Record<string, string>> = {}): void => {
      const Via = `SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK${method}${cseq}`;
      peer.send(bob, handRequest(method, { ...inDialog, CSeq: `${cseq} ${method}`, Via, ...more }));
      network.clock.run(50);
    };
    say("ACK", 1);
    say("UPDATE", 2, { "Session-Expires": "20" });
    expect([peer.lastResponse().status, peer.lastResponse().header("min-se")]).toEqual([422, "90"]);
    network.clock.run(150_000);
    // Still 150 s after the answer, by re-INVITE: this caller never said that it takes UPDATE.
    expect(peer.request("INVITE").header("session-expires")).toBe("300;refresher=uac");
  });

  it("§7.3: a 422 to an INVITE of ours is obeyed once for each larger Min-SE", () => {
    const network = new VirtualNetwork(5);
    const alice = createPhone(network, "10.0.0.1", { agent: speaking({ intervalSec: 100 }) });
    const asked: unknown[] = [];
    const peer = createHandPeer(network, "10.0.0.2", (request, self) => {
      if (request.method !== "INVITE") return;
      asked.push([request.cseq.number, request.header("session-expires"), request.header("min-se")]);
      if (request.cseq.number < 3) {
        self.respond(request, 422, { toTag: "x", headers: [["Min-SE", String(200 * request.cseq.number)]] });
      } else self.respond(request, 422, { toTag: "x", headers: [["Min-SE", "300"]] });
    });
    alice.agent.invite(
      { flow: flowBetween(alice, peer), requestUri: "sip:b@b", from: "<sip:a@a>", to: "<sip:b@b>", sdp: "offer" },
      (event) => alice.heard.push(event.kind === "fail" ? `fail ${event.status}` : event.kind),
    );
    expect(network.clock.runToEnd(300_000)).toBe(true);
    expect(asked).toEqual([
      [1, "100", undefined],
      [2, "200", "200"],
      [3, "400", "400"],
    ]);
    expect([alice.heard, alice.agent.counts()]).toEqual([["fail 422", "ended"], NOTHING]);
  });

  it("§7.4: a refresh by UPDATE that is refused goes on by re-INVITE; one refused for now is tried again until the deadline", () => {
    const network = new VirtualNetwork(5);
    const alice = createPhone(network, "10.0.0.1", { agent: speaking({ intervalSec: 600 }) });
    const contact = [["Contact", "<sip:b@10.0.0.2>"]] as const;
    let invites = 0;
    const peer = createHandPeer(network, "10.0.0.2", (request, self) => {
      if (request.method === "UPDATE") self.respond(request, 405, { headers: [["Allow", "INVITE, BYE"]] });
      if (request.method === "BYE") self.respond(request, 200);
      if (request.method !== "INVITE") return;
      const isFirst = invites++ === 0;
      const allow = ["Allow", "INVITE, UPDATE"] as const;
      if (isFirst) self.respond(request, 200, { toTag: "b", headers: [...contact, allow], body: "answer" });
      else self.respond(request, 503, {});
    });
    alice.agent.invite(
      {
        flow: flowBetween(alice, peer),
        requestUri: "sip:b@10.0.0.2",
        from: "<sip:a@a>",
        to: "<sip:b@b>",
        sdp: "offer",
      },
      (event) => alice.heard.push(event.kind === "ended" ? `ended ${event.cause}` : event.kind),
    );
    expect(network.clock.runToEnd(60 * MINUTE_MS)).toBe(true);
    const methods = peer.received.flatMap((m) => (m.kind === "request" && m.method !== "ACK" ? [m.method] : []));
    expect(methods.slice(0, 3)).toEqual(["INVITE", "UPDATE", "INVITE"]);
    expect(methods.at(-1)).toBe("BYE");
    expect(methods.length).toBeGreaterThan(5);
    expect(peer.request("INVITE").body).toBe("offer");
    expect([alice.heard, alice.agent.counts()]).toEqual([["answer", "ended gone"], NOTHING]);
  });
});
