import type { KnownUser, UserRole } from "@trunkline/store";
import { forbidden, type Problem } from "../../problem.ts";
import type { Context } from "../../route.ts";

/** Whether the operator asks for the whole installation, and not for one account. */
export function actsForAll(at: Context): boolean {
  return at.operator && at.account.sid === at.deps.operator.sid;
}

/** A user whom the request can reach; another account's looks like one who does not exist. */
export async function reachableUser(at: Context, sid: string): Promise<KnownUser | undefined> {
  const user = await at.deps.store.users.fetch(sid);
  return user && (actsForAll(at) || user.accountSid === at.account.sid) ? user : undefined;
}

/** Whether the request is of this very user. */
export function isOneself(at: Context, user: Pick<KnownUser, "sid">): boolean {
  return at.signedIn?.user.sid === user.sid;
}

/** Only owners do anything to owners, or make some: an admin would otherwise be one by a detour. Auth tokens and main keys count as an owner. */
export function whyNotTheirs(at: Context, ...roles: readonly (UserRole | undefined)[]): Problem | undefined {
  if (at.operator || at.signedIn === undefined || at.signedIn.user.role === "owner") return undefined;
  if (!roles.includes("owner")) return undefined;
  return forbidden("Permission Denied: only an owner of the account can make somebody an owner, or change one.");
}
