import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ApiError, type Client, createClient, urlOf } from "./client.ts";

const requests: { readonly url: string; readonly token: string; readonly account: string }[] = [];
let answers: ((response: ServerResponse) => void)[] = [];
const server = createServer((request: IncomingMessage, response) => {
  const header = (name: string): string => String(request.headers[name] ?? "");
  requests.push({
    url: request.url ?? "",
    token: header("i-twilio-idempotency-token"),
    account: header("x-trunkline-account"),
  });
  request.resume().on("end", () => (answers.shift() ?? answered(200))(response));
});
let client: Client;
const waits: string[] = [];
const ACCOUNT = `AC${"1".repeat(32)}`;

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const access = { baseUrl: `http://127.0.0.1:${port}`, username: ACCOUNT, password: "hunter2", accountSid: ACCOUNT };
  client = createClient(access, { pauseMs: 1, onWait: (_seconds, why) => waits.push(why) });
});
beforeEach(() => {
  requests.length = 0;
  waits.length = 0;
  answers = [];
});
afterAll(() => void server.close());

const answered =
  (status: number, body: object | string = {}, headers: Readonly<Record<string, string>> = {}) =>
  (response: ServerResponse): void => {
    response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body));
  };

describe("API-5: the client of the API", () => {
  it("tries busy servers and lost connections again, with the same idempotency token", async () => {
    const busy = { "retry-after": "0" };
    answers = [
      answered(429, {}, busy),
      answered(503),
      (response) => response.destroy(),
      answered(409, {}, busy),
      answered(201, { sid: "TK1" }),
    ];
    expect(await client.post("/v1/Trunks", {})).toEqual({ sid: "TK1" });
    expect(requests).toHaveLength(5);
    expect(new Set(requests.map(({ token }) => token)).size).toBe(1);
    expect(requests[0]?.token).toMatch(/^[0-9a-f-]{36}$/);
    expect(waits).toEqual([
      "the server is busy (429)",
      "the server is busy (503)",
      "the server does not answer",
      "the server is busy (409)",
    ]);
    await client.post("/v1/Trunks", {});
    expect(requests[5]?.token).not.toBe(requests[0]?.token);
  });

  it("gives up after six attempts, and at once where it would have to wait for minutes", async () => {
    answers = Array.from({ length: 6 }, () => answered(503, { message: "Busy", code: 20503 }));
    await expect(client.get("/v1/Trunks")).rejects.toThrow("GET /v1/Trunks: 503 (20503) Busy");
    answers = [answered(429, { message: "Too many" }, { "retry-after": "3600" })];
    await expect(client.get("/v1/Trunks")).rejects.toMatchObject({ status: 429 });
    expect(requests).toHaveLength(7);
  });

  const told: [title: string, answer: (response: ServerResponse) => void, message: RegExp][] = [
    ["a refusal, with its code", answered(400, { code: 21248, message: "Taken." }), /400 \(21248\) Taken\.$/],
    ["a refusal that is no JSON", answered(502, "<html>"), /502 Bad Gateway$/],
    ["an answer that is no JSON", answered(200, "<html>"), /no JSON; is this the address of the API\?$/],
    ["an answer that is a list", answered(200, []), /no JSON/],
  ];
  it.each(told)("tells %s, and never the credentials", async (_title, answer, message) => {
    answers = [answer];
    const error = await client.get("/v1/Trunks?x=1").catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ApiError);
    expect((error as Error).message).toMatch(message);
    expect(JSON.stringify(error) + (error as Error).stack).not.toMatch(/hunter2|Basic/);
  });

  it.each([
    ["https://sip.example.com", "/v1/Trunks", "https://sip.example.com/v1/Trunks"],
    ["https://api.twilio.com", "/v1/Trunks/TK1/Recording", "https://trunking.twilio.com/v1/Trunks/TK1/Recording"],
    ["https://api.ie1.twilio.com", "/v1/Trunks", "https://trunking.ie1.twilio.com/v1/Trunks"],
    [
      "https://api.twilio.com",
      "/v1/DialingPermissions/Countries",
      "https://voice.twilio.com/v1/DialingPermissions/Countries",
    ],
    ["https://trunking.twilio.com", "/2010-04-01/Accounts/AC1", "https://api.twilio.com/2010-04-01/Accounts/AC1"],
    ["https://sip.example.com", "//127.0.0.1:1/v1/Trunks", "https://sip.example.com//127.0.0.1:1/v1/Trunks"],
    ["https://api.twilio.com.evil.example", "/v1/Trunks", "https://api.twilio.com.evil.example/v1/Trunks"],
  ])("%s with %s is %s", (baseUrl, path, url) => {
    expect(urlOf(baseUrl, path).href).toBe(url);
  });

  it("an answer without an end is broken off", async () => {
    answers = [
      (response) => {
        const piece = "x".repeat(1024 * 1024);
        const more = (): void => {
          while (!response.destroyed && response.write(piece));
          if (!response.destroyed) response.once("drain", more);
        };
        more();
      },
    ];
    await expect(client.get("/v1/Trunks")).rejects.toThrow(/too long/);
  });

  it("follows no redirection, which could take the credentials elsewhere", async () => {
    answers = Array.from({ length: 6 }, () => answered(302, "", { location: "http://127.0.0.2:1/" }));
    await expect(client.get("/v1/Trunks")).rejects.toThrow(/no answer/);
  });

  it("what is gone is deleted, what is not there is undefined, and a 2010 path has its suffix", async () => {
    answers = [answered(404), answered(404)];
    await client.delete(`/2010-04-01/Accounts/${ACCOUNT}/SIP/CredentialLists/CL1`);
    expect(await client.get("/v1/Trunks/TK1")).toBeUndefined();
    expect(requests).toMatchObject([
      { url: `/2010-04-01/Accounts/${ACCOUNT}/SIP/CredentialLists/CL1.json`, account: ACCOUNT },
      {},
    ]);
  });

  it("a list whose pages lead in a circle is told", async () => {
    answers = Array.from({ length: 3 }, () =>
      answered(200, { trunks: [{}], meta: { next_page_url: "http://x.invalid/v1/Trunks?PageSize=1000" } }),
    );
    const read = async (): Promise<void> => {
      for await (const _row of client.list("/v1/Trunks", "trunks"));
    };
    await expect(read()).rejects.toThrow(/leads back to itself/);
  });

  const lists: [title: string, answer: (page: number) => object, message: RegExp][] = [
    ["that never ends", (page) => ({ trunks: [], meta: { next_page_url: `/v1/Trunks?PageToken=${page}` } }), /no end/],
    ["that is none", () => ({ trunks: "none" }), /trunks is no list/],
    ["of what are no rows", () => ({ trunks: [{}, null] }), /trunks is no list of rows/],
  ];
  it.each(lists)(
    "a list %s is told",
    async (_title, answer, message) => {
      answers = Array.from({ length: 10_001 }, (_, page) => answered(200, answer(page)));
      const read = async (): Promise<void> => {
        for await (const _row of client.list("/v1/Trunks", "trunks"));
      };
      await expect(read()).rejects.toThrow(message);
    },
    60_000,
  );
});
