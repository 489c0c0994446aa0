import { describe, expect, it } from "vitest";
import { createHandPeer, handRequest } from "./hand-peer.fixture.ts";
import { createPhone, type Phone, type PhoneOptions } from "./phone.fixture.ts";
import type { Session, UserAgentOptions } from "./user-agent.types.ts";
import { VirtualNetwork } from "./virtual-network.fixture.ts";

const NOTHING = { clientTransactions: 0, serverTransactions: 0, sessions: 0 };
const RELIABLE: Partial<UserAgentOptions> = { supported: ["100rel"], reliableProgress: "when-supported" };

/** A callee that speaks 100rel, called by hand with this in the INVITE. */
function called(
  headers: Readonly<Record<string, string>>,
  options: PhoneOptions = {},
  body = "offer",
  agent: Partial<UserAgentOptions> = { supported: ["100rel"] },
) {
  const network = new VirtualNetwork(5);
  const bob = createPhone(network, "10.0.0.2", { agent, ...options });
  const peer = createHandPeer(network, "10.0.0.1");
  let cseq = 1;
  const say = (method: string, more: Readonly<Record<string, string | undefined>> = {}, text = ""): void => {
    const isFirst = method === "INVITE" || method === "CANCEL";
    if (!isFirst && method !== "ACK") cseq++;
    const To = isFirst ? "<sip:bob@10.0.0.2>" : peer.lastResponse().header("to");
    const number = method === "ACK" ? 1 : cseq;
    const Via = `SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK${isFirst ? "hand" : `${method}${cseq}`}`;
    peer.send(bob, handRequest(method, { To, CSeq: `${number} ${method}`, Via, ...more }, text));
    network.clock.run(50);
  };
  /** Acknowledges the last reliable response, or what `rack` says. */
  const prack = (text = "", rack = `${peer.lastResponse().header("rseq")} 1 INVITE`): void =>
    say("PRACK", { RAck: rack }, text);
  say("INVITE", headers, body);
  const session = bob.incoming[0];
  if (session === undefined) throw new Error("no call came");
  return { network, clock: network.clock, bob, peer, say, prack, session };
}

/** Statuses and bodies that reached the peer: `183 early`, `200 PRACK` ... */
function heardBy(peer: { readonly received: readonly unknown[] }): string[] {
  return (peer.received as readonly { kind: string; status: number; cseq: { method: string }; body: string }[])
    .filter(({ kind, status }) => kind === "response" && status !== 100)
    .map(
      ({ status, cseq, body }) => `${status}${cseq.method === "INVITE" ? "" : ` ${cseq.method}`}${body && ` ${body}`}`,
    );
}

const REQUIRED = { Require: "100rel" };

