import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../../../test/support/eventually.ts";
import { OPERATOR, openTestApi, refusal, type TestApi, twilioAbsent } from "./api.fixture.ts";

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(async () => {
  await api.close();
});

const INVENTORY = "/trunkline/v1/InventoryNumbers";
const IMPORTS = "/trunkline/v1/InventoryImports";
type Json = Record<string, unknown>;

const asOperator = async (method: string, path: string, form?: Record<string, string>) =>
  api.request(method, path, { as: OPERATOR, ...(form && { form }) });

async function stocked(fields: Record<string, string>): Promise<Json> {
  const { status, body } = await asOperator("POST", INVENTORY, fields);
  expect([status, body["message"]]).toEqual([201, undefined]);
  return body;
}

/** Imports a file, or whatever the options say, and waits until it is over. */
async function imported(options: Parameters<TestApi["request"]>[2], query = ""): Promise<Json> {
  const { status, body } = await api.request("POST", IMPORTS + query, { as: OPERATOR, ...options });
  expect([status, body["message"]]).toEqual([201, undefined]);
  return eventually(`end of ${String(body["sid"])}`, async () => {
    const now = (await asOperator("GET", `${IMPORTS}/${String(body["sid"])}`)).body;
    return now["state"] === "running" ? undefined : now;
  });
}
const csv = (text: string) => ({ json: text, headers: { "content-type": "text/csv" } });

describe("NUM-5: the operator's inventory", () => {
  it("a number is kept with what was said of it, and otherwise is what its digits tell", async () => {
    const made = await stocked({ PhoneNumber: "+4915112345678" });
    expect(made).toMatchObject({
      sid: expect.stringMatching(/^IN[0-9a-f]{32}$/),
      phone_number: "+4915112345678",
      iso_country: "DE",
      type: "mobile",
      carrier_sid: null,
      monthly_price: "0",
      capabilities: { voice: true, sms: false, mms: false, fax: false },
      state: "available",
      account_sid: null,
      url: `${api.origin}${INVENTORY}/${String(made["sid"])}`,
    });
    const path = `${INVENTORY}/${String(made["sid"])}`;
    const change = {
      MonthlyPrice: "1.15",
      Capabilities: "voice,sms",
      Locality: "Berlin",
      State: "port-in",
      Type: "national",
    };
    expect((await asOperator("POST", path, change)).body).toMatchObject({
      monthly_price: "1.15",
      capabilities: { voice: true, sms: true },
      locality: "Berlin",
      state: "port-in",
      type: "national",
    });
    const found = await asOperator("GET", `${INVENTORY}?PhoneNumber=%2B4915112&State=port-in&IsoCountry=de`);
    expect((found.body["inventory_numbers"] as Json[]).map((row) => row["sid"])).toEqual([made["sid"]]);
    expect((await asOperator("GET", path)).status).toBe(200);
    expect((await asOperator("DELETE", path)).status).toBe(204);
    expect((await asOperator("GET", path)).status).toBe(404);
  });

  const wrong: [fields: Record<string, string>, says: RegExp][] = [
    [{ PhoneNumber: "12025550100" }, /PhoneNumber must be in E.164 form/],
    [{ PhoneNumber: "+49301", Type: "landline" }, /Type must be one of local, mobile, toll free, national/],
    [{ PhoneNumber: "+49301", MonthlyPrice: "-1" }, /MonthlyPrice must be a number from 0/],
    [{ PhoneNumber: "+49301", Capabilities: "telex" }, /Capabilities must be some of voice, sms, mms, fax/],
    [{ PhoneNumber: "+49301", State: "sold" }, /State must be one of available, port-in/],
    [{ PhoneNumber: "+49301", CarrierSid: `CX${"0".repeat(32)}` }, /CarrierSid: there is no carrier CX0/],
  ];
  it.each(wrong)("%j is refused in words", async (fields, says) => {
    const { status, body } = await asOperator("POST", INVENTORY, fields);
    expect(status).toBe(400);
    expect(body["message"]).toMatch(says);
  });

  it("is the operator's alone", async () => {
    for (const [method, path] of [
      ["GET", INVENTORY],
      ["POST", INVENTORY],
      ["POST", IMPORTS],
      ["GET", IMPORTS],
    ] as const) {
      expect((await api.request(method, path)).status).toBe(403);
    }
  });
});

