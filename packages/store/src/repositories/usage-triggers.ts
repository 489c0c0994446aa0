import {
  amountMicros,
  type Day,
  dayOf,
  type Period,
  type PeriodKind,
  periodOf,
  type Usage,
  usageCategory,
  usageOf,
} from "@trunkline/trunking";
import { type RawBuilder, sql } from "kysely";
import { byCreation, readPage } from "../page.ts";
import { overQuota, type Quota } from "../quotas.ts";
import { RowForm, type StoredRow } from "../rows.ts";
import type { Sql } from "../sql/database.ts";
import type { Dated } from "../store.ts";
import * as tables from "../tables.ts";
import type { FiredAt, UsageTrigger, UsageTriggerRepository } from "../usage.types.ts";
import { usageTriggerEvent } from "../usage-trigger-event.ts";
import type { WebhookQueueKey } from "../webhooks.types.ts";
import { notFound, ok, type StoreContext } from "./context.ts";
import { usageSums } from "./usage.ts";
import { type DeliveryBell, type NewDelivery, ofQueue, queueDeliveries, redirectDeliveries } from "./webhooks.ts";

const NOUN = "usage trigger";
const MUTABLE = ["friendlyName", "callbackUrl", "callbackMethod"] as const;

type Stored = UsageTrigger & FiredAt & Dated;

/** Triggers of usage. What changes usage notes it (migration 0009); `check` reads the notes. */
export function usageTriggerRepository(context: StoreContext, bell: DeliveryBell): UsageTriggerRepository {
  const { database, changes, secrets, quotas } = context;
  const form = new RowForm(tables.usageTriggers, secrets);
  const quota: Quota = { parents: "accounts", max: quotas.usageTriggersPerAccount };
  const keyset = byCreation(tables.usageTriggers.name);
  const read = (stored: StoredRow): Stored => ({
    ...form.readDated(stored),
    firedAtMs: stored["firedAt"] as number | null,
  });
  return {
    create: (row) =>
      changes.change(async (tx) => {
        // Whoever is writing usage has committed by now, and whoever comes next sees the trigger: none goes unnoticed.
        await tx.rows(sql`lock table usage_days in share mode`);
        const children = { table: tables.usageTriggers.name, parent: "accountSid" };
        const over = await overQuota(tx, quota, children, row.accountSid);
        if (over) return over;
        const [created] = await tx.rows(form.insert(row));
        if (created === undefined) return notFound(NOUN);
        // Its value may be reached already.
        await tx.rows(sql`
          insert into usage_checks (account_sid, day) values (${row.accountSid}, (now() at time zone 'UTC')::date)`);
        return ok(read(created));
      }),

    async fetch(accountSid, sid) {
      const [found] = await database.rows(sql<StoredRow>`
        select * from usage_triggers where account_sid = ${accountSid} and sid = ${sid}`);
      return found && read(found);
    },

    list(accountSid, { recurring, triggerBy, usageCategory }, page) {
      const conditions: RawBuilder<unknown>[] = [sql`account_sid = ${accountSid}`];
      if (recurring !== undefined) conditions.push(sql`recurring = ${recurring}`);
      if (triggerBy !== undefined) conditions.push(sql`trigger_by = ${triggerBy}`);
      if (usageCategory !== undefined) conditions.push(sql`usage_category = ${usageCategory}`);
      const source = sql<StoredRow>`select * from usage_triggers where ${sql.join(conditions, sql` and `)}`;
      return readPage(database, source, keyset, page, read);
    },

    async update(accountSid, sid, change) {
      const outcome = await changes.change(async (tx) => {
        const [updated] = await tx.rows(sql<StoredRow>`
          update usage_triggers set ${form.assignments(sid, change, MUTABLE)}
           where account_sid = ${accountSid} and sid = ${sid} returning *`);
        if (updated === undefined) return notFound(NOUN);
        const row = read(updated);
        await redirectDeliveries(tx, queueOf(accountSid), row.callbackUrl, row.callbackMethod, toldBy(sid));
        return ok(row);
      });
      bell.ring();
      return outcome;
    },

    delete: (accountSid, sid) =>
      changes.change(async (tx) => {
        const [deleted] = await tx.rows(sql<StoredRow>`
          delete from usage_triggers where account_sid = ${accountSid} and sid = ${sid} returning *`);
        if (deleted === undefined) return notFound(NOUN);
        await tx.rows(sql`delete from webhook_deliveries where ${ofQueue(queueOf(accountSid))} and ${toldBy(sid)}`);
        return ok(read(deleted));
      }),

    async check(nowMs, limit) {
      const { looked, fired } = await database.transaction(async (tx) => {
        const noted = await takeNotes(tx, limit);
        let fired = 0;
        for (const [accountSid, days] of noted.days) {
          const triggers = await tx.rows(sql<StoredRow>`
            select * from usage_triggers where account_sid = ${accountSid} order by ordinal for no key update`);
          fired += await checkAccount(tx, accountSid, triggers.map(read), days, nowMs);
        }
        return { looked: noted.count, fired };
      });
      if (fired > 0) bell.ring();
      return looked;
    },
  };
}

