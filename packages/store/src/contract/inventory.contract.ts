import { describe, expect, it } from "vitest";
import type { InventoryNumber, NumberSearch } from "../inventory.types.ts";
import { newAccount, newSid, newTrunk, phoneNumberRow } from "../rows.fixture.ts";
import type { NewPhoneNumber, Store } from "../store.ts";

const ALL = { limit: 1_000 };
const conflict = (which: string) => ({ kind: "conflict", which });

let countries = 0;
/** A country code that no other check has numbers of. */
const newCountry = (): string => `Q${String.fromCharCode(65 + countries++)}`;
let numbers = 0;
const newE164 = (): string => `+4930${String(++numbers).padStart(7, "0")}`;

function stock(fields: Partial<InventoryNumber> = {}): InventoryNumber {
  return {
    sid: newSid("IN"),
    e164: newE164(),
    isoCountry: "DE",
    type: "local",
    carrierSid: null,
    monthlyPriceMicros: 1_150_000,
    capabilities: ["voice"],
    locality: null,
    region: null,
    state: "available",
    ...fields,
  };
}

function order(accountSid: string): NewPhoneNumber {
  const {
    e164: _e164,
    isoCountry: _country,
    type: _type,
    capabilities: _capabilities,
    ...rest
  } = phoneNumberRow(accountSid);
  return { ...rest, friendlyName: (e164) => `No. ${e164}` };
}

/** Numbers on sale, bought, released, moved (NUM-1, NUM-5). */
export function inventoryContract(store: () => Store): void {
  describe("NUM-5: the inventory", () => stockChecks(store));
  describe("NUM-1: search", () => searchChecks(store));
  describe("NUM-1: purchase and release", () => {
    purchaseChecks(store);
    areaChecks(store);
    moveChecks(store);
  });
  describe("NUM-5: imports", () => importChecks(store));
}

function stockChecks(store: () => Store): void {
  it("gives back what was stored, changes it, and has every number once", async () => {
    const { inventory } = store();
    const row = stock({ locality: "Berlin", region: "BE", capabilities: ["voice", "fax"] });
    const nobody = { accountSid: null, soldAtMs: null, quarantinedUntilMs: null };
    expect(await inventory.create(row)).toMatchObject({ kind: "ok", row: { ...row, ...nobody } });
    expect(await inventory.create({ ...row, sid: newSid("IN") })).toEqual(conflict("phone-number"));
    expect(await inventory.fetch(row.sid)).toMatchObject({ ...row, ...nobody });
    expect(await inventory.update(row.sid, { state: "port-in", locality: null })).toMatchObject({
      row: { state: "port-in", locality: null, region: "BE" },
    });
    expect((await inventory.list({ prefix: row.e164, state: "port-in" }, ALL)).rows).toHaveLength(1);
    expect((await inventory.list({ prefix: row.e164, state: "available" }, ALL)).rows).toEqual([]);
    expect(await inventory.delete(row.sid)).toMatchObject({ kind: "ok" });
    expect(await inventory.fetch(row.sid)).toBeUndefined();
    expect(await inventory.update(row.sid, {})).toMatchObject({ kind: "not-found" });
  });

  it("names a carrier that is there, and outlives it", async () => {
    const sid = newSid("CX");
    const carrier = { friendlyName: sid, enabled: true, priority: 1, retryStatuses: [503], ownNumbersOnly: false };
    await store().carriers.create({ sid, ...carrier });
    const row = stock({ carrierSid: sid });
    expect(await store().inventory.create(row)).toMatchObject({ row: { carrierSid: sid } });
    expect(await store().inventory.create(stock({ carrierSid: newSid("CX") }))).toEqual({
      kind: "not-found",
      what: "carrier",
    });
    await store().carriers.delete(sid);
    expect(await store().inventory.fetch(row.sid)).toMatchObject({ carrierSid: null });
  });

  it("a number that an account has already is sold, whichever came first", async () => {
    const accountSid = await newAccount(store());
    const number = phoneNumberRow(accountSid);
    await store().phoneNumbers.create(number);
    const row = stock({ e164: number.e164 });
    expect(await store().inventory.create(row)).toMatchObject({ row: { state: "sold", accountSid } });
    expect(await store().inventory.update(row.sid, { state: "available" })).toEqual(conflict("in-use"));
    expect(await store().inventory.update(row.sid, { monthlyPriceMicros: 5 })).toMatchObject({ kind: "ok" });
    expect(await store().inventory.delete(row.sid)).toEqual(conflict("in-use"));
    const portIn = stock({ state: "port-in", type: "mobile" });
    await store().inventory.create(portIn);
    const given = await store().phoneNumbers.create({ ...phoneNumberRow(accountSid), e164: portIn.e164 });
    expect(given).toMatchObject({ kind: "ok", row: { type: "mobile", isoCountry: "DE" } });
    expect(await store().inventory.fetch(portIn.sid)).toMatchObject({ state: "sold", accountSid });
  });
}

