import { PGlite } from "@electric-sql/pglite";
import { CompiledQuery, Kysely, PGliteDialect, sql } from "kysely";
import { expect, it } from "vitest";
import { MIGRATIONS, migrate } from "./migrate.ts";

/** A database as version 1 of the schema left it, with one account. */
async function firstVersion(): Promise<Kysely<unknown>> {
  const kysely = new Kysely<unknown>({ dialect: new PGliteDialect({ pglite: new PGlite() }) });
  for (const statement of MIGRATIONS[0]?.statements ?? []) await kysely.executeQuery(CompiledQuery.raw(statement));
  await sql`create table schema_migrations (
    version integer primary key, name text not null, applied_at timestamptz not null default now())`.execute(kysely);
  await sql`insert into schema_migrations (version, name) values (1, 'first call')`.execute(kysely);
  await sql`
    insert into accounts (sid, friendly_name, status, type, auth_token, auth_token_mac)
    values ('AC1', 'Acme', 'active', 'Full', '', '')`.execute(kysely);
  return kysely;
}

it("data of the first version goes on, and its accounts may still call everywhere (TERM-13)", {
  timeout: 60_000,
}, async () => {
  const kysely = await firstVersion();
  await migrate(kysely);
  await migrate(kysely);
  const permissions = await sql`select * from dialing_permissions`.execute(kysely);
  expect(permissions.rows).toEqual([
    { account_sid: "AC1", destination: "*", low_risk: true, high_risk_special: true, high_risk_toll_fraud: true },
  ]);
  const versions = await sql<{ version: number }>`select version from schema_migrations order by version`.execute(
    kysely,
  );
  expect(versions.rows.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, index) => index + 1));
  await kysely.destroy();
});
