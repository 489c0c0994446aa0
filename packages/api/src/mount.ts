import { actingAs } from "@trunkline/store";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { actorOf } from "./actor.ts";
import type { AttemptLimit } from "./attempt-limit.ts";
import {
  ACTING_ACCOUNT_HEADER,
  actingAccount,
  authenticate,
  ownAccount,
  type Principal,
  sidOf,
  signedInOf,
} from "./auth.ts";
import type { ApiDeps } from "./deps.ts";
import { given } from "./form.ts";
import { commonHeaders, preflightHeaders } from "./http-limits.ts";
import { runOnce } from "./idempotency.ts";
import { Links } from "./links.ts";
import { forbidden, notFound, Problem, tooMany } from "./problem.ts";
import { type Product, VERSION_PREFIX } from "./product.ts";
import { clientPath, send, sendDownload, warnUnknown } from "./reply.ts";
import { type Context, Download, type Route } from "./route.ts";
import { grantableScopes, whyNotForKey } from "./scopes.ts";
import { whyForeign } from "./sessions/same-site.ts";
import { authenticateSession, NOBODY, whyNotInSession } from "./sessions/session-auth.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] as const;

/** What all routes share. */
type Gate = { readonly deps: ApiDeps; readonly attempts: AttemptLimit; readonly grantableScopes: readonly string[] };

/**
 * Puts the routes on the server. Credentials and limits are checked before a body is read: a stranger costs one header.
 * A GET answers HEAD too (RFC 9110 §9.1); a known path with another method answers 405, and OPTIONS says which there are.
 */
export function mountRoutes(
  app: FastifyInstance,
  deps: ApiDeps,
  attempts: AttemptLimit,
  routes: readonly Route[],
): void {
  const gate: Gate = { deps, attempts, grantableScopes: grantableScopes(routes) };
  const principals = new WeakMap<FastifyRequest, Principal>();
  for (const route of routes) {
    app.route({
      method: route.method === "GET" ? ["GET", "HEAD"] : route.method,
      url: mountedUrl(route),
      ...given({ bodyLimit: route.bodyLimitBytes }),
      onRequest: async (request, reply) => {
        reply.headers(commonHeaders(request, route.product));
        const principal = await admit(gate, route, request, reply);
        if (principal instanceof Problem) return send(reply, principal);
        principals.set(request, principal);
      },
      handler: async (request, reply) => {
        const principal = principals.get(request);
        if (principal === undefined) throw new Error("a handler ran before its onRequest hook");
        const at = await contextOf(gate, route, principal, request, reply);
        if (at instanceof Problem) return send(reply, at);
        const { result, isReplay } = await actingAs(actorOf(principal, request), () =>
          runOnce(route, at, request, sidOf(principal)),
        );
        if (isReplay) reply.header("Idempotent-Replayed", "true");
        if (!(result instanceof Download)) return send(reply, result);
        return sendDownload(reply, result, (error) => deps.onFailure?.(error, request.id));
      },
    });
  }
  answerOtherMethods(app, routes);
}

/** Where a product's paths are mounted: below a name that only `mountedUrl` leads to, so that Host and path can both choose the product. */
export function mountedPath(product: Product, path: string): string {
  return `/~${product}${path}`;
}

function mountedUrl({ product, path }: Pick<Route, "product" | "path">): string {
  return mountedPath(product, VERSION_PREFIX[product] + path);
}

function answerOtherMethods(app: FastifyInstance, routes: readonly Route[]): void {
  const byUrl = new Map<string, { readonly product: Product; readonly methods: Set<string> }>();
  for (const route of routes) {
    const url = mountedUrl(route);
    const known = byUrl.get(url) ?? { product: route.product, methods: new Set() };
    for (const method of route.method === "GET" ? ["GET", "HEAD"] : [route.method]) known.methods.add(method);
    byUrl.set(url, known);
  }
  for (const [url, { product, methods }] of byUrl) {
    const allow = [...methods, "OPTIONS"].join(", ");
    const refuse = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
      send(reply, new Problem(405, 20004, `${request.method} is not allowed here; use ${allow}.`, { Allow: allow }));
    app.route({ method: METHODS.filter((method) => !methods.has(method)), url, onRequest: refuse, handler: refuse });
    app.route({
      method: "OPTIONS",
      url,
      handler: async (request, reply) =>
        reply
          .code(204)
          .headers({ ...commonHeaders(request, product), ...preflightHeaders(product, allow) })
          .send(),
    });
  }
}

