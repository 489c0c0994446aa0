import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { basic, OPERATOR, openTestApi, type RawOptions, randomHex, type TestApi, ZONE } from "./api.fixture.ts";
import { createApi } from "./app.ts";
import type { ApiDeps } from "./deps.ts";

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(async () => {
  await api.close();
});

const REFUSED = { kind: "refused", why: "rate", concurrent: 3, retryAfterSec: 1.2 } as const;
const UNKNOWN = "0".repeat(32);

describe("credentials (contract §1.2)", () => {
  const refused: [what: string, authorization: (api: TestApi) => string | undefined, message: string][] = [
    ["none", () => undefined, "Authentication Error - No credentials provided"],
    ["another scheme", () => "Bearer abc", "Authentication Error - No credentials provided"],
    ["no Base64", () => "Basic ***", "Authentication Error - No credentials provided"],
    [
      "no colon",
      () => `Basic ${Buffer.from("AC").toString("base64")}`,
      "Authentication Error - No credentials provided",
    ],
    ["a wrong token", ({ account }) => basic({ sid: account.sid, token: "x" }), "Authenticate"],
    ["an empty token", ({ account }) => basic({ sid: account.sid, token: "" }), "Authenticate"],
    ["an unknown account", () => basic({ sid: `AC${UNKNOWN}`, token: "x" }), "Authenticate"],
    ["a NUL in the name", () => basic({ sid: "AC\0", token: "x" }), "Authenticate"],
    ["the operator's SID with another token", () => basic({ sid: OPERATOR.sid, token: "x" }), "Authenticate"],
    ["a header of 2 kB", () => `Basic ${"A".repeat(2000)}`, "Authentication Error - No credentials provided"],
  ];
  it.each(refused)("%s: 401 with a challenge and code 20003", async (_what, authorization, message) => {
    const value = authorization(api);
    const answer = await api.request("GET", "/v1/Trunks", {
      as: null,
      headers: value === undefined ? {} : { authorization: value },
    });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toBe('Basic realm="Twilio API"');
    expect(answer.body).toMatchObject({ code: 20003, message, status: 401 });
  });

  it("a stranger's body is not read", async () => {
    const answer = await api.request("POST", "/v1/Trunks", { as: null, json: "{{{" });
    expect(answer.status).toBe(401);
  });

  it("a foreign and an unknown account in the path look alike: 403", async () => {
    const foreign = await api.addAccount();
    const messages = [];
    for (const sid of [foreign.sid, `AC${UNKNOWN}`, "AC%00"]) {
      const answer = await api.request("GET", `/2010-04-01/Accounts/${sid}/Calls.json`);
      expect(answer.body).toMatchObject({ status: 403, code: 20003 });
      messages.push(String(answer.body["message"]).replace(/AC[0-9a-f]{32}|AC%00|AC\0/, "AC…"));
    }
    expect(new Set(messages).size).toBe(1);
  });

  it("the operator acts for the account of the path, or of the X-Trunkline-Account header; a parent for its child", async () => {
    const as = OPERATOR;
    expect((await api.request("GET", `/2010-04-01/Accounts/${api.account.sid}/Calls.json`, { as })).status).toBe(200);
    expect((await api.request("GET", "/v1/Trunks", { as })).body).toMatchObject({ code: 21470 });
    const headers = { "x-trunkline-account": api.account.sid };
    expect((await api.request("GET", "/v1/Trunks", { as, headers })).status).toBe(200);
    const unknown = { "x-trunkline-account": `AC${UNKNOWN}` };
    expect((await api.request("GET", "/v1/Trunks", { as, headers: unknown })).body).toMatchObject({ code: 21471 });
    const child = await api.addAccount({ parentSid: api.account.sid });
    const made = await api.request("POST", "/v1/Trunks", { headers: { "x-trunkline-account": child.sid } });
    expect(made.body["account_sid"]).toBe(child.sid);
  });
});

