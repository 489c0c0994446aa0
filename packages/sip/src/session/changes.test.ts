import { describe, expect, it } from "vitest";
import type { SipRequest } from "../message/message.ts";
import { createHandPeer, handRequest } from "./hand-peer.fixture.ts";
import { createPhone, type PhoneOptions } from "./phone.fixture.ts";
import { VirtualNetwork } from "./virtual-network.fixture.ts";

const NOTHING = { clientTransactions: 0, serverTransactions: 0, sessions: 0 };

/** A call that stands between a callee and a peer that speaks by hand. */
function calledByHand(onEvent: PhoneOptions["onEvent"] = () => undefined) {
  const network = new VirtualNetwork(5);
  const bob = createPhone(network, "10.0.0.2", { onInvite: (session) => session.answer("answer"), onEvent });
  const peer = createHandPeer(network, "10.0.0.1", (request, self) => {
    if (request.method === "BYE") self.respond(request, 200);
  });
  const say = (method: string, cseq: number, more: Readonly<Record<string, string>> = {}, body = ""): void => {
    const tag = bob.incoming[0]?.localTag;
    const To = tag === undefined ? "<sip:bob@10.0.0.2>" : `<sip:bob@10.0.0.2>;tag=${tag}`;
    const Via = `SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK${method}${cseq}`;
    peer.send(bob, handRequest(method, { To, Via, CSeq: `${cseq} ${method}`, ...more }, body));
    network.clock.run(50);
  };
  say("INVITE", 1, {}, "offer");
  say("ACK", 1);
  const session = bob.incoming[0];
  if (session === undefined) throw new Error("no call came");
  bob.heard.length = 0;
  return { network, clock: network.clock, bob, peer, say, session };
}

const answering =
  (status: number): PhoneOptions["onEvent"] =>
  (event) => {
    if (event.kind !== "offer") return;
    if (status === 200) event.reply.accept(`to ${event.sdp}`);
    else event.reply.reject(status);
  };