describe("NUM-5: imports", () => {
  it("CSV: columns in any order and spelling, quotes, defaults from the query; what is wrong is told by line and column", async () => {
    const file = [
      "\ufeffphone_number,Type,Locality,MonthlyPrice,capabilities",
      '+12125550001,local,"New York, NY",1.00,voice sms',
      "+18005550001,,,2.00,",
      "12125550002,local,,1,",
      '+12125550003,fixed,"a ""b""",1,',
      "",
      "+12125550004,local,,one,voice",
      "+12125550005,local,,1,voice,extra",
      "+12125550001,local,Albany,1.00,voice",
    ].join("\r\n");
    const done = await imported(csv(file), "?MonthlyPrice=9&Region=NY");
    expect(done).toMatchObject({ state: "completed", rows_read: 7, rows_added: 2, rows_updated: 1, rows_refused: 4 });
    expect((done["errors"] as Json[]).map(({ line, column }) => [line, column])).toEqual([
      [4, "PhoneNumber"],
      [5, "Type"],
      [7, "MonthlyPrice"],
      [8, null],
    ]);
    const list = await asOperator("GET", `${INVENTORY}?PhoneNumber=%2B1212555`);
    expect(list.body["inventory_numbers"]).toMatchObject([
      { phone_number: "+12125550001", locality: "Albany", region: "NY", monthly_price: "1", iso_country: "US" },
    ]);
    const again = await imported(csv(file), "?MonthlyPrice=9&Region=NY");
    expect(again).toMatchObject({ rows_added: 0, rows_refused: 4 });
    const first = await asOperator("GET", `${INVENTORY}?PhoneNumber=%2B18005550001`);
    expect(first.body["inventory_numbers"]).toMatchObject([{ type: "toll free", monthly_price: "2" }]);
  });

  it("a JSON list is the same; a dry run keeps nothing", async () => {
    const Numbers = [
      { PhoneNumber: "+390612345678", Type: "local" },
      { PhoneNumber: "+390612345679", Colour: "red" },
    ];
    const dry = await imported({ json: JSON.stringify({ Numbers, DryRun: true, MonthlyPrice: 3 }) });
    expect(dry).toMatchObject({ state: "completed", dry_run: true, rows_added: 1, rows_refused: 1 });
    expect(dry["errors"]).toMatchObject([{ line: 2, message: expect.stringMatching(/no field Colour/) }]);
    const path = `${INVENTORY}?PhoneNumber=%2B3906`;
    expect((await asOperator("GET", path)).body["inventory_numbers"]).toEqual([]);
    await imported({ json: JSON.stringify({ Numbers, MonthlyPrice: 3 }) });
    expect((await asOperator("GET", path)).body["inventory_numbers"]).toMatchObject([{ monthly_price: "3" }]);
    const list = (await asOperator("GET", IMPORTS)).body["inventory_imports"] as Json[];
    expect(list[0]).toMatchObject({ state: "completed", rows_added: 1 });
  });

  const unreadable: [what: string, file: string, says: RegExp][] = [
    ["an empty file", "", /is empty/],
    ["an unknown column", "PhoneNumber,Colour\n", /line 1: there is no column "Colour"/],
    ["no number", "Type,State\n", /column PhoneNumber is missing/],
    ["a column twice", "PhoneNumber,Type,type\n", /there twice/],
    ["Latin-1", "PhoneNumber,Locality\n+1,M\ufffdnchen\n", /line 2: a character is no UTF-8/],
    ["another query", "PhoneNumber\n+1\n", /Type must be one of/],
  ];
  it.each(unreadable)("%s is refused before anything is taken", async (what, file, says) => {
    const query = what === "another query" ? "?Type=x" : "";
    const { status, body } = await api.request("POST", IMPORTS + query, { as: OPERATOR, ...csv(file) });
    expect([status, body["message"]]).toEqual([400, expect.stringMatching(says)]);
  });

  it("a quote that never ends ends the file, and costs nothing", async () => {
    const done = await imported(csv(`PhoneNumber\n+390612345680\n"${"x".repeat(5_000_000)}`));
    expect(done).toMatchObject({ state: "completed", rows_added: 1, rows_refused: 1 });
    expect(done["errors"]).toMatchObject([{ line: 3, column: null }]);
  });
});

