import type { Day, Period, PeriodKind, Usage } from "@trunkline/trunking";
import type { ChildRepository, Dated, PageOf, PageRequest } from "./store.ts";

/** Whose usage: an account's own, or with that of its subaccounts. */
export type UsageOwner = { readonly accountSid: string; readonly subaccounts: boolean };

export interface UsageRepository {
  /** The first day that anything was used on; null: nothing was. */
  firstDay(owner: UsageOwner): Promise<Day | null>;
  /**
   * What was used within some days, summed up over periods of a kind.
   *
   * @returns by the first day of the period (whole, also where `within` cuts it), then by counted category; what is not there is nothing
   */
  sums(owner: UsageOwner, within: Period, by: PeriodKind): Promise<ReadonlyMap<Day, ReadonlyMap<string, Usage>>>;
  /**
   * Counts the months that begin for numbers (UTC), for every day up to `day` that was not counted. Safe to repeat, and from several
   * processes at once.
   */
  countNumbersUntil(day: Day): Promise<void>;
}

/** Tells a customer's web server when usage reaches a value (contract §3.1 Usage Triggers). */
export type UsageTrigger = {
  /** `UT…` */
  readonly sid: string;
  readonly accountSid: string;
  readonly friendlyName: string;
  /** One of `USAGE_CATEGORIES`; subaccounts' usage counts too. */
  readonly usageCategory: string;
  readonly triggerBy: "count" | "usage" | "price";
  /** In millionths. */
  readonly valueMicros: number;
  /** Fires at most once in each; usage is counted from its beginning. */
  readonly recurring: PeriodKind;
  readonly callbackUrl: string;
  readonly callbackMethod: "GET" | "POST";
};
export type FiredAt = { readonly firedAtMs: number | null };

/** Oldest first. What a trigger has still to tell goes to its new place, and goes with it. */
export interface UsageTriggerRepository extends Omit<ChildRepository<UsageTrigger & FiredAt>, "create" | "list"> {
  create(row: UsageTrigger): ReturnType<ChildRepository<UsageTrigger & FiredAt>["create"]>;
  list(
    accountSid: string,
    filter: Partial<Pick<UsageTrigger, "recurring" | "triggerBy" | "usageCategory">>,
    page: PageRequest,
  ): Promise<PageOf<UsageTrigger & FiredAt & Dated>>;
  /**
   * Looks at the triggers under whose eyes usage changed since the last time, and queues what those that fire have to tell. Whatever is
   * committed is looked at, by one process, once.
   *
   * @param limit changes to look at
   * @returns how many there were; fewer than `limit`: none is left
   */
  check(nowMs: number, limit: number): Promise<number>;
}
