import { describe, expect, it } from "vitest";
import {
  newAccount,
  newNumber,
  newSid,
  newTrunk,
  originationUrlRow,
  phoneNumberRow,
  trunkRow,
} from "../rows.fixture.ts";
import type { Store } from "../store.ts";

const ALL = { limit: 1_000 };
const DATES = { createdAtMs: expect.any(Number), updatedAtMs: expect.any(Number) };
const conflict = (which: string) => ({ kind: "conflict", which });
const missing = (what: string) => ({ kind: "not-found", what });

let domains = 0;
/** A label for a domain that no other test uses. */
const newLabel = (): string => `t${++domains}`;

export function configurationContract(store: () => Store): void {
  describe("accounts (ACC-1)", () => accountChecks(store));
  describe("trunks (TRK-1, TRK-2, TRK-3)", () => {
    trunkChecks(store);
    domainChecks(store);
  });
  describe("what hangs on trunks", () => childChecks(store));
  describe("lists", () => listChecks(store));
  describe("phone numbers (NUM-2)", () => numberChecks(store));
}

function accountChecks(store: () => Store): void {
  it("gives back what was stored, dates and subaccounts included", async () => {
    const parent = await newAccount(store());
    const child = await newAccount(store(), parent);
    expect(await store().accounts.fetch(child)).toEqual({
      sid: child,
      parentSid: parent,
      friendlyName: `account ${child.slice(-4)}`,
      status: "active",
      type: "Full",
      ...DATES,
    });
    expect((await store().accounts.list(parent, ALL)).rows.map((row) => row.sid)).toEqual([child]);
    const main = (await store().accounts.list(null, ALL)).rows.map((row) => row.sid);
    expect(main).toContain(parent);
    expect(main).not.toContain(child);
    expect(await store().accounts.fetch("AC0")).toBeUndefined();
  });

  it("stamps creation with the present and moves the update time only", async () => {
    const beforeMs = Date.now();
    const sid = await newAccount(store());
    const outcome = await store().accounts.update(sid, { status: "suspended" });
    if (outcome.kind !== "ok") throw new Error(outcome.kind);
    expect(outcome.row.status).toBe("suspended");
    expect(outcome.row.friendlyName).toBe(`account ${sid.slice(-4)}`);
    expect(Math.abs(outcome.row.createdAtMs - beforeMs)).toBeLessThan(60_000);
    expect(Number.isInteger(outcome.row.createdAtMs)).toBe(true);
    expect(outcome.row.updatedAtMs).toBeGreaterThanOrEqual(outcome.row.createdAtMs);
  });

  it("lets in the right token of the right account only, and knows the token in clear", async () => {
    const sid = await newAccount(store());
    const other = await newAccount(store());
    expect(await store().accounts.authenticate(sid, `token of ${sid}`)).toMatchObject({ sid });
    expect(await store().accounts.authenticate(sid, `token of ${other}`)).toBeUndefined();
    expect(await store().accounts.authenticate(sid, "")).toBeUndefined();
    expect(await store().accounts.authenticate("AC0", `token of ${sid}`)).toBeUndefined();
    expect(await store().accounts.authToken(sid)).toBe(`token of ${sid}`);
    expect(await store().accounts.authToken("AC0")).toBeUndefined();
  });

  it("refuses a subaccount of nobody and an update of nothing", async () => {
    const row = { sid: newSid("AC"), parentSid: "AC0", friendlyName: "x", status: "active", type: "Full" } as const;
    expect(await store().accounts.create({ ...row, authToken: "t" })).toEqual(missing("account"));
    expect(await store().accounts.update("AC0", { friendlyName: "x" })).toEqual(missing("account"));
  });

  it("keeps a NUL, which PostgreSQL has no character for, as U+FFFD", async () => {
    const sid = await newAccount(store());
    expect(await store().accounts.update(sid, { friendlyName: "a\0b" })).toMatchObject({
      row: { friendlyName: "a\ufffdb" },
    });
  });
}