describe("RFC 3262 §3: a callee", () => {
  const cases: [
    title: string,
    headers: Record<string, string>,
    agent: Partial<UserAgentOptions>,
    isReliable: boolean,
  ][] = [
    ["Require: 100rel is obeyed", REQUIRED, { supported: ["100rel"] }, true],
    ["Supported: 100rel is no reason by itself", { Supported: "100rel" }, { supported: ["100rel"] }, false],
    ["... but by policy", { Supported: "timer, 100REL" }, RELIABLE, true],
    ["a caller without it gets none", {}, RELIABLE, false],
    ["who does not speak it sends none", { Supported: "100rel" }, { reliableProgress: "when-supported" }, false],
  ];
  it.each(cases)("%s", (_title, headers, agent, isReliable) => {
    const { session, peer, clock } = called(headers, {}, "offer", agent);
    session.progress(183, "Session Progress", "early");
    clock.run(50);
    const { to } = peer.lastResponse();
    expect(peer.lastResponse().header("require")).toBe(isReliable ? "100rel" : undefined);
    expect(/^\d+$/.test(peer.lastResponse().header("rseq") ?? "")).toBe(isReliable);
    expect(to.params.has("tag")).toBe(true);
    session.reject(486, "Busy Here");
  });

  it("who does not speak it refuses an INVITE that requires it with 420", () => {
    const network = new VirtualNetwork(5);
    const bob = createPhone(network, "10.0.0.2");
    const peer = createHandPeer(network, "10.0.0.1");
    peer.send(bob, handRequest("INVITE", REQUIRED));
    network.clock.run(50);
    expect([peer.answers, peer.lastResponse().header("unsupported")]).toEqual([["420 INVITE"], "100rel"]);
  });

  it("sends it again, doubling without a cap, until the PRACK comes; the PRACK gets 200", () => {
    const { session, peer, clock, prack, bob } = called(REQUIRED);
    const start = clock.nowMs();
    session.progress(180, "Ringing");
    clock.run(8_000);
    expect(heardBy(peer)).toEqual(["180", "180", "180", "180", "180"]);
    expect(clock.nowMs() - start).toBe(8_000);
    prack();
    clock.run(20_000);
    expect(heardBy(peer).slice(5)).toEqual(["200 PRACK"]);
    session.reject(486, "Busy Here");
    clock.run(100_000);
    expect(bob.agent.counts()).toEqual(NOTHING);
  });

  it("64*T1 without PRACK: the INVITE is refused with a 5xx", () => {
    const { session, peer, clock, bob } = called(REQUIRED);
    session.progress(180, "Ringing");
    expect(clock.runToEnd(200_000)).toBe(true);
    expect(heardBy(peer).filter((word) => word === "180")).toHaveLength(7);
    expect(heardBy(peer).at(-1)).toBe("504");
    expect([bob.heard, bob.agent.counts()]).toEqual([["ended failed"], NOTHING]);
  });

  it("the next waits for the PRACK of the one before; RSeq rises by one", () => {
    const { session, peer, clock, prack } = called(REQUIRED);
    session.progress(180, "Ringing");
    session.progress(181, "Call Is Being Forwarded");
    clock.run(50);
    expect(heardBy(peer)).toEqual(["180"]);
    const first = Number(peer.lastResponse().header("rseq"));
    prack();
    expect(heardBy(peer)).toEqual(["180", "200 PRACK", "181"]);
    expect(Number(peer.lastResponse().header("rseq"))).toBe(first + 1);
    session.reject(486, "Busy Here");
  });

  it("a PRACK that matches nothing gets 481, a second one for the same too", () => {
    const { session, peer, clock, prack } = called(REQUIRED);
    session.progress(180, "Ringing");
    clock.run(50);
    const rseq = peer.lastResponse().header("rseq");
    for (const rack of [`${Number(rseq) + 1} 1 INVITE`, `${rseq} 2 INVITE`, `${rseq} 1 UPDATE`, "", "x"])
      prack("", rack);
    expect(heardBy(peer).slice(1)).toEqual(Array(5).fill("481 PRACK"));
    prack("", `${rseq}  1\tINVITE`);
    prack("", `${rseq} 1 INVITE`);
    expect(heardBy(peer).slice(6)).toEqual(["200 PRACK", "481 PRACK"]);
    session.reject(486, "Busy Here");
  });

  it("§3: the 200 waits for the PRACK of what had SDP, then leaves out the SDP", () => {
    const { session, peer, clock, prack, say, bob } = called(REQUIRED);
    session.progress(183, "Session Progress", "answer");
    session.answer("answer");
    clock.run(50);
    expect([heardBy(peer), session.state]).toEqual([["183 answer"], "early"]);
    prack();
    expect(heardBy(peer)).toEqual(["183 answer", "200 PRACK", "200"]);
    say("ACK");
    expect([session.state, bob.heard]).toEqual(["confirmed", ["acknowledged"]]);
  });

  it("§3: it does not wait for one without SDP, and its late PRACK is still answered", () => {
    const { session, peer, clock, prack } = called(REQUIRED);
    session.progress(180, "Ringing");
    clock.run(50);
    const rack = `${peer.lastResponse().header("rseq")} 1 INVITE`;
    session.progress(181);
    session.answer("answer");
    clock.run(600);
    expect(heardBy(peer)).toEqual(["180", "200 answer", "200 answer"]);
    prack("", rack);
    expect(heardBy(peer).at(-1)).toBe("200 PRACK");
    session.hangup();
  });

  it("§9.2: a CANCEL beats the 200 that waits", () => {
    const { session, peer, clock, say, bob } = called(REQUIRED);
    session.progress(183, "Session Progress", "answer");
    session.answer("answer");
    clock.run(50);
    say("CANCEL");
    expect(clock.runToEnd(200_000)).toBe(true);
    expect(heardBy(peer)).toEqual(expect.arrayContaining(["183 answer", "200 CANCEL", "487"]));
    expect([bob.heard, bob.agent.counts()]).toEqual([["cancelled", "ended failed"], NOTHING]);
  });

  it("§5: an INVITE without offer gets it in the reliable 1xx, and its answer comes in the PRACK", () => {
    const { session, peer, clock, prack, bob } = called(REQUIRED, {}, "");
    session.progress(180, "Ringing");
    clock.run(50);
    // The first reliable response has to bring an offer, and none may be unreliable.
    expect(heardBy(peer)).toEqual([]);
    session.progress(183, "Session Progress", "our offer");
    clock.run(50);
    prack("their answer");
    expect(bob.heard).toEqual(["offer-answered 200 their answer"]);
    session.answer("our offer");
    clock.run(50);
    expect(heardBy(peer)).toEqual(["183 our offer", "200 PRACK", "200"]);
    session.hangup();
  });

  it("§5: an offer in the PRACK is asked of the user and answered in its 200; the 200 of the INVITE waits", () => {
    const replies: { accept(sdp: string): void }[] = [];
    const onEvent: PhoneOptions["onEvent"] = (event) => {
      if (event.kind === "offer") replies.push(event.reply);
    };
    const { session, peer, clock, prack, bob } = called(REQUIRED, { onEvent });
    session.progress(183, "Session Progress", "answer");
    clock.run(50);
    prack("another offer");
    session.answer("answer");
    clock.run(50);
    expect([heardBy(peer), bob.heard]).toEqual([["183 answer"], ["offer PRACK another offer"]]);
    replies[0]?.accept("another answer");
    clock.run(50);
    expect(heardBy(peer)).toEqual(["183 answer", "200 PRACK another answer", "200"]);
    session.hangup();
  });

  it("§3: INVITE retransmissions and the reminder of §13.3.1.1 repeat the reliable response", () => {
    const { session, peer, clock, prack, say } = called(REQUIRED);
    session.progress(180, "Ringing");
    clock.run(50);
    say("INVITE", REQUIRED, "offer");
    prack();
    clock.run(61_000);
    expect(heardBy(peer)).toEqual(["180", "180", "200 PRACK", "180"]);
    session.reject(480, "Temporarily Unavailable");
  });
});

