import { type CallRecord, mintSid } from "@trunkline/trunking";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestApi, randomHex, type TestAccount, type TestApi } from "./api.fixture.ts";

const NOW_MS = Date.UTC(2026, 10, 20, 12, 34, 56, 789);
const HOUR_MS = 3_600_000;
const TRUNKS = ["a", "b"].map((letter) => `TK${letter.repeat(32)}`);

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi({ nowMs: () => NOW_MS });
});
afterAll(() => api.close());

function call(accountSid: string, atMs: number, fields: Partial<CallRecord> = {}): CallRecord {
  return {
    sid: mintSid("CA", randomHex(16)),
    revision: 1,
    accountSid,
    trunkSid: TRUNKS[0] as string,
    direction: "trunking-terminating",
    from: "+12025550100",
    to: "+12025550199",
    callerName: null,
    phoneNumberSid: null,
    status: "completed",
    createdAtMs: atMs,
    answeredAtMs: atMs + 2_500,
    endedAtMs: atMs + 63_500,
    durationSec: 61,
    sipCallIdA: "a",
    sipCallIdB: null,
    source: "192.0.2.1:5060",
    endedBy: "caller",
    sipStatus: 200,
    reason: "OK",
    errorCode: null,
    attempts: [],
    quality: [],
    recordings: [],
    trace: [],
    ...fields,
  };
}

type Statistic = {
  readonly start: string;
  readonly end: string;
  readonly trunk_sid: string | null;
  readonly calls: number;
};

describe("BIL-3: /trunkline/v1/CallStatistics", () => {
  let owner: TestAccount;
  beforeAll(async () => {
    owner = await api.addAccount();
    const unanswered = { answeredAtMs: null, durationSec: null };
    const [, other = ""] = TRUNKS;
    await api.store.callRecordSink.save([
      call(owner.sid, NOW_MS - HOUR_MS),
      call(owner.sid, NOW_MS - HOUR_MS, { ...unanswered, status: "busy" }),
      call(owner.sid, NOW_MS - HOUR_MS, { ...unanswered, status: "failed" }),
      call(owner.sid, NOW_MS - 20 * HOUR_MS, { ...unanswered, status: "no-answer", trunkSid: other }),
      call(owner.sid, NOW_MS - 20 * HOUR_MS, { ...unanswered, status: "canceled", direction: "trunking-originating" }),
      call(owner.sid, NOW_MS - HOUR_MS, { endedAtMs: null, status: "in-progress" }),
      call((await api.addAccount()).sid, NOW_MS - HOUR_MS),
    ]);
  });
  const get = (query: string) => api.request("GET", `/trunkline/v1/CallStatistics?${query}`, { as: owner });
  const countsOf = async (query: string): Promise<readonly number[]> =>
    ((await get(query)).body["statistics"] as Statistic[]).map(({ calls }) => calls);

  it("has every figure, of the account's own calls that are over", async () => {
    const { status, body } = await get("Interval=all");
    const figures = {
      ...{ calls: 5, answered: 1, failed: 1, busy: 1, no_answer: 1, canceled: 1, seconds: 61, minutes: 2 },
      ...{ average_duration_sec: 61, average_answer_delay_sec: 2.5, asr: 0.2, price: null },
    };
    expect(status).toBe(200);
    expect(body["totals"]).toEqual(figures);
    const times = { start: "2026-10-21T12:30:00Z", end: "2026-11-20T12:45:00Z" };
    expect(body).toMatchObject({ ...times, interval: "all", time_zone: "UTC" });
    expect(body["statistics"]).toEqual([{ ...times, trunk_sid: null, ...figures }]);
  });

  it("gives times without calls as zeros, in order", async () => {
    const { body } = await get("StartTime=2026-11-18&EndTime=2026-11-20");
    expect(body["statistics"]).toMatchObject([
      { start: "2026-11-18T00:00:00Z", end: "2026-11-19T00:00:00Z", calls: 0, asr: null, average_duration_sec: null },
      { start: "2026-11-19T00:00:00Z", end: "2026-11-20T00:00:00Z", calls: 2 },
      { start: "2026-11-20T00:00:00Z", end: "2026-11-21T00:00:00Z", calls: 3 },
    ]);
  });

  it.each([
    // 20 hours ago it was the 20th already in Tokyo.
    ["StartTime=2026-11-19&EndTime=2026-11-20&TimeZone=Asia/Tokyo", [0, 5]],
    ["StartTime=2026-11-20T11:00:00Z&EndTime=2026-11-20T13:00:00Z&Interval=hour", [3, 0]],
    ["StartTime=2026-11-01&Interval=month", [5]],
    ["StartTime=2026-11-19&Direction=trunking-originating", [1, 0]],
    [`StartTime=2026-11-19&TrunkSid=${TRUNKS[1]}`, [1, 0]],
    [`StartTime=2026-11-19&TrunkSid=TK${"0".repeat(32)}`, [0, 0]],
    // Two trunks a day.
    ["StartTime=2026-11-19&GroupBy=trunk", [1, 1, 3, 0]],
  ])("%s", async (query, want) => {
    expect(await countsOf(query)).toEqual(want);
  });

  it("names the trunk of each record when grouped", async () => {
    const { body } = await get("Interval=all&GroupBy=trunk");
    expect((body["statistics"] as Statistic[]).map(({ trunk_sid }) => trunk_sid)).toEqual(TRUNKS);
  });

  it.each([
    ["StartTime=yesterday", /StartTime must be a date/],
    ["StartTime=2026-11-20T12:00:00Z&EndTime=2026-11-20T12:00:00Z", /StartTime must be before EndTime/],
    ["StartTime=2030-01-01", /StartTime must be before EndTime/],
    ["Interval=minute", /Interval must be one of hour, day, month, all/],
    ["Interval=hour&StartTime=2026-01-01", /more than 1100 times.*longer Interval/],
    ["Interval=day&StartTime=2000-01-02", /more than 1100 times/],
    ["Interval=all&StartTime=0000-01-01", /must lie between 2000-01-01 and 2200-01-01/],
    ["Interval=all&EndTime=9999-12-31", /must lie between 2000-01-01 and 2200-01-01/],
    ["TimeZone=Mars/Base", /TimeZone must be the IANA name/],
    ["TrunkSid=TK1", /TrunkSid must be a SID/],
    ["GroupBy=number", /GroupBy must be/],
    ["Direction=sideways", /Direction must be one of/],
  ])("refuses %s", async (query, message) => {
    const { status, body } = await get(query);
    expect(status).toBe(400);
    expect(body["message"]).toMatch(message);
  });
});
