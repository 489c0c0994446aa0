/** A way to find rows of one kind by something else than their key. Told of every row that comes and goes. */
export interface RowIndex<Row> {
  add(row: Row): void;
  remove(row: Row): void;
}

/** All rows of one kind by key, and the indexes that follow them. */
export class RowTable<Row> {
  readonly #rows = new Map<string, Row>();
  readonly #indexes: readonly RowIndex<Row>[];
  readonly #lean: (row: Row) => Row;

  /** @param lean the form in which a row is kept: shares what many rows have in common */
  constructor(indexes: readonly RowIndex<Row>[], lean: (row: Row) => Row = (row) => row) {
    this.#indexes = indexes;
    this.#lean = lean;
  }

  get(key: string): Row | undefined {
    return this.#rows.get(key);
  }

  rows(): Iterable<Row> {
    return this.#rows.values();
  }

  /** Inserts, replaces or (null) deletes. */
  put(key: string, given: Row | null): void {
    const previous = this.#rows.get(key);
    if (previous !== undefined) for (const index of this.#indexes) index.remove(previous);
    if (given === null) {
      this.#rows.delete(key);
      return;
    }
    const row = this.#lean(given);
    this.#rows.set(key, row);
    for (const index of this.#indexes) index.add(row);
  }
}

/** At most one row per name: the store's unique constraint holds at every step of the change feed. */
export class UniqueIndex<Row> implements RowIndex<Row> {
  readonly #rows = new Map<string, Row>();
  readonly #nameOf: (row: Row) => string | null;

  /** @param nameOf what the row is found by; null: it is not */
  constructor(nameOf: (row: Row) => string | null) {
    this.#nameOf = nameOf;
  }

  get(name: string): Row | undefined {
    return this.#rows.get(name);
  }

  add(row: Row): void {
    const name = this.#nameOf(row);
    if (name !== null) this.#rows.set(name, row);
  }

  /** A name that another row took over in the meantime stays with that row. */
  remove(row: Row): void {
    const name = this.#nameOf(row);
    if (name !== null && this.#rows.get(name) === row) this.#rows.delete(name);
  }
}

/** Any number of rows per name; groups are small (URLs of a trunk, lists of a trunk), so they are plain arrays. */
export class GroupIndex<Row> implements RowIndex<Row> {
  readonly #groups = new Map<string, Row[]>();
  readonly #nameOf: (row: Row) => string;

  constructor(nameOf: (row: Row) => string) {
    this.#nameOf = nameOf;
  }

  /** In the order in which the rows came. */
  get(name: string): readonly Row[] {
    return this.#groups.get(name) ?? NONE;
  }

  add(row: Row): void {
    const name = this.#nameOf(row);
    const group = this.#groups.get(name);
    if (group) group.push(row);
    else this.#groups.set(name, [row]);
  }

  remove(row: Row): void {
    const name = this.#nameOf(row);
    const group = this.#groups.get(name);
    const at = group?.indexOf(row) ?? -1;
    if (!group || at < 0) return;
    if (group.length === 1) this.#groups.delete(name);
    else group.splice(at, 1);
  }
}

const NONE: readonly never[] = [];
