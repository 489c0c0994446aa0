import { CamelCasePlugin, type CompiledQuery, Kysely, type QueryExecutorProvider, type RawBuilder, sql } from "kysely";
import { currentActor } from "../audit/actor.ts";
import { StoreError } from "../errors.ts";
import type { Engine } from "./engine.ts";
import { parameterValue } from "./values.ts";

/** Whatever runs statements: the database (each statement a transaction of its own) or one transaction. Columns come in camelCase. */
export interface Sql {
  rows<T>(query: RawBuilder<T>): Promise<readonly T[]>;
}

/** SQLSTATEs after which the same transaction may simply run again: serialization failure, deadlock. */
const RETRYABLE = new Set(["40001", "40P01"]);
const ATTEMPTS = 3;

/** The database behind one engine. Rejects with `StoreError` when it is away and with the driver's error for anything else. */
export class Database implements Sql {
  readonly engine: Engine;
  readonly #kysely: Kysely<unknown>;

  constructor(engine: Engine) {
    this.engine = engine;
    this.#kysely = new Kysely({
      dialect: engine.dialect,
      plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
    });
  }

  /** A statement is a transaction of its own, and runs again after a deadlock like one. */
  async rows<T>(query: RawBuilder<T>): Promise<readonly T[]> {
    return again(() => run(this.#kysely, query));
  }

  /**
   * Runs `work` in one transaction, at READ COMMITTED; rolled back when it rejects, run again after a deadlock. What it changes of the
   * configuration, the current actor did (`audit/actor.ts`).
   */
  async transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    const actor = currentActor();
    return again(() =>
      this.#kysely.transaction().execute(async (transaction) => {
        if (actor) await run(transaction, sql`select set_config('trunkline.actor', ${JSON.stringify(actor)}, true)`);
        return work({ rows: (query) => run(transaction, query) });
      }),
    );
  }

  /** Runs the schema's migrations. */
  async migrate(run: (kysely: Kysely<unknown>) => Promise<void>): Promise<void> {
    try {
      await run(this.#kysely);
    } catch (error) {
      throw asStoreError(error);
    }
  }

  async close(): Promise<void> {
    // Waits for whoever has the only connection of the embedded database; an idle pool passes through.
    try {
      await this.#kysely.connection().execute(async () => {});
    } finally {
      await this.#kysely.destroy();
      await this.engine.release();
    }
  }
}

async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || !RETRYABLE.has(sqlState(error) ?? "")) throw asStoreError(error);
    }
  }
}

async function run<T>(provider: Kysely<unknown>, query: RawBuilder<T>): Promise<readonly T[]> {
  const compiled = query.compile(provider as QueryExecutorProvider);
  const { rows } = await provider.executeQuery<T>({
    ...compiled,
    parameters: compiled.parameters.map(parameterValue),
  } as CompiledQuery<T>);
  return rows;
}

/** SQLSTATE of a driver's error, the same from both drivers. */
export function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** Name of the constraint that a statement broke. */
export function brokenConstraint(error: unknown): string | undefined {
  return (error as { constraint?: string } | null)?.constraint;
}

/**
 * Errors of the connection become `STORE_AWAY`: a system error's name instead of a SQLSTATE (`ECONNREFUSED`), pg's own words for a cut
 * or slow connection, class 08 (connection), 53 (resources), 58 (the server's disk), 57 (operator intervention, such as a shutdown). Everything else is a
 * statement of ours gone wrong and passes as it is.
 */
function asStoreError(error: unknown): unknown {
  if (error instanceof StoreError || !(error instanceof Error)) return error;
  const code = (error as NodeJS.ErrnoException).code;
  const away =
    code === undefined ? /connect|timeout/i.test(error.message) : /^(E[A-Z_]{4,}|(08|53|57|58)...)$/.test(code);
  return away ? new StoreError("STORE_AWAY", `the database is away: ${error.message}`, error) : error;
}
