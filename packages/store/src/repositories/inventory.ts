import { type RawBuilder, sql } from "kysely";
import type { ChangeSql } from "../directory/change-log.ts";
import {
  type InventoryFilter,
  type InventoryNumber,
  type InventoryRepository,
  type InventoryState,
  NUMBER_CAPABILITIES,
  type NumberSearch,
  type StockedNumber,
} from "../inventory.types.ts";
import { type Keyset, readPage } from "../page.ts";
import { RowForm, type StoredRow } from "../rows.ts";
import type { Sql } from "../sql/database.ts";
import type { NotFound, Outcome } from "../store.ts";
import * as tables from "../tables.ts";
import { notFound, ok, type StoreContext } from "./context.ts";

const NOUN = "number of the inventory";
const KEYSET: Keyset = { list: "inventory_numbers", order: "asc", columns: [{ field: "e164", kind: "text" }] };
const MUTABLE = tables.inventoryNumbers.fields.filter((field) => field !== "sid" && field !== "e164");
/** Digits in a row that the index of the inventory is made of. */
const GRAM = 3;
/** Key of the PostgreSQL advisory lock that keeps numbers from coming into the inventory while they come to an account past it. */
const STOCK_LOCK = 0x7472_7573;

const FREE = sql`state = 'available' and (quarantined_until is null or quarantined_until <= now())`;
const IN_STATE: { readonly [S in InventoryState]: RawBuilder<unknown> } = {
  available: FREE,
  "port-in": sql`state = 'port-in'`,
  quarantined: sql`state = 'available' and quarantined_until > now()`,
  sold: sql`state = 'sold'`,
};