/** Two phones that speak 100rel; bob does what `onInvite` says. */
function scene(onInvite: (session: Session) => void, options: PhoneOptions = {}, isLate = false) {
  const network = new VirtualNetwork(4);
  const onEvent: PhoneOptions["onEvent"] = (event, session) => {
    if (event.kind === "offer") event.reply.accept(`to ${event.sdp}`);
    options.onEvent?.(event, session);
  };
  const alice = createPhone(network, "10.0.0.1", { agent: RELIABLE, onEvent });
  const bob = createPhone(network, "10.0.0.2", { agent: RELIABLE, onInvite, onEvent });
  const call = alice.call(bob, {}, isLate);
  network.clock.run(200);
  const other = bob.incoming[0];
  if (other === undefined) throw new Error("no call came");
  const end = (): void => {
    call.hangup();
    expect(network.clock.runToEnd(300_000)).toBe(true);
    for (const { agent } of [alice, bob]) expect(agent.counts()).toEqual(NOTHING);
  };
  return { network, clock: network.clock, alice, bob, call, other, end };
}

const starts = (network: VirtualNetwork, start: string): number =>
  network.trace.filter((line) => line.replace(/^.*? > \S+ (?:lost )?/, "").startsWith(start)).length;

function words(phone: Phone): readonly string[] {
  return phone.heard.filter((word) => word !== "trying");
}

