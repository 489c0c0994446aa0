import { describe, expect, it } from "vitest";
import type { SipRequest } from "../message/message.ts";
import { createHandPeer, type HandPeer } from "./hand-peer.fixture.ts";
import { createPhone } from "./phone.fixture.ts";
import { flowBetween, VirtualNetwork } from "./virtual-network.fixture.ts";

/** One challenge; `more` as in `, stale=true`. */
const challenge = (field: "WWW" | "Proxy", realm: string, nonce: string, more = "") =>
  [`${field}-Authenticate`, `Digest realm="${realm}", nonce="${nonce}", qop="auth"${more}`] as const;

/** What the OPTIONS requests carried, as `field realm algorithm nonce`, and what came of them. */
function ask(answer: (request: SipRequest, peer: HandPeer) => void): { sent: readonly string[]; status: number } {
  const network = new VirtualNetwork(5);
  const alice = createPhone(network, "10.0.0.1");
  const sent: string[] = [];
  const peer = createHandPeer(network, "10.0.0.2", (request, self) => {
    const part = (text: string, name: string): string => new RegExp(`${name}="?([^",]+)`).exec(text)?.[1] ?? "-";
    const lines = ["authorization", "proxy-authorization"].flatMap((field) =>
      request
        .all(field)
        .map((text) => `${field[0]} ${part(text, "realm")} ${part(text, "algorithm")} ${part(text, "nonce")}`),
    );
    sent.push(`${request.cseq.number}: ${lines.join(", ") || "-"}`);
    answer(request, self);
  });
  let status = 0;
  const target = {
    flow: flowBetween(alice, peer),
    requestUri: "sip:10.0.0.2",
    from: "<sip:alice@10.0.0.1>",
    to: "<sip:10.0.0.2>",
    credentials: { username: "alice", password: "s\u00e9cret" },
  };
  alice.agent.request("OPTIONS", target, (response) => {
    status = response?.status ?? 0;
  });
  network.clock.runToEnd(60_000);
  return { sent, status };
}

describe("RFC 3261 §22.2, §22.3: requests of ours that are challenged", () => {
  const refuseUntil =
    (tries: number, status: number, headers: readonly (readonly [string, string])[]) =>
    (request: SipRequest, self: HandPeer): void => {
      if (request.cseq.number <= tries) self.respond(request, status, { headers });
      else self.respond(request, 200);
    };

  it("RFC 8760 §2.4: of several algorithms the strongest that is known", () => {
    const headers = [
      challenge("WWW", "r", "n1"),
      challenge("WWW", "r", "n2", ", algorithm=SHA-512-256"),
      challenge("WWW", "r", "n3", ", algorithm=SHA-256"),
    ];
    expect(ask(refuseUntil(1, 401, headers))).toEqual({ sent: ["1: -", "2: a r SHA-256 n3"], status: 200 });
  });

  it("§16.7: a proxy that forked collects challenges: every realm gets its answer, in the header it belongs to", () => {
    const headers = [challenge("WWW", "a", "n1"), challenge("Proxy", "p", "n2"), challenge("Proxy", "q", "n3")];
    expect(ask(refuseUntil(1, 407, headers))).toEqual({
      sent: ["1: -", "2: a a MD5 n1, p p MD5 n2, p q MD5 n3"],
      status: 200,
    });
  });

  it("one challenger after the other: earlier answers stay", () => {
    const outcome = ask((request, self) => {
      if (request.cseq.number === 1) self.respond(request, 407, { headers: [challenge("Proxy", "p", "n1")] });
      else if (request.cseq.number === 2) self.respond(request, 407, { headers: [challenge("Proxy", "q", "n2")] });
      else if (request.cseq.number === 3) self.respond(request, 401, { headers: [challenge("WWW", "p", "n3")] });
      else self.respond(request, 200);
    });
    expect(outcome).toEqual({
      sent: ["1: -", "2: p p MD5 n1", "3: p p MD5 n1, p q MD5 n2", "4: a p MD5 n3, p p MD5 n1, p q MD5 n2"],
      status: 200,
    });
  });

  it.each([
    ["the same realm again: the password is wrong", [challenge("WWW", "r", "n")], 401, 2],
    ["a stale nonce that is the same one: no answer helps", [challenge("WWW", "r", "n", ", stale=true")], 401, 2],
    [
      "only auth-int, which signs bodies: not spoken",
      [["WWW-Authenticate", 'Digest realm="r", nonce="n", qop="auth-int"']],
      401,
      1,
    ],
    ["another scheme", [["WWW-Authenticate", 'Bearer realm="r"']], 401, 1],
    ["no challenge at all", [], 407, 1],
    ["a challenge in another refusal", [challenge("WWW", "r", "n")], 403, 1],
  ] as const)("%s", (_title, headers, status, requests) => {
    const outcome = ask((request, self) => self.respond(request, status, { headers }));
    expect([outcome.sent.length, outcome.status]).toEqual([requests, status]);
  });

  it("a challenger that always finds the nonce stale is asked four times", () => {
    const outcome = ask((request, self) => {
      const headers = [challenge("WWW", "r", `n${request.cseq.number}`, ", stale=true")];
      self.respond(request, 401, { headers });
    });
    expect([outcome.sent.length, outcome.status]).toEqual([4, 401]);
  });
});
