import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OPERATOR, openTestApi, refusal, type TestApi, twilioAbsent } from "./api.fixture.ts";

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
  await api.stock("+12025550171", "+12025550172");
  await api.store.edgeLocations.upsert({ name: "ashburn", aliases: ["us1"] });
  await api.store.edgeLocations.upsert({ name: "dublin", aliases: ["ie1"] });
});
afterAll(async () => {
  await api.close();
});

const gist = ({ status, body }: { status: number; body: Record<string, unknown> }) => `${status} ${body["code"] ?? ""}`;
const rate = (form: Record<string, string>) => api.request("POST", "/trunkline/v1/Rates", { as: OPERATOR, form });
const termination = (Prefix: string, Price: string, FriendlyName = "US & Canada") =>
  rate({ Kind: "termination", Prefix, Price, FriendlyName });

describe("API-1: rates of the installation (interface §3)", () => {
  it("are the operator's: made, listed, changed, removed", async () => {
    const made = await termination("+99012", "0.0185");
    expect(made.body).toMatchObject({ kind: "termination", prefix: "+99012", price: "0.0185" });
    const path = `/trunkline/v1/Rates/${made.body["sid"]}`;
    const changed = await api.request("POST", path, { as: OPERATOR, form: { Price: "2" } });
    expect(changed.body).toMatchObject({ price: "2", friendly_name: "US & Canada" });
    const listed = await api.request("GET", "/trunkline/v1/Rates?Kind=termination", { as: OPERATOR });
    expect(listed.body["rates"]).toEqual([changed.body]);
    expect(gist(await termination("99012", "1"))).toBe("409 20409");
    expect(gist(await api.request("GET", path))).toBe("403 20003");
    expect((await api.request("DELETE", path, { as: OPERATOR })).status).toBe(204);
    expect(gist(await api.request("GET", path, { as: OPERATOR }))).toBe("404 20404");
  });

  const refused: [what: string, form: Record<string, string>][] = [
    ["no kind", { Prefix: "+1", Price: "1" }],
    ["a termination without prefix", { Kind: "termination", Price: "1" }],
    ["a termination of a country", { Kind: "termination", Prefix: "+1", IsoCountry: "US", Price: "1" }],
    ["an origination without type", { Kind: "origination", IsoCountry: "US", Price: "1" }],
    ["an origination with a prefix", { Kind: "origination", Prefix: "+1", Price: "1" }],
    ["a country that is none", { Kind: "number", IsoCountry: "QQ", NumberType: "local", Price: "1" }],
    ["a price below nothing", { Kind: "termination", Prefix: "+2", Price: "-1" }],
    ["seven decimal places", { Kind: "termination", Prefix: "+2", Price: "0.0000001" }],
    ["a price that is none", { Kind: "termination", Prefix: "+2", Price: "NaN" }],
    ["a prefix with NUL", { Kind: "termination", Prefix: "+2\0", Price: "1" }],
    ["a prefix of 10 kB", { Kind: "termination", Prefix: "1".repeat(10_000), Price: "1" }],
    ["a prefix for LIKE", { Kind: "termination", Prefix: "%", Price: "1" }],
  ];
  it.each(refused)("%s is refused", async (_what, form) => {
    expect(gist(await rate(form))).toBe("400 20422");
  });

  it("the currency is the operator's to set, and everybody's to see", async () => {
    const set = (Currency: string, as = OPERATOR) =>
      api.request("POST", "/trunkline/v1/Currency", { as, form: { Currency } });
    expect((await set("EUR")).body).toMatchObject({ currency: "EUR" });
    expect((await api.request("GET", "/trunkline/v1/Currency")).body).toMatchObject({ currency: "EUR" });
    expect((await api.sdk().balance.fetch()).currency).toBe("EUR");
    expect(gist(await set("ZZZ"))).toBe("400 20422");
    expect(gist(await set("usd"))).toBe("400 20422");
    expect(gist(await set("USD", api.account))).toBe("403 20003");
    await set("USD");
  });
});

