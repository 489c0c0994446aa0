import { isMap, isPair, isScalar, LineCounter, type Pair, parseDocument, visit, type Document as Yaml } from "yaml";
import { z } from "zod";
import type { Fields, Item, Value } from "./item.ts";
import { KINDS, type Kind, type KindName, partsOf } from "./kinds.ts";
import { nearest } from "./nearest.ts";

/** What a declarative file says. */
export type Declared = {
  /** Every thing, those that others are part of first. */
  readonly items: readonly Item[];
  /** The kinds that the file has a section for: it says all about those, and nothing about the others. */
  readonly roots: ReadonlySet<KindName>;
};

/** The file cannot be used. `message` has a line for each mistake: file, line, column, what is wrong, what to do. */
export class DocumentError extends Error {
  readonly code = "ERR_DOCUMENT";
}

/** The form of the file, its first line. */
export const FORM_KEY = "trunkline";
const FORM = 1;
/** Enough for hundreds of thousands of numbers; the parser takes some hundred times as much memory. */
const MAX_BYTES = 32 * 1024 * 1024;
/** More are not read by anybody. */
const MISTAKES_SHOWN = 20;

/** @param name of the file, for messages. Throws `DocumentError`. */
export function readDocument(text: string, name: string): Declared {
  if (Buffer.byteLength(text) > MAX_BYTES) {
    throw new DocumentError(`${name}: the file has more than ${MAX_BYTES / 1024 / 1024} MiB; apply it in parts`);
  }
  const lines = new LineCounter();
  const yaml = parseDocument(text, { lineCounter: lines, stringKeys: true, prettyErrors: false, uniqueKeys: false });
  const at = (offset: number | undefined): string => {
    const { line, col } = lines.linePos(offset ?? 0);
    return `${name}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  const broken = [...yaml.errors, ...yaml.warnings].map(({ pos, message }) => `${at(pos[0])}: ${message}`);
  refuse(broken.length > 0 ? broken : wrongKeys(yaml).map(({ offset, why }) => `${at(offset)}: ${why}`));
  const value = plainValue(yaml, name);
  const read = fileSchema.safeParse(value, { reportInput: true });
  if (!read.success) {
    refuse(
      read.error.issues.flatMap((issue) =>
        mistakes(issue).map(({ path, why, key }) => `${at(offsetOf(yaml, path, key))}: ${why}`),
      ),
    );
  }
  const sections = read.data as Readonly<Record<string, unknown>>;
  const roots = new Set(partsOf(null).filter((kind) => sections[KINDS[kind].section] !== undefined));
  return { items: partsOf(null).flatMap((kind) => itemsOf(kind, [], sections[KINDS[kind].section])), roots };
}

function refuse(mistakes: readonly string[]): void {
  if (mistakes.length === 0) return;
  const more = mistakes.length - MISTAKES_SHOWN;
  throw new DocumentError([...mistakes.slice(0, MISTAKES_SHOWN), ...(more > 0 ? [`and ${more} more`] : [])].join("\n"));
}

/** Keys twice in a map, which the parser itself would look for in a time that grows with their square; and what JavaScript takes for no name. */
function wrongKeys(yaml: Yaml): readonly { readonly offset: number | undefined; readonly why: string }[] {
  const found: { readonly offset: number | undefined; readonly why: string }[] = [];
  visit(yaml, {
    Map: (_key, { items }) => {
      const seen = new Set<unknown>();
      for (const pair of items) {
        const key = keyText(pair);
        if (key === "__proto__") found.push({ offset: rangeOf(pair.key), why: "__proto__ cannot be a name" });
        if (seen.has(key)) found.push({ offset: rangeOf(pair.key), why: `${JSON.stringify(key)} stands here twice` });
        seen.add(key);
      }
    },
  });
  return found;
}

function plainValue(yaml: Yaml, name: string): unknown {
  try {
    return yaml.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (cause) {
    throw new DocumentError(`${name}: ${cause instanceof Error ? cause.message : "unreadable"}`, { cause });
  }
}

const FIRST_LINE = `the first line of every file is "${FORM_KEY}: ${FORM}"`;
const fileSchema: z.ZodType<object> = z.strictObject(
  { [FORM_KEY]: z.literal(FORM, { error: `must be ${FORM}: ${FIRST_LINE}` }), ...schemasOf(null) },
  { error: (issue) => (issue.code === "invalid_type" ? `this is no declarative file: ${FIRST_LINE}` : undefined) },
);

/** Sections of what is part of a kind. */
function schemasOf(parent: KindName | null): Record<string, z.ZodType> {
  return Object.fromEntries(partsOf(parent).map((kind) => [KINDS[kind].section, sectionOf(kind).optional()]));
}

function sectionOf(name: KindName): z.ZodType {
  const kind = KINDS[name];
  if (kind.form === "names")
    return z.array(nameOf(kind), { error: "must be a list of names" }).superRefine(refuseTwins);
  const fields = Object.entries(kind.fields).map(([key, field]) => {
    return [key, field.fallback === undefined ? field.schema : field.schema.optional()] as const;
  });
  const one = z.strictObject(
    { ...Object.fromEntries(fields), ...schemasOf(name) },
    {
      error: (issue) => (issue.code === "invalid_type" ? `must be a ${kind.noun} with its settings, or {}` : undefined),
    },
  );
  if (kind.form === "one") return one;
  // A name with nothing behind it is a thing without settings.
  const entry = z.preprocess((given) => given ?? {}, one);
  return z.record(nameOf(kind), entry, {
    error: (issue) =>
      issue.code === "invalid_type" ? `must have the names of ${kind.noun}s, each with its settings` : undefined,
  });
}

function nameOf({ whyNotName }: Kind): z.ZodType<string, string> {
  return z
    .string({ error: "must be a name; put numbers in quotes" })
    .min(1, { error: "must not be empty" })
    .superRefine((name, context) => {
      const why = whyNotName?.(name);
      if (why !== undefined) context.addIssue({ code: "custom", message: why });
    });
}

function refuseTwins(names: readonly string[], context: z.RefinementCtx<readonly string[]>): void {
  const seen = new Set<string>();
  for (const [i, name] of names.entries()) {
    if (seen.has(name)) context.addIssue({ code: "custom", message: "stands here twice", path: [i] });
    seen.add(name);
  }
}

type Mistake = { readonly path: readonly PropertyKey[]; readonly why: string; readonly key: string | undefined };

/** What zod found, in words: where, and what is wrong. A value is never repeated, because it may be a secret in the wrong place. */
function mistakes(issue: z.core.$ZodIssue): readonly Mistake[] {
  const place = issue.path.map(String).join(" > ");
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(issue.path);
    return issue.keys.map((key) => {
      const guess = nearest(key, known);
      const hint = guess === undefined ? `known are ${known.join(", ")}` : `did you mean ${guess}?`;
      return {
        path: issue.path,
        key,
        why: `${place === "" ? "" : `${place}: `}unknown key ${JSON.stringify(key)}; ${hint}`,
      };
    });
  }
  if (issue.code === "invalid_key") {
    const key = String(issue.path.at(-1));
    const why = `${place}: ${issue.issues[0]?.message ?? "is no name"}`;
    return [{ path: issue.path.slice(0, -1), key, why }];
  }
  const missing = issue.code === "invalid_type" && issue.input === undefined;
  return [
    {
      path: issue.path,
      key: undefined,
      why: `${place === "" ? "" : `${place}: `}${missing ? `is missing; it ${issue.message}` : issue.message}`,
    },
  ];
}

/** The keys that can stand at a place of the file. */
function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  let kind: KindName | null = null;
  let isMap = false;
  for (const step of path) {
    if (isMap) isMap = false;
    else {
      const found: KindName | undefined = partsOf(kind).find((name) => KINDS[name].section === step);
      if (found === undefined) return [];
      kind = found;
      isMap = KINDS[found].form === "map";
    }
  }
  const sections = partsOf(kind).map((name) => KINDS[name].section);
  return kind === null ? [FORM_KEY, ...sections] : [...Object.keys(KINDS[kind].fields), ...sections];
}

/** Where a value stands; of a key, where the key does. What is missing is missing in what is above it. */
function offsetOf(yaml: Yaml, path: readonly PropertyKey[], key: string | undefined): number | undefined {
  if (key !== undefined) {
    const map = path.length === 0 ? yaml.contents : yaml.getIn(path, true);
    const pair = isMap(map) ? map.items.find((one) => isPair(one) && keyText(one) === key) : undefined;
    if (pair !== undefined) return rangeOf(pair.key);
  }
  for (let length = path.length; length > 0; length -= 1) {
    const offset = rangeOf(yaml.getIn(path.slice(0, length), true));
    if (offset !== undefined) return offset;
  }
  return rangeOf(yaml.contents);
}

function keyText({ key }: Pair): unknown {
  return isScalar(key) ? String(key.value) : key;
}

function rangeOf(node: unknown): number | undefined {
  return (node as { readonly range?: readonly number[] } | undefined | null)?.range?.[0];
}

function itemsOf(name: KindName, above: readonly string[], section: unknown): readonly Item[] {
  if (section === undefined) return [];
  const kind = KINDS[name];
  if (kind.form === "names")
    return (section as readonly string[]).map((own) => ({ kind: name, path: [...above, own], fields: {} }));
  const entries: readonly (readonly [readonly string[], object])[] =
    kind.form === "one"
      ? [[above, section as object]]
      : Object.entries(section as object).map(([own, one]) => [[...above, own], one]);
  return entries.flatMap(([path, one]) => {
    const values = one as Readonly<Record<string, unknown>>;
    const parts = partsOf(name).flatMap((part) => itemsOf(part, path, values[KINDS[part].section]));
    return [{ kind: name, path, fields: fieldsOf(kind, values) }, ...parts];
  });
}

function fieldsOf({ fields }: Kind, values: Readonly<Record<string, unknown>>): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([key, { fallback }]) => [key, (values[key] ?? fallback ?? null) as Value]),
  );
}
