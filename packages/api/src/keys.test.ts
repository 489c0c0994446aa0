import { mintSid } from "@trunkline/trunking";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { twilioClient } from "../../../test/support/twilio-sdk.ts";
import { OPERATOR, openTestApi, randomHex, refusal, type TestAccount, type TestApi } from "./api.fixture.ts";
import { routes } from "./resources/index.ts";
import { grantableScopes, scopeOf } from "./scopes.ts";

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.close());

type Kind = "standard" | "main" | "restricted";

/** A key of the account, as credentials. */
async function newKey(keyType: Kind = "standard", allow?: readonly string[], of = api.account): Promise<TestAccount> {
  const policy = allow && { policy: JSON.stringify({ allow }) };
  const key = await api.sdk(of).iam.v1.newApiKey.create({ accountSid: of.sid, keyType, ...policy });
  return { sid: key.sid, token: key.secret };
}

/** The SDK throws for its own resources alone. */
function thrown({
  statusCode,
  body,
}: {
  readonly statusCode: number;
  readonly body: { readonly code: number };
}): never {
  throw Object.assign(new Error("refused"), { status: statusCode, code: body.code });
}

/** The SDK with a key: it wants to be told the account (contract §1.2). */
const withKey = (key: TestAccount, accountSid = api.account.sid) =>
  twilioClient(api.origin, key.sid, key.token, accountSid);

