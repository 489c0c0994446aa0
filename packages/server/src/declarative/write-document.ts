import { Document } from "yaml";
import { writeReference } from "./fields.ts";
import { type Item, isSecretReference, sameValue, type Value } from "./item.ts";
import { KINDS, type KindName, partsOf } from "./kinds.ts";
import { FORM_KEY } from "./read-document.ts";

type Section = Record<string, unknown> | string[];

/**
 * Writes things as a declarative file: sections in the order of the kinds, names in the order of their code points, what is the default left
 * out. The same things give the same octets, in whatever order they come.
 */
export function writeDocument(items: readonly Item[]): string {
  const byParent = Map.groupBy(items, (item) => `${item.kind} ${JSON.stringify(parentPath(item))}`);
  const file: Record<string, unknown> = { [FORM_KEY]: 1, ...sectionsOf(null, [], byParent) };
  return new Document(file).toString({ lineWidth: 0 });
}

function parentPath({ kind, path }: Item): readonly string[] {
  return KINDS[kind].form === "one" ? path : path.slice(0, -1);
}

type Grouped = ReadonlyMap<string, readonly Item[]>;

function sectionsOf(parent: KindName | null, above: readonly string[], items: Grouped): Record<string, Section> {
  const sections: Record<string, Section> = {};
  for (const kind of partsOf(parent)) {
    const own = items.get(`${kind} ${JSON.stringify(above)}`) ?? [];
    const section = own.length === 0 ? undefined : sectionOf(kind, own, items);
    if (section !== undefined) sections[KINDS[kind].section] = section;
  }
  return sections;
}

function sectionOf(name: KindName, items: readonly Item[], all: Grouped): Section | undefined {
  const kind = KINDS[name];
  const written = (item: Item): Record<string, unknown> => ({ ...fieldsOf(item), ...sectionsOf(name, item.path, all) });
  const [first] = items;
  if (kind.form === "one") {
    const one = first === undefined ? {} : written(first);
    // What is always there needs no mention where nobody changed it.
    return kind.permanent && Object.keys(one).length === 0 ? undefined : one;
  }
  const ownName = ({ path }: Item): string => path.at(-1) ?? "";
  const sorted = items.toSorted((a, b) => (ownName(a) < ownName(b) ? -1 : 1));
  if (kind.form === "names") return sorted.map(ownName);
  return Object.fromEntries(sorted.map((item) => [ownName(item), written(item)]));
}

function fieldsOf({ kind, fields }: Item): Record<string, unknown> {
  const said = Object.entries(KINDS[kind].fields).filter(([key, { fallback }]) => !sameValue(fields[key], fallback));
  return Object.fromEntries(said.map(([key]) => [key, plain(fields[key] ?? null)]));
}

function plain(value: Value): unknown {
  return isSecretReference(value) ? writeReference(value) : value;
}