describe("NUM-1: search by the SDK", () => {
  it("countries have what is on sale, kinds are kept apart, and the carrier is not shown", async () => {
    await stocked({ PhoneNumber: "+81312345678", Locality: "Tokyo", Region: "13" });
    await stocked({ PhoneNumber: "+819012345678", Capabilities: "voice,sms" });
    const { availablePhoneNumbers } = api.sdk();
    const japan = await availablePhoneNumbers("JP").fetch();
    const own = `/2010-04-01/Accounts/${api.account.sid}/AvailablePhoneNumbers/JP`;
    expect(japan).toMatchObject({
      countryCode: "JP",
      country: "Japan",
      subresourceUris: { local: `${own}/Local.json`, mobile: `${own}/Mobile.json` },
    });
    expect((await availablePhoneNumbers.list()).map((country) => country.countryCode)).toContain("JP");
    expect((await refusal(availablePhoneNumbers("FI").fetch())).gist).toBe("404 20404");
    const [local] = await availablePhoneNumbers("JP").local.list();
    expect(local).toMatchObject({
      phoneNumber: "+81312345678",
      friendlyName: "03-1234-5678",
      locality: "Tokyo",
      isoCountry: "JP",
      addressRequirements: "none",
    });
    expect(JSON.stringify(local)).not.toMatch(/carrier|price/i);
    type Kind = "mobile" | "tollFree" | "voip" | "national";
    type Listing = { list(filter: object): Promise<readonly { readonly phoneNumber: string }[]> };
    const numbers = async (kind: Kind, filter = {}) => {
      const found = await (availablePhoneNumbers("JP")[kind] as Listing).list(filter);
      return found.map((row) => row.phoneNumber);
    };
    expect(await numbers("mobile", { smsEnabled: true })).toEqual(["+819012345678"]);
    expect(await numbers("mobile", { smsEnabled: false })).toEqual([]);
    for (const kind of ["tollFree", "voip", "national"] as const) expect(await numbers(kind)).toEqual([]);
    expect((await refusal(availablePhoneNumbers("Q1").local.list())).gist).toBe("404 20404");
  });

  const patterns: [contains: string, wants: readonly string[]][] = [
    ["555", ["+16035550142", "+16035557468"]],
    ["pilot", []],
    ["555PINT", ["+16035557468"]],
    ["555****", ["+16035550142", "+16035557468"]],
    ["+1603*550", ["+16035550142"]],
    ["+1603", ["+16035550142", "+16035557468"]],
    ["0142$", ["+16035550142"]],
    ["0142*", []],
    ["603%42", ["+16035550142"]],
  ];
  it.each(patterns)("Contains=%s", async (contains, wants) => {
    await api.stock("+16035550142", "+16035557468");
    const found = await api.sdk().availablePhoneNumbers("US").local.list({ contains });
    expect(found.map((row) => row.phoneNumber).filter((number) => number.startsWith("+1603"))).toEqual(wants);
  });

  const refused: [query: string, gist: [number, number], says: RegExp][] = [
    ["Contains=5", [400, 20422], /Contains must be 2 to 20 digits/],
    ["Contains=**", [400, 20422], /at least two digits/],
    ["Contains=1*2*3", [400, 20422], /three digits or letters in a row/],
    ["Contains=12%2B", [400, 20422], /Contains must be/],
    ["AreaCode=12", [400, 21451], /AreaCode must be an area code/],
    ["NearNumber=%2B16035550142", [400, 20422], /Use InRegion, InLocality or Contains/],
  ];
  it.each(refused)("%s is refused in words", async (query, [status, code], says) => {
    const path = `/2010-04-01/Accounts/${api.account.sid}/AvailablePhoneNumbers/US/Local.json?${query}`;
    const found = await api.request("GET", path);
    expect([found.status, found.body["code"], found.body["message"]]).toEqual([
      status,
      code,
      expect.stringMatching(says),
    ]);
  });

  it("an area code is North America's", async () => {
    await stocked({ PhoneNumber: "+16135550101" });
    const { availablePhoneNumbers } = api.sdk();
    const found = await availablePhoneNumbers("CA").local.list({ areaCode: 613 });
    expect(found.map((row) => row.phoneNumber)).toEqual(["+16135550101"]);
    expect((await refusal(availablePhoneNumbers("JP").local.list({ areaCode: 613 }))).gist).toBe("400 21457");
  });
});

