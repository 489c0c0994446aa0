import { addDays, type CallRecord, dayOf, type Period, type Usage } from "@trunkline/trunking";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { begun, outcome, saveCall } from "../recordings.fixture.ts";
import { callRow, newAccount, newSid, newTrunk, phoneNumberRow } from "../rows.fixture.ts";
import type { Store } from "../store.ts";
import { ever, MINUTE_MS, today, used } from "../usage.fixture.ts";

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 10, 30, 23, 58);

export function usageContract(store: () => Store): void {
  describe("usage", () => {
    historyChecks(store);
    categoryChecks(store);
    recordingChecks(store);
    numberChecks(store);
    periodChecks(store);
  });
}

/** One revision of one of twelve calls of two accounts. */
type Revision = {
  readonly call: number;
  readonly revision: number;
  readonly answered: boolean;
  readonly ended: boolean;
  readonly durationSec: number;
  readonly terminating: boolean;
};
const anyRevision: fc.Arbitrary<Revision> = fc.record({
  call: fc.nat(11),
  revision: fc.nat(4),
  answered: fc.boolean(),
  ended: fc.boolean(),
  durationSec: fc.nat(200),
  terminating: fc.boolean(),
});
/** Rounds of writers at once, each with a batch. */
const history = fc.array(
  fc.array(fc.array(anyRevision, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 3 }),
  {
    minLength: 1,
    maxLength: 6,
  },
);

function historyChecks(store: () => Store): void {
  it("BIL-3: after any history of revisions, replays and writers at once, the roll-up is the sum of the records", async () => {
    await fc.assert(
      fc.asyncProperty(history, async (rounds) => {
        const accounts = [await newAccount(store()), await newAccount(store())];
        const sids = Array.from({ length: 12 }, () => newSid("CA"));
        // Of one revision there is one content, as the journal folds it.
        const contents = new Map<string, CallRecord>();
        for (const writers of rounds) {
          const batches = writers.map((batch) =>
            batch.map((one) => {
              const record = recordOf(accounts[one.call % 2] as string, sids[one.call] as string, one);
              const name = `${one.call} ${one.revision}`;
              contents.set(name, contents.get(name) ?? record);
              return contents.get(name) as CallRecord;
            }),
          );
          await Promise.all(batches.map((batch) => store().callRecordSink.save(batch)));
          await Promise.all(batches.map((batch) => store().callRecordSink.save(batch)));
        }
        for (const accountSid of accounts) {
          const owner = { accountSid, subaccounts: false };
          const { rows } = await store().calls.list({ accountSid }, { limit: 100 });
          const rolledUp = await store().usage.sums(owner, ever, "daily");
          expect(nonZero(rolledUp)).toEqual(nonZero(sumOf(rows)));
        }
      }),
      { numRuns: 25 },
    );
  }, 60_000);
}

function recordOf(
  accountSid: string,
  sid: string,
  { call, revision, answered, ended, durationSec, terminating }: Revision,
): CallRecord {
  const createdAtMs = START_MS + call * MINUTE_MS;
  return callRow(accountSid, {
    sid,
    revision: revision + 1,
    direction: terminating ? "trunking-terminating" : "trunking-originating",
    createdAtMs,
    answeredAtMs: answered ? createdAtMs + 1_000 : null,
    endedAtMs: ended ? createdAtMs + DAY_MS : null,
    durationSec: ended ? durationSec : null,
  });
}

/** The rule, said once more: answered calls that are over, by the day they came, each up to the next full minute. */
function sumOf(records: readonly CallRecord[]): ReadonlyMap<string, ReadonlyMap<string, Usage>> {
  const sums = new Map<string, Map<string, Usage>>();
  for (const { answeredAtMs, endedAtMs, createdAtMs, direction, durationSec } of records) {
    if (answeredAtMs === null || endedAtMs === null) continue;
    const day = sums.get(dayOf(createdAtMs)) ?? new Map<string, Usage>();
    sums.set(dayOf(createdAtMs), day);
    const category = direction === "trunking-terminating" ? "trunking-termination" : "trunking-origination-local";
    const before = day.get(category) ?? { count: 0, usage: 0, priceMicros: 0 };
    const minutes = Math.ceil((durationSec ?? 0) / 60);
    day.set(category, { count: before.count + 1, usage: before.usage + minutes, priceMicros: 0 });
  }
  return sums;
}

function nonZero(sums: ReadonlyMap<string, ReadonlyMap<string, Usage>>): readonly string[] {
  return [...sums]
    .flatMap(([day, counted]) => [...counted].map(([category, one]) => ({ day, category, ...one })))
    .filter((one) => one.count !== 0 || one.usage !== 0)
    .map((one) => `${one.day} ${one.category} ${one.count} ${one.usage}`)
    .sort();
}

