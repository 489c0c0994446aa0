import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ACTING_ACCOUNT_HEADER, actingAccount, authenticate, ownAccount, type Principal } from "./auth.ts";
import type { ApiDeps } from "./deps.ts";
import { Links } from "./links.ts";
import { forbidden, notFound, Problem } from "./problem.ts";
import { type Product, VERSION_PREFIX } from "./product.ts";
import { clientPath, send, sendDownload, warnUnknown } from "./reply.ts";
import { type Context, Download, type Route } from "./route.ts";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

/**
 * Puts the routes on the server. Credentials and limits are checked before a body is read: a stranger costs one header.
 * A known path with another method answers 405.
 */
export function mountRoutes(app: FastifyInstance, deps: ApiDeps, routes: readonly Route[]): void {
  const principals = new WeakMap<FastifyRequest, Principal>();
  for (const route of routes) {
    app.route({
      method: route.head ? [route.method, "HEAD"] : route.method,
      url: mountedPath(route.product, VERSION_PREFIX[route.product] + route.path),
      onRequest: async (request, reply) => {
        const principal = await admit(deps, route, request);
        if (principal instanceof Problem) return send(reply, principal);
        principals.set(request, principal);
      },
      handler: async (request, reply) => {
        const principal = principals.get(request);
        if (principal === undefined) throw new Error("a handler ran before its onRequest hook");
        const at = await contextOf(deps, route, principal, request, reply);
        const result = at instanceof Problem ? at : await route.run(at);
        if (!(result instanceof Download)) return send(reply, result);
        return sendDownload(reply, result, (error) => deps.onFailure?.(error, request.id));
      },
    });
  }
  refuseOtherMethods(app, routes);
}

/** Where a product's paths are mounted: below a name that only `mountedUrl` leads to, so that Host and path can both choose the product. */
export function mountedPath(product: Product, path: string): string {
  return `/~${product}${path}`;
}

function refuseOtherMethods(app: FastifyInstance, routes: readonly Route[]): void {
  const byUrl = new Map<string, Set<string>>();
  for (const { method, product, path, head } of routes) {
    const url = mountedPath(product, VERSION_PREFIX[product] + path);
    byUrl.set(url, (byUrl.get(url) ?? new Set()).add(method));
    if (head) byUrl.get(url)?.add("HEAD");
  }
  for (const [url, known] of byUrl) {
    const allow = [...known].join(", ");
    const refuse = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
      send(reply, new Problem(405, 20004, `${request.method} is not allowed here; use ${allow}.`, { Allow: allow }));
    app.route({ method: METHODS.filter((method) => !known.has(method)), url, onRequest: refuse, handler: refuse });
  }
}

async function admit(deps: ApiDeps, route: Route, request: FastifyRequest): Promise<Principal | Problem> {
  const principal =
    (await openAccount(deps, route, request)) ?? (await authenticate(deps, request.headers.authorization));
  if (principal instanceof Problem || principal.kind === "operator") return principal;
  const wait = deps.requestLimit?.admit(principal.account.sid);
  if (!wait) return principal;
  const retryAfter = String(Math.max(1, Math.ceil(wait.retryAfterSec)));
  return new Problem(429, 20429, `Too many requests; try again in ${retryAfter} s.`, { "Retry-After": retryAfter });
}

/** Who asks without credentials for what is anybody's to read acts for the account whose it is. */
async function openAccount(deps: ApiDeps, route: Route, request: FastifyRequest): Promise<Principal | undefined> {
  if (route.openTo === undefined || request.headers.authorization !== undefined) return undefined;
  const { accountSid } = request.params as Readonly<Record<string, string | undefined>>;
  const account = await route.openTo(deps, readParam(accountSid));
  return account && { kind: "account", account };
}

async function contextOf(
  deps: ApiDeps,
  route: Route,
  principal: Principal,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Context | Problem> {
  const params = (request.params ?? {}) as Readonly<Record<string, string | undefined>>;
  const operator = principal.kind === "operator";
  if (route.scope === "operator" && !operator) return forbidden("Permission Denied: only the operator may do this.");
  const header = request.headers[ACTING_ACCOUNT_HEADER];
  const named = params["accountSid"] ?? (typeof header === "string" ? header : undefined);
  const acts = route.scope === "account" || named !== undefined;
  const account = acts ? await actingAccount(deps.store, principal, named) : ownAccount(principal);
  if (account instanceof Problem) return account;
  return {
    deps,
    account,
    operator,
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
  return value !== undefined && /^(?:[\w+*-]{1,64}|Twilio\.CURRENT)$/.test(value) ? value : "";
}