function searchChecks(store: () => Store): void {
  it("finds by digits, prefix, place, type and capability, in order, page by page", async () => {
    const isoCountry = newCountry();
    const rows = [
      stock({ isoCountry, e164: "+99812345001", locality: "Tashkent", region: "TK" }),
      stock({ isoCountry, e164: "+99812345002", capabilities: ["voice", "sms"] }),
      stock({ isoCountry, e164: "+99855512345", locality: "Samarkand" }),
      stock({ isoCountry, e164: "+99890001234", type: "mobile" }),
      stock({ isoCountry, e164: "+99812345003", state: "port-in" }),
    ];
    for (const row of rows.toReversed()) await store().inventory.create(row);
    const find = async (search: Partial<NumberSearch>) =>
      (await store().inventory.search({ isoCountry, type: "local", ...search }, ALL)).rows.map((row) =>
        row.e164.slice(-5),
      );
    expect(await find({})).toEqual(["45001", "45002", "12345"]);
    expect(await find({ type: "mobile" })).toEqual(["01234"]);
    const contains: [pattern: string, want: string[]][] = [
      ["12345", ["45001", "45002", "12345"]],
      ["12345$", ["12345"]],
      ["345**1", ["45001"]],
      ["+998123", ["45001", "45002"]],
      ["+99", ["45001", "45002", "12345"]],
      ["123%2", ["45002"]],
      ["*99812345001", []],
      ["%99812345001", ["45001"]],
      ["99", ["45001", "45002", "12345"]],
      ["777", []],
    ];
    for (const [pattern, want] of contains)
      expect([pattern, await find({ contains: pattern })]).toEqual([pattern, want]);
    expect(await find({ prefix: "+998555" })).toEqual(["12345"]);
    expect(await find({ locality: "tashKENT" })).toEqual(["45001"]);
    expect(await find({ region: "tk", locality: "Samarkand" })).toEqual([]);
    expect(await find({ capabilities: { sms: true } })).toEqual(["45002"]);
    expect(await find({ capabilities: { voice: true, sms: false } })).toEqual(["45001", "12345"]);
    const first = await store().inventory.search({ isoCountry, type: "local" }, { limit: 2 });
    const second = await store().inventory.search({ isoCountry, type: "local" }, { limit: 2, after: first.next ?? "" });
    expect([...first.rows, ...second.rows].map((row) => row.e164.slice(-5))).toEqual(await find({}));
    const onSale = await store().inventory.onSale();
    expect(onSale.filter((kind) => kind.isoCountry === isoCountry).map((kind) => kind.type)).toEqual([
      "local",
      "mobile",
    ]);
  });
}

