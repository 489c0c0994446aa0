import { mintSid } from "@trunkline/trunking";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OPERATOR, openTestApi, type RawOptions, randomHex, type TestAccount, type TestApi } from "./api.fixture.ts";

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(async () => {
  await api.close();
});

const own = "/trunkline/v1";
const acting = (account: TestAccount): RawOptions => ({
  as: OPERATOR,
  headers: { "x-trunkline-account": account.sid },
});
const newTrunk = async (as: TestAccount = api.account): Promise<string> =>
  (await api.sdk(as).trunking.v1.trunks.create()).sid;

describe("LIM-1: limits by the SID of their owner", () => {
  it("an account limits its trunks, credentials and addresses, sees them in its list and takes them off", async () => {
    const owner = await api.addAccount();
    const client = api.sdk(owner);
    const trunk = await newTrunk(owner);
    const list = await client.sip.credentialLists.create({ friendlyName: "users" });
    const user = await client.sip
      .credentialLists(list.sid)
      .credentials.create({ username: "pbx", password: "Correct-Horse-42" });
    const acl = await client.sip.ipAccessControlLists.create({ friendlyName: "office" });
    const address = await client.sip
      .ipAccessControlLists(acl.sid)
      .ipAddresses.create({ friendlyName: "pbx", ipAddress: "192.0.2.1" });
    const owners = [trunk, user.sid, address.sid];
    for (const OwnerSid of owners) {
      const form = { OwnerSid, MaxCps: "0.5", Burst: "3" };
      const { status, body } = await api.request("POST", `${own}/Limits`, { as: owner, form });
      expect([status, body]).toMatchObject([
        201,
        { owner_sid: OwnerSid, max_cps: 0.5, burst: 3, max_concurrent_calls: null },
      ]);
    }
    const listed = await api.request("GET", `${own}/Limits?PageSize=2`, { as: owner });
    const more = await api.request("GET", nextOf(listed.body), { as: owner });
    const found = [listed, more].flatMap(({ body }) => body["limits"] as { owner_sid: string }[]);
    expect(found.map((limit) => limit.owner_sid)).toEqual([...owners].sort());
    const path = `${own}/Limits/${trunk}`;
    const changed = await api.request("POST", path, { as: owner, form: { MaxConcurrentCalls: "7", MaxCps: "" } });
    expect(changed.body).toMatchObject({ max_cps: null, burst: 3, max_concurrent_calls: 7 });
    const settings = await api.request("GET", `${own}/Trunks/${trunk}`, { as: owner });
    expect(settings.body).toMatchObject({ max_cps: null, max_concurrent_calls: 7 });
    const replaced = await api.request("POST", `${own}/Limits`, { as: owner, form: { OwnerSid: trunk, MaxCps: "2" } });
    expect(replaced.body).toMatchObject({ max_cps: 2, burst: null, max_concurrent_calls: null });
    expect((await api.request("DELETE", path, { as: owner })).status).toBe(204);
    expect((await api.request("DELETE", path, { as: owner })).status).toBe(404);
  });

  it("the pool of an account and a carrier's limit are the operator's to set; the account sees its own", async () => {
    const owner = await api.addAccount();
    const form = { OwnerSid: owner.sid, MaxCps: "10" };
    expect((await api.request("POST", `${own}/Limits`, { as: owner, form })).body).toMatchObject({ code: 20003 });
    expect((await api.request("POST", `${own}/Limits`, { as: OPERATOR, form })).status).toBe(201);
    const path = `${own}/Limits/${owner.sid}`;
    expect((await api.request("GET", path, { as: owner })).body).toMatchObject({ max_cps: 10 });
    expect((await api.request("POST", path, { as: owner, form: { MaxCps: "1000" } })).status).toBe(403);
    expect((await api.request("DELETE", path, { as: owner })).status).toBe(403);
    const carrier = await api.request("POST", `${own}/Carriers`, { as: OPERATOR, form: { FriendlyName: "limited" } });
    const carrierForm = { OwnerSid: String(carrier.body["sid"]), MaxConcurrentCalls: "30" };
    expect((await api.request("POST", `${own}/Limits`, { as: OPERATOR, form: carrierForm })).status).toBe(201);
    expect((await api.request("POST", `${own}/Limits`, { as: owner, form: carrierForm })).status).toBe(400);
    const shown = await api.request("GET", `${own}/Carriers/${carrierForm.OwnerSid}`, { as: OPERATOR });
    expect(shown.body).toMatchObject({ max_channels: 30 });
    const all = await api.request("GET", `${own}/Limits?PageSize=1000`, { as: OPERATOR });
    const sids = (all.body["limits"] as { owner_sid: string }[]).map((limit) => limit.owner_sid);
    expect(sids).toEqual(expect.arrayContaining([owner.sid, carrierForm.OwnerSid]));
    const one = await api.request("GET", `${own}/Limits`, acting(owner));
    expect(one.body["limits"]).toMatchObject([{ owner_sid: owner.sid }]);
  });

  it("another account's trunk looks like one that is not there", async () => {
    const stranger = await api.addAccount();
    const foreign = await newTrunk(stranger);
    await api.request("POST", `${own}/Limits`, { as: stranger, form: { OwnerSid: foreign, MaxCps: "1" } });
    const unknown = mintSid("TK", randomHex(16));
    for (const OwnerSid of [foreign, unknown]) {
      const { body } = await api.request("POST", `${own}/Limits`, { form: { OwnerSid, MaxCps: "1" } });
      expect(body["message"]).toBe(`OwnerSid: there is no trunk ${OwnerSid} here.`);
      for (const method of ["GET", "POST", "DELETE"])
        expect((await api.request(method, `${own}/Limits/${OwnerSid}`)).status).toBe(404);
    }
    expect(await api.store.callLimits.fetch(foreign)).toMatchObject({ maxCps: 1 });
  });

  const refused: [form: Record<string, string>, says: RegExp][] = [
    [{}, /^Missing required parameter OwnerSid/],
    [
      { OwnerSid: `CA${"0".repeat(32)}` },
      /^OwnerSid must be the SID of an account, trunk, credential, address or carrier/,
    ],
    [{ OwnerSid: "TK' or 1=1" }, /^OwnerSid must be/],
    [{ OwnerSid: `TK${"0".repeat(32)}`, MaxCps: "-1" }, /^MaxCps must be a number from 0.001/],
    [{ OwnerSid: `TK${"0".repeat(32)}`, Burst: "0" }, /^Burst must be a whole number from 1/],
    [{ OwnerSid: `TK${"0".repeat(32)}`, MaxConcurrentCalls: "1.5" }, /^MaxConcurrentCalls must be a whole number/],
  ];
  it.each(refused)("%j is refused and said", async (form, says) => {
    const { status, body } = await api.request("POST", `${own}/Limits`, { form });
    expect([status, body["message"]]).toEqual([400, expect.stringMatching(says)]);
  });
});

