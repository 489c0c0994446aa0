import type { FlatPage, Get, Paging, Post } from "./twilio.types.ts";

type Account = {
  readonly sid: string;
  readonly friendly_name: string;
  readonly type: "Full" | "Trial";
  readonly status: "active" | "suspended" | "closed";
  readonly owner_account_sid: string;
  readonly auth_token: string | null;
  readonly date_created: string;
};

/** Accounts of 2010-04-01. */
export type AccountsApi = {
  readonly "GET /2010-04-01/Accounts.json": Get<{ readonly accounts: readonly Account[] } & FlatPage, Paging>;
  readonly "POST /2010-04-01/Accounts.json": Post<Account>;
  readonly "GET /2010-04-01/Accounts/{sid}.json": Get<Account>;
  readonly "POST /2010-04-01/Accounts/{sid}.json": Post<Account>;
};
