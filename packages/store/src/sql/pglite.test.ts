import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, expect, it } from "vitest";
import { findPreparedTar } from "../prepared.ts";
import { Database } from "./database.ts";
import { openPglite } from "./pglite.ts";

const root = mkdtempSync(join(tmpdir(), "trunkline-pglite-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

it("after a panic of the engine a new one takes over with everything that was acknowledged (OPS-2)", {
  timeout: 60_000,
}, async () => {
  const directory = join(root, "data");
  const database = new Database(openPglite(directory, findPreparedTar()));
  await database.rows(sql`create table kept (a integer)`);
  await database.rows(sql`insert into kept values (1)`);
  // A write-ahead log that cannot be written is what makes PostgreSQL panic.
  renameSync(join(directory, "pg_wal"), join(root, "pg_wal"));
  await database.rows(sql`select pg_switch_wal()`);
  const insert = sql`insert into kept values (2)`;
  await expect(database.rows(insert)).rejects.toMatchObject({ code: "STORE_AWAY" });
  renameSync(join(root, "pg_wal"), join(directory, "pg_wal"));

  const retried = async (): Promise<void> => {
    await database.rows(insert).catch(async () => database.rows(insert));
  };
  await retried();
  expect(await database.rows(sql`select a from kept order by a`)).toEqual([{ a: 1 }, { a: 2 }]);
  await database.close();
});

it("a transaction whose engine died does not go on in the next one", { timeout: 60_000 }, async () => {
  const directory = join(root, "transaction");
  const database = new Database(openPglite(directory, findPreparedTar()));
  await database.rows(sql`create table kept (a integer)`);
  const broken = database.transaction(async (tx) => {
    await tx.rows(sql`insert into kept values (1)`);
    renameSync(join(directory, "pg_wal"), join(root, "pg_wal"));
    await tx.rows(sql`select pg_switch_wal()`);
    await tx.rows(sql`insert into kept values (2)`);
    await expect(tx.rows(sql`select pg_switch_wal()`)).rejects.toThrow("pg_wal");
    renameSync(join(root, "pg_wal"), join(directory, "pg_wal"));
    await tx.rows(sql`insert into kept values (3)`);
  });
  await expect(broken).rejects.toMatchObject({ code: "STORE_AWAY" });
  expect(await database.rows(sql`select a from kept`)).toEqual([]);
  await database.close();
});

it("many callers at once share the only connection; a transaction has it for itself", { timeout: 60_000 }, async () => {
  const database = new Database(openPglite(null, findPreparedTar()));
  await database.rows(sql`create table steps (step text, position bigint generated always as identity)`);
  const add = (step: string) => sql`insert into steps (step) values (${step})`;
  await Promise.all([
    database.transaction(async (tx) => {
      await tx.rows(add("begun"));
      await tx.rows(add("done"));
    }),
    ...["a", "b", "c"].map((step) => database.rows(add(step))),
  ]);
  const steps = (await database.rows(sql<{ step: string }>`select step from steps order by position`)).map(
    ({ step }) => step,
  );
  expect(steps.indexOf("done")).toBe(steps.indexOf("begun") + 1);
  expect(steps.toSorted()).toEqual(["a", "b", "begun", "c", "done"]);
  await database.close();
});
