import { actingAsUser } from "@trunkline/store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OPERATOR, openTestApi, refusal, type TestAccount, type TestApi, twilioAbsent } from "./api.fixture.ts";

let api: TestApi;
let account: TestAccount;
beforeAll(async () => {
  api = await openTestApi();
  account = await api.addAccount();
});
afterAll(() => api.close());

type Shown = Readonly<Record<string, unknown>> & {
  readonly event_data: Record<string, { previous: unknown; updated: unknown }>;
};

async function eventsOf(query = "", as: TestAccount = account): Promise<readonly Shown[]> {
  const { status, body } = await api.request("GET", `/v1/Events?PageSize=1000&${query}`, { as });
  expect(status).toBe(200);
  return body["events"] as readonly Shown[];
}

describe("ACC-4: Monitor v1 Events by the SDK (contract §3.2, §4.1)", () => {
  it("tell who changed a trunk, when, from where, and what was there before", async () => {
    const sdk = api.sdk(account);
    const trunk = await sdk.trunking.v1.trunks.create({ friendlyName: "Office" });
    await sdk.trunking.v1.trunks(trunk.sid).update({ friendlyName: "Plant", secure: true });
    await sdk.trunking.v1.trunks(trunk.sid).recordings().update({ mode: "record-from-answer-dual" });
    await sdk.trunking.v1.trunks(trunk.sid).remove();
    const list = await sdk.monitor.v1.events.list({ resourceSid: trunk.sid });
    expect(list.map((event) => event.eventType)).toEqual([
      "trunk.deleted",
      "trunk.updated",
      "trunk.updated",
      "trunk.created",
    ]);
    const sid = list[2]?.sid ?? "";
    const event = await sdk.monitor.v1.events(sid).fetch();
    expect(event).toMatchObject({
      sid: expect.stringMatching(/^AE[0-9a-f]{32}$/),
      accountSid: account.sid,
      actorSid: account.sid,
      actorType: "account",
      description: `Trunk ${trunk.sid} updated: friendly_name, secure`,
      eventData: {
        friendly_name: { previous: "Office", updated: "Plant" },
        secure: { previous: false, updated: true },
      },
      eventDate: expect.any(Date),
      eventType: "trunk.updated",
      resourceSid: trunk.sid,
      resourceType: "trunk",
      source: "api",
      sourceIpAddress: "127.0.0.1",
      url: `${api.origin}/v1/Events/${sid}`,
      links: {
        actor: `${api.origin}/2010-04-01/Accounts/${account.sid}.json`,
        resource: `${api.origin}/v1/Trunks/${trunk.sid}`,
      },
    });
    expect(list[1]?.eventData).toEqual({
      "recording.mode": { previous: "do-not-record", updated: "record-from-answer-dual" },
    });
    const stranger = api.sdk(await api.addAccount()).monitor.v1;
    expect((await refusal(stranger.events(sid).fetch())).gist).toBe("404 20404");
    expect(await stranger.events.list({ resourceSid: trunk.sid })).toEqual([]);
  });

  it("are filtered by actor, type, resource, address and date, and paged", async () => {
    const sdk = api.sdk(account);
    const list = await sdk.api.v2010.accounts(account.sid).sip.credentialLists.create({ friendlyName: "users" });
    for (const friendlyName of ["a", "b", "c"]) {
      await sdk.api.v2010.accounts(account.sid).sip.credentialLists(list.sid).update({ friendlyName });
    }
    const { events } = sdk.monitor.v1;
    const names = async (filter: Parameters<typeof events.list>[0]) =>
      (await events.list(filter)).map((event) => (event.eventData as Shown["event_data"])["friendly_name"]?.updated);
    const ofList = { resourceSid: list.sid, eventType: "sip-credential-list.updated" };
    expect(await names(ofList)).toEqual(["c", "b", "a"]);
    expect(await names({ ...ofList, actorSid: account.sid, sourceIpAddress: "127.0.0.1" })).toEqual(["c", "b", "a"]);
    expect(await names({ ...ofList, sourceIpAddress: "192.0.2.1" })).toEqual([]);
    expect(await names({ ...ofList, actorSid: `US${"0".repeat(32)}` })).toEqual([]);
    expect(await names({ ...ofList, startDate: new Date(Date.now() - 60_000) })).toEqual(["c", "b", "a"]);
    expect(await names({ ...ofList, startDate: new Date(Date.now() + 60_000) })).toEqual([]);
    expect(await names({ ...ofList, endDate: new Date(Date.now() - 3_600_000) })).toEqual([]);
    const first = await events.page({ ...ofList, pageSize: 2 });
    expect(first.instances).toHaveLength(2);
    expect((await first.nextPage())?.instances).toHaveLength(1);
  });

  it.each([
    ["ActorSid=me", /ActorSid must be a SID/],
    ["ResourceSid=TK1", /ResourceSid must be a SID/],
    ["StartDate=yesterday", /StartDate must be a date/],
    [`EventType=${"x".repeat(101)}`, /EventType/],
  ])("refuse %s", async (query, message) => {
    const { status, body } = await api.request("GET", `/v1/Events?${query}`, { as: account });
    expect([status, body["message"]]).toEqual([400, expect.stringMatching(message)]);
  });

  it("cannot be written, changed or deleted", async () => {
    const [event] = await eventsOf();
    for (const [method, path] of [
      ["POST", "/v1/Events"],
      ["POST", `/v1/Events/${event?.["sid"]}`],
      ["DELETE", `/v1/Events/${event?.["sid"]}`],
    ] as const) {
      expect((await api.request(method, path, { as: account })).status).toBe(405);
      expect((await api.request(method, path, { as: OPERATOR })).status).toBe(405);
    }
  });
});

