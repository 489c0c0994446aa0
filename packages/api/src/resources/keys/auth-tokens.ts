import type { Dated } from "@trunkline/store";
import { isoDate } from "../../dates.ts";
import { about, flag, optional } from "../../form.ts";
import { Problem } from "../../problem.ts";
import { type Conflicts, settle, settleRemoval } from "../../resource.ts";
import { type Answer, accepts, type Context, type Route } from "../../route.ts";

const SECONDARY = "/AuthTokens/Secondary";
const PROMOTE = "/AuthTokens/Promote";
const form = { SuppressEmailNotification: optional(about("Nobody is written to in any case.", flag())) };

const conflicts: Conflicts = {
  "in-use": new Problem(409, 20409, "There is a secondary auth token already. Promote it, or delete it first."),
};

const create = accepts(form, async (at: Context): Promise<Answer | Problem> => {
  const token = at.deps.randomHex(16);
  const row = settle(at, await at.deps.store.authTokens.addSecondary(at.account.sid, token), conflicts);
  if (row instanceof Problem) return row;
  return { status: 201, body: { ...viewToken(at, SECONDARY, row), secondary_auth_token: token } };
});

const promote = accepts(form, async (at: Context): Promise<Answer | Problem> => {
  const outcome = await at.deps.store.authTokens.promote(at.account.sid);
  if (outcome.kind === "not-found")
    return new Problem(404, 20404, `There is no secondary auth token to promote. Create one first: POST ${SECONDARY}.`);
  const row = settle(at, outcome);
  if (row instanceof Problem) return row;
  return { status: 200, body: { ...viewToken(at, PROMOTE, row), auth_token: row.authToken } };
});

function viewToken(at: Context, path: string, row: Dated): object {
  return {
    account_sid: at.account.sid,
    date_created: isoDate(row.createdAtMs),
    date_updated: isoDate(row.updatedAtMs),
    url: at.links.absolute("accounts", path),
  };
}

/**
 * Accounts v1 AuthTokens: a second token beside the first, so that clients can be moved one by one; promoted, it takes the first one's place
 * (contract §1.2). Webhooks are signed with the first until then.
 */
export const authTokenRoutes: readonly Route[] = [
  {
    method: "POST",
    product: "accounts",
    scope: "account",
    path: SECONDARY,
    summary: "Create: secondary auth token",
    form,
    success: { status: 201 },
    run: (at) => create.run(at, at.body),
  },
  {
    method: "DELETE",
    product: "accounts",
    scope: "account",
    path: SECONDARY,
    summary: "Delete: secondary auth token",
    form: {},
    success: { status: 204 },
    run: async (at) =>
      settleRemoval(at, await at.deps.store.authTokens.removeSecondary(at.account.sid)) ?? { status: 204, body: null },
  },
  {
    method: "POST",
    product: "accounts",
    scope: "account",
    path: PROMOTE,
    summary: "Promote: secondary auth token",
    form,
    success: { status: 200 },
    run: (at) => promote.run(at, at.body),
  },
];
