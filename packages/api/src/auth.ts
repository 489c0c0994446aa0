import { createHash, timingSafeEqual } from "node:crypto";
import type { Store } from "@trunkline/store";
import { type Account, isSid } from "@trunkline/trunking";
import type { ApiDeps } from "./deps.ts";
import { forbidden, invalid, type Problem, unauthenticated } from "./problem.ts";

/** Who a request comes from. */
export type Principal =
  | { readonly kind: "operator"; readonly sid: string }
  | { readonly kind: "account"; readonly account: Account };

/** Lets the operator, or a parent account, act for another account where the path names none (v1 hosts, `/trunkline/v1`). */
export const ACTING_ACCOUNT_HEADER = "x-trunkline-account";

const ACCOUNT_NOT_ACTIVE = 20005;
/** A SID has 34 characters and a token 32; nothing near this length is hashed or looked up. */
const AUTHORIZATION_MAX_LENGTH = 1024;

/** Checks HTTP Basic credentials: account SID and auth token, or the operator's (contract §1.2, interface §2). */
export async function authenticate(deps: ApiDeps, authorization: string | undefined): Promise<Principal | Problem> {
  const pair = readBasic(authorization);
  if (pair === undefined) return unauthenticated("Authentication Error - No credentials provided");
  const { sid, token } = pair;
  // Both comparisons run whatever the first says, so that time tells nothing about the SID.
  const operatorSid = sameText(sid, deps.operator.sid);
  const operatorToken = sameText(token, deps.operator.token);
  if (operatorSid && operatorToken) return { kind: "operator", sid };
  const account = isSid(sid, "AC") ? await deps.store.accounts.authenticate(sid, token) : undefined;
  if (account === undefined) return unauthenticated("Authenticate");
  if (account.status !== "active") return unauthenticated(`Account ${sid} is ${account.status}.`, ACCOUNT_NOT_ACTIVE);
  const parent = account.parentSid === null ? undefined : await deps.store.accounts.fetch(account.parentSid);
  if (parent && parent.status !== "active")
    return unauthenticated(`Account ${parent.sid}, whose subaccount this is, is ${parent.status}.`, ACCOUNT_NOT_ACTIVE);
  return { kind: "account", account };
}

function readBasic(authorization: string | undefined): { readonly sid: string; readonly token: string } | undefined {
  if (authorization === undefined || authorization.length > AUTHORIZATION_MAX_LENGTH) return undefined;
  const encoded = /^Basic +([A-Za-z0-9+/=_-]+) *$/i.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon < 1 ? undefined : { sid: text.slice(0, colon), token: text.slice(colon + 1) };
}

/** Constant-time comparison; hashing first makes the lengths equal. */
function sameText(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/**
 * The account that the request acts for. Its own, unless `named` (the path's AccountSid, else the acting-account header) says another:
 * then the operator may act for any account and a parent for its subaccounts. An unknown and a foreign account look the same to
 * everyone but the operator.
 */
export async function actingAccount(
  store: Store,
  principal: Principal,
  named: string | undefined,
): Promise<Account | Problem> {
  if (principal.kind === "account") {
    if (named === undefined || named === principal.account.sid) return principal.account;
    const account = isSid(named, "AC") ? await store.accounts.fetch(named) : undefined;
    if (account !== undefined && account.parentSid === principal.account.sid) return account;
    return forbidden(`Permission Denied: these credentials cannot act for account ${named}.`);
  }
  const sid = named ?? principal.sid;
  const account = isSid(sid, "AC") ? await store.accounts.fetch(sid) : undefined;
  if (account !== undefined) return account;
  if (named !== undefined) return invalid(`There is no account ${named}.`, 21471);
  return invalid(
    "The operator has no resources of its own. Name the account in the X-Trunkline-Account header.",
    21470,
  );
}

/** Whom a request acts for where no account is needed: the account of the credentials, or the operator, who needs no row. */
export function ownAccount(principal: Principal): Account {
  if (principal.kind === "account") return principal.account;
  return { sid: principal.sid, parentSid: null, friendlyName: "Operator", status: "active", type: "Full" };
}