describe("API-1: Pricing v2 Trunking by the SDK (contract §3.2, §4.1)", () => {
  const trunking = () => api.sdk().pricing.v2;
  beforeAll(async () => {
    await termination("*", "0.5", "Everywhere");
    await termination("+1", "0.013");
    await termination("+1800", "0.001", "Toll Free");
    await termination("+1888", "0.001", "Toll Free");
    await termination("+1907", "0.09", "Alaska");
    await termination("+1204", "0.02", "Manitoba");
    await rate({ Kind: "origination", IsoCountry: "us", NumberType: "local", Price: "0.0085" });
    await rate({ Kind: "origination", IsoCountry: "US", NumberType: "toll free", Price: "0.022" });
  });

  it("a country has its prefixes, the most specific first, and its kinds of numbers", async () => {
    const us = await trunking().countries("us").fetch();
    expect(us).toMatchObject({ country: "United States", isoCountry: "US", priceUnit: "USD" });
    expect(us.url).toBe(`${api.origin}/v2/Trunking/Countries/US`);
    const price = (destinationPrefixes: string[], currentPrice: string, friendlyName: string) => ({
      originationPrefixes: ["ALL"],
      destinationPrefixes,
      basePrice: currentPrice,
      currentPrice,
      friendlyName,
    });
    expect(us.terminatingPrefixPrices).toMatchObject([
      price(["1800", "1888"], "0.001", "Toll Free"),
      price(["1907"], "0.09", "Alaska"),
      price(["1"], "0.013", "US & Canada"),
    ]);
    expect(us.originatingCallPrices).toMatchObject([
      { basePrice: "0.0085", currentPrice: "0.0085", numberType: "local" },
      { basePrice: "0.022", currentPrice: "0.022", numberType: "toll free" },
    ]);
  });

  it("a broader rate holds where a country has none of its own", async () => {
    const canada = await trunking().countries("CA").fetch();
    expect(canada.terminatingPrefixPrices.map(({ friendlyName }) => friendlyName).sort()).toEqual([
      "Manitoba",
      "US & Canada",
    ]);
    const japan = await trunking().countries("JP").fetch();
    expect(japan.terminatingPrefixPrices).toMatchObject([{ destinationPrefixes: ["81"], currentPrice: "0.5" }]);
    expect((await refusal(trunking().countries("QQ").fetch())).gist).toBe("404 20404");
  });

  it("countries that have prices are listed in pages, each once", async () => {
    const all = await trunking().countries.list({ pageSize: 100 });
    expect(all.length).toBeGreaterThan(225);
    expect(new Set(all.map(({ isoCountry }) => isoCountry)).size).toBe(all.length);
    expect(all.find(({ isoCountry }) => isoCountry === "JP")?.country).toBe("Japan");
  });

  const numbers: [number: string, prefix: string, price: string, originating: string | undefined][] = [
    ["+18005550100", "1800", "0.001", "0.022"],
    ["+19075550100", "1907", "0.09", "0.0085"],
    ["+12025550100", "1", "0.013", "0.0085"],
    ["+819012345678", "ALL", "0.5", undefined],
  ];
  it.each(numbers)("%s: the longest prefix, %s", async (number, prefix, price, originating) => {
    const found = await trunking().numbers(number).fetch({ originationNumber: "+15105556789" });
    expect(found).toMatchObject({ destinationNumber: number, originationNumber: "+15105556789", priceUnit: "USD" });
    expect(found.terminatingPrefixPrices).toMatchObject([{ destinationPrefixes: [prefix], currentPrice: price }]);
    expect(found.originatingCallPrice?.currentPrice).toBe(originating);
  });

  it("a number that is none is refused", async () => {
    expect((await refusal(trunking().numbers("12").fetch({ originationNumber: "x" }))).gist).toBe("400 21212");
    expect((await refusal(trunking().numbers("sip:a").fetch())).gist).toBe("400 21211");
    const nul = await api.request("GET", "/v2/Trunking/Numbers/+1%00");
    expect(gist(nul)).toBe("400 21211");
    expect(gist(await api.request("GET", `/v2/Trunking/Numbers/${"1".repeat(10_000)}`))).toMatch(/^4/);
  });
});

