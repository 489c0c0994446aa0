import type { Delete, FlatPage, Get, Meta, Paging, Post } from "./twilio.types.ts";

export type Alert = {
  readonly sid: string;
  readonly resource_sid: string;
  readonly error_code: string;
  readonly log_level: "error" | "warning" | "notice" | "debug";
  readonly alert_text: string;
  readonly date_generated: string;
};
export type Recording = {
  readonly sid: string;
  readonly call_sid: string;
  readonly status: "in-progress" | "paused" | "stopped" | "processing" | "completed" | "absent" | "deleted";
  readonly channels: number;
  readonly start_time: string;
  /** Seconds. */
  readonly duration: string | null;
  readonly error_code: number | null;
  readonly encryption_details: object | null;
};
export type UsageRecord = {
  readonly category: string;
  readonly description: string;
  readonly count: string;
  readonly count_unit: string;
  readonly usage: string;
  readonly usage_unit: string;
  readonly price: number;
  readonly price_unit: string;
  readonly start_date: string;
  readonly end_date: string;
};
export type UsageTrigger = {
  readonly sid: string;
  readonly friendly_name: string;
  readonly usage_category: string;
  readonly trigger_by: "count" | "usage" | "price";
  readonly trigger_value: string;
  readonly current_value: string;
  readonly recurring: "daily" | "monthly" | "yearly" | "alltime";
  readonly callback_url: string;
  readonly date_fired: string | null;
};
type Price = { readonly current_price: string };
export type CountryPrices = {
  readonly country: string;
  readonly terminating_prefix_prices: readonly (Price & {
    readonly destination_prefixes: readonly string[];
    readonly friendly_name: string;
  })[];
  readonly originating_call_prices: readonly (Price & { readonly number_type: string })[];
  readonly price_unit: string;
};

type AlertFilter = Paging & { readonly LogLevel: string; readonly StartDate: string; readonly EndDate: string };
type RecordingFilter = Paging & {
  readonly CallSid: string;
  readonly "DateCreated>": string;
  readonly "DateCreated<": string;
};
type UsageFilter = Paging & { readonly Category: string; readonly StartDate: string; readonly EndDate: string };
type UsagePage = { readonly usage_records: readonly UsageRecord[] } & FlatPage;

/** Alerts, usage, recordings and prices. */
export type MonitorApi = {
  readonly "GET /v1/Alerts": Get<{ readonly alerts: readonly Alert[] } & Meta, AlertFilter>;
  readonly "GET /v1/Alerts/{sid}": Get<Alert>;
  readonly "GET /2010-04-01/Accounts/{account}/Recordings.json": Get<
    { readonly recordings: readonly Recording[] } & FlatPage,
    RecordingFilter
  >;
  readonly "GET /2010-04-01/Accounts/{account}/Recordings/{sid}.json": Get<Recording>;
  readonly "DELETE /2010-04-01/Accounts/{account}/Recordings/{sid}.json": Delete;
  readonly "GET /2010-04-01/Accounts/{account}/Usage/Records.json": Get<UsagePage, UsageFilter>;
  readonly "GET /2010-04-01/Accounts/{account}/Usage/Records/Daily.json": Get<UsagePage, UsageFilter>;
  readonly "GET /2010-04-01/Accounts/{account}/Usage/Records/Monthly.json": Get<UsagePage, UsageFilter>;
  readonly "GET /2010-04-01/Accounts/{account}/Usage/Triggers.json": Get<
    { readonly usage_triggers: readonly UsageTrigger[] } & FlatPage,
    Paging
  >;
  readonly "POST /2010-04-01/Accounts/{account}/Usage/Triggers.json": Post<UsageTrigger>;
  readonly "DELETE /2010-04-01/Accounts/{account}/Usage/Triggers/{sid}.json": Delete;
  readonly "GET /v2/Trunking/Countries": Get<
    { readonly countries: readonly { readonly country: string; readonly iso_country: string }[] } & Meta,
    Paging
  >;
  readonly "GET /v2/Trunking/Countries/{country}": Get<CountryPrices>;
};
