import { type Alert, mintSid } from "@trunkline/trunking";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OPERATOR, openTestApi, randomHex, refusal, type TestApi, twilioAbsent } from "./api.fixture.ts";

const NOW_MS = Date.UTC(2026, 10, 20, 12);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi({
    nowMs: () => NOW_MS,
    refusedHost: (host) => (host === "10.0.0.1" ? "it is a private address" : undefined),
  });
});
afterAll(() => api.close());

function alert(accountSid: string, fields: Partial<Alert> = {}): Alert {
  return {
    sid: mintSid("NO", randomHex(16)),
    accountSid,
    atMs: NOW_MS - HOUR_MS,
    errorCode: 32201,
    level: "error",
    resourceSid: `CA${"a".repeat(32)}`,
    text: "source 203.0.113.7 & others are not in the list",
    ...fields,
  };
}

describe("EVD-4: Monitor v1 Alerts by the SDK (contract §3.2, §4.1)", () => {
  it("an alert is fetched with its text, level, link and what it is about; the list leaves out what was said on the wire", async () => {
    const made = alert(api.account.sid);
    await api.store.alertSink.save([made]);
    const { alerts } = api.sdk().monitor.v1;
    const shown = {
      sid: made.sid,
      accountSid: api.account.sid,
      resourceSid: made.resourceSid,
      serviceSid: null,
      errorCode: "32201",
      logLevel: "error",
      alertText: made.text,
      moreInfo: "https://www.twilio.com/docs/errors/32201",
      apiVersion: "2010-04-01",
      dateGenerated: new Date(made.atMs),
      dateCreated: new Date(made.atMs),
      requestMethod: null,
      requestUrl: null,
      url: `${api.origin}/v1/Alerts/${made.sid}`,
    };
    expect(await alerts(made.sid).fetch()).toMatchObject({ ...shown, requestVariables: null, responseBody: null });
    const [listed] = await alerts.list();
    expect(listed).toMatchObject(shown);
    const raw = await api.request("GET", "/v1/Alerts");
    expect((raw.body["alerts"] as object[])[0]).not.toHaveProperty("response_body");
    const stranger = api.sdk(await api.addAccount()).monitor.v1;
    expect((await refusal(stranger.alerts(made.sid).fetch())).gist).toBe("404 20404");
    expect(await stranger.alerts.list()).toEqual([]);
  });

  it("lists newest first, in pages, by level and date, thirty days back", async () => {
    const owner = await api.addAccount();
    const ages = [1, 2, 3, 40];
    const made = ages.map((days, i) =>
      alert(owner.sid, { atMs: NOW_MS - days * DAY_MS, level: i === 1 ? "warning" : "error" }),
    );
    await api.store.alertSink.save(made);
    const { alerts } = api.sdk(owner).monitor.v1;
    const found = async (filter: object): Promise<number[]> =>
      (await alerts.list(filter)).map((one) => ages[made.findIndex((each) => each.sid === one.sid)] ?? 0);
    expect(await found({ pageSize: 1 })).toEqual([1, 2, 3]);
    expect(await found({ logLevel: "warning" })).toEqual([2]);
    expect(await found({ logLevel: "debug" })).toEqual([]);
    expect(await found({ startDate: new Date(NOW_MS - 2 * DAY_MS) })).toEqual([1, 2]);
    expect(await found({ endDate: new Date(NOW_MS - 2 * DAY_MS) })).toEqual([2, 3]);
    const day = await api.request("GET", "/monitor/v1/Alerts?StartDate=2026-11-18&EndDate=2026-11-18", { as: owner });
    expect(day.body["alerts"]).toMatchObject([
      { sid: made[1]?.sid, url: `${api.origin}/monitor/v1/Alerts/${made[1]?.sid}` },
    ]);
    expect(day.body["meta"]).toMatchObject({ key: "alerts", page: 0 });
    const wrong = await api.request("GET", "/v1/Alerts?LogLevel=loud&StartDate=yesterday", { as: owner });
    expect(wrong.body["message"]).toMatch(/LogLevel must be one of error, warning, notice, debug.* StartDate must be/);
    expect((await api.request("DELETE", `/v1/Alerts/${made[0]?.sid}`, { as: owner })).status).toBe(405);
  });
});

