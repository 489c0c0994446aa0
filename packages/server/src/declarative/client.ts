import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Row } from "./fields.ts";

/** Whose credentials go to which API. */
export type Access = {
  /** Scheme, host and port. With a host of Twilio's, each product has its own. */
  readonly baseUrl: string;
  /** User name of Basic authentication: an account, the operator, or an API key. */
  readonly username: string;
  readonly password: string;
  /** The account that is read and changed. */
  readonly accountSid: string;
};

/** What the API said to a request, or that it said nothing (`status` 0). Holds no credentials and nothing of the request's body. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: number | null;

  constructor(request: string, status: number, code: number | null, message: string, options?: ErrorOptions) {
    super(`${request}: ${message}`, options);
    this.status = status;
    this.code = code;
  }
}

export type ClientOptions = {
  /** Told before each wait for a busy server. */
  readonly onWait?: (seconds: number, why: string) => void;
  /** First pause before trying again, doubled with every attempt; default 500. */
  readonly pauseMs?: number;
};

const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 500;
/** A server that asks for more is not waited for. */
const LONGEST_PAUSE_MS = 60_000;
const ANSWER_LIMIT_MS = 30_000;
const PAGE_SIZE = 1_000;
/** Millions of rows; a server that has more pages makes them up. */
const MAX_PAGES = 10_000;
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/** A client of Twilio's REST API as Trunkline and Twilio serve it. */
export type Client = {
  readonly accountSid: string;
  readonly baseUrl: string;
  /** Undefined where there is none (404). */
  get(path: string): Promise<Row | undefined>;
  /** Row by row, page by page. Where there is no such list (404), nothing. */
  list(path: string, key: string): AsyncGenerator<Row>;
  /** Never carried out twice: each is sent with a token of its own, the same in every attempt. */
  post(path: string, body: Row): Promise<Row>;
  /** What is gone already is deleted. */
  delete(path: string): Promise<void>;
};

/** 429, 503 and lost connections are tried again with growing pauses, or after what `Retry-After` says; all else rejects with `ApiError`. */
export function createClient(access: Access, options: ClientOptions = {}): Client {
  const request = (method: string, path: string, body?: Row): Promise<Response> => {
    const token = randomUUID();
    return persist(`${method} ${path.replace(/\?.*/, "")}`, () => send(access, method, path, body, token), options);
  };
  const get = async (path: string): Promise<Row | undefined> => {
    const response = await request("GET", path);
    return response.status === 404 ? undefined : bodyOf(response);
  };
  return {
    accountSid: access.accountSid,
    baseUrl: access.baseUrl,
    get,
    async *list(path, key) {
      const seen = new Set<string>();
      let next: string | undefined = `${path}?PageSize=${PAGE_SIZE}`;
      while (next !== undefined) {
        // One token is as long as a row's name: a million rows are a thousand of them.
        if (seen.has(next))
          throw new ApiError(`GET ${path}`, 200, null, "the link to the next page leads back to itself");
        if (seen.size === MAX_PAGES) throw new ApiError(`GET ${path}`, 200, null, "the list has no end");
        seen.add(next);
        const body: Row = (await get(next)) ?? {};
        const rows = body[key] ?? [];
        if (!Array.isArray(rows) || !rows.every((row) => typeof row === "object" && row !== null))
          throw new ApiError(`GET ${path}`, 200, null, `${key} is no list of rows`);
        yield* rows as readonly Row[];
        next = nextPage(body);
      }
    },
    post: async (path, body) => bodyOf(await request("POST", path, body)),
    delete: async (path) => {
      await request("DELETE", path);
    },
  };
}

/** Rejects where the server has no such account: better than to find nothing in it. */
export async function requireAccount(client: Client): Promise<void> {
  if ((await client.get(`/2010-04-01/Accounts/${client.accountSid}`)) !== undefined) return;
  throw new Error(`${client.baseUrl} has no account ${client.accountSid}`);
}

/** Path and query of the link to the next page: credentials go nowhere but where the user sent them. */
function nextPage(body: Row): string | undefined {
  const meta = body["meta"] as { readonly next_page_url?: unknown } | undefined;
  const link = body["next_page_uri"] ?? meta?.next_page_url;
  if (typeof link !== "string" || link === "") return undefined;
  const url = URL.parse(link, "http://link.invalid");
  return url ? url.pathname + url.search : undefined;
}

