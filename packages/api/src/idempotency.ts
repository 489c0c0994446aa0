import { createHash } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { invalid, Problem } from "./problem.ts";
import { type Answer, type Context, Download, type Route } from "./route.ts";

/** Twilio's header, and that of draft-ietf-httpapi-idempotency-key-header. */
const TOKEN_HEADERS = ["i-twilio-idempotency-token", "idempotency-key"] as const;
const TOKEN = /^[\x21-\x7e]{1,255}$/;

/** The answer as it is kept. */
type Kept = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object | null;
  readonly problem?: { readonly code: number; readonly message: string };
};

export type Done = { readonly result: Answer | Download | Problem; readonly isReplay: boolean };

const UNDER_WAY = new Problem(
  409,
  20162,
  "A request with this idempotency token is under way. Try again in a second for its answer.",
  { "Retry-After": "1" },
);

/**
 * Runs a handler; but a POST that carries an idempotency token runs once. Whoever sends it again within a day, with the same credentials,
 * to the same place and for the same account, gets the first answer, over restarts too.
 *
 * What was not done (429, 5xx) is forgotten, so that it can be tried again. Answers are kept encrypted: some hold a secret that is shown
 * once, and only who was shown it has the credentials that the kept answer is found by.
 */
export async function runOnce(route: Route, at: Context, request: FastifyRequest, holderSid: string): Promise<Done> {
  // Passwords are not even hashed into what is kept, and a sign-in is nobody's to repeat.
  const isKept = route.method === "POST" && route.scope !== "public" && route.scope !== "session";
  const token = isKept ? tokenOf(at) : undefined;
  if (token === undefined) return { result: await route.run(at), isReplay: false };
  if (!TOKEN.test(token)) {
    const message = "The idempotency token must be 1 to 255 visible ASCII characters, such as a UUID.";
    return { result: invalid(message), isReplay: false };
  }
  const { idempotency } = at.deps.store;
  const key = sha256(JSON.stringify([holderSid, at.account.sid, request.url, token]));
  const claim = await idempotency.claim({ key, accountSid: at.account.sid, bodyHash: sha256(canonical(request.body)) });
  if (claim.kind === "done") return { result: read(claim.answer), isReplay: true };
  if (claim.kind === "under-way") return { result: UNDER_WAY, isReplay: false };
  if (claim.kind === "other-body") {
    const message = "The idempotency token was used with other parameters. Use a new one for a new request.";
    return { result: invalid(message), isReplay: false };
  }
  try {
    const result = await route.run(at);
    // It is done, whether that can be noted or not.
    const noted = isFinal(result) ? idempotency.settle(key, written(result)) : idempotency.release(key);
    await noted.catch((error: unknown) => at.deps.onFailure?.(error, request.id));
    return { result, isReplay: false };
  } catch (error) {
    // The store may be what failed: then the claim ends by itself in a minute.
    await idempotency.release(key).catch(() => undefined);
    throw error;
  }
}

function tokenOf(at: Context): string | undefined {
  const name = TOKEN_HEADERS.find((header) => at.header(header) !== "");
  return name && at.header(name);
}

function isFinal(result: Answer | Download | Problem): result is Answer | Problem {
  return !(result instanceof Download) && result.status !== 429 && result.status < 500;
}

function written(result: Answer | Problem): string {
  const { status, headers = {} } = result;
  const kept: Kept =
    result instanceof Problem
      ? { status, headers, body: null, problem: { code: result.code, message: result.message } }
      : { status, headers, body: result.body };
  return JSON.stringify(kept);
}

function read(text: string): Answer | Problem {
  // Written by `written`, and sealed since.
  const { status, headers, body, problem } = JSON.parse(text) as Kept;
  if (problem) return new Problem(status, problem.code, problem.message, headers);
  return { status: status as Answer["status"], headers, body };
}

function sha256(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}

/** The parameters in one order, however they were sent. */
function canonical(body: unknown): string {
  const ordered = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(ordered);
    if (typeof value !== "object" || value === null) return value;
    return Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, of]) => [name, ordered(of)]);
  };
  return JSON.stringify(ordered(body ?? {})) ?? "";
}
