import { describe, expect, it } from "vitest";
import type { Address, Rate } from "../catalogue.types.ts";
import { newAccount, newApplication, newNumber, newSid, newTrunk, phoneNumberRow } from "../rows.fixture.ts";
import type { Store } from "../store.ts";

const ALL = { limit: 1_000 };
const missing = (what: string) => ({ kind: "not-found", what });
const conflict = (which: string) => ({ kind: "conflict", which });

export function catalogueContract(store: () => Store): void {
  describe("applications and addresses", () => {
    applicationChecks(store);
    addressChecks(store);
  });
  describe("rates", () => rateChecks(store));
  describe("names of callers and regions", () => {
    callerNameChecks(store);
    regionChecks(store);
  });
}

function applicationChecks(store: () => Store): void {
  it("API-1: an application that is deleted leaves the numbers that refer to it", async () => {
    const accountSid = await newAccount(store());
    const [kept, gone] = [await newApplication(store(), accountSid), await newApplication(store(), accountSid)];
    const number = { ...phoneNumberRow(accountSid), voiceApplicationSid: gone, smsApplicationSid: kept };
    expect(await store().phoneNumbers.create(number)).toMatchObject({ kind: "ok" });
    expect(await store().applications.delete(accountSid, gone)).toMatchObject({ kind: "ok", row: { sid: gone } });
    const now = await store().phoneNumbers.fetch(accountSid, number.sid);
    expect(now).toMatchObject({ voiceApplicationSid: null, smsApplicationSid: kept });
  });

  it("API-1: a number refers to applications of its own account alone", async () => {
    const [own, foreign] = [await newAccount(store()), await newAccount(store())];
    const voiceApplicationSid = await newApplication(store(), foreign);
    const number = { ...phoneNumberRow(own), voiceApplicationSid };
    expect(await store().phoneNumbers.create(number)).toEqual(missing("application"));
    expect(await store().applications.fetch(own, voiceApplicationSid)).toBeUndefined();
    expect(await store().applications.delete(own, voiceApplicationSid)).toEqual(missing("application"));
  });

  it("API-1: applications are found by their name, oldest first, and changed", async () => {
    const accountSid = await newAccount(store());
    const [first, second] = [await newApplication(store(), accountSid), await newApplication(store(), accountSid)];
    const change = { friendlyName: "Sales", voiceUrl: null, voiceMethod: "GET" } as const;
    expect(await store().applications.update(accountSid, second, change)).toMatchObject({ kind: "ok", row: change });
    const sids = async (filter: object) =>
      (await store().applications.list(accountSid, filter, ALL)).rows.map((row) => row.sid);
    expect(await sids({})).toEqual([first, second]);
    expect(await sids({ friendlyName: "Sales" })).toEqual([second]);
    expect(await sids({ friendlyName: "sal%" })).toEqual([]);
  });
}

function addressChecks(store: () => Store): void {
  it("API-1: an address that a number has is not deleted, and tells which numbers have it", async () => {
    const [accountSid, other] = [await newAccount(store()), await newAccount(store())];
    const address = addressRow(accountSid);
    expect(await store().addresses.create(address)).toMatchObject({ kind: "ok", row: address });
    const number = { ...phoneNumberRow(accountSid), addressSid: address.sid };
    expect(await store().phoneNumbers.create(number)).toMatchObject({ kind: "ok" });
    expect(await store().addresses.delete(accountSid, address.sid)).toEqual(conflict("in-use"));
    const dependent = await store().addresses.listDependentNumbers(accountSid, address.sid, ALL);
    expect(dependent.rows.map((row) => row.sid)).toEqual([number.sid]);
    expect((await store().addresses.listDependentNumbers(other, address.sid, ALL)).rows).toEqual([]);
    await store().phoneNumbers.delete(accountSid, number.sid);
    expect(await store().addresses.delete(accountSid, address.sid)).toMatchObject({ kind: "ok" });
  });

  it("API-1: addresses are found by what they say", async () => {
    const accountSid = await newAccount(store());
    const [berlin, tokyo] = [
      addressRow(accountSid, { isoCountry: "DE", emergencyEnabled: true }),
      addressRow(accountSid, { isoCountry: "JP", customerName: "Umi" }),
    ];
    for (const address of [berlin, tokyo]) await store().addresses.create(address);
    const sids = async (filter: object) =>
      (await store().addresses.list(accountSid, filter, ALL)).rows.map((row) => row.sid);
    expect(await sids({ isoCountry: "DE" })).toEqual([berlin.sid]);
    expect(await sids({ emergencyEnabled: false })).toEqual([tokyo.sid]);
    expect(await sids({ customerName: "Umi", isoCountry: "DE" })).toEqual([]);
  });
}

function addressRow(accountSid: string, fields: Partial<Address> = {}): Address {
  return {
    sid: newSid("AD"),
    accountSid,
    friendlyName: "Office",
    customerName: "Example",
    street: "1 Main St",
    streetSecondary: null,
    city: "Springfield",
    region: "IL",
    postalCode: "62701",
    isoCountry: "US",
    emergencyEnabled: false,
    ...fields,
  };
}

