import { sql } from "kysely";
import { expect, it } from "vitest";
import { findPreparedTar } from "../prepared.ts";
import { Database } from "./database.ts";
import { vacuumDueTables } from "./housekeeping.ts";
import { openPglite } from "./pglite.ts";

it("vacuums tables that changed much, and no others", { timeout: 60_000 }, async () => {
  const database = new Database(openPglite(null, findPreparedTar()));
  await vacuumDueTables(database);
  await database.rows(sql`create table busy (a integer)`);
  await database.rows(sql`create table quiet (a integer)`);
  await database.rows(sql`insert into busy select generate_series(1, 2000)`);
  await database.rows(sql`insert into quiet select generate_series(1, 10)`);
  await database.rows(sql`update busy set a = a + 1`);
  await database.rows(sql`select pg_stat_force_next_flush()`);
  const due = await vacuumDueTables(database);
  expect(due).toContain("busy");
  expect(due).not.toContain("quiet");
  const [busy] = await database.rows(sql<{ deadRows: number }>`
    select n_dead_tup as dead_rows from pg_stat_user_tables where relname = 'busy'`);
  expect(busy).toEqual({ deadRows: 0 });
  expect(await vacuumDueTables(database)).not.toContain("busy");
  await database.close();
});
