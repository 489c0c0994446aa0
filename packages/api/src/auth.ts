import { createHash, timingSafeEqual } from "node:crypto";
import type { ApiKey, Store } from "@trunkline/store";
import { type Account, isSid } from "@trunkline/trunking";
import type { AttemptLimit } from "./attempt-limit.ts";
import type { ApiDeps } from "./deps.ts";
import { forbidden, invalid, type Problem, tooMany, unauthenticated } from "./problem.ts";
import type { SignedIn } from "./sessions/signed-in.ts";

/** Who a request comes from. */
export type Principal =
  | { readonly kind: "operator"; readonly sid: string; readonly signedIn?: SignedIn }
  | { readonly kind: "account"; readonly account: Account; readonly signedIn?: SignedIn }
  /** An API key of the account. */
  | { readonly kind: "key"; readonly account: Account; readonly key: ApiKey }
  /** Whoever asks for what needs no credentials; the account is none that there is. */
  | { readonly kind: "nobody"; readonly account: Account };

/** The person, where a request comes from a session of the console and not from credentials of its own. */
export function signedInOf(principal: Principal): SignedIn | undefined {
  return "signedIn" in principal ? principal.signedIn : undefined;
}

/** Lets the operator, or a parent account, act for another account where the path names none (v1 hosts, `/trunkline/v1`). */
export const ACTING_ACCOUNT_HEADER = "x-trunkline-account";

const ACCOUNT_NOT_ACTIVE = 20005;
/** A SID has 34 characters and a token 32; nothing near this length is hashed or looked up. */
const AUTHORIZATION_MAX_LENGTH = 1024;

/** What a request shows of who sends it. */
export type Credentials = {
  readonly authorization: string | undefined;
  /** Address of the client. */
  readonly source: string;
};

/**
 * Checks HTTP Basic credentials: account SID and auth token, API key SID and secret, or the operator's (contract §1.2, interface §2). Who
 * guesses is slowed down, by address.
 */
export async function authenticate(
  deps: ApiDeps,
  attempts: AttemptLimit,
  { authorization, source }: Credentials,
): Promise<Principal | Problem> {
  const pair = readBasic(authorization);
  if (pair === undefined) return unauthenticated("Authentication Error - No credentials provided");
  const waitSec = attempts.waitSec(source, pair.sid);
  if (waitSec !== null) return tooMany("Too many failed attempts to authenticate from this address", waitSec);
  const principal = await principalOf(deps, pair.sid, pair.token);
  if (principal === undefined) {
    attempts.failed(source, pair.sid);
    return unauthenticated("Authenticate");
  }
  attempts.succeeded(source, pair.sid);
  return principal.kind === "operator" ? principal : ((await whyNotActive(deps.store, principal.account)) ?? principal);
}

/** Whose credentials these are; undefined: nobody's. */
async function principalOf({ store, operator }: ApiDeps, sid: string, token: string): Promise<Principal | undefined> {
  // Both comparisons run whatever the first says, so that time tells nothing about the SID.
  const operatorSid = sameText(sid, operator.sid);
  const operatorToken = sameText(token, operator.token);
  // The operator's account has a row with a token too, that of the first start: the settings' token is the one that counts.
  if (operatorSid) return operatorToken ? { kind: "operator", sid } : undefined;
  if (isSid(sid, "SK")) {
    const holder = await store.apiKeys.authenticate(sid, token);
    return holder && { kind: "key", ...holder };
  }
  const account = isSid(sid, "AC") ? await store.accounts.authenticate(sid, token) : undefined;
  return account && { kind: "account", account };
}

/** ACC-1: credentials of an account that is not active, or whose parent is not, are good for nothing. */
export async function whyNotActive(store: Store, account: Account): Promise<Problem | undefined> {
  const { sid, status, parentSid } = account;
  if (status !== "active") return unauthenticated(`Account ${sid} is ${status}.`, ACCOUNT_NOT_ACTIVE);
  const parent = parentSid === null ? undefined : await store.accounts.fetch(parentSid);
  if (parent === undefined || parent.status === "active") return undefined;
  return unauthenticated(`Account ${parent.sid}, whose subaccount this is, is ${parent.status}.`, ACCOUNT_NOT_ACTIVE);
}

/** The SID of whose credentials a request has: of the operator, an account, an API key or a user. What a change is told to be of (ACC-4). */
export function sidOf(principal: Principal): string {
  const signedIn = signedInOf(principal);
  if (signedIn) return signedIn.user.sid;
  if (principal.kind === "operator") return principal.sid;
  return principal.kind === "key" ? principal.key.sid : principal.account.sid;
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
  if (principal.kind !== "operator") {
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
  if (principal.kind !== "operator") return principal.account;
  return { sid: principal.sid, parentSid: null, friendlyName: "Operator", status: "active", type: "Full" };
}