describe("EVD-4: Notifications by the SDK (contract §3.1, §4.1)", () => {
  it("show the same incidents, of the account and of one call", async () => {
    const owner = await api.addAccount();
    const [callSid, trunkSid] = [mintSid("CA", randomHex(16)), mintSid("TK", randomHex(16))];
    const [refused, warned] = [
      alert(owner.sid, { resourceSid: callSid }),
      alert(owner.sid, { resourceSid: trunkSid, level: "warning", errorCode: 32011, atMs: NOW_MS - DAY_MS }),
    ];
    await api.store.alertSink.save([refused, warned]);
    await api.store.callRecordSink.save([call(owner.sid, callSid)]);
    const sdk = api.sdk(owner);
    const list = async (filter: object = {}) =>
      (await sdk.api.v2010.account.notifications.list(filter)).map((one) => one.sid);
    expect(await list()).toEqual([refused.sid, warned.sid]);
    expect(await list({ log: 0 })).toEqual([refused.sid]);
    expect(await list({ log: 1 })).toEqual([warned.sid]);
    expect(await list({ messageDate: "2026-11-20" })).toEqual([refused.sid]);
    expect(await list({ messageDateBefore: "2026-11-20" })).toEqual([warned.sid]);
    expect(await sdk.api.v2010.account.notifications(warned.sid).fetch()).toMatchObject({
      callSid: null,
      log: "1",
      errorCode: "32011",
      messageText: `LogLevel=WARN&ErrorCode=32011&Msg=source+203.0.113.7+%26+others+are+not+in+the+list`,
      moreInfo: "https://www.twilio.com/docs/errors/32011",
      messageDate: new Date(warned.atMs),
      uri: `/2010-04-01/Accounts/${owner.sid}/Notifications/${warned.sid}.json`,
    });
    const ofCall = sdk.calls(callSid).notifications;
    expect((await ofCall.list()).map((one) => one.sid)).toEqual([refused.sid]);
    expect(await ofCall(refused.sid).fetch()).toMatchObject({
      callSid,
      log: "0",
      responseBody: null,
      uri: `/2010-04-01/Accounts/${owner.sid}/Calls/${callSid}/Notifications/${refused.sid}.json`,
    });
    expect((await refusal(ofCall(warned.sid).fetch())).gist).toBe("404 20404");
    expect((await refusal(sdk.calls(`CA${"9".repeat(32)}`).notifications.list())).gist).toBe("404 20404");
  });
});

describe("EVD-4: the debugger webhook of an account", () => {
  const PATH = "/trunkline/v1/DebuggerWebhook";

  it("is set, read, switched and removed, and says what became of what was sent", async () => {
    const as = await api.addAccount();
    expect((await api.request("GET", PATH, { as })).status).toBe(404);
    const set = await api.request("POST", PATH, { as, form: { Url: "https://example.com/alerts?x=1" } });
    expect(set).toMatchObject({
      status: 200,
      body: {
        account_sid: as.sid,
        webhook_url: "https://example.com/alerts?x=1",
        method: "POST",
        enabled: true,
        waiting: 0,
        delivered: 0,
        abandoned: 0,
        dropped: 0,
        last_failure: null,
        url: api.origin + PATH,
      },
    });
    await api.store.alertSink.save([alert(as.sid)]);
    const [batch] = await api.store.webhookQueues.claim({ nowMs: Date.now() + 1, leaseMs: 1, queues: 1, perQueue: 1 });
    const attempts = (batch?.deliveries ?? []).map(({ id }) => {
      return { id, kind: "failed", durationMs: 5, reason: "answered 500", retryAtMs: NOW_MS } as const;
    });
    await api.store.webhookQueues.settle({ accountSid: as.sid, kind: "debugger" }, NOW_MS, attempts);
    expect((await api.request("GET", PATH, { as })).body).toMatchObject({
      waiting: 1,
      last_failure: "answered 500",
      date_last_failed: "2026-11-20T12:00:00Z",
      date_last_delivered: null,
    });
    const off = await api.request("POST", PATH, { as, form: { Enabled: "false" } });
    expect(off.body).toMatchObject({
      webhook_url: "https://example.com/alerts?x=1",
      enabled: false,
      waiting: 0,
      dropped: 1,
    });
    expect((await api.request("DELETE", PATH, { as })).status).toBe(204);
    expect((await api.request("DELETE", PATH, { as })).status).toBe(404);
  });

  const refused: [form: Record<string, string>, says: RegExp][] = [
    [{}, /Missing required parameter Url/],
    [{ Url: "example.com/alerts" }, /must be an absolute http/],
    [{ Url: "ftp://example.com/" }, /must be an absolute http/],
    [{ Url: `https://example.com/${"x".repeat(2048)}` }, /at most 2048/],
    [{ Url: "https://user:hunter2@example.com/" }, /must not hold a user name or password: every request is signed/],
    [{ Url: "https://example.com/#rc=3" }, /must not have a fragment/],
    [{ Url: "http://10.0.0.1/alerts" }, /Url names 10\.0\.0\.1: it is a private address/],
    // 167772161 is 10.0.0.1 in a form that only URL parsers and attackers know.
    [{ Url: "http://167772161/alerts" }, /Url names 10\.0\.0\.1: it is a private address/],
    [{ Url: "https://example.com/", Method: "GET" }, /Method must be one of POST/],
  ];
  it.each(refused)("%o is refused, and no password repeated", async (form, says) => {
    const { status, body } = await api.request("POST", PATH, { form });
    expect(status).toBe(400);
    expect(body["message"]).toMatch(says);
    expect(body["message"]).not.toContain("hunter2");
    expect((await api.request("GET", PATH)).status).toBe(404);
  });

  it("is the account's own: the operator names whose, a parent its subaccount's, a stranger nobody's", async () => {
    const sub = await api.addAccount({ parentSid: api.account.sid, sid: mintSid("AC", randomHex(16)) });
    const headers = { "x-trunkline-account": sub.sid };
    const form = { Url: "https://example.com/sub" };
    expect((await api.request("POST", PATH, { form, headers })).body["account_sid"]).toBe(sub.sid);
    expect((await api.request("GET", PATH, { as: OPERATOR, headers })).body["webhook_url"]).toBe(form.Url);
    expect((await api.request("GET", PATH, { as: await api.addAccount(), headers })).status).toBe(403);
  });
});