describe("ACC-4: whose events are whose", () => {
  it("a customer sees of the operator that it was the operator, and nothing more", async () => {
    await api.request("POST", `/2010-04-01/Accounts/${account.sid}.json`, {
      as: OPERATOR,
      form: { FriendlyName: "New" },
    });
    const [seen] = await eventsOf("EventType=account.updated");
    expect(seen).toMatchObject({ actor_type: "twilio-admin", actor_sid: null, source_ip_address: null });
    expect(seen?.["links"]).not.toHaveProperty("actor");
    expect(JSON.stringify(await eventsOf())).not.toContain(OPERATOR.sid);
    expect(await eventsOf(`EventType=account.updated&ActorSid=${OPERATOR.sid}`)).toEqual([]);
    const operators = await api.request("GET", "/v1/Events?EventType=account.updated", {
      as: OPERATOR,
      headers: { "X-Trunkline-Account": account.sid },
    });
    expect((operators.body["events"] as Shown[])[0]).toMatchObject({
      sid: seen?.["sid"],
      actor_sid: OPERATOR.sid,
      source_ip_address: "127.0.0.1",
    });
  });

  it("the operator sees the installation's own and everybody's; a parent its subaccounts'", async () => {
    const carrier = await api.request("POST", "/trunkline/v1/Carriers", {
      as: OPERATOR,
      form: { FriendlyName: "Acme Carrier", Password: "hunter2hunter2", Username: "us" },
    });
    const [made] = await eventsOf("EventType=carrier.created", OPERATOR);
    expect(made).toMatchObject({ account_sid: null, resource_sid: carrier.body["sid"], actor_type: "twilio-admin" });
    expect(made?.event_data).toMatchObject({
      retry_causes: { previous: null },
      username: { previous: null, updated: "us" },
      password: { previous: null, updated: "(secret)" },
    });
    expect(await eventsOf("EventType=carrier.created")).toEqual([]);
    expect((await eventsOf("EventType=trunk.created", OPERATOR)).length).toBeGreaterThan(0);
    const child = await api.sdk(account).api.v2010.accounts.create({ friendlyName: "Branch" });
    await api.sdk({ sid: child.sid, token: child.authToken }).trunking.v1.trunks.create({});
    const below = await api.request("GET", "/v1/Events", {
      as: account,
      headers: { "X-Trunkline-Account": child.sid },
    });
    expect((below.body["events"] as Shown[]).map((event) => [event["event_type"], event["actor_sid"]])).toEqual([
      ["trunk.created", child.sid],
      ["account.created", account.sid],
    ]);
  });

  it("what the platform does itself is the system's", async () => {
    await api.store.accounts.update(account.sid, { friendlyName: "By itself" });
    const [event] = await eventsOf("EventType=account.updated");
    expect(event).toMatchObject({ actor_type: "system", actor_sid: null, source: "twilio", source_ip_address: null });
  });

  it("what a person does is the person's, from where it was done", async () => {
    const user = `US${"a".repeat(32)}`;
    await actingAsUser(user, () => api.store.accounts.update(account.sid, { friendlyName: "By hand" }));
    const [event] = await eventsOf(`ActorSid=${user}`);
    expect(event).toMatchObject({ actor_type: "user", actor_sid: user, source: "web" });
  });
});

