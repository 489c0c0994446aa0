import { answerChallenges, type DigestLogin } from "../digest/answer.ts";
import { type DigestCredentials, parseCredentials } from "../digest/auth-params.ts";
import type { Host } from "../host.ts";
import { Malformed } from "../malformed.ts";
import type { SipResponse } from "../message/message.ts";
import { encodeUtf8 } from "../message/text.ts";
import type { HeaderLine } from "../message/write.ts";
import type { OutgoingRequest } from "../transaction/outgoing-request.ts";

/** Most requests sent for one: the first, one per challenger on the way, one more for a nonce that went stale. */
export const MAX_ATTEMPTS = 4;

/** Where challenges and their answers stand: the server's own, and those of proxies on the way (RFC 3261 §22.2, §22.3). */
const FIELDS: readonly (readonly [challenge: string, answer: string])[] = [
  ["www-authenticate", "Authorization"],
  ["proxy-authenticate", "Proxy-Authorization"],
];

/**
 * The credentials with which to send `request` again after `response`, or undefined when that would be of no use: no challenge,
 * no login for it, or the same login refused before. A stale nonce is no refusal (RFC 7616 §3.3), unless it is the very one that was
 * answered. A 401 or 407 may carry challenges of both kinds: a proxy that forked collects them (RFC 3261 §16.7 step 7).
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
  const isChallenge = response.status === 401 || response.status === 407;
  if (login === undefined || !isChallenge || attempt >= MAX_ATTEMPTS) return undefined;
  const { method, requestUri } = request;
  const octets = { ...login, username: encodeUtf8(login.username), password: encodeUtf8(login.password) };
  let credentials = credentialsOf(request);
  let isAnswered = false;
  for (const [challengeField, answerField] of FIELDS) {
    const lines = response.all(challengeField);
    for (const { value, challenge } of answerChallenges(
      host.hash,
      lines,
      octets,
      method,
      requestUri,
      host.randomHex(8),
    )) {
      const { realm, nonce, stale } = challenge;
      const earlier = credentials.filter(([name, text]) => name === answerField && givenTo(text)?.realm === realm);
      if (earlier.length > 0 && (!stale || earlier.some(([, text]) => givenTo(text)?.nonce === nonce)))
        return undefined;
      credentials = [...credentials.filter((line) => !earlier.includes(line)), [answerField, value]];
      isAnswered = true;
    }
  }
  return isAnswered ? credentials : undefined;
}

function givenTo(value: string): Pick<DigestCredentials, "realm" | "nonce"> | undefined {
  const credentials = parseCredentials(value);
  return credentials instanceof Malformed ? undefined : credentials;
}

/** The credentials a request carries; the ACK of its 2xx carries the same (RFC 3261 §22.1). */
export function credentialsOf(request: Pick<OutgoingRequest, "headers">): readonly HeaderLine[] {
  return request.headers.filter(([name]) => name === "Authorization" || name === "Proxy-Authorization");
}
