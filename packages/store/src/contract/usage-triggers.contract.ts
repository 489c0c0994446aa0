import { describe, expect, it } from "vitest";
import { callRow, newAccount } from "../rows.fixture.ts";
import type { Store } from "../store.ts";
import { usageTriggerRow } from "../usage.fixture.ts";
import type { WebhookDelivery } from "../webhooks.types.ts";

const DAY_MS = 86_400_000;
const YEAR_MS = 366 * DAY_MS;

export function usageTriggerContract(store: () => Store): void {
  describe("usage triggers", () => {
    rowChecks(store);
    firingChecks(store);
    raceChecks(store);
    deliveryChecks(store);
  });
}

/** What the triggers of an account have to tell, after a look at everything that changed. */
async function told(store: Store, accountSid: string): Promise<readonly WebhookDelivery[]> {
  await checkAll(store);
  const nowMs = Date.now() + 1_000;
  const batches = await store.webhookQueues.claim({ nowMs, leaseMs: 1, queues: 1_000, perQueue: 100 });
  return batches.find((batch) => batch.accountSid === accountSid && batch.kind === "usage-trigger")?.deliveries ?? [];
}

async function checkAll(store: Store): Promise<void> {
  while ((await store.usageTriggers.check(Date.now(), 50)) === 50);
}

const call = (accountSid: string, atMs = Date.now()) => callRow(accountSid, { createdAtMs: atMs });

function rowChecks(store: () => Store): void {
  it("are made, read, listed by their filters, changed and deleted in their own account", async () => {
    const accountSid = await newAccount(store());
    const { usageTriggers } = store();
    const [daily, price] = [
      usageTriggerRow(accountSid),
      usageTriggerRow(accountSid, { recurring: "alltime", triggerBy: "price", usageCategory: "totalprice" }),
    ];
    const dated = { firedAtMs: null, createdAtMs: expect.any(Number), updatedAtMs: expect.any(Number) };
    for (const row of [daily, price])
      expect(await usageTriggers.create(row)).toEqual({ kind: "ok", row: { ...row, ...dated } });
    const list = async (filter: Parameters<typeof usageTriggers.list>[1], limit = 10) =>
      (await usageTriggers.list(accountSid, filter, { limit })).rows.map((row) => row.sid);
    expect(await list({})).toEqual([daily.sid, price.sid]);
    expect(await list({}, 1)).toEqual([daily.sid]);
    expect(await list({ recurring: "alltime" })).toEqual([price.sid]);
    expect(await list({ triggerBy: "count" })).toEqual([daily.sid]);
    expect(await list({ usageCategory: "totalprice" })).toEqual([price.sid]);
    expect(await usageTriggers.fetch("AC0", daily.sid)).toBeUndefined();
    expect(await usageTriggers.update("AC0", daily.sid, { friendlyName: "x" })).toMatchObject({ kind: "not-found" });
    expect(await usageTriggers.delete("AC0", daily.sid)).toMatchObject({ kind: "not-found" });
    const change = { friendlyName: "New", callbackUrl: "https://example.com/new", callbackMethod: "GET" } as const;
    expect(await usageTriggers.update(accountSid, daily.sid, change)).toMatchObject({ kind: "ok", row: change });
    expect(await usageTriggers.delete(accountSid, daily.sid)).toMatchObject({ kind: "ok" });
    expect(await usageTriggers.fetch(accountSid, daily.sid)).toBeUndefined();
    expect(await usageTriggers.create(usageTriggerRow("AC0"))).toEqual({ kind: "not-found", what: "account" });
  });

  it("an account has a hundred and no more", async () => {
    const accountSid = await newAccount(store());
    for (let n = 0; n < 100; n++) await store().usageTriggers.create(usageTriggerRow(accountSid));
    expect(await store().usageTriggers.create(usageTriggerRow(accountSid))).toEqual({
      kind: "conflict",
      which: "limit",
      most: 100,
    });
  });
}

