import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OPERATOR, openTestApi, randomHex, type TestApi, ZONE } from "./api.fixture.ts";
import { createApi } from "./app.ts";
import { VERSION_PREFIX } from "./product.ts";
import { routes } from "./resources/index.ts";

const PARTS = { zone: ZONE, digestRealm: `sip.${ZONE}`, operator: OPERATOR, randomHex, nowMs: () => Date.now() };

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi({ trustedProxies: ["127.0.0.1"] });
});
afterAll(() => api.close());

/** Writes raw text to the server and gives what comes back until it hangs up. */
function exchange(text: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect(Number(new URL(api.origin).port), "127.0.0.1", () => socket.write(text));
  let answer = "";
  socket.on("data", (piece) => {
    answer += String(piece);
  });
  socket.on("close", () => resolve(answer)).on("error", reject);
  return promise;
}

describe("API-3: headers of every answer (contract §1.4)", () => {
  it("pages of other origins may call Twilio's surfaces with credentials of their own, never with a browser's", async () => {
    const headers = { origin: "https://app.example.com" };
    const answer = await api.request("GET", "/v1/Trunks", { headers });
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
    expect(answer.headers.get("access-control-expose-headers")).toMatch(/Twilio-Request-Id/);
    expect(answer.headers.get("vary")).toBe("Origin");
    const preflight = await api.request("OPTIONS", "/v1/Trunks", { as: null, headers });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-methods")).toBe("GET, HEAD, POST, OPTIONS");
    expect(preflight.headers.get("access-control-allow-headers")).toMatch(/Authorization/);
  });

  it("our own surface, which sessions of the console open, is not for other origins", async () => {
    for (const method of ["GET", "OPTIONS"]) {
      const { headers } = await api.request(method, "/trunkline/v1/Limits", {
        headers: { origin: "https://evil.example" },
      });
      expect([...headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
    }
  });

  it("an error has them too, so that a page can read why", async () => {
    const answer = await api.request("GET", "/v1/Trunks", { as: null });
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([401, "*"]);
  });

  it("nothing is stored on the way, and TLS is to stay TLS", async () => {
    const plain = await api.request("GET", "/v1/Trunks");
    expect(plain.headers.get("cache-control")).toBe("no-store");
    expect(plain.headers.get("x-content-type-options")).toBe("nosniff");
    expect(plain.headers.get("strict-transport-security")).toBeNull();
    const secure = await api.request("GET", "/v1/Trunks", { headers: { "x-forwarded-proto": "https" } });
    expect(secure.headers.get("strict-transport-security")).toBe("max-age=31536000");
  });

  it("HEAD answers as GET does, without a body", async () => {
    const [get, head] = [await api.request("GET", "/v1/Trunks"), await api.request("HEAD", "/v1/Trunks")];
    expect([head.status, head.body]).toEqual([200, {}]);
    expect(head.headers.get("content-length")).toBe(get.headers.get("content-length"));
    expect((await api.request("HEAD", "/v1/Trunks", { as: null })).status).toBe(401);
    expect((await api.request("HEAD", "/v1/AuthTokens/Promote")).status).toBe(405);
  });
});

describe("API-3: unknown parameters are warned of (20001)", () => {
  const bodies: [what: string, options: object][] = [
    ["a form", { form: { FriendlyName: "x", Colour: "red" } }],
    ["a JSON body", { json: '{"FriendlyName":"x","Colour":"red"}' }],
  ];
  it.each(bodies)("in %s", async (_what, options) => {
    const answer = await api.request("POST", "/v1/Trunks", options);
    expect(answer.headers.get("x-trunkline-warning")).toBe("20001 Unknown parameters ignored: Colour");
    expect(answer.status).toBe(201);
  });

  it("in the query of every list", async () => {
    const lists = routes().filter(({ method, paged, path, scope }) => {
      return method === "GET" && paged && scope === "account" && !path.replace(":accountSid", "").includes(":");
    });
    expect(lists.length).toBeGreaterThan(15);
    for (const { product, path } of lists) {
      const place = VERSION_PREFIX[product] + path.replace(":accountSid", api.account.sid);
      const named = product === "trunkline" || product === "api" ? place : `/${product}${place}`;
      const answer = await api.request("GET", `${named}?Colour=red`);
      expect(answer.headers.get("x-trunkline-warning"), named).toMatch(/Colour/);
    }
  });
});

describe("API-3: what is no request", () => {
  it("is answered in the shape of every error, and hung up on", async () => {
    const answer = await exchange("This is not HTTP\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(JSON.parse(answer.slice(answer.indexOf("{")))).toMatchObject({ code: 20422, status: 400 });
  });

  it("headers of more than 16 KiB are 431", async () => {
    const answer = await exchange(`GET /v1/Trunks HTTP/1.1\r\nHost: x\r\nX-Long: ${"x".repeat(17 * 1024)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  });

  it("a sender who dawdles is bounded: a head in ten seconds, a request in a minute, two thousand connections", async () => {
    const { server } = createApi({ ...PARTS, store: api.store });
    const { headersTimeout, requestTimeout, keepAliveTimeout, maxConnections } = server;
    expect({ headersTimeout, requestTimeout, keepAliveTimeout, maxConnections }).toEqual({
      headersTimeout: 10_000,
      requestTimeout: 60_000,
      keepAliveTimeout: 60_000,
      maxConnections: 2_000,
    });
  });
});
