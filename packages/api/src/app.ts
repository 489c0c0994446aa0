import type { IncomingMessage } from "node:http";
import formbody from "@fastify/formbody";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { AttemptLimit } from "./attempt-limit.ts";
import { closeInTime } from "./closing.ts";
import type { ApiDeps } from "./deps.ts";
import { problemOfError } from "./failure.ts";
import { HTTP_LIMITS, limitConnections } from "./http-limits.ts";
import { mountedPath, mountRoutes } from "./mount.ts";
import { notFound } from "./problem.ts";
import { findProduct } from "./product.ts";
import { mountReference } from "./reference/mount.ts";
import { clientPath, send } from "./reply.ts";
import { routes } from "./resources/index.ts";

/** Largest body taken: TwiML has at most 4,000 characters, so this is generous for every form there is. */
const BODY_LIMIT_BYTES = 64 * 1024;

/**
 * Makes the HTTP API: Twilio's surfaces and `/trunkline/v1` on one origin (contract §7.2). It listens nowhere yet; other routes
 * (health, console) may be added, and `inject` answers without a socket.
 *
 * Every answer below those surfaces is JSON in Twilio's shape, failures of ours included.
 */
export function createApi(deps: ApiDeps): FastifyInstance {
  const app = Fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    trustProxy: deps.trustedProxies ? [...deps.trustedProxies] : false,
    genReqId: () => `RQ${deps.randomHex(16)}`,
    rewriteUrl: (request) => mountedUrl(request, deps.zone),
    frameworkErrors: (error, request, reply) => fail(deps, error, request, reply),
    routerOptions: { maxParamLength: 256 },
    exposeHeadRoutes: false,
    ...HTTP_LIMITS,
  });
  limitConnections(app);
  closeInTime(app);
  app.register(formbody);
  readEmptyJson(app);
  // Where a form is asked for, text is refused in words (`readForm`).
  app.addContentTypeParser("text/csv", { parseAs: "string" }, (_request, body, done) => done(null, body));
  const arrivedAtMs = new WeakMap<FastifyRequest, number>();
  app.addHook("onRequest", async (request, reply) => {
    arrivedAtMs.set(request, performance.now());
    reply.header("Twilio-Request-Id", request.id);
  });
  app.addHook("onSend", async (request, reply, payload) => {
    if (!["GET", "HEAD", "OPTIONS"].includes(request.method) && reply.statusCode < 400) await deps.changesApplied?.();
    const tookMs = performance.now() - (arrivedAtMs.get(request) ?? performance.now());
    reply.header("Twilio-Request-Duration", (tookMs / 1_000).toFixed(3));
    return payload;
  });
  app.setErrorHandler((error, request, reply) => fail(deps, error, request, reply));
  app.setNotFoundHandler((request, reply) => send(reply, notFound(clientPath(request))));
  const all = routes();
  mountRoutes(app, deps, new AttemptLimit(deps.nowMs), all);
  mountReference(app, all);
  return app;
}

function mountedUrl({ headers, url = "/", method }: IncomingMessage, zone: string): string {
  const queryAt = url.indexOf("?");
  const path = queryAt < 0 ? url : url.slice(0, queryAt);
  // The mount point itself is not for clients.
  if (path.startsWith("/~")) return "/~";
  const place = findProduct(headers.host ?? "", path, zone, method);
  return place === undefined ? url : mountedPath(place.product, place.path) + (queryAt < 0 ? "" : url.slice(queryAt));
}

/** A JSON content type without a body (clients do so on DELETE) is an empty body, not an error. */
function readEmptyJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body === "") done(null, {});
    else
      void parse(request, String(body), (error, value) => {
        if (error === null && isDeeperThan(JSON_LEVELS, value)) done(new JsonTooDeep());
        else done(error, value);
      });
  });
}

/** Nothing that parameters are made of has more than three; what walks through a body by calling itself would run out of stack at thousands. */
const JSON_LEVELS = 20;

class JsonTooDeep extends Error {
  readonly code = "ERR_JSON_TOO_DEEP";
}

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inside) => isDeeperThan(levels - 1, inside));
}

function fail(deps: ApiDeps, error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = problemOfError(error, request.id);
  if (problem.status >= 500) deps.onFailure?.(error, request.id);
  send(reply, problem);
}
