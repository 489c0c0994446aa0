import { ApiError, type Client } from "./client.ts";
import { type Field, type Row, writeReference } from "./fields.ts";
import { type Item, isSecretReference, keyOf, sameValue, type Value } from "./item.ts";
import { KINDS, type KindName, type Place } from "./kinds.ts";
import type { Step } from "./plan.ts";
import type { Secrets } from "./secrets-of.ts";

export type Applying = {
  readonly client: Client;
  /** SIDs of what is there, by `keyOf`. */
  readonly sids: ReadonlyMap<string, string>;
  readonly secrets: Secrets;
  /** What trunk domains end in on this installation. */
  readonly domainSuffix: string;
  /** Put a number into the inventory before it is bought; the operator's to do. */
  readonly addToInventory: boolean;
  /** Told before each step. */
  readonly onStep?: (step: Step, index: number) => void;
};

/** How far it came. The steps behind `done` were not begun, but for the failed one, of which a part may have been done. */
export type Applied = { readonly done: number; readonly failure: Error | undefined };

/**
 * Does the steps one after the other, and stops at the first that fails. Nothing is undone: the plan that is made then has what is left,
 * because it compares with what is there.
 */
export async function applyPlan(steps: readonly Step[], applying: Applying): Promise<Applied> {
  const run = new Run(applying);
  for (const [index, step] of steps.entries()) {
    applying.onStep?.(step, index);
    try {
      await run.step(step);
    } catch (error) {
      return { done: index, failure: error instanceof Error ? error : new Error(String(error)) };
    }
  }
  return { done: steps.length, failure: undefined };
}

class Run {
  readonly #applying: Applying;
  readonly #sids: Map<string, string>;

  constructor(applying: Applying) {
    this.#applying = applying;
    this.#sids = new Map(applying.sids);
  }

  async step(step: Step): Promise<void> {
    const { item } = step;
    switch (step.action) {
      case "create":
        return this.#create(item);
      case "change":
        return this.#change(item, new Set(step.changes.map(({ field }) => field)));
      case "delete":
        return this.#applying.client.delete(this.#pathOf(item));
      default:
        return step satisfies never;
    }
  }

  async #create(item: Item): Promise<void> {
    const kind = KINDS[item.kind];
    const place = this.#placeOf(item);
    const own = item.path.at(-1) ?? "";
    const name = kind.names === undefined ? own : this.#sidOf(kind.names, [own]);
    const said = Object.entries(kind.fields).filter(
      ([key, { fallback, explicit }]) => explicit || !sameValue(item.fields[key], fallback),
    );
    if (item.kind === "number" && this.#applying.addToInventory) await this.#stock(own);
    const body = { ...kind.named(name, place), ...this.#body(item, fieldsIn(said, undefined)) };
    const row = await this.#applying.client.post(kind.collection(place), body);
    const sid = kind.sidOf?.(row) ?? String(row["sid"]);
    this.#sids.set(keyOf(item), sid);
    await this.#writeFacets(item, sid, said);
  }

  /** Not on sale, so that nobody else buys it meanwhile. What is there already is refused; what cannot be had, the purchase tells better. */
  async #stock(phoneNumber: string): Promise<void> {
    const row = { PhoneNumber: phoneNumber, State: "port-in" };
    await this.#applying.client.post("/trunkline/v1/InventoryNumbers", row).catch((error: unknown) => {
      if (!(error instanceof ApiError) || error.status !== 400) throw error;
    });
  }

  async #change(item: Item, changed: ReadonlySet<string>): Promise<void> {
    const said = Object.entries(KINDS[item.kind].fields).filter(([key]) => changed.has(key));
    const own = fieldsIn(said, undefined);
    if (own.length > 0) await this.#applying.client.post(this.#pathOf(item), this.#body(item, own));
    await this.#writeFacets(item, this.#sidOf(item.kind, item.path), said);
  }

  async #writeFacets(item: Item, sid: string, said: readonly (readonly [string, Field])[]): Promise<void> {
    for (const [facet, path] of Object.entries(KINDS[item.kind].facets ?? {})) {
      const fields = fieldsIn(said, facet);
      if (fields.length > 0) await this.#applying.client.post(path(sid), this.#body(item, fields));
    }
  }

  #body(item: Item, fields: readonly string[]): Row {
    const kind = KINDS[item.kind];
    const written = fields.map((key) => {
      const field = kind.fields[key] as Field;
      return [field.parameter, this.#written(field, item.fields[key] ?? null, item.path.at(-1) ?? "")] as const;
    });
    return Object.fromEntries(written);
  }

  #written(field: Field, value: Value, name: string): unknown {
    if (isSecretReference(value)) return this.#applying.secrets.get(writeReference(value));
    if (field.write) return field.write(value, name);
    if (field.domain && typeof value === "string") return value + this.#applying.domainSuffix;
    if (field.trunk && typeof value === "string") return this.#sidOf("trunk", [value]);
    // An empty parameter clears a setting, in Twilio's API as in ours.
    return value ?? "";
  }

  #pathOf(item: Item): string {
    const kind = KINDS[item.kind];
    const collection = kind.collection(this.#placeOf(item));
    const sid = this.#sidOf(item.kind, item.path);
    return sid === "" ? collection : `${collection}/${encodeURIComponent(sid)}`;
  }

  #placeOf({ kind, path }: Item): Place {
    const parents: string[] = [];
    let { parent, form } = KINDS[kind];
    let above = path;
    while (parent !== null) {
      above = form === "one" ? above : above.slice(0, -1);
      parents.unshift(this.#sidOf(parent, above));
      ({ parent, form } = KINDS[parent]);
    }
    return { accountSid: this.#applying.client.accountSid, parents };
  }

  #sidOf(kind: KindName, path: readonly string[]): string {
    const sid = this.#sids.get(keyOf({ kind, path }));
    if (sid === undefined) throw new Error(`${keyOf({ kind, path })} is not there`);
    return sid;
  }
}

function fieldsIn(said: readonly (readonly [string, Field])[], facet: string | undefined): readonly string[] {
  return said.filter(([, field]) => field.facet === facet).map(([key]) => key);
}
