import { type RawBuilder, sql } from "kysely";
import { InvalidCursor } from "./errors.ts";
import type { StoredRow } from "./rows.ts";
import type { Sql } from "./sql/database.ts";
import type { PageOf, PageRequest } from "./store.ts";

type KeyColumn = { readonly field: string; readonly kind: "integer" | "time" | "text" };

/** What a list is ordered by; together unique. `list` goes into the cursor, so that one of another list does not pass. */
export type Keyset = { readonly list: string; readonly order: "asc" | "desc"; readonly columns: readonly KeyColumn[] };

/** Oldest first, by order of creation. */
export function byCreation(list: string): Keyset {
  return { list, order: "asc", columns: [{ field: "ordinal", kind: "integer" }] };
}

/**
 * One page of a query by keyset: neither inserts nor deletes between two requests repeat or skip a row.
 *
 * @param source a whole select with the keyset's columns among its columns
 * @throws InvalidCursor for a cursor that is not this list's
 */
export async function readPage<T>(
  database: Sql,
  source: RawBuilder<StoredRow>,
  keyset: Keyset,
  request: PageRequest,
  read: (stored: StoredRow) => T,
): Promise<PageOf<T>> {
  const backwards = request.before !== undefined;
  if (backwards && request.after !== undefined) throw new InvalidCursor();
  const cursor = request.after ?? request.before;
  const ascending = (keyset.order === "asc") !== backwards;
  const columns = keyset.columns.map(({ field }) => sql.ref(field));
  const beyond =
    cursor === undefined
      ? sql``
      : sql`where (${sql.join(columns)}) ${ascending ? sql`>` : sql`<`} (${sql.join(readCursor(keyset, cursor))})`;
  const ordered = sql.join(columns.map((column) => (ascending ? sql`${column} asc` : sql`${column} desc`)));
  const found = await database.rows(sql<StoredRow>`
    select * from (${source}) as list ${beyond} order by ${ordered} limit ${request.limit + 1}`);
  const rows = found.slice(0, request.limit);
  const more = found.length > request.limit;
  if (backwards) rows.reverse();
  const first = rows[0];
  const last = rows.at(-1);
  return {
    rows: rows.map(read),
    next: last !== undefined && (backwards || more) ? writeCursor(keyset, last) : null,
    previous: first !== undefined && (backwards ? more : cursor !== undefined) ? writeCursor(keyset, first) : null,
  };
}

function writeCursor({ list, columns }: Keyset, row: StoredRow): string {
  return Buffer.from(JSON.stringify([list, ...columns.map(({ field }) => row[field])])).toString("base64url");
}

function readCursor({ list, columns }: Keyset, cursor: string): unknown[] {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch {
    throw new InvalidCursor();
  }
  if (!Array.isArray(parts) || parts.length !== columns.length + 1 || parts[0] !== list) throw new InvalidCursor();
  return columns.map(({ kind }, index) => {
    const part: unknown = parts[index + 1];
    if (kind === "text" && typeof part === "string") return part;
    if (kind === "integer" && Number.isSafeInteger(part)) return part;
    // The largest time a Date can hold.
    if (kind === "time" && Number.isSafeInteger(part) && Math.abs(part as number) <= 8.64e15)
      return new Date(part as number);
    throw new InvalidCursor();
  });
}