describe("API-1: Lookups v2 by the SDK (contract §3.2, §4.1)", () => {
  const lookup = (number: string, options: object = {}) => api.sdk().lookups.v2.phoneNumbers(number).fetch(options);
  const name = (form: Record<string, string>, as = OPERATOR) =>
    api.request("POST", "/trunkline/v1/CallerNames", { as, form });

  it("says what a number is, in its country's own writing", async () => {
    expect(await lookup("+14159929960")).toMatchObject({
      valid: true,
      validationErrors: [],
      phoneNumber: "+14159929960",
      countryCode: "US",
      callingCountryCode: "1",
      nationalFormat: "(415) 992-9960",
      callerName: null,
      simSwap: null,
    });
    expect(await lookup("020 7946 0018", { countryCode: "gb" })).toMatchObject({ phoneNumber: "+442079460018" });
    expect(await lookup("(415) 992-9960")).toMatchObject({ phoneNumber: "+14159929960", countryCode: "US" });
  });

  const invalid: [number: string, options: object, error: string][] = [
    ["+1415", {}, "TOO_SHORT"],
    ["+141599299601234567", {}, "TOO_LONG"],
    ["+10005550100", {}, "INVALID_BUT_POSSIBLE"],
    ["+9995550100", {}, "INVALID_COUNTRY_CODE"],
    ["hello", {}, "NOT_A_NUMBER"],
    ["4159929960", { countryCode: "QQ" }, "INVALID_COUNTRY_CODE"],
  ];
  it.each(invalid)("%s %o: %s", async (number, options, error) => {
    const found = await lookup(number, { fields: "caller_name", ...options });
    expect([found.valid, found.validationErrors, found.countryCode]).toEqual([false, [error], null]);
    expect(found.callerName).toMatchObject({ errorCode: 60610 });
  });

  it("ORIG-8: names come from the operator's table; elsewhere than in North America there are none", async () => {
    const form = { PhoneNumber: "+14159929960", CallerName: "UMI LTD", CallerType: "BUSINESS" };
    expect((await name(form)).status).toBe(201);
    const callerName = async (number: string) => (await lookup(number, { fields: "caller_name" })).callerName;
    const known = { callerName: "UMI LTD", callerType: "BUSINESS", errorCode: null };
    expect(await callerName("+14159929960")).toMatchObject(known);
    const unknown = { callerName: null, callerType: null, errorCode: null };
    expect(await callerName("+14159929961")).toMatchObject(unknown);
    expect(await callerName("+442079460018")).toMatchObject({ ...unknown, errorCode: 60607 });
    const path = "/trunkline/v1/CallerNames/+14159929960";
    const changed = await api.request("POST", path, { as: OPERATOR, form: { CallerType: "" } });
    expect(changed.body).toMatchObject({ caller_name: "UMI LTD", caller_type: null });
    const listed = await api.request("GET", "/trunkline/v1/CallerNames", { as: OPERATOR });
    expect(listed.body["caller_names"]).toEqual([changed.body]);
    expect((await api.request("DELETE", path, { as: OPERATOR })).status).toBe(204);
    expect(await callerName("+14159929960")).toMatchObject(unknown);
    expect(gist(await name(form, api.account))).toBe("403 20003");
    expect(gist(await name({ ...form, PhoneNumber: "4159929960" }))).toBe("400 21211");
    expect(gist(await name({ ...form, CallerName: "a\0" }))).toBe("400 20422");
  });

  it("packages that are not to be had here say so; one that nobody knows is refused", async () => {
    const found = await lookup("+14159929960", { fields: "validation, line_type_intelligence,sim_swap" });
    expect(found.lineTypeIntelligence).toMatchObject({ type: null, errorCode: 60606 });
    expect(found.simSwap).toMatchObject({ lastSimSwap: null, errorCode: 60606 });
    expect(found.callerName).toBeNull();
    expect((await refusal(lookup("+14159929960", { fields: "horoscope" }))).gist).toBe("400 20422");
    expect((await refusal(lookup("+14159929960", { countryCode: "USA" }))).gist).toBe("400 20422");
    expect(gist(await api.request("GET", "/v2/PhoneNumbers/%00"))).toBe("404 20404");
  });

  it("says nothing of what another account calls its number", async () => {
    await api.sdk().incomingPhoneNumbers.create({ phoneNumber: "+12025550171", friendlyName: "Secret lair" });
    const stranger = api.sdk(await api.addAccount());
    const found = await stranger.lookups.v2.phoneNumbers("+12025550171").fetch({ fields: "caller_name" });
    expect(JSON.stringify(found)).not.toMatch(/lair/);
  });
});

