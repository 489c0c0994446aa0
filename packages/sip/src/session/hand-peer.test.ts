import { describe, expect, it } from "vitest";
import type { SipRequest } from "../message/message.ts";
import { createHandPeer, handRequest } from "./hand-peer.fixture.ts";
import { createPhone, type PhoneOptions } from "./phone.fixture.ts";
import { flowBetween, VirtualNetwork } from "./virtual-network.fixture.ts";

const NOTHING = { clientTransactions: 0, serverTransactions: 0, sessions: 0 };

/** A user agent at bob's, written to by hand from alice's. */
function server(options: PhoneOptions = {}) {
  const network = new VirtualNetwork(5);
  const bob = createPhone(network, "10.0.0.2", options);
  const peer = createHandPeer(network, "10.0.0.1");
  const say = (wire: string): void => {
    peer.send(bob, wire);
    network.clock.run(50);
  };
  return { network, clock: network.clock, bob, peer, say };
}

/** A user agent at alice's that calls a peer which answers by hand. */
function client(onRequest: (request: SipRequest, peer: ReturnType<typeof createHandPeer>) => void) {
  const network = new VirtualNetwork(5);
  const alice = createPhone(network, "10.0.0.1", { agent: { supported: ["100rel"] } });
  const peer = createHandPeer(network, "10.0.0.2", onRequest);
  const call = alice.agent.invite(
    {
      flow: flowBetween(alice, peer),
      requestUri: "sip:bob@10.0.0.2",
      from: "<sip:alice@10.0.0.1>",
      to: "<sip:bob@10.0.0.2>",
      sdp: "offer",
      credentials: { username: "alice", password: "secret", realm: "test" },
    },
    (event) => {
      alice.heard.push(event.kind === "progress" ? `progress ${event.status} ${event.earlyTag}` : event.kind);
    },
  );
  return { network, clock: network.clock, alice, peer, call };
}

const answer = (toTag: string) => ({ toTag, headers: [["Contact", "<sip:bob@10.0.0.2>"]] as const, body: "answer" });

describe("what a server refuses before it keeps anything", () => {
  const cases: [title: string, wire: string, want: string][] = [
    ["§8.2.1: an unknown method", handRequest("DANCE"), "405 DANCE"],
    ["§8.2.2.3: an unknown extension", handRequest("INVITE", { Require: "teleport" }), "420 INVITE"],
    ["§8.2.3: a body it cannot read", handRequest("INVITE", { "Content-Type": "text/plain" }, "hi"), "415 INVITE"],
    ["§8.2.2.1: a scheme it does not know", handRequest("INVITE").replace("sip:bob", "soap:bob"), "416 INVITE"],
    ["§8.1.1.8: an INVITE without Contact", handRequest("INVITE", { Contact: undefined }), "400 INVITE"],
    ["§12.2.2: a request for a dialog it does not know", handRequest("BYE", { To: "<sip:b@b>;tag=x" }), "481 BYE"],
    ["§9.2: a CANCEL for nothing", handRequest("CANCEL"), "481 CANCEL"],
    ["§15.1.2: a BYE without dialog", handRequest("BYE"), "481 BYE"],
    ["§21.4.1: a request that cannot be read", handRequest("INVITE", { CSeq: "1 INFO" }), "400 INFO"],
  ];
  it.each(cases)("%s", (_title, wire, want) => {
    const { bob, peer, say } = server({ agent: { supported: ["100rel"] } });
    say(wire);
    expect(peer.answers).toEqual([want]);
    expect(peer.lastResponse().to.params.has("tag")).toBe(true);
    expect(bob.agent.counts()).toEqual(NOTHING);
    expect(bob.incoming).toEqual([]);
  });

  it("a stranger whom the screen refuses: not a word", () => {
    const { bob, peer, say } = server({ handlers: { screen: () => false } });
    for (const method of ["INVITE", "OPTIONS", "BYE", "DANCE", "ACK"]) say(handRequest(method));
    say(handRequest("INVITE").replace("sip:bob", "soap:bob"));
    expect(peer.received).toEqual([]);
    expect(bob.agent.counts()).toEqual(NOTHING);
  });

  it("whatever cannot be read is asked about, and who is turned away hears nothing", () => {
    const asked: string[] = [];
    const screenUnreadable = ({ what }: { readonly what: string }): boolean => {
      asked.push(what);
      return false;
    };
    const { peer, say } = server({ handlers: { screenUnreadable } });
    say(handRequest("INVITE", { CSeq: "1 INFO" }));
    say("SIP/2.0 200 OK\r\n\r\n");
    say("nonsense");
    expect(peer.received).toEqual([]);
    expect(asked).toHaveLength(3);
    expect(asked[0]).toBe("CSeq method does not match");
  });

  it("§8.2.2.2: a copy of a request that came another way gets 482", () => {
    const { peer, bob, say } = server({ onInvite: (session) => session.progress(180) });
    say(handRequest("INVITE"));
    say(handRequest("INVITE", { Via: "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKother" }));
    expect(peer.answers).toEqual(["100 INVITE", "180 INVITE", "482 INVITE"]);
    expect(bob.incoming).toHaveLength(1);
  });

  it("§26.3.2.4: who is turned away is answered once and costs no memory; a copy of the INVITE gets the same answer (§8.2.7)", () => {
    const { clock, peer, bob, say } = server({ onInvite: (session) => session.turnAway(407, "Prove it") });
    say(handRequest("INVITE"));
    const to = peer.lastResponse().header("to");
    expect(peer.answers).toEqual(["407 INVITE"]);
    expect(bob.agent.counts()).toEqual(NOTHING);
    say(handRequest("INVITE"));
    expect(peer.lastResponse().header("to")).toBe(to);
    say(handRequest("ACK", { To: to }));
    expect(clock.runToEnd(4_000)).toBe(true);
    expect(peer.answers).toEqual(["407 INVITE", "407 INVITE"]);
  });

  it("§17.2.1: after a provisional response turning away is a refusal like any other, repeated until its ACK", () => {
    const { clock, peer, say } = server({
      onInvite: (session) => {
        session.progress(180);
        session.turnAway(403, "Go away");
      },
    });
    say(handRequest("INVITE"));
    clock.run(1_000);
    expect(peer.answers).toEqual(["100 INVITE", "180 INVITE", "403 INVITE", "403 INVITE"]);
  });

  it("over the limit of transactions: 503 with Retry-After, but a call in progress can be ended", () => {
    const { peer, bob, say } = server({
      agent: { maxTransactions: 4 },
      onInvite: (session) => session.answer("answer"),
    });
    say(handRequest("INVITE"));
    const { to } = peer.lastResponse();
    const inDialog = { To: `<sip:bob@10.0.0.2>;tag=${to.params.get("tag")}` };
    say(handRequest("ACK", { ...inDialog, Via: "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKack" }));
    for (let n = 0; n < 5; n++) {
      say(handRequest("OPTIONS", { "Call-ID": `c${n}`, Via: `SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKo${n}` }));
    }
    expect(peer.answers.slice(-2)).toEqual(["503 OPTIONS", "503 OPTIONS"]);
    expect(peer.lastResponse().header("retry-after")).toBeDefined();
    say(handRequest("BYE", { ...inDialog, CSeq: "2 BYE", Via: "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKbye" }));
    expect(peer.answers.at(-1)).toBe("200 BYE");
    expect(bob.heard.at(-1)).toBe("ended bye");
  });
});

