import type { Store, User } from "@trunkline/store";
import type { Account } from "@trunkline/trunking";
import { whyNotActive } from "../auth.ts";
import { Problem } from "../problem.ts";

/** 401 without the challenge that would make a browser ask for a name and a password by itself. */
export function notSignedIn(message: string, code = 20003): Problem {
  return new Problem(401, code, message);
}

/** The account that a user works in, null for a user of the operator; a problem while it, or its parent, is not active. */
export async function accountOfUser(store: Store, { accountSid }: User): Promise<Account | null | Problem> {
  if (accountSid === null) return null;
  const account = await store.accounts.fetch(accountSid);
  if (account === undefined) return notSignedIn("The session is over. Sign in again.");
  const why = await whyNotActive(store, account);
  return why ? notSignedIn(why.message, why.code) : account;
}
