import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { PGlite } from "@electric-sql/pglite";
import { Kysely, PGliteDialect } from "kysely";
import { migrate } from "./migrations/migrate.ts";
import { findPreparedTar, preparedTarPath } from "./prepared.ts";

export { preparedTarPath };

/**
 * Makes the prepared data directory that a new embedded store starts from, in place of seconds of `initdb` and migrations. It holds the
 * schema and no data. Does nothing when it is there; removes those of other versions.
 *
 * @returns true when one was made
 */
export async function makePreparedTar(): Promise<boolean> {
  if (findPreparedTar() !== null) return false;
  const pglite = await PGlite.create({ dataDir: "memory://" });
  const kysely = new Kysely<unknown>({ dialect: new PGliteDialect({ pglite }) });
  await migrate(kysely);
  const tar = await pglite.dumpDataDir("none");
  await kysely.destroy();

  const path = preparedTarPath();
  const directory = dirname(path);
  mkdirSync(directory, { recursive: true });
  // Whole or not at all: another process may look while we write.
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, gzipSync(new Uint8Array(await tar.arrayBuffer())));
  renameSync(unfinished, path);
  for (const name of readdirSync(directory)) {
    if (name !== basename(path) && name.endsWith(".tar.gz")) rmSync(join(directory, name), { force: true });
  }
  return true;
}