describe("ACC-1: API keys (contract §3.1, §4.1)", () => {
  it("are made with a secret that is shown once, listed, renamed and deleted", async () => {
    const client = api.sdk();
    const made = await client.newKeys.create({ friendlyName: "CI" });
    expect(made.sid).toMatch(/^SK[0-9a-f]{32}$/);
    expect(made.secret).toMatch(/^[0-9a-f]{64}$/);
    const raw = await api.request("GET", `/2010-04-01/Accounts/${api.account.sid}/Keys/${made.sid}.json`);
    expect(JSON.stringify(raw.body)).not.toContain(made.secret);
    expect((await client.keys(made.sid).update({ friendlyName: "Build" })).friendlyName).toBe("Build");
    expect((await client.keys.list()).map(({ sid }) => sid)).toContain(made.sid);
    expect((await client.signingKeys(made.sid).fetch()).friendlyName).toBe("Build");
    expect(await client.keys(made.sid).remove()).toBe(true);
    expect((await refusal(client.keys(made.sid).fetch())).gist).toBe("404 20404");
  });

  it("of the standard kind do what the account does, but manage neither accounts nor keys: 403", async () => {
    const made = await api.sdk().newKeys.create({ friendlyName: "worker" });
    const client = withKey({ sid: made.sid, token: made.secret });
    expect((await client.trunking.v1.trunks.create({ friendlyName: "By key" })).accountSid).toBe(api.account.sid);
    expect(await client.calls.list()).toEqual([]);
    const refused = [
      () => client.newKeys.create(),
      () => client.keys.list(),
      () => client.newSigningKeys.create(),
      () => client.iam.v1.getApiKeys.list({ accountSid: api.account.sid }),
      () => client.api.v2010.accounts(api.account.sid).fetch(),
      () => client.api.v2010.accounts.create(),
      () => client.accounts.v1.secondaryAuthToken().create(),
      () => client.accounts.v1.authTokenPromotion().update(),
      () => client.request({ method: "post", uri: `${api.origin}/trunkline/v1/AccountSettings` }).then(thrown),
    ];
    for (const each of refused) expect((await refusal(each())).gist).toBe("403 20003");
  });

  it("of the main kind do all that the auth token does", async () => {
    const client = withKey(await newKey("main"));
    expect((await client.api.v2010.accounts(api.account.sid).fetch()).authToken).toBe(api.account.token);
    expect((await client.newKeys.create()).secret).toBeDefined();
  });

  it("of the restricted kind do what their policy says, and their refusals name the scope", async () => {
    const key = await newKey("restricted", ["/twilio/trunking/trunks/read", "/twilio/trunking/trunks/create"]);
    const client = withKey(key);
    const { sid } = await client.trunking.v1.trunks.create({ friendlyName: "Narrow" });
    expect((await client.trunking.v1.trunks(sid).originationUrls.list()).length).toBe(0);
    const denied = await refusal(client.trunking.v1.trunks(sid).remove());
    expect(denied).toMatchObject({
      gist: "403 20003",
      message: expect.stringMatching(/scope \/twilio\/trunking\/trunks\/delete/),
    });
    expect((await refusal(client.calls.list())).message).toMatch(/\/twilio\/voice\/calls\/read/);
    const { iam } = api.sdk();
    const changed = await iam.v1
      .apiKey(key.sid)
      .update({ policy: JSON.stringify({ allow: ["/twilio/voice/calls/read"] }) });
    expect(changed.policy).toEqual({ allow: ["/twilio/voice/calls/read"] });
    expect(await client.calls.list()).toEqual([]);
    expect((await refusal(client.trunking.v1.trunks.list())).gist).toBe("403 20003");
    const listed = await iam.v1.getApiKeys.list({ accountSid: api.account.sid });
    expect(listed.find((one) => one.sid === key.sid)).toBeDefined();
  });

  it("are good for nothing from the next request after their deletion on", async () => {
    const key = await newKey();
    const client = withKey(key);
    await client.trunking.v1.trunks.list();
    expect(await api.sdk().iam.v1.apiKey(key.sid).remove()).toBe(true);
    expect((await refusal(client.trunking.v1.trunks.list())).gist).toBe("401 20003");
  });

  it("of an account that is not active, or whose parent is not, do not work", async () => {
    const parent = await api.addAccount();
    const child = await api.addAccount({ parentSid: parent.sid });
    const [ofParent, ofChild] = [await newKey("main", undefined, parent), await newKey("main", undefined, child)];
    await api.store.accounts.update(parent.sid, { status: "suspended" });
    for (const [key, account] of [
      [ofParent, parent],
      [ofChild, child],
    ] as const) {
      expect((await refusal(withKey(key, account.sid).calls.list())).gist).toBe("401 20005");
    }
  });

  it("of a parent act for its subaccounts, and for no other account", async () => {
    const [child, stranger] = [await api.addAccount({ parentSid: api.account.sid }), await api.addAccount()];
    const key = await newKey();
    expect(await withKey(key, child.sid).calls.list()).toEqual([]);
    expect((await refusal(withKey(key, stranger.sid).calls.list())).gist).toBe("403 20003");
    const headers = { "x-trunkline-account": child.sid };
    expect((await api.request("POST", "/v1/Trunks", { as: key, headers })).body["account_sid"]).toBe(child.sid);
  });

  it("of another account look like none", async () => {
    const stranger = await api.addAccount();
    const { sid } = await newKey();
    const { v1 } = api.sdk(stranger).iam;
    const tries = [v1.apiKey(sid), api.sdk(stranger).keys(sid)].map((key) => () => key.fetch());
    for (const each of [...tries, () => v1.apiKey(sid).remove()]) {
      expect((await refusal(each())).gist).toBe("404 20404");
    }
    const foreign = v1.getApiKeys.list({ accountSid: api.account.sid });
    expect((await refusal(foreign)).gist).toBe("403 20003");
  });

  it("are managed by the operator for any account", async () => {
    const as = OPERATOR;
    const made = await api.request("POST", "/v1/Keys", { as, form: { AccountSid: api.account.sid } });
    expect(made.status).toBe(201);
    expect((await api.request("DELETE", `/v1/Keys/${String(made.body["sid"])}`, { as })).status).toBe(204);
  });

  const bad: [what: string, form: Record<string, string>, says: RegExp][] = [
    ["a restricted key without a policy", { KeyType: "restricted" }, /Missing required parameter Policy/],
    ["a policy of a standard key", { Policy: '{"allow":["/twilio/voice/calls/read"]}' }, /a standard key has none/],
    ["an unknown kind", { KeyType: "root" }, /KeyType must be one of standard, main, restricted/],
    [
      "an unknown scope",
      { KeyType: "restricted", Policy: '{"allow":["/x"]}' },
      /no scope "\/x"\. Known are .*\/twilio\/trunking\/trunks\/read/,
    ],
    [
      "a scope that manages",
      { KeyType: "restricted", Policy: '{"allow":["/twilio/iam/keys/create"]}' },
      /there is no scope/,
    ],
    ["an empty policy", { KeyType: "restricted", Policy: '{"allow":[]}' }, /Policy must be JSON such as/],
    ["a policy that denies", { KeyType: "restricted", Policy: '{"deny":["/x"]}' }, /Policy must be JSON such as/],
    ["a policy that is no JSON", { KeyType: "restricted", Policy: "{{" }, /Policy must be JSON such as/],
    ["101 scopes", { KeyType: "restricted", Policy: JSON.stringify({ allow: Array(101).fill("/x") }) }, /1 to 100/],
    ["a name of 65 characters", { FriendlyName: "x".repeat(65) }, /1 to 64 characters/],
  ];
  it.each(bad)("refuse %s: 400", async (_what, form, says) => {
    const { status, body } = await api.request("POST", "/v1/Keys", { form: { AccountSid: api.account.sid, ...form } });
    expect(status).toBe(400);
    expect(body["message"]).toMatch(says);
  });

  it("take a policy in a JSON body too", async () => {
    const json = {
      AccountSid: api.account.sid,
      KeyType: "restricted",
      Policy: { allow: ["/twilio/voice/calls/read"] },
    };
    expect((await api.request("POST", "/v1/Keys", { json: JSON.stringify(json) })).status).toBe(201);
  });

  it("with an unknown SID or a wrong secret are refused alike", async () => {
    const { sid } = await newKey();
    for (const as of [
      { sid, token: "x" },
      { sid: mintSid("SK", randomHex(16)), token: "x" },
    ]) {
      const answer = await api.request("GET", "/v1/Trunks", { as });
      expect([answer.status, answer.body["code"], answer.body["message"]]).toEqual([401, 20003, "Authenticate"]);
    }
  });
});

