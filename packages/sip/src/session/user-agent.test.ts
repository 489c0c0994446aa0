import { describe, expect, it } from "vitest";
import { createPhone, type Phone, type PhoneOptions } from "./phone.fixture.ts";
import type { Session } from "./user-agent.types.ts";
import { VirtualNetwork } from "./virtual-network.fixture.ts";

const NOTHING = { clientTransactions: 0, serverTransactions: 0, sessions: 0 };

const answering: PhoneOptions = {
  onInvite: (session) => {
    session.progress(180, "Ringing");
    session.answer("answer");
  },
};
const ringing: PhoneOptions = { onInvite: (session) => session.progress(180, "Ringing") };

function scene(forBob: PhoneOptions, forAlice: PhoneOptions = {}) {
  const network = new VirtualNetwork(1);
  const alice = createPhone(network, "10.0.0.1", forAlice);
  const bob = createPhone(network, "10.0.0.2", forBob);
  return { network, clock: network.clock, alice, bob };
}

/** Runs until the last timer, then nothing may be left. */
function expectSilence(network: VirtualNetwork, ...phones: Phone[]): void {
  expect(network.clock.runToEnd(300_000)).toBe(true);
  for (const { agent } of phones) expect(agent.counts()).toEqual(NOTHING);
}

/** How often messages with this start went out. */
function sent(network: VirtualNetwork, start: string): number {
  return network.trace.filter((line) => line.replace(/^.*? > \S+ (?:lost )?/, "").startsWith(start)).length;
}

function theCall(phone: Phone): Session {
  const session = phone.incoming[0];
  if (session === undefined) throw new Error("no call came");
  return session;
}

describe("a call", () => {
  it("§13, §15: rings, is answered, acknowledged and ended by the caller, and leaves nothing behind", () => {
    const { network, clock, alice, bob } = scene(answering);
    const call = alice.call(bob);
    clock.run(1_000);
    expect([call.state, theCall(bob).state]).toEqual(["confirmed", "confirmed"]);
    expect(call.remoteTag).toBe(theCall(bob).localTag);
    call.hangup();
    expectSilence(network, alice, bob);
    expect(alice.heard).toEqual(["trying", "progress 180", "answer", "ended local"]);
    expect(bob.heard).toEqual(["acknowledged", "ended bye"]);
    expect(network.trace).toHaveLength(7);
  });

  it("§15: is ended by the callee", () => {
    const { network, clock, alice, bob } = scene(answering);
    alice.call(bob);
    clock.run(1_000);
    theCall(bob).hangup();
    expectSilence(network, alice, bob);
    expect(alice.heard).toEqual(["trying", "progress 180", "answer", "ended bye"]);
    expect(bob.heard).toEqual(["acknowledged", "ended local"]);
  });

  it("§13.3.1.3: is refused", () => {
    const { network, alice, bob } = scene({ onInvite: (session) => session.reject(486, "Busy Here") });
    const call = alice.call(bob);
    expectSilence(network, alice, bob);
    expect(alice.heard).toEqual(["trying", "fail response 486", "ended failed"]);
    expect(bob.heard).toEqual(["ended failed"]);
    expect(call.state).toBe("ended");
  });

  it("§17.1.1.2: fails with 408 when nobody is there", () => {
    const { network, clock, alice } = scene({});
    alice.call({ ...alice, address: "10.0.0.9" });
    clock.run(31_999);
    expect(alice.heard).toEqual([]);
    expectSilence(network, alice);
    expect(alice.heard).toEqual(["fail timeout 408", "ended failed"]);
    expect(sent(network, "INVITE")).toBe(7);
  });

  it("§8.1.3.1: fails with 503 when the connection cannot be made", () => {
    const { network, alice } = scene({});
    const flow = { transport: "tcp", localAddress: "10.0.0.1", localPort: 5060, remoteAddress: "10.0.0.9" } as const;
    alice.call(alice, { flow: { ...flow, remotePort: 5060, connection: 1 } });
    expectSilence(network, alice);
    expect(alice.heard).toEqual(["fail transport 503", "ended failed"]);
  });

  it("§13.3.1.1: a long ring is repeated every minute", () => {
    const { network, clock, alice, bob } = scene(ringing);
    alice.call(bob);
    clock.run(150_000);
    expect(sent(network, "SIP/2.0 180")).toBe(3);
    theCall(bob).reject(480, "Temporarily Unavailable");
    expectSilence(network, alice, bob);
  });

  it("a handler that throws costs its call only: 500", () => {
    const network = new VirtualNetwork(1);
    const alice = createPhone(network, "10.0.0.1");
    const bob = createPhone(network, "10.0.0.2", {
      onInvite: () => {
        throw new Error("ours");
      },
    });
    alice.call(bob);
    expect(() => network.clock.run(1_000)).toThrow("ours");
    expectSilence(network, alice, bob);
    expect(alice.heard).toEqual(["trying", "fail response 500", "ended failed"]);
  });
});