describe("what a peer may change", () => {
  it("§12.2.2: a gap in CSeq is fine, an old number gets 500", () => {
    const { peer, say } = calledByHand();
    say("OPTIONS", 90);
    say("OPTIONS", 89);
    say("OPTIONS", 2_147_483_647);
    expect(peer.answers.slice(-3)).toEqual(["200 OPTIONS", "500 OPTIONS", "200 OPTIONS"]);
  });

  it.each([
    ["INVITE", 200, "10.0.0.77"],
    ["UPDATE", 200, "10.0.0.77"],
    ["INVITE", 488, "10.0.0.1"],
    ["UPDATE", 488, "10.0.0.1"],
  ] as const)("§12.2.2, RFC 6141 §4: a %s answered %i leaves the target at %s", (method, status, target) => {
    const { network, say, session } = calledByHand(answering(status));
    say(method, 2, { Contact: "<sip:alice@10.0.0.77>" }, "moved");
    say("ACK", 2);
    session.hangup();
    expect(network.trace.at(-1)).toContain(`BYE sip:alice@${target} `);
  });

  it("RFC 4028 §7.4, RFC 3264 §8: the same offer again is answered with the same answer, the user is not asked", () => {
    const { peer, bob, say } = calledByHand(answering(200));
    say("INVITE", 2, {}, "offer");
    expect([peer.lastResponse().status, peer.lastResponse().body]).toEqual([200, "answer"]);
    say("ACK", 2);
    say("UPDATE", 3, {}, "offer");
    expect([peer.lastResponse().body, bob.heard]).toEqual(["answer", []]);
    say("UPDATE", 4, {}, "hold");
    expect([peer.lastResponse().body, bob.heard]).toEqual(["to hold", ["offer UPDATE hold"]]);
    say("UPDATE", 5, {}, "offer");
    expect([peer.lastResponse().body, bob.heard.length]).toEqual(["to offer", 2]);
  });

  it("§14.2: after a refusal the session is what it was: the offer before still gets its answer", () => {
    const { peer, say } = calledByHand(answering(488));
    say("INVITE", 2, {}, "video");
    expect(peer.answers.at(-1)).toBe("488 INVITE");
    say("ACK", 2);
    say("INVITE", 3, {}, "offer");
    expect([peer.lastResponse().status, peer.lastResponse().body]).toEqual([200, "answer"]);
  });

  it.each([
    ["INVITE", "415 INVITE"],
    ["UPDATE", "415 UPDATE"],
    ["INFO", "501 INFO"],
  ])("§8.2.3: %s with a body that is no session description: %s", (method, want) => {
    const onEvent: PhoneOptions["onEvent"] = (event) => {
      if (event.kind === "request") event.respond(501, "Not Implemented");
    };
    const { peer, say } = calledByHand(onEvent);
    say(method, 2, { "Content-Type": "text/plain" }, "hello");
    expect(peer.answers.at(-1)).toBe(want);
  });

  it("RFC 3311 §5.2: an UPDATE without offer is welcome while a re-INVITE waits for the user, one with an offer gets 500", () => {
    const { peer, say } = calledByHand();
    say("INVITE", 2, {}, "hold");
    say("UPDATE", 3);
    say("UPDATE", 4, {}, "other");
    say("INVITE", 5, {}, "third");
    expect(peer.answers.slice(-4)).toEqual(["200 UPDATE", "500 UPDATE", "100 INVITE", "500 INVITE"]);
  });

  it("§9.2: the CANCEL of a re-INVITE ends that, not the call", () => {
    const { peer, say, session, bob, clock } = calledByHand();
    const Via = "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKINVITE2";
    say("INVITE", 2, {}, "hold");
    say("CANCEL", 2, { Via });
    expect(peer.answers.slice(-2)).toEqual(["200 CANCEL", "487 INVITE"]);
    say("ACK", 2, { Via });
    expect([session.state, bob.heard]).toEqual(["confirmed", ["offer INVITE hold"]]);
    say("INVITE", 3, {}, "offer");
    expect(peer.lastResponse().body).toBe("answer");
    say("ACK", 3);
    session.hangup();
    expect(clock.runToEnd(100_000)).toBe(true);
  });

  it("§12: two dialogs on one Call-ID live and end apart", () => {
    const { peer, bob, say, network } = calledByHand();
    const second = { From: "<sip:alice@10.0.0.1>;tag=second", Via: "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKsecond" };
    peer.send(bob, handRequest("INVITE", { ...second, CSeq: "7 INVITE" }, "offer"));
    network.clock.run(50);
    expect([bob.incoming.length, peer.lastResponse().status]).toEqual([2, 200]);
    expect(bob.incoming[1]?.localTag).not.toBe(bob.incoming[0]?.localTag);
    const To = peer.lastResponse().header("to");
    peer.send(bob, handRequest("ACK", { ...second, Via: `${second.Via}a`, To, CSeq: "7 ACK" }));
    say("BYE", 2);
    expect([bob.incoming[0]?.state, bob.incoming[1]?.state]).toEqual(["ended", "confirmed"]);
    // The tags of one with the other's are nobody's.
    peer.send(bob, handRequest("BYE", { Via: `${second.Via}b`, To, CSeq: "8 BYE" }));
    network.clock.run(50);
    expect([peer.answers.at(-1), bob.incoming[1]?.state]).toEqual(["481 BYE", "confirmed"]);
    bob.incoming[1]?.hangup();
    expect(network.clock.runToEnd(100_000)).toBe(true);
    expect(bob.agent.counts()).toEqual(NOTHING);
  });
});

/** A call of alice's to a peer that answers by hand. */
function calling(onRequest: (request: SipRequest, peer: ReturnType<typeof createHandPeer>) => void) {
  const network = new VirtualNetwork(6);
  const onEvent: PhoneOptions["onEvent"] = (event) => {
    if (event.kind === "offer") event.reply.accept(`to ${event.sdp}`);
  };
  const alice = createPhone(network, "10.0.0.1", { agent: { supported: ["100rel"] }, onEvent });
  const peer = createHandPeer(network, "10.0.0.2", onRequest);
  const call = alice.call(peerAsPhone(alice, peer.address), { maxBreadth: 4 });
  return { network, clock: network.clock, alice, peer, call };
}

function peerAsPhone<T extends { readonly address: string }>(phone: T, address: string): T {
  return { ...phone, address };
}