describe("ACC-1: scopes of restricted keys", () => {
  it("every route has one, and every one is in Twilio's form", () => {
    for (const route of routes()) {
      const scope = scopeOf(route);
      expect(scope, route.path).toMatch(
        /^\/(twilio\/[a-z]+|trunkline)\/[a-z0-9]+(-[a-z0-9]+)*\/(read|create|update|delete)$/,
      );
    }
  });

  it("no scope that can be granted lets a key manage accounts, keys, tokens or users", () => {
    const scopes = grantableScopes(routes());
    expect(
      scopes.filter((scope) =>
        /^\/(twilio\/\w+|trunkline)\/(accounts|keys|signing-keys|auth-tokens|users|sessions)\//.test(scope),
      ),
    ).toEqual([]);
    expect(scopes.length).toBeGreaterThan(30);
  });

  const cases: [
    method: "GET" | "POST" | "DELETE",
    product: "api" | "trunking" | "voice" | "trunkline",
    path: string,
    status: 200 | 201 | 204,
    scope: string,
  ][] = [
    ["GET", "trunking", "/Trunks", 200, "/twilio/trunking/trunks/read"],
    ["POST", "trunking", "/Trunks", 201, "/twilio/trunking/trunks/create"],
    ["DELETE", "trunking", "/Trunks/:sid", 204, "/twilio/trunking/trunks/delete"],
    ["POST", "trunking", "/Trunks/:trunkSid/OriginationUrls", 201, "/twilio/trunking/trunks/update"],
    ["DELETE", "trunking", "/Trunks/:trunkSid/OriginationUrls/:sid", 204, "/twilio/trunking/trunks/update"],
    ["GET", "api", "/Accounts/:sid", 200, "/twilio/account/accounts/read"],
    ["POST", "api", "/Accounts/:accountSid/Keys", 201, "/twilio/account/keys/create"],
    ["GET", "api", "/Accounts/:accountSid/Calls/:callSid/Recordings/:sid", 200, "/twilio/voice/recordings/read"],
    ["POST", "api", "/Accounts/:accountSid/OutgoingCallerIds", 200, "/twilio/voice/outgoing-caller-ids/create"],
    [
      "POST",
      "api",
      "/Accounts/:accountSid/SIP/CredentialLists/:listSid/Credentials",
      201,
      "/twilio/sip/credential-lists/update",
    ],
    ["POST", "voice", "/Settings", 200, "/twilio/voice/settings/update"],
    ["GET", "api", "/Accounts/:accountSid/Usage/Records/Daily", 200, "/twilio/usage/records/read"],
    ["GET", "trunkline", "/Calls.csv", 200, "/trunkline/calls/read"],
  ];
  it.each(cases)("%s %s %s (%i) needs %s", (method, product, path, status, scope) => {
    expect(scopeOf({ method, product, path, success: { status } })).toBe(scope);
  });
});

it("every answer above has the documented shape, and none was a failure of ours", () => {
  expect(api.complaints).toEqual([]);
  expect(api.failures).toEqual([]);
});