describe("matching", () => {
  it("§17.2.3: RFC 2543 peers without branch: retransmission, ACK and CANCEL find their INVITE", () => {
    const { clock, bob, peer, say } = server({ onInvite: (session) => session.progress(180) });
    const old = { Via: "SIP/2.0/UDP 10.0.0.1" };
    say(handRequest("INVITE", old));
    say(handRequest("INVITE", old));
    say(handRequest("CANCEL", old));
    expect(peer.answers).toEqual(["100 INVITE", "180 INVITE", "180 INVITE", "200 CANCEL", "487 INVITE"]);
    say(handRequest("ACK", { ...old, To: peer.lastResponse().header("to") }));
    expect(clock.runToEnd(4_000)).toBe(false);
    expect(peer.answers).toHaveLength(5);
    clock.run(60_000);
    expect(bob.agent.counts()).toEqual(NOTHING);
  });

  it("§9.2: the CANCEL is answered with the tag of the INVITE, and a late one changes nothing", () => {
    const { bob, peer, say } = server({ onInvite: (session) => session.answer("answer") });
    say(handRequest("INVITE"));
    const tag = peer.lastResponse().to.params.get("tag");
    say(handRequest("CANCEL"));
    const [cancelled] = peer.received.filter((message) => message.cseq.method === "CANCEL");
    expect(cancelled?.to.params.get("tag")).toBe(tag);
    expect(bob.incoming[0]?.state).toBe("answered");
  });

  it("NET-4, §18.2.2, RFC 3581 §4: responses go to the port of Via, or to the source port if rport asks for it", () => {
    const { network, bob } = server();
    const flow = { ...flowBetween(bob, { address: "10.0.0.1", port: 40_000 }) };
    const options = (via: string): void =>
      bob.agent.receive(flow, handRequest("OPTIONS", { Via: via, "Call-ID": via.slice(-6) }));
    options("SIP/2.0/UDP 10.0.0.1:5070;branch=z9hG4bK1");
    options("SIP/2.0/UDP 10.0.0.1:5070;branch=z9hG4bK2;rport");
    options("SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK3");
    expect(network.trace.map((line) => line.split(" ")[3])).toEqual([
      "10.0.0.1:5070",
      "10.0.0.1:40000",
      "10.0.0.1:5060",
    ]);
  });

  it("§8.2.6.1: 100 repeats Timestamp; §12.1.1: dialog-making responses repeat Record-Route", () => {
    const { peer, say } = server({ onInvite: (session) => session.progress(183, "Session Progress", "early") });
    say(handRequest("INVITE", { Timestamp: "54", "Record-Route": "<sip:10.0.0.1;lr>" }));
    const [trying, progress] = peer.received;
    expect(trying?.header("timestamp")).toBe("54");
    expect(trying?.to.params.has("tag")).toBe(false);
    expect([progress?.header("record-route"), progress?.body]).toEqual(["<sip:10.0.0.1;lr>", "early"]);
  });

  it("§12.2.2: a request with an old CSeq gets 500", () => {
    const { peer, bob, say } = server({ onInvite: (session) => session.answer("answer") });
    say(handRequest("INVITE", { CSeq: "10 INVITE" }));
    const inDialog = { To: peer.lastResponse().header("to") };
    say(handRequest("ACK", { ...inDialog, CSeq: "10 ACK", Via: "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKack" }));
    say(handRequest("INFO", { ...inDialog, CSeq: "9 INFO" }));
    expect(peer.answers.at(-1)).toBe("500 INFO");
    expect(bob.heard).toEqual(["acknowledged"]);
  });
});

