import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Ajv, type ValidateFunction } from "ajv";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Twilio's documents that our surfaces are held against. */
const DOCUMENTS = [
  "twilio_api_v2010",
  "twilio_trunking_v1",
  "twilio_monitor_v1",
  "twilio_voice_v1",
  "twilio_accounts_v1",
  "twilio_iam_v1",
  "twilio_pricing_v2",
  "twilio_lookups_v2",
  "twilio_routes_v2",
] as const;

export type Json = { readonly [key: string]: unknown };
type Operation = {
  readonly schema: Json;
  /** Compiled on first use: the documents are large. */
  readonly validate: () => ValidateFunction;
};
type Path = { readonly pattern: RegExp; readonly operations: ReadonlyMap<string, Operation> };

/** One answer of the API under test. */
type Seen = { readonly method: string; readonly path: string; readonly status: number; readonly body: unknown };

/** Holds answers against documents; says nothing when they agree. */
export type OpenApi = { complaints(seen: Seen): readonly string[] };

/** Twilio's documents, fetched once, or why they are not to be had. With CI=true their absence is a failure, not a reason to skip. */
export async function loadTwilioDocuments(): Promise<readonly Json[] | { readonly absent: string }> {
  try {
    await promisify(execFile)(process.execPath, [`${root}/scripts/fetch-openapi.mjs`]);
  } catch (error) {
    const absent = (error as { stderr?: string }).stderr?.trim() || String(error);
    if (process.env["CI"] === "true") throw new Error(absent);
    return { absent };
  }
  return DOCUMENTS.map((name) => {
    const document = JSON.parse(readFileSync(`${root}/.cache/openapi/${name}.json`, "utf8")) as Json;
    return name === "twilio_lookups_v2" ? (nullableThroughout(document) as Json) : document;
  });
}

/** A check by OpenAPI documents of version 3.0 or 3.1. An error is held against contract §5.1, whoever's surface it is of. */
export function checkBy(documents: readonly Json[]): OpenApi {
  const paths = documents.flatMap(readDocument);
  return { complaints: (seen) => complaintsOf(paths, seen) };
}

function readDocument(document: Json, index: number): Path[] {
  const name = `document-${index}`;
  const ajv = new Ajv({ strict: false, allErrors: true, formats: FORMATS, logger: false });
  ajv.addSchema(corrected(fromOpenApi(document) as Json), name);
  return Object.entries(document["paths"] as Record<string, Json>).map(([path, item]) => ({
    pattern: new RegExp(`^${path.replace(/[.]/g, "\\.").replace(/\{\w+\}/g, "[^/]+")}$`),
    operations: new Map(operationsOf(ajv, document, name, path, item)),
  }));
}

/** An event's actor may be an account, as its own description says, and not a user alone, as its pattern does. */
function corrected(document: Json): Json {
  const schemas = (document["components"] as { schemas?: Record<string, { properties?: Record<string, Json> }> })
    .schemas;
  const event = schemas?.["monitor.v1.event"]?.properties;
  if (event?.["actor_sid"]) event["actor_sid"] = { ...event["actor_sid"], pattern: "^[A-Z]{2}[0-9a-f]{32}$" };
  return document;
}

