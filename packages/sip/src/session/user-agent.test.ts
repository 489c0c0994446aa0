import { expect, it } from "vitest";
import { createPhone } from "./phone.fixture.ts";
import { VirtualNetwork } from "./virtual-network.fixture.ts";

const NOTHING = { clientTransactions: 0, serverTransactions: 0, sessions: 0 };

it("§13, §15: a call rings, is answered, acknowledged and ended by the caller, and leaves nothing behind", () => {
  const network = new VirtualNetwork(1);
  const alice = createPhone(network, "10.0.0.1");
  const bob = createPhone(network, "10.0.0.2", {
    onInvite: (session) => {
      session.progress(180, "Ringing");
      session.answer("answer");
    },
  });
  const call = alice.call(bob);
  network.clock.run(1_000);
  expect(call.state).toBe("confirmed");
  expect(bob.incoming[0]?.state).toBe("confirmed");
  call.hangup();
  expect(network.clock.runToEnd(120_000)).toBe(true);
  expect(alice.heard).toEqual(["trying", "progress 180", "answer", "ended local"]);
  expect(bob.heard).toEqual(["acknowledged", "ended bye"]);
  expect(alice.agent.counts()).toEqual(NOTHING);
  expect(bob.agent.counts()).toEqual(NOTHING);
});
