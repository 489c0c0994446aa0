import { afterEach, describe, expect, it, vi } from "vitest";
import { basic, OPERATOR, openTestApi, type TestApi } from "./api.fixture.ts";
import { AccountRequestLimit } from "./request-limit.ts";

let nowMs = 0;
const newLimit = (concurrent: number, perSecond: number) =>
  new AccountRequestLimit({ concurrent, perSecond, nowMs: () => nowMs });

describe("API-3: requests per account", () => {
  it("lets ten seconds' worth come at once, and then the rate", () => {
    const limit = newLimit(1_000, 2);
    const kinds = (): string[] => Array.from({ length: 25 }, () => limit.admit("AC1").kind);
    expect(kinds().filter((kind) => kind === "admitted")).toHaveLength(20);
    expect(limit.admit("AC1")).toMatchObject({ kind: "refused", why: "rate", retryAfterSec: 0.5 });
    expect(limit.admit("AC2")).toMatchObject({ kind: "admitted" });
    nowMs += 3_000;
    expect(kinds().filter((kind) => kind === "admitted")).toHaveLength(6);
  });

  it("lets so many be under way at once, and another when one is answered; released twice is released once", () => {
    const limit = newLimit(2, 1_000);
    const [first, second] = [limit.admit("AC1"), limit.admit("AC1")];
    expect([first, second]).toMatchObject([{ concurrent: 1 }, { concurrent: 2 }]);
    expect(limit.admit("AC1")).toEqual({ kind: "refused", why: "concurrent", concurrent: 2, retryAfterSec: 1 });
    if (first.kind === "admitted") for (const _ of [1, 2]) first.release();
    expect([limit.admit("AC1").kind, limit.admit("AC1").kind]).toEqual(["admitted", "refused"]);
  });

  it("a clock that goes back costs nobody anything", () => {
    const limit = newLimit(1_000, 1);
    limit.admit("AC1");
    nowMs -= 100_000;
    expect(limit.admit("AC1").kind).toBe("admitted");
  });
});

describe("API-3: over HTTP", () => {
  let api: TestApi;
  afterEach(() => api.close());

  it("answers 429 with 20429, Retry-After and the number under way; the operator has no limit", async () => {
    api = await openTestApi({ requestLimit: newLimit(10, 0.1) });
    const first = await api.request("GET", "/v1/Trunks");
    expect(first.status).toBe(200);
    expect(first.headers.get("twilio-concurrent-requests")).toBe("1");
    expect(first.headers.get("twilio-request-duration")).toMatch(/^\d+\.\d{3}$/);
    expect(Number(first.headers.get("twilio-request-duration"))).toBeGreaterThan(0);
    const second = await api.request("GET", "/v1/Trunks");
    expect([second.status, second.body["code"], second.headers.get("retry-after")]).toEqual([429, 20429, "10"]);
    expect(second.headers.get("twilio-concurrent-requests")).toBe("0");
    for (const _ of [1, 2, 3]) {
      expect((await api.request("GET", "/2010-04-01/Accounts.json", { as: OPERATOR })).status).toBe(200);
    }
    expect(api.complaints).toEqual([]);
  });

  it("a request that is answered, and one whose client is gone, make room", async () => {
    const gate = Promise.withResolvers<void>();
    let waiting = 0;
    api = await openTestApi({
      requestLimit: newLimit(1, 1_000),
      changesApplied: () => {
        waiting += 1;
        return gate.promise;
      },
    });
    const gone = new AbortController();
    const headers = { authorization: `Basic ${btoa(`${api.account.sid}:${api.account.token}`)}` };
    const write = fetch(`${api.origin}/v1/Trunks`, { method: "POST", headers, signal: gone.signal });
    await expect.poll(() => waiting).toBe(1);
    expect((await api.request("GET", "/v1/Trunks")).body).toMatchObject({
      code: 20429,
      message: expect.stringMatching(/concurrent/),
    });
    gone.abort();
    await expect(write).rejects.toThrow();
    await expect.poll(async () => (await api.request("GET", "/v1/Trunks")).status).toBe(200);
    gate.resolve();
  });

  it("a client that is gone before it was let in takes no place", async () => {
    api = await openTestApi({ requestLimit: newLimit(1, 1_000) });
    const { accounts } = api.store;
    const [looked, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const { authenticate: look } = accounts;
    const authenticate = vi.spyOn(accounts, "authenticate").mockImplementationOnce(async (...shown) => {
      looked.resolve();
      await gate.promise;
      return look(...shown);
    });
    const gone = new AbortController();
    const answer = fetch(`${api.origin}/v1/Trunks`, {
      headers: { authorization: basic(api.account) },
      signal: gone.signal,
    });
    await looked.promise;
    gone.abort();
    await expect(answer).rejects.toThrow();
    // By the next answer on another connection, the server has seen that the first one was closed.
    expect((await api.request("GET", "/v1/Trunks")).status).toBe(200);
    gate.resolve();
    await authenticate.mock.results[0]?.value;
    await api.request("GET", "/2010-04-01/Accounts.json", { as: OPERATOR });
    expect((await api.request("GET", "/v1/Trunks")).status).toBe(200);
  });

  it("strangers, who may hear the recordings of an account, take none of its requests", async () => {
    api = await openTestApi({ requestLimit: newLimit(10, 0.1) });
    await api.store.accountSettings.change(api.account.sid, { mediaAuthRequired: false });
    const recording = `/2010-04-01/Accounts/${api.account.sid}/Recordings/RE${"0".repeat(32)}`;
    const heard = async () => (await api.request("GET", recording, { as: null })).status;
    expect([await heard(), await heard()]).toEqual([404, 429]);
    expect((await api.request("GET", "/v1/Trunks")).status).toBe(200);
  });

  it("recordings of a subaccount are open to nobody while its parent is suspended", async () => {
    api = await openTestApi();
    const { store, account } = api;
    const { sid } = await api.addAccount({ parentSid: account.sid });
    await store.accountSettings.change(sid, { mediaAuthRequired: false });
    const recording = `/2010-04-01/Accounts/${sid}/Recordings/RE${"0".repeat(32)}`;
    expect((await api.request("GET", recording, { as: null })).status).toBe(404);
    await store.accounts.update(account.sid, { status: "suspended" }, "operator");
    expect((await api.request("GET", recording, { as: null })).status).toBe(401);
  });
});