it("§14.2: who piles up re-INVITEs without acknowledging the answers gets 500", () => {
  const { clock, peer, bob, say } = server({
    onInvite: (session) => session.answer("answer"),
    onEvent: (event) => {
      if (event.kind === "offer") event.reply.accept("answer");
    },
  });
  say(handRequest("INVITE", {}, "offer"));
  const To = peer.lastResponse().header("to");
  for (const n of [2, 3]) {
    say(
      handRequest(
        "INVITE",
        { To, CSeq: `${n} INVITE`, Via: `SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKre${n}` },
        `offer ${n}`,
      ),
    );
  }
  expect(peer.answers).toEqual(["100 INVITE", "200 INVITE", "100 INVITE", "200 INVITE", "100 INVITE", "500 INVITE"]);
  expect(clock.runToEnd(300_000)).toBe(true);
  expect(bob.heard).toEqual(["offer INVITE offer 2", "ended ack-timeout"]);
  expect(bob.agent.counts()).toEqual(NOTHING);
});

describe("a client among forks", () => {
  it("§13.2.2.4: early dialogs are told apart, the second 2xx is acknowledged and ended", () => {
    const { clock, alice, peer, call } = client((request, self) => {
      if (request.method === "BYE") self.respond(request, 200);
      if (request.method !== "INVITE") return;
      self.respond(request, 180, { toTag: "one" });
      self.respond(request, 183, { ...answer("two"), body: "early" });
      self.respond(request, 200, answer("two"));
      self.respond(request, 200, answer("one"));
      self.respond(request, 200, answer("one"));
    });
    clock.run(1_000);
    expect(alice.heard).toEqual(["progress 180 one", "progress 183 two", "answer"]);
    expect(call.remoteTag).toBe("two");
    const ofOne = peer.received.filter((message) => message.to.params.get("tag") === "one");
    expect(ofOne.map((message) => message.cseq.method).sort()).toEqual(["ACK", "ACK", "BYE"]);
    call.hangup();
    expect(clock.runToEnd(300_000)).toBe(true);
    expect(alice.agent.counts()).toEqual(NOTHING);
  });

  it("§9.1: one CANCEL, however often it still rings", () => {
    const { clock, alice, peer, call } = client((request, self) => {
      if (request.method === "CANCEL") self.respond(request, 200);
      if (request.method === "INVITE") self.respond(request, 180, { toTag: "one" });
    });
    clock.run(100);
    call.cancel();
    clock.run(100);
    const invite = peer.request("INVITE");
    peer.respond(invite, 180, { toTag: "one" });
    peer.respond(invite, 183, { toTag: "two" });
    clock.run(100);
    peer.respond(invite, 487, { toTag: "one" });
    expect(clock.runToEnd(100_000)).toBe(true);
    expect(peer.received.map((message) => message.cseq.method)).toEqual(["INVITE", "CANCEL", "ACK"]);
    expect(alice.heard).toEqual(["progress 180 one", "fail", "ended"]);
  });

  it("§12.2.1.2: an early dialog that the other side forgot ends the whole call", () => {
    const { clock, peer, bob, say } = server({
      onInvite: (session) => {
        session.progress(180);
        session.request("INFO", [], "");
      },
    });
    say(handRequest("INVITE"));
    peer.respond(peer.request("INFO"), 481);
    clock.run(100);
    expect(bob.heard).toEqual(["ended failed"]);
    expect(peer.answers.at(-1)).toBe("480 INVITE");
    expect(clock.runToEnd(100_000)).toBe(true);
    expect(bob.agent.counts()).toEqual(NOTHING);
  });

  it("RFC 3262 §4: reliable 1xx are acknowledged in order, told once, and one that overtook others waits", () => {
    const reliable = (rseq: number) => ({
      ...answer("one"),
      headers: [...answer("one").headers, ["Require", "100rel"], ["RSeq", String(rseq)]] as const,
    });
    const { clock, alice, peer } = client((request, self) => {
      if (request.method === "PRACK") self.respond(request, 200);
      if (request.method !== "INVITE") return;
      self.respond(request, 183, reliable(100));
      self.respond(request, 183, reliable(100));
      self.respond(request, 180, reliable(102));
      self.respond(request, 181, reliable(101));
    });
    clock.run(400);
    expect(alice.heard).toEqual(["progress 183 one", "progress 181 one"]);
    const pracks = peer.received.filter((message) => message.cseq.method === "PRACK");
    expect(pracks.map((message) => message.header("rack"))).toEqual(["100 1 INVITE", "101 1 INVITE"]);
  });
});

