import type { PasswordLink } from "@trunkline/store";
import { mintSid } from "@trunkline/trunking";
import { about, given, matching, oneOf, optional, text } from "../../form.ts";
import { forbidden, invalid, Problem } from "../../problem.ts";
import { type At, type Conflicts, noParent, type Resource, settle, settleRemoval } from "../../resource.ts";
import { type Answer, accepts, type Context, type Route } from "../../route.ts";
import { actsForAll, isOneself, reachableUser, whyNotTheirs } from "./user-rights.ts";
import { ACCOUNT_ROLES, type ShownUser, userShape, viewUser } from "./user-view.ts";

/** A link waits over a weekend. */
const LINK_MS = 72 * 3_600_000;
const ROLES = [...ACCOUNT_ROLES, "operator"] as const;

const email = matching(
  /^(?=.{3,254}$)[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/,
  "an e-mail address such as hanako@example.com",
);
const language = about("Language of the console.", oneOf("en", "ja"));
const role = about(
  "What the user may do; operator: in the whole installation, for the operator to give.",
  oneOf(...ROLES),
);

const conflicts: Conflicts = {
  email: new Problem(409, 20409, "Email: another user has this address."),
  "last-owner": new Problem(
    409,
    20409,
    "This is the last active owner (or operator): make another one first, so that somebody can still manage the users.",
  ),
  limit: (most) => invalid(`The account has reached its maximum of ${most} users.`),
};

/**
 * `/trunkline/v1/Users`: people who sign in to the console (ACC-3), of the account that the request acts for; to the operator, who names
 * none, of the whole installation. To create one is to invite: the answer has a token, by which the invited chooses a password.
 */
export const users: Resource<ShownUser, null> = {
  product: "trunkline",
  scope: "anyone",
  noun: "user",
  path: "/Users",
  key: "users",
  parent: noParent,
  shape: userShape,
  view: viewUser,
  list: accepts({ Email: optional(about("The one with this address.", text(254))) }, async (at: At<null>, values) => {
    const of = given({ email: values.Email?.toLowerCase(), accountSid: actsForAll(at) ? undefined : at.account.sid });
    return (page) => at.deps.store.users.list(of, page);
  }),
  fetch: reachableUser,
  create: accepts(
    { Email: email, FriendlyName: optional(text(64)), Language: optional(language), Role: optional(role) },
    async (at: At<null>, values) => {
      const accountSid = actsForAll(at) ? null : at.account.sid;
      const asked = values.Role ?? (accountSid === null ? "operator" : "read-only");
      const wrong = whyNotRole(accountSid, asked) ?? whyNotTheirs(at, asked);
      if (wrong) return wrong;
      const link = newLink(at);
      const created = await at.deps.store.users.create(
        {
          sid: mintSid("US", at.deps.randomHex(16)),
          accountSid,
          email: values.Email.toLowerCase(),
          friendlyName: values.FriendlyName ?? values.Email,
          language: values.Language ?? "en",
          role: asked,
          status: "invited",
        },
        link,
      );
      const row = settle(at, created, conflicts);
      return row instanceof Problem ? row : { ...row, link };
    },
  ),
  update: accepts(
    {
      Email: optional(email),
      FriendlyName: optional(text(64)),
      Language: optional(language),
      Role: optional(role),
      Status: optional(oneOf("active", "suspended")),
    },
    async (at: At<null> & { readonly row: ShownUser }, values) => {
      const { row } = at;
      const wrong =
        whyNotTheirs(at, row.role, values.Role) ??
        (values.Role && whyNotRole(row.accountSid, values.Role)) ??
        whyNotOwnRights(at, row, values.Role, values.Status);
      if (wrong) return wrong;
      if (row.status === "invited" && values.Status === "active")
        return invalid("Status: an invited user becomes active by choosing a password.");
      const change = given({
        email: values.Email?.toLowerCase(),
        friendlyName: values.FriendlyName,
        language: values.Language,
        role: values.Role,
        status: values.Status,
      });
      return settle(at, await at.deps.store.users.update(row.sid, change), conflicts);
    },
  ),
  remove: async (at, row) => {
    if (isOneself(at, row)) return forbidden("Permission Denied: nobody can delete themselves. Another user can.");
    return whyNotTheirs(at, row.role) ?? settleRemoval(at, await at.deps.store.users.delete(row.sid), conflicts);
  },
};

/** What is done to a user beside the fields: a new password link, and the removal of a second factor whose device is lost. */
export const userActionRoutes: readonly Route[] = [
  {
    method: "POST",
    product: "trunkline",
    scope: "anyone",
    path: "/Users/:sid/PasswordLink",
    summary: "Create: token by which a user chooses a password, in place of an earlier one",
    form: {},
    success: { status: 201, schema: userShape },
    run: (at) =>
      toUser(at, async (user) => {
        const link = newLink(at);
        const offered = settle(at, await at.deps.store.users.offerPasswordLink(user.sid, link));
        return offered instanceof Problem ? offered : { status: 201, body: viewUser({ ...offered, link }, at) };
      }),
  },
  {
    method: "DELETE",
    product: "trunkline",
    scope: "anyone",
    path: "/Users/:sid/SecondFactor",
    summary: "Delete: second factor of a user, with its recovery codes",
    form: {},
    success: { status: 204 },
    run: (at) =>
      toUser(at, async (user) => {
        const removed = settle(at, await at.deps.store.secondFactors.remove(user.sid));
        return removed instanceof Problem ? removed : { status: 204, body: null };
      }),
  },
];

/** For others alone: by one's own session one would get round the password that these two stand for. */
async function toUser(at: Context, act: (user: ShownUser) => Promise<Answer | Problem>): Promise<Answer | Problem> {
  const user = await reachableUser(at, at.param("sid"));
  if (user === undefined) return at.missing();
  if (isOneself(at, user))
    return forbidden("Permission Denied: for oneself there are /Users/me/Password and /Users/me/SecondFactor.");
  return whyNotTheirs(at, user.role) ?? act(user);
}

function newLink({ deps }: Context): PasswordLink {
  return { token: deps.randomHex(32), untilMs: deps.nowMs() + LINK_MS };
}

function whyNotRole(accountSid: string | null, role: ShownUser["role"]): Problem | undefined {
  if ((accountSid === null) === (role === "operator")) return undefined;
  return accountSid === null
    ? invalid("Role: a user of the operator is operator. Name an account in X-Trunkline-Account for one of its users.")
    : invalid(`Role: a user of an account is one of ${ACCOUNT_ROLES.join(", ")}.`);
}

/** Nobody changes what they may do themselves. */
function whyNotOwnRights(
  at: Context,
  row: ShownUser,
  role: string | undefined,
  status: string | undefined,
): Problem | undefined {
  const changes = (role ?? row.role) !== row.role || (status ?? row.status) !== row.status;
  return changes && isOneself(at, row)
    ? forbidden("Permission Denied: nobody changes their own role or status. Another owner or admin can.")
    : undefined;
}
