import type { Host } from "../host.ts";
import type { SipRequest } from "../message/message.ts";

/** What every branch made by RFC 3261 begins with (§8.1.1.7). */
export const BRANCH_COOKIE = "z9hG4bK";

/**
 * The key under which a request finds its server transaction (RFC 3261 §17.2.3): branch, sent-by and method.
 *
 * An ACK has the key of its INVITE; for a CANCEL give `INVITE` to get the key of what it cancels. A branch without the
 * cookie comes from RFC 2543, where the whole top Via, Request-URI, From tag, Call-ID and CSeq number stand in; the To tag is
 * left out, because it differs between an INVITE and the ACK of its refusal and adds nothing to the rest.
 *
 * The text is joined from slices of the datagram: copy it to keep it.
 */
export function serverKey(request: SipRequest, method = keyMethod(request.method)): string {
  const { branch, host, port } = request.via;
  if (branch?.startsWith(BRANCH_COOKIE) && branch.length > BRANCH_COOKIE.length) {
    return `${branch} ${host}:${port ?? ""} ${method}`;
  }
  const fromTag = request.from.params.get("tag") ?? "";
  return `2543 ${request.requestUri} ${fromTag} ${request.callId} ${request.cseq.number} ${request.via.raw} ${method}`;
}

/** The key that a copy of the same request has, whichever way it came (§8.2.2.2); undefined when it cannot be merged. */
export function mergeKey(request: SipRequest): string | undefined {
  const fromTag = request.from.params.get("tag");
  if (fromTag === undefined || request.to.params.has("tag") || request.method === "CANCEL") return undefined;
  return `${request.callId} ${fromTag} ${request.cseq.number} ${request.method}`;
}

/** The key of a client transaction (§17.1.3). Our branches are random, so they need no sent-by. */
export function clientKey(branch: string, method: string): string {
  return `${branch} ${method}`;
}

/** The To tag of a response without a transaction: the same for every copy of the request (§8.2.7). */
export function statelessTag(host: Host, request: SipRequest): string {
  return host.hash("MD5", `${request.callId} ${request.via.raw}`).slice(0, 16);
}

function keyMethod(method: string): string {
  return method === "ACK" ? "INVITE" : method;
}
