import { expect, it } from "vitest";
import { createPhone, type PhoneOptions } from "./phone.fixture.ts";
import { VirtualNetwork } from "./virtual-network.fixture.ts";

const NOTHING = { clientTransactions: 0, serverTransactions: 0, sessions: 0 };
const LARGE = `v=0\r\n${"a=x\r\n".repeat(300)}`;

/** A call with an offer of that size; the ways its requests took, `UDP`, `TCP`, as their Via says. */
function call(offer: string, options: PhoneOptions["agent"] = {}, bobTakesStreams = true) {
  const network = new VirtualNetwork(1);
  if (!bobTakesStreams) network.datagramsOnly.add("10.0.0.2");
  const ways: string[] = [];
  const alice = createPhone(network, "10.0.0.1", {
    agent: { streamFlow: (flow) => ({ ...flow, transport: "tcp", connection: 7 }), ...options },
    handlers: {
      onMessage: (direction, flow, wire) => {
        if (direction === "in" || wire.startsWith("SIP/2.0")) return;
        const via = /Via: SIP\/2\.0\/(\w+)/.exec(wire)?.[1];
        expect(via).toBe(flow.transport.toUpperCase());
        ways.push(`${wire.slice(0, wire.indexOf(" "))} ${via}`);
      },
    },
  });
  const bob = createPhone(network, "10.0.0.2", { onInvite: (session) => session.answer("answer") });
  const session = alice.call(bob, { sdp: offer });
  network.clock.run(1_000);
  const { state } = session;
  session.hangup();
  expect(network.clock.runToEnd(300_000)).toBe(true);
  for (const { agent } of [alice, bob]) expect(agent.counts()).toEqual(NOTHING);
  return { ways, state, bob };
}

const cases: [title: string, offer: string, options: PhoneOptions["agent"], streams: boolean, want: string[]][] = [
  ["a small request stays on UDP", "offer", {}, true, ["INVITE UDP", "ACK UDP", "BYE UDP"]],
  ["a request above 1,300 bytes goes over TCP", LARGE, {}, true, ["INVITE TCP", "ACK UDP", "BYE UDP"]],
  ["a refused connection sends it back to UDP", LARGE, {}, false, ["INVITE TCP", "INVITE UDP", "ACK UDP", "BYE UDP"]],
  ["the rule can be switched off", LARGE, { mtuRule: "off" }, true, ["INVITE UDP", "ACK UDP", "BYE UDP"]],
  ["a host without streams", LARGE, { streamFlow: () => undefined }, true, ["INVITE UDP", "ACK UDP", "BYE UDP"]],
  ["a path known to carry more", LARGE, { maxUdpRequestBytes: 8_000 }, true, ["INVITE UDP", "ACK UDP", "BYE UDP"]],
];

it.each(cases)("§18.1.1: %s", (_title, offer, options, streams, want) => {
  const { ways, state, bob } = call(offer, options, streams);
  expect([ways, state]).toEqual([want, "confirmed"]);
  expect(bob.incoming).toHaveLength(1);
});

it("§18.1.1: nobody over TCP and nobody over UDP either: Timer B counts from the second try", () => {
  const network = new VirtualNetwork(1);
  const alice = createPhone(network, "10.0.0.1", {
    agent: { streamFlow: (flow) => ({ ...flow, transport: "tcp", connection: 7 }) },
  });
  alice.call({ ...alice, address: "10.0.0.9" }, { sdp: LARGE });
  expect(network.clock.runToEnd(300_000)).toBe(true);
  expect(alice.heard).toEqual(["fail timeout 408", "ended failed"]);
  expect(alice.agent.counts()).toEqual(NOTHING);
});

it("§18.1.1: OPTIONS too; a stream that breaks after a response is no reason to ask again", () => {
  const network = new VirtualNetwork(1);
  const alice = createPhone(network, "10.0.0.1", {
    agent: { streamFlow: (flow) => ({ ...flow, transport: "tcp", connection: 7 }) },
  });
  const bob = createPhone(network, "10.0.0.2", { onInvite: (session) => session.progress(180) });
  const statuses: (number | undefined)[] = [];
  const flow = { transport: "udp", localAddress: "10.0.0.1", localPort: 5060, remotePort: 5060 } as const;
  const target = { requestUri: "sip:b@10.0.0.2", from: "<sip:a@10.0.0.1>", to: "<sip:b@10.0.0.2>" };
  const body = { type: "text/plain", text: LARGE };
  const ask = (remoteAddress: string): void =>
    alice.agent.request(
      "OPTIONS",
      { ...target, flow: { ...flow, remoteAddress } },
      (r) => statuses.push(r?.status),
      body,
    );
  ask(bob.address);
  network.datagramsOnly.add("10.0.0.3");
  createPhone(network, "10.0.0.3");
  ask("10.0.0.3");
  const call = alice.call(bob, { sdp: LARGE });
  network.clock.run(500);
  alice.agent.flowFailed({ ...call.flow, transport: "tcp", connection: 7 }, "reset");
  bob.incoming[0]?.answer("answer");
  network.clock.run(500);
  expect([statuses, call.state]).toEqual([[200, 200], "confirmed"]);
  expect(network.trace.filter((line) => line.includes(" INVITE "))).toHaveLength(1);
  call.hangup();
  expect(network.clock.runToEnd(300_000)).toBe(true);
});