describe("ACC-5: settings of an account", () => {
  it("have defaults, are changed one by one, and are each account's own", async () => {
    const owner = await api.addAccount();
    const path = `${own}/AccountSettings`;
    expect((await api.request("GET", path, { as: owner })).body).toEqual({
      account_sid: owner.sid,
      home_country: "US",
      max_call_duration: 14_400,
      deprecated_tls_allowed: false,
      dialing_permissions_inherited: true,
      recording_public_key_sid: null,
      media_auth_required: true,
      second_factor_required: false,
      url: `${api.origin}${path}`,
    });
    await api.request("POST", path, { as: owner, form: { HomeCountry: "jp" } });
    const form = { MaxCallDuration: "86400", DeprecatedTlsAllowed: "true", DialingPermissionsInherited: "false" };
    const changed = { home_country: "JP", max_call_duration: 86_400, deprecated_tls_allowed: true };
    expect((await api.request("POST", path, { as: owner, form })).body).toMatchObject(changed);
    expect((await api.request("GET", path, acting(owner))).body).toMatchObject(changed);
    expect((await api.request("GET", path)).body).toMatchObject({ home_country: "US" });
    expect((await api.request("GET", path, { as: OPERATOR })).body).toMatchObject({ code: 21470 });
  });

  const refused: [form: Record<string, string>, says: RegExp][] = [
    [{ HomeCountry: "Japan" }, /^HomeCountry must be the two letters of a country/],
    [{ HomeCountry: "QQ" }, /^HomeCountry: "QQ" is no country with telephone numbers/],
    [{ MaxCallDuration: "86401" }, /^MaxCallDuration must be a whole number from 1 to 86400/],
    [{ DeprecatedTlsAllowed: "1" }, /^DeprecatedTlsAllowed must be true or false/],
  ];
  it.each(refused)("%j is refused and said", async (form, says) => {
    const { status, body } = await api.request("POST", `${own}/AccountSettings`, { form });
    expect([status, body["message"]]).toEqual([400, expect.stringMatching(says)]);
  });
});