/** Products of Twilio's by the beginnings of their paths; all else is of `api`. */
const PRODUCTS: readonly (readonly [beginning: string, product: string])[] = [
  ["/v1/Trunks", "trunking"],
  ["/v1/DialingPermissions", "voice"],
];

/** Where a path is: at one origin for all, or at Twilio's host of its product. */
export function urlOf(baseUrl: string, path: string): URL {
  // Not relative to it: a path such as //elsewhere would name another host.
  const url = new URL(new URL(baseUrl).origin + path);
  const product = PRODUCTS.find(([beginning]) => path.startsWith(beginning))?.[1] ?? "api";
  if (url.hostname.endsWith(".twilio.com")) url.hostname = url.hostname.replace(/^[^.]+/, product);
  return url;
}

function send(access: Access, method: string, path: string, body: Row | undefined, token: string): Promise<Response> {
  const suffixed = /^\/2010-04-01\/[^?]*$/.test(path.replace(/\?.*/, "")) && !/\.json(\?|$)/.test(path);
  return fetch(urlOf(access.baseUrl, suffixed ? path.replace(/(?=\?|$)/, ".json") : path), {
    method,
    redirect: "error",
    headers: {
      accept: "application/json",
      authorization: `Basic ${Buffer.from(`${access.username}:${access.password}`).toString("base64")}`,
      "x-trunkline-account": access.accountSid,
      ...(body === undefined ? {} : { "content-type": "application/json", "i-twilio-idempotency-token": token }),
    },
    signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function persist(what: string, attempt: () => Promise<Response>, options: ClientOptions): Promise<Response> {
  for (let n = 1; ; n += 1) {
    const pauseMs = (options.pauseMs ?? FIRST_PAUSE_MS) * 2 ** (n - 1);
    const outcome = await attempt().catch((cause: unknown) => asLost(what, cause));
    if (!(outcome instanceof ApiError)) {
      if (!isBusy(outcome)) return settled(what, outcome);
      const asked = Number(outcome.headers.get("retry-after") ?? Number.NaN) * 1_000;
      const waitMs = asked >= 0 ? asked : pauseMs;
      if (n === ATTEMPTS || waitMs > LONGEST_PAUSE_MS) return settled(what, outcome);
      await outcome.body?.cancel();
      options.onWait?.(waitMs / 1_000, `the server is busy (${outcome.status})`);
      await delay(waitMs);
    } else {
      if (n === ATTEMPTS) throw outcome;
      options.onWait?.(pauseMs / 1_000, "the server does not answer");
      await delay(pauseMs);
    }
  }
}

/** 409 with `Retry-After`: an earlier attempt of the same request is still being carried out. */
function isBusy({ status, headers }: Response): boolean {
  return status === 429 || status === 503 || (status === 409 && headers.has("retry-after"));
}

function asLost(what: string, cause: unknown): ApiError {
  const why = cause instanceof Error ? ((cause.cause as Error | undefined)?.message ?? cause.message) : String(cause);
  return new ApiError(what, 0, null, `no answer (${why})`, { cause });
}

/** What a server says goes to a terminal. */
function plain(message: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is being removed.
  return message.slice(0, 1_000).replace(/[\u0000-\u001f\u007f-\u009f]/g, " ");
}

/** 404 is an answer to GET and DELETE. */
async function settled(what: string, response: Response): Promise<Response> {
  if (response.ok || (response.status === 404 && !what.startsWith("POST"))) return response;
  const { message, code } = (await bodyOf(response).catch(() => ({}))) as { message?: unknown; code?: unknown };
  const said = typeof message === "string" ? plain(message) : response.statusText;
  const number = typeof code === "number" ? code : null;
  throw new ApiError(
    what,
    response.status,
    number,
    `${response.status}${number === null ? "" : ` (${number})`} ${said}`,
  );
}

async function bodyOf(response: Response): Promise<Row> {
  const text = await textOf(response);
  try {
    const body: unknown = text === "" ? {} : JSON.parse(text);
    if (typeof body === "object" && body !== null && !Array.isArray(body)) return body as Row;
  } catch {
    // Told below: what it says instead may be anything.
  }
  throw new ApiError(response.url, response.status, null, "the answer is no JSON; is this the address of the API?");
}

async function textOf(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body ?? []) {
    length += piece.length;
    if (length > MAX_ANSWER_BYTES) throw new ApiError(response.url, response.status, null, "the answer is too long");
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}
