import { createHash } from "node:crypto";
import type { CallRecord } from "@trunkline/trunking";
import { mintSid } from "@trunkline/trunking";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OPERATOR, openTestApi, randomHex, refusal, type TestApi, twilioAbsent, ZONE } from "./api.fixture.ts";
import type { LiveCall } from "./ports.ts";

const live: LiveCall[] = [];
let api: TestApi;
beforeAll(async () => {
  api = await openTestApi({
    liveCalls: {
      list: async (accountSid) => live.filter((call) => call.accountSid === accountSid),
      hangUp: async (accountSid, sid) => {
        const at = live.findIndex((call) => call.accountSid === accountSid && call.sid === sid);
        return at >= 0 && live.splice(at, 1).length === 1;
      },
    },
  });
});
afterAll(async () => {
  await api.close();
});

describe("accounts by the SDK (contract §3.1, ACC-1)", () => {
  it("an account reads itself, token included, and makes subaccounts it can act for by path", async () => {
    const client = api.sdk();
    expect(await client.api.v2010.accounts(api.account.sid).fetch()).toMatchObject({
      sid: api.account.sid,
      ownerAccountSid: api.account.sid,
      authToken: api.account.token,
      status: "active",
      type: "Full",
    });
    const child = await client.api.v2010.accounts.create({ friendlyName: "branch" });
    expect(child).toMatchObject({ ownerAccountSid: api.account.sid, friendlyName: "branch" });
    const list = await client.api.v2010.accounts(child.sid).sip.credentialLists.create({ friendlyName: "theirs" });
    expect(list.accountSid).toBe(child.sid);
    const asChild = api.sdk({ sid: child.sid, token: child.authToken });
    expect((await asChild.sip.credentialLists.list()).map((row) => row.sid)).toEqual([list.sid]);
    expect((await refusal(asChild.api.v2010.accounts.create())).gist).toBe("400 21101");
    expect((await refusal(asChild.api.v2010.accounts(api.account.sid).fetch())).gist).toBe("404 20404");
  });

  it("§4.1: the parent suspends and closes for good; a suspended account's credentials are refused with 20005", async () => {
    const { accounts } = api.sdk().api.v2010;
    const child = await accounts.create();
    expect(child.friendlyName).toMatch(/^SubAccount Created at \d{4}-\d\d-\d\d \d\d:\d\d [ap]m$/);
    expect(await accounts.list({ friendlyName: "x".repeat(65) })).toEqual([]);
    await accounts(child.sid).update({ status: "suspended" });
    const theirs = api.sdk({ sid: child.sid, token: child.authToken });
    expect((await refusal(theirs.trunking.v1.trunks.list())).gist).toBe("401 20005");
    await accounts(child.sid).update({ status: "closed" });
    expect((await refusal(accounts(child.sid).update({ status: "active" }))).gist).toBe("400 21479");
    expect((await refusal(accounts(api.account.sid).update({ status: "suspended" }))).gist).toBe("400 21477");
  });

  it("ACC-1: what the operator has suspended, its parent can neither set going nor close (21478); by itself it can do what it likes", async () => {
    const client = api.sdk().api.v2010;
    const child = await client.accounts.create();
    const asOperator = api.sdk(OPERATOR).api.v2010.accounts(child.sid);
    const asParent = client.accounts(child.sid);
    await asParent.update({ status: "suspended" });
    await asOperator.update({ status: "suspended" });
    for (const status of ["active", "closed"] as const) {
      expect((await refusal(asParent.update({ status }))).gist).toBe("400 21478");
    }
    expect(await asParent.update({ friendlyName: "renamed" })).toMatchObject({ status: "suspended" });
    await asOperator.update({ status: "active" });
    expect(await asParent.update({ status: "suspended" })).toMatchObject({ status: "suspended" });
    expect(await asParent.update({ status: "active" })).toMatchObject({ status: "active" });
  });

  it("ACC-1: a subaccount of a suspended account has no way in either", async () => {
    const parent = await api.addAccount();
    const child = await api.addAccount({ parentSid: parent.sid });
    await api.store.accounts.update(parent.sid, { status: "suspended" });
    expect((await refusal(api.sdk(child).trunking.v1.trunks.list())).gist).toBe("401 20005");
    await api.store.accounts.update(parent.sid, { status: "active" });
    expect(await api.sdk(child).trunking.v1.trunks.list()).toEqual([]);
  });

  it("§1.6: the list is oneself and then the subaccounts, whatever the page size", async () => {
    const parent = await api.addAccount();
    const children = [];
    for (let made = 0; made < 3; made++) children.push((await api.addAccount({ parentSid: parent.sid })).sid);
    for (const pageSize of [1, 2, 3, 4, 50]) {
      const found = await api.sdk(parent).api.v2010.accounts.list({ pageSize });
      expect(found.map((account) => account.sid)).toEqual([parent.sid, ...children]);
    }
  });

  it("the operator sees every main account", async () => {
    const found = await api.sdk(OPERATOR).api.v2010.accounts.list();
    expect(found.map((account) => account.sid)).toContain(api.account.sid);
  });
});