function trunkChecks(store: () => Store): void {
  it("gives back every field as it was stored", async () => {
    const accountSid = await newAccount(store());
    const row = trunkRow(accountSid, {
      domainName: `${newLabel()}.pstn.test`,
      disasterRecoveryUrl: "https://example.com/dr",
      disasterRecoveryMethod: "GET",
      secure: true,
      cnamLookupEnabled: true,
      recordingMode: "record-from-ringing-dual",
      recordingTrim: "trim-silence",
      transferMode: "sip-only",
      transferCallerId: "from-transferor",
      symmetricRtpEnabled: true,
      failoverFinalStatuses: [404, 486],
      failoverTimeoutMs: 2_500,
    });
    expect(await store().trunks.create(row)).toEqual({ kind: "ok", row: { ...row, ...DATES } });
    expect(await store().trunks.fetch(accountSid, row.sid)).toEqual({ ...row, ...DATES });
    expect(await store().trunks.byDomain(row.domainName ?? "")).toEqual({ ...row, ...DATES });
  });

  it("changes the given fields and leaves the others", async () => {
    const accountSid = await newAccount(store());
    const sid = await newTrunk(store(), accountSid, { failoverFinalStatuses: [486], secure: true });
    const change = { friendlyName: null, failoverFinalStatuses: null, failoverTimeoutMs: 100 };
    expect(await store().trunks.update(accountSid, sid, change)).toMatchObject({
      kind: "ok",
      row: { ...change, secure: true },
    });
    expect(await store().trunks.fetch(accountSid, sid)).toMatchObject({ ...change, secure: true });
  });

  it("shows, counts, changes and deletes an account's own trunks only", async () => {
    const own = await newAccount(store());
    const foreign = await newAccount(store());
    const sid = await newTrunk(store(), own);
    expect(await store().trunks.fetch(foreign, sid)).toBeUndefined();
    expect((await store().trunks.list(foreign, ALL)).rows).toEqual([]);
    expect(await store().trunks.count(foreign)).toBe(0);
    expect(await store().trunks.update(foreign, sid, { secure: true })).toEqual(missing("trunk"));
    expect(await store().trunks.delete(foreign, sid)).toEqual(missing("trunk"));
    expect(await store().trunks.count(own)).toBe(1);
  });

  it("refuses a trunk of no account", async () => {
    expect(await store().trunks.create(trunkRow("AC0"))).toEqual(missing("account"));
  });

  it("TRK-3: deleting takes numbers and lists off, deletes origination URLs, releases nothing", async () => {
    const accountSid = await newAccount(store());
    const trunkSid = await newTrunk(store(), accountSid);
    const number = phoneNumberRow(accountSid, trunkSid);
    await store().phoneNumbers.create(number);
    await store().originationUrls.create(originationUrlRow(accountSid, trunkSid));
    const list = { sid: newSid("CL"), accountSid, friendlyName: "list" };
    const acl = { sid: newSid("AL"), accountSid, friendlyName: "list" };
    await store().credentialLists.create(list);
    await store().ipAccessControlLists.create(acl);
    await store().trunkCredentialLists.add(trunkSid, list.sid);
    await store().trunkIpAccessControlLists.add(trunkSid, acl.sid);

    expect(await store().trunks.delete(accountSid, trunkSid)).toMatchObject({ kind: "ok", row: { sid: trunkSid } });
    expect(await store().trunks.fetch(accountSid, trunkSid)).toBeUndefined();
    expect(await store().phoneNumbers.fetch(accountSid, number.sid)).toMatchObject({ trunkSid: null });
    expect(await store().originationUrls.count(trunkSid)).toBe(0);
    expect(await store().credentialLists.delete(accountSid, list.sid)).toMatchObject({ kind: "ok" });
    expect(await store().ipAccessControlLists.delete(accountSid, acl.sid)).toMatchObject({ kind: "ok" });
  });
}

