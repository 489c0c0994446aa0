import { DEFAULT_ACCOUNT_SETTINGS } from "@trunkline/trunking";
import { describe, expect, it } from "vitest";
import { newAccount, newSid, newTrunk, originationUrlRow, phoneNumberRow, trunkRow } from "../rows.fixture.ts";
import type { Store } from "../store.ts";
import { Mirror } from "./directory.contract.ts";

const ALL = { limit: 1_000 };
const tooMany = (most: number) => ({ kind: "conflict", which: "limit", most });
const missing = (what: string) => ({ kind: "not-found", what });
const UNLIMITED = { maxCps: null, burst: null, maxConcurrentCalls: null };

export function limitContract(store: () => Store): void {
  describe("limits, settings and permissions", () => {
    ownedRowChecks(store);
    partialChangeChecks(store);
    limitScopeChecks(store);
    permissionChecks(store);
    orphanChecks(store);
  });
  describe("quotas", () => quotaChecks(store));
}

function ownedRowChecks(store: () => Store): void {
  it("LIM-1: a limit is set, read, replaced and removed, and routing hears of each", async () => {
    const mirror = await Mirror.of(store().directory);
    const ownerSid = await newTrunk(store(), await newAccount(store()));
    mirror.told();
    const limit = { ownerSid, maxCps: 0.5, burst: 3, maxConcurrentCalls: null };
    expect(await store().callLimits.fetch(ownerSid)).toBeUndefined();
    expect(await store().callLimits.set(limit)).toEqual({ kind: "ok", row: limit });
    expect(await store().callLimits.fetch(ownerSid)).toEqual(limit);
    expect(mirror.rows.get(`callLimit ${ownerSid}`)).toEqual(limit);
    await store().callLimits.set({ ...limit, maxCps: null, maxConcurrentCalls: 0 });
    expect(mirror.rows.get(`callLimit ${ownerSid}`)).toEqual({ ...limit, maxCps: null, maxConcurrentCalls: 0 });
    expect(await store().callLimits.remove(ownerSid)).toMatchObject({ kind: "ok" });
    expect(await store().callLimits.remove(ownerSid)).toMatchObject({ kind: "not-found" });
    expect(mirror.told()).toEqual(["+", "+", "-"].map((sign) => `callLimit ${ownerSid} ${sign}`));
    await mirror.stop();
  });

  it("ACC-5: settings are an account's, and there is no account without being there", async () => {
    const accountSid = await newAccount(store());
    const settings = {
      accountSid,
      homeCountry: "JP",
      maxCallDurationSec: 86_400,
      deprecatedTlsAllowed: true,
      dialingPermissionsInherited: false,
      recordingKeySid: null,
      mediaAuthRequired: false,
      secondFactorRequired: true,
    };
    expect(await store().accountSettings.set(settings)).toEqual({ kind: "ok", row: settings });
    expect(await store().accountSettings.fetch(accountSid)).toEqual(settings);
    expect(await store().accountSettings.set({ ...settings, accountSid: "AC0" })).toEqual(missing("account"));
  });
}

function partialChangeChecks(store: () => Store): void {
  it("a change names some fields; what is not there begins as the defaults", async () => {
    const mirror = await Mirror.of(store().directory);
    const accountSid = await newAccount(store());
    const defaults = { accountSid, ...DEFAULT_ACCOUNT_SETTINGS };
    mirror.told();
    expect(await store().accountSettings.change(accountSid, {})).toEqual({ kind: "ok", row: defaults });
    expect(await store().accountSettings.fetch(accountSid)).toBeUndefined();
    expect(mirror.told()).toEqual([]);
    await store().accountSettings.change(accountSid, { homeCountry: "JP" });
    const row = { ...defaults, homeCountry: "JP", maxCallDurationSec: 60 };
    expect(await store().accountSettings.change(accountSid, { maxCallDurationSec: 60 })).toEqual({ kind: "ok", row });
    expect(mirror.rows.get(`accountSettings ${accountSid}`)).toEqual(row);
    expect(await store().accountSettings.change("AC0", { homeCountry: "JP" })).toEqual(missing("account"));
    expect(await store().callLimits.change("XX0", { maxCps: 1 })).toEqual(missing("owner"));
    await mirror.stop();
  });

  it("two first changes at once are both kept", async () => {
    const accountSid = await newAccount(store());
    const { accountSettings } = store();
    await Promise.all([
      accountSettings.change(accountSid, { homeCountry: "DE" }),
      accountSettings.change(accountSid, { deprecatedTlsAllowed: true }),
    ]);
    expect(await accountSettings.fetch(accountSid)).toMatchObject({ homeCountry: "DE", deprecatedTlsAllowed: true });
  });
}

