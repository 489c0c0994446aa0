import type { Socket } from "node:net";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { Problem, problemBody } from "./problem.ts";
import type { Product } from "./product.ts";

/**
 * What a connection may take of us before it has said who it is: a whole head in 10 s, a whole request in a minute, 16 KiB of headers, and a
 * minute of silence between requests. Nothing else ends a client that sends a byte now and then.
 */
export const HTTP_LIMITS = {
  requestTimeout: 60_000,
  keepAliveTimeout: 60_000,
  http: { headersTimeout: 10_000, connectionsCheckingInterval: 2_000, maxHeaderSize: 16 * 1_024 },
  clientErrorHandler: refuse,
} as const;

/** Connections of all clients together; more are closed at once, so that descriptors are left for calls. */
const CONNECTIONS_MAX = 2_000;

export function limitConnections(app: FastifyInstance): void {
  app.server.maxConnections = CONNECTIONS_MAX;
}

const BY_ERROR: Readonly<Record<string, Problem>> = {
  ERR_HTTP_REQUEST_TIMEOUT: new Problem(408, 20422, "The request took too long to arrive."),
  HPE_HEADER_OVERFLOW: new Problem(431, 20422, "The headers are too large: at most 16 KiB are taken."),
};
const NOT_HTTP = new Problem(400, 20422, "This is no well-formed HTTP request.");
const REASONS: Readonly<Record<number, string>> = {
  400: "Bad Request",
  408: "Request Timeout",
  431: "Request Header Fields Too Large",
};

/** Answers what is no request at all, in the shape of every other error, and hangs up. */
function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const problem = BY_ERROR[error.code ?? ""] ?? NOT_HTTP;
  const body = JSON.stringify(problemBody(problem));
  const head = [
    `HTTP/1.1 ${problem.status} ${REASONS[problem.status]}`,
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Twilio-Error-Code: ${problem.code}`,
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

/** Kept by browsers for a year (contract §1.4). */
const HSTS = "max-age=31536000";

/**
 * Headers of every answer. Pages of other origins may call Twilio's surfaces, as they may at Twilio's: with credentials that they have
 * themselves. `*` never goes with cookies or with a password that a browser knows (Fetch §3.2.5), and our own surface, which the console's
 * sessions open, has none of it.
 */
export function commonHeaders(request: FastifyRequest, product: Product): Readonly<Record<string, string>> {
  return {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    Vary: "Origin",
    ...(request.protocol === "https" ? { "Strict-Transport-Security": HSTS } : {}),
    ...(product === "trunkline" ? {} : CROSS_ORIGIN),
  };
}

const CROSS_ORIGIN = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Expose-Headers":
    "ETag, Retry-After, Twilio-Request-Id, Twilio-Request-Duration, Twilio-Concurrent-Requests, X-Twilio-Error-Code, X-Trunkline-Warning, Idempotent-Replayed",
} as const;

/** What a browser asks before it sends credentials of a page of another origin; kept for a day. */
export function preflightHeaders(product: Product, allow: string): Readonly<Record<string, string>> {
  if (product === "trunkline") return { Allow: allow };
  return {
    Allow: allow,
    "Access-Control-Allow-Methods": allow,
    "Access-Control-Allow-Headers":
      "Accept, Authorization, Content-Type, Idempotency-Key, I-Twilio-Idempotency-Token, X-Trunkline-Account",
    "Access-Control-Max-Age": "86400",
  };
}
