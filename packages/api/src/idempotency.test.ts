import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { basic, OPERATOR, openTestApi, type RawOptions, randomHex, type TestApi, ZONE } from "./api.fixture.ts";
import { createApi } from "./app.ts";

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.close());

const post = (path: string, token: string, options: RawOptions = {}) =>
  api.request("POST", path, { headers: { "i-twilio-idempotency-token": token }, ...options });
const trunkCount = async (): Promise<number> => (await api.sdk().trunking.v1.trunks.list()).length;

describe("API-2: a POST with an idempotency token is done once", () => {
  it("the same token gives the same answer again, and says so", async () => {
    const token = randomUUID();
    const form = { FriendlyName: "Once" };
    const first = await post("/v1/Trunks", token, { form });
    const again = await post("/v1/Trunks", token, { form });
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body).toEqual(first.body);
    expect([first, again].map(({ headers }) => headers.get("idempotent-replayed"))).toEqual([null, "true"]);
    expect(await trunkCount()).toBe(1);
    const headers = { "idempotency-key": token };
    expect((await api.request("POST", "/v1/Trunks", { headers, form })).body, "both headers").toEqual(first.body);
    expect((await post("/v1/Trunks", randomUUID(), { form })).body["sid"]).not.toBe(first.body["sid"]);
  });

  it("the order of parameters does not matter; other parameters with the token are refused", async () => {
    const token = randomUUID();
    const first = await post("/v1/Trunks", token, { form: "FriendlyName=a&Secure=true" });
    expect((await post("/v1/Trunks", token, { form: "Secure=true&FriendlyName=a" })).body).toEqual(first.body);
    const other = await post("/v1/Trunks", token, { form: "FriendlyName=b" });
    expect([other.status, other.body["message"]]).toEqual([400, expect.stringMatching(/used with other parameters/)]);
  });

  it("of many at the same moment one is done, and the others are told to come again", async () => {
    const [token, before] = [randomUUID(), await trunkCount()];
    const answers = await Promise.all(Array.from({ length: 8 }, () => post("/v1/Trunks", token)));
    const sids = new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body["sid"]));
    expect(sids.size).toBe(1);
    for (const { status, body, headers } of answers.filter((answer) => answer.status !== 201)) {
      expect([status, body["code"], headers.get("retry-after")]).toEqual([409, 20162, "1"]);
    }
    expect(await trunkCount()).toBe(before + 1);
  });

  it("a refusal is kept too, with its code", async () => {
    const token = randomUUID();
    const send = () => post("/v1/Trunks", token, { form: { FriendlyName: "a\0" } });
    const [first, again] = [await send(), await send()];
    expect([first.status, again.headers.get("idempotent-replayed")]).toEqual([400, "true"]);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get("x-twilio-error-code")).toBe("20002");
  });

  it("an account's token is not another's: not its subaccount's, not its key's, not on another path", async () => {
    const token = randomUUID();
    const first = await post("/v1/Trunks", token);
    const child = await api.addAccount({ parentSid: api.account.sid });
    const headers = { "i-twilio-idempotency-token": token, "x-trunkline-account": child.sid };
    const ofChild = await api.request("POST", "/v1/Trunks", { headers });
    const key = await api.sdk().newKeys.create();
    const byKey = await post("/v1/Trunks", token, { as: { sid: key.sid, token: key.secret } });
    expect(new Set([first, ofChild, byKey].map(({ body }) => body["sid"])).size).toBe(3);
    const elsewhere = await post(`/v1/Trunks/${String(first.body["sid"])}`, token, { form: { FriendlyName: "x" } });
    expect([elsewhere.status, elsewhere.body["friendly_name"]]).toEqual([200, "x"]);
  });

  it("an answer with a secret is given again to whom it was given, and is not readable in the store", async () => {
    const token = randomUUID();
    const path = `/2010-04-01/Accounts/${api.account.sid}/Keys.json`;
    const [first, again] = [await post(path, token), await post(path, token)];
    expect(again.body["secret"]).toBe(first.body["secret"]);
    expect(first.body["secret"]).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each(["", " ", "x".repeat(256), "a b", "ü"])("a token such as %j is refused or none", async (token) => {
    const answer = await post("/v1/Trunks", token).catch(() => undefined);
    expect(token.trim() === "" ? [201] : [400, undefined]).toContain(answer?.status);
  });

  it("what was not done for want of something of ours is done the next time", async () => {
    const token = randomUUID();
    let isAway = true;
    const { trunks } = api.store;
    const create: typeof trunks.create = (row) =>
      isAway ? Promise.reject(Object.assign(new Error("gone"), { code: "STORE_AWAY" })) : trunks.create(row);
    const app = createApi({
      store: { ...api.store, trunks: { ...trunks, create } },
      zone: ZONE,
      digestRealm: `sip.${ZONE}`,
      operator: OPERATOR,
      randomHex,
      nowMs: () => Date.now(),
    });
    const headers = { authorization: basic(api.account), "idempotency-key": token };
    const send = async () => (await app.inject({ method: "POST", url: "/v1/Trunks", headers })).statusCode;
    expect(await send()).toBe(503);
    isAway = false;
    expect([await send(), await send()]).toEqual([201, 201]);
  });
});

it("every answer above has the documented shape, and none was a failure of ours", () => {
  expect(api.complaints).toEqual([]);
  expect(api.failures).toEqual([]);
});
