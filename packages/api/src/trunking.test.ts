import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestApi, refusal, type TestApi, twilioAbsent, ZONE } from "./api.fixture.ts";

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(async () => {
  await api.close();
});

const domain = (name: string): string => `${name}.pstn.${ZONE}`;
const urlFields = {
  weight: 10,
  priority: 1,
  enabled: true,
  friendlyName: "pbx",
  sipUrl: "sip:pbx.example.com:5060;transport=tcp",
};

describe("Trunks by the SDK (contract §2, TRK-1)", () => {
  it("§2.1: a trunk made of nothing has the documented defaults", async () => {
    const trunk = await api.sdk().trunking.v1.trunks.create();
    expect(trunk).toMatchObject({
      accountSid: api.account.sid,
      friendlyName: null,
      domainName: null,
      disasterRecoveryUrl: null,
      secure: false,
      cnamLookupEnabled: false,
      symmetricRtpEnabled: false,
      recording: { mode: "do-not-record", trim: "do-not-trim" },
      transferMode: "disable-all",
      transferCallerId: "from-transferee",
      authType: "",
      authTypeSet: [],
    });
    expect(trunk.sid).toMatch(/^TK[0-9a-f]{32}$/);
    expect(trunk.url).toBe(`${api.origin}/v1/Trunks/${trunk.sid}`);
    expect(trunk.dateCreated.getTime()).toBeGreaterThan(Date.now() - 60_000);
  });

  it("§2: every parameter is kept, read, changed and cleared; the trunk can be deleted", async () => {
    const { trunks } = api.sdk().trunking.v1;
    const made = await trunks.create({
      friendlyName: "東京オフィス",
      domainName: domain("Tokyo").toUpperCase(),
      disasterRecoveryUrl: "https://example.com/dr",
      transferMode: "sip-only",
      transferCallerId: "from-transferor",
      secure: true,
      cnamLookupEnabled: true,
    });
    expect(made).toMatchObject({ domainName: domain("tokyo"), disasterRecoveryMethod: "POST", secure: true });
    const read = await trunks(made.sid).fetch();
    expect(read).toMatchObject({
      friendlyName: "東京オフィス",
      transferMode: "sip-only",
      transferCallerId: "from-transferor",
    });
    const changed = await trunks(made.sid).update({ friendlyName: "Tokyo", secure: false, disasterRecoveryUrl: "" });
    expect(changed).toMatchObject({
      friendlyName: "Tokyo",
      secure: false,
      disasterRecoveryUrl: null,
      cnamLookupEnabled: true,
    });
    expect(await trunks(made.sid).remove()).toBe(true);
    expect((await refusal(trunks(made.sid).fetch())).gist).toBe("404 20404");
  });

  it("§2.1: a disaster recovery URL is called with POST, set at first or later, until another method is said", async () => {
    const { trunks } = api.sdk().trunking.v1;
    const { sid, disasterRecoveryMethod } = await trunks.create();
    expect(disasterRecoveryMethod).toBeNull();
    const disasterRecoveryUrl = "https://example.com/dr";
    expect(await trunks(sid).update({ disasterRecoveryUrl })).toMatchObject({ disasterRecoveryMethod: "POST" });
    await trunks(sid).update({ disasterRecoveryMethod: "GET" });
    expect(await trunks(sid).update({ disasterRecoveryUrl })).toMatchObject({ disasterRecoveryMethod: "GET" });
  });

  it("§4.1: a domain name of one's own is 21245, a stranger's 21248, and a free one comes back after deletion", async () => {
    const { trunks } = api.sdk().trunking.v1;
    const first = await trunks.create({ domainName: domain("osaka") });
    expect((await refusal(trunks.create({ domainName: domain("osaka") }))).gist).toBe("400 21245");
    const stranger = api.sdk(await api.addAccount()).trunking.v1.trunks;
    expect((await refusal(stranger.create({ domainName: domain("osaka") }))).gist).toBe("400 21248");
    expect((await refusal(trunks.create({ domainName: "osaka.pstn.twilio.com" }))).gist).toBe("400 21245");
    expect((await refusal(trunks.create({ domainName: domain(`AC${"a".repeat(32)}`) }))).gist).toBe("400 21245");
    await trunks(first.sid).remove();
    expect((await trunks.create({ domainName: domain("osaka") })).domainName).toBe(domain("osaka"));
  });

  it("TRK-2: a sub-domain needs its parent in the same or the parent account, and holds it (21247)", async () => {
    const { trunks } = api.sdk().trunking.v1;
    expect((await refusal(trunks.create({ domainName: domain("a.nobody") }))).gist).toBe("400 21247");
    const above = await trunks.create({ domainName: domain("above") });
    const below = await trunks.create({ domainName: domain("a.above") });
    expect((await refusal(trunks(above.sid).remove())).gist).toBe("400 21247");
    expect((await refusal(trunks(above.sid).update({ domainName: domain("other") }))).gist).toBe("400 21247");
    const stranger = api.sdk(await api.addAccount()).trunking.v1.trunks;
    expect((await refusal(stranger.create({ domainName: domain("b.above") }))).gist).toBe("400 21247");
    const child = api.sdk(await api.addAccount({ parentSid: api.account.sid })).trunking.v1.trunks;
    const theirs = await child.create({ domainName: domain("b.above") });
    await child(theirs.sid).remove();
    await trunks(below.sid).remove();
    expect(await trunks(above.sid).remove()).toBe(true);
  });

  it("§4.1: the 101st trunk is refused with 21244", async () => {
    const owner = await api.addAccount();
    const { trunks } = api.sdk(owner).trunking.v1;
    for (let batch = 0; batch < 10; batch++) await Promise.all(Array.from({ length: 10 }, () => trunks.create()));
    const { gist, message } = await refusal(trunks.create());
    expect(gist).toBe("400 21244");
    expect(message).toMatch(/^This account has 100 trunks/);
    const paged = await trunks.list({ pageSize: 30 });
    expect(new Set(paged.map((trunk) => trunk.sid)).size).toBe(100);
  });
});

