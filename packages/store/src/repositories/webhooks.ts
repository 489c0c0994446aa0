import { type RawBuilder, sql } from "kysely";
import type { StoredRow } from "../rows.ts";
import type { Database, Sql } from "../sql/database.ts";
import { jsonbText } from "../sql/values.ts";
import type { Dated } from "../store.ts";
import type {
  DebuggerWebhook,
  DebuggerWebhookRepository,
  WebhookAttempt,
  WebhookBatch,
  WebhookDelivery,
  WebhookQueueKey,
  WebhookQueueRepository,
  WebhookTally,
} from "../webhooks.types.ts";
import { notFound, ok, type StoreContext } from "./context.ts";
import { logAttempts } from "./webhook-log.ts";

/** NOTIFY channel on which processes hear that something waits for delivery. */
const CHANNEL = "trunkline_webhooks";

/** Deliveries of one queue that may wait; beyond it the oldest are dropped and counted. About 2 MiB (5 at most) of an account whose web server is gone. */
const MAX_WAITING_DELIVERIES = 1_000;

/** What is to be delivered. Its parameters are asked for when it is written: most of a flood never is. */
export type NewDelivery = Pick<WebhookDelivery, "accountSid" | "kind" | "url" | "method"> & {
  readonly params: () => WebhookDelivery["params"];
};