async function admit(
  gate: Gate,
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Principal | Problem> {
  const { deps, attempts } = gate;
  if (route.scope === "public") return whyForeign(request) ?? NOBODY;
  const shown = { authorization: request.headers.authorization, source: request.ip };
  const open = await openAccount(deps, route, request);
  const principal =
    open ?? (await authenticateSession(deps, route, request)) ?? (await authenticate(deps, attempts, shown));
  if (principal instanceof Problem) return principal;
  const wrong = whyNotInSession(signedInOf(principal), route, request) ?? whyNotAllowed(principal, route);
  if (wrong || principal.kind === "operator") return wrong ?? principal;
  const { sid } = principal.account;
  // Strangers have a place of their own, so that they take none of the account's.
  return limited(deps, open === undefined ? sid : `strangers at ${sid}`, reply) ?? principal;
}

/** Takes a place among the requests of whom they count for, until this one is answered or its client is gone. */
function limited(deps: ApiDeps, of: string, reply: FastifyReply): Problem | undefined {
  const admission = deps.requestLimit?.admit(of);
  if (admission === undefined) return undefined;
  reply.header("Twilio-Concurrent-Requests", String(admission.concurrent));
  if (admission.kind === "refused") {
    const why = admission.why === "concurrent" ? "Too many concurrent requests" : "Too many requests";
    return tooMany(why, admission.retryAfterSec);
  }
  // A client that has gone while its credentials were looked at will close nothing any more.
  if (reply.raw.closed) admission.release();
  else reply.raw.once("finish", admission.release).once("close", admission.release);
  return undefined;
}

function whyNotAllowed(principal: Principal, route: Route): Problem | undefined {
  if (route.scope === "operator" && principal.kind !== "operator") {
    return forbidden("Permission Denied: only the operator may do this.");
  }
  const why = principal.kind === "key" ? whyNotForKey(principal.key, route) : undefined;
  return why === undefined ? undefined : forbidden(`Permission Denied: ${why}.`);
}

/** Who asks without credentials for what is anybody's to read acts for the account whose it is. */
async function openAccount(deps: ApiDeps, route: Route, request: FastifyRequest): Promise<Principal | undefined> {
  if (route.openTo === undefined || request.headers.authorization !== undefined) return undefined;
  const { accountSid } = request.params as Readonly<Record<string, string | undefined>>;
  const account = await route.openTo(deps, readParam(accountSid));
  return account && { kind: "account", account };
}

async function contextOf(
  { deps, attempts, grantableScopes }: Gate,
  route: Route,
  principal: Principal,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Context | Problem> {
  const params = (request.params ?? {}) as Readonly<Record<string, string | undefined>>;
  const operator = principal.kind === "operator";
  const header = request.headers[ACTING_ACCOUNT_HEADER];
  const named = params["accountSid"] ?? (typeof header === "string" ? header : undefined);
  const acts = route.scope === "account" || named !== undefined;
  const account = acts ? await actingAccount(deps.store, principal, named) : ownAccount(principal);
  if (account instanceof Problem) return account;
  return {
    deps,
    account,
    operator,
    principal,
    ...given({ signedIn: signedInOf(principal) }),
    isSecure: request.protocol === "https",
    source: request.ip,
    attempts,
    grantableScopes,
    links: new Links(request),
    param: (name) => readParam(params[name]),
    query: request.query,
    body: request.body,
    header: (name) => [request.headers[name] ?? ""].flat().join(", "),
    missing: () => notFound(clientPath(request)),
    warnUnknown: (names) => warnUnknown(reply, names),
  };
}

/** A path parameter, or "" for what cannot be a SID, a name or a `+prefix` of ours and must not reach the store (such as a NUL). */
function readParam(value: string | undefined): string {
  return value !== undefined && /^[\w+*.() -]{1,255}$/.test(value) ? value : "";
}