describe("EVD-4: the catalogue of error codes", () => {
  it("says what a code means, why it comes and what to do, in the reader's language", async () => {
    const path = "/trunkline/v1/ErrorCodes/32201";
    const english = await api.request("GET", path);
    expect(english.body).toMatchObject({
      code: 32201,
      level: "error",
      language: "en",
      title: expect.stringMatching(/[a-z]/),
      sip_status: 403,
      sip_phrase: "Forbidden",
      sip_text: "Authentication failure - source IP Address not in ACL",
      more_info: "https://www.twilio.com/docs/errors/32201",
      url: api.origin + path,
    });
    const languages: [query: string, accept: string, want: string][] = [
      ["?Lang=ja", "en", "ja"],
      ["", "ja-JP,ja;q=0.9,en;q=0.8", "ja"],
      ["", "en-GB, ja;q=0.5", "en"],
      ["", "fr, ja;q=0.1", "ja"],
      ["", "fr, *;q=0.1", "en"],
      ["", "ja;q=0, en;q=0.1", "en"],
      ["", ";;,q=,ja;q=x", "en"],
    ];
    for (const [query, accept, want] of languages) {
      const { body } = await api.request("GET", path + query, { headers: { "accept-language": accept } });
      expect([query, accept, body["language"]]).toEqual([query, accept, want]);
      expect(/[\u3040-\u30ff\u4e00-\u9fff]/.test(`${body["title"]} ${body["cause"]} ${body["remedy"]}`)).toBe(
        want === "ja",
      );
    }
  });

  it("lists every code in order, to whoever has credentials", async () => {
    const codes: number[] = [];
    let path: string | null = "/trunkline/v1/ErrorCodes?PageSize=20&Lang=ja";
    while (path !== null) {
      const { body } = await api.request("GET", path, { as: OPERATOR });
      codes.push(...(body["error_codes"] as { code: number }[]).map((one) => one.code));
      const { next_page_url: next } = body["meta"] as { next_page_url: string | null };
      path = next === null ? null : next.slice(api.origin.length);
    }
    expect(codes.length).toBeGreaterThan(50);
    expect(codes).toEqual(codes.toSorted((a, b) => a - b));
    expect((await api.request("GET", "/trunkline/v1/ErrorCodes", { as: null })).status).toBe(401);
  });

  it.each(["404", "32201x", "-1", "__proto__", "0x7dc9"])("%s is no code", async (code) => {
    expect((await api.request("GET", `/trunkline/v1/ErrorCodes/${code}`)).status).toBe(404);
  });

  it("another language is refused", async () => {
    const { body } = await api.request("GET", "/trunkline/v1/ErrorCodes?Lang=fr");
    expect(body["message"]).toMatch(/Lang must be one of en, ja/);
  });
});

it.skipIf(twilioAbsent)(`API-3: every answer above agrees with Twilio's documents ${twilioAbsent ?? ""}`, () => {
  expect(api.complaints).toEqual([]);
  expect(api.failures).toEqual([]);
});

function call(accountSid: string, sid: string) {
  return {
    sid,
    revision: 1,
    accountSid,
    trunkSid: `TK${"c".repeat(32)}`,
    direction: "trunking-terminating",
    from: "+12025550100",
    to: "+12025550199",
    callerName: null,
    phoneNumberSid: null,
    status: "failed",
    createdAtMs: NOW_MS,
    answeredAtMs: null,
    endedAtMs: NOW_MS,
    durationSec: 0,
    sipCallIdA: "a@pbx",
    sipCallIdB: null,
    source: "udp:203.0.113.7:5060",
    endedBy: "platform",
    sipStatus: 403,
    reason: "Forbidden",
    errorCode: 32201,
    attempts: [],
    quality: [],
    recordings: [],
    trace: [],
  } as const;
}
