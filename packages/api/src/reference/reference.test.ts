import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestApi, type TestApi } from "../api.fixture.ts";
import { referencePage } from "./page.ts";
import { fieldLines, schemaText } from "./schema-text.ts";

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.close());

describe("API-4: the reference of our own surface", () => {
  it("is a page for everyone that runs nothing and loads nothing", async () => {
    const response = await fetch(`${api.origin}/trunkline/v1/reference`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src 'sha256-[^']+';/);
    const page = await response.text();
    expect(page).not.toMatch(/<script|<link|src=/);
    expect(page).toContain(
      '<details id="post-Carriers"><summary><b class="post">POST</b> <code>/trunkline/v1/Carriers',
    );
    expect(page).toContain(`curl -u &#34;$ACCOUNT_SID:$AUTH_TOKEN&#34; &#39;${api.origin}/trunkline/v1/Carriers&#39;`);
  });

  it("has every request that the OpenAPI document has", async () => {
    const page = await (await fetch(`${api.origin}/trunkline/v1/reference`)).text();
    const { body } = await api.request("GET", "/trunkline/v1/openapi.json", { as: null });
    const requests = Object.values(body["paths"] as Record<string, object>).flatMap((item) => Object.keys(item));
    expect(page.match(/<details id=/g)).toHaveLength(requests.length);
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("shows text of a document and of a request's host as text", () => {
    const operation = { summary: "<b>", parameters: [], responses: { 200: {} } };
    const document = { info: { title: "<i>", description: "&" }, paths: { "/trunkline/v1/A": { get: operation } } };
    const page = referencePage(document, 'http://"><script>');
    expect(page).not.toMatch(/<script|<b>|<i>/);
  });
});

describe("schemas in words", () => {
  it.each([
    [{ type: "string" }, "string"],
    [{ type: "string", maxLength: 64 }, "string, at most 64 characters"],
    [{ type: ["string", "null"], format: "uri" }, "string (uri) | null"],
    [{ anyOf: [{ type: "integer", minimum: 1, maximum: 5 }, { type: "null" }] }, "integer 1–5 | null"],
    [{ type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER }, "integer, at least 1"],
    [{ type: "integer", minimum: -Number.MAX_SAFE_INTEGER, maximum: 9 }, "integer, at most 9"],
    [{ enum: ["a", "b", null] }, '"a" | "b" | null'],
    [{ const: true }, "true"],
    [{ type: "array", items: { type: "string" } }, "list of string"],
    [{}, "any"],
  ])("%j is %s", (schema, text) => {
    expect(schemaText(schema)).toBe(text);
  });

  it("name fields inside objects and lists", () => {
    const inner = { type: "object", properties: { b: { type: "string" } }, required: ["b"] };
    const schema = { properties: { a: inner, c: { anyOf: [{ type: "array", items: inner }, { type: "null" }] } } };
    expect(fieldLines(schema).map(({ name, required }) => `${name} ${required}`)).toEqual([
      "a false",
      "a.b true",
      "c false",
      "c[].b true",
    ]);
  });
});
