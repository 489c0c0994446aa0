import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { zstdDecompressSync } from "node:zlib";
import { PGlite, type PGliteOptions } from "@electric-sql/pglite";
import { syncTree, unpackDirectory } from "./data-dir-files.ts";
import { initialiseDataDir } from "./initial-data-dir.ts";
import { DURABLE_PARAMETERS, DurableFiles, PARAMETERS, syncDirectory } from "./pglite-files.ts";
import type { FromWorker, ToWorker, WorkerError, WorkerSettings } from "./pglite-worker.types.ts";
import { READERS } from "./values.ts";

async function openDatabase({ dataDir, preparedTar }: WorkerSettings): Promise<PGlite> {
  const parsers: PGliteOptions["parsers"] = { ...READERS };
  if (dataDir === null) {
    const contents = preparedTar === null ? {} : { loadDataDir: new Blob([readPrepared(preparedTar)]) };
    return PGlite.create({ ...contents, parsers, startParams: [...PGlite.defaultStartParams, ...PARAMETERS] });
  }
  if (!existsSync(join(dataDir, "PG_VERSION"))) await makeDataDir(dataDir, preparedTar);
  return PGlite.create({ fs: new DurableFiles(dataDir), parsers, startParams: DURABLE_PARAMETERS });
}

/** Makes a data directory under another name and renames it when it is whole and on the disk: a crash leaves all of it or none. */
async function makeDataDir(dataDir: string, preparedTar: string | null): Promise<void> {
  const unfinished = `${dataDir}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  if (preparedTar === null) await initialiseDataDir(unfinished);
  else unpackDirectory(readPrepared(preparedTar), unfinished);
  await syncTree(unfinished);
  renameSync(unfinished, dataDir);
  syncDirectory(dirname(dataDir));
}

function readPrepared(path: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(zstdDecompressSync(readFileSync(path)));
}

/**
 * PostgreSQL panicked (a failed fsync, a full disk under the write-ahead log) or the engine itself broke. Its process would end now; the
 * engine stays instead and never answers again. Ending the thread lets the next one recover from the log.
 */
function isFatal(error: unknown): boolean {
  const { severity, name } = error as { readonly severity?: string; readonly name?: string };
  return severity === "PANIC" || severity === "FATAL" || name === "RuntimeError" || name === "ExitStatus";
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
      if (isFatal(error)) process.exit(1);
    }
  };
  port.on("message", (message: ToWorker) => void answer(message));
  reply({ kind: "ready" });
}

void serve();