function rateChecks(store: () => Store): void {
  it("API-1: there is one price for a prefix, and one for a kind of number in a country", async () => {
    const rate = terminationRow("99011");
    expect(await store().rates.create(rate)).toMatchObject({ kind: "ok", row: rate });
    expect(await store().rates.create(terminationRow("99011"))).toEqual(conflict("prefix"));
    const origination = numberRow("origination", "AQ");
    expect(await store().rates.create(origination)).toMatchObject({ kind: "ok", row: origination });
    expect(await store().rates.create(numberRow("origination", "AQ"))).toEqual(conflict("prefix"));
    expect(await store().rates.create(numberRow("number", "AQ"))).toMatchObject({ kind: "ok" });
    expect(await store().rates.update(rate.sid, { priceMicros: 7 })).toMatchObject({ row: { priceMicros: 7 } });
    expect(await store().rates.ofNumbers("origination", "AQ")).toEqual([origination]);
    expect((await store().rates.list({ kind: "origination", isoCountry: "AQ" }, ALL)).rows).toHaveLength(1);
    expect(await store().rates.delete(rate.sid)).toMatchObject({ kind: "ok" });
    expect(await store().rates.delete(rate.sid)).toEqual(missing("rate"));
  });

  it("API-1: a deck of rates is put in place again and again, and changes what is different", async () => {
    const deck = Array.from({ length: 2_500 }, (_none, index) => terminationRow(`99${1_000 + index}`));
    const last = { ...terminationRow("991000"), priceMicros: 5 };
    expect(await store().rates.put([...deck, last, numberRow("number", "XW")])).toEqual({ kind: "ok", row: 2_502 });
    expect(await store().rates.put(deck.slice(1))).toEqual({ kind: "ok", row: 2_499 });
    const [found, ...others] = await store().rates.atPrefixes(["991000", "9910", "99"]);
    expect([found?.prefix, found?.priceMicros, others]).toEqual(["991000", 5, []]);
    expect(await store().rates.underPrefixes(["99100"])).toHaveLength(10);
    expect(await store().rates.prefixHeads(3)).toEqual(expect.arrayContaining(["991", "992", "993"]));
  });

  it("the currency of the installation is kept", async () => {
    expect(await store().rates.currency()).toBe("USD");
    await store().rates.setCurrency("EUR");
    expect(await store().rates.currency()).toBe("EUR");
    await store().rates.setCurrency("USD");
  });
}

function terminationRow(prefix: string): Rate {
  const place = { kind: "termination", prefix, isoCountry: null, numberType: null } as const;
  return { sid: newSid("RT"), friendlyName: "Somewhere", priceMicros: 13_000, ...place };
}

function numberRow(kind: "origination" | "number", isoCountry: string): Rate {
  const place = { kind, prefix: null, isoCountry, numberType: "local" } as const;
  return { sid: newSid("RT"), friendlyName: "Local", priceMicros: 8_500, ...place };
}

function callerNameChecks(store: () => Store): void {
  it("ORIG-8: a number's name is set, replaced, listed in order and removed", async () => {
    const [first, second] = [newNumber(), newNumber()];
    const row = { e164: second, callerName: "UMI LTD", callerType: "BUSINESS" } as const;
    expect(await store().callerNames.set({ ...row, callerType: null })).toMatchObject({ kind: "ok" });
    expect(await store().callerNames.set(row)).toMatchObject({ kind: "ok", row });
    await store().callerNames.set({ e164: first, callerName: "JO DOE", callerType: "CONSUMER" });
    expect(await store().callerNames.fetch(second)).toMatchObject(row);
    const listed = (await store().callerNames.list(ALL)).rows.map(({ e164 }) => e164);
    expect(listed.indexOf(second)).toBe(listed.indexOf(first) + 1);
    const page = await store().callerNames.list({ limit: 1 });
    expect((await store().callerNames.list({ limit: 1, after: page.next ?? "" })).rows).toHaveLength(1);
    expect(await store().callerNames.remove(second)).toEqual({ kind: "ok", row });
    expect(await store().callerNames.remove(second)).toEqual(missing("caller name"));
  });
}

function regionChecks(store: () => Store): void {
  it("API-1: a region is a trunk's or a number's, and goes with it", async () => {
    const accountSid = await newAccount(store());
    const trunkSid = await newTrunk(store(), accountSid);
    const number = phoneNumberRow(accountSid);
    await store().phoneNumbers.create(number);
    for (const ownerSid of [trunkSid, number.sid]) {
      const row = { ownerSid, friendlyName: "", voiceRegion: "ie1" };
      expect(await store().regionRoutes.set({ ...row, voiceRegion: "us1" })).toMatchObject({ kind: "ok" });
      expect(await store().regionRoutes.set(row)).toMatchObject({ kind: "ok", row });
      expect(await store().regionRoutes.fetch(ownerSid)).toMatchObject(row);
    }
    await store().trunks.delete(accountSid, trunkSid);
    await store().phoneNumbers.delete(accountSid, number.sid);
    expect(await store().regionRoutes.fetch(trunkSid)).toBeUndefined();
    expect(await store().regionRoutes.fetch(number.sid)).toBeUndefined();
    const orphan = { ownerSid: trunkSid, friendlyName: "", voiceRegion: "us1" };
    expect(await store().regionRoutes.set(orphan)).toEqual(missing("trunk"));
  });

  it("the edges of the installation are listed by name", async () => {
    await store().edgeLocations.upsert({ name: "tokyo", aliases: ["jp1"] });
    await store().edgeLocations.upsert({ name: "ashburn", aliases: ["us1"] });
    const edges = await store().edgeLocations.list();
    expect(edges).toEqual(expect.arrayContaining([{ name: "ashburn", aliases: ["us1"] }]));
    expect(edges.map(({ name }) => name)).toEqual(edges.map(({ name }) => name).sort());
  });
}
