import { PGlite } from "@electric-sql/pglite";
import { CompiledQuery, Kysely, PGliteDialect } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrate } from "../migrations/migrate.ts";
import { UNAUDITED } from "./audited-tables.ts";

const kysely = new Kysely<unknown>({ dialect: new PGliteDialect({ pglite: new PGlite() }) });
async function rows<T>(text: string): Promise<readonly T[]> {
  return (await kysely.executeQuery(CompiledQuery.raw(text))).rows as T[];
}

beforeAll(() => migrate(kysely), 60_000);
afterAll(() => kysely.destroy());

describe("ACC-4: no way of writing configuration escapes the audit", () => {
  it("a table is watched, or is one of those that are not, for a reason", async () => {
    const tables = await rows<{ name: string; triggers: string }>(`
      select relname as name, string_agg(tgname, ' ' order by tgname) as triggers
        from pg_class left join pg_trigger on tgrelid = pg_class.oid and tgname like 'audited\\_%' and tgenabled = 'O'
       where relkind = 'r' and relnamespace = 'public'::regnamespace group by relname`);
    const watched = tables.filter(({ triggers }) => triggers === "audited_delete audited_insert audited_update");
    const unwatched = tables.filter(({ triggers }) => triggers === null);
    expect(watched.length + unwatched.length).toBe(tables.length);
    expect(unwatched.map(({ name }) => name).sort()).toEqual(Object.keys(UNAUDITED).sort());
  });

  it("what moves to another account is told to both", async () => {
    await rows(`
      insert into accounts (sid, friendly_name, status, type, auth_token, auth_token_mac)
      values ('AC1', 'from', 'active', 'Full', '', ''), ('AC2', 'to', 'active', 'Full', '', '')`);
    await rows(`
      insert into ip_access_control_lists (sid, account_sid, friendly_name)
      values ('AL1', 'AC1', 'office'), ('AL2', 'AC1', 'plant')`);
    await rows("update ip_access_control_lists set account_sid = 'AC2' where sid = 'AL1'");
    expect(
      await rows(`
        select account_sid, parent_key, changes from audit_events
         where event_type = 'sip-ip-access-control-list.updated' order by account_sid`),
    ).toEqual(
      ["AC1", "AC2"].map((account) => ({
        account_sid: account,
        parent_key: account,
        changes: { account_sid: { previous: "AC1", updated: "AC2" } },
      })),
    );
  });

  it("a statement that changes many rows writes their events at once", async () => {
    await rows(`
      insert into caller_names (e164, caller_name) select '+1202555' || lpad(n::text, 4, '0'), 'Acme' from generate_series(1, 5000) as n`);
    await rows("update caller_names set caller_name = 'Acme Ltd' where e164 >= '+12025554001'");
    const [counts] = await rows<object>(`
      select count(*) filter (where event_type = 'caller-name.created') as created,
             count(*) filter (where event_type = 'caller-name.updated') as updated
        from audit_events where resource_type = 'caller-name'`);
    expect(counts).toEqual({ created: 5000, updated: 1000 });
  });

  it("a number of the inventory that is changed by itself is told of, and those of an import are not", async () => {
    const numbers = (from: number, to: number): string => `
      insert into inventory_numbers (sid, e164, iso_country, type, monthly_price_micros, capabilities, state)
      select 'IN' || n, '+1202556' || n, 'US', 'local', 1000000, '{voice}', 'available' from generate_series(${from}, ${to}) as n`;
    await rows(numbers(1000, 1000));
    await rows(numbers(2000, 2499));
    await rows("update inventory_numbers set monthly_price_micros = 2000000 where sid = 'IN2000'");
    await rows("update inventory_numbers set account_sid = 'AC1', sold_at = now() where sid = 'IN2001'");
    await rows("delete from inventory_numbers where sid like 'IN24%'");
    expect(
      await rows(`
        select event_type, resource_key from audit_events where resource_type = 'inventory-number' order by ordinal`),
    ).toEqual([
      { event_type: "inventory-number.created", resource_key: "IN1000" },
      { event_type: "inventory-number.updated", resource_key: "IN2000" },
    ]);
  });
});
