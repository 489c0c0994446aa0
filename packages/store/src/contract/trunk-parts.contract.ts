import { describe, expect, it } from "vitest";
import {
  newAccount,
  newApplication,
  newNumber,
  newSid,
  newTrunk,
  originationUrlRow,
  phoneNumberRow,
} from "../rows.fixture.ts";
import type { Store } from "../store.ts";

const ALL = { limit: 1_000 };
const DATES = { createdAtMs: expect.any(Number), updatedAtMs: expect.any(Number) };
const conflict = (which: string) => ({ kind: "conflict", which });
const missing = (what: string) => ({ kind: "not-found", what });

/** URLs, lists and numbers: what a trunk is told by others. */
export function trunkPartsContract(store: () => Store): void {
  describe("what hangs on trunks", () => childChecks(store));
  describe("lists", () => {
    uniquenessChecks(store);
    associationChecks(store);
  });
  describe("phone numbers (NUM-2)", () => {
    numberChecks(store);
    numberSearchChecks(store);
  });
}

function childChecks(store: () => Store): void {
  it("origination URLs are created, read, listed, changed and deleted below their trunk only", async () => {
    const accountSid = await newAccount(store());
    const trunkSid = await newTrunk(store(), accountSid);
    const otherTrunk = await newTrunk(store(), accountSid);
    const row = originationUrlRow(accountSid, trunkSid);
    const urls = store().originationUrls;
    expect(await urls.create(row)).toEqual({ kind: "ok", row: { ...row, ...DATES } });
    expect(await urls.fetch(trunkSid, row.sid)).toEqual({ ...row, ...DATES });
    expect(await urls.fetch(otherTrunk, row.sid)).toBeUndefined();
    expect(await urls.update(otherTrunk, row.sid, { weight: 1 })).toEqual(missing("origination URL"));
    expect(await urls.update(trunkSid, row.sid, { weight: 1, enabled: false })).toMatchObject({
      kind: "ok",
      row: { weight: 1, enabled: false, priority: 10 },
    });
    expect(await urls.delete(otherTrunk, row.sid)).toEqual(missing("origination URL"));
    expect((await urls.list(trunkSid, ALL)).rows).toHaveLength(1);
    expect(await urls.delete(trunkSid, row.sid)).toEqual({ kind: "ok", row: { ...row, weight: 1, enabled: false } });
    expect((await urls.list(trunkSid, ALL)).rows).toEqual([]);
  });

  it("refuses an origination URL whose trunk is another account's", async () => {
    const trunkSid = await newTrunk(store(), await newAccount(store()));
    const foreign = await newAccount(store());
    expect(await store().originationUrls.create(originationUrlRow(foreign, trunkSid))).toEqual(missing("trunk"));
  });

  it("caller IDs are verified once per account", async () => {
    const accountSid = await newAccount(store());
    const row = { sid: newSid("PN"), accountSid, e164: newNumber(), friendlyName: "Desk" };
    expect(await store().callerIds.create(row)).toEqual({ kind: "ok", row: { ...row, ...DATES } });
    expect(await store().callerIds.create({ ...row, sid: newSid("PN") })).toEqual(conflict("phone-number"));
    const other = await newAccount(store());
    expect(await store().callerIds.create({ ...row, sid: newSid("PN"), accountSid: other })).toMatchObject({
      kind: "ok",
    });
  });
}

