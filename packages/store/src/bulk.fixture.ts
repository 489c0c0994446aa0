import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import { openStore } from "./open-store.ts";
import { findPostgres, makePostgres } from "./postgres.fixture.ts";

/** Where a store of its own is, filled by plain SQL. */
export type FilledStore = { readonly url: string; remove(): Promise<void> };

/** Makes a store on a new PostgreSQL server, and runs statements that fill its tables; no write-ahead log of call records. */
export async function fillPostgres(statements: Iterable<string>, encryptionKey: Uint8Array): Promise<FilledStore> {
  const programs = findPostgres();
  if (programs === undefined) throw new Error("PostgreSQL is not installed");
  const server = await makePostgres(programs);
  try {
    const url = await server.newDatabase();
    await (await openStore({ url, encryptionKey })).close();
    const client = new pg.Client(url);
    await client.connect();
    await client.query("set synchronous_commit = off");
    await client.query("alter table call_records set unlogged");
    for (const statement of statements) await client.query(statement);
    await client.end();
    return { url, remove: () => server.remove() };
  } catch (error) {
    await server.remove();
    throw error;
  }
}

/** Makes an embedded store in a new directory, and runs statements that fill its tables. */
export async function fillPglite(statements: Iterable<string>, encryptionKey: Uint8Array): Promise<FilledStore> {
  const directory = mkdtempSync(join(tmpdir(), "trunkline-filled-"));
  const remove = async (): Promise<void> => rmSync(directory, { recursive: true, force: true });
  try {
    const url = `pglite:${directory}`;
    await (await openStore({ url, encryptionKey })).close();
    const database = new PGlite(directory);
    for (const statement of statements) await database.exec(statement);
    await database.close();
    return { url, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
