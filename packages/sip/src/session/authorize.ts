import { answerChallenges, type DigestLogin } from "../digest/answer.ts";
import type { Host } from "../host.ts";
import type { SipResponse } from "../message/message.ts";
import { encodeUtf8 } from "../message/text.ts";
import type { HeaderLine } from "../message/write.ts";
import type { OutgoingRequest } from "../transaction/outgoing-request.ts";

/** Most requests sent for one: the first, one per challenger on the way, one more for a nonce that went stale. */
export const MAX_ATTEMPTS = 4;

/** Where a challenge and its answer stand, by status (RFC 3261 §22.2, §22.3). */
const FIELDS: Readonly<Record<number, readonly [challenge: string, answer: string]>> = {
  401: ["www-authenticate", "Authorization"],
  407: ["proxy-authenticate", "Proxy-Authorization"],
};

/**
 * The credentials with which to send `request` again after `response`, or undefined when that would be of no use: no challenge,
 * no login for it, or the same login refused before. A stale nonce is no refusal (RFC 7616 §3.3).
 *
 * @param attempt how often the request was sent so far
 */
export function authorize(
  host: Host,
  login: DigestLogin | undefined,
  response: SipResponse,
  request: OutgoingRequest,
  attempt: number,
): readonly HeaderLine[] | undefined {
  const fields = FIELDS[response.status];
  if (login === undefined || fields === undefined || attempt >= MAX_ATTEMPTS) return undefined;
  const [challengeField, answerField] = fields;
  const earlier = credentialsOf(request);
  const lines = response.all(challengeField);
  const { method, requestUri } = request;
  const octets = { ...login, username: encodeUtf8(login.username), password: encodeUtf8(login.password) };
  const answer = answerChallenges(host.hash, lines, octets, method, requestUri, host.randomHex(8));
  if (answer === undefined) return undefined;
  if (earlier.some(([name]) => name === answerField) && !answer.challenge.stale) return undefined;
  return [...earlier.filter(([name]) => name !== answerField), [answerField, answer.value]];
}

/** The credentials a request carries; the ACK of its 2xx carries the same (RFC 3261 §22.1). */
export function credentialsOf(request: Pick<OutgoingRequest, "headers">): readonly HeaderLine[] {
  return request.headers.filter(([name]) => name === "Authorization" || name === "Proxy-Authorization");
}