function uniquenessChecks(store: () => Store): void {
  it("names are unique in an account, user names and addresses in a list", async () => {
    const accountSid = await newAccount(store());
    const acl = { sid: newSid("AL"), accountSid, friendlyName: "office" };
    await store().ipAccessControlLists.create(acl);
    expect(await store().ipAccessControlLists.create({ ...acl, sid: newSid("AL") })).toEqual(conflict("friendly-name"));
    const address = {
      sid: newSid("IP"),
      listSid: acl.sid,
      friendlyName: "a",
      ipAddress: "192.0.2.1",
      cidrPrefixLength: 32,
    };
    expect(await store().ipAddresses.create(address)).toEqual({ kind: "ok", row: { ...address, ...DATES } });
    expect(await store().ipAddresses.create({ ...address, sid: newSid("IP") })).toEqual(conflict("ip-address"));
    expect(await store().ipAddresses.create({ ...address, sid: newSid("IP"), listSid: "AL0" })).toEqual(
      missing("IP access control list"),
    );

    const list = { sid: newSid("CL"), accountSid, friendlyName: "users" };
    await store().credentialLists.create(list);
    const credential = {
      sid: newSid("CR"),
      listSid: list.sid,
      username: "pbx",
      ha1Md5: "0".repeat(32),
      ha1Sha256: "1".repeat(64),
    };
    expect(await store().credentials.create(credential)).toEqual({ kind: "ok", row: { ...credential, ...DATES } });
    expect(await store().credentials.create({ ...credential, sid: newSid("CR") })).toEqual(conflict("username"));
    const change = { ha1Md5: "2".repeat(32), ha1Sha256: "3".repeat(64) };
    await store().credentials.update(list.sid, credential.sid, change);
    expect(await store().credentials.fetch(list.sid, credential.sid)).toEqual({ ...credential, ...change, ...DATES });
  });
}

function associationChecks(store: () => Store): void {
  it("a list hangs on a trunk once, of the same account only, and is not deleted meanwhile (21245, 21236, 21241)", async () => {
    const accountSid = await newAccount(store());
    const trunkSid = await newTrunk(store(), accountSid);
    const list = { sid: newSid("CL"), accountSid, friendlyName: "users" };
    await store().credentialLists.create(list);
    const credential = { sid: newSid("CR"), listSid: list.sid, username: "pbx", ha1Md5: "m", ha1Sha256: "s" };
    await store().credentials.create(credential);
    const hung = store().trunkCredentialLists;
    expect(await hung.add(trunkSid, list.sid)).toEqual({ kind: "ok", row: { ...list, ...DATES } });
    expect(await hung.add(trunkSid, list.sid)).toEqual(conflict("association"));
    expect(await hung.fetch(trunkSid, list.sid)).toEqual({ ...list, ...DATES });
    expect((await hung.list(trunkSid, ALL)).rows).toEqual([{ ...list, ...DATES }]);
    expect(await store().credentialLists.delete(accountSid, list.sid)).toEqual(conflict("in-use"));
    expect((await store().credentials.list(list.sid, ALL)).rows).toHaveLength(1);

    const foreignTrunk = await newTrunk(store(), await newAccount(store()));
    expect(await hung.add(foreignTrunk, list.sid)).toEqual(missing("credential list"));
    expect(await hung.remove(foreignTrunk, list.sid)).toEqual(missing("credential list"));
    expect(await hung.remove(trunkSid, list.sid)).toEqual({ kind: "ok", row: list });
    expect(await store().credentialLists.delete(accountSid, list.sid)).toEqual({ kind: "ok", row: list });
    expect(await store().credentials.fetch(list.sid, credential.sid)).toBeUndefined();
  });

  it("a list deleted while it is put on a trunk is either in use or gone", async () => {
    const accountSid = await newAccount(store());
    const trunkSid = await newTrunk(store(), accountSid);
    for (let round = 0; round < 5; round++) {
      const list = { sid: newSid("AL"), accountSid, friendlyName: `list ${round}` };
      await store().ipAccessControlLists.create(list);
      const [added, deleted] = await Promise.all([
        store().trunkIpAccessControlLists.add(trunkSid, list.sid),
        store().ipAccessControlLists.delete(accountSid, list.sid),
      ]);
      expect([`${added.kind}/${deleted.kind}`]).toEqual([expect.stringMatching(/^(ok\/conflict|not-found\/ok)$/)]);
    }
  });
}

