import { type CallRecord, mintSid } from "@trunkline/trunking";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { basic, openTestApi, randomHex, refusal, type TestAccount, type TestApi } from "./api.fixture.ts";
import type { LiveCall } from "./ports.ts";

const START_MS = Date.UTC(2026, 2, 1);
const live: LiveCall[] = [];
let api: TestApi;
beforeAll(async () => {
  api = await openTestApi({
    nowMs: () => Date.UTC(2026, 10, 20, 12),
    liveCalls: { list: async () => live, hangUp: async () => false },
  });
});
afterAll(() => api.close());

function call(accountSid: string, fields: Partial<CallRecord> = {}): CallRecord {
  return {
    sid: mintSid("CA", randomHex(16)),
    revision: 1,
    accountSid,
    trunkSid: `TK${"c".repeat(32)}`,
    direction: "trunking-terminating",
    from: "+12025550100",
    to: "+12025550199",
    callerName: null,
    phoneNumberSid: null,
    status: "completed",
    createdAtMs: START_MS,
    answeredAtMs: START_MS + 2_000,
    endedAtMs: START_MS + 60_000,
    durationSec: 58,
    sipCallIdA: "a@pbx",
    sipCallIdB: "b@carrier",
    source: "udp:203.0.113.7:5060",
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

describe("EVD-5: our own call log", () => {
  let owner: TestAccount;
  let made: readonly CallRecord[];
  beforeAll(async () => {
    owner = await api.addAccount();
    made = [
      call(owner.sid),
      call(owner.sid, {
        createdAtMs: START_MS + 1_000,
        direction: "trunking-originating",
        to: "sip:+12025550155@pbx.example.com;transport=tcp",
        sipCallIdA: "x y+z@carrier",
        sipCallIdB: null,
        trunkSid: `TK${"d".repeat(32)}`,
      }),
      call(owner.sid, { createdAtMs: START_MS + 2_000, status: "failed", errorCode: 32201, from: "+12025550155" }),
    ];
    await api.store.callRecordSink.save([...made, call(api.account.sid)]);
  });

  const cases: [query: string, want: readonly number[]][] = [
    ["", [2, 1, 0]],
    ["Number=%2B12025550155", [2, 1]],
    ["Number=+12025550155", [2, 1]],
    ["To=%2B12025550155", [1]],
    [`To=${encodeURIComponent("sip:+12025550155@pbx.example.com;transport=tcp")}`, [1]],
    ["From=%2B12025550155", [2]],
    ["SipCallId=b@carrier", [2, 0]],
    [`SipCallId=${encodeURIComponent("x y+z@carrier")}`, [1]],
    [`TrunkSid=TK${"d".repeat(32)}`, [1]],
    ["ErrorCode=32201", [2]],
    ["Direction=trunking-originating", [1]],
    ["Status=failed", [2]],
    ["StartTime%3E=2026-03-01T00:00:01Z", [2, 1]],
    ["StartTime%3C=2026-03-01T00:00:00Z", [0]],
    ["EndTime=2026-03-01", [2, 1, 0]],
    ["Number=%2B12025550155&ErrorCode=32201&Direction=trunking-terminating", [2]],
    ["Number=%2B19999999999", []],
  ];
  it.each(cases)("%s finds the same calls in the list and in the CSV", async (query, want) => {
    const list = await api.request("GET", `/trunkline/v1/Calls?${query}`, { as: owner });
    const sids = want.map((index) => made[index]?.sid);
    expect((list.body["calls"] as { call_sid: string }[]).map((one) => one.call_sid)).toEqual(sids);
    const { text } = await download(owner, query);
    const lines = text.split("\r\n").slice(1, -1);
    expect(lines.map((line) => line.slice(0, 34))).toEqual(sids);
  });

  const refused: [query: string, says: RegExp][] = [
    ["Direction=inbound", /Direction must be one of trunking-terminating, trunking-originating/],
    ["ErrorCode=busy", /ErrorCode must be a whole number/],
    ["TrunkSid=TK1", /TrunkSid must be a SID/],
    ["Number=1&Number=2", /Number must be text/],
    ["StartTime=tomorrow", /StartTime must be a date/],
  ];
  it.each(refused)("%s is refused, in the CSV as JSON too", async (query, says) => {
    for (const path of ["/trunkline/v1/Calls", "/trunkline/v1/Calls.csv"]) {
      const { status, body } = await api.request("GET", `${path}?${query}`, { as: owner });
      expect([status, body["code"]]).toEqual([400, 20422]);
      expect(body["message"]).toMatch(says);
    }
  });

  it("is read in pages that repeat the filters", async () => {
    const first = await api.request("GET", "/trunkline/v1/Calls?Number=+12025550155&PageSize=1", { as: owner });
    expect(first.body["calls"]).toMatchObject([{ call_sid: made[2]?.sid, error_code: 32201, url: expect.any(String) }]);
    const { next_page_url: next } = first.body["meta"] as { next_page_url: string };
    const second = await api.request("GET", next.slice(api.origin.length), { as: owner });
    expect(second.body["calls"]).toMatchObject([{ call_sid: made[1]?.sid, direction: "trunking-originating" }]);
    expect(second.body["meta"]).toMatchObject({ next_page_url: null });
  });

  it("the CSV is a file with a name, for its owner only", async () => {
    const { text, headers } = await download(owner, "Status=failed");
    expect(headers.get("content-type")).toBe("text/csv; charset=utf-8; header=present");
    expect(headers.get("content-disposition")).toBe('attachment; filename="calls-2026-11-20.csv"');
    expect(text).toMatch(/^Call SID,Account SID,.*\r\nCA[0-9a-f]{32},AC[0-9a-f]{32},.*,32201\r\n$/);
    expect((await download(await api.addAccount(), "")).text.split("\r\n")).toHaveLength(2);
    expect((await api.request("GET", "/trunkline/v1/Calls.csv", { as: null })).status).toBe(401);
    expect((await api.request("POST", "/trunkline/v1/Calls.csv", { as: owner })).status).toBe(405);
  });
});

describe("EVD-5: a CSV of any length", () => {
  it("comes while it is read, and costs nothing more when its reader goes away", async () => {
    const as = await api.addAccount();
    let asked = 0;
    const rows = 20_000;
    for (let from = 0; from < rows; from += 2_000) {
      await api.store.callRecordSink.save(
        Array.from({ length: 2_000 }, (_, i) =>
          call(as.sid, { createdAtMs: START_MS + from + i, reason: "r".repeat(500) }),
        ),
      );
    }
    expect((await download(as, "")).text.split("\r\n")).toHaveLength(rows + 2);
    const whole = api.store.calls.csv.bind(api.store.calls);
    const counted: typeof whole = async function* (filter) {
      for await (const piece of whole(filter)) {
        asked += 1;
        yield piece;
      }
    };
    const gone = Promise.withResolvers<void>();
    Object.assign(api.store.calls, {
      csv: async function* (filter: Parameters<typeof whole>[0]) {
        try {
          yield* counted(filter);
        } finally {
          gone.resolve();
        }
      },
    });
    const reader = new AbortController();
    const response = await fetch(`${api.origin}/trunkline/v1/Calls.csv`, {
      headers: { authorization: basic(as) },
      signal: reader.signal,
    });
    await response.body?.getReader().read();
    reader.abort();
    await gone.promise;
    expect(asked).toBeLessThan(rows / 500);
    Object.assign(api.store.calls, { csv: whole });
  });
});

it("EVD-5: a CSV that breaks off is cut short, not ended as if it were whole, and told of to the operator", async () => {
  const whole = api.store.calls.csv;
  Object.assign(api.store.calls, {
    csv: async function* () {
      yield "x".repeat(100_000);
      throw new Error("the database is away");
    },
  });
  await expect(download(api.account, "")).rejects.toThrow(/terminated/);
  expect(api.failures.map(String)).toEqual(["Error: the database is away"]);
  (api.failures as unknown[]).length = 0;
  Object.assign(api.store.calls, { csv: whole });
});

describe("contract §4.1: deleting a call", () => {
  it("takes one that is over; one that is not is 20009", async () => {
    const over = call(api.account.sid);
    const up = call(api.account.sid, { status: "in-progress", endedAtMs: null, durationSec: null });
    await api.store.callRecordSink.save([over, up]);
    live.push({
      sid: mintSid("CA", randomHex(16)),
      accountSid: api.account.sid,
      trunkSid: up.trunkSid,
      direction: up.direction,
      from: up.from,
      to: up.to,
      status: "ringing",
      startedAtMs: START_MS,
      answeredAtMs: null,
    });
    const { calls } = api.sdk();
    expect(await calls(over.sid).remove()).toBe(true);
    expect((await refusal(calls(over.sid).fetch())).gist).toBe("404 20404");
    expect((await refusal(calls(up.sid).remove())).gist).toBe("409 20009");
    expect((await refusal(calls(live[0]?.sid ?? "").remove())).gist).toBe("409 20009");
    const stranger = api.sdk(await api.addAccount());
    expect((await refusal(stranger.calls(up.sid).remove())).gist).toBe("404 20404");
  });
});

it("every answer above agrees with the documents", () => {
  expect(api.complaints).toEqual([]);
  expect(api.failures).toEqual([]);
});

async function download(as: TestAccount, query: string): Promise<{ readonly text: string; readonly headers: Headers }> {
  const response = await fetch(`${api.origin}/trunkline/v1/Calls.csv?${query}`, {
    headers: { authorization: basic(as) },
  });
  expect(response.status).toBe(200);
  return { text: await response.text(), headers: response.headers };
}