it("ACC-2: a trial has one trunk and one number, and the operator's upgrade lifts that at once", async () => {
  const trial = await api.addAccount({ type: "Trial" });
  await api.stock("+12025550171", "+12025550172");
  const { trunking, incomingPhoneNumbers } = api.sdk(trial);
  const { trunks } = trunking.v1;
  await trunks.create();
  await incomingPhoneNumbers.create({ phoneNumber: "+12025550171" });
  const trunk = await refusal(trunks.create());
  expect([trunk.gist, trunk.message]).toEqual([
    "400 21244",
    expect.stringMatching(/^A trial account has at most 1 trunk/),
  ]);
  const number = await refusal(incomingPhoneNumbers.create({ phoneNumber: "+12025550172" }));
  expect([number.gist, number.message]).toEqual([
    "400 21404",
    expect.stringMatching(/^A trial account has at most 1 number/),
  ]);
  await api.store.accounts.update(trial.sid, { type: "Full" });
  await trunks.create();
  await incomingPhoneNumbers.create({ phoneNumber: "+12025550172" });
});

describe("origination URLs by the SDK (contract §2, ORIG-1)", () => {
  it("§2: the five fields are kept and changed one by one", async () => {
    const { trunks } = api.sdk().trunking.v1;
    const trunk = await trunks.create();
    const urls = trunks(trunk.sid).originationUrls;
    const made = await urls.create(urlFields);
    expect(made).toMatchObject({ ...urlFields, trunkSid: trunk.sid, accountSid: api.account.sid });
    expect(made.url).toBe(`${api.origin}/v1/Trunks/${trunk.sid}/OriginationUrls/${made.sid}`);
    expect(await urls(made.sid).update({ enabled: false, weight: 65_535 })).toMatchObject({
      enabled: false,
      weight: 65_535,
      priority: 1,
    });
    expect((await urls.list()).map((url) => url.sid)).toEqual([made.sid]);
    expect(await urls(made.sid).remove()).toBe(true);
    expect((await refusal(urls(made.sid).fetch())).gist).toBe("404 20404");
  });

  const refused: [what: string, change: object, gist: string, says: RegExp][] = [
    ["sips:", { sipUrl: "sips:pbx.example.com" }, "400 21245", /SipUrl: .*transport=tls/],
    ["another scheme", { sipUrl: "http://pbx.example.com" }, "400 21245", /must begin with "sip:"/],
    ["a weight of 0", { weight: 0 }, "400 20422", /Weight must be a whole number from 1 to 65535, not "0"/],
    ["a priority beyond 16 bits", { priority: 65_536 }, "400 20422", /Priority must be a whole number from 0 to 65535/],
    ["a name of 65 characters", { friendlyName: "x".repeat(65) }, "400 20002", /FriendlyName must be text of 1 to 64/],
  ];
  it.each(refused)("§2: %s is refused and said", async (_what, change, gist, says) => {
    const { trunks } = api.sdk().trunking.v1;
    const trunk = await trunks.create();
    const refusedWith = await refusal(trunks(trunk.sid).originationUrls.create({ ...urlFields, ...change }));
    expect(refusedWith.gist).toBe(gist);
    expect(refusedWith.message).toMatch(says);
  });

  it("§4.1: the eleventh is refused with 21249", async () => {
    const { trunks } = api.sdk().trunking.v1;
    const urls = trunks((await trunks.create()).sid).originationUrls;
    for (let made = 0; made < 10; made++) await urls.create(urlFields);
    expect((await refusal(urls.create(urlFields))).gist).toBe("400 21249");
  });
});