describe("digest", () => {
  const challenge = (nonce: string, more = "") => ({
    toTag: "c",
    headers: [["Proxy-Authenticate", `Digest realm="test", nonce="${nonce}", qop="auth"${more}`]] as const,
  });

  it("§22.3: a 407 is answered once, with the next CSeq; the ACK of the 200 carries the credentials too", () => {
    const { clock, alice, peer, call } = client((request, self) => {
      if (request.method !== "INVITE") return;
      if (request.header("proxy-authorization") === undefined) self.respond(request, 407, challenge("n1"));
      else self.respond(request, 200, answer("one"));
    });
    clock.run(1_000);
    expect(alice.heard).toEqual(["answer"]);
    expect(peer.request("INVITE").cseq.number).toBe(2);
    expect(call.invite.cseq.number).toBe(2);
    expect(peer.request("INVITE").header("proxy-authorization")).toContain('username="alice"');
    expect(peer.request("ACK").header("proxy-authorization")).toBe(
      peer.request("INVITE").header("proxy-authorization"),
    );
  });

  it("RFC 7616 §3.3: a refused password is not tried again, a stale nonce is replaced", () => {
    const refused = client((request, self) => {
      if (request.method === "INVITE") self.respond(request, 407, challenge(`n${request.cseq.number}`));
    });
    refused.clock.run(1_000);
    expect(refused.alice.heard).toEqual(["fail", "ended"]);
    expect(refused.peer.request("INVITE").cseq.number).toBe(2);
    const stale = client((request, self) => {
      if (request.method !== "INVITE") return;
      if (request.cseq.number < 3) self.respond(request, 407, challenge(`n${request.cseq.number}`, ", stale=true"));
      else self.respond(request, 200, answer("one"));
    });
    stale.clock.run(1_000);
    expect(stale.alice.heard).toEqual(["answer"]);
  });

  it("§22.1: the password is kept from other realms", () => {
    const { clock, alice } = client((request, self) => {
      const foreign = [["WWW-Authenticate", 'Digest realm="other", nonce="n"']] as const;
      if (request.method === "INVITE") self.respond(request, 401, { toTag: "c", headers: foreign });
    });
    clock.run(1_000);
    expect(alice.heard).toEqual(["fail", "ended"]);
  });

  it("§22.2: requests outside a dialog answer it as well", () => {
    const network = new VirtualNetwork(5);
    const alice = createPhone(network, "10.0.0.1");
    const peer = createHandPeer(network, "10.0.0.2", (request, self) => {
      if (request.header("proxy-authorization") === undefined) self.respond(request, 407, challenge("n"));
      else self.respond(request, 200, { toTag: "t" });
    });
    const statuses: (number | undefined)[] = [];
    const target = {
      flow: flowBetween(alice, peer),
      requestUri: "sip:10.0.0.2",
      from: "<sip:alice@10.0.0.1>",
      to: "<sip:10.0.0.2>",
      credentials: { username: "alice", password: "secret" },
    };
    alice.agent.request("OPTIONS", target, (response) => statuses.push(response?.status));
    alice.agent.request(
      "OPTIONS",
      { ...target, flow: flowBetween(alice, { address: "10.0.0.9", port: 5060 }) },
      (response) => statuses.push(response?.status),
    );
    expect(network.clock.runToEnd(60_000)).toBe(true);
    expect(statuses).toEqual([200, undefined]);
    expect(alice.agent.counts()).toEqual(NOTHING);
  });
});