function limitScopeChecks(store: () => Store): void {
  it("LIM-1: the limits of an account are its own and those of its trunks, credentials and addresses", async () => {
    const [own, foreign] = [await newAccount(store()), await newAccount(store())];
    const trunkSid = await newTrunk(store(), own);
    const foreignTrunk = await newTrunk(store(), foreign);
    const list = { sid: newSid("CL"), accountSid: own, friendlyName: "users" };
    const user = { sid: newSid("CR"), listSid: list.sid, username: "pbx", ha1Md5: "m", ha1Sha256: "s" };
    const acl = { sid: newSid("AL"), accountSid: own, friendlyName: "addresses" };
    const address = {
      sid: newSid("IP"),
      listSid: acl.sid,
      friendlyName: "",
      ipAddress: "192.0.2.1",
      cidrPrefixLength: 32,
    };
    await store().credentialLists.create(list);
    await store().credentials.create(user);
    await store().ipAccessControlLists.create(acl);
    await store().ipAddresses.create(address);
    const owners = [own, user.sid, address.sid, trunkSid].sort();
    for (const ownerSid of [...owners, foreignTrunk]) await store().callLimits.change(ownerSid, { maxCps: 2 });
    const found: string[] = [];
    let page = await store().callLimits.list(own, { limit: 3 });
    found.push(...page.rows.map((row) => row.ownerSid));
    page = await store().callLimits.list(own, { limit: 3, after: page.next ?? "" });
    found.push(...page.rows.map((row) => row.ownerSid));
    expect([...found].sort()).toEqual(owners);
    expect(page.next).toBeNull();
    expect((await store().callLimits.list(null, ALL)).rows.map((row) => row.ownerSid)).toContain(foreignTrunk);
    for (const ownerSid of owners) expect(await store().callLimits.accountOf(ownerSid)).toBe(own);
    expect(await store().callLimits.accountOf(foreignTrunk)).toBe(foreign);
    expect(await store().callLimits.accountOf("TK0")).toBeUndefined();
    expect([...(await store().callLimits.fetchAll([trunkSid, foreignTrunk, "TK0"])).keys()].sort()).toEqual(
      [trunkSid, foreignTrunk].sort(),
    );
  });
}

function permissionChecks(store: () => Store): void {
  const closed = { lowRisk: false, highRiskSpecial: false, highRiskTollFraud: false };

  it("TERM-13: permissions are set together, listed by destination, removed one by one", async () => {
    const mirror = await Mirror.of(store().directory);
    const accountSid = await newAccount(store());
    mirror.told();
    const rows = [
      { destination: "JP", ...closed, lowRisk: true },
      { destination: "+8190", ...closed },
      { destination: "*", ...closed },
      { destination: "*", ...closed, lowRisk: true },
    ];
    expect(await store().dialingPermissions.set(accountSid, rows)).toMatchObject({ kind: "ok", row: { length: 3 } });
    expect(await store().dialingPermissions.list(accountSid)).toEqual([
      { accountSid, destination: "*", ...closed, lowRisk: true },
      { accountSid, destination: "+8190", ...closed },
      { accountSid, destination: "JP", ...closed, lowRisk: true },
    ]);
    expect(mirror.rows.get(`dialingPermission ${accountSid}/+8190`)).toMatchObject({ lowRisk: false });
    expect(await store().dialingPermissions.remove(accountSid, "+8190")).toMatchObject({ kind: "ok" });
    expect(mirror.rows.has(`dialingPermission ${accountSid}/+8190`)).toBe(false);
    expect(await store().dialingPermissions.remove(accountSid, "+8190")).toEqual(missing("dialing permission"));
    expect(await store().dialingPermissions.set(accountSid, [])).toEqual({ kind: "ok", row: [] });
    expect(await store().dialingPermissions.set("AC0", rows)).toEqual(missing("account"));
    await mirror.stop();
  });

  it("are two thousand at most, counted over all that was set", async () => {
    const accountSid = await newAccount(store());
    const prefixes = (from: number) =>
      Array.from({ length: 1_000 }, (_, index) => ({ destination: `+${from + index}`, ...closed }));
    expect(await store().dialingPermissions.set(accountSid, prefixes(1_000))).toMatchObject({ kind: "ok" });
    expect(await store().dialingPermissions.set(accountSid, prefixes(2_000))).toMatchObject({ kind: "ok" });
    expect(await store().dialingPermissions.set(accountSid, prefixes(1_500))).toMatchObject({ kind: "ok" });
    expect(await store().dialingPermissions.set(accountSid, [{ destination: "*", ...closed }])).toEqual(tooMany(2_000));
    expect(await store().dialingPermissions.list(accountSid)).toHaveLength(2_000);
  });

  it("of one account say nothing of another", async () => {
    const [own, foreign] = [await newAccount(store()), await newAccount(store())];
    await store().dialingPermissions.set(own, [{ destination: "*", ...closed }]);
    expect(await store().dialingPermissions.list(foreign)).toEqual([]);
    expect(await store().dialingPermissions.remove(foreign, "*")).toEqual(missing("dialing permission"));
  });
}

