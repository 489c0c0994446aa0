import { sql } from "kysely";
import type { Database } from "./database.ts";
import type { OnProblem } from "./engine.ts";

const EVERY_MS = 60_000;

/**
 * What PostgreSQL's autovacuum does and an embedded engine has nobody for: gives back the room of dead rows, keeps the planner's
 * statistics and freezes old transaction ids, by autovacuum's default rules. One table at a time; others wait for it meanwhile.
 */
export function keepHouse(database: Database, onProblem: OnProblem): { stop(): Promise<void> } {
  let running: Promise<unknown> | undefined;
  const timer = setInterval(() => {
    running ??= vacuumDueTables(database)
      .catch(onProblem)
      .finally(() => {
        running = undefined;
      });
  }, EVERY_MS);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}

/** @returns the tables that were due */
export async function vacuumDueTables(database: Database): Promise<readonly string[]> {
  const due = await database.rows(sql<{ schemaname: string; relname: string }>`
    select stat.schemaname, stat.relname
      from pg_stat_all_tables as stat join pg_class as class on class.oid = stat.relid
     where class.relkind = 'r'
       and (stat.n_dead_tup > 50 + 0.2 * stat.n_live_tup
         or stat.n_ins_since_vacuum > 1000 + 0.2 * stat.n_live_tup
         or stat.n_mod_since_analyze > 50 + 0.1 * stat.n_live_tup
         or age(class.relfrozenxid) > 200000000)`);
  for (const { schemaname, relname } of due) {
    await database.rows(sql`vacuum (analyze) ${sql.raw(`"${schemaname}"."${relname}"`)}`);
  }
  return due.map(({ relname }) => relname);
}