describe("RFC 3311 §5: UPDATE before the answer", () => {
  it("§5.1: both sides may change the session once the first exchange is complete", () => {
    const { clock, alice, bob, call, other, end } = scene((session) =>
      session.progress(183, "Session Progress", "answer"),
    );
    call.offer("from alice", "UPDATE");
    clock.run(100);
    other.offer("from bob", "UPDATE");
    clock.run(100);
    other.answer("answer");
    clock.run(100);
    expect(words(alice)).toEqual([
      "progress 183",
      "offer-answered 200 to from alice",
      "offer UPDATE from bob",
      "answer",
    ]);
    expect(words(bob)).toEqual(["offer UPDATE from alice", "offer-answered 200 to from bob", "acknowledged"]);
    expect(call.state).toBe("confirmed");
    end();
  });

  it("§5.1: before that it waits, and goes when the time has come", () => {
    const { clock, alice, bob, call, other, end } = scene((session) => session.progress(180, "Ringing"));
    call.offer("early", "UPDATE");
    clock.run(100);
    expect(bob.heard).toEqual([]);
    other.progress(183, "Session Progress", "answer");
    clock.run(200);
    expect(words(alice)).toEqual(["progress 180", "progress 183", "offer-answered 200 to early"]);
    end();
  });

  it("§5.1: the callee's UPDATE waits for the PRACK", () => {
    const { network, clock, alice, other, end } = scene(() => undefined);
    let lost = 0;
    network.rule = ({ wire }) => (wire.startsWith("PRACK") && lost++ < 1 ? "lose" : undefined);
    other.progress(183, "Session Progress", "answer");
    other.offer("from bob", "UPDATE");
    clock.run(300);
    expect(words(alice)).toEqual(["progress 183"]);
    clock.run(1_000);
    expect(words(alice)).toEqual(["progress 183", "offer UPDATE from bob"]);
    end();
  });

  it("§5.2: early glare: 491 on both sides, and both get through", () => {
    const { network, clock, alice, bob, call, other, end } = scene((s) =>
      s.progress(183, "Session Progress", "answer"),
    );
    call.offer("from alice", "UPDATE");
    other.offer("from bob", "UPDATE");
    clock.run(10_000);
    expect(starts(network, "SIP/2.0 491")).toBe(2);
    expect(words(alice).slice(1)).toEqual(["offer UPDATE from bob", "offer-answered 200 to from alice"]);
    expect(words(bob)).toEqual(["offer-answered 200 to from bob", "offer UPDATE from alice"]);
    end();
  });

  it("§5.2: an UPDATE with an offer before the first answer gets 500 with Retry-After", () => {
    const { peer, say, session, bob, clock } = called({ Supported: "100rel" });
    session.progress(180, "Ringing");
    clock.run(50);
    say("UPDATE", {}, "too early");
    expect(heardBy(peer).at(-1)).toBe("500 UPDATE");
    expect(Number(peer.lastResponse().header("retry-after"))).toBeLessThanOrEqual(10);
    say("UPDATE");
    expect([heardBy(peer).at(-1), bob.heard]).toEqual(["200 UPDATE", []]);
    session.reject(486, "Busy Here");
  });
});

describe("RFC 3262 §4, §5: a caller", () => {
  it("the answer came in a reliable 1xx: the event of the 200 has it too, and a second description counts for nothing", () => {
    const told: (string | undefined)[] = [];
    const onEvent: PhoneOptions["onEvent"] = (event) => {
      if (event.kind === "answer") told.push(event.sdp);
    };
    const { clock, call, other, end } = scene((s) => s.progress(183, "Session Progress", "the answer"), { onEvent });
    other.answer("other than the answer");
    clock.run(200);
    expect([told, call.state]).toEqual([["the answer"], "confirmed"]);
    end();
  });

  it("a late offer in a reliable 1xx is answered in the PRACK; the 200 without SDP asks for nothing more", () => {
    const onEvent: PhoneOptions["onEvent"] = (event, session) => {
      if (event.kind === "progress" && event.sdp !== undefined) session.answer(`to ${event.sdp}`);
    };
    const { clock, bob, call, other, end } = scene(
      (session) => session.progress(183, "Session Progress", "bob's offer"),
      { onEvent },
      true,
    );
    expect(bob.heard).toEqual(["offer-answered 200 to bob's offer"]);
    other.answer(undefined);
    clock.run(200);
    expect([call.state, other.state]).toEqual(["confirmed", "confirmed"]);
    call.offer("hold");
    clock.run(200);
    expect(bob.heard.slice(1)).toEqual(["acknowledged", "offer INVITE hold"]);
    end();
  });

  it("PRACKs go over lossy links until everything is told in order", () => {
    const network = new VirtualNetwork(77, {
      loss: 0.3,
      duplication: 0.2,
      reordering: 0.2,
      reorderMs: 300,
      delayMs: 20,
      jitterMs: 20,
    });
    const alice = createPhone(network, "10.0.0.1", { agent: RELIABLE });
    const bob = createPhone(network, "10.0.0.2", {
      agent: RELIABLE,
      onInvite: (session) => {
        for (const status of [180, 181, 182, 183]) session.progress(status, "x", status === 183 ? "answer" : undefined);
        session.answer("answer");
      },
    });
    const call = alice.call(bob);
    network.clock.run(40_000);
    const told = words(alice);
    expect([told.at(-1), call.state]).toEqual(["answer", "confirmed"]);
    const order = told.slice(0, -1).map((word) => Number(word.slice(-3)));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    call.hangup();
    expect(network.clock.runToEnd(300_000)).toBe(true);
  });
});