describe("NUM-1: purchase by the SDK", () => {
  it("by number, with every parameter kept; it is on sale no more", async () => {
    const e164 = "+16045550101";
    await stocked({ PhoneNumber: e164, Type: "local", MonthlyPrice: "1.15", Capabilities: "voice,sms" });
    const client = api.sdk();
    const sms = { smsUrl: "https://example.com/sms", smsMethod: "GET", smsFallbackUrl: "https://example.com/b" };
    const bought = await client.incomingPhoneNumbers.create({
      phoneNumber: e164,
      friendlyName: "Desk",
      ...sms,
      bundleSid: `BU${"a".repeat(32)}`,
      identitySid: `RI${"a".repeat(32)}`,
      voiceReceiveMode: "voice",
      apiVersion: "2010-04-01",
    });
    expect(bought).toMatchObject({
      ...{ phoneNumber: e164, friendlyName: "Desk", ...sms, bundleSid: `BU${"a".repeat(32)}` },
      capabilities: { voice: true, sms: true, mms: false, fax: false },
      origin: "twilio",
      type: "local",
    });
    expect(await client.availablePhoneNumbers("CA").local.list({ contains: "6045550101" })).toEqual([]);
    const { body } = await api.request("GET", "/trunkline/v1/NumberPeriods");
    expect((body["number_periods"] as Json[]).at(-1)).toMatchObject({
      ...{ phone_number: e164, phone_number_sid: bought.sid, monthly_price: "1.15", date_ended: null },
    });
    const rows = (await asOperator("GET", `${INVENTORY}?PhoneNumber=${e164.slice(1)}`)).body["inventory_numbers"];
    expect(rows).toMatchObject([{ state: "sold", account_sid: api.account.sid, date_sold: expect.any(String) }]);
    const [{ sid = "" } = {}] = rows as { sid?: string }[];
    expect((await asOperator("DELETE", `${INVENTORY}/${sid}`)).body["message"]).toMatch(/must be released first/);
  });

  it("by area code, and by type", async () => {
    await stocked({ PhoneNumber: "+19025550101" });
    await stocked({ PhoneNumber: "+18885550101" });
    const { incomingPhoneNumbers } = api.sdk();
    expect(await incomingPhoneNumbers.create({ areaCode: "902" })).toMatchObject({ phoneNumber: "+19025550101" });
    expect((await refusal(incomingPhoneNumbers.create({ areaCode: "902" }))).gist).toBe("400 21452");
    expect((await refusal(incomingPhoneNumbers.create({ areaCode: "012" }))).gist).toBe("400 21451");
    const both = { areaCode: "902", phoneNumber: "+18885550101" };
    expect((await refusal(incomingPhoneNumbers.create(both))).gist).toBe("400 20422");
    const tollFree = { phoneNumber: "+18885550101" };
    expect((await refusal(incomingPhoneNumbers.local.create(tollFree))).gist).toBe("400 21458");
    const bought = await incomingPhoneNumbers.tollFree.create(tollFree);
    expect(bought).toMatchObject({ phoneNumber: "+18885550101" });
    type Listing = { list(): Promise<readonly { readonly sid: string }[]> };
    const sids = async (kind: "tollFree" | "mobile") =>
      (await (incomingPhoneNumbers[kind] as Listing).list()).map((row) => row.sid);
    expect([await sids("tollFree"), await sids("mobile")]).toEqual([[bought.sid], []]);
  });

  it("only the operator gives an account what is in no inventory, or is being ported in", async () => {
    await stocked({ PhoneNumber: "+19035550101", State: "port-in" });
    for (const phoneNumber of ["+19035550101", "+19035550102"]) {
      expect((await refusal(api.sdk().incomingPhoneNumbers.create({ phoneNumber }))).gist).toBe("400 21422");
      const path = `/2010-04-01/Accounts/${api.account.sid}/IncomingPhoneNumbers.json`;
      expect((await asOperator("POST", path, { PhoneNumber: phoneNumber })).status).toBe(201);
      expect((await asOperator("POST", path, { PhoneNumber: phoneNumber })).body).toMatchObject({ code: 21422 });
    }
  });

  it("NUM-5: a released number is kept for its last account; the operator ends that", async () => {
    const { sid } = await stocked({ PhoneNumber: "+19045550101" });
    const rival = api.sdk(await api.addAccount());
    const { incomingPhoneNumbers } = api.sdk();
    const phoneNumber = "+19045550101";
    await incomingPhoneNumbers((await incomingPhoneNumbers.create({ phoneNumber })).sid).remove();
    const kept = (await asOperator("GET", `${INVENTORY}/${String(sid)}`)).body;
    expect(kept).toMatchObject({ state: "quarantined", account_sid: api.account.sid });
    expect((await refusal(rival.incomingPhoneNumbers.create({ phoneNumber }))).gist).toBe("400 21422");
    await incomingPhoneNumbers((await incomingPhoneNumbers.create({ phoneNumber })).sid).remove();
    await asOperator("POST", `${INVENTORY}/${String(sid)}`, { State: "available" });
    expect(await rival.incomingPhoneNumbers.create({ phoneNumber })).toMatchObject({ phoneNumber });
  });
});