function orphanChecks(store: () => Store): void {
  it("a limit goes with the trunk, credential, address or list it hangs on", async () => {
    const accountSid = await newAccount(store());
    const trunkSid = await newTrunk(store(), accountSid);
    const list = { sid: newSid("CL"), accountSid, friendlyName: "users" };
    const acl = { sid: newSid("AL"), accountSid, friendlyName: "addresses" };
    const hashes = { ha1Md5: "m", ha1Sha256: "s" };
    const user = { sid: newSid("CR"), listSid: list.sid, username: "pbx", ...hashes };
    const other = { sid: newSid("CR"), listSid: list.sid, username: "sbc", ...hashes };
    const address = {
      sid: newSid("IP"),
      listSid: acl.sid,
      friendlyName: "",
      ipAddress: "192.0.2.1",
      cidrPrefixLength: 32,
    };
    await store().credentialLists.create(list);
    await store().ipAccessControlLists.create(acl);
    await store().credentials.create(user);
    await store().credentials.create(other);
    await store().ipAddresses.create(address);
    const owners = [trunkSid, user.sid, other.sid, address.sid];
    for (const ownerSid of owners) await store().callLimits.set({ ...UNLIMITED, ownerSid, maxCps: 1 });
    const mirror = await Mirror.of(store().directory);
    await store().trunks.delete(accountSid, trunkSid);
    await store().credentials.delete(list.sid, user.sid);
    await store().credentialLists.delete(accountSid, list.sid);
    await store().ipAddresses.delete(acl.sid, address.sid);
    for (const ownerSid of owners) {
      expect(await store().callLimits.fetch(ownerSid)).toBeUndefined();
      expect(mirror.rows.has(`callLimit ${ownerSid}`)).toBe(false);
    }
    await mirror.stop();
  });
}

function quotaChecks(store: () => Store): void {
  it("ORIG-1: a trunk has ten origination URLs, also when eleven come at once", async () => {
    const accountSid = await newAccount(store());
    const trunkSid = await newTrunk(store(), accountSid);
    const urls = Array.from({ length: 11 }, () => originationUrlRow(accountSid, trunkSid));
    const outcomes = await Promise.all(urls.map((url) => store().originationUrls.create(url)));
    expect(outcomes.filter((outcome) => outcome.kind === "ok")).toHaveLength(10);
    expect(outcomes.filter((outcome) => outcome.kind !== "ok")).toEqual([tooMany(10)]);
    const [kept] = (await store().originationUrls.list(trunkSid, ALL)).rows;
    await store().originationUrls.delete(trunkSid, kept?.sid ?? "");
    expect(await store().originationUrls.create(originationUrlRow(accountSid, trunkSid))).toMatchObject({ kind: "ok" });
  });

  it("ACC-2: a trial has one trunk and one number, until it is upgraded", async () => {
    const accountSid = await newAccount(store());
    await store().accounts.update(accountSid, { type: "Trial" });
    const [first, second] = await Promise.all([
      store().trunks.create(trunkRow(accountSid)),
      store().trunks.create(trunkRow(accountSid)),
    ]);
    expect([first.kind, second.kind].sort()).toEqual(["conflict", "ok"]);
    expect(await store().phoneNumbers.create(phoneNumberRow(accountSid))).toMatchObject({ kind: "ok" });
    expect(await store().phoneNumbers.create(phoneNumberRow(accountSid))).toEqual(tooMany(1));
    await store().accounts.update(accountSid, { type: "Full" });
    expect(await store().trunks.create(trunkRow(accountSid))).toMatchObject({ kind: "ok" });
    expect(await store().phoneNumbers.create(phoneNumberRow(accountSid))).toMatchObject({ kind: "ok" });
  });

  it("ACC-2: a trial and its subaccounts have them together, also when all ask at once", async () => {
    const main = await newAccount(store());
    const [first, second] = [await newAccount(store(), main), await newAccount(store(), main)];
    await store().accounts.update(main, { type: "Trial" });
    const all = [main, first, second];
    const made = await Promise.all([
      ...all.map((accountSid) => store().trunks.create(trunkRow(accountSid))),
      ...all.map((accountSid) => store().phoneNumbers.create(phoneNumberRow(accountSid))),
    ]);
    const kinds = made.map(({ kind }) => kind);
    expect([kinds.slice(0, 3).sort(), kinds.slice(3).sort()]).toEqual(Array(2).fill(["conflict", "conflict", "ok"]));
    await store().accounts.update(main, { type: "Full" });
    for (const accountSid of all) {
      expect(await store().trunks.create(trunkRow(accountSid))).toMatchObject({ kind: "ok" });
    }
  });

  it("TRK-1: an account has a hundred trunks", async () => {
    const accountSid = await newAccount(store());
    for (let i = 0; i < 100; i++) await newTrunk(store(), accountSid);
    expect(await store().trunks.create(trunkRow(accountSid))).toEqual(tooMany(100));
    expect((await store().trunks.list(accountSid, ALL)).rows).toHaveLength(100);
  });
}