const CONTACT = ["Contact", "<sip:bob@10.0.0.2>"] as const;

describe("what we may change", () => {
  it.each([
    ["500 with Retry-After", { status: 500, headers: [["Retry-After", "3"]] as const }, "offer-answered 200 answer 2"],
    ["500 without", { status: 500, headers: [] }, "offer-answered 500 -"],
    [
      "500 for longer than a user waits",
      { status: 500, headers: [["Retry-After", "900"]] as const },
      "offer-answered 500 -",
    ],
    ["488", { status: 488, headers: [] }, "offer-answered 488 -"],
    ["503", { status: 503, headers: [] }, "offer-answered 503 -"],
  ])("§14.1, RFC 3311 §5.2: a re-INVITE refused with %s", (_title, refusal, want) => {
    let invites = 0;
    const { clock, alice, call } = calling((request, self) => {
      if (request.method === "BYE") self.respond(request, 200);
      if (request.method !== "INVITE") return;
      const isRefused = ++invites === 2;
      if (isRefused) self.respond(request, refusal.status, { headers: refusal.headers });
      else self.respond(request, 200, { toTag: "b", headers: [CONTACT], body: `answer ${invites - 1}` });
    });
    clock.run(100);
    call.offer("change");
    clock.run(5_000);
    expect([alice.heard.at(-1), call.state]).toEqual([want, "confirmed"]);
    call.hangup();
    expect(clock.runToEnd(100_000)).toBe(true);
  });

  it("§14.1: glare is retried after 2.1–4 s by who made the Call-ID, in steps of 10 ms", () => {
    const times: number[] = [];
    const { clock, call, network } = calling((request, self) => {
      if (request.method !== "INVITE") return;
      times.push(network.clock.nowMs());
      if (times.length === 1) self.respond(request, 200, { toTag: "b", headers: [CONTACT], body: "answer" });
      else self.respond(request, 491);
    });
    clock.run(100);
    call.offer("change");
    clock.run(30_000);
    const waits = times
      .slice(1)
      .map((at, n) => at - (times[n] ?? 0))
      .slice(1)
      .map((ms) => ms - 20);
    expect(times).toHaveLength(7);
    for (const ms of waits) expect([ms >= 2_100, ms <= 4_000, Math.round(ms) % 10]).toEqual([true, true, 0]);
    expect(new Set(waits).size).toBeGreaterThan(1);
  });

  it("RFC 5393 §5.3.3: Max-Breadth is carried; RFC 6337 §2.3: forks negotiate apart: an UPDATE in one, the answer from the other", () => {
    const reliable = (tag: string, rseq: number, sdp: string) => ({
      toTag: tag,
      headers: [CONTACT, ["Require", "100rel"], ["RSeq", String(rseq)], ["Allow", "UPDATE"]] as const,
      body: sdp,
    });
    const { clock, alice, peer, call } = calling((request, self) => {
      if (request.method !== "INVITE") self.respond(request, 200);
      else {
        self.respond(request, 183, reliable("one", 7, "answer one"));
        self.respond(request, 180, { toTag: "two", headers: [CONTACT] });
      }
    });
    clock.run(100);
    const invite = peer.request("INVITE");
    expect(invite.header("max-breadth")).toBe("4");
    const from = (tag: string) => ({
      From: `<sip:bob@10.0.0.2>;tag=${tag}`,
      To: `<sip:alice@10.0.0.1>;tag=${call.localTag}`,
      "Call-ID": call.callId,
      CSeq: "1 UPDATE",
      Via: `SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK${tag}`,
    });
    peer.send(alice, handRequest("UPDATE", from("two"), "too early"));
    peer.send(alice, handRequest("UPDATE", from("one"), "from one"));
    clock.run(100);
    expect(peer.answers).toEqual(["491 UPDATE", "200 UPDATE"]);
    peer.respond(invite, 200, { toTag: "two", headers: [CONTACT], body: "answer two" });
    clock.run(100);
    expect([call.remoteTag, alice.heard.slice(-2)]).toEqual(["two", ["offer UPDATE from one", "answer"]]);
    call.offer("change");
    clock.run(100);
    expect(peer.request("INVITE").to.params.get("tag")).toBe("two");
  });
});