describe("ACC-1, ACC-2: type and status of an account", () => {
  const change = (sid: string, form: Record<string, string>, as: TestAccount) =>
    api.request("POST", `/2010-04-01/Accounts/${sid}.json`, { as, form });

  it("the operator makes trials and upgrades them, subaccounts included; nobody else does", async () => {
    const form = { FriendlyName: "new customer", Type: "Trial" };
    const made = await api.request("POST", "/2010-04-01/Accounts.json", { as: OPERATOR, form });
    expect(made.body).toMatchObject({ type: "Trial", friendly_name: "new customer" });
    const trial = { sid: String(made.body["sid"]), token: String(made.body["auth_token"]) };
    const child = await api.request("POST", "/2010-04-01/Accounts.json", { as: trial, form: {} });
    const childSid = String(child.body["sid"]);
    expect(child.body).toMatchObject({ type: "Trial", owner_account_sid: trial.sid });
    expect((await change(trial.sid, { Type: "Full" }, trial)).body).toMatchObject({ status: 403, code: 20003 });
    expect((await change(childSid, { Type: "Full" }, trial)).body).toMatchObject({ status: 403, code: 20003 });
    expect((await change(childSid, { Type: "Full" }, OPERATOR)).body["message"]).toMatch(/^Type: a subaccount has/);
    expect((await change(trial.sid, { Type: "Full" }, OPERATOR)).body).toMatchObject({ type: "Full" });
    expect(await api.store.accounts.fetch(childSid)).toMatchObject({ type: "Full" });
    const another = await api.request("POST", "/2010-04-01/Accounts.json", { as: trial, form: { Type: "Full" } });
    expect(another.status).toBe(403);
    const below = await api.request("POST", "/2010-04-01/Accounts.json", acting(trial));
    expect(below.body).toMatchObject({ owner_account_sid: trial.sid, type: "Full" });
  });

  it("the operator suspends an account, and lets it in again", async () => {
    const owner = await api.addAccount();
    expect((await change(owner.sid, { Status: "suspended" }, OPERATOR)).body).toMatchObject({ status: "suspended" });
    expect((await api.request("GET", "/v1/Trunks", { as: owner })).body).toMatchObject({ code: 20005 });
    await change(owner.sid, { Status: "active" }, OPERATOR);
    expect((await api.request("GET", "/v1/Trunks", { as: owner })).status).toBe(200);
    expect((await change(owner.sid, { Status: "gone" }, OPERATOR)).body).toMatchObject({ code: 21475 });
  });
});

describe("interface §3: what Twilio's API lacks of a trunk", () => {
  const path = (sid: string) => `${own}/Trunks/${sid}`;

  it("limits, credentials towards the PBX and TLS are set, shown and cleared; the password is never shown", async () => {
    const sid = await newTrunk();
    expect((await api.request("GET", path(sid))).body).toMatchObject({
      max_cps: null,
      max_concurrent_calls: null,
      username: null,
      probe_interval: null,
      client_certificate: false,
      own_certificate: false,
      client_names: [],
    });
    const form = {
      MaxCps: "1.5",
      MaxConcurrentCalls: "4",
      Username: "us",
      Password: "Correct-Horse-42",
      ProbeInterval: "15",
      ClientCertificate: "true",
      OwnCertificate: "true",
      ClientNames: "PBX.example.com, sbc.example.com",
    };
    const shown = {
      max_cps: 1.5,
      max_concurrent_calls: 4,
      username: "us",
      probe_interval: 15,
      client_certificate: true,
      own_certificate: true,
      client_names: ["pbx.example.com", "sbc.example.com"],
    };
    const answer = await api.request("POST", path(sid), { form });
    expect(answer.body).toMatchObject(shown);
    expect(JSON.stringify(answer.body)).not.toContain("Horse");
    const list = await api.request("GET", `${own}/Trunks?PageSize=1000`);
    expect((list.body["trunks"] as { sid: string }[]).find((trunk) => trunk.sid === sid)).toMatchObject(shown);
    const cleared = await api.request("POST", path(sid), {
      form: "MaxCps=&MaxConcurrentCalls=&Username=&ProbeInterval=&ClientNames=&OwnCertificate=false",
    });
    expect(cleared.body).toMatchObject({
      max_cps: null,
      max_concurrent_calls: null,
      username: null,
      probe_interval: null,
      client_names: [],
      own_certificate: false,
      client_certificate: true,
    });
  });

  const refused: [form: Record<string, string>, says: RegExp][] = [
    [{ MaxCps: "0" }, /^MaxCps must be a number from 0.001/],
    [{ ClientNames: "*.example.com" }, /^ClientNames must be up to 20 host names/],
    [{ ClientNames: "a..b" }, /^ClientNames must/],
    [{ Username: "us" }, /^Username and Password go together/],
    [{ RegistrarUrl: "sip:x", ProbeInterval: "3601" }, /^ProbeInterval must be a whole number from 10 to 3600/],
  ];
  it.each(refused)("%j is refused and said", async (form, says) => {
    const { status, body } = await api.request("POST", path(await newTrunk()), { form });
    expect([status, body["message"]]).toEqual([400, expect.stringMatching(says)]);
  });

  it("another account's trunk is not there", async () => {
    const sid = await newTrunk();
    const as = await api.addAccount();
    expect((await api.request("POST", path(sid), { as, form: { OwnCertificate: "true" } })).status).toBe(404);
    expect(await api.store.trunkTls.fetch(sid)).toBeUndefined();
  });
});

it("every answer above agrees with the documents", () => {
  expect(api.complaints).toEqual([]);
  expect(api.failures).toEqual([]);
});

function nextOf(body: Record<string, unknown>): string {
  const { next_page_url: next } = body["meta"] as { next_page_url: string | null };
  if (next === null) throw new Error("there is no next page");
  return next.slice(api.origin.length);
}
