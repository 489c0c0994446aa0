import {
  type DigestCredentials,
  type ExtraHeader,
  findCredentials,
  type Host,
  NonceMint,
  type SipRequest,
  verifyDigest,
  writeChallenge,
} from "@trunkline/sip";
import type { DigestVerdict } from "@trunkline/trunking";
import { NONCE_AGE_MS } from "../limits.ts";
import { challengeAlgorithms } from "./peer-quirks.ts";

/**
 * Challenges callers and checks their answers (TERM-3). Nonces carry wall-clock time, because they are made with a secret that outlives a
 * restart; one made before this start is `stale`, which costs a client one more round and lets no recorded answer in again.
 */
export class Authenticator {
  readonly #mint: NonceMint;
  readonly #realm: string;
  readonly #opaque: string;
  readonly #host: Host;
  readonly #ownHosts: ReadonlySet<string>;
  readonly #wallClockMs: () => number;

  constructor(
    host: Host,
    options: { realm: string; nonceSecret: string; ownHosts: ReadonlySet<string>; wallClockMs: () => number },
  ) {
    this.#host = host;
    this.#realm = options.realm;
    this.#ownHosts = options.ownHosts;
    this.#wallClockMs = options.wallClockMs;
    this.#opaque = host.randomHex(16);
    this.#mint = new NonceMint({
      secret: options.nonceSecret,
      hash: (name, text) => host.hash(name, text),
      maxAgeMs: NONCE_AGE_MS,
      notBeforeMs: options.wallClockMs(),
    });
  }

  /** Proxy-Authenticate for that request's sender, one line per algorithm, each with a nonce of its own. */
  challenge(request: SipRequest, stale: boolean): ExtraHeader[] {
    return challengeAlgorithms(request.header("user-agent")).map((algorithm): ExtraHeader => {
      const nonce = this.#mint.make(this.#wallClockMs());
      const value = writeChallenge({
        realm: this.#realm,
        nonce,
        opaque: this.#opaque,
        algorithm,
        qop: ["auth"],
        stale,
      });
      // Beside a second challenge an unnamed algorithm is misread by clients that look for the next `algorithm=` they find.
      return ["Proxy-Authenticate", algorithm === "MD5" ? `${value},algorithm=MD5` : value];
    });
  }

  /** The answer meant for us, if the request has one. */
  find(request: SipRequest): DigestCredentials | undefined {
    return findCredentials(request.all("proxy-authorization"), this.#realm);
  }

  verify(
    request: SipRequest,
    credentials: DigestCredentials,
    ha1: { readonly ha1Md5: string; readonly ha1Sha256: string },
  ): DigestVerdict {
    return verifyDigest({
      credentials,
      method: request.method,
      requestUri: request.requestUri,
      isOwnHost: (name) => name === request.target?.host || this.#ownHosts.has(name.replace(/^\[|\]$/g, "")),
      realm: this.#realm,
      ha1,
      hash: (name, text) => this.#host.hash(name, text),
      mint: this.#mint,
      nowMs: this.#wallClockMs(),
    });
  }
}