describe("SIP lists by the SDK (contract §3.1)", () => {
  it("a credential keeps both hashes of its password over the installation's realm, and never the password", async () => {
    const lists = api.sdk().sip.credentialLists;
    const list = await lists.create({ friendlyName: "desk phones" });
    const { credentials } = lists(list.sid);
    const password = "Correct-Horse-42é";
    const made = await credentials.create({ username: "alice", password });
    expect(made).toMatchObject({ username: "alice", credentialListSid: list.sid, accountSid: api.account.sid });
    expect(JSON.stringify(made)).not.toContain(password);
    const stored = await api.store.credentials.fetch(list.sid, made.sid);
    const hash = (algorithm: string, text: string): string => createHash(algorithm).update(text, "utf8").digest("hex");
    expect(stored?.ha1Md5).toBe(hash("md5", `alice:sip.${ZONE}:${password}`));
    expect(stored?.ha1Sha256).toBe(hash("sha256", `alice:sip.${ZONE}:${password}`));
    await credentials(made.sid).update({ password: "Another-Horse-43" });
    expect((await api.store.credentials.fetch(list.sid, made.sid))?.ha1Md5).toBe(
      hash("md5", `alice:sip.${ZONE}:Another-Horse-43`),
    );
    expect((await refusal(credentials.create({ username: "alice", password }))).gist).toBe("400 21243");
    expect(await credentials(made.sid).remove()).toBe(true);
  });

  const weak: [password: string, says: RegExp][] = [
    ["Short-Pass1", /at least 12 characters/],
    ["no-upper-case-1", /upper-case letter/],
    ["NO-LOWER-CASE-1", /lower-case/],
    ["No-Digit-At-All", /a digit/],
  ];
  it.each(weak)("§4.1: the password %s is refused (21240) and not repeated", async (password, says) => {
    const lists = api.sdk().sip.credentialLists;
    const list = await lists.create({ friendlyName: `weak ${password}` });
    const refused = await refusal(lists(list.sid).credentials.create({ username: "bob", password }));
    expect(refused.gist).toBe("400 21240");
    expect(refused.message).toMatch(says);
    expect(refused.message).not.toContain(password);
  });

  it("§4.1: names of lists are unique in an account (21240, 21235) and change", async () => {
    const { credentialLists, ipAccessControlLists } = api.sdk().sip;
    const list = await credentialLists.create({ friendlyName: "one" });
    expect((await refusal(credentialLists.create({ friendlyName: "one" }))).gist).toBe("400 21240");
    expect(await credentialLists(list.sid).update({ friendlyName: "two" })).toMatchObject({ friendlyName: "two" });
    const acl = await ipAccessControlLists.create({ friendlyName: "one" });
    expect((await refusal(ipAccessControlLists.create({ friendlyName: "one" }))).gist).toBe("400 21235");
    expect(acl.subresourceUris).toEqual({
      ip_addresses: `/2010-04-01/Accounts/${api.account.sid}/SIP/IpAccessControlLists/${acl.sid}/IpAddresses.json`,
    });
  });

  it("addresses and blocks are kept in canonical form; a change keeps the length within its family only", async () => {
    const lists = api.sdk().sip.ipAccessControlLists;
    const { ipAddresses } = lists((await lists.create({ friendlyName: "networks" })).sid);
    const made = await ipAddresses.create({ friendlyName: "office", ipAddress: "203.0.113.0", cidrPrefixLength: 24 });
    expect(made).toMatchObject({ ipAddress: "203.0.113.0", cidrPrefixLength: 24 });
    expect(await ipAddresses.create({ friendlyName: "one host", ipAddress: "203.0.113.7" })).toMatchObject({
      cidrPrefixLength: 32,
    });
    expect(await ipAddresses(made.sid).update({ ipAddress: "198.51.100.0" })).toMatchObject({ cidrPrefixLength: 24 });
    expect(await ipAddresses(made.sid).update({ ipAddress: "2001:DB8::1" })).toMatchObject({
      ipAddress: "2001:db8::1",
      cidrPrefixLength: 128,
    });
    expect(await ipAddresses(made.sid).update({ friendlyName: "v6" })).toMatchObject({
      friendlyName: "v6",
      cidrPrefixLength: 128,
    });
    expect((await refusal(ipAddresses.create({ friendlyName: "x", ipAddress: "203.0.113.7" }))).gist).toBe("400 21235");
    expect((await refusal(ipAddresses.create({ friendlyName: "x", ipAddress: "203.0.113.300" }))).gist).toBe(
      "400 21238",
    );
    expect(
      (await refusal(ipAddresses.create({ friendlyName: "x", ipAddress: "0.0.0.0", cidrPrefixLength: 0 }))).gist,
    ).toBe("400 21238");
    expect(await ipAddresses(made.sid).remove()).toBe(true);
  });
});

