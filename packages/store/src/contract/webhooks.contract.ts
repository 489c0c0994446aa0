import { afterEach, describe, expect, it, vi } from "vitest";
import { alertRow, callRow, newAccount } from "../rows.fixture.ts";
import type { Store } from "../store.ts";
import type { WebhookAttempt, WebhookBatch, WebhookDelivery } from "../webhooks.types.ts";

const URL = "https://example.com/debugger";
const MAX_WAITING = 1_000;
const accounts: string[] = [];

/** An account that wants to be told. */
async function receiver(store: Store, parentSid: string | null = null): Promise<string> {
  const accountSid = await newAccount(store, parentSid);
  accounts.push(accountSid);
  await store.debuggerWebhooks.set({ accountSid, url: URL, method: "POST", enabled: true });
  return accountSid;
}

const claim = (store: Store, more: Partial<Parameters<Store["webhookQueues"]["claim"]>[0]> = {}) =>
  store.webhookQueues.claim({ nowMs: Date.now() + 1_000, leaseMs: 60_000, queues: 100, perQueue: 4, ...more });
const delivered = (...deliveries: readonly WebhookDelivery[]): readonly WebhookAttempt[] =>
  deliveries.map(({ id }) => ({ id, kind: "delivered", durationMs: 12 }));
const sids = (batch: WebhookBatch | undefined): readonly unknown[] | undefined =>
  batch?.deliveries.map((one) => one.params["Sid"]);
const one = <T>(rows: readonly T[]): T => {
  expect(rows).toHaveLength(1);
  return rows[0] as T;
};

export function webhookContract(store: () => Store): void {
  describe("webhooks (EVD-4)", () => {
    afterEach(async () => {
      for (const accountSid of accounts.splice(0)) await store().debuggerWebhooks.remove(accountSid);
    });
    settingChecks(store);
    outboxChecks(store);
    attemptChecks(store);
    turnChecks(store);
    floodChecks(store);
  });
}

function settingChecks(store: () => Store): void {
  it("an account has one webhook or none; it is set, read, replaced and removed", async () => {
    const accountSid = await newAccount(store());
    const { debuggerWebhooks } = store();
    expect(await debuggerWebhooks.fetch(accountSid)).toBeUndefined();
    const webhook = { accountSid, url: URL, method: "POST", enabled: true } as const;
    expect(await debuggerWebhooks.set(webhook)).toMatchObject({ kind: "ok", row: webhook });
    await debuggerWebhooks.set({ ...webhook, enabled: false });
    expect(await debuggerWebhooks.fetch(accountSid)).toEqual({
      ...webhook,
      enabled: false,
      createdAtMs: expect.any(Number),
      updatedAtMs: expect.any(Number),
    });
    expect(await debuggerWebhooks.remove(accountSid)).toMatchObject({ kind: "ok" });
    expect(await debuggerWebhooks.remove(accountSid)).toMatchObject({ kind: "not-found" });
    expect(await debuggerWebhooks.set({ ...webhook, accountSid: "AC0" })).toMatchObject({
      kind: "not-found",
      what: "account",
    });
  });

  it("what waits follows its webhook: to another place at once, nowhere when it is disabled or removed", async () => {
    const accountSid = await receiver(store());
    const { alertSink, debuggerWebhooks, webhookQueues } = store();
    const queue = { accountSid, kind: "debugger" } as const;
    await alertSink.save([alertRow(accountSid)]);
    const batch = one(await claim(store()));
    const retryAtMs = Date.now() + 3_600_000;
    await webhookQueues.settle(
      queue,
      Date.now(),
      batch.deliveries.map(({ id }) => ({ id, kind: "failed", durationMs: 12, reason: "answered 404", retryAtMs })),
    );
    expect(await claim(store())).toEqual([]);
    await debuggerWebhooks.set({ accountSid, url: `${URL}/mended`, method: "POST", enabled: true });
    expect(one(await claim(store())).deliveries).toMatchObject([{ url: `${URL}/mended`, attempts: 1 }]);
    await webhookQueues.settle(queue, Date.now(), []);
    await debuggerWebhooks.set({ accountSid, url: URL, method: "POST", enabled: false });
    await alertSink.save([alertRow(accountSid)]);
    expect(await claim(store())).toEqual([]);
    expect(await webhookQueues.tally(queue)).toMatchObject({ waiting: 0, dropped: 1, lastFailure: "answered 404" });
    await debuggerWebhooks.remove(accountSid);
    expect(await webhookQueues.tally(queue)).toMatchObject({ waiting: 0, dropped: 0, lastFailure: null });
  });
}

