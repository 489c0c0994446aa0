import type { ImportError, ImportField, InventoryNumber } from "@trunkline/store";
import { readForm } from "../../form.ts";
import { Problem } from "../../problem.ts";
import { readCsv } from "./csv.ts";
import { e164Field, type InventoryValues, inventoryFields, inventoryNumber } from "./inventory-fields.ts";

/** A number to be imported, or why not; null: an empty line. `line`: of the file, or the place in the list, from 1. */
export type ImportRow =
  | null
  | { readonly row: InventoryNumber; readonly fields: readonly ImportField[]; readonly line: number }
  | Refused;

type Refused = { readonly refused: ImportError };
type Record = { readonly line: number; readonly values: Readonly<{ [name: string]: unknown }> };

/** What each column sets. */
const FIELD_OF: { readonly [Column in keyof InventoryValues]: ImportField } = {
  IsoCountry: "isoCountry",
  Type: "type",
  CarrierSid: "carrierSid",
  MonthlyPrice: "monthlyPriceMicros",
  Capabilities: "capabilities",
  Locality: "locality",
  Region: "region",
  State: "state",
};
const COLUMNS = ["PhoneNumber", ...Object.keys(FIELD_OF)];
/** What a decoder leaves in place of bytes that are no UTF-8. */
const NOT_UTF_8 = "\ufffd";
const NAMED = new Map(COLUMNS.map((name) => [name.toLowerCase(), name]));
const rowForm = { PhoneNumber: e164Field, ...inventoryFields };

/**
 * The lines of a CSV file as records. The first line names the columns as the API names its fields, in any case and with underscores or
 * without.
 *
 * @returns why the file as a whole cannot be read, in place of its records
 */
export function csvRecords(text: string): Iterable<Record | Refused | null> | { readonly wrong: string } {
  const unreadable = text.indexOf(NOT_UTF_8);
  if (unreadable >= 0) {
    const line = text.slice(0, unreadable).split(/\r\n|\r|\n/).length;
    return { wrong: `line ${line}: a character is no UTF-8. Save the file as "CSV UTF-8".` };
  }
  const lines = readCsv(text);
  const head = lines.next().value;
  if (head === undefined || "tooLong" in head || head.cells.length === 0)
    return { wrong: "the file is empty or no CSV. Its first line names the columns." };
  const names = head.cells.map((cell) => NAMED.get(cell.replaceAll("_", "").toLowerCase()));
  const unknown = head.cells.find((_cell, at) => names[at] === undefined);
  if (unknown !== undefined)
    return { wrong: `line 1: there is no column "${unknown.slice(0, 64)}". Columns: ${COLUMNS.join(", ")}.` };
  if (!names.includes("PhoneNumber")) return { wrong: "line 1: the column PhoneNumber is missing." };
  if (new Set(names).size < names.length) return { wrong: "line 1: a column is there twice." };
  return recordsOf(lines, names as readonly string[]);
}

function* recordsOf(lines: ReturnType<typeof readCsv>, names: readonly string[]): Iterable<Record | Refused | null> {
  for (const each of lines) {
    const { line } = each;
    if ("tooLong" in each) {
      yield {
        refused: {
          line,
          column: null,
          message: "A quote is open, or a cell or the line is too long; the file was read up to here.",
        },
      };
    } else if (each.cells.length === 0) {
      yield null;
    } else if (each.cells.length > names.length) {
      yield {
        refused: { line, column: null, message: `There are ${each.cells.length} cells, but ${names.length} columns.` },
      };
    } else {
      yield {
        line,
        values: Object.fromEntries(names.map((name, at) => [name, cellValue(name, each.cells[at] ?? "")])),
      };
    }
  }
}

/** An empty cell is the default; capabilities stand in one cell, whatever is between them. */
function cellValue(name: string, cell: string): string | undefined {
  if (cell === "") return undefined;
  return name === "Capabilities" ? cell.split(/[\s,;|]+/).join() : cell;
}

/** The items of a JSON list as records. */
export function listRecords(items: readonly Record["values"][]): readonly Record[] {
  return items.map((values, at) => ({ line: at + 1, values }));
}

/** Reads records one by one. @param defaults what is said for all of them; a record's own word counts more */
export function* importRows(
  records: Iterable<Record | Refused | null>,
  defaults: Partial<InventoryValues>,
  newSid: () => string,
): Iterable<ImportRow> {
  const said = Object.keys(defaults);
  for (const record of records) {
    if (record === null || "refused" in record) {
      yield record;
      continue;
    }
    const { line, values: given } = record;
    const reading = readForm(rowForm, given);
    if (reading instanceof Problem || reading.unknown.length > 0) {
      const message =
        reading instanceof Problem ? reading.message : `There is no field ${reading.unknown[0]?.slice(0, 64)}.`;
      yield { refused: { line, column: columnOf(message), message } };
      continue;
    }
    const { PhoneNumber: e164, ...own } = reading.values;
    const named = new Set([...said, ...Object.keys(given)]);
    const fields = Object.entries(FIELD_OF).flatMap(([name, field]) => (named.has(name) ? [field] : []));
    const values = { ...defaults, ...withoutUndefined(own) } as InventoryValues;
    yield { row: inventoryNumber(newSid(), e164, values), fields, line };
  }
}

function withoutUndefined(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** Messages of `readForm` begin with the name of the parameter, or with that it is missing. */
function columnOf(message: string): string | null {
  const word = /^(?:Missing required parameter |There is no field )?(\w+)/.exec(message)?.[1];
  return word !== undefined && COLUMNS.includes(word) ? word : null;
}