describe("API-1: Routes v2 by the SDK (contract §3.2)", () => {
  it("a trunk has a region, by its domain; the last word is kept", async () => {
    const client = api.sdk();
    const trunk = await client.trunking.v1.trunks.create({ domainName: "regions.pstn.trunkline.test" });
    const route = client.routes.v2.trunks("regions.pstn.trunkline.test");
    const digits = trunk.sid.slice(2);
    expect(await route.fetch()).toMatchObject({ sid: `QQ${digits}`, voiceRegion: "us1", accountSid: api.account.sid });
    const changed = await route.update({ voiceRegion: "IE1", friendlyName: "Europe" });
    expect(changed).toMatchObject({ sipTrunkDomain: trunk.domainName, voiceRegion: "ie1", friendlyName: "Europe" });
    expect(await route.update({ friendlyName: "" })).toMatchObject({ voiceRegion: "ie1", friendlyName: "" });
    const { gist: code, message } = await refusal(route.update({ voiceRegion: "mars1" }));
    expect([code, message]).toEqual(["400 21252", expect.stringMatching(/us1, ashburn, ie1, dublin/)]);
    expect((await refusal(route.update({ friendlyName: "x".repeat(65) }))).gist).toBe("400 20002");
    const stranger = api.sdk(await api.addAccount()).routes.v2.trunks("regions.pstn.trunkline.test");
    expect((await refusal(stranger.fetch())).gist).toBe("404 20404");
    expect((await refusal(stranger.update({ voiceRegion: "us1" }))).gist).toBe("404 20404");
  });

  it("a number has one too, where the host or the path says which product is meant; SIP domains there are none", async () => {
    const client = api.sdk();
    const number = await client.incomingPhoneNumbers.create({ phoneNumber: "+12025550172" });
    const changed = await client.routes.v2.phoneNumbers("+12025550172").update({ voiceRegion: "dublin" });
    expect(changed).toMatchObject({ phoneNumber: "+12025550172", voiceRegion: "dublin" });
    const path = "/routes/v2/PhoneNumbers/";
    const fetched = await api.request("GET", `${path}+12025550172`);
    expect(fetched.body).toMatchObject({ voice_region: "dublin", url: `${api.origin}${path}+12025550172` });
    expect((await api.request("GET", path + number.sid)).body).toMatchObject({ phone_number: "+12025550172" });
    expect(gist(await api.request("GET", `${path}+12025550199`))).toBe("404 20404");
    expect(gist(await api.request("GET", `${path}%2525`))).toBe("404 20404");
    expect((await refusal(client.routes.v2.sipDomains("a.sip.example.com").fetch())).gist).toBe("404 20404");
  });
});

it.skipIf(twilioAbsent !== undefined)("every answer fits Twilio's documents, and ours", () => {
  expect(api.complaints).toEqual([]);
  expect(api.failures).toEqual([]);
});
