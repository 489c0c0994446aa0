import type { Flow } from "../flow.ts";
import type { SipMessage, SipRequest, SipResponse } from "../message/message.ts";
import { readMessage } from "../message/read.ts";
import { Unreadable } from "../message/unreadable.ts";
import { type ResponseExtras, writeMessage, writeResponse } from "../message/write.ts";
import { flowBetween, type VirtualNetwork } from "./virtual-network.fixture.ts";

/** A peer without a stack: it says exactly what a test makes it say, right or wrong. */
export type HandPeer = {
  readonly address: string;
  readonly port: number;
  readonly received: readonly SipMessage[];
  /** The last request with this method that reached it. */
  request(method: string): SipRequest;
  /** Statuses of the responses that reached it, `200 BYE` ... */
  readonly answers: readonly string[];
  lastResponse(): SipResponse;
  respond(request: SipRequest, status: number, extras?: ResponseExtras): void;
  send(to: { readonly address: string; readonly port: number }, wire: string): void;
};

export function createHandPeer(
  network: VirtualNetwork,
  address: string,
  onRequest: (request: SipRequest, peer: HandPeer) => void = () => undefined,
): HandPeer {
  const port = 5060;
  const host = network.host();
  const received: SipMessage[] = [];
  const flows = new Map<SipMessage, Flow>();
  const peer: HandPeer = {
    address,
    port,
    received,
    request: (method) => {
      const found = received.findLast((message) => message.kind === "request" && message.method === method);
      if (found?.kind !== "request") throw new Error(`no ${method} came`);
      return found;
    },
    get answers() {
      return received.flatMap((message) =>
        message.kind === "response" ? [`${message.status} ${message.cseq.method}`] : [],
      );
    },
    lastResponse: () => {
      const found = received.findLast((message) => message.kind === "response");
      if (found?.kind !== "response") throw new Error("no response came");
      return found;
    },
    respond: (request, status, extras) => {
      const flow = flows.get(request);
      if (flow === undefined) throw new Error("a request of somebody else");
      host.send(flow, writeResponse(request, flow, status, "By Hand", extras));
    },
    send: (to, wire) => host.send(flowBetween(peer, to), wire),
  };
  network.attach(address, port, {
    receive: (flow, wire) => {
      const message = readMessage(wire);
      if (message instanceof Unreadable) throw new Error(`unreadable: ${message.what}`);
      received.push(message);
      flows.set(message, flow);
      if (message.kind === "request") onRequest(message, peer);
    },
    flowFailed: () => undefined,
  });
  return peer;
}

/** A request from `alice` at 10.0.0.1, whole but for what `changes` says; an undefined value leaves the line out. */
export function handRequest(
  method: string,
  changes: Readonly<Record<string, string | undefined>> = {},
  body = "",
): string {
  const lines: Record<string, string | undefined> = {
    Via: "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKhand",
    From: "<sip:alice@10.0.0.1>;tag=a",
    To: "<sip:bob@10.0.0.2>",
    "Call-ID": "by-hand",
    CSeq: `1 ${method}`,
    "Max-Forwards": "70",
    Contact: "<sip:alice@10.0.0.1>",
    ...changes,
  };
  const headers = Object.entries(lines).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return writeMessage(`${method} sip:bob@10.0.0.2 SIP/2.0`, headers, body);
}