function domainChecks(store: () => Store): void {
  it("TRK-2: a domain name is unique over all accounts, and free again after a change", async () => {
    const accountSid = await newAccount(store());
    const other = await newAccount(store());
    const domainName = `${newLabel()}.pstn.test`;
    const sid = await newTrunk(store(), accountSid, { domainName });
    expect(await store().trunks.domainTaken(domainName)).toBe(true);
    expect(await store().trunks.create(trunkRow(other, { domainName }))).toEqual(conflict("domain-name"));
    const otherSid = await newTrunk(store(), other);
    expect(await store().trunks.update(other, otherSid, { domainName })).toEqual(conflict("domain-name"));
    await store().trunks.update(accountSid, sid, { domainName: null });
    expect(await store().trunks.domainTaken(domainName)).toBe(false);
    expect(await store().trunks.update(other, otherSid, { domainName })).toMatchObject({ kind: "ok" });
  });

  it("TRK-2: a sub-domain needs its parent in the same account or the account's parent", async () => {
    const parentAccount = await newAccount(store());
    const account = await newAccount(store(), parentAccount);
    const grandchild = await newAccount(store());
    const top = `${newLabel()}.pstn.test`;
    const create = (accountSid: string, domainName: string) =>
      store().trunks.create(trunkRow(accountSid, { domainName }));
    expect(await create(parentAccount, `a.${top}`)).toEqual(conflict("sub-domain"));
    await newTrunk(store(), parentAccount, { domainName: top });
    expect(await create(parentAccount, `a.${top}`)).toMatchObject({ kind: "ok" });
    expect(await create(account, `b.${top}`)).toMatchObject({ kind: "ok" });
    expect(await create(account, `c.b.${top}`)).toMatchObject({ kind: "ok" });
    expect(await create(parentAccount, `d.b.${top}`)).toEqual(conflict("sub-domain"));
    expect(await create(grandchild, `e.${top}`)).toEqual(conflict("sub-domain"));
    const moving = await newTrunk(store(), grandchild);
    expect(await store().trunks.update(grandchild, moving, { domainName: `e.${top}` })).toEqual(conflict("sub-domain"));
  });

  it("21247: a domain with sub-domains is neither renamed nor deleted; without them it is", async () => {
    const accountSid = await newAccount(store());
    const top = `${newLabel()}.pstn.test`;
    const sid = await newTrunk(store(), accountSid, { domainName: top });
    const below = await newTrunk(store(), accountSid, { domainName: `a.${top}` });
    const rename = { domainName: `${newLabel()}.pstn.test` };
    expect(await store().trunks.update(accountSid, sid, rename)).toEqual(conflict("sub-domain"));
    expect(await store().trunks.update(accountSid, sid, { domainName: null })).toEqual(conflict("sub-domain"));
    expect(await store().trunks.delete(accountSid, sid)).toEqual(conflict("sub-domain"));
    expect(await store().trunks.update(accountSid, sid, { domainName: top, secure: true })).toMatchObject({
      kind: "ok",
    });
    await store().trunks.delete(accountSid, below);
    expect(await store().trunks.update(accountSid, sid, rename)).toMatchObject({ kind: "ok" });
    expect(await store().trunks.delete(accountSid, sid)).toMatchObject({ kind: "ok" });
  });

  it("a sub-domain made while its parent is deleted never stays behind", async () => {
    const accountSid = await newAccount(store());
    for (let round = 0; round < 5; round++) {
      const top = `${newLabel()}.pstn.test`;
      const sid = await newTrunk(store(), accountSid, { domainName: top });
      const [created, deleted] = await Promise.all([
        store().trunks.create(trunkRow(accountSid, { domainName: `a.${top}` })),
        store().trunks.delete(accountSid, sid),
      ]);
      expect([created.kind, deleted.kind].sort()).toEqual(["conflict", "ok"]);
    }
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
    expect(await urls.count(trunkSid)).toBe(1);
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
    const row = { sid: newSid("PN"), accountSid, e164: newNumber() };
    expect(await store().callerIds.create(row)).toEqual({ kind: "ok", row: { ...row, ...DATES } });
    expect(await store().callerIds.create({ ...row, sid: newSid("PN") })).toEqual(conflict("phone-number"));
    const other = await newAccount(store());
    expect(await store().callerIds.create({ ...row, sid: newSid("PN"), accountSid: other })).toMatchObject({
      kind: "ok",
    });
  });
}

function listChecks(store: () => Store): void {
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
    expect(await store().credentials.count(list.sid)).toBe(1);

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
    await store().phoneNumbers.create({ ...phoneNumberRow(accountSid), sid, voiceApplicationSid: "AP1" });
    const update = async (change: { trunkSid?: string | null; voiceApplicationSid?: string | null }) => {
      const outcome = await store().phoneNumbers.update(accountSid, sid, change);
      return outcome.kind === "ok"
        ? [outcome.row.trunkSid, outcome.row.voiceApplicationSid, outcome.row.voiceUrl]
        : outcome;
    };
    const url = "https://example.com/voice";
    expect(await update({ trunkSid })).toEqual([trunkSid, null, url]);
    expect(await update({ voiceApplicationSid: "AP2" })).toEqual([null, "AP2", url]);
    expect(await update({ trunkSid, voiceApplicationSid: "AP3" })).toEqual([trunkSid, null, url]);
    expect(await update({ trunkSid: null })).toEqual([null, null, url]);
  });

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
