import pg from "pg";

/** What a PostgreSQL server says of itself. */
export type DatabaseFacts = {
  /** Such as 16.4. */
  readonly version: string;
  /** Its clock. */
  readonly nowMs: number;
  /** A standby, which takes no changes. */
  readonly readOnly: boolean;
};

const WITHIN_MS = 5_000;

/** Asks a PostgreSQL server whether it can be used, without changing anything there. Rejects with the driver's error. */
export async function checkDatabase(url: string): Promise<DatabaseFacts> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: WITHIN_MS, query_timeout: WITHIN_MS });
  // A connection that is cut later is told by the query.
  client.on("error", () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ version: string; now: string; standby: boolean }>(
      "select current_setting('server_version') as version, extract(epoch from now()) * 1000 as now, pg_is_in_recovery() as standby",
    );
    const [row] = rows;
    return { version: row?.version ?? "", nowMs: Number(row?.now), readOnly: row?.standby ?? false };
  } finally {
    await client.end();
  }
}
