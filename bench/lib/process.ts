import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";

const TICKS_PER_SECOND = 100;

export const has = (program: string): boolean => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;

/** CPU seconds (user + system) that a process and its descendants have used so far. */
export function cpuSeconds(rootPid: number): number {
  return descendants(rootPid).reduce((sum, pid) => {
    const fields = stat(pid);
    return sum + (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS_PER_SECOND;
  }, 0);
}

/** Proportional set size of a process and its descendants, MiB. */
export function memoryMiB(rootPid: number): number {
  const kib = descendants(rootPid).reduce((sum, pid) => {
    try {
      return sum + Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0);
    } catch {
      return sum;
    }
  }, 0);
  return kib / 1024;
}

/** Fields of /proc/PID/stat from the state on; empty for a process that is gone. */
function stat(pid: number): readonly string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}

function descendants(rootPid: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc").filter((one) => /^\d+$/.test(one))) {
    const parent = Number(stat(Number(name))[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found: number[] = [];
  const open = [rootPid];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    found.push(pid);
    open.push(...(children.get(pid) ?? []));
  }
  return found;
}

/** Starts a program pinned to one CPU, so that what is measured and what loads it do not share one. */
export function pinned(
  cpu: number,
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
  stdout: "ignore" | "pipe" = "ignore",
): ChildProcess {
  return spawn("taskset", ["-c", String(cpu), ...command], {
    stdio: ["ignore", stdout, "ignore"],
    env: { ...process.env, ...env },
  });
}

/** Ends a program and waits until it is gone. */
export async function stop(child: ChildProcess, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill(signal);
  await exited;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