function numberChecks(store: () => Store): void {
  it("gives back every field and belongs to one account of the installation", async () => {
    const accountSid = await newAccount(store());
    const row = phoneNumberRow(accountSid);
    expect(await store().phoneNumbers.create(row)).toEqual({ kind: "ok", row: { ...row, ...DATES } });
    expect(await store().phoneNumbers.fetch(accountSid, row.sid)).toEqual({ ...row, ...DATES });
    const other = { ...row, sid: newSid("PN"), accountSid: await newAccount(store()) };
    expect(await store().phoneNumbers.create(other)).toEqual(conflict("phone-number"));
    expect(await store().phoneNumbers.delete(accountSid, row.sid)).toMatchObject({ kind: "ok" });
    expect(await store().phoneNumbers.create(other)).toMatchObject({ kind: "ok" });
  });

  it("NUM-2: a trunk clears the voice application and the other way round; URLs are kept", async () => {
    const accountSid = await newAccount(store());
    const trunkSid = await newTrunk(store(), accountSid);
    const { sid } = phoneNumberRow(accountSid);
    const [first, second] = [await newApplication(store(), accountSid), await newApplication(store(), accountSid)];
    await store().phoneNumbers.create({ ...phoneNumberRow(accountSid), sid, voiceApplicationSid: first });
    const update = async (change: { trunkSid?: string | null; voiceApplicationSid?: string | null }) => {
      const outcome = await store().phoneNumbers.update(accountSid, sid, change);
      return outcome.kind === "ok"
        ? [outcome.row.trunkSid, outcome.row.voiceApplicationSid, outcome.row.voiceUrl]
        : outcome;
    };
    const url = "https://example.com/voice";
    expect(await update({ trunkSid })).toEqual([trunkSid, null, url]);
    expect(await update({ voiceApplicationSid: second })).toEqual([null, second, url]);
    expect(await update({ trunkSid, voiceApplicationSid: first })).toEqual([trunkSid, null, url]);
    expect(await update({ trunkSid: null })).toEqual([null, null, url]);
  });
}

function numberSearchChecks(store: () => Store): void {
  it("refuses a trunk of another account", async () => {
    const foreignTrunk = await newTrunk(store(), await newAccount(store()));
    const accountSid = await newAccount(store());
    expect(await store().phoneNumbers.create(phoneNumberRow(accountSid, foreignTrunk))).toEqual(missing("trunk"));
    const row = phoneNumberRow(accountSid);
    await store().phoneNumbers.create(row);
    expect(await store().phoneNumbers.update(accountSid, row.sid, { trunkSid: foreignTrunk })).toEqual(
      missing("trunk"),
    );
  });

  it("is found by part of the number with * for a digit, by name, by trunk", async () => {
    const accountSid = await newAccount(store());
    const trunkSid = await newTrunk(store(), accountSid);
    const create = async (e164: string, friendlyName: string, trunk: string | null) => {
      await store().phoneNumbers.create({ ...phoneNumberRow(accountSid, trunk), e164, friendlyName });
    };
    await create("+4930901820", "one", trunkSid);
    await create("+4930901821", "two", null);
    await create("+81312345678", "one", trunkSid);
    const find = async (filter: Parameters<Store["phoneNumbers"]["list"]>[1]) =>
      (await store().phoneNumbers.list(accountSid, filter, ALL)).rows.map((row) => row.e164);
    expect(await find({})).toEqual(["+4930901820", "+4930901821", "+81312345678"]);
    expect(await find({ phoneNumber: "+4930901820" })).toEqual(["+4930901820"]);
    expect(await find({ phoneNumber: "30901" })).toEqual(["+4930901820", "+4930901821"]);
    expect(await find({ phoneNumber: "3**01821" })).toEqual(["+4930901821"]);
    expect(await find({ phoneNumber: "%" })).toEqual([]);
    expect(await find({ friendlyName: "one" })).toEqual(["+4930901820", "+81312345678"]);
    expect(await find({ trunkSid, phoneNumber: "+81" })).toEqual(["+81312345678"]);
  });
}