describe("errors (contract §5.1)", () => {
  const refused: [
    what: string,
    method: string,
    path: string,
    options: RawOptions,
    status: number,
    code: number,
    says: RegExp,
  ][] = [
    [
      "an unknown trunk",
      "GET",
      `/v1/Trunks/TK${UNKNOWN}?x=1`,
      {},
      404,
      20404,
      /^The requested resource \/Trunks\/TK0{32} was not found$/,
    ],
    ["an unknown path", "GET", "/v1/Nothing", {}, 404, 20404, /resource \/Nothing was not found/],
    ["a path outside the API", "GET", "/favicon.ico", {}, 404, 20404, /favicon/],
    ["the mount point", "GET", "/~trunking/v1/Trunks", {}, 404, 20404, /was not found/],
    ["a NUL in a SID", "GET", "/v1/Trunks/TK%00", {}, 404, 20404, /was not found/],
    ["a broken escape in the path", "GET", "/v1/Trunks/TK%zz", {}, 400, 20422, /percent sign/],
    ["a method nobody knows here", "PUT", "/v1/Trunks", {}, 405, 20004, /use GET, HEAD, POST, OPTIONS/],
    ["DELETE of a call", "DELETE", `/v1/Trunks/TK${UNKNOWN}/Recording`, {}, 405, 20004, /use GET, HEAD, POST, OPTIONS/],
    [
      "a path of 300 characters",
      "GET",
      `/v1/Trunks/${"1".repeat(300)}`,
      {},
      414,
      20422,
      /part of the path is too long/,
    ],
    ["a body of 70 kB", "POST", "/v1/Trunks", { form: { FriendlyName: "x".repeat(70_000) } }, 413, 20413, /64 KiB/],
    [
      "another content type",
      "POST",
      "/v1/Trunks",
      { json: "<a/>", headers: { "content-type": "text/xml" } },
      415,
      20422,
      /Content-Type/,
    ],
    ["broken JSON", "POST", "/v1/Trunks", { json: '{"FriendlyName"' }, 400, 20422, /cannot be read/],
    ["a JSON list", "POST", "/v1/Trunks", { json: "[1]" }, 400, 20422, /named parameters/],
    ["a poisoned JSON key", "POST", "/v1/Trunks", { json: '{"__proto__":{"a":1}}' }, 400, 20422, /cannot be read/],
    [
      "a number for a name",
      "POST",
      "/v1/Trunks",
      { json: '{"FriendlyName":5}' },
      400,
      20002,
      /FriendlyName must be text .*, not 5\./,
    ],
    [
      "a name given twice",
      "POST",
      "/v1/Trunks",
      { form: "FriendlyName=a&FriendlyName=b" },
      400,
      20002,
      /not \["a","b"\]/,
    ],
    ["a control character", "POST", "/v1/Trunks", { form: "FriendlyName=a%00" }, 400, 20002, /control characters/],
    [
      "two wrong values at once",
      "POST",
      "/v1/Trunks",
      { form: "Secure=maybe&TransferMode=x" },
      400,
      20422,
      /TransferMode must be one of .* Secure must be true or false, not "maybe"/,
    ],
    [
      "a page of 1001",
      "GET",
      "/v1/Trunks?PageSize=1001",
      {},
      400,
      20007,
      /PageSize must be a whole number from 1 to 1000/,
    ],
    ["a page token made up", "GET", "/v1/Trunks?PageToken=PAnonsense", {}, 400, 21481, /next page link/],
    ["a page token of no kind", "GET", "/v1/Trunks?PageToken=x", {}, 400, 21481, /next page link/],
    ["a page far away without a token", "GET", "/v1/Trunks?Page=100000", {}, 400, 21481, /needs a PageToken/],
    [
      "an unknown page of the own API",
      "GET",
      "/trunkline/v1/Nothing",
      {},
      404,
      20404,
      /resource \/Nothing was not found/,
    ],
  ];
  it.each(refused)("%s", async (_what, method, path, options, status, code, says) => {
    const answer = await api.request(method, path, options);
    expect(answer.body).toMatchObject({ status, code });
    expect(answer.body["message"]).toMatch(says);
    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
    expect(answer.headers.get("x-twilio-error-code")).toBe(String(code));
  });

  it("§1.4: every answer has a request id, and 404 on 2010-04-01 names the whole path", async () => {
    const path = `/2010-04-01/Accounts/${api.account.sid}/Calls/CA${UNKNOWN}.json`;
    const answer = await api.request("GET", path);
    expect(answer.headers.get("twilio-request-id")).toMatch(/^RQ[0-9a-f]{32}$/);
    expect(answer.body["message"]).toBe(`The requested resource ${path} was not found`);
  });

  it("§1.3: unknown parameters are accepted with warning 20001, their names escaped", async () => {
    const answer = await api.request("POST", "/v1/Trunks", { form: "FriendlyName=ok&friendlyname=no&X%0D%0AY=1" });
    expect(answer.status).toBe(201);
    expect(answer.headers.get("x-trunkline-warning")).toBe("20001 Unknown parameters ignored: friendlyname, X%0D%0AY");
  });

  it("a JSON body with real types and an empty one are taken", async () => {
    const made = await api.request("POST", "/v1/Trunks", { json: '{"FriendlyName":"json","Secure":true}' });
    expect(made.body).toMatchObject({ friendly_name: "json", secure: true });
    const path = `/v1/Trunks/${String(made.body["sid"])}`;
    expect((await api.request("DELETE", path, { headers: { "content-type": "application/json" } })).status).toBe(204);
  });
});