describe("phone numbers by the SDK (contract §3.1, NUM-2)", () => {
  it("a free number is taken once, found, changed and released", async () => {
    const client = api.sdk();
    await api.stock("+12025550142");
    const number = await client.incomingPhoneNumbers.create({
      phoneNumber: "+12025550142",
      voiceUrl: "https://example.com/voice",
    });
    expect(number).toMatchObject({
      phoneNumber: "+12025550142",
      friendlyName: "(202) 555-0142",
      voiceUrl: "https://example.com/voice",
      capabilities: { voice: true, sms: false, mms: false, fax: false },
      status: "in-use",
    });
    const rival = api.sdk(await api.addAccount()).incomingPhoneNumbers;
    expect((await refusal(rival.create({ phoneNumber: "+12025550142" }))).gist).toBe("400 21422");
    expect((await refusal(rival(number.sid).fetch())).gist).toBe("404 20404");
    expect((await client.incomingPhoneNumbers.list({ phoneNumber: "+12025550142" })).map((row) => row.sid)).toEqual([
      number.sid,
    ]);
    expect(await client.incomingPhoneNumbers(number.sid).update({ friendlyName: "Desk", voiceUrl: "" })).toMatchObject({
      friendlyName: "Desk",
      voiceUrl: null,
    });
    expect(await client.incomingPhoneNumbers(number.sid).remove()).toBe(true);
    expect((await refusal(rival.create({ phoneNumber: "+12025550142" }))).gist).toBe("400 21422");
  });

  it("NUM-2: a trunk clears the voice application and the other way round", async () => {
    const client = api.sdk();
    const trunk = await client.trunking.v1.trunks.create();
    await api.stock("+12025550143");
    const { sid: voiceApplicationSid } = await client.applications.create();
    const number = await client.incomingPhoneNumbers.create({ phoneNumber: "+12025550143", voiceApplicationSid });
    const { incomingPhoneNumbers } = client;
    expect(await incomingPhoneNumbers(number.sid).update({ trunkSid: trunk.sid })).toMatchObject({
      trunkSid: trunk.sid,
      voiceApplicationSid: null,
    });
    expect(await incomingPhoneNumbers(number.sid).update({ voiceApplicationSid })).toMatchObject({
      trunkSid: null,
      voiceApplicationSid,
    });
    expect(await incomingPhoneNumbers(number.sid).update({ trunkSid: trunk.sid })).toMatchObject({
      trunkSid: trunk.sid,
    });
    expect(await incomingPhoneNumbers(number.sid).update({ trunkSid: "" })).toMatchObject({ trunkSid: null });
  });

  const refused: [what: string, fields: object, gist: string][] = [
    ["a number without +", { phoneNumber: "12025550144" }, "400 21421"],
    ["neither number nor area code", {}, "400 20422"],
    ["an area code without numbers", { areaCode: "202" }, "400 21452"],
    ["a trunk that is not there", { phoneNumber: "+12025550144", trunkSid: `TK${"0".repeat(32)}` }, "400 20422"],
    ["a voice URL that is none", { phoneNumber: "+12025550144", voiceUrl: "ftp://x" }, "400 21402"],
    ["emergency calling", { phoneNumber: "+12025550144", emergencyStatus: "Active" }, "400 20010"],
  ];
  it.each(refused)("%s is refused", async (_what, fields, gist) => {
    expect((await refusal(api.sdk().incomingPhoneNumbers.create(fields))).gist).toBe(gist);
  });
});

