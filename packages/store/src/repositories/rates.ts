import { type RawBuilder, sql } from "kysely";
import type { Rate, RateRepository, TerminationRate } from "../catalogue.types.ts";
import { byCreation, readPage } from "../page.ts";
import { RowForm, type StoredRow } from "../rows.ts";
import type { Dated } from "../store.ts";
import * as tables from "../tables.ts";
import { notFound, ok, type StoreContext } from "./context.ts";

const ROWS_PER_STATEMENT = 1_000;

/** Prices of the installation. */
export function rateRepository({ database, changes, secrets }: StoreContext): RateRepository {
  const form = new RowForm(tables.rates, secrets);
  const read = (stored: StoredRow): Rate & Dated => form.readDated(stored);
  const terminations = async (condition: RawBuilder<unknown>): Promise<readonly TerminationRate[]> => {
    const found = await database.rows(sql<StoredRow>`
      select * from rates where kind = 'termination' and ${condition} order by prefix`);
    return found.map((row) => form.read(row) as TerminationRate);
  };
  return {
    create: (row) =>
      changes.change(async (tx) => {
        const [created] = await tx.rows(form.insert(row));
        return created === undefined ? notFound("rate") : ok(read(created));
      }),

    async fetch(sid) {
      const [found] = await database.rows(sql<StoredRow>`select * from rates where sid = ${sid}`);
      return found && read(found);
    },

    list: ({ kind, isoCountry }, page) => {
      const conditions = [
        ...(kind === undefined ? [] : [sql`kind = ${kind}`]),
        ...(isoCountry === undefined ? [] : [sql`iso_country = ${isoCountry}`]),
      ];
      const where = conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, sql` and `)}`;
      return readPage(database, sql<StoredRow>`select * from rates ${where}`, byCreation("rates"), page, read);
    },

    update: (sid, change) =>
      changes.change(async (tx) => {
        const [updated] = await tx.rows(sql<StoredRow>`
          update rates set ${form.assignments(sid, change, ["friendlyName", "priceMicros"])}
           where sid = ${sid} returning *`);
        return updated === undefined ? notFound("rate") : ok(read(updated));
      }),

    delete: (sid) =>
      changes.change(async (tx) => {
        const [deleted] = await tx.rows(sql<StoredRow>`delete from rates where sid = ${sid} returning *`);
        return deleted === undefined ? notFound("rate") : ok(form.read(deleted));
      }),

    put: (rows) =>
      changes.change(async (tx) => {
        const wanted = [...new Map(rows.map((row) => [placeOf(row), row])).values()];
        for (const [target, some] of byTarget(wanted)) {
          for (let start = 0; start < some.length; start += ROWS_PER_STATEMENT) {
            await tx.rows(form.insertOr(some.slice(start, start + ROWS_PER_STATEMENT), REPLACING[target]));
          }
        }
        return ok(rows.length);
      }),

    atPrefixes: (prefixes) => terminations(sql`prefix = any (${prefixes}::text[])`),
    underPrefixes: (prefixes) => terminations(sql`prefix like any (${prefixes.map((each) => `${each}%`)}::text[])`),
    ...otherPrices({ database, form }),
  };
}

/** What a rate stands for: there is one for each. */
function placeOf({ kind, prefix, isoCountry, numberType }: Rate): string {
  return `${kind} ${prefix ?? `${isoCountry} ${numberType}`}`;
}

type Target = "prefix" | "number-type";
const REPLACING: Readonly<Record<Target, RawBuilder<unknown>>> = {
  prefix: replacing(sql`prefix`),
  "number-type": replacing(sql`kind, iso_country, number_type`),
};

/** What is as it was keeps its time, so that reading the same rates in again changes nothing. */
function replacing(target: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`on conflict (${target})
    do update set friendly_name = excluded.friendly_name, price_micros = excluded.price_micros, updated_at = now()
    where (rates.friendly_name, rates.price_micros) is distinct from (excluded.friendly_name, excluded.price_micros)`;
}

function byTarget(rows: readonly Rate[]): ReadonlyMap<Target, readonly Rate[]> {
  return Map.groupBy(rows, ({ kind }): Target => (kind === "termination" ? "prefix" : "number-type"));
}

type OtherPrices = Pick<RateRepository, "prefixHeads" | "ofNumbers" | "currency" | "setCurrency">;

function otherPrices({
  database,
  form,
}: Pick<StoreContext, "database"> & { readonly form: RowForm<Rate> }): OtherPrices {
  return {
    async prefixHeads(most) {
      const found = await database.rows(sql<{ head: string }>`
        select distinct left(prefix, ${most}) as head from rates where kind = 'termination'`);
      return found.map(({ head }) => head);
    },

    async ofNumbers(kind, isoCountry) {
      const country = isoCountry === undefined ? sql`` : sql`and iso_country = ${isoCountry}`;
      const found = await database.rows(sql<StoredRow>`
        select * from rates where kind = ${kind} ${country} order by iso_country, number_type`);
      return found.map((row) => form.read(row));
    },

    async currency() {
      const [kept] = await database.rows(sql<{ currency: string }>`select currency from installation`);
      return kept?.currency ?? "USD";
    },

    async setCurrency(currency) {
      await database.transaction(async (tx) => {
        await tx.rows(sql`update installation set currency = ${currency}`);
      });
    },
  };
}
