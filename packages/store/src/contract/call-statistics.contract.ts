import type { CallRecord } from "@trunkline/trunking";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CallStatisticsQuery, CallSums } from "../call-statistics.types.ts";
import { callRow, newAccount, newSid } from "../rows.fixture.ts";
import type { Store } from "../store.ts";

const QUARTER_MS = 900_000;
const START_MS = Date.UTC(2026, 10, 20, 10);
const TRUNKS = [newSid("TK"), newSid("TK")] as const;
const STATUSES = ["completed", "busy", "no-answer", "canceled", "failed"] as const;

const EVER = { startsMs: [0], endMs: START_MS * 2, byTrunk: false, limit: 1_000 } as const;
const NONE: CallSums = { calls: 0, answered: 0, busy: 0, noAnswer: 0, canceled: 0, seconds: 0, minutes: 0, waitMs: 0 };

export function callStatisticsContract(store: () => Store): void {
  describe("call statistics", () => {
    historyChecks(store);
    queryChecks(store);
  });
}

const anyRevision = fc.record({
  call: fc.nat(7),
  revision: fc.nat(3),
  ended: fc.boolean(),
  status: fc.constantFrom(...STATUSES),
  durationSec: fc.nat(200),
  waitMs: fc.nat(30_000),
});
type Revision = typeof anyRevision extends fc.Arbitrary<infer T> ? T : never;
const history = fc.array(fc.array(fc.array(anyRevision, { maxLength: 6 }), { minLength: 1, maxLength: 3 }), {
  maxLength: 5,
});

function historyChecks(store: () => Store): void {
  it("BIL-3: after any history of revisions, replays and writers at once, the statistics are those of the records", async () => {
    await fc.assert(
      fc.asyncProperty(history, async (rounds) => {
        const accountSid = await newAccount(store());
        const sids = Array.from({ length: 8 }, () => newSid("CA"));
        // Of one revision there is one content, as the journal folds it.
        const contents = new Map<string, CallRecord>();
        for (const writers of rounds) {
          const batches = writers.map((batch) =>
            batch.map((one) => {
              const name = `${one.call} ${one.revision}`;
              const record = contents.get(name) ?? recordOf(accountSid, sids[one.call] as string, one);
              contents.set(name, record);
              return record;
            }),
          );
          await Promise.all([...batches, ...batches].map((batch) => store().callRecordSink.save(batch)));
        }
        const { rows } = await store().calls.list({ accountSid }, { limit: 100 });
        const startsMs = [0, 1, 2].map((quarter) => START_MS + quarter * QUARTER_MS);
        const found = await store().callStatistics.sums({
          ...{ accountSid, startsMs, endMs: START_MS + 3 * QUARTER_MS, byTrunk: true, limit: 100 },
        });
        expect(found.map(({ period, trunkSid, ...sums }) => [`${period} ${trunkSid}`, sums]).sort()).toEqual(
          [...sumOf(rows)].sort(),
        );
      }),
      { numRuns: 25 },
    );
  }, 60_000);
}

function recordOf(accountSid: string, sid: string, one: Revision): CallRecord {
  const { call, revision, ended, status, durationSec, waitMs } = one;
  const createdAtMs = START_MS + call * 300_000;
  return callRow(accountSid, {
    sid,
    revision: revision + 1,
    trunkSid: TRUNKS[call % 2] as string,
    status,
    createdAtMs,
    answeredAtMs: status === "completed" ? createdAtMs + waitMs : null,
    endedAtMs: ended ? createdAtMs + 1_000_000 : null,
    durationSec: ended && status === "completed" ? durationSec : null,
  });
}

/** The rule, said once more. */
function sumOf(records: readonly CallRecord[]): ReadonlyMap<string, CallSums> {
  const sums = new Map<string, CallSums>();
  for (const { createdAtMs, answeredAtMs, endedAtMs, status, trunkSid, durationSec } of records) {
    if (endedAtMs === null) continue;
    const key = `${Math.floor((createdAtMs - START_MS) / QUARTER_MS)} ${trunkSid}`;
    const before = sums.get(key) ?? NONE;
    sums.set(key, {
      calls: before.calls + 1,
      answered: before.answered + Number(answeredAtMs !== null),
      busy: before.busy + Number(status === "busy"),
      noAnswer: before.noAnswer + Number(status === "no-answer"),
      canceled: before.canceled + Number(status === "canceled"),
      seconds: before.seconds + (durationSec ?? 0),
      minutes: before.minutes + Math.ceil((durationSec ?? 0) / 60),
      waitMs: before.waitMs + (answeredAtMs === null ? 0 : answeredAtMs - createdAtMs),
    });
  }
  return sums;
}

function queryChecks(store: () => Store): void {
  it("BIL-3: statistics are of one account, by trunk, direction and time; calls of the platform itself are none", async () => {
    const accountSid = await newAccount(store());
    const at = (minutes: number, fields: Partial<CallRecord> = {}) => {
      const createdAtMs = START_MS + minutes * 60_000;
      const [trunkSid] = TRUNKS;
      return callRow(accountSid, { trunkSid, createdAtMs, answeredAtMs: createdAtMs, durationSec: 60, ...fields });
    };
    await store().callRecordSink.save([
      at(0),
      at(14.999),
      at(15, { direction: "trunking-originating" }),
      at(16, { trunkSid: TRUNKS[1] }),
      at(17, { direction: "outbound-api" }),
      callRow(await newAccount(store())),
    ]);
    const count = async (query: Partial<CallStatisticsQuery>) => {
      const found = await store().callStatistics.sums({ accountSid, ...EVER, ...query });
      return found.map(({ period, calls }) => [period, calls]);
    };
    expect(await count({})).toEqual([[0, 4]]);
    expect(await count({ byTrunk: true })).toHaveLength(2);
    expect(await count({ byTrunk: true, limit: 1 })).toHaveLength(1);
    expect(await count({ trunkSid: TRUNKS[1] })).toEqual([[0, 1]]);
    expect(await count({ direction: "trunking-originating" })).toEqual([[0, 1]]);
    const startsMs = [START_MS, START_MS + QUARTER_MS];
    expect(await count({ startsMs })).toEqual([
      [0, 2],
      [1, 2],
    ]);
    expect(await count({ startsMs: [START_MS + QUARTER_MS] })).toEqual([[0, 2]]);
    expect(await count({ endMs: START_MS + QUARTER_MS })).toEqual([[0, 2]]);
  });
}
