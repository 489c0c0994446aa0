import { errorCode } from "./listener.ts";
import type { HandshakeFailure } from "./tls.types.ts";

/** What OpenSSL's and Node's codes mean to an operator; the first that matches. */
const FAILURES: readonly (readonly [code: RegExp, failure: HandshakeFailure])[] = [
  [/UNSUPPORTED_PROTOCOL|ALERT_PROTOCOL_VERSION|VERSION_TOO_LOW/, "version"],
  [/NO_SHARED_CIPHER|NO_SUITABLE_SIGNATURE|NO_CIPHERS|INSUFFICIENT_SECURITY/, "cipher"],
  [/WRONG_VERSION_NUMBER|HTTP_REQUEST|HTTPS_PROXY_REQUEST|PACKET_LENGTH|UNKNOWN_PROTOCOL|BAD_RECORD_TYPE/, "not-tls"],
  [/UNEXPECTED_MESSAGE|RECORD_OVERFLOW|RECORD_TOO_SMALL/, "not-tls"],
  [/CERTIFICATE|UNKNOWN_CA|BAD_CERT/, "certificate"],
  [/TIMEOUT/, "timeout"],
  [/ECONNRESET|EPIPE/, "closed"],
];

/** Why a handshake failed, by what Node says. */
export function failureOf(error: unknown): HandshakeFailure {
  const code = errorCode(error);
  return FAILURES.find(([pattern]) => pattern.test(code))?.[1] ?? "other";
}