/** The numbers that accounts may have, in order of the numbers. */
export function inventoryRepository({ database, changes, secrets }: StoreContext): InventoryRepository {
  const form = new RowForm(tables.inventoryNumbers, secrets);
  const page = (conditions: readonly RawBuilder<unknown>[], request: Parameters<InventoryRepository["list"]>[1]) => {
    const where = conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, sql` and `)}`;
    return readPage(database, sql<StoredRow>`select * from inventory_numbers ${where}`, KEYSET, request, readStocked);
  };
  return {
    create: (row) =>
      changes.change(async (tx) => {
        await holdStock(tx);
        const [created] = await tx.rows(form.insert(row));
        if (created === undefined) return notFound(NOUN);
        const [sold] = await tx.rows(sql<StoredRow>`
          update inventory_numbers as inventory
             set state = 'sold', account_sid = number.account_sid, sold_at = number.created_at
            from phone_numbers as number
           where inventory.sid = ${row.sid} and number.e164 = ${row.e164} returning inventory.*`);
        return ok(readStocked(sold ?? created));
      }),

    async fetch(sid) {
      const [found] = await database.rows(sql<StoredRow>`select * from inventory_numbers where sid = ${sid}`);
      return found && readStocked(found);
    },

    list: (filter, request) => page(listConditions(filter), request),

    update: (sid, change) =>
      changes.change(async (tx) => {
        const kept = await held(tx, sid);
        if (kept === undefined) return notFound(NOUN);
        if (change.state !== undefined && kept.state === "sold") return { kind: "conflict", which: "in-use" };
        const released =
          change.state === undefined ? sql`` : sql`, quarantined_until = null, account_sid = null, sold_at = null`;
        const [updated] = await tx.rows(sql<StoredRow>`
          update inventory_numbers set ${form.assignments(sid, change, MUTABLE)} ${released}
           where sid = ${sid} returning *`);
        return updated === undefined ? notFound(NOUN) : ok(readStocked(updated));
      }),

    delete: (sid) => changes.change((tx) => remove(tx, sid)),

    search: (search, request) => page(searchConditions(search), request),

    async onSale() {
      const found = await database.rows(sql<StoredRow>`
        with recursive kinds as (
          (select iso_country, type from inventory_numbers where state = 'available' order by iso_country, type limit 1)
          union all
          select next.iso_country, next.type
            from kinds cross join lateral (
              select iso_country, type from inventory_numbers
               where state = 'available' and (iso_country, type) > (kinds.iso_country, kinds.type)
               order by iso_country, type limit 1) as next
        )
        select * from kinds`);
      return found as readonly StoredRow[] as readonly Pick<InventoryNumber, "isoCountry" | "type">[];
    },
  };
}

/**
 * Keeps others that add to the inventory, or give an account what may not be in it, waiting until the transaction ends: each sees what the other
 * did, so that no number is on sale that an account has.
 */
export async function holdStock(tx: Sql): Promise<void> {
  await tx.rows(sql`select pg_advisory_xact_lock(${sql.lit(STOCK_LOCK)})`);
}

export function readStocked(stored: StoredRow): StockedNumber {
  const { quarantinedUntil } = stored;
  const quarantined = stored["state"] === "available" && Number(quarantinedUntil ?? 0) > Date.now();
  const ended = stored["state"] === "available" && !quarantined;
  const row: Record<string, unknown> = {};
  for (const field of tables.inventoryNumbers.fields) row[field] = stored[field];
  return {
    ...(row as Omit<StockedNumber, "state">),
    state: quarantined ? "quarantined" : (stored["state"] as InventoryState),
    // Whose it was is nobody's business any more.
    accountSid: ended ? null : (stored["accountSid"] as string | null),
    soldAtMs: ended ? null : (stored["soldAt"] as number | null),
    quarantinedUntilMs: quarantined ? (quarantinedUntil as number) : null,
    createdAtMs: stored["createdAt"] as number,
    updatedAtMs: stored["updatedAt"] as number,
  };
}

async function held(tx: Sql, sid: string): Promise<StockedNumber | undefined> {
  const [found] = await tx.rows(sql<StoredRow>`select * from inventory_numbers where sid = ${sid} for update`);
  return found && readStocked(found);
}

async function remove(tx: ChangeSql, sid: string): Promise<Outcome<StockedNumber> | NotFound> {
  const kept = await held(tx, sid);
  if (kept === undefined) return notFound(NOUN);
  if (kept.state === "sold") return { kind: "conflict", which: "in-use" };
  await tx.rows(sql`delete from inventory_numbers where sid = ${sid}`);
  return ok(kept);
}

function listConditions(filter: InventoryFilter): readonly RawBuilder<unknown>[] {
  const conditions: RawBuilder<unknown>[] = [];
  if (filter.prefix !== undefined) conditions.push(beginsWith(filter.prefix));
  if (filter.isoCountry !== undefined) conditions.push(sql`iso_country = ${filter.isoCountry}`);
  if (filter.type !== undefined) conditions.push(sql`type = ${filter.type}`);
  if (filter.carrierSid !== undefined) conditions.push(sql`carrier_sid = ${filter.carrierSid}`);
  if (filter.accountSid !== undefined) conditions.push(sql`account_sid = ${filter.accountSid}`);
  if (filter.state !== undefined) conditions.push(IN_STATE[filter.state]);
  return conditions;
}

function searchConditions(search: NumberSearch): readonly RawBuilder<unknown>[] {
  const conditions = [FREE, sql`iso_country = ${search.isoCountry}`, sql`type = ${search.type}`];
  if (search.prefix !== undefined) conditions.push(beginsWith(search.prefix));
  if (search.contains !== undefined) conditions.push(...containing(search.contains));
  if (search.region !== undefined) conditions.push(sql`lower(region) = lower(${search.region})`);
  if (search.locality !== undefined) conditions.push(sql`lower(locality) = lower(${search.locality})`);
  for (const capability of NUMBER_CAPABILITIES) {
    const wanted = search.capabilities?.[capability];
    const has = sql`capabilities @> ${[capability]}::text[]`;
    if (wanted !== undefined) conditions.push(wanted ? has : sql`not (${has})`);
  }
  return conditions;
}

function beginsWith(prefix: string): RawBuilder<unknown> {
  return sql`e164 like ${`${prefix.replace(/[^+\d]/g, "")}%`}`;
}

/** The pattern, and the digits in a row of it that the index knows numbers by. */
function containing(contains: string): readonly RawBuilder<unknown>[] {
  const inside = contains
    .replace(/^\+/, "")
    .replace(/\$$/, "")
    .replace(/[^\d*%]/g, "")
    .replaceAll("*", "_");
  const pattern = `+${contains.startsWith("+") ? "" : "%"}${inside}${contains.endsWith("$") ? "" : "%"}`;
  const like = sql`e164 like ${pattern}`;
  const grams = gramsOf(inside);
  return grams === undefined ? [like] : [grams, like];
}

/** Condition that the index of digits answers: every three digits in a row of a part of a number. Undefined: there are no three. */
export function gramsOf(part: string): RawBuilder<unknown> | undefined {
  const grams = (part.match(/\d+/g) ?? []).flatMap((run) =>
    Array.from({ length: Math.max(0, run.length - GRAM + 1) }, (_unused, at) => run.slice(at, at + GRAM)),
  );
  return grams.length === 0 ? undefined : sql`number_trigrams(e164) @> ${[...new Set(grams)]}::text[]`;
}
