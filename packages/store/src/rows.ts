import { type RawBuilder, sql } from "kysely";
import type { Secrets } from "./secrets.ts";
import type { Dated } from "./store.ts";
import type { Table } from "./tables.ts";

/** A row as the driver gives it: columns in camelCase, times as epoch milliseconds. */
export type StoredRow = Readonly<Record<string, unknown>>;

/** Turns rows of a table into SQL and back; the only place that knows how a field is stored. */
export class RowForm<Row> {
  readonly table: Table<Row>;
  readonly #secrets: Secrets;

  constructor(table: Table<Row>, secrets: Secrets) {
    this.table = table;
    this.#secrets = secrets;
  }

  get name(): RawBuilder<unknown> {
    return sql.table(this.table.name);
  }

  /** `insert into … values … returning *` */
  insert(row: Row): RawBuilder<StoredRow> {
    return sql<StoredRow>`${this.#insertInto([row])} returning *`;
  }

  /** Inserts the rows or overwrites those with the same keys; at most a thousand, each key once. */
  upsert(rows: readonly Row[]): RawBuilder<StoredRow> {
    const { fields, key } = this.table;
    const others = fields.filter((field) => !key.includes(field));
    return sql<StoredRow>`
      ${this.#insertInto(rows)}
      on conflict (${sql.join(key.map((field) => sql.ref(field)))})
      do update set ${sql.join(others.map((field) => sql`${sql.ref(field)} = excluded.${sql.ref(field)}`))}`;
  }

  /** Inserts the rows, and does what `conflict` says where that meets others; at most a thousand. */
  insertOr(rows: readonly Row[], conflict: RawBuilder<unknown>): RawBuilder<StoredRow> {
    return sql<StoredRow>`${this.#insertInto(rows)} ${conflict}`;
  }

  /** The `set` list of an update: the given fields of `allowed`, and the time of the change. */
  assignments(sid: string, change: Partial<Row>, allowed: readonly (keyof Row & string)[]): RawBuilder<unknown> {
    return sql.join([...this.#assign({ sid }, change, allowed), sql`updated_at = now()`]);
  }

  /** The `set` list of an update of a row without dates; `key` holds what identifies the row. */
  plainAssignments(key: Partial<Row>, change: Partial<Row>): RawBuilder<unknown> {
    return sql.join(this.#assign(key, change, this.table.fields));
  }

  /** The fields of the row, unsealed. */
  read(stored: StoredRow): Row {
    const row: Record<string, unknown> = {};
    for (const field of this.table.fields) row[field] = stored[field];
    for (const field of this.table.sealed) row[field] = this.#unsealed(field, stored);
    // The columns are the fields of Row by the table's definition; the store's contract suite reads every one back.
    return row as Row;
  }

  readDated(stored: StoredRow): Row & Dated {
    return {
      ...this.read(stored),
      createdAtMs: stored["createdAt"] as number,
      updatedAtMs: stored["updatedAt"] as number,
    };
  }

  #assign(key: object, change: Partial<Row>, allowed: readonly (keyof Row & string)[]): readonly RawBuilder<unknown>[] {
    return allowed
      .filter((field) => change[field] !== undefined)
      .map((field) => sql`${sql.ref(field)} = ${this.#stored(field, change[field], key)}`);
  }

  #insertInto(rows: readonly Row[]): RawBuilder<unknown> {
    const { fields } = this.table;
    const values = rows.map((row) => sql`(${sql.join(fields.map((field) => this.#stored(field, row[field], row)))})`);
    return sql`insert into ${this.name} (${sql.join(fields.map((field) => sql.ref(field)))}) values ${sql.join(values)}`;
  }

  #stored(field: keyof Row & string, value: unknown, row: unknown): unknown {
    if (value === null || !this.table.sealed.includes(field)) return value;
    return this.#secrets.seal(String(value), this.#place(field, row));
  }

  #unsealed(field: keyof Row & string, stored: StoredRow): string | null {
    const value = stored[field];
    if (value === null) return null;
    // Inside JSON a bytea is text: `\x` and hex digits.
    const sealed = typeof value === "string" ? Buffer.from(value.slice(2), "hex") : (value as Uint8Array);
    const text = this.#secrets.open(sealed, this.#place(field, stored));
    if (text === undefined)
      throw new Error(`${this.#place(field, stored)} cannot be decrypted: it was changed outside`);
    return text;
  }

  #place(field: string, row: unknown): string {
    const values = row as StoredRow;
    return `${this.table.name}.${field} ${this.table.key.map((name) => values[name]).join("/")}`;
  }
}
