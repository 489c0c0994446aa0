import { mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Worker } from "node:worker_threads";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  PGliteAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from "kysely";
import { StoreError } from "../errors.ts";
import { lockDataDir } from "./data-dir-lock.ts";
import type { Engine } from "./engine.ts";
import type { FromWorker, ToWorker, WorkerError, WorkerSettings } from "./pglite-worker.types.ts";

/**
 * The embedded database in a thread of its own, so that no query ever holds up the caller's event loop.
 *
 * One connection; kysely gives it to one query or transaction at a time. With a directory every commit is fsynced before it is
 * acknowledged. When the thread dies (out of memory, failed fsync) the next query starts a new one, which recovers from the
 * write-ahead log; in memory there is nothing to recover and it stays away.
 *
 * @param dataDir null: in memory
 * @param preparedTar a prepared data directory to start a new one from, null: initialise from nothing
 */
export function openPglite(dataDir: string | null, preparedTar: string | null): Engine {
  const path = dataDir === null ? null : resolve(dataDir);
  if (path !== null) mkdirSync(dirname(path), { recursive: true });
  const unlock = path === null ? () => {} : lockDataDir(path);
  const thread = new DatabaseThread({ dataDir: path, preparedTar });
  return {
    dialect: {
      createAdapter: () => new PGliteAdapter(),
      createDriver: () => new PgliteDriver(thread),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
    listen: null,
    needsVacuum: true,
    async release() {
      await thread.close();
      unlock();
    },
  };
}

/** Keeps one worker running, starting it at the first use and again after it died. */
class DatabaseThread {
  readonly #settings: WorkerSettings;
  #current: WorkerLink | undefined;

  constructor(settings: WorkerSettings) {
    this.#settings = settings;
  }

  current(): WorkerLink {
    if (this.#current === undefined || (this.#current.gone && this.#settings.dataDir !== null)) {
      this.#current = new WorkerLink(this.#settings);
    }
    return this.#current;
  }

  async close(): Promise<void> {
    await this.#current?.close();
  }
}

type Waiting = { resolve(result: QueryResult<unknown>): void; reject(error: Error): void };

/** One life of the worker. A transaction holds on to its link, so that it cannot continue on a new worker that knows nothing of it. */
class WorkerLink {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #exited: Promise<void>;
  #lastId = 0;
  #cause: Error | undefined;
  #gone = false;

  constructor(settings: WorkerSettings) {
    const file = import.meta.url.endsWith(".ts") ? "./pglite-worker.ts" : "./pglite-worker.js";
    this.#worker = new Worker(new URL(file, import.meta.url), { workerData: settings });
    this.#worker.on("message", (message: FromWorker) => this.#take(message));
    this.#worker.on("error", (error) => this.#fail(error));
    this.#exited = new Promise((resolve) => {
      this.#worker.once("exit", () => {
        this.#gone = true;
        this.#fail(new Error("its thread ended"));
        resolve();
      });
    });
  }

  /** True when the thread has ended, and with it every access to the directory. */
  get gone(): boolean {
    return this.#gone;
  }

  /** Queries sent before the worker is ready wait in its message queue. */
  query(sql: string, parameters: readonly unknown[]): Promise<QueryResult<unknown>> {
    if (this.#cause !== undefined) return Promise.reject(this.#away(this.#cause));
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#send({ kind: "query", id, sql, parameters });
    });
  }

  async close(): Promise<void> {
    if (!this.#gone) this.#send({ kind: "close" });
    await this.#exited;
  }

  #send(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #take(message: FromWorker): void {
    if (message.kind === "ready") return;
    if (message.kind === "unopened") {
      this.#fail(driverError(message.error));
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.kind === "rows") {
      waiting?.resolve({ rows: [...message.rows], numAffectedRows: BigInt(message.affectedRows) });
    } else {
      waiting?.reject(driverError(message.error));
    }
  }

  #fail(cause: Error): void {
    this.#cause ??= cause;
    for (const { reject } of this.#waiting.values()) reject(this.#away(this.#cause));
    this.#waiting.clear();
  }

  #away(cause: Error): StoreError {
    return new StoreError("STORE_AWAY", `the embedded database is not running: ${cause.message}`, cause);
  }
}

function driverError({ message, ...rest }: WorkerError): Error {
  return Object.assign(new Error(message), rest);
}

class PgliteDriver implements Driver {
  readonly #thread: DatabaseThread;

  constructor(thread: DatabaseThread) {
    this.#thread = thread;
  }

  async init(): Promise<void> {}

  /** Never rejects: kysely would keep its lock on the only connection for ever. A dead worker is told by the first query. */
  async acquireConnection(): Promise<DatabaseConnection> {
    return new PgliteConnection(this.#thread.current());
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin"));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("commit"));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("rollback"));
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {}
}

class PgliteConnection implements DatabaseConnection {
  readonly #link: WorkerLink;

  constructor(link: WorkerLink) {
    this.#link = link;
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    return (await this.#link.query(sql, parameters)) as QueryResult<R>;
  }

  // biome-ignore lint/correctness/useYield: kysely's interface asks for a generator; nothing here streams.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("streaming is not used");
  }
}
