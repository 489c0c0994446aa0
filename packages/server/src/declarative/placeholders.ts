import type { Item } from "./item.ts";

/**
 * Says of every password where it is to be found: the API never tells one. The names are made of those of the things, so that the same
 * things give the same names.
 *
 * @returns the things, and the environment variables that have to be set where they are to be made anew
 */
export function withPlaceholders(items: readonly Item[]): {
  readonly items: readonly Item[];
  readonly variables: ReadonlyMap<string, Item>;
} {
  const variables = new Map<string, Item>();
  const sorted = items.toSorted((a, b) => (JSON.stringify(a.path) < JSON.stringify(b.path) ? -1 : 1));
  const names = new Map<Item, string>();
  for (const item of sorted) {
    if (item.kind !== "credential" && (item.fields["username"] ?? null) === null) continue;
    const name = freeName(variableName(item), variables);
    variables.set(name, item);
    names.set(item, name);
  }
  const withName = (item: Item): Item => {
    const name = names.get(item);
    if (name === undefined) return item;
    return { ...item, fields: { ...item.fields, password: { from: "environment", name } } };
  };
  return { items: items.map(withName), variables };
}

/** `PBX users` and `alice` are `PASSWORD_PBX_USERS_ALICE`. */
function variableName({ path }: Item): string {
  const words = path.flatMap((name) => name.toUpperCase().match(/[A-Z0-9]+/g) ?? []);
  return ["PASSWORD", ...words].join("_").slice(0, 100);
}

function freeName(name: string, taken: ReadonlyMap<string, unknown>): string {
  if (!taken.has(name)) return name;
  let n = 2;
  while (taken.has(`${name}_${n}`)) n += 1;
  return `${name}_${n}`;
}
