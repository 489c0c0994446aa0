import { describe, expect, it } from "vitest";
import { newAccount, newSid, newTrunk, originationUrlRow, phoneNumberRow, trunkRow } from "../rows.fixture.ts";
import type { Store } from "../store.ts";
import { Mirror } from "./directory.contract.ts";

const ALL = { limit: 1_000 };
const conflict = (which: string) => ({ kind: "conflict", which });
const missing = (what: string) => ({ kind: "not-found", what });
const UNLIMITED = { maxCps: null, burst: null, maxConcurrentCalls: null };

export function limitContract(store: () => Store): void {
  describe("limits, settings and permissions", () => {
    ownedRowChecks(store);
    permissionChecks(store);
    orphanChecks(store);
  });
  describe("carriers (CAR-1)", () => carrierChecks(store));
  describe("quotas", () => quotaChecks(store));
}

function ownedRowChecks(store: () => Store): void {
  it("LIM-1: a limit is set, read, replaced and removed, and routing hears of each", async () => {
    const mirror = await Mirror.of(store().directory);
    const ownerSid = newSid("TK");
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
    };
    expect(await store().accountSettings.set(settings)).toEqual({ kind: "ok", row: settings });
    expect(await store().accountSettings.fetch(accountSid)).toEqual(settings);
    expect(await store().accountSettings.set({ ...settings, accountSid: "AC0" })).toEqual(missing("account"));
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

function carrierChecks(store: () => Store): void {
  const carrierRow = () => {
    const sid = newSid("CX");
    return { sid, friendlyName: `carrier ${sid}`, enabled: true, priority: 1, retryStatuses: [503] };
  };

  it("are created, read, changed and deleted with everything that is theirs", async () => {
    const mirror = await Mirror.of(store().directory);
    const carrier = carrierRow();
    await store().carriers.create(carrier);
    const target = { sid: newSid("CT"), carrierSid: carrier.sid, sipUrl: "sip:a.example", priority: 1, weight: 2 };
    const prefix = { sid: newSid("CF"), carrierSid: carrier.sid, prefix: "81", costMicros: 7 };
    const source = { sid: newSid("CS"), carrierSid: carrier.sid, cidr: "192.0.2.0/24", port: null };
    const dress = {
      carrierSid: carrier.sid,
      calledNumberForm: "digits",
      callerNumberForm: "double-zero",
      calledPrefix: "77",
      callerIdHeaders: ["Remote-Party-ID", "P-Asserted-Identity"],
      addedHeaders: ["X-Route: 7"],
      removedHeaders: ["diversion"],
      codecs: ["pcma"],
      srtp: true,
    } as const;
    expect(await store().carrierTargets.create(target)).toMatchObject({ kind: "ok", row: target });
    expect(await store().carrierPrefixes.create(prefix)).toMatchObject({ kind: "ok", row: prefix });
    expect(await store().carrierSources.create(source)).toMatchObject({ kind: "ok", row: source });
    expect(await store().carrierDresses.set(dress)).toEqual({ kind: "ok", row: dress });
    await store().callLimits.set({ ...UNLIMITED, ownerSid: carrier.sid, maxConcurrentCalls: 30 });
    expect(await store().carriers.update(carrier.sid, { enabled: false })).toMatchObject({ row: { enabled: false } });
    expect(await store().carriers.fetch(carrier.sid)).toMatchObject({ ...carrier, enabled: false });
    expect(await store().carrierTargets.update(carrier.sid, target.sid, { weight: 9 })).toMatchObject({ kind: "ok" });
    expect((await store().carrierTargets.list(carrier.sid, ALL)).rows).toMatchObject([{ ...target, weight: 9 }]);
    expect(mirror.rows.get(`carrierDress ${carrier.sid}`)).toEqual(dress);
    expect(await store().carriers.delete(carrier.sid)).toMatchObject({ kind: "ok" });
    expect(
      [...mirror.rows.keys()].filter((key) => /^(carrier|callLimit)/.test(key) && key.includes(carrier.sid)),
    ).toEqual([]);
    expect(mirror.rows.has(`carrierTarget ${target.sid}`)).toBe(false);
    expect(await store().carriers.fetch(carrier.sid)).toBeUndefined();
    expect(await store().carrierDresses.fetch(carrier.sid)).toBeUndefined();
    await mirror.stop();
  });

  it("of nothing come no parts and no changes", async () => {
    const target = { sid: newSid("CT"), carrierSid: "CX0", sipUrl: "sip:a.example", priority: 1, weight: 2 };
    expect(await store().carrierTargets.create(target)).toEqual(missing("carrier"));
    expect(await store().carriers.update("CX0", { priority: 1 })).toEqual(missing("carrier"));
    expect(await store().carriers.delete("CX0")).toEqual(missing("carrier"));
  });
}

function quotaChecks(store: () => Store): void {
  it("ORIG-1: a trunk has ten origination URLs, also when eleven come at once", async () => {
    const accountSid = await newAccount(store());
    const trunkSid = await newTrunk(store(), accountSid);
    const urls = Array.from({ length: 11 }, () => originationUrlRow(accountSid, trunkSid));
    const outcomes = await Promise.all(urls.map((url) => store().originationUrls.create(url)));
    expect(outcomes.filter((outcome) => outcome.kind === "ok")).toHaveLength(10);
    expect(outcomes.filter((outcome) => outcome.kind !== "ok")).toEqual([conflict("limit")]);
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
    expect(await store().phoneNumbers.create(phoneNumberRow(accountSid))).toEqual(conflict("limit"));
    await store().accounts.update(accountSid, { type: "Full" });
    expect(await store().trunks.create(trunkRow(accountSid))).toMatchObject({ kind: "ok" });
    expect(await store().phoneNumbers.create(phoneNumberRow(accountSid))).toMatchObject({ kind: "ok" });
  });

  it("TRK-1: an account has a hundred trunks", async () => {
    const accountSid = await newAccount(store());
    for (let i = 0; i < 100; i++) await newTrunk(store(), accountSid);
    expect(await store().trunks.create(trunkRow(accountSid))).toEqual(conflict("limit"));
    expect(await store().trunks.count(accountSid)).toBe(100);
  });
}
