import type { DirectoryChange, DirectoryEntity, DirectorySource } from "@trunkline/trunking";
import { type RawBuilder, sql } from "kysely";
import { RowForm, type StoredRow } from "../rows.ts";
import type { Secrets } from "../secrets.ts";
import type { Database } from "../sql/database.ts";
import type { Listening, OnProblem } from "../sql/engine.ts";
import { DIRECTORY_TABLES, type Table } from "../tables.ts";
import { DIRECTORY_CHANNEL } from "./change-log.ts";

/** Rows per query and per call of `apply`: large enough to be quick, small enough not to hold up the edge's event loop. */
const BATCH_ROWS = 1_000;

/** How often another process's changes are looked for when no notification came: a pooler in between may swallow LISTEN. */
const LOOK_EVERY_MS = 1_000;

type Apply = (changes: readonly DirectoryChange[]) => void;

/** A logged change without its row. */
type Logged = { readonly seq: number; readonly entity: DirectoryEntity; readonly key: string };

/**
 * The directory as changes: everything first, then each change in the order of commits, without gaps or repetitions.
 *
 * The log names rows, it does not hold them: a subscriber gets a row as it is when it is read. Two quick changes of one row may so come
 * as one, and the whole is always a state the database had or is about to have. For the same reason the first load needs no long
 * transaction: it reads the tables page by page and then catches up with whatever changed since it began.
 *
 * The subscribers of a process have its own changes before the write call resolves; those of other processes on NOTIFY.
 */
export class DirectoryFeed implements DirectorySource {
  readonly #database: Database;
  readonly #onProblem: OnProblem;
  readonly #reader: DirectoryRowReader;
  readonly #subscriptions = new Set<Subscription>();
  #watch: Watch | undefined;

  constructor(database: Database, secrets: Secrets, onProblem: OnProblem) {
    this.#database = database;
    this.#onProblem = onProblem;
    this.#reader = new DirectoryRowReader(database, secrets);
  }