describe("ACC-4: every change of the configuration", () => {
  it("no secret is in any event, whatever it was written by", async () => {
    const secret = "Correct-Horse-Battery-9";
    const sdk = api.sdk(account);
    const { sip } = sdk.api.v2010.accounts(account.sid);
    const list = await sip.credentialLists.create({ friendlyName: "secrets" });
    const credential = await sip.credentialLists(list.sid).credentials.create({ username: "pbx", password: secret });
    await sip
      .credentialLists(list.sid)
      .credentials(credential.sid)
      .update({ password: `${secret}!` });
    const trunk = await sdk.trunking.v1.trunks.create({});
    const path = `/trunkline/v1/Trunks/${trunk.sid}`;
    await api.request("POST", path, { as: account, form: { Username: "us", Password: secret } });
    const child = await sdk.api.v2010.accounts.create({ friendlyName: "Secretive" });
    const key = await sdk.api.v2010.accounts(account.sid).newKeys.create({ friendlyName: "CI" });
    const second = await sdk.accounts.v1.secondaryAuthToken().create();
    const everything = JSON.stringify(await eventsOf("", OPERATOR));
    expect(everything).not.toContain(secret);
    for (const each of [child.authToken, key.secret, second.secondaryAuthToken]) expect(everything).not.toContain(each);
    expect((await eventsOf("EventType=api-key.created"))[0]?.event_data).toMatchObject({
      friendly_name: { previous: null, updated: "CI" },
      secret: { previous: null, updated: "(secret)" },
    });
    expect((await eventsOf("EventType=account.updated"))[0]?.event_data).toMatchObject({
      secondary_auth_token: { previous: null, updated: "(secret)" },
    });
    expect(everything).not.toMatch(/\\\\x[0-9a-f]{16}/);
    const [changed] = await eventsOf(`ResourceSid=${credential.sid}`);
    expect(changed?.event_data).toEqual({ password: { previous: "(secret)", updated: "(secret)" } });
    expect(changed?.["links"]).toMatchObject({
      resource: `${api.origin}/2010-04-01/Accounts/${account.sid}/SIP/CredentialLists/${list.sid}/Credentials/${credential.sid}.json`,
    });
  });

  it("permissions are told by destination, with the API's names", async () => {
    const form = { UpdateRequest: '[{"iso_code":"GB","low_risk_numbers_enabled":"true"}]' };
    expect(
      (await api.request("POST", "/v1/DialingPermissions/BulkCountryUpdates", { as: account, form })).status,
    ).toBeLessThan(300);
    const [event] = await eventsOf("EventType=voice-geographic-permissions.updated");
    expect(event?.event_data).toMatchObject({ "GB.low_risk_numbers_enabled": { updated: true } });
  });

  it("a request that is refused leaves nothing", async () => {
    const before = (await eventsOf("", OPERATOR)).length;
    const { status } = await api.request("POST", "/v1/Trunks", { as: account, form: { DomainName: "not ours" } });
    expect(status).toBe(400);
    expect((await eventsOf("", OPERATOR)).length).toBe(before);
  });
});

describe("ACC-4: all events as CSV", () => {
  it("are those of the filters, for the account and for the operator, with nothing that a spreadsheet would run", async () => {
    await api.sdk(account).trunking.v1.trunks.create({ friendlyName: '=HYPERLINK("x")' });
    const text = async (as: TestAccount) => {
      const authorization = `Basic ${Buffer.from(`${as.sid}:${as.token}`).toString("base64")}`;
      const answer = await fetch(`${api.origin}/trunkline/v1/AuditEvents.csv?EventType=trunk.created`, {
        headers: { authorization },
      });
      expect(answer.headers.get("content-type")).toMatch(/^text\/csv/);
      return (await answer.text()).trimEnd().split("\r\n");
    };
    const own = await text(account);
    expect(own[0]).toBe(
      "Event SID,Date,Account SID,Event type,Resource type,Resource SID,Actor type,Actor SID,Source,Source IP address,Description,Changes",
    );
    expect(own.length).toBeGreaterThan(2);
    expect(own.slice(1).every((line) => line.includes(`,${account.sid},trunk.created,trunk,`))).toBe(true);
    expect(own[1]).toContain('"{""');
    expect((await text(OPERATOR)).length).toBeGreaterThan(own.length);
  });
});

it.skipIf(twilioAbsent !== undefined)("every answer is as the documents say", () => {
  expect(api.complaints).toEqual([]);
  expect(api.failures).toEqual([]);
});
