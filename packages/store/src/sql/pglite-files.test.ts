import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { afterEach, expect, it } from "vitest";
import { DURABLE_PARAMETERS, DurableFiles } from "./pglite-files.ts";

const directory = fs.mkdtempSync(join(tmpdir(), "trunkline-durable-"));
const fdatasync = fs.fdatasyncSync;
afterEach(() => {
  fs.fdatasyncSync = fdatasync;
  syncBuiltinESMExports();
  fs.rmSync(directory, { recursive: true, force: true });
});

it("every commit reaches the disk's fsync, which PGlite alone leaves out (OPS-2)", { timeout: 60_000 }, async () => {
  let syncs = 0;
  fs.fdatasyncSync = (descriptor) => {
    syncs++;
    fdatasync(descriptor);
  };
  syncBuiltinESMExports();
  const database = await PGlite.create({ fs: new DurableFiles(directory), startParams: DURABLE_PARAMETERS });
  await database.query("create table t (a integer)");
  const before = syncs;
  for (let commit = 0; commit < 10; commit++) await database.query("insert into t values (1)");
  expect(syncs - before).toBeGreaterThanOrEqual(10);
  const afterCommits = syncs;
  await database.query("select count(*) from t");
  expect(syncs).toBe(afterCommits);
  await database.close();
});
