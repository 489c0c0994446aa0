import { expect, it } from "vitest";
import { createPhone } from "./phone.fixture.ts";
import { flowBetween, seededRandom, VirtualNetwork } from "./virtual-network.fixture.ts";

const COPIES = 3_000;

/** One to four edits: octets dropped, doubled or replaced, lines exchanged between messages. */
function spoil(wire: string, other: string, random: () => number): string {
  const at = (text: string): number => Math.floor(random() * text.length);
  let text = wire;
  for (let edits = 1 + Math.floor(random() * 4); edits > 0; edits--) {
    const from = at(text);
    const kind = Math.floor(random() * 4);
    if (kind === 0) text = text.slice(0, from) + text.slice(from + 1 + Math.floor(random() * 8));
    else if (kind === 1) text = text.slice(0, from) + text.slice(from, from + 20) + text.slice(from);
    else if (kind === 2) text = text.slice(0, from) + String.fromCharCode(at(" ".repeat(256))) + text.slice(from + 1);
    else {
      const lines = text.split("\r\n");
      lines[at("x".repeat(lines.length))] = other.split("\r\n")[Math.floor(random() * 8)] ?? "";
      text = lines.join("\r\n");
    }
  }
  return text;
}

it(`${COPIES} spoiled copies of the messages of a call: nothing is thrown, nothing is left`, () => {
  const network = new VirtualNetwork(11);
  const random = seededRandom(12);
  const wires: string[] = [];
  const onMessage = (_direction: string, _flow: unknown, wire: string): void => {
    wires.push(wire);
  };
  const agent = { supported: ["100rel", "timer"], reliableProgress: "when-supported" } as const;
  const alice = createPhone(network, "10.0.0.1", { agent, handlers: { onMessage } });
  const bob = createPhone(network, "10.0.0.2", {
    agent,
    onInvite: (session) => {
      session.progress(183, "Session Progress", "answer");
      network.clock.setTimer(50, () => session.answer("answer"));
    },
    onEvent: (event) => {
      if (event.kind === "offer") event.reply.reject(488);
    },
  });
  const call = alice.call(bob);
  network.clock.run(500);
  call.offer("another");
  network.clock.run(500);
  call.offer("yet another", "UPDATE");
  network.clock.run(500);
  const pick = (): string => wires[Math.floor(random() * wires.length)] ?? "";
  const samples = wires.length;
  for (let n = 0; n < COPIES; n++) {
    wires.length = samples;
    const wire = spoil(pick(), pick(), random);
    bob.agent.receive(flowBetween(bob, alice), wire);
    alice.agent.receive(flowBetween(alice, bob), wire);
    network.clock.run(20);
  }
  call.hangup();
  for (const { incoming } of [alice, bob]) for (const session of incoming) session.hangup();
  expect(network.clock.runToEnd(300_000)).toBe(true);
  for (const { agent } of [alice, bob]) {
    expect(agent.counts()).toEqual({ clientTransactions: 0, serverTransactions: 0, sessions: 0 });
  }
});