function categoryChecks(store: () => Store): void {
  it("BIL-3: calls to a number count by its type, also when it is released before the call's last revision", async () => {
    const accountSid = await newAccount(store());
    const number = { ...phoneNumberRow(accountSid), type: "toll free" as const };
    await store().phoneNumbers.create(number);
    const sid = newSid("CA");
    const call = (more: Partial<CallRecord>) =>
      callRow(accountSid, { sid, direction: "trunking-originating", phoneNumberSid: number.sid, ...more });
    await store().callRecordSink.save([call({ endedAtMs: null, durationSec: null, status: "in-progress" })]);
    expect(await used(store(), accountSid, "trunking-origination-tollfree")).toBeUndefined();
    await store().phoneNumbers.delete(accountSid, number.sid);
    await store().callRecordSink.save([call({ revision: 2, durationSec: 61 })]);
    await store().callRecordSink.save([call({ revision: 3, durationSec: 121 })]);
    expect(await used(store(), accountSid, "trunking-origination-tollfree")).toMatchObject({ count: 1, usage: 3 });
    expect(await used(store(), accountSid, "trunking-origination-local")).toBeUndefined();
  });

  it("what nobody answered, and the platform's own calls, are no usage; a record that is deleted was used", async () => {
    const accountSid = await newAccount(store());
    const kept = callRow(accountSid);
    await store().callRecordSink.save([
      callRow(accountSid, { answeredAtMs: null, durationSec: 0, status: "busy" }),
      callRow(accountSid, { direction: "outbound-api" }),
      kept,
    ]);
    await store().calls.delete(accountSid, kept.sid);
    const sums = await store().usage.sums({ accountSid, subaccounts: true }, ever, "alltime");
    expect([...sums.values()].map((counted) => [...counted])).toEqual([
      [["trunking-termination", { count: 1, usage: 1, priceMicros: 0 }]],
    ]);
  });
}

function recordingChecks(store: () => Store): void {
  it("BIL-3: a recording counts once there is something to listen to, once, also when it is deleted later", async () => {
    const accountSid = await newAccount(store());
    const place = { accountSid, trunkSid: await newTrunk(store(), accountSid), callSid: newSid("CA") };
    const recording = begun();
    await saveCall(store(), place, 1, [recording], false);
    expect(await used(store(), accountSid, "trunking-recordings")).toBeUndefined();
    const finished = outcome(place, recording.sid, { durationMs: 60_001 });
    await store().recordingSink.save(finished);
    await store().recordingSink.save(finished);
    await saveCall(store(), place, 2, [recording], true);
    await store().recordings.markDeleted(accountSid, recording.sid);
    await store().recordings.forgetDeleted(Date.now() + DAY_MS, 100);
    expect(await used(store(), accountSid, "trunking-recordings")).toMatchObject({ count: 1, usage: 2 });
    expect(await used(store(), accountSid, "recordings-encrypted")).toBeUndefined();
  });
}

function numberChecks(store: () => Store): void {
  it("BIL-3: a number counts when it is bought and every month it is held, however often that is counted", async () => {
    const accountSid = await newAccount(store());
    const [kept, released] = [phoneNumberRow(accountSid), phoneNumberRow(accountSid)];
    await store().phoneNumbers.create(kept);
    await store().phoneNumbers.create(released);
    expect(await used(store(), accountSid, "phonenumbers-local")).toMatchObject({ count: 2, usage: 2 });
    await store().phoneNumbers.delete(accountSid, released.sid);
    const { usage } = store();
    await Promise.all([usage.countNumbersUntil(addDays(today(), 26)), usage.countNumbersUntil(addDays(today(), 26))]);
    expect(await used(store(), accountSid, "phonenumbers-local")).toMatchObject({ count: 2 });
    await Promise.all([usage.countNumbersUntil(addDays(today(), 58)), usage.countNumbersUntil(addDays(today(), 58))]);
    await usage.countNumbersUntil(addDays(today(), 40));
    expect(await used(store(), accountSid, "phonenumbers-local")).toMatchObject({ count: 3 });
  });
}

function periodChecks(store: () => Store): void {
  it("sums by day, month, year and altogether, within days, with subaccounts or without", async () => {
    const accountSid = await newAccount(store());
    const subaccountSid = await newAccount(store(), accountSid);
    const at = (day: string) => ({ createdAtMs: Date.parse(`${day}T23:59:59.999Z`) });
    await store().callRecordSink.save([
      callRow(accountSid, at("2025-12-31")),
      callRow(accountSid, at("2026-01-01")),
      callRow(accountSid, at("2026-01-31")),
      callRow(subaccountSid, at("2026-01-31")),
    ]);
    const counts = async (by: Parameters<Store["usage"]["sums"]>[2], within: Period = ever, subaccounts = true) =>
      Object.fromEntries(
        [...(await store().usage.sums({ accountSid, subaccounts }, within, by))]
          .map(([period, counted]) => [period, counted.get("trunking-termination")?.count] as const)
          .sort(),
      );
    expect(await counts("daily")).toEqual({ "2025-12-31": 1, "2026-01-01": 1, "2026-01-31": 2 });
    expect(await counts("monthly")).toEqual({ "2025-12-01": 1, "2026-01-01": 3 });
    expect(await counts("monthly", { start: "2026-01-02", end: "2026-12-31" })).toEqual({ "2026-01-01": 2 });
    expect(await counts("yearly")).toEqual({ "2025-01-01": 1, "2026-01-01": 3 });
    expect(await counts("alltime")).toEqual({ "0001-01-01": 4 });
    expect(await counts("alltime", ever, false)).toEqual({ "0001-01-01": 3 });
    expect(await store().usage.firstDay({ accountSid, subaccounts: true })).toBe("2025-12-31");
    expect(await store().usage.firstDay({ accountSid: subaccountSid, subaccounts: true })).toBe("2026-01-31");
    expect(await store().usage.firstDay({ accountSid: "AC0", subaccounts: true })).toBeNull();
  });
}
