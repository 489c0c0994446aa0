import { expect, it } from "vitest";
import type { SessionEvent } from "./events.ts";
import { createPhone, type PhoneOptions } from "./phone.fixture.ts";
import { VirtualNetwork } from "./virtual-network.fixture.ts";

const NOTHING = { clientTransactions: 0, serverTransactions: 0, sessions: 0 };

/** A call between alice and bob that stands, after one second. */
function standing(
  forBob: PhoneOptions["onEvent"] = () => undefined,
  forAlice: PhoneOptions["onEvent"] = () => undefined,
) {
  const network = new VirtualNetwork(3);
  const alice = createPhone(network, "10.0.0.1", { onEvent: forAlice });
  const bob = createPhone(network, "10.0.0.2", { onInvite: (session) => session.answer("answer"), onEvent: forBob });
  const call = alice.call(bob);
  network.clock.run(1_000);
  const [other] = bob.incoming;
  if (other === undefined) throw new Error("no call came");
  alice.heard.length = 0;
  bob.heard.length = 0;
  const end = (): void => {
    call.hangup();
    expect(network.clock.runToEnd(300_000)).toBe(true);
    expect([alice.agent.counts(), bob.agent.counts()]).toEqual([NOTHING, NOTHING]);
  };
  return { network, clock: network.clock, alice, bob, call, other, end };
}

function accepting(answer: string) {
  return (event: SessionEvent): void => {
    if (event.kind === "offer") event.reply.accept(answer);
  };
}

it.each(["INVITE", "UPDATE"] as const)("§14, RFC 3311: %s changes the session, from either side", (method) => {
  const { clock, alice, bob, call, other, end } = standing(accepting("bob's"), accepting("alice's"));
  call.offer("hold", method);
  clock.run(500);
  other.offer("resume", method);
  clock.run(500);
  expect(bob.heard).toEqual([`offer ${method} hold`, "offer-answered 200 alice's"]);
  expect(alice.heard).toEqual(["offer-answered 200 bob's", `offer ${method} resume`]);
  end();
});

it("§14.1: a refused offer leaves the call as it was", () => {
  const { clock, alice, call, end } = standing((event) => {
    if (event.kind === "offer") event.reply.reject(488);
  });
  call.offer("video");
  clock.run(500);
  expect(alice.heard).toEqual(["offer-answered 488 -"]);
  expect(call.state).toBe("confirmed");
  end();
});

it("§14.2: a late offer is made in the 200 and answered in the ACK, in both roles", () => {
  const { clock, alice, bob, call, other, end } = standing(accepting("bob offers"), accepting("alice offers"));
  const answerIt = (session: typeof call) => (): void => {
    session.answer("late answer");
  };
  call.offer(undefined);
  clock.run(200);
  expect(alice.heard).toEqual(["offer-answered 200 bob offers"]);
  answerIt(call)();
  clock.run(200);
  expect(bob.heard).toEqual(["offer INVITE -", "acknowledged"]);
  other.offer(undefined);
  clock.run(200);
  answerIt(other)();
  clock.run(200);
  expect(alice.heard.slice(1)).toEqual(["offer INVITE -", "acknowledged"]);
  end();
});

it("offers of ours wait for each other; the newest of those that wait is sent", () => {
  const { clock, alice, call, end } = standing(accepting("ok"));
  call.offer("first");
  call.offer("second");
  call.offer("third");
  clock.run(1_000);
  expect(alice.heard).toEqual(["offer-answered 491 -", "offer-answered 200 ok", "offer-answered 200 ok"]);
  end();
});

it("§14.2: a second offer while the first waits for its answer gets 500 with Retry-After", () => {
  const replies: SessionEvent[] = [];
  const { clock, network, alice, call, end } = standing((event) => {
    replies.push(event);
  });
  call.offer("first");
  clock.run(100);
  call.request("UPDATE", [["Content-Type", "application/sdp"]], "overlapping");
  clock.run(100);
  expect(network.trace.filter((line) => line.includes("SIP/2.0 500"))).toHaveLength(1);
  const first = replies.find((event) => event.kind === "offer");
  if (first?.kind === "offer") first.reply.accept("answer");
  clock.run(500);
  expect(alice.heard).toEqual(["offer-answered 200 answer"]);
  end();
});

