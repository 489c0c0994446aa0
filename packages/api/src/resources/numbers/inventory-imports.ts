import type { Dated, InventoryImport } from "@trunkline/store";
import { mintSid } from "@trunkline/trunking";
import { z } from "zod";
import { isoDate } from "../../dates.ts";
import { about, type FormValues, flag, given, jsonList, optional, readForm } from "../../form.ts";
import { invalid, Problem } from "../../problem.ts";
import { type At, noParent, type Resource } from "../../resource.ts";
import { accepts, type Context } from "../../route.ts";
import { csvRecords, importRows, listRecords } from "./import-rows.ts";
import { inventoryFields } from "./inventory-fields.ts";
import { runImport } from "./run-import.ts";

type Row = InventoryImport & Dated;

/** Largest file or list: some 300,000 numbers. It is in memory while it is read, and one is read at a time. */
export const IMPORT_LIMIT_BYTES = 16 * 1_024 * 1_024;
const LIST_MAX = 100_000;

const shape = z.strictObject({
  sid: z.string(),
  state: z.enum(["running", "completed", "failed", "interrupted"]),
  dry_run: z.boolean(),
  rows_read: z.int(),
  rows_added: z.int(),
  rows_updated: z.int(),
  rows_refused: z.int(),
  errors: z.array(z.strictObject({ line: z.int(), column: z.string().nullable(), message: z.string() })),
  date_created: z.string(),
  date_updated: z.string(),
  url: z.string(),
});

/** What is said for all numbers of a file stands in the query: its body is the file. */
const forAll = {
  DryRun: about("Nothing is kept but the counts.", optional(flag())),
  ...inventoryFields,
};
const form = {
  ...forAll,
  Numbers: about(
    "Objects with PhoneNumber and the fields of InventoryNumbers; or a body of type text/csv.",
    jsonList(z.record(z.string(), z.unknown()), LIST_MAX, '[{"PhoneNumber": "+12025550100"}]'),
  ),
};

/** `/trunkline/v1/InventoryImports`: many numbers at once, as CSV or as a JSON list (NUM-5). */
export const inventoryImports: Resource<Row, null> = {
  product: "trunkline",
  scope: "operator",
  noun: "import into the inventory",
  path: "/InventoryImports",
  key: "inventory_imports",
  parent: noParent,
  shape,
  view,
  list: accepts({}, async (at: At<null>) => (page) => at.deps.store.inventoryImports.list(page)),
  fetch: (at, importSid) => at.deps.store.inventoryImports.fetch(importSid),
  create: { form, run: (at, raw) => (typeof raw === "string" ? importFile(at, raw) : importList(at, raw)) },
};

const busy = new Problem(
  409,
  20409,
  "Another import is running. Wait until its state is completed; one that was interrupted blocks for a minute.",
);

async function importFile(at: Context, file: string): Promise<Row | Problem> {
  const reading = readForm(forAll, at.query);
  if (reading instanceof Problem) return reading;
  const records = csvRecords(file);
  if ("wrong" in records) return invalid(`The CSV file was not taken: ${records.wrong}`);
  return begin(at, records, reading.values);
}

async function importList(at: Context, raw: unknown): Promise<Row | Problem> {
  const reading = readForm(form, raw);
  if (reading instanceof Problem) return reading;
  at.warnUnknown(reading.unknown);
  const { Numbers, ...rest } = reading.values;
  return begin(at, listRecords(Numbers), rest);
}

/** Answers at once; what comes of it is polled for. */
async function begin(
  at: Context,
  records: Parameters<typeof importRows>[0],
  { DryRun = false, ...defaults }: FormValues<typeof forAll>,
): Promise<Row | Problem> {
  const { store, randomHex, onFailure } = at.deps;
  const begun = await store.inventoryImports.begin(mintSid("II", randomHex(16)), DryRun);
  if (begun.kind !== "ok") return busy;
  const { sid } = begun.row;
  const rows = importRows(records, given(defaults), () => mintSid("IN", randomHex(16)));
  void runImport(store, sid, rows).catch(async (error: unknown) => {
    onFailure?.(error, sid);
    const message = "The import ended by a failure of the platform. Do it again: what was taken stays as it is.";
    // The store may be what failed: then the import is shown as interrupted after a minute.
    await store.inventoryImports.finish(sid, "failed", [{ line: 0, column: null, message }]).catch(() => undefined);
  });
  return begun.row;
}

function view(row: Row, at: Context): z.infer<typeof shape> {
  return {
    sid: row.sid,
    state: row.state,
    dry_run: row.dryRun,
    rows_read: row.read,
    rows_added: row.added,
    rows_updated: row.updated,
    rows_refused: row.refused,
    errors: [...row.errors],
    date_created: isoDate(row.createdAtMs),
    date_updated: isoDate(row.updatedAtMs),
    url: at.links.absolute("trunkline", `/InventoryImports/${row.sid}`),
  };
}
