import { setImmediate as turn } from "node:timers/promises";
import type { ImportError, ImportField, InventoryNumber, Store } from "@trunkline/store";
import type { ImportRow } from "./import-rows.ts";

/** One transaction's worth: some tens of milliseconds, in which others wait for the embedded database. */
const BATCH_ROWS = 500;

/** Rows that go into the inventory in one step, and what was refused among them. */
type Batch = {
  readonly rows: Map<string, InventoryNumber>;
  fields: readonly ImportField[];
  refused: ImportError[];
  read: number;
};

/**
 * Takes rows into the inventory, batch by batch: what a crash leaves are whole batches, and doing it again changes nothing of them.
 *
 * @throws what the store throws; the import is then as far as it says
 */
export async function runImport(store: Store, importSid: string, rows: Iterable<ImportRow>): Promise<void> {
  const carriers = new Map<string, boolean>();
  let batch = emptyBatch([]);
  const flush = async (): Promise<void> => {
    const step = { rows: [...batch.rows.values()], fields: batch.fields, read: batch.read, refused: batch.refused };
    batch = emptyBatch(batch.fields);
    if (step.read === 0) return;
    const outcome = await store.inventoryImports.step(importSid, step);
    if (outcome.kind !== "ok") throw new Error(`a batch was not taken: ${JSON.stringify(outcome)}`);
  };
  let lines = 0;
  for (const each of rows) {
    // A million empty lines, as spreadsheets leave them, must not keep calls waiting.
    if (++lines % BATCH_ROWS === 0) await turn();
    if (each === null) continue;
    const next = "refused" in each ? each : await whyNotCarrier(store, carriers, each);
    if ("row" in next && !fits(batch, next)) {
      await flush();
      batch.fields = next.fields;
    }
    batch.read++;
    if ("row" in next) batch.rows.set(next.row.e164, next.row);
    else batch.refused.push(next.refused);
    if (batch.read >= BATCH_ROWS) await flush();
  }
  await flush();
  await store.inventoryImports.finish(importSid, "completed", []);
}

function emptyBatch(fields: readonly ImportField[]): Batch {
  return { rows: new Map(), fields, refused: [], read: 0 };
}

/** A step has each number once, and says the same things of all. */
function fits(batch: Batch, { row, fields }: Extract<ImportRow, { readonly row: unknown }>): boolean {
  return !batch.rows.has(row.e164) && fields.join() === batch.fields.join();
}

async function whyNotCarrier(
  store: Store,
  carriers: Map<string, boolean>,
  each: Extract<ImportRow, { readonly row: unknown }>,
): Promise<NonNullable<ImportRow>> {
  const { carrierSid } = each.row;
  if (carrierSid === null) return each;
  const known = carriers.get(carrierSid) ?? (await store.carriers.fetch(carrierSid)) !== undefined;
  carriers.set(carrierSid, known);
  const message = `CarrierSid: there is no carrier ${carrierSid}.`;
  return known ? each : { refused: { line: each.line, column: "CarrierSid", message } };
}
