import { type CallRecord, mintSid } from "@trunkline/trunking";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestApi, randomHex, refusal, type TestAccount, type TestApi, twilioAbsent } from "./api.fixture.ts";

const NOW_MS = Date.UTC(2026, 10, 20, 12, 34, 56, 789);
const DAY_MS = 86_400_000;

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi({
    nowMs: () => NOW_MS,
    refusedHost: (host) => (host === "10.0.0.1" ? "it is a private address" : undefined),
  });
});
afterAll(() => api.close());

function call(accountSid: string, atMs: number, fields: Partial<CallRecord> = {}): CallRecord {
  return {
    sid: mintSid("CA", randomHex(16)),
    revision: 1,
    accountSid,
    trunkSid: mintSid("TK", randomHex(16)),
    direction: "trunking-terminating",
    from: "+12025550100",
    to: "+12025550199",
    callerName: null,
    phoneNumberSid: null,
    status: "completed",
    createdAtMs: atMs,
    answeredAtMs: atMs,
    endedAtMs: atMs + 61_000,
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

/** An account with a call today, two yesterday, one each a month and a year ago, and a subaccount's today. */
async function user(): Promise<TestAccount> {
  const owner = await api.addAccount();
  const subaccount = await api.addAccount({ parentSid: owner.sid });
  const days = [0, 1, 1, 31, 366];
  await api.store.callRecordSink.save([
    ...days.map((ago) => call(owner.sid, NOW_MS - ago * DAY_MS)),
    call(subaccount.sid, NOW_MS, { direction: "trunking-originating" }),
  ]);
  return owner;
}

describe("BIL-3: Usage Records by the SDK (contract §3.1, §4.1)", () => {
  it("a record says how many calls and minutes a category had, from when to when, and where its other periods are", async () => {
    const owner = await user();
    const { records } = api.sdk(owner).usage;
    const [found, ...more] = await records.list({ category: "calls" });
    expect(more).toEqual([]);
    expect(found).toMatchObject({
      accountSid: owner.sid,
      apiVersion: "2010-04-01",
      asOf: "2026-11-20T12:34:56+00:00",
      category: "calls",
      description: "Calls",
      count: "6",
      countUnit: "calls",
      usage: "12",
      usageUnit: "minutes",
      price: 0,
      priceUnit: "usd",
      startDate: new Date("2025-11-19"),
      endDate: new Date("2026-11-20"),
    });
    const uris = found?.subresourceUris ?? {};
    expect(Object.keys(uris).sort().join(" ")).toBe(
      "all_time daily last_month monthly this_month today yearly yesterday",
    );
    for (const uri of Object.values(uris)) {
      const answer = await api.request("GET", String(uri), { as: owner });
      expect(answer.status).toBe(200);
      expect((answer.body["usage_records"] as { category: string }[])[0]).toMatchObject({ category: "calls" });
    }
    const self = await api.request("GET", found?.uri ?? "", { as: owner });
    expect(self.body["usage_records"]).toMatchObject([{ count: "6", uri: found?.uri }]);
    await api.store.rates.setCurrency("EUR");
    expect((await records.list({ category: "calls" })).map(({ priceUnit }) => priceUnit)).toEqual(["eur"]);
    await api.store.rates.setCurrency("USD");
  });

  it("every view has its periods, newest first, zeros included", async () => {
    const owner = await user();
    const { records } = api.sdk(owner).usage;
    const filter = { category: "trunking-termination" };
    const day = (date: Date): string => date.toISOString().slice(0, 10);
    const shown = (found: readonly { startDate: Date; endDate: Date; count: string }[]): string[] =>
      found.map((one) => `${day(one.startDate)} ${day(one.endDate)} ${one.count}`);
    expect(shown(await records.allTime.list(filter))).toEqual(["2025-11-19 2026-11-20 5"]);
    expect(shown(await records.today.list(filter))).toEqual(["2026-11-20 2026-11-20 1"]);
    expect(shown(await records.yesterday.list(filter))).toEqual(["2026-11-19 2026-11-19 2"]);
    expect(shown(await records.thisMonth.list(filter))).toEqual(["2026-11-01 2026-11-20 3"]);
    expect(shown(await records.lastMonth.list(filter))).toEqual(["2026-10-01 2026-10-31 1"]);
    expect(shown(await records.yearly.list(filter))).toEqual(["2026-01-01 2026-11-20 4", "2025-11-19 2025-12-31 1"]);
    const daily = await records.daily.list({ ...filter, startDate: new Date("2026-11-17") });
    expect(shown(daily)).toEqual([
      "2026-11-20 2026-11-20 1",
      "2026-11-19 2026-11-19 2",
      "2026-11-18 2026-11-18 0",
      "2026-11-17 2026-11-17 0",
    ]);
    const monthly = shown(await records.monthly.list({ ...filter, startDate: new Date("2026-09-15") }));
    expect(monthly).toEqual(["2026-11-01 2026-11-20 3", "2026-10-01 2026-10-31 1", "2026-09-15 2026-09-30 0"]);
  });

  it("pages go through every category of every period once, forwards and back", async () => {
    const owner = await user();
    const all = await api.sdk(owner).usage.records.daily.list({ startDate: new Date("2026-11-10"), pageSize: 7 });
    const names = all.map((one) => `${one.startDate.toISOString().slice(0, 10)} ${one.category}`);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(
      [...names].sort((a, b) => (a.slice(0, 10) === b.slice(0, 10) ? (a < b ? -1 : 1) : a > b ? -1 : 1)),
    );
    expect(names.filter((name) => name.endsWith(" calls"))).toHaveLength(11);
    const path = `/2010-04-01/Accounts/${owner.sid}/Usage/Records/Daily.json?StartDate=-10days&PageSize=7`;
    const second = await api.request("GET", `${path}&Page=1`, { as: owner });
    const third = await api.request("GET", second.body["next_page_uri"] as string, { as: owner });
    const back = await api.request("GET", third.body["previous_page_uri"] as string, { as: owner });
    expect(back.body["usage_records"]).toEqual(second.body["usage_records"]);
    const first = await api.request("GET", back.body["previous_page_uri"] as string, { as: owner });
    expect(first.body["previous_page_uri"]).toBeNull();
    for (const token of ["PAx", "PA2026-02-30.calls", "PA2026-11-20.sms", "PB.calls"]) {
      const wrong = await api.request("GET", `${path}&PageToken=${token}`, { as: owner });
      expect([token, wrong.status, wrong.body["code"]]).toEqual([token, 400, 21481]);
    }
  });

  const ranges: [query: string, want: readonly string[]][] = [
    ["Category=calls&IncludeSubaccounts=false", ["5"]],
    ["Category=calls&IncludeSubaccounts=true", ["6"]],
    ["Category=calls&StartDate=-1days", ["4"]],
    ["Category=calls&StartDate=-1day&EndDate=-1day", ["2"]],
    ["Category=calls&StartDate=2026-11-19&EndDate=2026-11-19", ["2"]],
    ["Category=calls&StartDate=0001-01-01&EndDate=9999-12-31", ["6"]],
    ["Category=calls&EndDate=%2B30days&StartDate=-0days", ["2"]],
    ["Category=calls-inbound", ["1"]],
    ["Category=sms", []],
  ];
  it.each(ranges)("Records?%s", async (query, want) => {
    const owner = await user();
    const answer = await api.request("GET", `/2010-04-01/Accounts/${owner.sid}/Usage/Records?${query}`, { as: owner });
    expect((answer.body["usage_records"] as { count: string }[]).map(({ count }) => count)).toEqual(want);
  });

  it("days outside a view leave nothing of it; a list without an end stays a page", async () => {
    const owner = await user();
    const path = `/2010-04-01/Accounts/${owner.sid}/Usage/Records`;
    const none = await api.request("GET", `${path}/Today.json?EndDate=-1days`, { as: owner });
    expect(none.body["usage_records"]).toEqual([]);
    const long = await api.request("GET", `${path}/Daily.json?StartDate=0001-01-01&PageSize=1000`, { as: owner });
    expect(long.body["usage_records"]).toHaveLength(1_000);
  });

  const mistakes: [query: string, message: RegExp][] = [
    ["StartDate=yesterday", /StartDate must be a date such as 2026-11-20, or days from today such as -30days/],
    ["StartDate=2026-02-30", /StartDate must be a day that exists/],
    ["EndDate=-9999999days", /EndDate must be/],
    ["StartDate=2026-11-20&EndDate=2026-11-19", /StartDate 2026-11-20 is after EndDate 2026-11-19/],
    ["Category=Calls'", /Category must be the name of a usage category/],
    ["IncludeSubaccounts=perhaps", /IncludeSubaccounts must be true or false/],
  ];
  it.each(mistakes)("refuses %s", async (query, message) => {
    const path = `/2010-04-01/Accounts/${api.account.sid}/Usage/Records/Daily?${query}`;
    const answer = await api.request("GET", path);
    expect(answer.status).toBe(400);
    expect(answer.body["message"]).toMatch(message);
  });

  it("another account's usage is not to be seen, and an unknown view is not there", async () => {
    const owner = await user();
    const path = `/2010-04-01/Accounts/${owner.sid}/Usage/Records`;
    expect((await api.request("GET", path)).status).not.toBe(200);
    expect((await api.request("GET", `${path}/Weekly`, { as: owner })).status).toBe(404);
    expect((await api.request("POST", path, { as: owner, form: {} })).status).toBe(405);
  });
});

describe("BIL-3: Usage Triggers by the SDK (contract §3.1, §4.1)", () => {
  const made = { callbackUrl: "https://example.com/usage", triggerValue: "1000", usageCategory: "calls" };

  it("one is made, fetched, listed, changed and deleted", async () => {
    const owner = await user();
    const { triggers } = api.sdk(owner).usage;
    const created = await triggers.create({
      ...made,
      recurring: "daily",
      triggerBy: "count",
      friendlyName: "Many calls",
    });
    const shown = {
      accountSid: owner.sid,
      apiVersion: "2010-04-01",
      friendlyName: "Many calls",
      usageCategory: "calls",
      triggerBy: "count",
      triggerValue: "1000",
      currentValue: "2",
      recurring: "daily",
      callbackUrl: made.callbackUrl,
      callbackMethod: "POST",
      dateFired: null,
      usageRecordUri: `/2010-04-01/Accounts/${owner.sid}/Usage/Records/Today.json?Category=calls`,
      uri: `/2010-04-01/Accounts/${owner.sid}/Usage/Triggers/${created.sid}.json`,
    };
    expect(created).toMatchObject(shown);
    expect(created.sid).toMatch(/^UT[0-9a-f]{32}$/);
    expect(await triggers(created.sid).fetch()).toMatchObject(shown);
    const other = await triggers.create({ ...made, friendlyName: "" });
    expect(other).toMatchObject({ friendlyName: "", recurring: "alltime", triggerBy: "usage", currentValue: "12" });
    const list = async (filter: object) => (await triggers.list(filter)).map((one) => one.sid);
    expect(await list({})).toEqual([created.sid, other.sid]);
    expect(await list({ recurring: "daily" })).toEqual([created.sid]);
    expect(await list({ recurring: "alltime", triggerBy: "usage" })).toEqual([other.sid]);
    expect(await list({ usageCategory: "recordings" })).toEqual([]);
    const change = { friendlyName: "Other", callbackUrl: "https://example.com/2", callbackMethod: "GET" };
    expect(await triggers(created.sid).update(change)).toMatchObject({ ...shown, ...change });
    const stranger = api.sdk(await api.addAccount()).usage.triggers;
    expect((await refusal(stranger(created.sid).fetch())).gist).toBe("404 20404");
    expect(await triggers(created.sid).remove()).toBe(true);
    expect((await refusal(triggers(created.sid).fetch())).gist).toBe("404 20404");
  });

  const values: [given: string, kept: string][] = [
    ["+5", "7"],
    ["0.000001", "0.000001"],
    ["1.5", "1.5"],
    ["999999999", "999999999"],
  ];
  it.each(values)("TriggerValue %s is %s", async (triggerValue, kept) => {
    const owner = await user();
    const created = await api
      .sdk(owner)
      .usage.triggers.create({ ...made, triggerValue, recurring: "daily", triggerBy: "count" });
    expect(created.triggerValue).toBe(kept);
  });

  const mistakes: [what: string, fields: object, gist: string, message: RegExp][] = [
    ["no URL", { callbackUrl: "usage" }, "400 21205", /CallbackUrl/],
    ["a private address", { callbackUrl: "http://10.0.0.1/" }, "400 21205", /it is a private address/],
    ["a password", { callbackUrl: "http://me:secret@example.com/" }, "400 21205", /must not hold a user name/],
    ["no value", { triggerValue: "many" }, "400 20422", /TriggerValue must be a positive number/],
    ["a negative value", { triggerValue: "-1" }, "400 20422", /TriggerValue must be a positive number/],
    ["zero", { triggerValue: "0" }, "400 20422", /TriggerValue must be more than 0/],
    ["a huge value", { triggerValue: "1000000000000" }, "400 20422", /TriggerValue/],
    [
      "a category that is never counted",
      { usageCategory: "sms" },
      "400 20422",
      /never counted here.*trunking-termination/,
    ],
    ["another period", { recurring: "hourly" }, "400 20422", /Recurring must be one of/],
    ["another side", { triggerBy: "weight" }, "400 20422", /TriggerBy must be one of/],
    ["a long name", { friendlyName: "x".repeat(65) }, "400 20422", /FriendlyName/],
  ];
  it.each(mistakes)("refuses %s", async (_what, fields, gist, message) => {
    const refused = await refusal(api.sdk().usage.triggers.create({ ...made, ...fields } as typeof made));
    expect(refused.gist).toBe(gist);
    expect(refused.message).toMatch(message);
  });
});

it.skipIf(twilioAbsent !== undefined)("API-3: every answer above fits Twilio's OpenAPI document", () => {
  expect(api.complaints).toEqual([]);
  expect(api.failures).toEqual([]);
});
