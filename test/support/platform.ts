import { type ChildProcess, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const READY_LIMIT_MS = 60_000;

/** What `trunkline serve --json` prints when it is ready. */
type Ready = {
  readonly pid: number;
  readonly api: string;
  readonly sip: readonly string[];
  readonly zone: string;
  readonly startedInMs: number;
  readonly operator: { readonly sid: string; readonly token: string };
  readonly demo: {
    readonly accountSid: string;
    readonly authToken: string;
    readonly domain: string;
    readonly username: string;
    readonly password: string;
    readonly numbers: readonly string[];
    readonly console: { readonly email: string; readonly password: string };
  };
  /** At the first start alone. */
  readonly operatorLogin?: { readonly email: string; readonly password: string };
};

export type PlatformOptions = {
  /** A data directory to start on again; default: a new one, removed by `stop`. */
  readonly dataDir?: string;
  readonly bind?: string;
  readonly sipPort?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** A command in front, such as `ip netns exec name`. */
  readonly prefix?: readonly string[];
};

/** A real Trunkline in a process of its own, as a stranger would run it, with the demo account and the simulated PSTN. */
export type Platform = Ready & {
  readonly dataDir: string;
  readonly sipHost: string;
  /** UDP and TCP. */
  readonly sipPort: number;
  readonly sipsPort: number;
  readonly process: ChildProcess;
  /** Everything it wrote to stderr so far. */
  log(): string;
  /** kill -9, and wait until it is gone. */
  crash(): Promise<void>;
  /** SIGTERM, wait for the graceful end, remove the data directory if it was made here. Gives the exit code. */
  stop(): Promise<number | null>;
  /** JSON of the API with the demo account's credentials (or the operator's). */
  get<T>(path: string, as?: "demo" | "operator"): Promise<T>;
  post<T>(path: string, form: Readonly<Record<string, string>>, as?: "demo" | "operator"): Promise<T>;
  delete(path: string, as?: "demo" | "operator"): Promise<void>;
};

/** Starts a platform and waits for its ready line; rejects with its log when it ends or stays silent. */
export async function startPlatform(options: PlatformOptions = {}): Promise<Platform> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "trunkline-e2e-"));
  const bind = options.bind ?? "127.0.0.1";
  const sipPort = options.sipPort ?? (await freeSipPort(bind));
  const node = join(root, "node_modules", ".bin", "node");
  const command = [...(options.prefix ?? []), node, join(root, "packages/server/bin/trunkline.js"), "serve", "--json"];
  const child = spawn(command[0] as string, command.slice(1), {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      TRUNKLINE_DATA_DIR: dataDir,
      TRUNKLINE_BIND: bind,
      TRUNKLINE_SIP_PORT: String(sipPort),
      TRUNKLINE_SIPS_PORT: "0",
      TRUNKLINE_HTTP: `${bind}:${await freeTcpPort()}`,
      TRUNKLINE_DEMO: "true",
      TRUNKLINE_LOG: "warn",
      ...options.env,
    },
  });
  const log: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => log.push(text));
  const ready = await readyLine(child, log);
  return {
    ...ready,
    dataDir,
    sipHost: bind,
    sipPort,
    sipsPort: Number(/:(\d+)$/.exec(ready.sip.find((one) => one.startsWith("tls:")) ?? "")?.[1]),
    process: child,
    log: () => log.join(""),
    crash: () => end(child, "SIGKILL").then(() => undefined),
    stop: async () => {
      const code = await end(child, "SIGTERM");
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
      return code;
    },
    get: async <T>(path: string, as?: "demo" | "operator") => (await (await request(ready, path, as)).json()) as T,
    post: async <T>(path: string, form: Readonly<Record<string, string>>, as?: "demo" | "operator") =>
      (await (await request(ready, path, as, { method: "POST", body: new URLSearchParams(form) })).json()) as T,
    delete: async (path, as) => {
      await request(ready, path, as, { method: "DELETE" });
    },
  };
}

async function readyLine(child: ChildProcess, log: readonly string[]): Promise<Ready> {
  if (!child.stdout) throw new Error("no output to read");
  const limit = AbortSignal.timeout(READY_LIMIT_MS);
  const lines = createInterface({ input: child.stdout });
  const [line] = (await Promise.race([
    once(lines, "line", { signal: limit }),
    once(child, "exit", { signal: limit }).then(([code]) => {
      throw new Error(`the platform ended with ${code} before it was ready:\n${log.join("")}`);
    }),
  ])) as [string];
  return JSON.parse(line) as Ready;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = once(child, "exit") as Promise<[number | null]>;
  child.kill(signal);
  return (await exited)[0];
}

async function request(
  ready: Ready,
  path: string,
  as: "demo" | "operator" = "demo",
  rest: RequestInit = {},
): Promise<Response> {
  const [sid, token] =
    as === "demo" ? [ready.demo.accountSid, ready.demo.authToken] : [ready.operator.sid, ready.operator.token];
  const authorization = `Basic ${Buffer.from(`${sid}:${token}`).toString("base64")}`;
  const response = await fetch(`${ready.api}${path}`, { ...rest, headers: { authorization } });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response;
}

/** A UDP port that was free a moment ago. */
export async function freeUdpPort(address = "127.0.0.1"): Promise<number> {
  const socket = createSocket("udp4");
  socket.bind(0, address);
  await once(socket, "listening");
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}

/** A port that was free for UDP and TCP a moment ago. */
export async function freeSipPort(address = "127.0.0.1"): Promise<number> {
  for (;;) {
    const port = await freeUdpPort(address);
    const free = await freeTcpPort(address, port).catch(() => undefined);
    if (free !== undefined) return free;
  }
}

async function freeTcpPort(address = "127.0.0.1", wanted = 0): Promise<number> {
  const server = createServer().listen(wanted, address);
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