function firingChecks(store: () => Store): void {
  it("BIL-3: one fires once in each period, with the fields of the contract", async () => {
    const accountSid = await newAccount(store());
    const row = usageTriggerRow(accountSid);
    await store().usageTriggers.create(row);
    await store().callRecordSink.save([call(accountSid)]);
    expect(await told(store(), accountSid)).toEqual([]);
    const second = call(accountSid);
    await store().callRecordSink.save([second]);
    const [delivery, ...more] = await told(store(), accountSid);
    expect(more).toEqual([]);
    expect(delivery).toMatchObject({ url: row.callbackUrl, method: "POST" });
    const day = new Date().toISOString().slice(0, 10);
    expect(delivery?.params).toEqual({
      AccountSid: accountSid,
      UsageTriggerSid: row.sid,
      Recurring: "daily",
      CurrentValue: "2",
      DateFired: expect.stringMatching(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000$/),
      TriggerValue: "2",
      IdempotencyToken: `${accountSid}-FIRES-${row.sid}-${day}`,
      UsageCategory: "calls",
      TriggerBy: "count",
      UsageRecordUri: `/2010-04-01/Accounts/${accountSid}/Usage/Records/Today.json?Category=calls`,
    });
    expect(await store().usageTriggers.fetch(accountSid, row.sid)).toMatchObject({ firedAtMs: expect.any(Number) });
    // A replay, and one more call.
    await store().callRecordSink.save([second, call(accountSid)]);
    expect(await told(store(), accountSid)).toHaveLength(1);
    // Tomorrow's calls; and those of a day before there was the trigger.
    await store().callRecordSink.save([1, 2, 3].map(() => call(accountSid, Date.now() + DAY_MS)));
    await store().callRecordSink.save([1, 2, 3].map(() => call(accountSid, Date.now() - DAY_MS)));
    expect(await told(store(), accountSid)).toHaveLength(2);
  });

  it("BIL-3: one that does not recur counts everything, subaccounts too, and fires once for all", async () => {
    const accountSid = await newAccount(store());
    const subaccountSid = await newAccount(store(), accountSid);
    await store().callRecordSink.save([call(accountSid, Date.now() - YEAR_MS)]);
    await store().usageTriggers.create(
      usageTriggerRow(accountSid, { recurring: "alltime", triggerBy: "usage", usageCategory: "trunking-termination" }),
    );
    expect(await told(store(), accountSid)).toEqual([]);
    await store().callRecordSink.save([call(subaccountSid)]);
    expect(await told(store(), accountSid)).toMatchObject([{ params: { CurrentValue: "2", Recurring: "alltime" } }]);
    await store().callRecordSink.save([call(subaccountSid, Date.now() + YEAR_MS)]);
    expect(await told(store(), accountSid)).toHaveLength(1);
  });

  it("one whose value is reached when it is made fires soon; usage that nobody watches is not looked at", async () => {
    const accountSid = await newAccount(store());
    await checkAll(store());
    await store().callRecordSink.save([call(accountSid), call(accountSid)]);
    expect(await store().usageTriggers.check(Date.now(), 10)).toBe(0);
    await store().usageTriggers.create(usageTriggerRow(accountSid));
    expect(await told(store(), accountSid)).toHaveLength(1);
  });
}

function raceChecks(store: () => Store): void {
  it("BIL-3: with writers, makers of triggers and lookers at once, each fires exactly once", async () => {
    const accountSid = await newAccount(store());
    const rows = Array.from({ length: 10 }, (_, i) =>
      usageTriggerRow(accountSid, { valueMicros: (i + 1) * 4_000_000, recurring: i % 2 === 0 ? "monthly" : "yearly" }),
    );
    let writing = true;
    const writers = Array.from({ length: 4 }, async () => {
      for (let n = 0; n < 10; n++) await store().callRecordSink.save([call(accountSid)]);
    });
    const making = (async () => {
      for (const row of rows) expect(await store().usageTriggers.create(row)).toMatchObject({ kind: "ok" });
    })();
    const lookers = Array.from({ length: 3 }, async () => {
      while (writing) await store().usageTriggers.check(Date.now(), 3);
    });
    await Promise.all([...writers, making]);
    writing = false;
    await Promise.all(lookers);
    const firings = (await told(store(), accountSid)).map(({ params }) => params["UsageTriggerSid"]);
    expect([...firings].sort()).toEqual(rows.map((row) => row.sid).sort());
  }, 30_000);
}

function deliveryChecks(store: () => Store): void {
  it("what waits goes to the trigger's new place, and goes with it", async () => {
    const accountSid = await newAccount(store());
    const [one, other] = [usageTriggerRow(accountSid), usageTriggerRow(accountSid)];
    await store().callRecordSink.save([call(accountSid), call(accountSid)]);
    for (const row of [one, other]) await store().usageTriggers.create(row);
    expect(await told(store(), accountSid)).toHaveLength(2);
    await store().usageTriggers.update(accountSid, one.sid, { callbackUrl: "https://example.com/new" });
    const places = (await told(store(), accountSid)).map(({ url }) => url);
    expect([...places].sort()).toEqual(["https://example.com/new", other.callbackUrl]);
    await store().usageTriggers.delete(accountSid, other.sid);
    expect((await told(store(), accountSid)).map(({ url }) => url)).toEqual(["https://example.com/new"]);
  });
}
