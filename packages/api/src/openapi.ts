import { z } from "zod";
import type { Form } from "./form.ts";
import { VERSION_PREFIX } from "./product.ts";
import type { Route } from "./route.ts";

type Json = { readonly [key: string]: unknown };

const ERROR = { $ref: "#/components/responses/Error" };

/**
 * The OpenAPI 3.1 document of our own surface, made from the same routes and forms that answer it. Twilio's surfaces are described by
 * Twilio's own documents.
 */
export function openApiDocument(routes: readonly Route[]): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes.filter(({ product }) => product === "trunkline")) {
    const path = VERSION_PREFIX.trunkline + route.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Trunkline", version: "v1", description: "What Trunkline has beyond Twilio's API." },
    security: [{ basic: [] }, { session: [] }],
    paths,
    components: {
      securitySchemes: {
        basic: { type: "http", scheme: "basic", description: "Account SID and auth token, or API key and secret." },
        session: {
          type: "apiKey",
          in: "cookie",
          name: "trunkline-session",
          description:
            "Of POST /Sessions; over TLS its name begins with __Host-. Whatever changes something also needs its csrf_token in X-Trunkline-CSRF.",
        },
      },
      responses: {
        Error: { description: "What was wrong.", content: { "application/json": { schema: errorSchema } } },
      },
    },
  };
}

const errorSchema = {
  type: "object",
  required: ["code", "message", "more_info", "status"],
  properties: {
    code: { type: "integer" },
    message: { type: "string" },
    more_info: { type: "string" },
    status: { type: "integer" },
  },
};

const PAGING: readonly Json[] = [
  { name: "PageSize", in: "query", schema: { type: "integer", minimum: 1, maximum: 1000, default: 50 } },
  { name: "Page", in: "query", schema: { type: "integer", minimum: 0 } },
  { name: "PageToken", in: "query", schema: { type: "string" } },
];

function operation({ method, path, summary, form, success, scope, paged = false }: Route): Json {
  const names = [...path.matchAll(/:(\w+)/g)].map((match) => match[1]);
  const inPath = names.map((name) => ({ name, in: "path", required: true, schema: { type: "string" } }));
  const inQuery = method === "GET" ? [...queryParameters(form), ...(paged ? PAGING : [])] : [];
  const content = success.schema && {
    [success.contentType ?? "application/json"]: { schema: jsonSchema(success.schema) },
  };
  return {
    summary,
    ...(scope === "operator" && { description: "For the operator." }),
    ...(scope === "session" && { description: "For people who are signed in.", security: [{ session: [] }] }),
    ...(scope === "public" && { description: "Needs no credentials.", security: [] }),
    parameters: [...inPath, ...inQuery],
    ...(method === "POST" && { requestBody: requestBody(form) }),
    responses: {
      [success.status]: { description: "Done.", ...(content && { content }) },
      default: ERROR,
    },
  };
}

function queryParameters(form: Form): readonly Json[] {
  return Object.entries(form).map(([name, { schema, about }]) => ({
    name,
    in: "query",
    required: isRequired(schema),
    ...(about !== "" && { description: about }),
    schema: jsonSchema(schema),
  }));
}

function requestBody(form: Form): Json {
  const properties = Object.entries(form).map(([name, { schema, about }]) => [
    name,
    { ...jsonSchema(schema), ...(about !== "" && { description: about }) },
  ]);
  const required = Object.entries(form).flatMap(([name, { schema }]) => (isRequired(schema) ? [name] : []));
  const schema = {
    type: "object",
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required }),
  };
  return { content: { "application/x-www-form-urlencoded": { schema }, "application/json": { schema } } };
}

function isRequired(schema: z.ZodType): boolean {
  return !schema.safeParse(undefined).success;
}

/** What a value is once read: a form writes `true` where the schema says boolean. */
function jsonSchema(schema: z.ZodType): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: "output", unrepresentable: "any" });
  return rest;
}