function outboxChecks(store: () => Store): void {
  it("contract §11.3: an alert is told of once, with the fields of a debugger event", async () => {
    const parentSid = await newAccount(store());
    const accountSid = await receiver(store(), parentSid);
    const alert = alertRow(accountSid, { level: "warning", errorCode: 32011, text: 'sip:a@b: 486 "busy" \0' });
    const foreign = alertRow(await newAccount(store()));
    await store().alertSink.save([alert, foreign, alert]);
    await store().alertSink.save([alert]);
    const [delivery, ...more] = one(await claim(store())).deliveries;
    expect(more).toEqual([]);
    expect(delivery).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      accountSid,
      kind: "debugger",
      url: URL,
      method: "POST",
      params: {
        Sid: alert.sid,
        AccountSid: accountSid,
        ParentAccountSid: parentSid,
        Timestamp: "2026-11-18T11:06:40.500Z",
        Level: "WARNING",
        PayloadType: "application/json",
        Payload: expect.any(String),
      },
      attempts: 0,
      createdAtMs: expect.any(Number),
    });
    expect(JSON.parse(delivery?.params["Payload"] ?? "")).toEqual({
      resource_sid: alert.resourceSid,
      service_sid: null,
      error_code: "32011",
      more_info: { Msg: 'sip:a@b: 486 "busy" \0', ErrorCode: "32011", LogLevel: "WARNING" },
      webhook: null,
    });
  });

  it("whoever delivers hears of it at once", async () => {
    const accountSid = await receiver(store());
    let rings = 0;
    const listening = store().webhookQueues.onQueued(() => {
      rings += 1;
    });
    await store().alertSink.save([alertRow(accountSid)]);
    await vi.waitFor(() => expect(rings).toBeGreaterThan(0));
    await listening.stop();
    expect(await store().webhookQueues.nextDueMs()).toBeLessThanOrEqual(Date.now() + 1_000);
  });
}

function attemptChecks(store: () => Store): void {
  it("what was delivered or given up is gone and counted, what failed comes back at its time with the same id", async () => {
    const accountSid = await receiver(store());
    const { webhookQueues } = store();
    const queue = { accountSid, kind: "debugger" } as const;
    await store().alertSink.save([1, 2, 3].map((atMs) => alertRow(accountSid, { atMs })));
    const nowMs = Date.now() + 1_000;
    const [first, second, third] = one(await claim(store(), { nowMs })).deliveries as [
      WebhookDelivery,
      WebhookDelivery,
      WebhookDelivery,
    ];
    await webhookQueues.settle(queue, nowMs, [
      { id: first.id, kind: "delivered", durationMs: 12 },
      { id: second.id, kind: "failed", durationMs: 12, reason: "answered 500", retryAtMs: nowMs + 4_000 },
      { id: third.id, kind: "failed", durationMs: 12, reason: "answered 501", retryAtMs: null },
    ]);
    expect(await webhookQueues.tally(queue)).toEqual({
      waiting: 1,
      delivered: 1,
      abandoned: 1,
      dropped: 0,
      lastDeliveredAtMs: nowMs,
      lastFailedAtMs: nowMs,
      lastFailure: "answered 501",
    });
    expect(await claim(store(), { nowMs: nowMs + 3_999 })).toEqual([]);
    expect(await webhookQueues.nextDueMs()).toBe(nowMs + 4_000);
    const again = one(await claim(store(), { nowMs: nowMs + 4_000 }));
    expect(again.deliveries).toEqual([{ ...second, attempts: 1 }]);
    await webhookQueues.settle(queue, nowMs + 5_000, delivered(second));
    await webhookQueues.settle(queue, nowMs + 6_000, delivered(second));
    expect(await webhookQueues.tally(queue)).toMatchObject({ waiting: 0, delivered: 2 });
    expect(await webhookQueues.nextDueMs()).toBeNull();
  });

  it("EVD-2: what becomes of those that tell of a call is kept with it, each attempt, and no secret of the URL", async () => {
    const accountSid = await receiver(store());
    const { alertSink, debuggerWebhooks, webhookQueues, webhookLog, calls, callRecordSink } = store();
    const url = "https://user:pass@hooks.example.com/told?token=secret#x";
    await debuggerWebhooks.set({ accountSid, url, method: "POST", enabled: true });
    const call = callRow(accountSid, {});
    await callRecordSink.save([call]);
    await alertSink.save([
      alertRow(accountSid, { resourceSid: call.sid, text: 'a "b" \0 \ud800' }),
      alertRow(accountSid, { resourceSid: "TK1" }),
    ]);
    const queue = { accountSid, kind: "debugger" } as const;
    const nowMs = Date.now() + 1_000;
    const ids = one(await claim(store(), { nowMs })).deliveries.map(({ id }) => id);
    const failed = { kind: "failed", durationMs: 31.4, reason: "answered 500", retryAtMs: nowMs + 1 } as const;
    await webhookQueues.settle(
      queue,
      nowMs,
      ids.map((id) => ({ id, ...failed })),
    );
    const again = one(await claim(store(), { nowMs: nowMs + 1 })).deliveries;
    await webhookQueues.settle(queue, nowMs + 20, delivered(...again));
    const logged = { kind: "debugger", url: "https://hooks.example.com/told", givenUp: false };
    expect(await webhookLog.ofCall(accountSid, call.sid)).toEqual([
      { ...logged, atMs: nowMs, durationMs: 31, attempt: 1, failure: "answered 500" },
      { ...logged, atMs: nowMs + 20, durationMs: 12, attempt: 2, failure: null },
    ]);
    expect(await webhookLog.ofCall(accountSid, "TK1")).toEqual([]);
    expect(await webhookLog.deleteOlderThan(nowMs + 10, 1_000)).toBeGreaterThan(0);
    expect(await webhookLog.ofCall(accountSid, call.sid)).toMatchObject([{ attempt: 2 }]);
    expect(await webhookLog.ofCall(await newAccount(store()), call.sid)).toEqual([]);
    expect(await calls.delete(accountSid, call.sid)).toBe(true);
    expect(await webhookLog.ofCall(accountSid, call.sid)).toEqual([]);
  });

  it("a queue whose server died while it was served is served again when its lease is over", async () => {
    const accountSid = await receiver(store());
    await store().alertSink.save([alertRow(accountSid)]);
    const nowMs = Date.now() + 1_000;
    const [lost] = one(await claim(store(), { nowMs, leaseMs: 5_000 })).deliveries;
    expect(await claim(store(), { nowMs: nowMs + 4_999 })).toEqual([]);
    expect(await store().webhookQueues.nextDueMs()).toBe(nowMs + 5_000);
    expect(one(await claim(store(), { nowMs: nowMs + 5_000 })).deliveries).toEqual([lost]);
  });
}

