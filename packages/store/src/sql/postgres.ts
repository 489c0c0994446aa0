import { PostgresDialect } from "kysely";
import pg from "pg";
import type { Engine, Listening, OnProblem } from "./engine.ts";
import { READERS } from "./values.ts";

/** Connections of one process. Configuration and records are short transactions; more would only queue inside the server. */
const POOL_SIZE = 8;
const CONNECT_WITHIN_MS = 5_000;
/** No statement of ours should take this long; a hanging network must not hold a connection for ever. */
const STATEMENT_WITHIN_MS = 30_000;
const RECONNECT_FIRST_MS = 200;
const RECONNECT_LAST_MS = 5_000;

/** Our readers where both drivers must agree, pg's own for every other type. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: "text" | "binary") =>
    READERS[oid] ?? pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

/**
 * A PostgreSQL server (15 or newer) behind a pool. Durability is the server's: with its default `synchronous_commit = on` a commit is
 * fsynced (and replicated, where it is told to) before it is acknowledged.
 *
 * @param url `postgres://user:password@host:port/database`, with the parameters of libpq that `pg` knows (`sslmode` ...)
 */
export function openPostgres(url: string, onProblem: OnProblem): Engine {
  const settings: pg.PoolConfig = {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    statement_timeout: STATEMENT_WITHIN_MS,
    application_name: "trunkline",
    keepAlive: true,
    types,
  };
  const pool = new pg.Pool({ ...settings, max: POOL_SIZE });
  // An idle connection was cut; the pool has dropped it already. Without a listener Node would end the process.
  pool.on("error", onProblem);
  return {
    dialect: new PostgresDialect({ pool }),
    listen: (channel, signal) => listen(settings, channel, signal, onProblem),
    needsVacuum: false,
    release: async () => {},
  };
}

/** Keeps one connection in LISTEN and comes back when it is cut. What was missed meanwhile is one `signal` after reconnecting. */
function listen(settings: pg.ClientConfig, channel: string, signal: () => void, onProblem: OnProblem): Listening {
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let waitMs = RECONNECT_FIRST_MS;
  let stopped = false;

  const connect = async (): Promise<void> => {
    const next = new pg.Client(settings);
    client = next;
    next.on("notification", signal);
    const lost = (problem: Error): void => {
      if (client !== next) return;
      client = undefined;
      next.removeAllListeners("notification");
      next.end().catch(onProblem);
      if (stopped) return;
      onProblem(problem);
      timer = setTimeout(() => void connect(), waitMs);
      waitMs = Math.min(2 * waitMs, RECONNECT_LAST_MS);
    };
    next.on("error", lost);
    next.on("end", () => lost(new Error("the connection that listens for changes was closed")));
    try {
      await next.connect();
      await next.query(`listen ${next.escapeIdentifier(channel)}`);
      waitMs = RECONNECT_FIRST_MS;
      signal();
    } catch (error) {
      lost(error as Error);
    }
  };

  void connect();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      const last = client;
      client = undefined;
      // Not for `connect`: pg never settles the connecting of a client that was ended meanwhile.
      await last?.end();
    },
  };
}