it("RFC 3311 §5.2: an UPDATE without SDP refreshes the target and is answered by the session", () => {
  const { clock, bob, call, end } = standing();
  let status = 0;
  call.request("UPDATE", [["Contact", "<sip:alice@10.0.0.1:5060>"]], "", (response) => {
    status = response?.status ?? 0;
  });
  clock.run(500);
  expect([status, bob.heard]).toEqual([200, []]);
  end();
});

it("§11.2: OPTIONS inside the dialog says what we can do", () => {
  const { clock, call, end } = standing();
  let allow: string | undefined;
  call.request("OPTIONS", [], "", (response) => {
    allow = response?.header("allow");
  });
  clock.run(500);
  expect(allow).toContain("INVITE, ACK, BYE");
  end();
});

it("other requests go to the user, who answers them", () => {
  const { clock, bob, call, end } = standing((event) => {
    if (event.kind === "request") event.respond(200, "OK", [["X-Said", event.request.body]]);
  });
  let said: string | undefined;
  call.request("INFO", [["Content-Type", "text/plain"]], "hello", (response) => {
    said = response?.header("x-said");
  });
  clock.run(500);
  expect([said, bob.heard]).toEqual(["hello", ["request INFO"]]);
  end();
});

it("a request the user forgets leaves no transaction behind, and RFC 4320 §4.1 keeps the peer informed", () => {
  const { clock, network, call } = standing();
  call.request("INFO", [], "");
  clock.run(4_000);
  // One for the INVITE; for the INFO one after 3.5 s, and once more for its retransmission at that very time.
  expect(network.trace.filter((line) => line.includes("SIP/2.0 100"))).toHaveLength(3);
  expect(clock.runToEnd(300_000)).toBe(true);
});

it.each([
  ["§8.2.1: a method we do not allow gets 405", "REFER", [], 405],
  ["§8.2.2.3: an extension we do not speak gets 420", "INFO", [["Require", "replaces"]], 420],
  ["RFC 3262 §3: a PRACK for nothing gets 481", "PRACK", [["RAck", "1 1 INVITE"]], 481],
] as const)("%s", (_title, method, headers, status) => {
  const { clock, bob, call } = standing();
  let got = 0;
  call.request(method, headers, "", (response) => {
    got = response?.status ?? 0;
  });
  clock.run(500);
  expect([got, bob.heard]).toEqual([status, []]);
});

it("§12.2.1.2: a 481 ends the dialog on our side", () => {
  const { network, clock, alice, bob, call } = standing();
  network.rule = ({ wire }) => (wire.startsWith("BYE") ? "lose" : undefined);
  network.attach(bob.address, bob.port, createPhone(network, "10.0.0.3").agent);
  call.request("INFO", [], "");
  clock.run(500);
  expect(alice.heard).toEqual(["ended gone"]);
  expect(alice.agent.counts().sessions).toBe(0);
});

it("§12.2.1.2: silence ends the dialog too, with a BYE for a peer that may still be there", () => {
  const { network, clock, alice, bob, call } = standing();
  network.rule = ({ wire }) => (wire.startsWith("INVITE") ? "lose" : undefined);
  call.offer("hold");
  expect(clock.runToEnd(300_000)).toBe(true);
  expect(alice.heard).toEqual(["offer-answered 408 -", "ended gone"]);
  expect(bob.heard).toEqual(["ended bye"]);
});

it("§13.2.1: an INVITE without SDP: the offer comes in the 200, the answer goes out in the ACK", () => {
  const network = new VirtualNetwork(3);
  let acknowledged: string | undefined;
  const alice = createPhone(network, "10.0.0.1", {
    onEvent: (event, session) => {
      if (event.kind === "answer") session.answer(`to ${event.sdp}`);
    },
  });
  const bob = createPhone(network, "10.0.0.2", {
    onInvite: (session) => session.answer("late offer"),
    onEvent: (event) => {
      if (event.kind === "acknowledged") acknowledged = event.sdp;
    },
  });
  const flow = { transport: "udp", localAddress: "10.0.0.1", localPort: 5060, remotePort: 5060 } as const;
  const call = alice.agent.invite(
    {
      flow: { ...flow, remoteAddress: bob.address },
      requestUri: "sip:bob@10.0.0.2",
      from: "<sip:alice@10.0.0.1>",
      to: "<sip:bob@10.0.0.2>",
    },
    (event) => {
      if (event.kind === "answer") call.answer(`to ${event.sdp}`);
    },
  );
  network.clock.run(1_000);
  expect([acknowledged, call.state]).toEqual(["to late offer", "confirmed"]);
  call.hangup();
  expect(network.clock.runToEnd(300_000)).toBe(true);
  expect(alice.agent.counts()).toEqual(NOTHING);
});

