import { CompiledQuery, type Kysely, sql } from "kysely";
import { AUDIT_TRIGGERS } from "../audit/audited-tables.ts";
import { StoreError } from "../errors.ts";
import { FIRST_CALL } from "./0001-first-call.ts";
import { LIMITS_AND_PERMISSIONS } from "./0002-limits-and-permissions.ts";
import { PEERS_AND_WEBHOOKS } from "./0003-peers-and-webhooks.ts";
import { RECORDINGS } from "./0004-recordings.ts";
import { NUMBERS } from "./0005-numbers.ts";
import { KEYS } from "./0006-keys.ts";
import { USERS } from "./0007-users.ts";
import { AUDIT } from "./0008-audit.ts";
import { USAGE } from "./0009-usage.ts";
import { CALLER_IDS } from "./0010-caller-ids.ts";
import { CATALOGUE } from "./0011-catalogue.ts";
import { LIVE_CALLS } from "./0012-live-calls.ts";
import { CALL_STATISTICS } from "./0013-call-statistics.ts";
import { SIP_CAPTURES } from "./0014-sip-captures.ts";
import { WEBHOOK_LOG } from "./0015-webhook-log.ts";

/** Every schema change, oldest first. Published ones are never edited: a new one is added. */
export const MIGRATIONS: readonly { readonly name: string; readonly statements: readonly string[] }[] = [
  { name: "first call", statements: FIRST_CALL },
  { name: "limits and permissions", statements: LIMITS_AND_PERMISSIONS },
  { name: "peers and webhooks", statements: PEERS_AND_WEBHOOKS },
  { name: "recordings", statements: RECORDINGS },
  { name: "numbers", statements: NUMBERS },
  { name: "keys", statements: KEYS },
  { name: "users", statements: USERS },
  { name: "audit", statements: AUDIT },
  { name: "usage", statements: USAGE },
  { name: "caller ids", statements: CALLER_IDS },
  { name: "catalogue", statements: CATALOGUE },
  { name: "live calls", statements: LIVE_CALLS },
  { name: "call statistics", statements: CALL_STATISTICS },
  { name: "sip captures", statements: SIP_CAPTURES },
  { name: "webhook log", statements: WEBHOOK_LOG },
];

/** Key of the PostgreSQL advisory lock that keeps two starting processes from migrating at once. */
const MIGRATION_LOCK = 0x7472_756e;

/**
 * Brings the schema to this version, in one transaction. Forward only: data of a newer version is refused with `STORE_TOO_NEW` and
 * left alone.
 */
export async function migrate(kysely: Kysely<unknown>): Promise<void> {
  await kysely.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(${sql.lit(MIGRATION_LOCK)})`.execute(transaction);
    await sql`
      create table if not exists schema_migrations (
        version integer primary key, name text not null, applied_at timestamptz not null default now()
      )`.execute(transaction);
    const { rows } = await sql<{ version: number }>`
      select coalesce(max(version), 0) as version from schema_migrations`.execute(transaction);
    const current = rows[0]?.version ?? 0;
    if (current > MIGRATIONS.length) {
      throw new StoreError(
        "STORE_TOO_NEW",
        `the data has schema version ${current}, this program knows ${MIGRATIONS.length}: use a newer version of it`,
      );
    }
    for (const [index, { name, statements }] of MIGRATIONS.entries()) {
      if (index < current) continue;
      for (const statement of statements) await transaction.executeQuery(CompiledQuery.raw(statement));
      await sql`insert into schema_migrations (version, name) values (${index + 1}, ${name})`.execute(transaction);
    }
    if (current === MIGRATIONS.length) return;
    for (const statement of AUDIT_TRIGGERS) await transaction.executeQuery(CompiledQuery.raw(statement));
  });
}