/** Rings when something was queued: for subscribers of this process at once, for others by NOTIFY where they share the database. */
export class DeliveryBell {
  readonly #database: Database;
  readonly #signals = new Set<() => void>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** After the commit. */
  ring(): void {
    for (const signal of this.#signals) signal();
  }

  listen(signal: () => void): { stop(): Promise<void> } {
    const listening = this.#database.engine.listen?.(CHANNEL, signal);
    this.#signals.add(signal);
    return {
      stop: async () => {
        this.#signals.delete(signal);
        await listening?.stop();
      },
    };
  }
}

/**
 * Queues deliveries, oldest first, in the transaction of what they tell of: neither is there without the other. Of more than may wait, the
 * oldest are dropped and counted.
 *
 * The rows of the queues are locked first and in one order, so that writers of the same queues wait for each other and never for ever.
 */
export async function queueDeliveries(tx: Sql, deliveries: readonly NewDelivery[]): Promise<void> {
  const queues = [...byQueue(deliveries).values()];
  if (queues.length === 0) return;
  const kept = queues.flatMap((queue) => queue.slice(-MAX_WAITING_DELIVERIES));
  const counts = queues.map((queue) => ({
    accountSid: queue[0]?.accountSid,
    kind: queue[0]?.kind,
    dropped: Math.max(0, queue.length - MAX_WAITING_DELIVERIES),
  }));
  const touched = sql`jsonb_to_recordset(${JSON.stringify(counts)}::jsonb) as r ("accountSid" text, "kind" text, "dropped" integer)`;
  await tx.rows(sql`
    insert into webhook_queues as queue (account_sid, kind, due_at, dropped)
    select r."accountSid", r."kind", now(), r."dropped" from ${touched} order by 1, 2
    on conflict (account_sid, kind) do update
       set due_at = least(queue.due_at, excluded.due_at), dropped = queue.dropped + excluded.dropped`);
  await tx.rows(sql`
    insert into webhook_deliveries (account_sid, kind, url, method, params, run_at, created_at)
    select r."accountSid", r."kind", r."url", r."method", r."params", now(), now()
      from jsonb_to_recordset(${jsonbText(kept.map((one) => ({ ...one, params: one.params() })))}::jsonb) as r (
             "accountSid" text, "kind" text, "url" text, "method" text, "params" jsonb)`);
  await tx.rows(sql`
    with surplus as (
      delete from webhook_deliveries where id in (
        select oldest.id from ${touched} cross join lateral (
          select id from webhook_deliveries where account_sid = r."accountSid" and kind = r."kind"
           order by ordinal desc offset ${MAX_WAITING_DELIVERIES}) as oldest)
      returning account_sid, kind),
    counted as (select account_sid, kind, count(*) as dropped from surplus group by account_sid, kind)
    update webhook_queues as queue set dropped = queue.dropped + counted.dropped
      from counted where queue.account_sid = counted.account_sid and queue.kind = counted.kind`);
  await tx.rows(sql`select pg_notify(${CHANNEL}, '')`);
}

function byQueue(deliveries: readonly NewDelivery[]): ReadonlyMap<string, readonly NewDelivery[]> {
  const queues = new Map<string, NewDelivery[]>();
  for (const one of deliveries) {
    const name = `${one.accountSid} ${one.kind}`;
    const queue = queues.get(name);
    if (queue === undefined) queues.set(name, [one]);
    else queue.push(one);
  }
  return queues;
}

/** Where customers are told of their alerts. A change applies to what waits as well. */
export function debuggerWebhookRepository(
  { database, changes }: StoreContext,
  bell: DeliveryBell,
): DebuggerWebhookRepository {
  const read = ({ createdAt, updatedAt, ...same }: StoredRow): DebuggerWebhook & Dated =>
    ({ ...same, createdAtMs: createdAt, updatedAtMs: updatedAt }) as unknown as DebuggerWebhook & Dated;
  return {
    async fetch(accountSid) {
      const [found] = await database.rows(sql<StoredRow>`
        select * from debugger_webhooks where account_sid = ${accountSid}`);
      return found && read(found);
    },
    async set({ accountSid, url, method, enabled }) {
      const outcome = await changes.change(async (tx) => {
        const [row] = await tx.rows(sql<StoredRow>`
          insert into debugger_webhooks (account_sid, url, method, enabled)
          values (${accountSid}, ${url}, ${method}, ${enabled})
          on conflict (account_sid) do update
             set url = excluded.url, method = excluded.method, enabled = excluded.enabled, updated_at = now()
          returning *`);
        if (row === undefined) return notFound("debugger webhook");
        const queue: WebhookQueueKey = { accountSid, kind: "debugger" };
        if (enabled) await redirectDeliveries(tx, queue, url, method);
        else await dropAll(tx, queue);
        return ok(read(row));
      });
      bell.ring();
      return outcome;
    },
    remove: (accountSid) =>
      changes.change(async (tx) => {
        const [row] = await tx.rows(sql<StoredRow>`
          delete from debugger_webhooks where account_sid = ${accountSid} returning *`);
        if (row === undefined) return notFound("debugger webhook");
        const queue: WebhookQueueKey = { accountSid, kind: "debugger" };
        await tx.rows(sql`delete from webhook_queues where ${ofQueue(queue)}`);
        await tx.rows(sql`delete from webhook_deliveries where ${ofQueue(queue)}`);
        return ok(read(row));
      }),
  };
}

/**
 * What waits goes to the new place, and now: whoever sets a webhook has just mended something.
 *
 * @param which condition on the deliveries of the queue; absent: all
 */
export async function redirectDeliveries(
  tx: Sql,
  queue: WebhookQueueKey,
  url: string,
  method: string,
  which: RawBuilder<unknown> = sql`true`,
): Promise<void> {
  await tx.rows(sql`update webhook_queues set due_at = now() where ${ofQueue(queue)} and due_at is not null`);
  await tx.rows(sql`
    update webhook_deliveries set url = ${url}, method = ${method}, run_at = least(run_at, now())
     where ${ofQueue(queue)} and ${which}`);
}

async function dropAll(tx: Sql, queue: WebhookQueueKey): Promise<void> {
  await tx.rows(sql`select 1 from webhook_queues where ${ofQueue(queue)} for update`);
  await tx.rows(sql`
    with gone as (delete from webhook_deliveries where ${ofQueue(queue)} returning id)
    update webhook_queues set due_at = null, dropped = dropped + (select count(*) from gone) where ${ofQueue(queue)}`);
}

export function ofQueue({ accountSid, kind }: WebhookQueueKey): RawBuilder<unknown> {
  return sql`account_sid = ${accountSid} and kind = ${kind}`;
}

/** What waits for delivery. A queue is leased as a whole, so that one process at a time serves it. */
export function webhookQueueRepository(database: Database, bell: DeliveryBell): WebhookQueueRepository {
  return {
    async tally(queue) {
      const [found] = await database.rows(sql<StoredRow>`
        select delivered, abandoned, dropped, last_delivered_at as "lastDeliveredAtMs", last_failed_at as "lastFailedAtMs",
               last_failure, (select count(*) from webhook_deliveries where ${ofQueue(queue)}) as waiting
          from webhook_queues where ${ofQueue(queue)}`);
      return { ...NOTHING_YET, ...found };
    },
    async claim({ nowMs, leaseMs, queues, perQueue }) {
      const rows = await database.rows(sql<StoredRow>`
        with next as materialized (
          select account_sid, kind from webhook_queues
           where due_at <= ${new Date(nowMs)} and (leased_until is null or leased_until <= ${new Date(nowMs)})
           order by due_at limit ${queues} for update skip locked),
        turn as (
          update webhook_queues as queue set leased_until = ${new Date(nowMs + leaseMs)} from next
           where queue.account_sid = next.account_sid and queue.kind = next.kind
          returning queue.account_sid, queue.kind)
        select turn.account_sid as queue_account, turn.kind as queue_kind, due.*
          from turn left join lateral (
            select * from webhook_deliveries as delivery
             where delivery.account_sid = turn.account_sid and delivery.kind = turn.kind
               and delivery.run_at <= ${new Date(nowMs)}
             order by run_at, ordinal limit ${perQueue}) as due on true`);
      return batchesOf(rows);
    },
    settle: (queue, nowMs, attempts) => database.transaction((tx) => settle(tx, queue, nowMs, attempts)),
    async nextDueMs() {
      const [found] = await database.rows(sql<{ nextDueMs: number | null }>`
        select min(greatest(due_at, leased_until)) as "nextDueMs" from webhook_queues where due_at is not null`);
      return found?.nextDueMs ?? null;
    },
    onQueued: (signal) => bell.listen(signal),
  };
}

const NOTHING_YET: WebhookTally = {
  waiting: 0,
  delivered: 0,
  abandoned: 0,
  dropped: 0,
  lastDeliveredAtMs: null,
  lastFailedAtMs: null,
  lastFailure: null,
};

/** A queue without a due delivery is a batch too: it has to be given back. */
function batchesOf(rows: readonly StoredRow[]): readonly WebhookBatch[] {
  const batches = new Map<string, WebhookQueueKey & { readonly deliveries: WebhookDelivery[] }>();
  for (const { queueAccount, queueKind, createdAt, runAt, ordinal, ...same } of rows) {
    const key = { accountSid: queueAccount, kind: queueKind } as WebhookQueueKey;
    const name = `${key.accountSid} ${key.kind}`;
    const batch = batches.get(name) ?? { ...key, deliveries: [] };
    batches.set(name, batch);
    if (same["id"] !== null) batch.deliveries.push({ ...same, createdAtMs: createdAt } as unknown as WebhookDelivery);
  }
  return [...batches.values()];
}

/**
 * The queue's row is locked by a statement of its own: the next ones then see whatever was queued meanwhile, so that its time is never
 * set past a delivery that nobody looked at. A backlog comes after the queues that have waited since before now.
 */
async function settle(
  tx: Sql,
  queue: WebhookQueueKey,
  nowMs: number,
  attempts: readonly WebhookAttempt[],
): Promise<void> {
  const now = new Date(nowMs);
  await tx.rows(sql`select 1 from webhook_queues where ${ofQueue(queue)} for update`);
  const delivered = attempts.filter((one) => one.kind === "delivered").map((one) => one.id);
  const failed = attempts.filter((one) => one.kind === "failed");
  const abandoned = failed.filter((one) => one.retryAtMs === null).map((one) => one.id);
  const again = failed.flatMap(({ id, retryAtMs }) => (retryAtMs === null ? [] : [{ id, retryAtMs }]));
  await logAttempts(tx, now, attempts);
  await tx.rows(sql`
    update webhook_deliveries as delivery set attempts = attempts + 1, run_at = to_timestamp(r."retryAtMs" / 1000)
      from jsonb_to_recordset(${JSON.stringify(again)}::jsonb) as r ("id" uuid, "retryAtMs" double precision)
     where delivery.id = r."id"`);
  const gone = await tx.rows(sql<{ id: string }>`
    delete from webhook_deliveries where id = any (${[...delivered, ...abandoned]}::uuid[]) returning id`);
  const ended = new Set(gone.map((row) => row.id));
  const count = (ids: readonly string[]): number => ids.filter((id) => ended.has(id)).length;
  await tx.rows(sql`
    update webhook_queues
       set leased_until = null,
           due_at = (select greatest(min(run_at), ${now}) from webhook_deliveries where ${ofQueue(queue)} having count(*) > 0),
           delivered = delivered + ${count(delivered)},
           abandoned = abandoned + ${count(abandoned)},
           last_delivered_at = ${delivered.length > 0 ? now : sql`last_delivered_at`},
           last_failed_at = ${failed.length > 0 ? now : sql`last_failed_at`},
           last_failure = ${failed.at(-1)?.reason ?? sql`last_failure`}
     where ${ofQueue(queue)}`);
}