describe("one origin (contract §7.2)", () => {
  it("2010-04-01 answers with and without .json, and its uris are relative", async () => {
    const path = `/2010-04-01/Accounts/${api.account.sid}`;
    const [suffixed, bare] = [await api.request("GET", `${path}.json`), await api.request("GET", path)];
    expect(bare.body).toEqual(suffixed.body);
    expect(bare.body["uri"]).toBe(`${path}.json`);
  });

  it("a product prefix is taken and kept in the links", async () => {
    const made = await api.request("POST", "/trunking/v1/Trunks");
    expect(made.body["url"]).toBe(`${api.origin}/trunking/v1/Trunks/${String(made.body["sid"])}`);
    const list = await api.request("GET", "/trunking/v1/Trunks?PageSize=1");
    const meta = list.body["meta"] as { next_page_url: string };
    expect(meta.next_page_url).toMatch(`${api.origin}/trunking/v1/Trunks?PageSize=1&Page=1&PageToken=PA`);
    expect((await api.request("GET", meta.next_page_url.slice(api.origin.length))).status).toBe(200);
  });

  it("Page without a token walks from the start", async () => {
    const as = await api.addAccount();
    for (const name of ["a", "b", "c"]) await api.request("POST", "/v1/Trunks", { as, form: { FriendlyName: name } });
    const names = async (query: string): Promise<unknown[]> => {
      const answer = await api.request("GET", `/v1/Trunks?${query}`, { as });
      return (answer.body["trunks"] as { friendly_name: string }[]).map((trunk) => trunk.friendly_name);
    };
    expect(await names("PageSize=2&Page=0")).toEqual(["a", "b"]);
    expect(await names("PageSize=2&Page=1")).toEqual(["c"]);
    expect(await names("PageSize=2&Page=2")).toEqual([]);
  });
});

/** An app of its own without a socket, for what depends on how it is set up. */
function appWith(deps: Partial<ApiDeps>) {
  const failures: unknown[] = [];
  const app = createApi({
    store: api.store,
    zone: ZONE,
    digestRealm: `sip.${ZONE}`,
    operator: OPERATOR,
    randomHex,
    nowMs: () => Date.now(),
    onFailure: (error) => failures.push(error),
    ...deps,
  });
  const get = async (url: string, headers: Record<string, string> = {}) => {
    const answer = await app.inject({ method: "GET", url, headers: { authorization: basic(api.account), ...headers } });
    return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
  };
  return { app, get, failures };
}