const queueOf = (accountSid: string): WebhookQueueKey => ({ accountSid, kind: "usage-trigger" });
const toldBy = (sid: string): RawBuilder<unknown> => sql`params->>'UsageTriggerSid' = ${sid}`;

/** Takes notes of changed usage out of the store, for good with the transaction. What a note tells of is committed, and seen by what comes next. */
async function takeNotes(
  tx: Sql,
  limit: number,
): Promise<{ readonly count: number; readonly days: ReadonlyMap<string, ReadonlySet<Day>> }> {
  const notes = await tx.rows(sql<{ accountSid: string; day: Day }>`
    delete from usage_checks where id in (select id from usage_checks order by id limit ${limit} for update skip locked)
    returning account_sid, to_char(day, 'YYYY-MM-DD') as day`);
  const days = new Map<string, Set<Day>>();
  // In one order of accounts, so that two processes never wait for each other in a circle.
  for (const { accountSid, day } of [...notes].sort((a, b) => (a.accountSid < b.accountSid ? -1 : 1))) {
    const known = days.get(accountSid);
    if (known === undefined) days.set(accountSid, new Set([day]));
    else known.add(day);
  }
  return { count: notes.length, days };
}

/** @returns how many fired */
async function checkAccount(
  tx: Sql,
  accountSid: string,
  triggers: readonly Stored[],
  days: ReadonlySet<Day>,
  nowMs: number,
): Promise<number> {
  const deliveries: NewDelivery[] = [];
  for (const kind of new Set(triggers.map((trigger) => trigger.recurring))) {
    const mine = triggers.filter((trigger) => trigger.recurring === kind);
    for (const period of periodsOf(kind, days)) {
      const sums = await usageSums(tx, { accountSid, subaccounts: true }, period, kind);
      const counted = sums.get(period.start) ?? new Map<string, Usage>();
      for (const trigger of mine) {
        const delivery = await fire(tx, trigger, period, counted, nowMs);
        if (delivery) deliveries.push(delivery);
      }
    }
  }
  await queueDeliveries(tx, deliveries);
  return deliveries.length;
}

/** A call that came yesterday may end today: then it is yesterday's usage that changed. */
function periodsOf(kind: PeriodKind, days: ReadonlySet<Day>): readonly Period[] {
  const periods = [...days].map((day) => periodOf(kind, day));
  return [...new Map(periods.map((period) => [period.start, period])).values()];
}

/** Undefined when it does not: the value is not reached, it fired for this period, or the period was over before there was the trigger. */
async function fire(
  tx: Sql,
  trigger: Stored,
  period: Period,
  counted: ReadonlyMap<string, Usage>,
  nowMs: number,
): Promise<NewDelivery | undefined> {
  const { accountSid, sid, callbackUrl: url, callbackMethod: method } = trigger;
  const category = usageCategory(trigger.usageCategory);
  if (category === undefined || period.end < dayOf(trigger.createdAtMs)) return undefined;
  const currentMicros = amountMicros(usageOf(category, counted), trigger.triggerBy);
  if (currentMicros < trigger.valueMicros) return undefined;
  const [first] = await tx.rows(sql`
    insert into usage_firings (trigger_sid, period_start) values (${sid}, ${period.start}::date)
    on conflict do nothing returning trigger_sid`);
  if (first === undefined) return undefined;
  await tx.rows(sql`update usage_triggers set fired_at = ${new Date(nowMs)} where sid = ${sid}`);
  const firing = { atMs: nowMs, periodStart: period.start, currentMicros };
  return { accountSid, kind: "usage-trigger", url, method, params: () => usageTriggerEvent(trigger, firing) };
}
