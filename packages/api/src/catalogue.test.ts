import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestApi, refusal, type TestApi, twilioAbsent } from "./api.fixture.ts";

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
  await api.stock("+12025550161", "+12025550162");
});
afterAll(async () => {
  await api.close();
});

const LONG = "x".repeat(10_000);
const URL_OF = (what: string) => `https://example.com/${what}`;

describe("API-1: Applications by the SDK (contract §3.1)", () => {
  it("are created with every parameter, changed, found by name and deleted", async () => {
    const { applications } = api.sdk();
    const fields = {
      friendlyName: "Reception",
      apiVersion: "2008-08-01",
      voiceUrl: URL_OF("voice"),
      voiceMethod: "GET",
      voiceFallbackUrl: URL_OF("fallback"),
      voiceFallbackMethod: "GET",
      voiceCallerIdLookup: true,
      statusCallback: URL_OF("status"),
      statusCallbackMethod: "GET",
      smsUrl: URL_OF("sms"),
      smsMethod: "GET",
      smsFallbackUrl: URL_OF("sms-fallback"),
      smsFallbackMethod: "GET",
      smsStatusCallback: URL_OF("sms-status"),
      messageStatusCallback: URL_OF("message-status"),
      publicApplicationConnectEnabled: true,
    };
    const made = await applications.create(fields);
    expect(made).toMatchObject({ ...fields, accountSid: api.account.sid, sid: expect.stringMatching(/^AP/) });
    const { uri } = await applications(made.sid).fetch();
    expect(uri).toBe(`/2010-04-01/Accounts/${api.account.sid}/Applications/${made.sid}.json`);
    const changed = await applications(made.sid).update({ friendlyName: "Sales", voiceUrl: "", voiceMethod: "POST" });
    expect(changed).toMatchObject({
      friendlyName: "Sales",
      voiceUrl: null,
      voiceMethod: "POST",
      smsUrl: fields.smsUrl,
    });
    expect((await applications.list({ friendlyName: "Sales" })).map(({ sid }) => sid)).toEqual([made.sid]);
    expect(await applications.list({ friendlyName: "Reception" })).toEqual([]);
    expect(await applications(made.sid).remove()).toBe(true);
    expect((await refusal(applications(made.sid).fetch())).gist).toBe("404 20404");
  });

  it("have Twilio's defaults", async () => {
    expect(await api.sdk().applications.create()).toMatchObject({
      apiVersion: "2010-04-01",
      voiceUrl: null,
      voiceMethod: "POST",
      smsMethod: "POST",
      voiceCallerIdLookup: false,
      publicApplicationConnectEnabled: false,
    });
  });

  const refused: [what: string, form: Record<string, string>, gist: string][] = [
    ["a long name", { FriendlyName: "x".repeat(65) }, "400 20002"],
    ["a name with NUL", { FriendlyName: "a\0b" }, "400 20002"],
    ["an empty name", { FriendlyName: "" }, "400 20002"],
    ["a URL of another scheme", { VoiceUrl: "javascript:alert(1)" }, "400 21402"],
    ["a URL of 10 kB", { SmsUrl: `https://example.com/${LONG}` }, "400 21402"],
    ["a method that is none", { VoiceMethod: "DELETE" }, "400 21403"],
    ["a version that is none", { ApiVersion: "2099-01-01" }, "400 20422"],
    ["a flag that is none", { VoiceCallerIdLookup: "maybe" }, "400 20422"],
  ];
  it.each(refused)("%s is refused", async (_what, form, gist) => {
    const path = `/2010-04-01/Accounts/${api.account.sid}/Applications.json`;
    const { status, body } = await api.request("POST", path, { form });
    expect(`${status} ${body["code"]}`).toBe(gist);
  });

  it("NUM-2: a number refers to one that exists, and loses it with it", async () => {
    const client = api.sdk();
    const { sid: voiceApplicationSid } = await client.applications.create();
    const foreign = await api.sdk(await api.addAccount()).applications.create();
    const { incomingPhoneNumbers } = client;
    const number = await incomingPhoneNumbers.create({ phoneNumber: "+12025550161", voiceApplicationSid });
    expect(number.voiceApplicationSid).toBe(voiceApplicationSid);
    const steal = incomingPhoneNumbers(number.sid).update({ voiceApplicationSid: foreign.sid });
    expect((await refusal(steal)).gist).toBe("400 21420");
    const stealSms = incomingPhoneNumbers(number.sid).update({ smsApplicationSid: foreign.sid });
    expect((await refusal(stealSms)).gist).toBe("400 21420");
    expect((await refusal(client.applications(foreign.sid).remove())).gist).toBe("404 20404");
    await client.applications(voiceApplicationSid).remove();
    expect((await incomingPhoneNumbers(number.sid).fetch()).voiceApplicationSid).toBeNull();
  });
});