  async subscribe(apply: Apply): Promise<{ stop(): Promise<void> }> {
    const subscription = new Subscription(this.#database, this.#reader, apply);
    await subscription.load();
    this.#subscriptions.add(subscription);
    this.#watch ??= this.#startWatch();
    // A change may have been committed after the load and before this process listened.
    await subscription.catchUp();
    return {
      stop: async () => {
        this.#subscriptions.delete(subscription);
        if (this.#subscriptions.size === 0) await this.#stopWatch();
        await subscription.stop();
      },
    };
  }

  /** Resolves when every subscriber of this process has the change of that number. Never rejects: the change itself is committed. */
  async reach(seq: number): Promise<void> {
    await Promise.all([...this.#subscriptions].map((subscription) => this.#bring(subscription, seq)));
  }

  async close(): Promise<void> {
    const subscriptions = [...this.#subscriptions];
    this.#subscriptions.clear();
    await this.#stopWatch();
    await Promise.all(subscriptions.map((subscription) => subscription.stop()));
  }

  async #bring(subscription: Subscription, seq: number): Promise<void> {
    try {
      // The first look may have begun before our commit; the second cannot have.
      for (let look = 0; look < 2 && subscription.seq < seq; look++) await subscription.catchUp();
    } catch (error) {
      this.#onProblem(error as Error);
    }
  }

  #startWatch(): Watch | undefined {
    const { listen } = this.#database.engine;
    if (listen === null) return undefined;
    const look = (): void => void this.reach(Number.POSITIVE_INFINITY);
    return { timer: setInterval(look, LOOK_EVERY_MS), listening: listen(DIRECTORY_CHANNEL, look) };
  }

  async #stopWatch(): Promise<void> {
    const watch = this.#watch;
    this.#watch = undefined;
    clearInterval(watch?.timer);
    await watch?.listening.stop();
  }
}

type Watch = { readonly timer: NodeJS.Timeout; readonly listening: Listening };

/** One subscriber and how far it is. */
class Subscription {
  readonly #database: Database;
  readonly #reader: DirectoryRowReader;
  readonly #apply: Apply;
  #seq = 0;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(database: Database, reader: DirectoryRowReader, apply: Apply) {
    this.#database = database;
    this.#reader = reader;
    this.#apply = apply;
  }

  get seq(): number {
    return this.#seq;
  }

  /** The whole directory, as of at least the number the log had when it began. */
  async load(): Promise<void> {
    const [head] = await this.#database.rows(sql<{ seq: number }>`select seq from directory_head`);
    this.#seq = head?.seq ?? 0;
    for (const entity of this.#reader.entities) {
      for await (const changes of this.#reader.all(entity, this.#seq)) this.#apply(changes);
    }
    await this.catchUp();
  }

  /** Delivers what the log has beyond `seq`. Calls while one runs join it. */
  catchUp(): Promise<void> {
    this.#running ??= this.#deliver().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running?.catch(() => {});
  }

  async #deliver(): Promise<void> {
    while (!this.#stopped) {
      const logged = await this.#database.rows(sql<Logged>`
        select seq, entity, key from directory_changes where seq > ${this.#seq} order by seq limit ${BATCH_ROWS}`);
      const last = logged.at(-1);
      if (last === undefined) return;
      const changes = await this.#reader.current(logged);
      if (this.#stopped) return;
      this.#apply(changes);
      this.#seq = last.seq;
      if (logged.length < BATCH_ROWS) return;
    }
  }
}

/** Reads rows as routing sees them. */
class DirectoryRowReader {
  readonly #database: Database;
  readonly #forms: ReadonlyMap<DirectoryEntity, RowForm<Record<string, unknown>>>;

  constructor(database: Database, secrets: Secrets) {
    this.#database = database;
    this.#forms = new Map(
      Object.entries(DIRECTORY_TABLES).map(([entity, table]) => [
        entity as DirectoryEntity,
        new RowForm(table as unknown as Table<Record<string, unknown>>, secrets),
      ]),
    );
  }

  get entities(): Iterable<DirectoryEntity> {
    return this.#forms.keys();
  }

  /** Every row of a kind, in batches, each marked with `seq`; the next batch is fetched while the caller works on one. */
  async *all(entity: DirectoryEntity, seq: number): AsyncIterable<readonly DirectoryChange[]> {
    const form = this.#form(entity);
    const key = keyColumns(form);
    const fetchAfter = (last: StoredRow | undefined): Promise<readonly StoredRow[]> => {
      const beyond = last === undefined ? sql`` : sql`where (${key}) > (${sql.join(keyValues(form, last))})`;
      const rows = this.#fetch(
        sql`select ${columns(form)} from ${form.name} ${beyond} order by ${key} limit ${BATCH_ROWS}`,
      );
      // Whoever awaits it hears of a failure; nobody does when the caller stopped in between.
      rows.catch(() => {});
      return rows;
    };
    let next: Promise<readonly StoredRow[]> | undefined = fetchAfter(undefined);
    while (next !== undefined) {
      const rows: readonly StoredRow[] = await next;
      next = rows.length < BATCH_ROWS ? undefined : fetchAfter(rows.at(-1));
      if (rows.length > 0) yield rows.map((row) => asChange(seq, entity, keyOf(form, row), form.read(row)));
    }
  }

  /** The logged changes with their rows as they are now; null for those that are gone. */
  async current(logged: readonly Logged[]): Promise<readonly DirectoryChange[]> {
    const rows = new Map<string, Record<string, unknown>>();
    for (const [entity, changes] of Map.groupBy(logged, (change) => change.entity)) {
      const form = this.#form(entity);
      const keys = changes.map(({ key }) => key.split("/"));
      const arrays = form.table.key.map((_, index) => sql`${keys.map((parts) => parts[index] ?? "")}::text[]`);
      const found = await this.#fetch(sql`
        select ${columns(form)} from ${form.name} where (${keyColumns(form)}) in (select * from unnest(${sql.join(arrays)}))`);
      for (const row of found) rows.set(`${entity} ${keyOf(form, row)}`, form.read(row));
    }
    return logged.map(({ seq, entity, key }) => asChange(seq, entity, key, rows.get(`${entity} ${key}`) ?? null));
  }

  /** Rows as one JSON text: a third of the work of as many result rows, in the driver and between threads. */
  async #fetch(query: RawBuilder<unknown>): Promise<readonly StoredRow[]> {
    const [found] = await this.#database.rows(sql<{ rows: string | null }>`
      select json_agg(found)::text as rows from (${query}) as found`);
    return found?.rows == null ? [] : (JSON.parse(found.rows) as StoredRow[]);
  }

  #form(entity: DirectoryEntity): RowForm<Record<string, unknown>> {
    const form = this.#forms.get(entity);
    if (form === undefined) throw new Error(`the log has a change of ${entity}, which this version does not know`);
    return form;
  }
}

/** Entity and row come from the same table description, which the compiler cannot follow through the map. */
function asChange(seq: number, entity: DirectoryEntity, key: string, row: unknown): DirectoryChange {
  return { seq, entity, key, row } as DirectoryChange;
}

type Form = RowForm<Record<string, unknown>>;

/** Named as the fields are, which nobody translates inside JSON. */
function columns({ table }: Form): RawBuilder<unknown> {
  return sql.join(table.fields.map((field) => sql`${sql.ref(field)} as ${sql.raw(`"${field}"`)}`));
}

function keyColumns({ table }: Form): RawBuilder<unknown> {
  return sql.join(table.key.map((field) => sql.ref(field)));
}

function keyValues({ table }: Form, row: StoredRow): readonly unknown[] {
  return table.key.map((field) => row[field]);
}

function keyOf(form: Form, row: StoredRow): string {
  return keyValues(form, row).join("/");
}