it("hangup is safe in every state and may be repeated", () => {
  for (const atMs of [0, 5, 15, 25, 35, 45, 100]) {
    const network = new VirtualNetwork(3);
    const alice = createPhone(network, "10.0.0.1");
    const bob = createPhone(network, "10.0.0.2", {
      onInvite: (session) => {
        session.progress(180, "Ringing");
        network.clock.setTimer(10, () => session.answer("answer"));
      },
    });
    const call = alice.call(bob);
    network.clock.run(atMs);
    call.hangup();
    call.hangup();
    bob.incoming[0]?.hangup();
    expect(network.clock.runToEnd(300_000)).toBe(true);
    expect([alice.agent.counts(), bob.agent.counts()]).toEqual([NOTHING, NOTHING]);
    for (const { heard } of [alice, bob]) expect(heard.filter((word) => word.startsWith("ended"))).toHaveLength(1);
  }
});

it("§13.3.1.4: a request of the UAS waits for the ACK, since a peer without the 2xx would answer 481", () => {
  const network = new VirtualNetwork(3);
  const alice = createPhone(network, "10.0.0.1");
  const bob = createPhone(network, "10.0.0.2", { onInvite: (session) => session.answer("answer") });
  network.rule = ({ wire, index }) => (wire.startsWith("SIP/2.0 200") && index < 4 ? "lose" : undefined);
  const call = alice.call(bob);
  network.clock.run(100);
  const answers: (number | undefined)[] = [];
  bob.incoming[0]?.request("INFO", [], "1", (response) => answers.push(response?.status));
  network.clock.run(300);
  expect([answers, alice.heard]).toEqual([[], ["trying"]]);
  network.clock.run(2_000);
  expect([answers.length, alice.heard]).toEqual([0, ["trying", "answer", "request INFO"]]);
  bob.incoming[0]?.hangup();
  expect(network.clock.runToEnd(300_000)).toBe(true);
  expect([call.state, alice.agent.counts(), bob.agent.counts()]).toEqual(["ended", NOTHING, NOTHING]);
});

it("a request that waits for an ACK which never comes is given up with the call", () => {
  const network = new VirtualNetwork(3);
  const alice = createPhone(network, "10.0.0.1");
  const bob = createPhone(network, "10.0.0.2", { onInvite: (session) => session.answer("answer") });
  network.rule = ({ wire }) => (wire.startsWith("ACK ") ? "lose" : undefined);
  alice.call(bob);
  network.clock.run(100);
  const answers: unknown[] = [];
  bob.incoming[0]?.request("INFO", [], "1", (response) => answers.push(response));
  expect(network.clock.runToEnd(300_000)).toBe(true);
  expect([answers, bob.heard]).toEqual([[undefined], ["ended ack-timeout"]]);
});

it("`dialogHeaders` are on every request of the caller inside the dialog, and on nothing of the callee", () => {
  const network = new VirtualNetwork(3);
  const alice = createPhone(network, "10.0.0.1");
  const bob = createPhone(network, "10.0.0.2", {
    onInvite: (session) => session.answer("answer"),
    onEvent: (event) => event.kind === "offer" && event.reply.accept("again"),
  });
  const marked: string[] = [];
  network.rule = ({ wire }) => {
    const [line = ""] = wire.split("\r\n", 1);
    marked.push(`${line.split(" ")[0]} ${/^X-Call: (.*)\r$/m.exec(wire)?.[1] ?? "-"}`);
    return undefined;
  };
  const call = alice.call(bob, { dialogHeaders: [["X-Call", "7"]] });
  network.clock.run(500);
  call.offer("hold");
  network.clock.run(500);
  call.request("INFO", [], "");
  network.clock.run(500);
  call.hangup();
  expect(network.clock.runToEnd(300_000)).toBe(true);
  const requests = marked.filter((line) => !line.startsWith("SIP/2.0"));
  expect([...new Set(requests)]).toEqual(["INVITE -", "ACK 7", "INVITE 7", "INFO 7", "BYE 7"]);
  expect(marked).not.toContain("SIP/2.0 7");
});
