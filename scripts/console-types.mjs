// Writes the console's types of our own API from its OpenAPI document (packages/api). `--check`: says whether they are up to date.
import { readFileSync, writeFileSync } from "node:fs";
import { openApiDocument } from "../packages/api/dist/openapi.js";
import { routes } from "../packages/api/dist/resources/index.js";

const OUTPUT = new URL("../packages/console/src/api/own-api.ts", import.meta.url);

/** A JSON Schema, as zod writes them, as a TypeScript type. */
function typeOf(schema) {
  if (schema === undefined) return "unknown";
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return [...new Set(options.map(typeOf))].join(" | ");
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ ...schema, type })).join(" | ");
  switch (schema.type) {
    case "string":
    case "boolean":
    case "null":
      return schema.type;
    case "integer":
    case "number":
      return "number";
    case "array":
      return schema.items ? `readonly (${typeOf(schema.items)})[]` : "readonly unknown[]";
    case "object":
      return objectType(schema);
    default:
      return "unknown";
  }
}

function objectType({ properties, required = [], additionalProperties }) {
  if (properties === undefined) {
    return `Readonly<Record<string, ${typeof additionalProperties === "object" ? typeOf(additionalProperties) : "unknown"}>>`;
  }
  const fields = Object.entries(properties).map(
    ([name, schema]) => `readonly ${JSON.stringify(name)}${required.includes(name) ? "" : "?"}: ${typeOf(schema)};`,
  );
  return `{ ${fields.join(" ")} }`;
}

function parametersOf(operation, place) {
  const found = operation.parameters.filter((parameter) => parameter.in === place);
  return objectType({
    properties: Object.fromEntries(found.map(({ name, schema }) => [name, schema])),
    required: found.filter(({ required }) => required).map(({ name }) => name),
  });
}

function endpoint(path, method, operation) {
  const [success] = Object.entries(operation.responses).filter(([status]) => status.startsWith("2"));
  const answer = success?.[1].content?.["application/json"]?.schema;
  const body = operation.requestBody?.content["application/json"]?.schema;
  return `  readonly ${JSON.stringify(`${method.toUpperCase()} ${path}`)}: {
    readonly query: ${parametersOf(operation, "query")};
    readonly body: ${body ? typeOf(body) : "undefined"};
    readonly answer: ${answer ? typeOf(answer) : "undefined"};
  };`;
}

const document = openApiDocument(routes());
const endpoints = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => endpoint(path, method, operation)),
);
const text = `// Written by scripts/console-types.mjs from the OpenAPI document. Do not edit.

/** The endpoints of our own API: what they take and what they answer. */
export type OwnApi = {
${endpoints.join("\n")}
};
`;

if (process.argv.includes("--check")) {
  if (readFileSync(OUTPUT, "utf8") === text) process.exit(0);
  process.stderr.write(
    "packages/console/src/api/own-api.ts is not what the API says: run node scripts/console-types.mjs\n",
  );
  process.exit(1);
}
writeFileSync(OUTPUT, text);