const MINUTE_MS = 60_000;
const START_MS = Date.parse("2026-03-01T00:00:00Z");

function record(accountSid: string, change: Partial<CallRecord>): CallRecord {
  return {
    sid: mintSid("CA", randomHex(16)),
    revision: 3,
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
    endedAtMs: START_MS + MINUTE_MS,
    durationSec: 58,
    sipCallIdA: "a@pbx",
    sipCallIdB: "b@edge",
    source: "udp:203.0.113.7:5060",
    endedBy: "caller",
    sipStatus: 200,
    reason: "OK",
    errorCode: null,
    attempts: [],
    quality: [],
    recordings: [],
    trace: [],
    ...change,
  };
}

describe("calls by the SDK (contract §3.1, §4.1, EVD-5)", () => {
  it("shows a record in Twilio's terms", async () => {
    const call = record(api.account.sid, {});
    await api.store.callRecordSink.save([call]);
    expect(await api.sdk().calls(call.sid).fetch()).toMatchObject({
      sid: call.sid,
      accountSid: api.account.sid,
      trunkSid: call.trunkSid,
      direction: "trunking-terminating",
      status: "completed",
      from: "+12025550100",
      fromFormatted: "(202) 555-0100",
      to: "+12025550199",
      duration: "58",
      startTime: new Date(START_MS),
      endTime: new Date(START_MS + MINUTE_MS),
      price: null,
      uri: `/2010-04-01/Accounts/${api.account.sid}/Calls/${call.sid}.json`,
    });
    const stranger = api.sdk(await api.addAccount());
    expect((await refusal(stranger.calls(call.sid).fetch())).gist).toBe("404 20404");
  });

  it("prices are in the currency of the installation", async () => {
    const owner = await api.addAccount();
    const call = record(owner.sid, {});
    await api.store.callRecordSink.save([call]);
    const { calls } = api.sdk(owner);
    expect((await calls(call.sid).fetch()).priceUnit).toBe("USD");
    await api.store.rates.setCurrency("JPY");
    expect((await calls(call.sid).fetch()).priceUnit).toBe("JPY");
    expect((await calls.list()).map(({ priceUnit }) => priceUnit)).toEqual(["JPY"]);
    await api.store.rates.setCurrency("USD");
  });

  it("lists newest first, in pages, by every filter", async () => {
    const owner = await api.addAccount();
    const day = 24 * 60 * MINUTE_MS;
    const made = [0, 1, 2, 3, 4].map((index) =>
      record(owner.sid, {
        createdAtMs: START_MS + index * day,
        endedAtMs: START_MS + index * day + MINUTE_MS,
        status: index === 3 ? "busy" : "completed",
        to: index === 4 ? "+12025550188" : "+12025550199",
      }),
    );
    await api.store.callRecordSink.save(made);
    const { calls } = api.sdk(owner);
    const indexes = async (filter: object): Promise<number[]> =>
      (await calls.list(filter)).map((call) => made.findIndex((each) => each.sid === call.sid));
    expect(await indexes({ pageSize: 2 })).toEqual([4, 3, 2, 1, 0]);
    expect(await indexes({ status: "busy" })).toEqual([3]);
    expect(await indexes({ to: "+12025550188" })).toEqual([4]);
    expect(await indexes({ from: "+12025550100", pageSize: 1 })).toEqual([4, 3, 2, 1, 0]);
    expect(await indexes({ startTimeAfter: new Date(START_MS + 3 * day) })).toEqual([4, 3]);
    expect(await indexes({ startTimeBefore: new Date(START_MS + day) })).toEqual([1, 0]);
    expect(
      await indexes({ startTimeAfter: new Date(START_MS + day), startTimeBefore: new Date(START_MS + 2 * day) }),
    ).toEqual([2, 1]);
    expect(await indexes({ endTimeAfter: new Date(START_MS + 4 * day) })).toEqual([4]);
    expect(await indexes({ parentCallSid: `CA${"0".repeat(32)}` })).toEqual([]);
    const byDay = await api.request("GET", `/2010-04-01/Accounts/${owner.sid}/Calls?StartTime=2026-03-03`, {
      as: owner,
    });
    expect((byDay.body["calls"] as { sid: string }[]).map((call) => call.sid)).toEqual([made[2]?.sid]);
  });

  it("§1.6: pages lead forwards and back, and repeat the filters", async () => {
    const owner = await api.addAccount();
    await api.store.callRecordSink.save([1, 2, 3].map((n) => record(owner.sid, { createdAtMs: START_MS + n })));
    const first = await api.sdk(owner).calls.page({ from: "+12025550100", pageSize: 2 });
    const second = await first.nextPage();
    expect([first.instances.length, second?.instances.length]).toEqual([2, 1]);
    expect(second?.nextPageUrl).toBeUndefined();
    const back = await second?.previousPage();
    expect(back?.instances.map((call) => call.sid)).toEqual(first.instances.map((call) => call.sid));
    const raw = await api.request(
      "GET",
      `/2010-04-01/Accounts/${owner.sid}/Calls.json?From=%2B12025550100&PageSize=2`,
      { as: owner },
    );
    expect(raw.body["next_page_uri"]).toMatch(/\?From=%2B12025550100&PageSize=2&Page=1&PageToken=PA/);
    expect(raw.body).toMatchObject({ start: 0, end: 1, page: 0, page_size: 2, previous_page_uri: null });
  });

  it("§4.1: Status=completed ends a live call, canceled only an unanswered one, and an ended one is 21220", async () => {
    const { calls } = api.sdk();
    const running = (status: LiveCall["status"]): LiveCall => ({
      sid: mintSid("CA", randomHex(16)),
      accountSid: api.account.sid,
      trunkSid: `TK${"c".repeat(32)}`,
      direction: "trunking-originating",
      from: "+12025550100",
      to: "+12025550111",
      status,
      startedAtMs: START_MS,
      answeredAtMs: status === "ringing" ? null : START_MS + 1,
    });
    const [ringing, answered] = [running("ringing"), running("in-progress")];
    live.push(ringing, answered);
    expect(await calls(answered.sid).fetch()).toMatchObject({ status: "in-progress", endTime: null, duration: null });
    expect((await refusal(calls(answered.sid).update({ status: "canceled" }))).gist).toBe("400 21220");
    await calls(answered.sid).update({ status: "completed" });
    await calls(ringing.sid).update({ status: "canceled" });
    expect(live).toEqual([]);
    const ended = record(api.account.sid, {});
    await api.store.callRecordSink.save([ended]);
    expect((await refusal(calls(ended.sid).update({ status: "completed" }))).gist).toBe("400 21220");
  });
});

it.skipIf(twilioAbsent)(`API-3: every answer above agrees with Twilio's documents ${twilioAbsent ?? ""}`, () => {
  expect(api.complaints).toEqual([]);
  expect(api.failures).toEqual([]);
});