describe("loss", () => {
  it("§13.3.1.4: a lost 200 is sent again until its ACK comes", () => {
    const { network, alice, bob } = scene(answering);
    let lost = 0;
    network.rule = ({ wire }) =>
      wire.startsWith("SIP/2.0 200") && wire.includes(" INVITE") && lost++ < 2 ? "lose" : undefined;
    const call = alice.call(bob);
    network.clock.run(5_000);
    expect([call.state, theCall(bob).state]).toEqual(["confirmed", "confirmed"]);
    call.hangup();
    expectSilence(network, alice, bob);
  });

  it("§13.2.2.4: a lost ACK is sent again for the 200 that comes again, to the user unseen", () => {
    const { network, alice, bob } = scene(answering);
    let lost = 0;
    network.rule = ({ wire }) => (wire.startsWith("ACK") && lost++ < 2 ? "lose" : undefined);
    const call = alice.call(bob);
    network.clock.run(5_000);
    expect(sent(network, "ACK")).toBe(3);
    call.hangup();
    expectSilence(network, alice, bob);
    expect(alice.heard).toEqual(["trying", "progress 180", "answer", "ended local"]);
    expect(bob.heard).toEqual(["acknowledged", "ended bye"]);
  });

  it("§13.3.1.4: without any ACK the callee ends the call with a BYE after 64*T1", () => {
    const { network, alice, bob } = scene(answering);
    let bye = "";
    network.rule = ({ wire }) => {
      if (wire.startsWith("BYE")) bye = wire;
      return wire.startsWith("ACK") ? "lose" : undefined;
    };
    alice.call(bob);
    expectSilence(network, alice, bob);
    expect(bye).toContain('\r\nReason: SIP;cause=408;text="ACK not received"\r\n');
    expect(bob.heard).toEqual(["ended ack-timeout"]);
    expect(alice.heard).toEqual(["trying", "progress 180", "answer", "ended bye"]);
    expect(sent(network, "SIP/2.0 200 OK")).toBe(11 + 1);
  });

  it("§15: a callee that hangs up before the ACK waits for it with its BYE", () => {
    const { network, clock, alice, bob } = scene(answering);
    let lost = 0;
    network.rule = ({ wire }) => (wire.startsWith("ACK") && lost++ < 1 ? "lose" : undefined);
    alice.call(bob);
    clock.run(100);
    theCall(bob).hangup();
    expect(bob.heard).toEqual(["ended local"]);
    expect(sent(network, "BYE")).toBe(0);
    expectSilence(network, alice, bob);
    expect(sent(network, "BYE")).toBe(1);
    expect(alice.heard.at(-1)).toBe("ended bye");
  });

  it("§15.1.1: a BYE without answer ends the call all the same", () => {
    const { network, clock, alice, bob } = scene(answering);
    const call = alice.call(bob);
    clock.run(1_000);
    network.rule = () => "lose";
    call.hangup();
    expect(alice.heard.at(-1)).toBe("ended local");
    expect(network.clock.runToEnd(300_000)).toBe(true);
    expect(alice.agent.counts()).toEqual(NOTHING);
  });

  it("§8.2.2.2, §17.2.3: doubled messages make no second call", () => {
    const { network, alice, bob } = scene(answering);
    network.rule = () => "duplicate";
    const call = alice.call(bob);
    network.clock.run(1_000);
    expect(bob.incoming).toHaveLength(1);
    call.hangup();
    expectSilence(network, alice, bob);
    expect(bob.heard).toEqual(["acknowledged", "ended bye"]);
  });
});