function purchaseChecks(store: () => Store): void {
  it("a number that is bought is as the inventory says, is no more on sale, and its time is written down", async () => {
    const accountSid = await newAccount(store());
    const row = stock({ capabilities: ["voice", "sms"], type: "national", isoCountry: newCountry() });
    await store().inventory.create(row);
    const { e164, isoCountry, type, capabilities } = row;
    const order1 = order(accountSid);
    expect(await store().phoneNumbers.buy(order1, { e164, type: "mobile" })).toEqual(conflict("number-type"));
    expect(await store().phoneNumbers.buy(order1, { e164 })).toMatchObject({
      kind: "ok",
      row: { sid: order1.sid, accountSid, e164, isoCountry, type, capabilities, friendlyName: `No. ${e164}` },
    });
    expect(await store().inventory.fetch(row.sid)).toMatchObject({
      state: "sold",
      accountSid,
      soldAtMs: expect.any(Number),
    });
    expect((await store().inventory.search({ isoCountry, type }, ALL)).rows).toEqual([]);
    expect((await store().numberPeriods.list(accountSid, ALL)).rows).toEqual([
      {
        ...{ phoneNumberSid: order1.sid, accountSid, e164, isoCountry, type, monthlyPriceMicros: 1_150_000 },
        beganAtMs: expect.any(Number),
        endedAtMs: null,
      },
    ]);
  });

  it("of twenty buyers of one number one gets it, the others are told, and of twenty buyers of twenty everyone", async () => {
    const buyers = await Promise.all(Array.from({ length: 20 }, () => newAccount(store())));
    const { e164 } = await add(stock());
    const raced = await Promise.all(buyers.map((sid) => store().phoneNumbers.buy(order(sid), { e164 })));
    expect(raced.filter(({ kind }) => kind === "ok")).toHaveLength(1);
    expect(raced.filter(({ kind }) => kind !== "ok")).toEqual(Array(19).fill(conflict("not-available")));
  });

  it("a released number is for its last account alone, until the quarantine ends", async () => {
    const [accountSid, rival] = [await newAccount(store()), await newAccount(store())];
    const row = await add(stock({ isoCountry: newCountry() }));
    const { e164, isoCountry, type, sid } = row;
    const first = order(accountSid);
    await store().phoneNumbers.buy(first, { e164 });
    expect(await store().phoneNumbers.delete(accountSid, first.sid)).toMatchObject({ kind: "ok" });
    const kept = await store().inventory.fetch(sid);
    expect(kept).toMatchObject({ state: "quarantined", accountSid });
    expect(Math.abs((kept?.quarantinedUntilMs ?? 0) - Date.now() - 30 * 86_400_000)).toBeLessThan(7_200_000);
    expect((await store().inventory.list({ isoCountry, state: "quarantined" }, ALL)).rows).toHaveLength(1);
    expect((await store().inventory.search({ isoCountry, type }, ALL)).rows).toEqual([]);
    expect(await store().phoneNumbers.buy(order(rival), { e164 })).toEqual(conflict("not-available"));
    const again = order(accountSid);
    expect(await store().phoneNumbers.buy(again, { e164 })).toMatchObject({ kind: "ok" });
    await store().phoneNumbers.delete(accountSid, again.sid);
    expect(await store().inventory.update(sid, { state: "available" })).toMatchObject({
      row: { state: "available", accountSid: null, quarantinedUntilMs: null },
    });
    expect(await store().phoneNumbers.buy(order(rival), { e164 })).toMatchObject({ kind: "ok" });
    const periods = (await store().numberPeriods.list(accountSid, ALL)).rows;
    expect(periods.map((period) => [period.phoneNumberSid, period.endedAtMs])).toEqual([
      [first.sid, expect.any(Number)],
      [again.sid, expect.any(Number)],
    ]);
  });

  it("ACC-2: a trial cannot empty the inventory into quarantine, and may buy back what it released", async () => {
    const main = await newAccount(store());
    const child = await newAccount(store(), main);
    await store().accounts.update(main, { type: "Trial" });
    const rows = await Promise.all(Array.from({ length: 6 }, () => add(stock())));
    for (const [i, { e164 }] of rows.slice(0, 5).entries()) {
      const bought = order(i % 2 === 0 ? main : child);
      expect(await store().phoneNumbers.buy(bought, { e164 })).toMatchObject({ kind: "ok" });
      await store().phoneNumbers.delete(bought.accountSid, bought.sid);
    }
    const [first, sixth] = [rows[0]?.e164 ?? "", rows[5]?.e164 ?? ""];
    for (const buyer of [main, child])
      expect(await store().phoneNumbers.buy(order(buyer), { e164: sixth })).toEqual(conflict("quarantine"));
    const back = order(main);
    expect(await store().phoneNumbers.buy(back, { e164: first })).toMatchObject({ kind: "ok" });
    await store().phoneNumbers.delete(main, back.sid);
    await store().accounts.update(main, { type: "Full" });
    expect(await store().phoneNumbers.buy(order(child), { e164: sixth })).toMatchObject({ kind: "ok" });
  });

  it("neither what is being ported in nor what is in no inventory can be bought", async () => {
    const accountSid = await newAccount(store());
    const { e164 } = await add(stock({ state: "port-in" }));
    expect(await store().phoneNumbers.buy(order(accountSid), { e164 })).toEqual(conflict("not-available"));
    expect(await store().phoneNumbers.buy(order(accountSid), { e164: newE164() })).toEqual(conflict("not-available"));
  });

  const add = async (row: InventoryNumber): Promise<InventoryNumber> => {
    expect(await store().inventory.create(row)).toMatchObject({ kind: "ok" });
    return row;
  };
}

function areaChecks(store: () => Store): void {
  it("of an area code buyers at once get different numbers, until there is none", async () => {
    for (let n = 0; n < 5; n++) {
      await store().inventory.create(stock({ e164: `+1907555000${n}`, isoCountry: "US" }));
    }
    await store().inventory.create(stock({ e164: "+19075550009", isoCountry: "US", type: "mobile" }));
    const buyers = await Promise.all(Array.from({ length: 5 }, () => newAccount(store())));
    const bought = await Promise.all(buyers.map((sid) => store().phoneNumbers.buy(order(sid), { areaCode: "907" })));
    const got = bought.map((outcome) => (outcome.kind === "ok" ? outcome.row.e164 : outcome.kind));
    expect(new Set(got)).toEqual(new Set([0, 1, 2, 3, 4].map((n) => `+1907555000${n}`)));
    const late = await newAccount(store());
    expect(await store().phoneNumbers.buy(order(late), { areaCode: "907" })).toEqual(conflict("not-available"));
  });
}