describe("contract §4.1: a number moves between the accounts of one customer", () => {
  it("by the main account or the operator, to an active account of its own; its trunk stays behind", async () => {
    const main = await api.addAccount();
    const [child, other, stranger] = [
      await api.addAccount({ parentSid: main.sid }),
      await api.addAccount({ parentSid: main.sid }),
      await api.addAccount(),
    ];
    await api.stock("+19055550101");
    const asMain = api.sdk(main);
    const trunk = await asMain.trunking.v1.trunks.create();
    const { sid } = await asMain.incomingPhoneNumbers.create({ phoneNumber: "+19055550101", trunkSid: trunk.sid });
    const move = (as: typeof main, from: typeof main, accountSid: string) =>
      api.sdk(as).api.v2010.accounts(from.sid).incomingPhoneNumbers(sid).update({ accountSid });
    expect((await refusal(move(main, main, stranger.sid))).gist).toBe("400 21473");
    expect(await move(main, main, child.sid)).toMatchObject({ sid, accountSid: child.sid, trunkSid: null });
    expect((await refusal(move(child, child, other.sid))).gist).toBe("400 21474");
    expect(await move(main, child, other.sid)).toMatchObject({ accountSid: other.sid });
    await api.store.accounts.update(child.sid, { status: "closed" });
    expect((await refusal(move(main, other, child.sid))).gist).toBe("400 21472");
    expect(await move(OPERATOR, other, main.sid)).toMatchObject({ accountSid: main.sid });
    expect((await refusal(move(main, main, `AC${"0".repeat(32)}`))).gist).toBe("400 21473");
  });
});

it.skipIf(twilioAbsent !== undefined)("every answer is as Twilio's documents and ours say", () => {
  expect(api.complaints).toEqual([]);
  expect(api.failures).toEqual([]);
});
