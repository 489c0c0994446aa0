import { expect, it } from "vitest";
import type { Flow } from "../flow.ts";
import { createHandPeer, handRequest } from "./hand-peer.fixture.ts";
import { createPhone, type PhoneOptions } from "./phone.fixture.ts";
import type { UserAgentOptions } from "./user-agent.types.ts";
import { flowBetween, VirtualNetwork } from "./virtual-network.fixture.ts";

type Locate = NonNullable<UserAgentOptions["locate"]>;

const SBC = { address: "10.0.0.7", port: 5070 };

/** Alice calls a peer by hand whose Contact is this URI; the way of her requests, `INVITE 10.0.0.2:5060` ... */
function calling(contact: string, locate?: Locate) {
  const network = new VirtualNetwork(5);
  const alice = createPhone(network, "10.0.0.1", { agent: locate === undefined ? {} : { locate } });
  const onInvite = (method: string): boolean => method === "INVITE";
  createHandPeer(network, "10.0.0.2", (request, self) => {
    if (onInvite(request.method)) {
      self.respond(request, 200, { toTag: "b", headers: [["Contact", contact]], body: "answer" });
    } else if (request.method !== "ACK") self.respond(request, 200);
  });
  const call = alice.call({ ...alice, address: "10.0.0.2", port: 5060 });
  const ways = (): string[] =>
    network.trace.flatMap((line) => {
      const [, to, method] = /> (\S+) (?:lost )?([A-Z]+) /.exec(line) ?? [];
      return method === undefined || method === "INVITE" ? [] : [`${method} ${to}`];
    });
  return { network, clock: network.clock, alice, call, ways };
}

it("§8.1.2, RFC 3263: a next hop that is a name is looked up once, and every request waits for it in its order", () => {
  const asked: string[] = [];
  let answer: ((flow: Flow | undefined) => void) | undefined;
  const { clock, call, ways } = calling("<sip:b@sbc.example.com>", (uri, _flow, found) => {
    asked.push(uri);
    answer = found;
  });
  clock.run(100);
  call.request("INFO", [], "");
  clock.run(100);
  expect([asked, ways()]).toEqual([["sip:b@sbc.example.com"], []]);
  answer?.(flowBetween({ address: "10.0.0.1", port: 5060 }, SBC));
  clock.run(100);
  call.request("OPTIONS", [], "");
  clock.run(100);
  expect(ways().slice(0, 3)).toEqual(["ACK 10.0.0.7:5070", "INFO 10.0.0.7:5070", "OPTIONS 10.0.0.7:5070"]);
  expect(asked).toHaveLength(1);
});

const cases: [title: string, contact: string, locate: Locate | undefined, want: string][] = [
  ["nobody to ask: the flow of the dialog", "<sip:b@sbc.example.com>", undefined, "ACK 10.0.0.2:5060"],
  ["no answer within 2 s: the flow of the dialog", "<sip:b@sbc.example.com>", () => undefined, "ACK 10.0.0.2:5060"],
  ["nothing found", "<sip:b@sbc.example.com>", (_uri, _flow, found) => found(undefined), "ACK 10.0.0.2:5060"],
  [
    "an address is nothing to look up",
    "<sip:b@10.0.0.9:5080>",
    (_uri, flow, found) => found({ ...flow, remoteAddress: "10.0.0.66" }),
    "ACK 10.0.0.9:5080",
  ],
  [
    "another transport is",
    "<sip:b@10.0.0.9;transport=tcp>",
    (_uri, flow, found) => found({ ...flow, transport: "tcp", connection: 4, remoteAddress: "10.0.0.9" }),
    "ACK 10.0.0.9:5060",
  ],
  [
    "a name that leads nowhere",
    "<sip:b@sbc.example.com>",
    (_uri, flow, found) => found({ ...flow, remoteAddress: "0.0.0.0" }),
    "ACK 10.0.0.2:5060",
  ],
];
it.each(cases)("next hop: %s", (_title, contact, locate, want) => {
  const { clock, call, ways } = calling(contact, locate);
  clock.run(2_500);
  expect([ways()[0], call.state]).toEqual([want, "confirmed"]);
  call.request("INFO", [], "");
  clock.run(10);
  expect(ways().filter((way) => way.startsWith("INFO"))).toEqual([want.replace("ACK", "INFO")]);
});

it("a re-INVITE that waits for its way when the call ends is not sent", () => {
  const { network, clock, call, ways } = calling("<sip:b@sbc.example.com>", () => undefined);
  clock.run(1_000);
  call.offer("hold");
  call.hangup();
  clock.run(5_000);
  expect(ways()).toEqual(["ACK 10.0.0.2:5060", "BYE 10.0.0.2:5060"]);
  expect(network.trace.filter((line) => line.includes(" INVITE "))).toHaveLength(1);
});

/** Bob is called by hand over a connection. */
function calledOverTcp(agent: PhoneOptions["agent"] = {}) {
  const network = new VirtualNetwork(5);
  const bob = createPhone(network, "10.0.0.2", { agent, onInvite: (session) => session.answer("answer") });
  const peer = createHandPeer(network, "10.0.0.1", (request, self) => {
    if (request.method !== "ACK") self.respond(request, 200);
  });
  const first = { ...flowBetween(bob, peer, "tcp"), remotePort: 40_000 };
  const second = { ...first, connection: 2, remotePort: 41_000 };
  const say = (flow: Flow, method: string, cseq: number): void => {
    const tag = bob.incoming[0]?.localTag;
    const To = tag === undefined ? "<sip:bob@10.0.0.2>" : `<sip:bob@10.0.0.2>;tag=${tag}`;
    const Via = `SIP/2.0/TCP 10.0.0.1;branch=z9hG4bK${method}`;
    bob.agent.receive(flow, handRequest(method, { To, Via, CSeq: `${cseq} ${method}` }));
    network.clock.run(20);
  };
  say(first, "INVITE", 1);
  say(first, "ACK", 1);
  const session = bob.incoming[0];
  if (session === undefined) throw new Error("no call came");
  return { network, clock: network.clock, bob, peer, session, first, second, say };
}

it("RFC 5923: requests keep to the connection the dialog came on, and follow the peer to a newer one", () => {
  const { network, session, second, say, clock } = calledOverTcp();
  session.request("INFO", [], "");
  clock.run(20);
  expect(network.trace.at(-1)).toContain("> 10.0.0.1:40000 INFO");
  say(second, "OPTIONS", 2);
  session.request("INFO", [], "");
  clock.run(20);
  expect(network.trace.filter((line) => line.includes("> 10.0.0.1:41000 INFO"))).toHaveLength(1);
});

it("a connection that is gone: the request goes to the Contact over a new one", () => {
  const { clock, session, first, bob, peer } = calledOverTcp({
    locate: (_uri, flow, found) => found({ ...flow, connection: 9, remotePort: 5060 }),
  });
  session.hangup();
  bob.agent.flowFailed(first, "reset");
  clock.run(200);
  expect(peer.request("BYE").cseq.number).toBe(2);
  expect(clock.runToEnd(300_000)).toBe(true);
  expect(bob.agent.counts()).toEqual({ clientTransactions: 0, serverTransactions: 0, sessions: 0 });
});
