import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const scenarios = fileURLToPath(new URL("../interop/sipp/", import.meta.url));

export const haveSipp = spawnSync("sh", ["-c", "command -v sipp"]).status === 0;

/** Keys of what the scenarios offer and answer, unless told otherwise. */
const PLAIN_MEDIA = { profile: "RTP/AVP", attribute: "a=sendrecv" };

export type SippRun = {
  /** File name in `test/interop/sipp`. */
  readonly scenario: string;
  readonly target?: string;
  readonly address: string;
  readonly port: number;
  readonly calls?: number;
  readonly perSecond?: number;
  /** `{word}` replacements, where SIPp takes no keyword: in a start line. */
  readonly words?: Readonly<Record<string, string>>;
  /** `[keyword]` replacements by `-key`. */
  readonly keys?: Readonly<Record<string, string>>;
  readonly auth?: { readonly username: string; readonly password: string };
  readonly extra?: readonly string[];
  readonly limitSec?: number;
  /** A command in front, such as `taskset -c 1`. */
  readonly prefix?: readonly string[];
  /** Files a scenario plays, by name in its working directory. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
  /** No message log: for load. */
  readonly quiet?: boolean;
};

type SippResult = {
  readonly successful: number;
  readonly failed: number;
  readonly retransmissions: number;
  /** Calls that failed because the connection was closed, and because nothing came in time. */
  readonly failures: { readonly tcpClosed: number; readonly timeout: number };
  /** Messages as SIPp logged them (with `-trace_msg` in `extra`). */
  readonly messages: string;
  /** What SIPp wrote when it failed. */
  readonly errors: string;
};

export type Sipp = {
  readonly done: Promise<SippResult>;
  /** Lets the calls under way end. */
  stop(): void;
  /** Ends at once. */
  kill(): void;
};

/** Starts SIPp with a scenario of ours; `done` gives its own counters. */
export function startSipp(run: SippRun): Sipp {
  const dir = mkdtempSync(join(tmpdir(), "trunkline-sipp-"));
  for (const [name, content] of Object.entries(run.files ?? {})) writeFileSync(join(dir, name), content);
  const scenario = join(dir, "scenario.xml");
  writeFileSync(scenario, fill(readFileSync(join(scenarios, run.scenario), "utf8"), run.words ?? {}));
  const args = [
    ...(run.target ? [run.target] : []),
    ...["-sf", scenario, "-i", run.address, "-p", String(run.port), "-mi", run.address],
    ...["-m", String(run.calls ?? 1), "-r", String(run.perSecond ?? 10), "-l", "5000", "-nostdin", "-timeout_error"],
    ...["-timeout", `${run.limitSec ?? 60}s`, "-trace_stat", "-stf", join(dir, "stat.csv"), "-fd", "1"],
    ...["-trace_err", "-error_file", join(dir, "errors.log")],
    ...(run.quiet ? [] : ["-trace_msg", "-message_file", join(dir, "messages.log")]),
    ...Object.entries({ ...PLAIN_MEDIA, ...run.keys }).flatMap(([key, value]) => ["-key", key, value]),
    ...(run.auth ? ["-au", run.auth.username, "-ap", run.auth.password] : []),
    ...(run.extra ?? []),
  ];
  const [command = "sipp", ...rest] = [...(run.prefix ?? []), "sipp", ...args];
  const child = spawn(command, rest, { cwd: dir, stdio: "ignore" });
  const done = once(child, "exit").then(() => {
    const result = readResult(dir);
    rmSync(dir, { recursive: true, force: true });
    return result;
  });
  return { done, stop: () => void child.kill("SIGUSR1"), kill: () => void child.kill("SIGKILL") };
}

function fill(text: string, words: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => words[name] ?? whole);
}

function readResult(dir: string): SippResult {
  const files = readdirSync(dir);
  const read = (name: string): string => (files.includes(name) ? readFileSync(join(dir, name), "latin1") : "");
  const lines = read("stat.csv").trim().split("\n");
  const names = lines[0]?.split(";") ?? [];
  const values = lines.at(-1)?.split(";") ?? [];
  const number = (name: string): number => Number(values[names.indexOf(name)] ?? Number.NaN);
  return {
    successful: number("SuccessfulCall(C)"),
    failed: number("FailedCall(C)"),
    retransmissions: number("Retransmissions(C)"),
    failures: { tcpClosed: number("FailedTcpClosed(C)"), timeout: number("FailedTimeoutOnRecv(C)") },
    messages: read("messages.log"),
    errors: read("errors.log"),
  };
}
