import { Agent, request } from "undici";
import { AcmeProblem, printable } from "./acme-problem.ts";

const CONNECT_WITHIN_MS = 10_000;
/** The whole of a request, however slowly the answer trickles. */
const ANSWER_WITHIN_MS = 60_000;
/** A certificate with its chain has some 10 KiB. */
const BODY_MAX_BYTES = 256 * 1024;

export type AcmeAnswer = {
  readonly status: number;
  readonly text: string;
  /** The first value, by its name in lower case. */
  header(name: string): string | undefined;
};

/** HTTPS as ACME wants it (RFC 8555 §6.1): server certificates are checked, and what a server answers is bounded in time and size. */
export class AcmeWeb {
  readonly #agent: Agent;

  /** @param roots PEM, trusted instead of the system's */
  constructor(roots: string | undefined) {
    this.#agent = new Agent({
      connect: { timeout: CONNECT_WITHIN_MS, ...(roots === undefined ? {} : { ca: roots }) },
      maxResponseSize: BODY_MAX_BYTES,
      keepAliveTimeout: 4_000,
    });
  }

  /** Rejects with an `AcmeProblem` when there is no answer; any status is one. @param body undefined: HEAD or GET */
  async send(
    method: "GET" | "HEAD" | "POST",
    url: string,
    body: string | undefined,
    signal: AbortSignal,
  ): Promise<AcmeAnswer> {
    if (!/^https:\/\//i.test(url) || !URL.canParse(url))
      throw new AcmeProblem("malformed", `the ACME server gave an address that is not https: ${printable(url)}`);
    try {
      const answer = await request(url, {
        dispatcher: this.#agent,
        method,
        headers: {
          "user-agent": "trunkline",
          "accept-language": "en",
          ...(body === undefined ? {} : { "content-type": "application/jose+json" }),
        },
        ...(body === undefined ? {} : { body }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
      });
      const text = await answer.body.text();
      const { headers } = answer;
      const header = (name: string): string | undefined => {
        const value = headers[name];
        return Array.isArray(value) ? value[0] : value;
      };
      return { status: answer.statusCode, text, header };
    } catch (cause) {
      throw new AcmeProblem("unreachable", `${new URL(url).host}: ${reasonOf(cause)}`, { cause });
    }
  }

  close(): void {
    this.#agent.destroy().catch(() => undefined);
  }
}

function reasonOf(error: unknown): string {
  const { name, message, code } = error as NodeJS.ErrnoException;
  if (name === "TimeoutError") return `no answer within ${ANSWER_WITHIN_MS / 1_000} s`;
  if (/CERT|SELF_SIGNED|UNABLE_TO/.test(String(code)))
    return `its certificate cannot be trusted (${code}); TRUNKLINE_ACME_CA names the roots of a private server`;
  // Without a message when several addresses were tried in vain.
  return printable(message || String(code ?? name));
}
