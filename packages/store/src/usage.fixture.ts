import { type Day, dayOf, type Period, type Usage } from "@trunkline/trunking";
import { newSid } from "./rows.fixture.ts";
import type { Store } from "./store.ts";
import type { UsageTrigger } from "./usage.types.ts";

export const MINUTE_MS = 60_000;
export const ever: Period = { start: "0001-01-01", end: "9999-12-31" };
export const today = (): Day => dayOf(Date.now());

/** What an account used of a counted category so far, its subaccounts included; undefined: nothing. */
export async function used(store: Store, accountSid: string, category: string): Promise<Usage | undefined> {
  const sums = await store.usage.sums({ accountSid, subaccounts: true }, ever, "alltime");
  return sums.get(ever.start)?.get(category);
}

export function usageTriggerRow(accountSid: string, fields: Partial<UsageTrigger> = {}): UsageTrigger {
  return {
    sid: newSid("UT"),
    accountSid,
    friendlyName: "Two calls",
    usageCategory: "calls",
    triggerBy: "count",
    valueMicros: 2_000_000,
    recurring: "daily",
    callbackUrl: "https://example.com/usage",
    callbackMethod: "POST",
    ...fields,
  };
}
