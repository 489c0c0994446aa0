import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { gunzipSync } from "node:zlib";
import { PGlite, type PGliteOptions } from "@electric-sql/pglite";
import { DurableFiles, syncDirectory } from "./pglite-files.ts";
import type { FromWorker, ToWorker, WorkerError, WorkerSettings } from "./pglite-worker.types.ts";
import { READERS } from "./values.ts";

/** Fewer pages than PostgreSQL's 128 MB: the file system's cache is beneath, and each page is memory of ours. */
const PARAMETERS = ["-c", "shared_buffers=32MB", "-c", "timezone=UTC"];

/**
 * fsync on, and by `fsync`: Emscripten's `fdatasync` system call does nothing, its `fsync` reaches the file system (`DurableFiles`,
 * which then uses the operating system's fdatasync).
 */
const DURABLE_PARAMETERS = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== "-F"),
  ...PARAMETERS,
  "-c",
  "wal_sync_method=fsync",
];

async function openDatabase({ dataDir, preparedTar }: WorkerSettings): Promise<PGlite> {
  const parsers: PGliteOptions["parsers"] = { ...READERS };
  const fromPrepared = (): PGliteOptions =>
    preparedTar === null ? {} : { loadDataDir: new Blob([gunzipSync(readFileSync(preparedTar))]) };
  if (dataDir === null) {
    return PGlite.create({ ...fromPrepared(), parsers, startParams: [...PGlite.defaultStartParams, ...PARAMETERS] });
  }
  if (!existsSync(join(dataDir, "PG_VERSION"))) await makeDataDir(dataDir, fromPrepared());
  return PGlite.create({ fs: new DurableFiles(dataDir), parsers, startParams: DURABLE_PARAMETERS });
}

/** Makes a data directory under another name and renames it when it is whole, so that a crash leaves all of it or none. */
async function makeDataDir(dataDir: string, contents: PGliteOptions): Promise<void> {
  const unfinished = `${dataDir}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  // The tar was taken from a running database: PostgreSQL recovers, and syncs every file before it does.
  const first = await PGlite.create({ ...contents, fs: new DurableFiles(unfinished), startParams: DURABLE_PARAMETERS });
  await first.close();
  renameSync(unfinished, dataDir);
  syncDirectory(dirname(dataDir));
}

function asWorkerError(error: unknown): WorkerError {
  const { message, code, constraint, detail } = error as WorkerError;
  return { message: String(message), code, constraint, detail };
}

async function serve(): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error("this module runs in a worker thread only");
  const reply = (message: FromWorker): void => port.postMessage(message);
  let database: PGlite;
  try {
    database = await openDatabase(workerData as WorkerSettings);
  } catch (error) {
    reply({ kind: "unopened", error: asWorkerError(error) });
    port.close();
    return;
  }
  const answer = async (message: ToWorker): Promise<void> => {
    if (message.kind === "close") {
      await database.close();
      port.close();
      return;
    }
    try {
      const { rows, affectedRows } = await database.query(message.sql, [...message.parameters]);
      reply({ kind: "rows", id: message.id, rows, affectedRows: affectedRows ?? 0 });
    } catch (error) {
      reply({ kind: "failed", id: message.id, error: asWorkerError(error) });
    }
  };
  port.on("message", (message: ToWorker) => void answer(message));
  reply({ kind: "ready" });
}

void serve();
