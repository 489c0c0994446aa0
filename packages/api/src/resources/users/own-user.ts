import { actingAsUser } from "@trunkline/store";
import { z } from "zod";
import { about, given, oneOf, optional, secret, text } from "../../form.ts";
import { invalid, Problem, tooMany } from "../../problem.ts";
import { settle } from "../../resource.ts";
import { type Answer, accepts, type Context, type Operation, type Route } from "../../route.ts";
import { passwordHasher } from "../../sessions/password-hasher.ts";
import { whyBadPassword } from "../../sessions/password-rules.ts";
import type { SignedIn } from "../../sessions/signed-in.ts";
import { userShape, viewUser } from "./user-view.ts";

/** No longer than any rule allows, so that none is hashed that cannot be right. */
export const passwordField = secret(text(256));

/** A handler of who is signed in; `scope: "session"` sees to it that somebody is. */
export function asOneself(at: Context): SignedIn {
  if (at.signedIn === undefined) throw new Error("a route for sessions ran without one");
  return at.signedIn;
}

/** Whether the given password is the user's; a wrong one counts like a failed sign-in. For what a stolen session must not be enough for. */
export async function whyWrongPassword(at: Context, name: string, password: string): Promise<Problem | undefined> {
  const { user } = asOneself(at);
  const waitSec = at.attempts.waitSec(at.source, user.email);
  if (waitSec !== null) return tooMany("Too many wrong passwords", waitSec);
  const fits = await at.attempts.failedUnless(at.source, user.email, async () => {
    const facts = await at.deps.store.users.signInFacts({ sid: user.sid });
    return passwordHasher.verify(facts?.passwordHash ?? null, password);
  });
  if (!fits) return invalid(`${name} is not your password.`);
  at.attempts.succeededAfterAll(at.source, user.email);
  return undefined;
}

/** Runs an operation with the request's body and gives its answer. */
export function answering(operation: Operation<Context, Answer>): Pick<Route, "form" | "run"> {
  return { form: operation.form, run: (at) => operation.run(at, at.body) };
}

const passwordShape = z.strictObject({ email: z.string(), friendly_name: z.string() });

const change = accepts(
  { FriendlyName: optional(text(64)), Language: optional(oneOf("en", "ja")) },
  async (at: Context, values): Promise<Answer | Problem> => {
    const fields = given({ friendlyName: values.FriendlyName, language: values.Language });
    const updated = settle(at, await at.deps.store.users.update(asOneself(at).user.sid, fields));
    return updated instanceof Problem ? updated : { status: 200, body: viewUser(updated, at) };
  },
);

const changePassword = accepts(
  {
    CurrentPassword: passwordField,
    Password: about("At least 12 characters; ends your other sessions.", passwordField),
  },
  async (at: Context, values): Promise<Answer | Problem> => {
    const { user, session } = asOneself(at);
    const wrong =
      (await whyWrongPassword(at, "CurrentPassword", values.CurrentPassword)) ??
      whyNotPassword(values.Password, user.email);
    if (wrong) return wrong;
    const hash = await passwordHasher.hash(values.Password);
    const updated = settle(at, await at.deps.store.users.setPassword(user.sid, hash, session.sid));
    return updated instanceof Problem ? updated : { status: 200, body: viewUser(updated, at) };
  },
);

const redeem = accepts(
  { Token: about("Of an invitation, or of a password link.", secret(text(128))), Password: passwordField },
  async (at: Context, values): Promise<Answer | Problem> => {
    const { deps, attempts, source } = at;
    const waitSec = attempts.waitSec(source, "password link");
    if (waitSec !== null) return tooMany("Too many wrong tokens", waitSec);
    const user = await deps.store.users.ofPasswordLink(values.Token, deps.nowMs());
    if (user === undefined) attempts.failed(source, "password link");
    const gone = invalid("Token is not good (any more): ask for a new link.");
    if (user === undefined) return gone;
    const wrong = whyNotPassword(values.Password, user.email);
    if (wrong) return wrong;
    const hash = await passwordHasher.hash(values.Password);
    const redeemed = await actingAsUser(user.sid, () =>
      deps.store.users.redeemPasswordLink(values.Token, deps.nowMs(), hash),
    );
    if (redeemed.kind !== "ok") return gone;
    const { email, friendlyName } = redeemed.row;
    const body: z.infer<typeof passwordShape> = { email, friendly_name: friendlyName };
    return { status: 200, body };
  },
);

function whyNotPassword(password: string, email: string): Problem | undefined {
  const why = whyBadPassword(password, email.split("@"));
  return why === undefined ? undefined : invalid(`Password ${why}.`);
}

const own = { product: "trunkline", scope: "session" } as const;

/** What everybody does for themselves, whatever the role: name, language, password. */
export const ownUserRoutes: readonly Route[] = [
  {
    ...own,
    method: "GET",
    path: "/Users/me",
    summary: "Fetch: the user who is signed in",
    form: {},
    success: { status: 200, schema: userShape },
    run: async (at) => ({ status: 200, body: viewUser(asOneself(at).user, at) }),
  },
  {
    ...own,
    method: "POST",
    path: "/Users/me",
    summary: "Update: name and language of the user who is signed in",
    success: { status: 200, schema: userShape },
    ...answering(change),
  },
  {
    ...own,
    method: "POST",
    path: "/Users/me/Password",
    summary: "Update: password of the user who is signed in",
    success: { status: 200, schema: userShape },
    ...answering(changePassword),
  },
  {
    product: "trunkline",
    scope: "public",
    method: "POST",
    path: "/Passwords",
    summary: "Choose a password by the token of a link",
    success: { status: 200, schema: passwordShape },
    ...answering(redeem),
  },
];
