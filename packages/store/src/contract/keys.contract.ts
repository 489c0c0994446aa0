import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { ApiKey, IdempotentRequest } from "../keys.types.ts";
import { newAccount, newSid } from "../rows.fixture.ts";
import type { Store } from "../store.ts";

const DATES = { createdAtMs: expect.any(Number), updatedAtMs: expect.any(Number) };

export function keyContract(store: () => Store): void {
  describe("API keys (ACC-1)", () => keyChecks(store));
  describe("secondary auth tokens (ACC-1)", () => tokenChecks(store));
  describe("requests that may come twice", () => idempotencyChecks(store));
}

function keyRow(accountSid: string, fields: Partial<ApiKey> = {}): ApiKey & { readonly secret: string } {
  const sid = newSid("SK");
  return { sid, accountSid, friendlyName: "CI", kind: "standard", scopes: null, secret: `secret of ${sid}`, ...fields };
}

function keyChecks(store: () => Store): void {
  it("gives back what was stored, but no secret; lists and changes it in its account alone", async () => {
    const [accountSid, stranger] = [await newAccount(store()), await newAccount(store())];
    const { secret, ...restricted } = keyRow(accountSid, {
      kind: "restricted",
      scopes: ["/twilio/trunking/trunks/read"],
    });
    const { apiKeys } = store();
    expect(await apiKeys.create({ ...restricted, secret })).toEqual({ kind: "ok", row: { ...restricted, ...DATES } });
    expect(await apiKeys.fetch(restricted.sid)).toEqual({ ...restricted, ...DATES });
    expect((await apiKeys.list(accountSid, { limit: 10 })).rows).toEqual([{ ...restricted, ...DATES }]);
    expect((await apiKeys.list(stranger, { limit: 10 })).rows).toEqual([]);
    expect(await apiKeys.update(stranger, restricted.sid, { friendlyName: "x" })).toMatchObject({ kind: "not-found" });
    expect(await apiKeys.delete(stranger, restricted.sid)).toMatchObject({ kind: "not-found" });
    const changed = await apiKeys.update(accountSid, restricted.sid, { friendlyName: "x", scopes: [] });
    expect(changed).toMatchObject({ kind: "ok", row: { friendlyName: "x", scopes: [] } });
    expect(await apiKeys.create(keyRow(newSid("AC")))).toMatchObject({ kind: "not-found", what: "account" });
  });

  it("lets a secret in with its own key alone, and not after that one's deletion", async () => {
    const accountSid = await newAccount(store());
    const [first, second] = [keyRow(accountSid), keyRow(accountSid, { kind: "main" })];
    const { apiKeys } = store();
    for (const key of [first, second]) await apiKeys.create(key);
    const { secret, ...key } = first;
    expect(await apiKeys.authenticate(first.sid, secret)).toEqual({
      key,
      account: await store().accounts.fetch(accountSid),
    });
    expect(await apiKeys.authenticate(first.sid, second.secret)).toBeUndefined();
    expect(await apiKeys.authenticate(newSid("SK"), secret)).toBeUndefined();
    expect(await apiKeys.authenticate(first.sid, "")).toBeUndefined();
    expect(await apiKeys.delete(accountSid, first.sid)).toMatchObject({ kind: "ok" });
    expect(await apiKeys.authenticate(first.sid, secret)).toBeUndefined();
    expect(await apiKeys.authenticate(second.sid, second.secret)).toBeDefined();
  });
}

function tokenChecks(store: () => Store): void {
  const isGood = async (sid: string, token: string): Promise<boolean> =>
    (await store().accounts.authenticate(sid, token)) !== undefined;

  it("stands beside the first until it is promoted or removed; webhooks keep to the first", async () => {
    const { accounts, authTokens } = store();
    const sid = await newAccount(store());
    const first = `token of ${sid}`;
    expect(await authTokens.promote(sid)).toMatchObject({ kind: "not-found" });
    expect(await authTokens.addSecondary(sid, "second")).toEqual({ kind: "ok", row: DATES });
    expect(await authTokens.addSecondary(sid, "third")).toEqual({ kind: "conflict", which: "in-use" });
    expect([await isGood(sid, first), await isGood(sid, "second"), await isGood(sid, "")]).toEqual([true, true, false]);
    expect(await accounts.authToken(sid)).toBe(first);
    expect(await authTokens.promote(sid)).toEqual({ kind: "ok", row: { ...DATES, authToken: "second" } });
    expect([await isGood(sid, first), await isGood(sid, "second")]).toEqual([false, true]);
    expect(await accounts.authToken(sid)).toBe("second");
    expect(await authTokens.addSecondary(sid, "third")).toMatchObject({ kind: "ok" });
    expect(await authTokens.removeSecondary(sid)).toMatchObject({ kind: "ok" });
    expect(await authTokens.removeSecondary(sid)).toMatchObject({ kind: "not-found" });
    expect([await isGood(sid, "second"), await isGood(sid, "third")]).toEqual([true, false]);
    expect(await authTokens.addSecondary(newSid("AC"), "x")).toMatchObject({ kind: "not-found" });
  });
}

function idempotencyChecks(store: () => Store): void {
  const request = (): IdempotentRequest => ({
    key: randomBytes(32),
    accountSid: newSid("AC"),
    bodyHash: randomBytes(32),
  });

  it("gives a request to one of those who claim it at once, and its answer to all who come later", async () => {
    const { idempotency } = store();
    const twice = request();
    const claims = await Promise.all([1, 2, 3, 4].map(() => idempotency.claim(twice)));
    expect(claims.map(({ kind }) => kind).sort()).toEqual(["new", "under-way", "under-way", "under-way"]);
    await idempotency.settle(twice.key, "the answer");
    expect(await idempotency.claim(twice)).toEqual({ kind: "done", answer: "the answer" });
    expect(await idempotency.claim({ ...twice, bodyHash: randomBytes(32) })).toEqual({ kind: "other-body" });
    expect(await idempotency.claim({ ...twice, key: randomBytes(32) })).toEqual({ kind: "new" });
  });

  it("gives a released request to the next one, and an answer is not released", async () => {
    const { idempotency } = store();
    const twice = request();
    await idempotency.claim(twice);
    await idempotency.release(twice.key);
    expect(await idempotency.claim(twice)).toEqual({ kind: "new" });
    await idempotency.settle(twice.key, "");
    await idempotency.release(twice.key);
    expect(await idempotency.claim(twice)).toEqual({ kind: "done", answer: "" });
    expect(await idempotency.deleteOlderThan(Date.now() - 3_600_000, 100)).toBe(0);
    expect(await idempotency.deleteOlderThan(Date.now() + 3_600_000, 100)).toBeGreaterThan(0);
    expect(await idempotency.claim(twice)).toEqual({ kind: "new" });
  });
}
