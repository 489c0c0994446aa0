import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, globSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";

/** A PostgreSQL server of its own in a temporary directory, on a free port of 127.0.0.1. */
export type PostgresServer = {
  /** Address of a new, empty database. */
  newDatabase(): Promise<string>;
  /** Cuts every connection and refuses new ones until `start`. */
  halt(): Promise<void>;
  start(): Promise<void>;
  remove(): Promise<void>;
};

/** Directory of Debian's newest server programs, undefined when PostgreSQL is not installed. */
export function findPostgres(): string | undefined {
  return globSync("/usr/lib/postgresql/*/bin")
    .filter((directory) => existsSync(join(directory, "initdb")))
    .sort((a, b) => Number(a.split("/")[4]) - Number(b.split("/")[4]))
    .at(-1);
}

export async function makePostgres(programs: string): Promise<PostgresServer> {
  const directory = mkdtempSync(join(tmpdir(), "trunkline-postgres-"));
  const user = serverUser();
  if (user !== undefined) chownSync(directory, user.uid, user.gid);
  const data = join(directory, "data");
  const asServer = { ...user, cwd: directory };
  execFileSync(join(programs, "initdb"), ["-D", data, "-U", "trunkline", "--auth=trust", "--no-sync"], {
    ...asServer,
    stdio: "pipe",
  });
  const port = await freePort();
  const url = (database: string): string => `postgres://trunkline@127.0.0.1:${port}/${database}`;
  let server: ChildProcess | undefined;
  let databases = 0;

  const start = async (): Promise<void> => {
    server = await startServer(join(programs, "postgres"), data, port, asServer);
  };
  const halt = async (): Promise<void> => {
    if (server === undefined || server.exitCode !== null) return;
    const exited = once(server, "exit");
    // Fast shutdown: sessions are cut, the data is left clean.
    server.kill("SIGINT");
    await exited;
  };

  await start();
  return {
    async newDatabase() {
      const name = `test_${++databases}`;
      const client = new pg.Client(url("postgres"));
      await client.connect();
      await client.query(`create database ${name}`);
      await client.end();
      return url(name);
    },
    halt,
    start,
    async remove() {
      await halt();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Resolves when the server takes connections. */
function startServer(program: string, data: string, port: number, asServer: SpawnOptions): Promise<ChildProcess> {
  const settings = ["listen_addresses=127.0.0.1", `unix_socket_directories=${asServer.cwd}`];
  const server = spawn(program, ["-D", data, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])], {
    ...asServer,
    stdio: ["ignore", "ignore", "pipe"],
  });
  return new Promise((resolve, reject) => {
    let log = "";
    server.stderr?.on("data", (chunk: Buffer) => {
      log += chunk;
      if (log.includes("ready to accept connections")) resolve(server);
    });
    server.once("exit", () => reject(new Error(`postgres did not start: ${log}`)));
  });
}

/** PostgreSQL refuses to run as root; Debian's package brings a user for it. */
function serverUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, "close");
  return port;
}
