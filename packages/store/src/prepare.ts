import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { zstdCompressSync } from "node:zlib";
import { PGlite } from "@electric-sql/pglite";
import { Kysely, PGliteDialect } from "kysely";
import { migrate } from "./migrations/migrate.ts";
import { findPreparedTar, preparedTarPath } from "./prepared.ts";
import { packDirectory } from "./sql/data-dir-files.ts";
import { initialiseDataDir } from "./sql/initial-data-dir.ts";

/**
 * Makes the prepared data directory that a new embedded store starts from, in place of seconds of `initdb` and migrations. It holds the
 * schema and no data. Does nothing when it is there; removes those of other versions.
 *
 * @returns the name of the file that was made, null when there was nothing to do
 */
export async function makePreparedTar(): Promise<string | null> {
  if (findPreparedTar() !== null) return null;
  const path = preparedTarPath();
  const directory = dirname(path);
  mkdirSync(directory, { recursive: true });
  // Whole or not at all: another process may look while we write.
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, zstdCompressSync(await emptyDataDir()));
  renameSync(unfinished, path);
  for (const name of readdirSync(directory)) {
    if (name !== basename(path) && /\.tar\.\w+$/.test(name)) rmSync(join(directory, name), { force: true });
  }
  return basename(path);
}

/** A migrated data directory, shut down properly so that opening it needs no recovery. */
async function emptyDataDir(): Promise<Uint8Array> {
  const directory = mkdtempSync(join(tmpdir(), "trunkline-store-"));
  try {
    await initialiseDataDir(directory);
    const kysely = new Kysely<unknown>({ dialect: new PGliteDialect({ pglite: new PGlite(directory) }) });
    await migrate(kysely);
    await kysely.destroy();
    return packDirectory(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