describe("API-1: Addresses by the SDK (contract §3.1)", () => {
  const office = {
    customerName: "Umi Ltd",
    street: "1 Main St",
    city: "Springfield",
    region: "IL",
    postalCode: "62701",
    isoCountry: "US",
  };

  it("are created, changed, found and deleted; none is validated", async () => {
    const { addresses } = api.sdk();
    const made = await addresses.create({ ...office, isoCountry: "us", streetSecondary: "Floor 2" });
    expect(made).toMatchObject({ ...office, streetSecondary: "Floor 2", friendlyName: null, emergencyEnabled: false });
    expect([made.validated, made.verified]).toEqual([false, false]);
    const change = { friendlyName: "Office", emergencyEnabled: true, autoCorrectAddress: false };
    const changed = await addresses(made.sid).update({ ...change, streetSecondary: "" });
    expect(changed).toMatchObject({ friendlyName: "Office", emergencyEnabled: true, streetSecondary: null });
    const sids = async (filter: object) => (await addresses.list(filter)).map(({ sid }) => sid);
    expect(await sids({ isoCountry: "us", customerName: "Umi Ltd", friendlyName: "Office" })).toEqual([made.sid]);
    expect(await sids({ emergencyEnabled: false })).toEqual([]);
    expect(await addresses(made.sid).dependentPhoneNumbers.list()).toEqual([]);
    const stranger = api.sdk(await api.addAccount()).addresses(made.sid);
    expect((await refusal(stranger.fetch())).gist).toBe("404 20404");
    expect((await refusal(stranger.dependentPhoneNumbers.list())).gist).toBe("404 20404");
    expect(await addresses(made.sid).remove()).toBe(true);
  });

  it("one that a number has tells which, and stays", async () => {
    const client = api.sdk();
    const { sid: addressSid } = await client.addresses.create(office);
    const number = await client.incomingPhoneNumbers.create({ phoneNumber: "+12025550162", addressSid });
    const [dependent] = await client.addresses(addressSid).dependentPhoneNumbers.list();
    expect(dependent).toMatchObject({
      sid: number.sid,
      phoneNumber: "+12025550162",
      friendlyName: number.friendlyName,
    });
    const { gist, message } = await refusal(client.addresses(addressSid).remove());
    expect([gist, message]).toEqual(["409 20409", expect.stringMatching(/DependentPhoneNumbers/)]);
    const foreign = await api.sdk(await api.addAccount()).addresses.create(office);
    const steal = client.incomingPhoneNumbers(number.sid).update({ addressSid: foreign.sid });
    expect((await refusal(steal)).gist).toBe("400 21628");
    await client.incomingPhoneNumbers(number.sid).update({ addressSid: "" });
    expect(await client.addresses(addressSid).remove()).toBe(true);
  });

  const refused: [what: string, fields: object, gist: string][] = [
    ["a country that is none", { isoCountry: "QQ" }, "400 21628"],
    ["networks of no country", { isoCountry: "XW" }, "400 21628"],
    ["a country's name", { isoCountry: "Germany" }, "400 21628"],
    ["a street of 10 kB", { street: LONG }, "400 21628"],
    ["a street with NUL", { street: "1\0 Main" }, "400 21628"],
    ["no city", { city: "" }, "400 21628"],
    ["a name beyond 64 bytes", { customerName: "海".repeat(22) }, "400 21628"],
    ["a long friendly name", { friendlyName: "x".repeat(65) }, "400 20002"],
  ];
  it.each(refused)("%s is refused", async (_what, fields, gist) => {
    expect((await refusal(api.sdk().addresses.create({ ...office, ...fields }))).gist).toBe(gist);
  });
});

