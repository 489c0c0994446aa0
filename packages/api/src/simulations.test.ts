import { createDirectory, createLocalCounters, type Facts, simulate } from "@trunkline/trunking";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OPERATOR, openTestApi, type TestAccount, type TestApi, ZONE } from "./api.fixture.ts";

const PATH = "/trunkline/v1/Simulations";
const PBX = "192.0.2.7";
const CARRIER = "198.51.100.1";

/** What an edge knows beside the directory. */
const facts: Omit<Facts, "verifyDigest" | "digestAssumed"> = {
  random: () => 0.5,
  zone: ZONE,
  edge: "local",
  ownHosts: new Set(["203.0.113.1"]),
  counters: createLocalCounters(() => 0),
};
const directory = createDirectory();

let api: TestApi;
let stop: () => Promise<void>;
beforeAll(async () => {
  api = await openTestApi({ simulations: { run: async (call) => simulate(call, directory, facts) } });
  ({ stop } = await api.store.directory.subscribe((changes) => directory.apply(changes)));
  const { body } = await api.request("POST", "/trunkline/v1/Carriers", {
    as: OPERATOR,
    form: { FriendlyName: "Carrier", AddedHeaders: "X-Route: 7", Codecs: "pcma" },
  });
  const parts = { Targets: { SipUrl: `sip:${CARRIER}` }, Prefixes: { Prefix: "*" }, Sources: { Cidr: CARRIER } };
  for (const [collection, form] of Object.entries(parts))
    await api.request("POST", `/trunkline/v1/Carriers/${String(body["sid"])}/${collection}`, { as: OPERATOR, form });
});
afterAll(async () => {
  await stop();
  await api.close();
});

let made = 0;
/** An account with a trunk that its PBX may call over, one number on it and one on none. */
async function customer(): Promise<{ readonly as: TestAccount; readonly domain: string; readonly trunkSid: string }> {
  const as = await api.addAccount();
  const client = api.sdk(as);
  const domain = `customer${++made}.pstn.${ZONE}`;
  const trunk = await client.trunking.v1.trunks.create({ domainName: domain });
  const list = await client.sip.ipAccessControlLists.create({ friendlyName: "pbx" });
  await client.sip.ipAccessControlLists(list.sid).ipAddresses.create({ friendlyName: "pbx", ipAddress: PBX });
  await client.trunking.v1.trunks(trunk.sid).ipAccessControlLists.create({ ipAccessControlListSid: list.sid });
  await api.stock(number(made), number(made + 50));
  await client.incomingPhoneNumbers.create({ phoneNumber: number(made), trunkSid: trunk.sid });
  await client.incomingPhoneNumbers.create({ phoneNumber: number(made + 50) });
  return { as, domain, trunkSid: trunk.sid };
}
const number = (n: number): string => `+12025550${String(200 + n)}`;

