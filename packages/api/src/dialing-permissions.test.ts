import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OPERATOR, openTestApi, refusal, type TestAccount, type TestApi, twilioAbsent } from "./api.fixture.ts";

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(async () => {
  await api.close();
});

const dialing = (as?: TestAccount) => api.sdk(as).voice.v1.dialingPermissions;
const update = (as: TestAccount, ...updates: object[]) =>
  dialing(as).bulkCountryUpdates.create({ updateRequest: JSON.stringify(updates) });
const flags = (country: {
  lowRiskNumbersEnabled: boolean;
  highRiskSpecialNumbersEnabled: boolean;
  highRiskTollfraudNumbersEnabled: boolean;
}): string =>
  [
    country.lowRiskNumbersEnabled ? "low" : "",
    country.highRiskSpecialNumbersEnabled ? "special" : "",
    country.highRiskTollfraudNumbersEnabled ? "fraud" : "",
  ].join("/");

describe("Voice v1 dialing permissions by the SDK (contract §3.2, §4.1, TERM-13)", () => {
  it("a new account may call the ordinary numbers of its home country, which is one with Canada", async () => {
    const owner = await api.addAccount();
    const us = await dialing(owner).countries("US").fetch();
    expect(us).toMatchObject({
      isoCode: "US",
      name: "United States/Canada",
      continent: "NORTH_AMERICA",
      countryCodes: ["+1"],
      lowRiskNumbersEnabled: false,
      highRiskSpecialNumbersEnabled: false,
      url: `${api.origin}/v1/DialingPermissions/Countries/US`,
      links: { highrisk_special_prefixes: `${api.origin}/v1/DialingPermissions/Countries/US/HighRiskSpecialPrefixes` },
    });
    const open = await dialing(owner).countries.list({ lowRiskNumbersEnabled: true });
    expect(open.map((country) => country.isoCode)).toEqual([]);
    await api.store.accountSettings.change(owner.sid, { homeCountry: "JP" });
    expect(flags(await dialing(owner).countries("JP").fetch())).toBe("low//");
  });

  it("the list has every country once, in pages, with what is asked for", async () => {
    const { countries } = dialing();
    const all = await countries.list({ pageSize: 100 });
    expect(all.length).toBeGreaterThan(230);
    expect(new Set(all.map((country) => country.isoCode)).size).toBe(all.length);
    expect(all.every((country) => country.name.length > 2 && country.countryCodes.length > 0)).toBe(true);
    const codes = async (filter: Parameters<typeof countries.list>[0]): Promise<string> =>
      (await countries.list(filter)).map((country) => country.isoCode).join(" ");
    expect(await codes({ isoCode: "gb" })).toBe("GB");
    expect(await codes({ countryCode: "+44" })).toBe("GB");
    expect(await codes({ countryCode: "44" })).toBe("GB");
    expect(await codes({ countryCode: "+809" })).toBe("");
    expect(await codes({ continent: "SOUTH_AMERICA" })).toBe("AR BO BR CL CO EC FK GF GY PE PY SR UY VE");
    expect(await codes({ isoCode: "CA" })).toBe("");
    expect((await api.request("GET", "/v1/DialingPermissions/Countries?LowRiskNumbersEnabled=x")).status).toBe(400);
  });

  it("the special prefixes of a country are told; a country that is none is 404", async () => {
    const { countries } = dialing();
    const prefixes = await countries("DE").highriskSpecialPrefixes.list();
    expect(prefixes.map(({ prefix }) => prefix)).toEqual(["+49137", "+49180", "+49900"]);
    expect((await refusal(countries("QQ").fetch())).gist).toBe("404 20404");
    expect((await refusal(countries("CA").fetch())).gist).toBe("404 20404");
    expect((await refusal(countries("QQ").highriskSpecialPrefixes.list())).gist).toBe("404 20404");
  });

  it("a bulk update opens and closes what it names, all or none, and leaves the rest", async () => {
    const owner = await api.addAccount();
    const done = await update(
      owner,
      { iso_code: "GB", low_risk_numbers_enabled: "true", high_risk_tollfraud_numbers_enabled: true },
      { iso_code: "us", low_risk_numbers_enabled: true },
      { iso_code: "GB", high_risk_special_numbers_enabled: "TRUE" },
    );
    expect(done).toMatchObject({ updateCount: 3, updateRequest: "accepted" });
    expect(flags(await dialing(owner).countries("GB").fetch())).toBe("low/special/fraud");
    await update(owner, { iso_code: "GB", low_risk_numbers_enabled: false });
    expect(flags(await dialing(owner).countries("GB").fetch())).toBe("/special/fraud");
    const rows = await api.store.dialingPermissions.list(owner.sid);
    expect(rows.map((row) => `${row.destination} ${row.lowRisk}`)).toEqual(["CA true", "GB false", "US true"]);
    const broken = update(owner, { iso_code: "FR", low_risk_numbers_enabled: true }, { iso_code: "QQ" });
    expect((await refusal(broken)).gist).toBe("400 20422");
    expect(flags(await dialing(owner).countries("FR").fetch())).toBe("//");
  });

  it("every country at once is one request", async () => {
    const owner = await api.addAccount();
    const all = await dialing(owner).countries.list();
    const updates = all.map(({ isoCode }) => ({ iso_code: isoCode, low_risk_numbers_enabled: "true" }));
    expect((await update(owner, ...updates)).updateCount).toBe(all.length);
    expect(await dialing(owner).countries.list({ lowRiskNumbersEnabled: false })).toEqual([]);
  });

  const refused: [request: string, says: RegExp][] = [
    ["", /^UpdateRequest must be a JSON list/],
    ["[", /^UpdateRequest must be a JSON list of 1 to 300 such as \[{"iso_code":"GB"/],
    ["[]", /^UpdateRequest must be a JSON list/],
    ["{}", /^UpdateRequest must be a JSON list/],
    ['[{"iso_code":"GB"}]', /^UpdateRequest: GB has none of low_risk_numbers_enabled/],
    ['[{"iso_code":"GB","low_risk_numbers_enabled":"yes"}]', /item 1: low_risk_numbers_enabled: must be true or false/],
    ['[{"low_risk_numbers_enabled":true}]', /item 1: iso_code: /],
    ['[{"iso_code":"CA","low_risk_numbers_enabled":true}]', /CA is part of US here\. Use US, or/],
    [
      JSON.stringify(Array.from({ length: 301 }, () => ({ iso_code: "GB" }))),
      /^UpdateRequest must be a JSON list of 1/,
    ],
    ['[{"iso_code":"__proto__","low_risk_numbers_enabled":true}]', /"__proto__" is no country/],
  ];
  it.each(refused)("UpdateRequest=%s is refused and said", async (updateRequest, says) => {
    const { gist, message } = await refusal(dialing().bulkCountryUpdates.create({ updateRequest }));
    expect([gist, message]).toEqual(["400 20422", expect.stringMatching(says)]);
  });

  it("a subaccount has its parent's permissions until it is told otherwise", async () => {
    const parent = await api.addAccount();
    const child = await api.addAccount({ parentSid: parent.sid });
    await update(parent, { iso_code: "FR", low_risk_numbers_enabled: true });
    const settings = dialing(child).settings();
    expect(await settings.fetch()).toMatchObject({
      dialingPermissionsInheritance: true,
      url: `${api.origin}/v1/Settings`,
    });
    expect(flags(await dialing(child).countries("FR").fetch())).toBe("low//");
    const early = await refusal(update(child, { iso_code: "DE", low_risk_numbers_enabled: true }));
    expect([early.gist, early.message]).toEqual([
      "400 20010",
      expect.stringMatching(/inherits the dialing permissions/),
    ]);
    expect(await settings.update({ dialingPermissionsInheritance: false })).toMatchObject({
      dialingPermissionsInheritance: false,
    });
    expect(flags(await dialing(child).countries("FR").fetch())).toBe("//");
    await update(child, { iso_code: "DE", low_risk_numbers_enabled: true });
    expect(flags(await dialing(child).countries("DE").fetch())).toBe("low//");
    expect(flags(await dialing(parent).countries("DE").fetch())).toBe("//");
    expect(await settings.update()).toMatchObject({ dialingPermissionsInheritance: false });
  });

  it("§7.2: by Host and by product segment, with links of the same kind", async () => {
    const segment = await api.request("GET", "/voice/v1/DialingPermissions/Countries/JP");
    expect(segment.body["url"]).toBe(`${api.origin}/voice/v1/DialingPermissions/Countries/JP`);
    const missing = await api.request("GET", "/voice/v1/DialingPermissions/Countries/QQ");
    expect(missing.body["message"]).toBe("The requested resource /DialingPermissions/Countries/QQ was not found");
    expect((await api.request("DELETE", "/v1/Settings")).body).toMatchObject({ status: 405, code: 20004 });
  });
});

describe("TERM-13: geo permissions by prefix, country or everywhere", () => {
  const PATH = "/trunkline/v1/GeoPermissions";

  it("are set, listed in pages, changed and deleted by destination", async () => {
    const as = await api.addAccount();
    const set = (form: string | Record<string, string>) => api.request("POST", PATH, { as, form });
    const made = await set({ Destination: "+8190", LowRiskNumbersEnabled: "true" });
    expect([made.status, made.body]).toEqual([
      201,
      {
        account_sid: as.sid,
        destination: "+8190",
        low_risk_numbers_enabled: true,
        high_risk_special_numbers_enabled: false,
        high_risk_tollfraud_numbers_enabled: false,
        url: `${api.origin}${PATH}/%2B8190`,
      },
    ]);
    expect((await set({ Destination: "*" })).body).toMatchObject({ destination: "*", low_risk_numbers_enabled: false });
    expect((await set({ Destination: "jp", HighRiskSpecialNumbersEnabled: "true" })).body).toMatchObject({
      destination: "JP",
    });
    expect((await set("Destination=+81")).body, "a + that nobody encoded").toMatchObject({ destination: "+81" });
    const seen: string[] = [];
    let next: string | null = `${PATH}?PageSize=3`;
    while (next !== null) {
      const { body } = await api.request("GET", next, { as });
      seen.push(...(body["geo_permissions"] as { destination: string }[]).map(({ destination }) => destination));
      const meta = body["meta"] as { next_page_url: string | null };
      next = meta.next_page_url?.slice(api.origin.length) ?? null;
    }
    expect(seen).toEqual(["*", "+81", "+8190", "JP"]);
    const change = { HighRiskTollfraudNumbersEnabled: "true" };
    for (const destination of ["+8190", "%2B8190"])
      expect((await api.request("POST", `${PATH}/${destination}`, { as, form: change })).body).toMatchObject({
        destination: "+8190",
        low_risk_numbers_enabled: true,
        high_risk_tollfraud_numbers_enabled: true,
      });
    expect((await api.request("DELETE", `${PATH}/*`, { as })).status).toBe(204);
    expect((await api.request("GET", `${PATH}/*`, { as })).status).toBe(404);
    expect((await api.request("GET", `${PATH}/%2B8190`)).status, "of another account").toBe(404);
  });

  it("US and Canada are told apart here, and Twilio's entry has what both allow", async () => {
    const as = await api.addAccount();
    for (const [Destination, LowRiskNumbersEnabled] of [
      ["US", "true"],
      ["CA", "false"],
    ] as const)
      await api.request("POST", PATH, { as, form: { Destination, LowRiskNumbersEnabled } });
    expect(flags(await dialing(as).countries("US").fetch())).toBe("//");
    await api.request("POST", `${PATH}/CA`, { as, form: { LowRiskNumbersEnabled: "true" } });
    expect(flags(await dialing(as).countries("US").fetch())).toBe("low//");
  });

  const refused: [destination: string, says: RegExp][] = [
    ["QQ", /^Destination: "QQ" is no place to call\. Write the ISO 3166-1 code/],
    ["+0", /^Destination: "\+0" is no place to call/],
    ["+1234567890123456", /^Destination must be text of 1 to 16|^Destination: /],
    ["Japan", /^Destination: "Japan"/],
    ["*/JP", /^Destination: "\*\/JP"/],
    ["", /^Destination must be text/],
  ];
  it.each(refused)("%j is refused and said", async (Destination, says) => {
    const { status, body } = await api.request("POST", PATH, { form: { Destination } });
    expect([status, body["message"]]).toEqual([400, expect.stringMatching(says)]);
  });

  it("a subaccount that inherits its parent's has none of its own to change, also by the operator's hand", async () => {
    const parent = await api.addAccount();
    const child = await api.addAccount({ parentSid: parent.sid });
    const headers = { "x-trunkline-account": child.sid };
    for (const as of [child, OPERATOR]) {
      const { body } = await api.request("POST", PATH, { as, headers, form: { Destination: "*" } });
      expect(body).toMatchObject({ status: 400, code: 20010 });
    }
  });
});

it.skipIf(twilioAbsent)(`API-3: every answer above agrees with the documents ${twilioAbsent ?? ""}`, () => {
  expect(api.complaints).toEqual([]);
  expect(api.failures).toEqual([]);
});