describe("API-1: Balance by the SDK (contract §3.1)", () => {
  it("is no amount, since nothing is paid in advance; the currency is the installation's", async () => {
    const balance = await api.sdk().balance.fetch();
    expect([balance.accountSid, balance.balance, balance.currency]).toEqual([api.account.sid, null, "USD"]);
  });
});

describe("API-1: what there is none of, by the SDK (contract §3.1)", () => {
  it("lists are empty, members are not found", async () => {
    const client = api.sdk();
    expect(await client.transcriptions.list()).toEqual([]);
    expect(await client.sip.domains.list()).toEqual([]);
    expect((await refusal(client.transcriptions(`TR${"0".repeat(32)}`).fetch())).gist).toBe("404 20404");
    expect((await refusal(client.transcriptions(`TR${"0".repeat(32)}`).remove())).gist).toBe("404 20404");
    expect((await refusal(client.sip.domains(`SD${"0".repeat(32)}`).fetch())).gist).toBe("404 20404");
    const { gist, message } = await refusal(client.sip.domains.create({ domainName: "a.sip.example.com" }));
    expect([gist, message]).toEqual(["400 20010", expect.stringMatching(/Create a trunk with a DomainName/)]);
  });

  it("events of a call and what is made of a recording are its owner's to ask for", async () => {
    const [callSid, recordingSid] = [`CA${"b".repeat(32)}`, `RE${"b".repeat(32)}`];
    await keepRecordedCall(callSid, recordingSid);
    const client = api.sdk();
    expect(await client.calls(callSid).events.list()).toEqual([]);
    expect(await client.recordings(recordingSid).transcriptions.list()).toEqual([]);
    expect(await client.recordings(recordingSid).addOnResults.list()).toEqual([]);
    const stranger = api.sdk(await api.addAccount());
    expect((await refusal(stranger.calls(callSid).events.list())).gist).toBe("404 20404");
    expect((await refusal(stranger.recordings(recordingSid).transcriptions.list())).gist).toBe("404 20404");
    expect((await refusal(stranger.recordings(recordingSid).addOnResults.list())).gist).toBe("404 20404");
  });
});

it.skipIf(twilioAbsent !== undefined)("every answer fits Twilio's documents, and ours", () => {
  expect(api.complaints).toEqual([]);
  expect(api.failures).toEqual([]);
});

/** A call of the account that is over, and a recording of it that is finished. */
async function keepRecordedCall(callSid: string, recordingSid: string): Promise<void> {
  const startedAtMs = 1_795_000_000_000;
  const of = { accountSid: api.account.sid, callSid };
  await api.store.callRecordSink.save([
    {
      sid: callSid,
      revision: 1,
      accountSid: of.accountSid,
      trunkSid: `TK${"b".repeat(32)}`,
      direction: "trunking-terminating",
      from: "+12025550100",
      to: "+12025550199",
      callerName: null,
      phoneNumberSid: null,
      status: "completed",
      createdAtMs: startedAtMs,
      answeredAtMs: startedAtMs,
      endedAtMs: startedAtMs + 1_000,
      durationSec: 1,
      sipCallIdA: "a@pbx",
      sipCallIdB: null,
      source: "udp:203.0.113.7:5060",
      endedBy: "caller",
      sipStatus: 200,
      reason: "OK",
      errorCode: null,
      attempts: [],
      quality: [],
      recordings: [],
      trace: [],
    },
  ]);
  const file = { name: `${recordingSid}.wav`, bytes: 44, sha256: "ab".repeat(32), encryption: null };
  await api.store.recordingSink.save({
    ...of,
    sid: recordingSid,
    channels: 1,
    startedAtMs,
    durationMs: 1_000,
    state: "completed",
    why: null,
    errorCode: null,
    interrupted: false,
    file,
  });
}
