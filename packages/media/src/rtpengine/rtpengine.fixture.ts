import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { bindUdp } from "../rtp/udp.ts";
import { until } from "../rtp-peer.fixture.ts";
import { type NgAddress, NgClient } from "./ng-client.ts";

const READY_LIMIT_MS = 10_000;

/** Why tests with a real rtpengine cannot run here, or false. Under CI it has to be there. */
export function rtpengineMissing(): string | false {
  if (process.env.CI === "true") return false;
  const { error } = spawnSync("rtpengine", ["--version"], { stdio: "ignore" });
  return error ? "rtpengine is not installed (Debian: rtpengine-daemon)" : false;
}

export type RtpengineOptions = {
  /** Addresses for media. */
  readonly interfaces?: readonly string[];
  readonly portMin?: number;
  readonly portMax?: number;
  /** Where it listens for commands: the port of one that ran before, to take its place; default any. */
  readonly ngPort?: number;
  readonly more?: readonly string[];
};

/** A real rtpengine in user space, as a child of the test. */
export class Rtpengine {
  readonly address: NgAddress;
  readonly #child: ChildProcess;

  private constructor(address: NgAddress, child: ChildProcess) {
    this.address = address;
    this.#child = child;
  }

  /** Resolves when it answers a ping. */
  static async start(options: RtpengineOptions = {}): Promise<Rtpengine> {
    const address = { host: "127.0.0.1", port: options.ngPort ?? (await freePort()) };
    const child = spawn(
      "rtpengine",
      [
        "--config-file=none",
        "--table=-1",
        "--foreground",
        "--log-stderr",
        "--num-threads=1",
        "--mos=LQ",
        `--listen-ng=${address.host}:${address.port}`,
        ...(options.interfaces ?? ["127.0.0.1"]).map((one) => `--interface=${one}`),
        `--port-min=${options.portMin ?? 22_000}`,
        `--port-max=${options.portMax ?? 23_999}`,
        ...(options.more ?? []),
      ],
      { stdio: "ignore" },
    );
    const rtpengine = new Rtpengine(address, child);
    await rtpengine.#answers();
    return rtpengine;
  }

  /** kill -9, and wait until it is gone. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** It stays, and does nothing any more, as behind a broken network. Resolves when each of its threads has stopped. */
  async freeze(): Promise<void> {
    this.#child.kill("SIGSTOP");
    const tasks = `/proc/${this.#child.pid}/task`;
    const isStopped = (task: string): boolean => readFileSync(`${tasks}/${task}/stat`, "latin1").includes(") T ");
    await until(() => readdirSync(tasks).every(isStopped), "rtpengine has stopped");
  }

  thaw(): void {
    this.#child.kill("SIGCONT");
  }

  async #answers(): Promise<void> {
    const client = new NgClient(this.address);
    const endMs = performance.now() + READY_LIMIT_MS;
    while ((await client.request({ command: "ping" }, 500)).kind !== "ok") {
      if (performance.now() > endMs || this.#child.exitCode !== null) {
        await this.kill();
        throw new Error("rtpengine does not start");
      }
    }
    client.close();
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined) return;
    const exited = once(this.#child, "exit");
    this.#child.kill(signal);
    await exited;
  }
}

async function freePort(): Promise<number> {
  const socket = await bindUdp("127.0.0.1", 0);
  const { port } = socket.address();
  await new Promise<void>((closed) => socket.close(() => closed()));
  return port;
}
