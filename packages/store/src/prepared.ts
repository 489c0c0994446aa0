import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { AUDIT_TRIGGERS } from "./audit/audited-tables.ts";
import { MIGRATIONS } from "./migrations/migrate.ts";

/** Raised when an empty data directory is made differently from before. */
const FORMAT = 1;

/** `prepared/` beside `src/` and `dist/`. */
const DIRECTORY = fileURLToPath(new URL("../prepared/", import.meta.url));

/**
 * Where the prepared data directory of this schema and this PGlite is, or would be: another migration or another version of PGlite
 * has another name, so a stale one is never used.
 */
export function preparedTarPath(): string {
  const pglite = createRequire(import.meta.url).resolve("@electric-sql/pglite");
  const manifest = JSON.parse(readFileSync(join(dirname(pglite), "..", "package.json"), "utf8")) as { version: string };
  const contents = createHash("sha256")
    .update(JSON.stringify([FORMAT, MIGRATIONS, AUDIT_TRIGGERS, manifest.version]))
    .digest("hex");
  return join(DIRECTORY, `schema-${MIGRATIONS.length}-${contents.slice(0, 12)}.tar.zst`);
}

/** The prepared data directory, null when the build step that makes it has not run. */
export function findPreparedTar(): string | null {
  const path = preparedTarPath();
  return existsSync(path) ? path : null;
}