/** By `METHOD status`; ajv follows a reference into the whole document. */
function* operationsOf(
  ajv: Ajv,
  document: Json,
  name: string,
  path: string,
  item: Json,
): Generator<[string, Operation]> {
  for (const method of ["get", "post", "delete"]) {
    const responses = (item[method] as { responses?: Record<string, Json> } | undefined)?.responses ?? {};
    for (const [status, response] of Object.entries(responses)) {
      const steps = ["paths", path, method, "responses", status, "content", "application/json", "schema"];
      const content = response["content"] as Record<string, { schema?: Json }> | undefined;
      const schema = content?.["application/json"]?.schema ?? {};
      const pointer = steps.map((step) => encodeURIComponent(step.replace(/~/g, "~0").replace(/\//g, "~1"))).join("/");
      const reference = content?.["application/json"] === undefined ? {} : { $ref: `${name}#/${pointer}` };
      let compiled: ValidateFunction | undefined;
      const validate = (): ValidateFunction => {
        compiled ??= ajv.compile(reference);
        return compiled;
      };
      yield [`${method.toUpperCase()} ${status}`, { schema: resolve(document, schema), validate }];
    }
  }
}

/** Formats of the documents; the rest of Twilio's private ones say nothing that a type does not. */
const FORMATS = {
  "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  "date-time-rfc-2822":
    /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d \+0000$/,
  // The 2010-04-01 API's page links are relative, in the documents' own examples too.
  uri: (text: string) => text.startsWith("/") || URL.canParse(text),
  "phone-number": true,
  // Usage says `usd` where everything else says `USD` (contract §13).
  currency: /^([A-Z]{3}|[a-z]{3})$/,
  "iso-country-code": true,
  "http-method": /^(GET|POST)$/,
  "uri-map": true,
  endpoint: true,
  twiml: true,
  decimal: true,
  int64: true,
} as const;

/** The schemas of Lookups say of nothing that it may be null, and its examples have nulls everywhere (contract §4.1). */
function nullableThroughout(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(nullableThroughout);
  if (typeof node !== "object" || node === null) return node;
  const entries = Object.entries(node).map(([key, value]) => [key, nullableThroughout(value)] as const);
  const isSchema = typeof (node as Json)["type"] === "string" || "$ref" in node;
  return { ...Object.fromEntries(entries), ...(isSchema && { nullable: true }) };
}

/** OpenAPI 3.0's `nullable` as JSON Schema has it, beside a type, an enumeration or a reference (contract §6.2). */
function fromOpenApi(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(fromOpenApi);
  if (typeof node !== "object" || node === null) return node;
  const { nullable, ...rest } = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, fromOpenApi(value)]),
  );
  const override = (rest["x-twilio"] as Json | undefined)?.["overrideType"];
  // Prices are said to be numbers, and to be written as text all the same.
  if (typeof override === "string") rest["type"] = override;
  if (nullable !== true) return rest;
  if (rest["$ref"] !== undefined) return { anyOf: [{ $ref: rest["$ref"] }, { type: "null" }] };
  const type = typeof rest["type"] === "string" ? { type: [rest["type"], "null"] } : {};
  const values = Array.isArray(rest["enum"]) ? { enum: [...rest["enum"], null] } : {};
  return { ...rest, ...type, ...values };
}

function resolve(document: Json, schema: Json): Json {
  const reference = schema["$ref"];
  if (typeof reference !== "string") return schema;
  const steps = reference.replace(/^#\//, "").split("/");
  return steps.reduce<Json>((node, step) => (node[step] ?? {}) as Json, document);
}

function complaintsOf(paths: readonly Path[], { method, path, status, body }: Seen): readonly string[] {
  const where = `${method} ${path} ${status}`;
  if (status >= 400) return errorComplaints(where, status, body);
  const found = paths.flatMap(({ pattern, operations }) => {
    const operation = pattern.test(path) ? operations.get(`${method} ${status}`) : undefined;
    return operation === undefined ? [] : [operation];
  });
  if (found.length === 0) return [`${where}: the documents know no such answer`];
  if (status === 204) return body === undefined ? [] : [`${where}: a 204 has no body`];
  // Two products have a path in common (contract §7.2): the answer is one of theirs.
  const [fewest = []] = found
    .map((operation) => operationComplaints(where, operation, body))
    .sort((a, b) => a.length - b.length);
  return fewest;
}

function operationComplaints(where: string, operation: Operation, body: unknown): readonly string[] {
  const validate = operation.validate();
  if (!validate(body)) {
    return (validate.errors ?? []).map((error) => `${where}: ${error.instancePath} ${error.message}`);
  }
  return keyComplaints(where, operation.schema, body);
}

/** The schemas name no required key and forbid none, so both are asked here: every key of the document, and no other. */
function keyComplaints(where: string, schema: Json, body: unknown): readonly string[] {
  const expected = Object.keys((schema["properties"] ?? {}) as Json).sort();
  if (expected.length === 0 || typeof body !== "object" || body === null) return [];
  const present = Object.keys(body).sort();
  const missing = expected.filter((key) => !present.includes(key));
  const invented = present.filter((key) => !expected.includes(key));
  return [
    ...missing.map((key) => `${where}: ${key} is missing`),
    ...invented.map((key) => `${where}: ${key} is not in the document`),
  ];
}

/** Contract §5.1; the documents declare no error. */
function errorComplaints(where: string, status: number, body: unknown): readonly string[] {
  const error = (body ?? {}) as { code?: unknown; message?: unknown; more_info?: unknown; status?: unknown };
  const right =
    Object.keys(error).sort().join() === "code,message,more_info,status" &&
    Number.isInteger(error.code) &&
    typeof error.message === "string" &&
    error.more_info === `https://www.twilio.com/docs/errors/${String(error.code)}` &&
    error.status === status;
  return right ? [] : [`${where}: not an error body: ${JSON.stringify(body)}`];
}