describe("what hangs on a trunk, by the SDK (contract §2.2)", () => {
  it("lists are associated once, show in auth_type and cannot be deleted meanwhile", async () => {
    const client = api.sdk();
    const trunk = await client.trunking.v1.trunks.create();
    const onTrunk = client.trunking.v1.trunks(trunk.sid);
    const credentialList = await client.sip.credentialLists.create({ friendlyName: "phones" });
    const acl = await client.sip.ipAccessControlLists.create({ friendlyName: "offices" });
    const association = await onTrunk.credentialsLists.create({ credentialListSid: credentialList.sid });
    expect(association).toMatchObject({ sid: credentialList.sid, trunkSid: trunk.sid, friendlyName: "phones" });
    await onTrunk.ipAccessControlLists.create({ ipAccessControlListSid: acl.sid });
    expect((await refusal(onTrunk.credentialsLists.create({ credentialListSid: credentialList.sid }))).gist).toBe(
      "400 21245",
    );
    expect((await onTrunk.fetch()).authTypeSet).toEqual(["IP_ACL", "CREDENTIAL_LIST"]);
    expect((await onTrunk.fetch()).authType).toBe("IP_ACL,CREDENTIAL_LIST");
    expect((await refusal(client.sip.credentialLists(credentialList.sid).remove())).gist).toBe("400 21241");
    expect((await refusal(client.sip.ipAccessControlLists(acl.sid).remove())).gist).toBe("400 21236");
    expect((await onTrunk.ipAccessControlLists.list()).map((list) => list.sid)).toEqual([acl.sid]);
    await onTrunk.credentialsLists(credentialList.sid).remove();
    await onTrunk.ipAccessControlLists(acl.sid).remove();
    expect((await onTrunk.fetch()).authType).toBe("");
    expect(await client.sip.credentialLists(credentialList.sid).remove()).toBe(true);
  });

  it("another account's list looks like none", async () => {
    const foreign = await api.sdk(await api.addAccount()).sip.credentialLists.create({ friendlyName: "theirs" });
    const { trunks } = api.sdk().trunking.v1;
    const trunk = await trunks.create();
    const refused = await refusal(trunks(trunk.sid).credentialsLists.create({ credentialListSid: foreign.sid }));
    expect(refused.gist).toBe("400 21245");
    expect(refused.message).not.toContain("theirs");
  });

  it("NUM-2: a number moves to the trunk, and a deleted trunk releases none (TRK-3)", async () => {
    const client = api.sdk();
    const { trunks } = client.trunking.v1;
    await api.stock("+12025550111");
    const number = await client.incomingPhoneNumbers.create({ phoneNumber: "+12025550111" });
    const [one, two] = [await trunks.create(), await trunks.create()];
    await trunks(one.sid).phoneNumbers.create({ phoneNumberSid: number.sid });
    const moved = await trunks(two.sid).phoneNumbers.create({ phoneNumberSid: number.sid });
    expect(moved).toMatchObject({ sid: number.sid, trunkSid: two.sid, phoneNumber: "+12025550111" });
    expect(moved.links["phone_number"]).toBe(
      `${api.origin}/2010-04-01/Accounts/${api.account.sid}/IncomingPhoneNumbers/${number.sid}`,
    );
    expect(await trunks(one.sid).phoneNumbers.list()).toEqual([]);
    expect((await refusal(trunks(one.sid).phoneNumbers(number.sid).fetch())).gist).toBe("404 20404");
    await trunks(two.sid).remove();
    expect(await client.incomingPhoneNumbers(number.sid).fetch()).toMatchObject({ trunkSid: null });
  });

  it("§2.2: the recording settings are one object without a SID", async () => {
    const { trunks } = api.sdk().trunking.v1;
    const trunk = await trunks.create();
    const recording = trunks(trunk.sid).recordings();
    expect(await recording.fetch()).toMatchObject({ mode: "do-not-record", trim: "do-not-trim" });
    expect(await recording.update({ mode: "record-from-answer-dual", trim: "trim-silence" })).toMatchObject({
      mode: "record-from-answer-dual",
    });
    expect((await trunks(trunk.sid).fetch()).recording).toEqual({
      mode: "record-from-answer-dual",
      trim: "trim-silence",
    });
  });
});

it.skipIf(twilioAbsent)(`API-3: every answer above agrees with Twilio's documents ${twilioAbsent ?? ""}`, () => {
  expect(api.complaints).toEqual([]);
  expect(api.failures).toEqual([]);
});
