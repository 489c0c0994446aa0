import { sql } from "kysely";
import type { ImportStep, InventoryImport, InventoryImportRepository, InventoryNumber } from "../inventory.types.ts";
import { type Keyset, readPage } from "../page.ts";
import type { StoredRow } from "../rows.ts";
import type { Sql } from "../sql/database.ts";
import { jsonbText } from "../sql/values.ts";
import type { Dated } from "../store.ts";
import { notFound, ok, type StoreContext } from "./context.ts";
import { holdStock } from "./inventory.ts";

type Row = InventoryImport & Dated;
type Taken = { readonly added: number; readonly updated: number };

/** Errors that one import keeps; the others are counted. */
const ERRORS_KEPT = 100;
/** After that long without a batch the process that ran an import is taken for gone. */
const SILENT_MS = 60_000;
const KEYSET: Keyset = { list: "inventory_imports", order: "desc", columns: [{ field: "ordinal", kind: "integer" }] };
const NOUN = "import";

/** What is on its way into the inventory, and what came of it. */
export function inventoryImportRepository({ database, changes }: StoreContext): InventoryImportRepository {
  return {
    begin: (sid, dryRun) =>
      changes.change(async (tx) => {
        await holdStock(tx);
        const running = await tx.rows(sql<StoredRow>`
          select * from inventory_imports where state = 'running' and updated_at > ${new Date(Date.now() - SILENT_MS)}`);
        if (running.length > 0) return { kind: "conflict", which: "in-use" };
        const [begun] = await tx.rows(sql<StoredRow>`
          insert into inventory_imports (sid, state, dry_run) values (${sid}, 'running', ${dryRun}) returning *`);
        return begun === undefined ? notFound(NOUN) : ok(read(begun));
      }),

    step: (sid, step) =>
      changes.change(async (tx) => {
        const [found] = await tx.rows(sql<StoredRow>`select * from inventory_imports where sid = ${sid} for update`);
        if (found === undefined) return notFound(NOUN);
        const taken = found["dryRun"] === true ? await tryMerge(tx, step) : await merge(tx, step);
        const [counted] = await tx.rows(sql<StoredRow>`
          update inventory_imports
             set read = read + ${step.read}, added = added + ${taken.added}, updated = updated + ${taken.updated},
                 refused = refused + ${step.refused.length}, errors = ${errorsOf(found, step.refused)}::jsonb, updated_at = now()
           where sid = ${sid} returning *`);
        return counted === undefined ? notFound(NOUN) : ok(read(counted));
      }),

    async finish(sid, state, errors) {
      const [finished] = await database.rows(sql<StoredRow>`
        update inventory_imports
           set state = ${state}, errors = errors || ${jsonbText(errors)}::jsonb, updated_at = now()
         where sid = ${sid} returning *`);
      return read(finished ?? {});
    },

    async fetch(sid) {
      const [found] = await database.rows(sql<StoredRow>`select * from inventory_imports where sid = ${sid}`);
      return found && read(found);
    },

    list: (page) => readPage(database, sql<StoredRow>`select * from inventory_imports`, KEYSET, page, read),
  };
}

/** What the batch would come to, without leaving anything. */
async function tryMerge(tx: Sql, step: ImportStep): Promise<Taken> {
  await tx.rows(sql`savepoint dry_run`);
  const taken = await merge(tx, step);
  await tx.rows(sql`rollback to savepoint dry_run`);
  return taken;
}

/** Adds the numbers that are not there; of the others, changes what is said of them and is not so. Sold ones stay sold. */
async function merge(tx: Sql, { rows, fields }: ImportStep): Promise<Taken> {
  if (rows.length === 0) return { added: 0, updated: 0 };
  await holdStock(tx);
  const changeable = fields.map((field) => sql.ref(field));
  const change =
    fields.length === 0
      ? sql`do nothing`
      : sql`do update set ${sql.join(fields.map((field) => assignment(field)))}, updated_at = now()
         where (${sql.join(changeable.map((column) => sql`inventory.${column}`))})
            is distinct from (${sql.join(fields.map((field) => newValue(field)))})`;
  const changed = await tx.rows(sql<{ added: boolean }>`
    insert into inventory_numbers as inventory (sid, e164, iso_country, type, carrier_sid, monthly_price_micros, capabilities,
           locality, region, state, account_sid, sold_at)
    select new.sid, new.e164, new.iso_country, new.type, new.carrier_sid, new.monthly_price_micros,
           new.capabilities::text[], new.locality, new.region,
           case when owned.sid is null then new.state else 'sold' end, owned.account_sid, owned.created_at
      from ${unnested(rows)} left join phone_numbers as owned on owned.e164 = new.e164
    on conflict (e164) ${change}
    returning (xmax = 0) as added`);
  const added = changed.filter((row) => row.added).length;
  return { added, updated: changed.length - added };
}

function assignment(field: string) {
  return sql`${sql.ref(field)} = ${newValue(field)}`;
}

/** What a field comes to: nothing that is said of a sold number sells it again. */
function newValue(field: string) {
  const value = sql`excluded.${sql.ref(field)}`;
  return field === "state" ? sql`case when inventory.state = 'sold' then 'sold' else ${value} end` : value;
}

function unnested(rows: readonly InventoryNumber[]) {
  const column = (field: keyof InventoryNumber) => rows.map((row) => row[field]);
  const capabilities = rows.map((row) => `{${row.capabilities.join()}}`);
  return sql`unnest(
      ${column("sid")}::text[], ${column("e164")}::text[], ${column("isoCountry")}::text[], ${column("type")}::text[],
      ${column("carrierSid")}::text[], ${column("monthlyPriceMicros")}::bigint[], ${capabilities}::text[],
      ${column("locality")}::text[], ${column("region")}::text[], ${column("state")}::text[])
    as new (sid, e164, iso_country, type, carrier_sid, monthly_price_micros, capabilities, locality, region, state)`;
}

function errorsOf(found: StoredRow, more: ImportStep["refused"]): string {
  const kept = found["errors"] as InventoryImport["errors"];
  return jsonbText([...kept, ...more].slice(0, ERRORS_KEPT));
}

function read(stored: StoredRow): Row {
  const updatedAtMs = stored["updatedAt"] as number;
  const silent = stored["state"] === "running" && updatedAtMs < Date.now() - SILENT_MS;
  const { sid, dryRun, added, updated, refused, errors } = stored;
  return {
    ...{ sid, dryRun, read: stored["read"], added, updated, refused, errors },
    state: silent ? "interrupted" : stored["state"],
    createdAtMs: stored["createdAt"],
    updatedAtMs,
  } as Row;
}
