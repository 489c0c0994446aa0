/** As much of a JSON Schema as our own document uses. */
export type Schema = {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly default?: unknown;
  readonly description?: string;
};

/** What a value may be, for a person: `integer 1–1000`, `"a" | "b" | null`, `list of string`. */
export function schemaText(schema: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.anyOf) return [...new Set(schema.anyOf.map(schemaText))].join(" | ");
  const types = [schema.type ?? []].flat();
  if (types.length === 0) return "any";
  return types.map((type) => typeText(type, schema)).join(" | ");
}

function typeText(type: string, schema: Schema): string {
  if (type === "array") return `list of ${schemaText(schema.items ?? {})}`;
  if (type === "string") {
    const format = schema.format === undefined ? "" : ` (${schema.format})`;
    return `string${format}${schema.maxLength === undefined ? "" : `, at most ${schema.maxLength} characters`}`;
  }
  return type + rangeText(schema);
}

function rangeText({ minimum = Number.NaN, maximum = Number.NaN }: Schema): string {
  // The bounds that the generator gives every integer say nothing.
  const from = Math.abs(minimum) < Number.MAX_SAFE_INTEGER ? String(minimum) : "";
  const to = Math.abs(maximum) < Number.MAX_SAFE_INTEGER ? String(maximum) : "";
  if (from === "" && to === "") return "";
  if (to === "") return `, at least ${from}`;
  return from === "" ? `, at most ${to}` : ` ${from}–${to}`;
}

/** One line of a table of fields. */
export type FieldLine = {
  /** With the names it lies below, joined by dots; `[]` after a list. */
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly about: string;
};

/** The fields of an object, those of objects inside it right behind it. */
export function fieldLines(schema: Schema, below = ""): readonly FieldLine[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, field]) => {
    const name = below + key;
    const required = schema.required?.includes(key) ?? false;
    const line = { name, type: schemaText(field), required, about: field.description ?? "" };
    return [line, ...fieldLines(objectIn(field), `${name}${isList(field) ? "[]" : ""}.`)];
  });
}

/** The object that a field is, holds a list of, or may be beside null; an empty one for anything else. */
function objectIn(schema: Schema): Schema {
  if (schema.properties) return schema;
  if (schema.items) return objectIn(schema.items);
  return schema.anyOf?.map(objectIn).find(({ properties }) => properties !== undefined) ?? {};
}

function isList(schema: Schema): boolean {
  return schema.items !== undefined || (schema.anyOf?.some(isList) ?? false);
}
