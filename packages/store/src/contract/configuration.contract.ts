import { describe, expect, it } from "vitest";
import { newAccount, newSid, newTrunk, originationUrlRow, phoneNumberRow, trunkRow } from "../rows.fixture.ts";
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
    trunkScopeChecks(store);
    domainChecks(store);
    subDomainLifeChecks(store);
  });
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

  it("ACC-2: the type of a main account is that of its subaccounts", async () => {
    const parent = await newAccount(store());
    const [child, stranger] = [await newAccount(store(), parent), await newAccount(store())];
    await store().accounts.update(parent, { type: "Trial" });
    expect(await store().accounts.fetch(child)).toMatchObject({ type: "Trial" });
    expect(await store().accounts.fetch(stranger)).toMatchObject({ type: "Full" });
  });

  it("ACC-1: what the operator suspends, a customer neither activates nor closes", async () => {
    const sid = await newAccount(store(), await newAccount(store()));
    const { accounts } = store();
    expect(await accounts.update(sid, { status: "suspended" }, "customer")).toMatchObject({ kind: "ok" });
    expect(await accounts.update(sid, { status: "active" }, "customer")).toMatchObject({ kind: "ok" });
    await accounts.update(sid, { status: "suspended" }, "operator");
    for (const status of ["active", "closed"] as const) {
      expect(await accounts.update(sid, { status }, "customer")).toEqual({ kind: "conflict", which: "suspended" });
    }
    expect(await accounts.update(sid, { friendlyName: "y" }, "customer")).toMatchObject({ kind: "ok" });
    await accounts.update(sid, { status: "active" }, "operator");
    expect(await accounts.update(sid, { status: "suspended" }, "customer")).toMatchObject({ kind: "ok" });
    expect(await accounts.update(sid, { status: "active" }, "customer")).toMatchObject({ kind: "ok" });
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
}

function trunkScopeChecks(store: () => Store): void {
  it("shows, counts, changes and deletes an account's own trunks only", async () => {
    const own = await newAccount(store());
    const foreign = await newAccount(store());
    const sid = await newTrunk(store(), own);
    expect(await store().trunks.fetch(foreign, sid)).toBeUndefined();
    expect((await store().trunks.list(foreign, ALL)).rows).toEqual([]);
    expect(await store().trunks.update(foreign, sid, { secure: true })).toEqual(missing("trunk"));
    expect(await store().trunks.delete(foreign, sid)).toEqual(missing("trunk"));
    expect(await store().trunks.fetch(own, sid)).toBeDefined();
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
    expect((await store().originationUrls.list(trunkSid, ALL)).rows).toEqual([]);
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
    expect(await store().trunks.byDomain(domainName)).toMatchObject({ sid });
    expect(await store().trunks.create(trunkRow(other, { domainName }))).toEqual(conflict("domain-name"));
    const otherSid = await newTrunk(store(), other);
    expect(await store().trunks.update(other, otherSid, { domainName })).toEqual(conflict("domain-name"));
    await store().trunks.update(accountSid, sid, { domainName: null });
    expect(await store().trunks.byDomain(domainName)).toBeUndefined();
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
}

function subDomainLifeChecks(store: () => Store): void {
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
