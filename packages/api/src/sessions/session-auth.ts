import { timingSafeEqual } from "node:crypto";
import { type Account, accountSettings } from "@trunkline/trunking";
import type { FastifyRequest } from "fastify";
import type { Principal } from "../auth.ts";
import type { ApiDeps } from "../deps.ts";
import { preferredLanguage } from "../language.ts";
import { forbidden, Problem } from "../problem.ts";
import type { Route } from "../route.ts";
import { allows, whyNotAllowed } from "./roles.ts";
import { whyForeign } from "./same-site.ts";
import { csrfToken, readSessionCookie } from "./session-cookie.ts";
import { NOTED_EVERY_MS, sessionBounds } from "./session-times.ts";
import type { SignedIn } from "./signed-in.ts";
import { accountOfUser, notSignedIn } from "./user-account.ts";

/** What a page says to prove that it is the console's (docs/users.md). */
const CSRF_HEADER = "x-trunkline-csrf";

const NO_ACCOUNT: Account = { sid: "", parentSid: null, friendlyName: "", status: "active", type: "Full" };
/** Who asks for what is public. */
export const NOBODY: Principal = { kind: "nobody", account: NO_ACCOUNT };

/**
 * Who a request comes from by the cookie of a session; undefined where it brings none, or credentials of its own. Whatever changes something
 * must also bring the session's CSRF token, and nothing is answered to another site's page.
 */
export async function authenticateSession(
  deps: ApiDeps,
  route: Route,
  request: FastifyRequest,
): Promise<Principal | Problem | undefined> {
  if (request.headers.authorization !== undefined) return undefined;
  const token = readSessionCookie(request.headers.cookie, request.protocol === "https");
  if (token === undefined) {
    const isOfConsole = route.scope === "session" || request.headers[CSRF_HEADER] !== undefined;
    return isOfConsole
      ? notSignedIn("Nobody is signed in here. Sign in by POST to /trunkline/v1/Sessions.")
      : undefined;
  }
  const wrong = whyForeign(request) ?? whyNotOurPage(request, token);
  if (wrong) return wrong;
  const nowMs = deps.nowMs();
  const found = await deps.store.sessions.find(token, sessionBounds(nowMs));
  if (found === undefined) return notSignedIn("The session is over. Sign in again.");
  const { user, session } = found;
  const account = await accountOfUser(deps.store, user);
  if (account instanceof Problem) return account;
  if (nowMs - session.usedAtMs >= NOTED_EVERY_MS) await deps.store.sessions.noteUse(session.sid, nowMs);
  const mustEnrol = !user.hasSecondFactor && account !== null && (await asksSecondFactor(deps, account.sid));
  const signedIn = { user, session, csrfToken: csrfToken(token), mustEnrol };
  if (account === null) return { kind: "operator", sid: deps.operator.sid, signedIn };
  return { kind: "account", account, signedIn };
}

/** Whether an account's users can do nothing without a second factor. */
export async function asksSecondFactor({ store }: Pick<ApiDeps, "store">, accountSid: string): Promise<boolean> {
  const settings = await store.accountSettings.fetch(accountSid);
  return accountSettings(accountSid, { accountSettings: () => settings }).secondFactorRequired;
}

/** Why a person may not use a route, by role and second factor; and nobody but a person one of those that are about oneself. */
export function whyNotInSession(
  signedIn: SignedIn | undefined,
  route: Route,
  request: FastifyRequest,
): Problem | undefined {
  if (route.scope === "session")
    return signedIn
      ? undefined
      : forbidden("Permission Denied: this is for people who are signed in, not for tokens and keys.");
  if (signedIn === undefined) return undefined;
  const { user, mustEnrol } = signedIn;
  if (mustEnrol)
    return forbidden(
      "Permission Denied: the account asks a second factor of all its users. Set one up first (/trunkline/v1/Users/me/SecondFactor).",
    );
  if (allows(user.role, route)) return undefined;
  return forbidden(whyNotAllowed(user.role, route, preferredLanguage(request.headers["accept-language"] ?? "")));
}

function whyNotOurPage({ method, headers }: FastifyRequest, token: string): Problem | undefined {
  if (method === "GET" || method === "HEAD") return undefined;
  const given = Buffer.from(String(headers[CSRF_HEADER] ?? ""));
  const wanted = Buffer.from(csrfToken(token));
  if (given.length === wanted.length && timingSafeEqual(given, wanted)) return undefined;
  return forbidden(
    "Permission Denied: a request that changes something in a session needs the session's csrf_token in the X-Trunkline-CSRF header.",
  );
}
