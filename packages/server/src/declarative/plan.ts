import { type Item, isSecretReference, keyOf, sameValue, type Value } from "./item.ts";
import { KIND_NAMES, KINDS, type KindName, rootOf, titleOf } from "./kinds.ts";

/** One field of a thing that is to change. */
type Change = { readonly field: string; readonly from: Value; readonly to: Value };

export type Step =
  | { readonly action: "create"; readonly item: Item }
  | { readonly action: "change"; readonly item: Item; readonly changes: readonly Change[] }
  | { readonly action: "delete"; readonly item: Item };

export type Plan = {
  /** In the order in which they can be done. */
  readonly steps: readonly Step[];
  /** What is there, and not in the file, and stays. */
  readonly kept: readonly Item[];
  /** Why the plan cannot be carried out, a line each. */
  readonly problems: readonly string[];
};

export type PlanOptions = {
  /** The kinds that the file speaks of; of the others nothing is deleted. */
  readonly roots: ReadonlySet<KindName>;
  /** Delete what the file does not have. */
  readonly prune: boolean;
  /** Set passwords of what is there already, too: whether they differ cannot be seen. */
  readonly setPasswords: boolean;
};

/**
 * What makes `actual` into `desired`. Pure: no clock, no network.
 *
 * Things are made after those that they refer to and deleted before them; deletions come last, so that calls find a way at every moment,
 * but for those that have to make room (`Kind.unique`). What goes with its parent has no step of its own.
 *
 * @param actual all of the kinds that the file speaks of, and the names that it refers to
 */
export function planOf(desired: readonly Item[], actual: readonly Item[], options: PlanOptions): Plan {
  const there = new Map(actual.map((item) => [keyOf(item), item]));
  const wanted = new Set(desired.map(keyOf));
  const makes = desired.toSorted(inOrderOfMaking).flatMap((item) => stepFor(item, there.get(keyOf(item)), options));
  const surplus = actual.filter(
    (item) => options.roots.has(rootOf(item.kind)) && !wanted.has(keyOf(item)) && !KINDS[item.kind].permanent,
  );
  const gone = new Set(surplus.map(keyOf));
  const tops = surplus.filter((item) => !ancestors(item).some((key) => gone.has(key)));
  const problems = [...whyNotReferences(desired, actual, options), ...makes.flatMap(whyNotStep)];
  if (!options.prune) return { steps: makes, kept: tops, problems };
  const deletes = tops.toSorted(inOrderOfMaking).reverse();
  const first = new Set(
    deletes.filter((item) => KINDS[item.kind].unique && makes.some((step) => needsRoom(step, item))),
  );
  const last = deletes.filter((item) => !first.has(item));
  const asSteps = (items: readonly Item[]): readonly Step[] => items.map((item) => ({ action: "delete", item }));
  return { steps: [...asSteps([...first]), ...makes, ...asSteps(last)], kept: [], problems };
}

function stepFor(item: Item, before: Item | undefined, options: PlanOptions): readonly Step[] {
  if (before === undefined) return [{ action: "create", item }];
  const { fields } = KINDS[item.kind];
  const changes: Change[] = [];
  for (const [field, { secret }] of Object.entries(fields)) {
    const from = before.fields[field] ?? null;
    const to = item.fields[field] ?? null;
    if (secret ? to !== null && options.setPasswords : !sameValue(from, to)) changes.push({ field, from, to });
  }
  // A user name is nothing without its password, which has to be said again with a new one.
  const { password } = item.fields;
  const renamed = changes.some(({ field, to }) => field === "username" && to !== null);
  if (renamed && isSecretReference(password) && !changes.some(({ field }) => field === "password")) {
    changes.push({ field: "password", from: null, to: password });
  }
  return changes.length === 0 ? [] : [{ action: "change", item, changes }];
}

/** By kind; a trunk below another one's domain after that one. */
function inOrderOfMaking(a: Item, b: Item): number {
  return KIND_NAMES.indexOf(a.kind) - KIND_NAMES.indexOf(b.kind) || depth(a) - depth(b);
}

function depth({ fields }: Item): number {
  const { domain } = fields;
  return typeof domain === "string" ? domain.split(".").length : 0;
}

/** Keys of everything that a thing is part of. */
function ancestors({ kind, path }: Item): readonly string[] {
  const { parent, form } = KINDS[kind];
  if (parent === null) return [];
  const above = { kind: parent, path: form === "one" ? path : path.slice(0, -1) };
  return [keyOf(above), ...ancestors({ ...above, fields: {} })];
}

/** Whether a step sets a value that another thing has to give up first. */
function needsRoom(step: Step, leaving: Item): boolean {
  const { item } = step;
  if (item.kind !== leaving.kind || !sameValue(item.path.slice(0, -1), leaving.path.slice(0, -1))) return false;
  const unique = KINDS[item.kind].unique ?? [];
  return unique.some((field) => item.fields[field] !== null && sameValue(item.fields[field], leaving.fields[field]));
}

/** Names that lead nowhere. What is about to be deleted is nowhere too. */
function whyNotReferences(desired: readonly Item[], actual: readonly Item[], options: PlanOptions): readonly string[] {
  const stays = actual.filter((item) => !(options.prune && options.roots.has(rootOf(item.kind))));
  const known = new Set([...stays, ...desired].map(keyOf));
  return desired.flatMap((item) => {
    const title = titleOf(item.kind, item.path);
    return referencesOf(item).flatMap(({ kind, name }) =>
      known.has(keyOf({ kind, path: [name] }))
        ? []
        : [`${title}: there is no ${titleOf(kind, [name])}; add it to the file, or correct the name`],
    );
  });
}

/** What a thing refers to by name. */
export function referencesOf(item: Item): readonly { readonly kind: KindName; readonly name: string }[] {
  const { names, fields } = KINDS[item.kind];
  const own = item.path.at(-1);
  const listed = names !== undefined && own !== undefined ? [{ kind: names, name: own }] : [];
  const trunks = Object.entries(fields).flatMap(([field, { trunk }]) => {
    const name = item.fields[field];
    return trunk && typeof name === "string" ? [{ kind: "trunk" as const, name }] : [];
  });
  return [...listed, ...trunks];
}

function whyNotStep(step: Step): readonly string[] {
  if (step.action === "delete") return [];
  const { item } = step;
  const title = titleOf(item.kind, item.path);
  if (step.action === "change") {
    const { fields } = KINDS[item.kind];
    const fixed = step.changes.filter(({ field }) => fields[field]?.fixed).map(({ field }) => field);
    const why = fixed.map((field) => `${title}: ${field} cannot be changed; give it another name to make a new one`);
    const renamed = step.changes.some(({ field, to }) => field === "username" && to !== null);
    return renamed ? [...why, ...whyNoPassword(item, title)] : why;
  }
  const needs = item.kind === "credential" || (item.fields["username"] ?? null) !== null;
  return needs ? whyNoPassword(item, title) : [];
}

function whyNoPassword(item: Item, title: string): readonly string[] {
  if (isSecretReference(item.fields["password"])) return [];
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what has to be written.
  return [`${title}: it is new and needs a password; say where it is, such as password: ${"${NAME}"}`];
}
