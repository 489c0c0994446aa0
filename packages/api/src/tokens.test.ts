import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OPERATOR, openTestApi, refusal, type TestApi } from "./api.fixture.ts";

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.close());

describe("ACC-1: secondary auth token (contract §1.2, Accounts v1)", () => {
  it("works beside the first; promoted, it takes the first one's place at once", async () => {
    const account = await api.addAccount();
    const first = api.sdk(account);
    const made = await first.accounts.v1.secondaryAuthToken().create();
    expect(made).toMatchObject({
      accountSid: account.sid,
      secondaryAuthToken: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    const second = api.sdk({ sid: account.sid, token: made.secondaryAuthToken });
    for (const client of [first, second]) expect(await client.trunking.v1.trunks.list()).toEqual([]);
    expect((await second.api.v2010.accounts(account.sid).fetch()).authToken).toBe(account.token);
    const promoted = await first.accounts.v1.authTokenPromotion().update();
    expect(promoted).toMatchObject({ accountSid: account.sid, authToken: made.secondaryAuthToken });
    expect((await refusal(first.trunking.v1.trunks.list())).gist).toBe("401 20003");
    expect((await second.api.v2010.accounts(account.sid).fetch()).authToken).toBe(made.secondaryAuthToken);
  });

  it("deleted, it is good for nothing, and the first one stays", async () => {
    const account = await api.addAccount();
    const first = api.sdk(account);
    const { secondaryAuthToken } = await first.accounts.v1.secondaryAuthToken().create();
    expect(await first.accounts.v1.secondaryAuthToken().remove()).toBe(true);
    const second = api.sdk({ sid: account.sid, token: secondaryAuthToken });
    expect((await refusal(second.trunking.v1.trunks.list())).gist).toBe("401 20003");
    expect(await first.trunking.v1.trunks.list()).toEqual([]);
  });

  it("is one at a time: a second is 409, promoting or deleting none 404", async () => {
    const { v1 } = api.sdk(await api.addAccount()).accounts;
    expect((await refusal(v1.authTokenPromotion().update())).gist).toBe("404 20404");
    expect((await refusal(v1.secondaryAuthToken().remove())).gist).toBe("404 20404");
    await v1.secondaryAuthToken().create();
    const again = await refusal(v1.secondaryAuthToken().create());
    expect(again).toEqual({ gist: "409 20409", message: expect.stringMatching(/Promote it, or delete it first/) });
  });

  it("of a subaccount is made by its parent, and of any account by the operator", async () => {
    const child = await api.addAccount({ parentSid: api.account.sid });
    const headers = { "x-trunkline-account": child.sid };
    const made = await api.request("POST", "/v1/AuthTokens/Secondary", { headers });
    expect([made.status, made.body["account_sid"]]).toEqual([201, child.sid]);
    const promoted = await api.request("POST", "/v1/AuthTokens/Promote", { as: OPERATOR, headers });
    expect(promoted.body).toMatchObject({ account_sid: child.sid, auth_token: made.body["secondary_auth_token"] });
    expect((await api.request("POST", "/v1/AuthTokens/Promote", { as: OPERATOR })).body).toMatchObject({ code: 21470 });
  });

  it("every answer above has the documented shape", () => {
    expect(api.complaints).toEqual([]);
    expect(api.failures).toEqual([]);
  });
});

it("ACC-1: of the operator's own account only the settings' token counts, whatever its row says", async () => {
  await api.store.accounts.create({
    sid: OPERATOR.sid,
    parentSid: null,
    friendlyName: "Operator",
    status: "active",
    type: "Full",
    authToken: "the token of the first start",
  });
  const as = { sid: OPERATOR.sid, token: "the token of the first start" };
  expect((await api.request("GET", "/2010-04-01/Accounts.json", { as })).status).toBe(401);
});
