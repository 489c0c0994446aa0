import { type Dated, type FiredAt, type UsageTrigger, usageRecordUri } from "@trunkline/store";
import {
  amountMicros,
  decimalOfMicros,
  mintSid,
  type PeriodKind,
  USAGE_CATEGORIES,
  type Usage,
} from "@trunkline/trunking";
import { rfc2822Date } from "../../dates.ts";
import { about, anyText, coded, given, matching, oneOf, optional, text, webUrl } from "../../form.ts";
import { invalid, Problem } from "../../problem.ts";
import { type At, noParent, type Resource, settle, settleRemoval } from "../../resource.ts";
import { accepts } from "../../route.ts";
import { unusableUrl } from "../debugger/callback-url.ts";
import { categoryName } from "./usage-form.ts";
import { usedInPeriod } from "./usage-records.ts";

const INVALID_URL = 21205;

/** A trigger and where its usage stands. */
type Watched = UsageTrigger & FiredAt & Dated & { readonly currentMicros: number };
type Kept = UsageTrigger & FiredAt & Dated;

const METHOD = oneOf("GET", "POST");
const BY = oneOf("count", "usage", "price");
const RECURRING = oneOf("daily", "monthly", "yearly", "alltime", "");
const URL_FIELD = coded(INVALID_URL, webUrl());

/** 2010-04-01 Usage Triggers (contract §3.1, §4.1, BIL-3), oldest first. */
export const usageTriggers: Resource<Watched, null> = {
  product: "api",
  noun: "usage trigger",
  path: "/Accounts/:accountSid/Usage/Triggers",
  key: "usage_triggers",
  parent: noParent,
  view: shown,
  list: accepts(
    { Recurring: optional(RECURRING), TriggerBy: optional(BY), UsageCategory: optional(categoryName()) },
    async (at: At<null>, { Recurring, TriggerBy: triggerBy, UsageCategory: usageCategory }) => {
      const filter = given({
        recurring: Recurring === undefined ? undefined : periodKind(Recurring),
        triggerBy,
        usageCategory,
      });
      return async (page) => {
        const found = await at.deps.store.usageTriggers.list(at.account.sid, filter, page);
        return { ...found, rows: await watched(at, found.rows) };
      };
    },
  ),
  fetch: async (at, sid) => {
    const row = await at.deps.store.usageTriggers.fetch(at.account.sid, sid);
    return row && one(at, row);
  },
  create: accepts(
    {
      CallbackUrl: about("Told when it fires; signed.", URL_FIELD),
      TriggerValue: about(
        "The value to reach, or with a + in front so much more than now.",
        matching(/^[+ ]?\d{1,9}(\.\d{1,6})?$/, "a positive number such as 1000, or +50 for 50 more than now"),
      ),
      UsageCategory: categoryName(),
      CallbackMethod: optional(METHOD),
      FriendlyName: optional(anyName()),
      Recurring: optional(RECURRING),
      TriggerBy: optional(BY),
    },
    async (at: At<null>, values): Promise<Watched | Problem> => {
      const wrong = unusableUrl("CallbackUrl", values.CallbackUrl, at);
      if (wrong !== undefined) return invalid(wrong, INVALID_URL);
      const recurring = periodKind(values.Recurring ?? "alltime");
      const triggerBy = values.TriggerBy ?? "usage";
      const current = (await usedInPeriod(at, recurring))(values.UsageCategory);
      if (current === undefined) return unknownCategory(values.UsageCategory);
      const valueMicros = microsAsked(values.TriggerValue, amountMicros(current, triggerBy));
      if (valueMicros <= 0) return invalid("TriggerValue must be more than 0.");
      const row: UsageTrigger = {
        sid: mintSid("UT", at.deps.randomHex(16)),
        accountSid: at.account.sid,
        friendlyName: values.FriendlyName ?? "",
        usageCategory: values.UsageCategory,
        triggerBy,
        valueMicros,
        recurring,
        callbackUrl: values.CallbackUrl,
        callbackMethod: values.CallbackMethod ?? "POST",
      };
      const limit = (most: number): Problem =>
        invalid(`There are ${most} usage triggers already, as many as an account can have: delete one first.`);
      const kept = settle(at, await at.deps.store.usageTriggers.create(row), { limit });
      return kept instanceof Problem ? kept : one(at, kept);
    },
  ),
  update: accepts(
    { CallbackUrl: optional(URL_FIELD), CallbackMethod: optional(METHOD), FriendlyName: optional(anyName()) },
    async (at, { CallbackUrl: callbackUrl, CallbackMethod: callbackMethod, FriendlyName: friendlyName }) => {
      const wrong = callbackUrl === undefined ? undefined : unusableUrl("CallbackUrl", callbackUrl, at);
      if (wrong !== undefined) return invalid(wrong, INVALID_URL);
      const change = given({ callbackUrl, callbackMethod, friendlyName });
      const kept = settle(at, await at.deps.store.usageTriggers.update(at.account.sid, at.row.sid, change));
      return kept instanceof Problem ? kept : one(at, kept);
    },
  ),
  remove: async (at, row) => settleRemoval(at, await at.deps.store.usageTriggers.delete(at.account.sid, row.sid)),
};

function anyName(): ReturnType<typeof text> {
  const name = text(64);
  return { ...name, schema: name.schema.or(anyText().schema.refine((given) => given === "", { error: "" })) };
}

function periodKind(given: PeriodKind | ""): PeriodKind {
  return given === "" ? "alltime" : given;
}

function unknownCategory(name: string): Problem {
  const names = USAGE_CATEGORIES.map((category) => category.name).join(", ");
  return invalid(`UsageCategory ${name} is never counted here, so it would never fire. There are: ${names}.`);
}

/** In millionths; whole numbers all the way, so that no value is a little off. */
function microsAsked(text: string, currentMicros: number): number {
  const [, relative, whole, places = ""] = /^([+ ]?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  const micros = Number(whole) * 1_000_000 + Number(places.padEnd(6, "0"));
  return relative === "" ? micros : currentMicros + micros;
}

/** Usage is read once for each kind of period, however many triggers there are. */
async function watched(at: At<null>, rows: readonly Kept[]): Promise<readonly Watched[]> {
  const used = new Map<PeriodKind, (category: string) => Usage | undefined>();
  for (const kind of new Set(rows.map((row) => row.recurring))) used.set(kind, await usedInPeriod(at, kind));
  return rows.map((row) => {
    const usage = used.get(row.recurring)?.(row.usageCategory);
    return { ...row, currentMicros: usage === undefined ? 0 : amountMicros(usage, row.triggerBy) };
  });
}

async function one(at: At<null>, row: Kept): Promise<Watched> {
  const [found] = await watched(at, [row]);
  return found as Watched;
}

function shown(row: Watched, { links }: At<null>): object {
  return {
    sid: row.sid,
    account_sid: row.accountSid,
    api_version: "2010-04-01",
    friendly_name: row.friendlyName,
    usage_category: row.usageCategory,
    trigger_by: row.triggerBy,
    trigger_value: decimalOfMicros(row.valueMicros),
    current_value: decimalOfMicros(row.currentMicros),
    recurring: row.recurring,
    callback_url: row.callbackUrl,
    callback_method: row.callbackMethod,
    usage_record_uri: usageRecordUri(row),
    date_created: rfc2822Date(row.createdAtMs),
    date_updated: rfc2822Date(row.updatedAtMs),
    date_fired: row.firedAtMs === null ? null : rfc2822Date(row.firedAtMs),
    uri: links.relative(`/Accounts/${row.accountSid}/Usage/Triggers/${row.sid}`),
  };
}