describe("CANCEL", () => {
  it("§9: ends a ringing call with 487", () => {
    const { network, clock, alice, bob } = scene(ringing);
    const call = alice.call(bob);
    clock.run(1_000);
    call.cancel([["Reason", "SIP;cause=200"]]);
    expectSilence(network, alice, bob);
    expect(alice.heard).toEqual(["trying", "progress 180", "fail cancelled 487", "ended failed"]);
    expect(bob.heard).toEqual(["cancelled", "ended failed"]);
  });

  it("§9.1: is held back until somebody has said something", () => {
    const { network, alice, bob } = scene(ringing);
    let lost = 0;
    network.rule = ({ wire }) => (wire.startsWith("SIP/2.0 1") && lost++ < 2 ? "lose" : undefined);
    alice.call(bob).hangup();
    network.clock.run(400);
    expect(sent(network, "CANCEL")).toBe(0);
    expectSilence(network, alice, bob);
    expect(alice.heard).toEqual(["fail cancelled 487", "ended failed"]);
    expect(bob.heard).toEqual(["cancelled", "ended failed"]);
  });

  it("§9.1: held back for ever when nobody answers; the caller hears that it is cancelled", () => {
    const { network, alice } = scene({});
    alice.call({ ...alice, address: "10.0.0.9" }).cancel();
    expectSilence(network, alice);
    expect(alice.heard).toEqual(["fail cancelled 487", "ended failed"]);
    expect(sent(network, "CANCEL")).toBe(0);
  });

  it("§9.1, §15: a 200 that crosses it is acknowledged and its dialog ended by BYE", () => {
    const { network, clock, alice, bob } = scene(ringing);
    const call = alice.call(bob);
    clock.run(1_000);
    theCall(bob).answer("answer");
    call.cancel();
    expectSilence(network, alice, bob);
    expect(alice.heard).toEqual(["trying", "progress 180", "fail cancelled 487", "ended failed"]);
    expect(bob.heard).toEqual(["acknowledged", "ended bye"]);
    expect([sent(network, "ACK"), sent(network, "BYE")]).toEqual([1, 1]);
  });

  it("§9.1: without any final response the call is over 64*T1 later", () => {
    const { network, clock, alice, bob } = scene(ringing);
    const call = alice.call(bob);
    clock.run(1_000);
    network.attach(bob.address, bob.port, undefined);
    call.cancel();
    expect(clock.runUntil(() => call.state === "ended", 33_000)).toBe(true);
    expect(alice.heard.slice(-2)).toEqual(["fail cancelled 487", "ended failed"]);
    theCall(bob).reject(480, "Temporarily Unavailable");
    expectSilence(network, alice, bob);
  });

  it("§15: a BYE of the caller on the early dialog counts as one", () => {
    const { network, clock, alice, bob } = scene(ringing);
    const call = alice.call(bob);
    clock.run(1_000);
    call.request("BYE", [], "");
    expectSilence(network, alice, bob);
    expect(bob.heard).toEqual(["cancelled", "ended failed"]);
    expect(alice.heard.slice(-2)).toEqual(["fail response 487", "ended failed"]);
  });
});

describe("crossing", () => {
  it("RFC 5407 §3.2.1: both BYEs are answered, both sides end once", () => {
    const { network, clock, alice, bob } = scene(answering);
    const call = alice.call(bob);
    clock.run(1_000);
    call.hangup();
    theCall(bob).hangup();
    expectSilence(network, alice, bob);
    expect(alice.heard.filter((word) => word.startsWith("ended"))).toEqual(["ended local"]);
    expect(bob.heard.filter((word) => word.startsWith("ended"))).toEqual(["ended local"]);
    expect(sent(network, "SIP/2.0 481")).toBe(0);
  });

  it("§14.1: re-INVITE glare is refused with 491 on both sides, then both get through", () => {
    const accept: PhoneOptions["onEvent"] = (event) => {
      if (event.kind === "offer") event.reply.accept(`to ${event.sdp}`);
    };
    const { network, clock, alice, bob } = scene({ ...answering, onEvent: accept }, { onEvent: accept });
    const call = alice.call(bob);
    clock.run(1_000);
    call.offer("from alice");
    theCall(bob).offer("from bob");
    clock.run(10_000);
    expect(sent(network, "SIP/2.0 491")).toBe(2);
    expect(alice.heard.slice(3)).toEqual(["offer INVITE from bob", "offer-answered 200 to from alice"]);
    expect(bob.heard.slice(1)).toEqual(["offer-answered 200 to from bob", "offer INVITE from alice"]);
    call.hangup();
    expectSilence(network, alice, bob);
  });

  it("RFC 5407 §3.1.4: a re-INVITE that overtakes the ACK is taken, and the ACK still counts", () => {
    const accept: PhoneOptions["onEvent"] = (event) => {
      if (event.kind === "offer") event.reply.accept("second answer");
    };
    const { network, clock, alice, bob } = scene({ ...answering, onEvent: accept });
    network.rule = ({ wire }) => (wire.startsWith("ACK") && wire.includes("1 ACK") ? { delayMs: 200 } : undefined);
    const call = alice.call(bob);
    clock.runUntil(() => call.state === "confirmed", 1_000);
    call.offer("second offer");
    clock.run(5_000);
    expect(bob.heard).toEqual(["offer INVITE second offer", "acknowledged"]);
    expect(alice.heard.at(-1)).toBe("offer-answered 200 second answer");
    call.hangup();
    expectSilence(network, alice, bob);
  });

  it("§15.1.2: a BYE ends the re-INVITE that waits for an answer with 487", () => {
    const { network, clock, alice, bob } = scene(answering);
    const call = alice.call(bob);
    clock.run(1_000);
    call.offer("hold");
    clock.run(1_000);
    call.hangup();
    expectSilence(network, alice, bob);
    expect(sent(network, "SIP/2.0 487")).toBe(1);
    expect(bob.heard).toEqual(["acknowledged", "offer INVITE hold", "ended bye"]);
  });
});
