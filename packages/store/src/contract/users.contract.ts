import { describe, expect, it } from "vitest";
import { newAccount, newSid } from "../rows.fixture.ts";
import type { Store } from "../store.ts";
import type { User } from "../users.types.ts";

const NOW_MS = 1_795_000_000_000;
const BOUNDS = { usedAfterMs: NOW_MS - 1_000, createdAfterMs: NOW_MS - 5_000 };
const ALL = { limit: 100 };

function row(accountSid: string | null, fields: Partial<User> = {}): User {
  const sid = newSid("US");
  const role = accountSid === null ? "operator" : "developer";
  const names = { email: `${sid.toLowerCase()}@example.com`, friendlyName: "Hanako", language: "ja" } as const;
  return { sid, accountSid, ...names, role, status: "invited", ...fields };
}

/** A user with a password. */
async function active(store: Store, accountSid: string | null, fields: Partial<User> = {}): Promise<User> {
  const user = row(accountSid, fields);
  await store.users.create(user, { token: `link of ${user.sid}`, untilMs: NOW_MS });
  await store.users.setPassword(user.sid, `hash of ${user.sid}`);
  return user;
}

async function session(
  store: Store,
  userSid: string,
  times: { createdAtMs?: number; usedAtMs?: number } = {},
  most = 3,
) {
  const sid = newSid("SN");
  const at = { createdAtMs: NOW_MS, usedAtMs: NOW_MS, ...times };
  await store.sessions.open({ sid, userSid, source: "::1", userAgent: "x", ...at }, `token of ${sid}`, BOUNDS, most);
  return { sid, token: `token of ${sid}` };
}

export function userContract(store: () => Store): void {
  describe("users (ACC-3)", () => {
    userChecks(store);
    ownerChecks(store);
    factorChecks(store);
    sessionChecks(store);
  });
}

function userChecks(store: () => Store): void {
  it("are invited, choose a password once by their link, and are found by their address", async () => {
    const { users } = store();
    const accountSid = await newAccount(store());
    const user = row(accountSid);
    const made = await users.create(user, { token: "a", untilMs: NOW_MS });
    const dates = { createdAtMs: expect.any(Number), updatedAtMs: expect.any(Number) };
    expect(made).toEqual({ kind: "ok", row: { ...user, ...dates, hasSecondFactor: false } });
    expect(await users.signInFacts({ email: user.email })).toMatchObject({ passwordHash: null, totpSecret: null });
    expect(await users.create(row(accountSid, { email: user.email }), { token: "b", untilMs: NOW_MS })).toEqual({
      kind: "conflict",
      which: "email",
    });
    expect(await users.create(row("AC0"), { token: "b", untilMs: NOW_MS })).toMatchObject({ kind: "not-found" });
    expect(await users.ofPasswordLink("a", NOW_MS)).toBeUndefined();
    await users.offerPasswordLink(user.sid, { token: "c", untilMs: NOW_MS });
    expect(await users.ofPasswordLink("a", NOW_MS - 1)).toBeUndefined();
    expect((await users.ofPasswordLink("c", NOW_MS - 1))?.sid).toBe(user.sid);
    const twice = await Promise.all(["x", "y"].map((hash) => users.redeemPasswordLink("c", NOW_MS - 1, hash)));
    expect(twice.map(({ kind }) => kind).sort()).toEqual(["not-found", "ok"]);
    const facts = await users.signInFacts({ sid: user.sid });
    expect([facts?.user.status, facts?.passwordHash]).toEqual(["active", expect.stringMatching(/^[xy]$/)]);
    expect((await users.list({ accountSid }, ALL)).rows.map(({ sid }) => sid)).toEqual([user.sid]);
    expect((await users.list({ accountSid, email: "nobody@example.com" }, ALL)).rows).toEqual([]);
  });
}

function ownerChecks(store: () => Store): void {
  it("the last active owner of an account stays, also when two leave at once", async () => {
    const { users } = store();
    const accountSid = await newAccount(store());
    const [a, b] = [
      await active(store(), accountSid, { role: "owner" }),
      await active(store(), accountSid, { role: "owner" }),
    ];
    await users.create(row(accountSid, { role: "owner" }), { token: newSid("US"), untilMs: NOW_MS });
    const last = { kind: "conflict", which: "last-owner" };
    const left = await Promise.all([users.delete(a.sid), users.update(b.sid, { role: "admin" })]);
    expect(left.map(({ kind }) => kind).sort()).toEqual(["conflict", "ok"]);
    const kept = left[0]?.kind === "ok" ? b : a;
    expect(await users.update(kept.sid, { status: "suspended" })).toEqual(last);
    expect(await users.delete(kept.sid)).toEqual(last);
    expect(await users.update(kept.sid, { friendlyName: "Ichiro", role: "owner" })).toMatchObject({ kind: "ok" });
  });
}

