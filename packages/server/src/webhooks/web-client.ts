import { isIP, type LookupFunction } from "node:net";
import type { Resolver } from "@trunkline/edge";
import { Agent, buildConnector, request } from "undici";
import { PrivateAddress } from "./public-address.ts";

/** Contract §10.1: name look-up, TCP and TLS together. */
const CONNECT_WITHIN_MS = 10_000;
/** As much of an answer is read; what it says is of no use to us, but reading it lets the connection be used again. */
const BODY_MAX_BYTES = 64 * 1024;
/** Header lines of an answer, all together. */
const HEADERS_MAX_BYTES = 16 * 1024;
/** An unused connection is closed after this. */
const KEEP_ALIVE_MS = 4_000;

export type WebRequest = {
  readonly url: URL;
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
};
/** `reason` says in a few words what went wrong; never with more of the URL than its host. */
export type WebAnswer =
  | { readonly kind: "answer"; readonly status: number; readonly location: string | undefined }
  | { readonly kind: "failed"; readonly reason: string };

type IsAllowed = (address: string) => boolean;
export type WebClientParts = { readonly resolver: Resolver; readonly isAllowed: IsAllowed };

/**
 * Sends requests to customers' web servers. Redirects are the caller's affair.
 *
 * Only allowed addresses are ever connected to: those of a name are chosen here and connected to as they are, so that it cannot stand for
 * one address when it is checked and for another when it is used.
 */
export class WebClient {
  readonly #agent: Agent;

  constructor({ resolver, isAllowed }: WebClientParts) {
    const connect = buildConnector({ timeout: CONNECT_WITHIN_MS, lookup: lookUp(resolver, isAllowed) });
    this.#agent = new Agent({
      connect: (options, callback) => {
        // An address in place of a name is not looked up.
        if (isIP(options.hostname) === 0 || isAllowed(options.hostname)) connect(options, callback);
        else callback(new PrivateAddress(options.hostname), null);
      },
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: HEADERS_MAX_BYTES,
    });
  }

  /** Never rejects. @param signal ends it, whatever it waits for */
  async send({ url, method, headers, body }: WebRequest, signal: AbortSignal): Promise<WebAnswer> {
    try {
      const answer = await request(url, { dispatcher: this.#agent, method, headers, body, signal });
      // Once there is a status, nothing that happens to the body changes what it says.
      await answer.body.dump({ limit: BODY_MAX_BYTES, signal }).catch(() => undefined);
      const { location } = answer.headers;
      return { kind: "answer", status: answer.statusCode, location: Array.isArray(location) ? location[0] : location };
    } catch (error) {
      return { kind: "failed", reason: reasonOf(error) };
    }
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }
}

/** Looks a name up for `net.connect` and gives it the addresses that are allowed. */
function lookUp(resolver: Resolver, isAllowed: IsAllowed): LookupFunction {
  return (name, { all }, callback) => {
    allowedAddresses(resolver, name, isAllowed).then(
      ([first, ...more]) => {
        if (all)
          callback(
            null,
            [first, ...more].map((address) => ({ address, family: isIP(address) })),
          );
        else callback(null, first, isIP(first));
      },
      (error: Error) => callback(error, ""),
    );
  };
}

async function allowedAddresses(
  resolver: Resolver,
  name: string,
  isAllowed: IsAllowed,
): Promise<readonly [string, ...string[]]> {
  const answers = await Promise.all([resolver.resolve({ type: "A", name }), resolver.resolve({ type: "AAAA", name })]);
  const records = answers.flatMap((answer) => (answer.kind === "records" ? answer.records : []));
  const addresses = records.flatMap((record) => ("address" in record ? [record.address] : []));
  const [first, ...more] = addresses.filter(isAllowed);
  if (first !== undefined) return [first, ...more];
  if (addresses.length > 0) throw new PrivateAddress(name);
  const failure = answers.find((answer) => answer.kind === "failed");
  throw new NoAddress(failure === undefined ? `${name} has no address` : `${name} is not found: ${failure.why}`);
}

class NoAddress extends Error {
  readonly code = "ENOTFOUND";
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "refused the connection",
  ECONNRESET: "closed the connection",
  EPIPE: "closed the connection",
  UND_ERR_SOCKET: "closed the connection",
  EHOSTUNREACH: "cannot be reached",
  ENETUNREACH: "cannot be reached",
  ETIMEDOUT: "does not take the connection",
  UND_ERR_CONNECT_TIMEOUT: "does not take the connection",
  UND_ERR_HEADERS_OVERFLOW: "answered with too many headers",
};

/** The stable code of an error; "" for those of the web platform, whose codes are numbers. */
function codeOf(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" ? code : "";
}

function reasonOf(error: unknown): string {
  const { name, message } = error as Error;
  const code = codeOf(error);
  if (code === "ERR_PRIVATE_ADDRESS" || code === "ENOTFOUND") return message;
  if (name === "TimeoutError") return "did not answer in time";
  const known = REASONS[code];
  if (known !== undefined) return known;
  if (/CERT|SELF_SIGNED|UNABLE_TO|TLS|SSL/.test(code)) return `failed at TLS (${code})`;
  if (code.startsWith("HPE_")) return `does not speak HTTP (${code})`;
  return `failed (${code === "" ? name : code})`;
}