function moveChecks(store: () => Store): void {
  it("a number moves to another account with its settings, without what belongs to the first", async () => {
    const from = await newAccount(store());
    const to = await newAccount(store(), from);
    const row = stock();
    await store().inventory.create(row);
    const { sid } = order(from);
    await store().phoneNumbers.buy(
      { ...order(from), sid, trunkSid: await newTrunk(store(), from) },
      { e164: row.e164 },
    );
    expect(await store().phoneNumbers.move(from, sid, to, { friendlyName: "moved" })).toMatchObject({
      row: { accountSid: to, friendlyName: "moved", trunkSid: null, voiceUrl: "https://example.com/voice" },
    });
    expect(await store().phoneNumbers.fetch(from, sid)).toBeUndefined();
    expect(await store().phoneNumbers.move(from, sid, to, {})).toMatchObject({ kind: "not-found" });
    expect(await store().inventory.fetch(row.sid)).toMatchObject({ state: "sold", accountSid: to });
    const [was] = (await store().numberPeriods.list(from, ALL)).rows;
    const [is] = (await store().numberPeriods.list(to, ALL)).rows;
    expect([was?.endedAtMs, is?.endedAtMs, is?.monthlyPriceMicros]).toEqual([is?.beganAtMs, null, 1_150_000]);
  });
}

function importChecks(store: () => Store): void {
  const fields = ["monthlyPriceMicros", "state"] as const;
  const begin = async (dryRun = false): Promise<string> => {
    const sid = newSid("II");
    expect(await store().inventoryImports.begin(sid, dryRun)).toMatchObject({ kind: "ok", row: { state: "running" } });
    return sid;
  };

  const finish = (sid: string) => store().inventoryImports.finish(sid, "completed", []);

  it("counts what is new, what changed and what was refused; repeating it changes nothing", async () => {
    const rows = [stock(), stock(), stock()];
    const refused = [{ line: 5, column: "Type", message: "no" }];
    const sid = await begin();
    const step = { rows, fields, read: 4, refused };
    expect(await store().inventoryImports.step(sid, step)).toMatchObject({
      row: { state: "running", read: 4, added: 3, updated: 0, refused: 1, errors: refused },
    });
    const cheaper = rows.map((row, at) => ({
      ...row,
      sid: newSid("IN"),
      monthlyPriceMicros: at === 0 ? 7 : row.monthlyPriceMicros,
      locality: "not said",
    }));
    expect(await store().inventoryImports.step(sid, { ...step, rows: cheaper })).toMatchObject({
      row: { read: 8, added: 3, updated: 1 },
    });
    expect(await store().inventory.fetch(rows[0]?.sid ?? "")).toMatchObject({ monthlyPriceMicros: 7, locality: null });
    expect(await store().inventoryImports.finish(sid, "completed", [])).toMatchObject({ state: "completed", added: 3 });
    expect(await store().inventoryImports.fetch(sid)).toMatchObject({ state: "completed", dryRun: false });
    expect((await store().inventoryImports.list({ limit: 1 })).rows.map((row) => row.sid)).toEqual([sid]);
  });

  it("a dry run counts the same and leaves nothing", async () => {
    const row = stock();
    const sid = await begin(true);
    expect(await store().inventoryImports.step(sid, { rows: [row], fields, read: 1, refused: [] })).toMatchObject({
      row: { dryRun: true, read: 1, added: 1 },
    });
    expect(await store().inventory.fetch(row.sid)).toBeUndefined();
    await finish(sid);
  });

  it("one import runs at a time", async () => {
    const sid = await begin();
    expect(await store().inventoryImports.begin(newSid("II"), false)).toEqual(conflict("in-use"));
    await finish(sid);
    await finish(await begin());
  });

  it("does not sell again what is sold, nor end a quarantine", async () => {
    const accountSid = await newAccount(store());
    const row = stock();
    await store().inventory.create(row);
    const { sid } = order(accountSid);
    await store().phoneNumbers.buy({ ...order(accountSid), sid }, { e164: row.e164 });
    const step = { rows: [{ ...row, sid: newSid("IN") }], fields, read: 1, refused: [] };
    const importSid = await begin();
    expect(await store().inventoryImports.step(importSid, step)).toMatchObject({ row: { updated: 0 } });
    expect(await store().inventory.fetch(row.sid)).toMatchObject({ state: "sold" });
    await store().phoneNumbers.delete(accountSid, sid);
    await store().inventoryImports.step(importSid, step);
    expect(await store().inventory.fetch(row.sid)).toMatchObject({ state: "quarantined" });
    const owned = phoneNumberRow(accountSid);
    await store().phoneNumbers.create(owned);
    const late = stock({ e164: owned.e164 });
    await store().inventoryImports.step(importSid, { ...step, rows: [late] });
    await finish(importSid);
    expect(await store().inventory.fetch(late.sid)).toMatchObject({ state: "sold", accountSid });
  });
}
