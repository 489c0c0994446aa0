import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { Mirror } from "../contract/directory.contract.ts";
import { openStore, type StoreOptions } from "../open-store.ts";
import { findPostgres, makePostgres, type PostgresServer } from "../postgres.fixture.ts";
import { callRow, newAccount, newSid, newTrunk } from "../rows.fixture.ts";
import { storeContract } from "../store.contract.ts";
import type { Store } from "../store.ts";

const programs = findPostgres();
const encryptionKey = new Uint8Array(32).fill(7);

if (programs === undefined && process.env["CI"] === "true")
  throw new Error("PostgreSQL is not installed, and CI needs it");

describe.skipIf(programs === undefined)(`PostgreSQL${programs === undefined ? " (not installed)" : ""}`, () => {
  let server: PostgresServer;
  const opened: Store[] = [];
  const open = async (url: string, more: Partial<StoreOptions> = {}): Promise<Store> => {
    const store = await openStore({ url, encryptionKey, onProblem: () => {}, ...more });
    opened.push(store);
    return store;
  };
  beforeAll(async () => {
    server = await makePostgres(programs ?? "");
  }, 60_000);
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((store) => store.close().catch(() => {})));
  });
  afterAll(() => server?.remove());

  storeContract("PostgreSQL", async () => openStore({ url: await server.newDatabase(), encryptionKey }));

  it("processes that start at once on an empty database migrate it once", async () => {
    const url = await server.newDatabase();
    const stores = await Promise.all([open(url), open(url), open(url)]);
    const accountSid = await newAccount(stores[0] as Store);
    expect(await stores[2]?.accounts.fetch(accountSid)).toMatchObject({ sid: accountSid });
  });

  it("refuses data of a newer version and another key", async () => {
    const url = await server.newDatabase();
    await open(url);
    await expect(open(url, { encryptionKey: new Uint8Array(32) })).rejects.toMatchObject({ code: "STORE_WRONG_KEY" });
    await query(url, "insert into schema_migrations (version, name) values (999, 'future')");
    await expect(open(url)).rejects.toMatchObject({ code: "STORE_TOO_NEW" });
  });

  it("a change is with the other processes within a second, by NOTIFY or, where that is not heard, by looking", async () => {
    const url = await server.newDatabase();
    const [writer, reader] = [await open(url), await open(url)];
    const mirror = await Mirror.of(reader.directory);
    const accountSid = await newAccount(writer);
    await vi.waitFor(() => expect(mirror.told()).toEqual([`account ${accountSid} +`]), { timeout: 1_500 });
  });

  it("writers in two processes: both end with the same directory, every number told once and in order", async () => {
    const url = await server.newDatabase();
    const stores = [await open(url), await open(url)] as const;
    const mirrors = await Promise.all(stores.map((store) => Mirror.of(store.directory)));
    const write = async (store: Store): Promise<void> => {
      for (let round = 0; round < 20; round++) {
        const accountSid = await newAccount(store);
        await store.accounts.update(accountSid, { status: "suspended" });
      }
    };
    await Promise.all(stores.map(write));
    const fresh = await Mirror.of((await open(url)).directory);
    for (const mirror of mirrors) {
      await vi.waitFor(() => expect(mirror.rows).toEqual(fresh.rows), { timeout: 3_000 });
      const numbers = mirror.live.map((change) => change.seq);
      expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
    }
  });

  it("stops listening also while it is still connecting", async () => {
    const store = await open(await server.newDatabase());
    for (let round = 0; round < 10; round++) {
      const { stop } = await store.directory.subscribe(() => {});
      await stop();
    }
  });

  it("comes back after its connections were cut, and catches up with what it missed", async () => {
    const url = await server.newDatabase();
    const problems: Error[] = [];
    const reader = await open(url, { onProblem: (problem) => problems.push(problem) });
    const mirror = await Mirror.of(reader.directory);
    await vi.waitFor(async () => {
      const listening = "select 1 from pg_stat_activity where datname = current_database() and query like 'listen %'";
      expect(await query(url, listening)).toHaveLength(1);
    });
    await query(
      url,
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    );
    const accountSid = await newAccount(await open(url));
    await vi.waitFor(() => expect(mirror.rows.has(`account ${accountSid}`)).toBe(true), { timeout: 5_000 });
    expect(problems.length).toBeGreaterThan(0);
  });

  it("says STORE_AWAY while the server is down and works again when it is back", async () => {
    const url = await server.newDatabase();
    const store = await open(url);
    const mirror = await Mirror.of(store.directory);
    const record = callRow(newSid("AC"));
    await server.halt();
    await expect(store.callRecordSink.save([record])).rejects.toMatchObject({ code: "STORE_AWAY" });
    await expect(store.ping()).rejects.toMatchObject({ code: "STORE_AWAY" });
    await expect(open(url)).rejects.toMatchObject({ code: "STORE_AWAY" });
    await server.start();
    await store.callRecordSink.save([record]);
    expect(await store.calls.fetch(record.accountSid, record.sid)).toEqual(record);
    const accountSid = await newAccount(store);
    expect(mirror.rows.has(`account ${accountSid}`)).toBe(true);
  });

  it("keeps auth tokens and HA1s encrypted: nothing in the tables shows them", async () => {
    const url = await server.newDatabase();
    const store = await open(url);
    const accountSid = await newAccount(store);
    const list = { sid: newSid("CL"), accountSid, friendlyName: "users" };
    const secret = "0123456789abcdef0123456789abcdef";
    await store.credentialLists.create(list);
    await store.credentials.create({
      sid: newSid("CR"),
      listSid: list.sid,
      username: "pbx",
      ha1Md5: secret,
      ha1Sha256: secret,
    });
    const trunkSid = await newTrunk(store, accountSid);
    await store.peerSettings.change(trunkSid, { username: "us", password: secret });
    const tables = await query<{ table: string }>(
      url,
      "select tablename as table from pg_tables where schemaname = 'public'",
    );
    for (const { table } of tables) {
      const text = JSON.stringify(
        (await query<{ row: Record<string, unknown> }>(url, `select to_jsonb(t) as row from ${table} as t`)).map(
          ({ row }) =>
            Object.values(row).map((value) =>
              typeof value === "string" && value.startsWith("\\x")
                ? Buffer.from(value.slice(2), "hex").toString("latin1")
                : value,
            ),
        ),
      );
      expect([table, text.includes(secret), text.includes(`token of ${accountSid}`)]).toEqual([table, false, false]);
    }
  });
});

async function query<T extends object>(url: string, text: string): Promise<readonly T[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<T>(text)).rows;
  } finally {
    await client.end();
  }
}
