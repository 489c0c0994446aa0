import type { KnownUser, UserSession } from "@trunkline/store";
import { z } from "zod";
import { isoDate } from "../../dates.ts";
import { about, optional, secret, text } from "../../form.ts";
import { Problem } from "../../problem.ts";
import { type At, noParent, type Resource, routesOf, settleRemoval } from "../../resource.ts";
import { type Answer, accepts, type Context, type Route } from "../../route.ts";
import { asksSecondFactor } from "../../sessions/session-auth.ts";
import { csrfToken, sessionCookie } from "../../sessions/session-cookie.ts";
import { IDLE_MS, LIFETIME_MS, sessionBounds } from "../../sessions/session-times.ts";
import { noteSession, signIn } from "../../sessions/sign-in.ts";
import { answering, asOneself, passwordField } from "./own-user.ts";
import { reachableUser, whyNotTheirs } from "./user-rights.ts";
import { userShape, viewUser } from "./user-view.ts";

const shape = z.strictObject({
  sid: z.string(),
  user_sid: z.string(),
  source: z.string(),
  user_agent: z.string(),
  current: z.boolean(),
  date_created: z.string(),
  date_used: z.string(),
  date_expires: z.string(),
  url: z.string(),
});
/** With what the page needs that the session belongs to. */
const ownShape = shape.extend({ csrf_token: z.string(), second_factor_needed: z.boolean(), user: userShape });

/** Names the session that a request is made in. */
const CURRENT = "Current";

const open = accepts(
  {
    Email: text(254),
    Password: passwordField,
    Code: optional(
      about("Of the authenticator app, or a recovery code, where a second factor is set up.", secret(text(64))),
    ),
  },
  async (at: Context, values): Promise<Answer | Problem> => {
    const opened = await signIn(
      { ...at.deps, attempts: at.attempts },
      {
        email: values.Email,
        password: values.Password,
        code: values.Code,
        source: at.source,
        userAgent: at.header("user-agent"),
      },
    );
    if (opened instanceof Problem) return opened;
    const { user, session, token } = opened;
    const { accountSid, hasSecondFactor } = user;
    const mustEnrol = !hasSecondFactor && accountSid !== null && (await asksSecondFactor(at.deps, accountSid));
    const body = viewOwn(at, { user, session, csrfToken: csrfToken(token), mustEnrol });
    return { status: 201, body, headers: { "Set-Cookie": sessionCookie(token, at.isSecure) } };
  },
);

const own = { product: "trunkline", scope: "session" } as const;

/** Sessions of the user who is signed in. */
const ownSessions: Resource<UserSession, null> = {
  ...own,
  noun: "own session",
  path: "/Sessions",
  key: "sessions",
  parent: noParent,
  shape,
  view: viewSession,
  list: accepts({}, async (at: At<null>) => {
    const { user } = asOneself(at);
    return (page) => at.deps.store.sessions.list(user.sid, sessionBounds(at.deps.nowMs()), page);
  }),
  fetch: (at, sid) => at.deps.store.sessions.fetch(asOneself(at).user.sid, sid, sessionBounds(at.deps.nowMs())),
  remove: (at, row) => end(at, asOneself(at).user, row),
};

/** Sessions of a user, to who manages users. */
const sessionsOfUser: Resource<UserSession, KnownUser> = {
  product: "trunkline",
  scope: "anyone",
  noun: "session of a user",
  path: "/Users/:userSid/Sessions",
  key: "sessions",
  parent: (at) => reachableUser(at, at.param("userSid")),
  shape,
  view: viewSession,
  list: accepts({}, async (at: At<KnownUser>) => (page) => {
    return at.deps.store.sessions.list(at.parent.sid, sessionBounds(at.deps.nowMs()), page);
  }),
  fetch: (at, sid) => at.deps.store.sessions.fetch(at.parent.sid, sid, sessionBounds(at.deps.nowMs())),
  remove: async (at, row) => whyNotTheirs(at, at.parent.role) ?? end(at, at.parent, row),
};

/** `/trunkline/v1/Sessions`: signing in and out of the console, and seeing where one is signed in (ACC-3). */
export const sessionRoutes: readonly Route[] = [
  {
    product: "trunkline",
    scope: "public",
    method: "POST",
    path: "/Sessions",
    summary: "Sign in: gives the cookie of a session, and the CSRF token that its page shows with each change",
    success: { status: 201, schema: ownShape },
    ...answering(open),
  },
  {
    ...own,
    method: "GET",
    path: `/Sessions/${CURRENT}`,
    summary: "Fetch: the session that asks, with its CSRF token and its user",
    form: {},
    success: { status: 200, schema: ownShape },
    run: async (at) => ({ status: 200, body: viewOwn(at, asOneself(at)) }),
  },
  {
    ...own,
    method: "DELETE",
    path: `/Sessions/${CURRENT}`,
    summary: "Sign out",
    form: {},
    success: { status: 204 },
    run: async (at) => {
      const { user, session } = asOneself(at);
      const wrong = await end(at, user, session);
      if (wrong) return wrong;
      return { status: 204, body: null, headers: { "Set-Cookie": sessionCookie(null, at.isSecure) } };
    },
  },
  ...routesOf(ownSessions),
  ...routesOf(sessionsOfUser),
  {
    product: "trunkline",
    scope: "anyone",
    method: "DELETE",
    path: "/Users/:userSid/Sessions",
    summary: "Delete: every session of a user",
    form: {},
    success: { status: 204 },
    run: async (at) => {
      const user = await reachableUser(at, at.param("userSid"));
      if (user === undefined) return at.missing();
      const wrong = whyNotTheirs(at, user.role);
      if (wrong) return wrong;
      const ended = await at.deps.store.sessions.endAll(user.sid);
      for (const session of ended) await noteSession(at.deps, "deleted", user, session);
      return { status: 204, body: null };
    },
  },
];

async function end(at: Context, user: KnownUser, session: UserSession): Promise<Problem | undefined> {
  const wrong = settleRemoval(at, await at.deps.store.sessions.end(user.sid, session.sid));
  if (wrong === undefined) await noteSession(at.deps, "deleted", user, session);
  return wrong;
}

function viewSession(session: UserSession, at: Context): z.infer<typeof shape> {
  const isOwn = at.signedIn?.user.sid === session.userSid;
  const expiresAtMs = Math.min(session.usedAtMs + IDLE_MS, session.createdAtMs + LIFETIME_MS);
  return {
    sid: session.sid,
    user_sid: session.userSid,
    source: session.source,
    user_agent: session.userAgent,
    current: at.signedIn?.session.sid === session.sid,
    date_created: isoDate(session.createdAtMs),
    date_used: isoDate(session.usedAtMs),
    date_expires: isoDate(expiresAtMs),
    url: at.links.absolute("trunkline", `${isOwn ? "" : `/Users/${session.userSid}`}/Sessions/${session.sid}`),
  };
}

function viewOwn(at: Context, signedIn: NonNullable<Context["signedIn"]>): z.infer<typeof ownShape> {
  const { user, session, mustEnrol } = signedIn;
  return {
    ...viewSession(session, { ...at, signedIn }),
    csrf_token: signedIn.csrfToken,
    second_factor_needed: mustEnrol,
    user: viewUser(user, at),
  };
}