function turnChecks(store: () => Store): void {
  it("queues are served in turn: a backlog waits behind whoever waited before", async () => {
    const [busy, calm] = [await receiver(store()), await receiver(store())];
    const { alertSink, webhookQueues } = store();
    await alertSink.save(Array.from({ length: 10 }, () => alertRow(busy)));
    const nowMs = Date.now() + 1_000;
    const batch = one(await claim(store(), { nowMs, queues: 1 }));
    expect(batch).toMatchObject({ accountSid: busy, deliveries: { length: 4 } });
    await alertSink.save([alertRow(calm)]);
    expect(one(await claim(store(), { nowMs, queues: 1 })).accountSid).toBe(calm);
    await webhookQueues.settle(batch, nowMs, delivered(...batch.deliveries));
    await webhookQueues.settle({ accountSid: calm, kind: "debugger" }, nowMs - 1, []);
    expect((await claim(store(), { nowMs, queues: 2 })).map((one) => one.accountSid).sort()).toEqual(
      [busy, calm].sort(),
    );
  });

  it("two processes never serve one queue at the same time", async () => {
    const some = await Promise.all(Array.from({ length: 8 }, () => receiver(store())));
    await store().alertSink.save(some.flatMap((accountSid) => [alertRow(accountSid), alertRow(accountSid)]));
    const claimed = (await Promise.all(Array.from({ length: 6 }, () => claim(store(), { queues: 2 })))).flat();
    expect(claimed.map((batch) => batch.accountSid).sort()).toEqual([...some].sort());
    expect(claimed.every((batch) => batch.deliveries.length === 2)).toBe(true);
  });

  it("what is queued while a queue is given back is not forgotten", async () => {
    const accountSid = await receiver(store());
    const queue = { accountSid, kind: "debugger" } as const;
    for (let round = 0; round < 20; round++) {
      await store().alertSink.save([alertRow(accountSid)]);
      const batch = one(await claim(store()));
      await Promise.all([
        store().webhookQueues.settle(queue, Date.now(), delivered(...batch.deliveries)),
        store().alertSink.save([alertRow(accountSid)]),
      ]);
      const rest = one(await claim(store()));
      expect(rest.deliveries).toHaveLength(1);
      await store().webhookQueues.settle(queue, Date.now(), delivered(...rest.deliveries));
    }
  });
}

function floodChecks(store: () => Store): void {
  it("10,000 alerts at once: all are kept, the last thousand are told of, the others counted", async () => {
    const accountSid = await receiver(store());
    const other = await receiver(store());
    const queue = { accountSid, kind: "debugger" } as const;
    const flood = Array.from({ length: 10_000 }, (_, i) => alertRow(accountSid, { atMs: 1_795_000_000_000 + i }));
    await store().alertSink.save([alertRow(accountSid), alertRow(other)]);
    await store().alertSink.save(flood);
    expect(await store().webhookQueues.tally(queue)).toMatchObject({ waiting: MAX_WAITING, dropped: 9_001 });
    expect(await store().webhookQueues.tally({ ...queue, accountSid: other })).toMatchObject({
      waiting: 1,
      dropped: 0,
    });
    const batches = await claim(store(), { perQueue: MAX_WAITING });
    const told = batches.find((batch) => batch.accountSid === accountSid);
    expect(sids(told)).toEqual(flood.slice(-MAX_WAITING).map((alert) => alert.sid));
    expect((await store().alerts.list(accountSid, {}, { limit: 1 })).rows).toEqual([flood.at(-1)]);
  });
}
