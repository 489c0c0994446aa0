import { type Day, decimalOfMicros } from "@trunkline/trunking";
import type { UsageTrigger } from "./usage.types.ts";
import type { WebhookDelivery } from "./webhooks.types.ts";

/** When a trigger fired, and for what. */
export type Firing = { readonly atMs: number; readonly periodStart: Day; readonly currentMicros: number };

const RECORDS = { daily: "Today", monthly: "ThisMonth", yearly: "Yearly", alltime: "AllTime" } as const;

/** The usage record that a trigger watches, as a path of the API. */
export function usageRecordUri({ accountSid, recurring, usageCategory }: UsageTrigger): string {
  return `/2010-04-01/Accounts/${accountSid}/Usage/Records/${RECORDS[recurring]}.json?Category=${usageCategory}`;
}

/** Parameters of a usage trigger's callback (contract §4.1). The token is the same whenever the same firing is told of. */
export function usageTriggerEvent(trigger: UsageTrigger, firing: Firing): WebhookDelivery["params"] {
  const { accountSid, sid, recurring, valueMicros, usageCategory, triggerBy } = trigger;
  const period = recurring === "alltime" ? [] : [firing.periodStart];
  return {
    AccountSid: accountSid,
    UsageTriggerSid: sid,
    Recurring: recurring,
    CurrentValue: decimalOfMicros(firing.currentMicros),
    // RFC 2822, as everything of the 2010-04-01 API is dated.
    DateFired: new Date(firing.atMs).toUTCString().replace("GMT", "+0000"),
    TriggerValue: decimalOfMicros(valueMicros),
    IdempotencyToken: [accountSid, "FIRES", sid, ...period].join("-"),
    UsageCategory: usageCategory,
    TriggerBy: triggerBy,
    UsageRecordUri: usageRecordUri(trigger),
  };
}
