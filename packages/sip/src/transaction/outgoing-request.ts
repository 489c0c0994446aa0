import type { Flow } from "../flow.ts";
import type { SipResponse } from "../message/message.ts";
import { type HeaderLine, writeMessage } from "../message/write.ts";

/** A request of ours, whole, as plain data: what is needed to send it, to cancel it and to acknowledge its refusal. */
export type OutgoingRequest = {
  readonly flow: Flow;
  readonly method: string;
  readonly requestUri: string;
  /** Whole Via value with this branch in it. */
  readonly via: string;
  readonly branch: string;
  /** Whole header values, tags included. */
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly cseq: number;
  readonly maxForwards: number;
  /** Whole Route values, first hop first. */
  readonly routes: readonly string[];
  /** Everything else, in order; Content-Type among them when there is a body. */
  readonly headers: readonly HeaderLine[];
  readonly body: string;
};

/** A request as text, ready to go. */
export type Sending = {
  readonly request: OutgoingRequest;
  readonly wire: string;
  /** Goes out instead when the flow fails before any response (RFC 3261 §18.1.1). */
  readonly fallback?: Sending;
};

export function writeRequest(request: OutgoingRequest): string {
  const headers: HeaderLine[] = [["Via", request.via]];
  for (const route of request.routes) headers.push(["Route", route]);
  headers.push(
    ["Max-Forwards", String(request.maxForwards)],
    ["From", request.from],
    ["To", request.to],
    ["Call-ID", request.callId],
    ["CSeq", `${request.cseq} ${request.method}`],
    ...request.headers,
  );
  return writeMessage(`${request.method} ${request.requestUri} SIP/2.0`, headers, request.body);
}

/** The CANCEL of an INVITE: same Request-URI, Via, From, To, Call-ID, CSeq number and Route (RFC 3261 §9.1). */
export function cancelOf(invite: OutgoingRequest, headers: readonly HeaderLine[]): OutgoingRequest {
  return { ...invite, method: "CANCEL", headers, body: "" };
}

/** The ACK of a refusal: as the CANCEL, but To with the tag of the response (§17.1.1.3). */
export function ackOfRefusal(invite: OutgoingRequest, response: SipResponse): OutgoingRequest {
  return { ...invite, method: "ACK", to: response.header("to") ?? invite.to, headers: [], body: "" };
}
