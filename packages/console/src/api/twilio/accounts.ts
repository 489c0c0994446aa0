import type { Delete, FlatPage, Get, Meta, Paging, Post } from "./twilio.types.ts";

type Account = {
  readonly sid: string;
  readonly friendly_name: string;
  readonly type: "Full" | "Trial";
  readonly status: "active" | "suspended" | "closed";
  readonly owner_account_sid: string;
  readonly auth_token: string | null;
  readonly date_created: string;
};

export type ApiKey = {
  readonly sid: string;
  readonly friendly_name: string;
  readonly flags?: readonly string[];
  readonly date_created: string;
  /** In the answer that made it, and never again. */
  readonly secret?: string;
};

export type AuditEvent = {
  readonly sid: string;
  readonly actor_sid: string | null;
  readonly actor_type: string;
  readonly description: string;
  readonly event_data: Readonly<Record<string, unknown>>;
  readonly event_date: string;
  readonly event_type: string;
  readonly resource_sid: string | null;
  readonly source: string;
  readonly source_ip_address: string | null;
};

export type EventFilter = Paging & {
  readonly ActorSid?: string;
  readonly EventType?: string;
  readonly ResourceSid?: string;
  readonly StartDate?: string;
  readonly EndDate?: string;
};

/** Accounts of 2010-04-01, keys of IAM v1, events of Monitor v1. */
export type AccountsApi = {
  readonly "GET /v1/Keys": Get<{ readonly keys: readonly ApiKey[] } & Meta, Paging & { readonly AccountSid: string }>;
  readonly "POST /v1/Keys": Post<ApiKey>;
  readonly "DELETE /v1/Keys/{sid}": Delete;
  readonly "GET /v1/Events": Get<{ readonly events: readonly AuditEvent[] } & Meta, EventFilter>;
  readonly "GET /2010-04-01/Accounts.json": Get<{ readonly accounts: readonly Account[] } & FlatPage, Paging>;
  readonly "POST /2010-04-01/Accounts.json": Post<Account>;
  readonly "GET /2010-04-01/Accounts/{sid}.json": Get<Account>;
  readonly "POST /2010-04-01/Accounts/{sid}.json": Post<Account>;
};
