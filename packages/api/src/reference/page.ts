import { createHash } from "node:crypto";
import { Html, html } from "./html.ts";
import { type FieldLine, fieldLines, type Schema, schemaText } from "./schema-text.ts";
import { STYLE } from "./style.ts";

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;
type Operation = {
  readonly summary: string;
  readonly description?: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly description?: string;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
};
/** An OpenAPI document as `openApiDocument` makes it. */
export type Document = {
  readonly info: { readonly title: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};

/** The only thing that the page may use beside its own markup. */
export const REFERENCE_POLICY = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/**
 * The reference of our own surface as one page that needs no script: what an OpenAPI document says, to be read, searched with the
 * browser's own search and linked to (`#get-Calls-sid`).
 *
 * @param origin scheme and host of the examples
 */
export function referencePage(document: Document, origin: string): string {
  const families = new Map<string, (readonly [method: string, path: string, operation: Operation])[]>();
  for (const [path, item] of Object.entries(document.paths)) {
    const family = /^\/trunkline\/v1\/(\w+)/.exec(path)?.[1] ?? "Others";
    const operations = families.get(family) ?? [];
    families.set(family, operations);
    for (const [method, operation] of Object.entries(item)) operations.push([method, path, operation]);
  }
  const names = [...families.keys()].sort();
  const sections = names.map(
    (name) => html`<section aria-labelledby="${name}"><h2 id="${name}">${name}</h2>
${(families.get(name) ?? []).map(([method, path, operation]) => operationHtml(method, path, operation, origin))}</section>
`,
  );
  const links = names.map((name) => html`<li><a href="#${name}">${name}</a></li>`);
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${document.info.title} API</title><style>${new Html(STYLE)}</style></head>
<body><nav aria-label="Resources"><ul>${links}</ul></nav>
<main><h1>${document.info.title} API</h1>
<p>${document.info.description} The same as <a href="openapi.json">OpenAPI 3.1</a>. Forms and JSON bodies are taken; answers are JSON, lists are paged, and errors are <code>{code, message, more_info, status}</code>, all as on Twilio's v1 hosts. Requests carry HTTP Basic credentials: an account's SID and auth token, an API key and its secret, or the operator's.</p>
${sections}</main></body></html>
`.text;
}

function operationHtml(method: string, path: string, operation: Operation, origin: string): Html {
  const verb = method.toUpperCase();
  const id = `${method}-${path.replace("/trunkline/v1/", "").replace(/[{}]/g, "").replace(/\W+/g, "-")}`;
  const parameters = operation.parameters.map((parameter) => ({
    name: parameter.name,
    type: `${schemaText(parameter.schema)} in the ${parameter.in}`,
    required: parameter.required ?? false,
    about: parameter.description ?? "",
  }));
  const body = fieldLines(schemaOf(operation.requestBody?.content));
  const [status = "", success] = Object.entries(operation.responses).find(([code]) => code !== "default") ?? [];
  return html`<details id="${id}"><summary><b class="${method}">${verb}</b> <code>${path}</code> <span>${operation.summary}</span></summary>
${operation.description === undefined ? "" : html`<p>${operation.description}</p>`}
${table("Parameters", parameters)}${table("Body", body)}${table(`Answer ${status}`, fieldLines(schemaOf(success?.content)))}
<pre><code>${example(verb, origin + path, body)}</code></pre></details>
`;
}

function schemaOf(content: Content | undefined): Schema {
  return content?.["application/json"]?.schema ?? {};
}

function table(caption: string, lines: readonly FieldLine[]): Html {
  if (lines.length === 0) return html``;
  const rows = lines.map(
    ({ name, type, required, about }) =>
      html`<tr><td><code>${name}</code></td><td>${type}</td><td>${required ? "required" : ""}</td><td>${about}</td></tr>`,
  );
  return html`<table><caption>${caption}</caption><thead><tr><th>Name</th><th>Type</th><th></th><th>Meaning</th></tr></thead><tbody>${rows}</tbody></table>`;
}

/** A request that can be pasted into a shell, with the required fields to be filled in. */
function example(verb: string, url: string, body: readonly FieldLine[]): string {
  const fields = body.filter(({ required }) => required).map(({ name }) => ` \\\n  --data-urlencode '${name}=…'`);
  const method = verb === "GET" || fields.length > 0 ? "" : ` -X ${verb}`;
  return `curl -u "$ACCOUNT_SID:$AUTH_TOKEN"${method} '${url}'${fields.join("")}`;
}