describe("EVD-3: would this call pass, and where would it go?", () => {
  it("a call that passes has its trace and its targets in order, as the carrier would get them", async () => {
    const { as, domain, trunkSid } = await customer();
    const form = { Source: `${PBX}:5060`, RequestUri: `sip:+14155550100@${domain}`, From: number(made) };
    const { status, body } = await api.request("POST", PATH, { as, form });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      account_sid: as.sid,
      verdict: "pass",
      sip_status: null,
      error_code: null,
      direction: "trunking-terminating",
      trunk_sid: trunkSid,
      from: number(made),
      to: "+14155550100",
      max_call_duration: 14_400,
      targets: [
        {
          uri: `sip:+14155550100@${CARRIER}`,
          from_uri: `sip:${number(made)}@${ZONE}`,
          headers: expect.arrayContaining(["X-Route: 7"]),
          codecs: ["pcma"],
          srtp: false,
        },
      ],
    });
    const rules = (body["trace"] as { rule: string; verdict: string }[]).map(
      ({ rule, verdict }) => `${rule} ${verdict}`,
    );
    expect(rules).toEqual(expect.arrayContaining(["termination.acl pass", "termination.carrier pass"]));
    const plain = `Source=${PBX}&RequestUri=sip:+14155550100@${domain}&From=${number(made)}`;
    expect((await api.request("POST", PATH, { as, form: plain })).body, "a + nobody encoded").toEqual(body);
  });

  it("a refused one says status, phrase, code and why; a change holds for the next question", async () => {
    const { as, domain } = await customer();
    const form = { Source: PBX, RequestUri: `sip:8190@${domain}`, From: number(made) };
    const ask = async (change: Record<string, string> = {}) =>
      (await api.request("POST", PATH, { as, form: { ...form, ...change } })).body;
    expect(await ask()).toMatchObject({ verdict: "refuse", sip_status: 400, error_code: 32101 });
    const abroad = { RequestUri: `sip:+81312345678@${domain}` };
    expect(await ask(abroad)).toMatchObject({ verdict: "refuse", sip_status: 403, error_code: 32205, targets: [] });
    await api.request("POST", "/trunkline/v1/GeoPermissions", {
      as,
      form: { Destination: "JP", LowRiskNumbersEnabled: "true" },
    });
    expect(await ask(abroad)).toMatchObject({ verdict: "pass" });
    expect(await ask({ ...abroad, From: "+14155559999" })).toMatchObject({ error_code: 32204 });
    expect(await ask({ ...abroad, Source: "192.0.2.8" })).toMatchObject({ sip_status: 403, error_code: 32201 });
    expect(await ask({ ...abroad, Secure: "true" })).toMatchObject({ error_code: 32207 });
  });

  it("limits are looked at and not taken", async () => {
    const { as, domain, trunkSid } = await customer();
    await api.request("POST", `/trunkline/v1/Trunks/${trunkSid}`, { as, form: { MaxCps: "1" } });
    const form = { Source: PBX, RequestUri: `sip:+14155550100@${domain}`, From: number(made) };
    for (let n = 0; n < 3; n++)
      expect((await api.request("POST", PATH, { as, form })).body).toMatchObject({ verdict: "pass" });
    await api.request("POST", `/trunkline/v1/Trunks/${trunkSid}`, { as, form: { MaxConcurrentCalls: "0" } });
    expect((await api.request("POST", PATH, { as, form })).body).toMatchObject({
      verdict: "refuse",
      sip_status: 503,
      reason: "Trunk concurrent call limit exceeded",
      retry_after: 5,
    });
  });

  it("nobody learns how another account is set up: its trunk looks like none; the operator sees it", async () => {
    const { as, domain } = await customer();
    const form = { Source: PBX, RequestUri: `sip:+14155550100@${domain}`, From: number(made) };
    const stranger = await api.addAccount();
    const foreign = await api.request("POST", PATH, { as: stranger, form });
    const unknown = { ...form, RequestUri: `sip:+14155550100@nobody.pstn.${ZONE}` };
    const nothing = await api.request("POST", PATH, { as: stranger, form: unknown });
    expect(foreign.body).toEqual(nothing.body);
    expect(nothing.body).toMatchObject({ verdict: "drop", account_sid: null, trace: [], targets: [] });
    expect((await api.request("POST", PATH, { as: OPERATOR, form })).body).toMatchObject({
      verdict: "pass",
      account_sid: as.sid,
    });
    const dropped = await api.request("POST", PATH, { as: OPERATOR, form: unknown });
    expect(dropped.body).toMatchObject({ verdict: "drop", detail: expect.stringMatching(/\w/) });
  });

  it("a call from a carrier is shown to whom the number belongs, also one that is on no trunk", async () => {
    const { as } = await customer();
    const form = { Source: CARRIER, RequestUri: `sip:${number(made)}@203.0.113.1`, From: "+14155550123" };
    expect((await api.request("POST", PATH, { as, form })).body).toMatchObject({
      verdict: "refuse",
      direction: "trunking-originating",
      error_code: 32010,
    });
    const loose = { ...form, RequestUri: `sip:${number(made + 50)}@203.0.113.1` };
    expect((await api.request("POST", PATH, { as, form: loose })).body).toMatchObject({
      verdict: "refuse",
      sip_status: 404,
      account_sid: null,
    });
    expect((await api.request("POST", PATH, { form: loose })).body).toMatchObject({ verdict: "drop" });
  });

  const refused: [form: Record<string, string>, says: RegExp][] = [
    [{ Source: "" }, /^Source must be text/],
    [{ Source: "pbx.example.com" }, /^Source: "pbx.example.com" is not an IP address/],
    [{ RequestUri: "mailto:a@b" }, /^RequestUri: "mailto:a@b" is not a SIP or tel URI/],
    [{ From: "<<>>" }, /^From: "<<>>" is neither a number nor a SIP URI/],
    [{ To: "\u00ff" }, /^To: /],
    [{ At: "tomorrow" }, /^At must be a date/],
    [{ Secure: "yes" }, /^Secure must be true or false/],
    [{ RequestUri: `sip:${"1".repeat(3_000)}@x` }, /^RequestUri must be text of 1 to 2048/],
    [{ From: "a\r\nVia: x" }, /^From must be text .* without control characters/],
  ];
  it.each(refused)("%j is refused and said", async (change, says) => {
    const form = { Source: PBX, RequestUri: `sip:+14155550100@x.pstn.${ZONE}`, From: "+12025550100", ...change };
    const { status, body } = await api.request("POST", PATH, { form });
    expect([status, body["message"]]).toEqual([400, expect.stringMatching(says)]);
  });

  const away: [what: string, run: () => Promise<undefined>, says: RegExp][] = [
    ["it is starting", async () => undefined, /the platform is starting/],
    [
      "its thread has just died",
      () => Promise.reject(Object.assign(new Error("gone"), { code: "ERR_LINK_CLOSED" })),
      /is starting again/,
    ],
  ];
  it.each(away)("503 while %s", async (_what, run, says) => {
    const other = await openTestApi({ simulations: { run } });
    const form = { Source: PBX, RequestUri: "sip:+1@x", From: "+1" };
    const { body } = await other.request("POST", PATH, { form });
    expect(body).toMatchObject({ status: 503, code: 20503, message: expect.stringMatching(says) });
    await other.close();
  });

  it("503 in a role that carries no calls", async () => {
    const other = await openTestApi();
    const form = { Source: PBX, RequestUri: "sip:+1@x", From: "+1" };
    const { body, headers } = await other.request("POST", PATH, { form });
    expect(body).toMatchObject({ status: 503, code: 20503, message: expect.stringMatching(/role `edge` or `all`/) });
    expect(headers.get("retry-after")).toBe("5");
    await other.close();
  });
});

it("every answer above agrees with the documents", () => {
  expect(api.complaints).toEqual([]);
  expect(api.failures).toEqual([]);
});