describe("how it is set up", () => {
  const hosts: [host: string, path: string, url: string | null][] = [
    [`trunking.${ZONE}`, "/v1/Trunks", `http://trunking.${ZONE}/v1/Trunks?PageSize=50&Page=0`],
    ["trunking.twilio.com", "/v1/Trunks", "http://trunking.twilio.com/v1/Trunks?PageSize=50&Page=0"],
    [
      "trunking.dublin.ie1.twilio.com",
      "/v1/Trunks",
      "http://trunking.dublin.ie1.twilio.com/v1/Trunks?PageSize=50&Page=0",
    ],
    ["192.0.2.7:8080", "/v1/Trunks", "http://192.0.2.7:8080/v1/Trunks?PageSize=50&Page=0"],
    ["api.twilio.com", "/v1/Trunks", null],
  ];
  it.each(hosts)("§7.2: Host %s with %s leads to %s", async (host, path, url) => {
    const { status, body } = await appWith({}).get(path, { host });
    if (url === null) expect(status).toBe(404);
    else expect(body.meta.url).toBe(url);
  });

  it("§2.2: the link to a number's 2010 resource leads to the api host", async () => {
    await api.stock("+12025550177");
    const number = await api.request("POST", `/2010-04-01/Accounts/${api.account.sid}/IncomingPhoneNumbers`, {
      form: { PhoneNumber: "+12025550177" },
    });
    const trunk = await api.request("POST", "/v1/Trunks");
    const path = `/v1/Trunks/${String(trunk.body["sid"])}/PhoneNumbers`;
    await api.request("POST", path, { form: { PhoneNumberSid: String(number.body["sid"]) } });
    const { body } = await appWith({}).get(path, { host: "trunking.twilio.com" });
    expect(body.phone_numbers[0].links.phone_number).toMatch(/^http:\/\/api\.twilio\.com\/2010-04-01\/Accounts\//);
  });

  it("only a trusted proxy chooses scheme and host of the links", async () => {
    const headers = { host: "inner", "x-forwarded-proto": "https", "x-forwarded-host": "trunks.example.com" };
    expect((await appWith({}).get("/v1/Trunks", headers)).body.meta.url).toMatch(/^http:\/\/inner\//);
    const trusting = appWith({ trustedProxies: ["127.0.0.1"] });
    expect((await trusting.get("/v1/Trunks", headers)).body.meta.url).toMatch(/^https:\/\/trunks\.example\.com\//);
  });

  it("API-3: over the limit is 429 with Retry-After and code 20429", async () => {
    const limited = appWith({ requestLimit: { admit: () => REFUSED } });
    const { status, headers, body } = await limited.get("/v1/Trunks");
    expect([status, headers["retry-after"], body.code]).toEqual([429, "2", 20429]);
  });

  it("a failure of ours is 500 with the request id, and says nothing else", async () => {
    const list = () => Promise.reject(new Error("password=hunter2"));
    const broken = appWith({ store: { ...api.store, trunks: { ...api.store.trunks, list } } });
    const { status, headers, body } = await broken.get("/v1/Trunks");
    expect([status, body.code]).toEqual([500, 20500]);
    expect(body.message).toBe(
      `Internal Server Error. The log has more under request ${String(headers["twilio-request-id"])}.`,
    );
    expect(broken.failures).toHaveLength(1);
  });

  it("a store that is away is 503 with Retry-After", async () => {
    const list = () => Promise.reject(Object.assign(new Error("gone"), { code: "STORE_AWAY" }));
    const away = appWith({ store: { ...api.store, trunks: { ...api.store.trunks, list } } });
    const { status, headers, body } = await away.get("/v1/Trunks");
    expect([status, headers["retry-after"], body.code]).toEqual([503, "5", 20503]);
  });
});

it("every answer above has a documented shape, and none was a failure of ours", () => {
  expect(api.complaints).toEqual([]);
  expect(api.failures).toEqual([]);
});

describe("a change is live on the next call", () => {
  it("answers a write only when the change is applied, and a read at once", async () => {
    const order: string[] = [];
    const applied = Promise.withResolvers<void>();
    const changesApplied = async (): Promise<void> => {
      order.push("asked");
      await applied.promise;
      order.push("applied");
    };
    const { app, get } = appWith({ changesApplied });
    expect([(await get("/v1/Trunks")).status, order]).toEqual([200, []]);
    const write = app.inject({ method: "POST", url: "/v1/Trunks", headers: { authorization: basic(api.account) } });
    await expect.poll(() => order).toEqual(["asked"]);
    applied.resolve();
    expect((await write).statusCode).toBe(201);
    expect(order).toEqual(["asked", "applied"]);
  });
});