function factorChecks(store: () => Store): void {
  it("a second factor counts once confirmed; a step and a recovery code are used up", async () => {
    const { users, secondFactors } = store();
    const { sid } = await active(store(), await newAccount(store()));
    expect(await secondFactors.confirm(sid, 7, ["A"], "")).toMatchObject({ kind: "not-found" });
    await secondFactors.begin(sid, "SECRET");
    expect(await secondFactors.pendingSecret(sid)).toBe("SECRET");
    expect((await users.signInFacts({ sid }))?.totpSecret).toBeNull();
    const kept = await session(store(), sid);
    const other = await session(store(), sid);
    expect(await secondFactors.confirm(sid, 7, ["A", "B"], kept.sid)).toMatchObject({ row: { hasSecondFactor: true } });
    expect(await store().sessions.find(kept.token, BOUNDS)).toBeDefined();
    expect(await store().sessions.find(other.token, BOUNDS)).toBeUndefined();
    expect(await secondFactors.begin(sid, "OTHER")).toEqual({ kind: "conflict", which: "second-factor" });
    expect(await secondFactors.pendingSecret(sid)).toBeUndefined();
    expect((await users.signInFacts({ sid }))?.totpSecret).toBe("SECRET");
    const steps = [];
    for (const step of [7, 6, 8, 8]) steps.push(await secondFactors.takeStep(sid, step));
    expect(steps).toEqual([false, false, true, false]);
    const codes = await Promise.all(["A", "A", "C"].map((code) => secondFactors.takeRecoveryCode(sid, code)));
    expect(codes.filter(Boolean)).toHaveLength(1);
    expect(await secondFactors.countRecoveryCodes(sid)).toBe(1);
    await secondFactors.setRecoveryCodes(sid, ["D", "E", "F"]);
    expect([await secondFactors.takeRecoveryCode(sid, "B"), await secondFactors.countRecoveryCodes(sid)]).toEqual([
      false,
      3,
    ]);
    expect(await secondFactors.remove(sid)).toMatchObject({ row: { hasSecondFactor: false } });
    expect(await secondFactors.countRecoveryCodes(sid)).toBe(0);
  });
}

function sessionChecks(store: () => Store): void {
  it("a session lasts while it is used and not too old, of an active user; the oldest goes when there are too many", async () => {
    const { sessions, users } = store();
    const { sid } = await active(store(), await newAccount(store()));
    const { sid: strangerSid } = await active(store(), await newAccount(store()));
    const [idle, old] = [
      await session(store(), sid, { usedAtMs: NOW_MS - 1_000 }),
      await session(store(), sid, { createdAtMs: NOW_MS - 5_000 }),
    ];
    for (const { token } of [idle, old]) expect(await sessions.find(token, BOUNDS)).toBeUndefined();
    const open = [await session(store(), sid), await session(store(), sid), await session(store(), sid)];
    const found = async () => (await sessions.list(sid, BOUNDS, ALL)).rows.map((one) => one.sid);
    expect(await found()).toEqual(open.map((one) => one.sid));
    const [first, second, third] = open as [(typeof open)[0], (typeof open)[0], (typeof open)[0]];
    const fourth = await session(store(), sid);
    expect(await found()).toEqual([second.sid, third.sid, fourth.sid]);
    expect(await sessions.find(first.token, BOUNDS)).toBeUndefined();
    expect(await sessions.find(second.token, BOUNDS)).toMatchObject({ session: { sid: second.sid }, user: { sid } });
    expect(await sessions.end(strangerSid, second.sid)).toMatchObject({ kind: "not-found" });
    expect(await sessions.end(sid, second.sid)).toMatchObject({ kind: "ok" });
    await sessions.noteUse(third.sid, NOW_MS + 60_000);
    expect((await sessions.fetch(sid, third.sid, BOUNDS))?.usedAtMs).toBe(NOW_MS + 60_000);
    expect((await sessions.endAll(sid)).map((one) => one.sid).sort()).toEqual([third.sid, fourth.sid]);
    const last = await session(store(), sid);
    await users.update(sid, { status: "suspended" });
    await users.update(sid, { status: "active" });
    expect(await sessions.find(last.token, BOUNDS)).toBeUndefined();
    const gone = await session(store(), sid);
    await users.delete(sid);
    expect(await sessions.find(gone.token, BOUNDS)).toBeUndefined();
  });
}
