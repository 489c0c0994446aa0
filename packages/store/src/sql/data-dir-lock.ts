import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { StoreError } from "../errors.ts";

/** Directories this process has open: a lock file with our own process id says nothing about a second opening. */
const heldHere = new Set<string>();

/**
 * Takes a data directory for this process alone: two PostgreSQL engines on one directory destroy it.
 *
 * The lock is the file `{dataDir}.lock` with process id and start time, so that it dies with its process, even by kill -9. Processes
 * that do not see each other (containers with separate process ids sharing a volume) are not kept apart.
 *
 * @returns gives the lock back; throws `STORE_IN_USE` when a living process has it
 */
export function lockDataDir(dataDir: string): () => void {
  const path = `${dataDir}.lock`;
  const holder = readHolder(path);
  if (heldHere.has(dataDir) || (holder !== undefined && isAlive(holder))) {
    throw new StoreError("STORE_IN_USE", `${dataDir} is open in process ${holder?.pid ?? process.pid}`);
  }
  rmSync(path, { force: true });
  writeFileSync(path, `${process.pid} ${startTime(process.pid)}\n`, { flag: "wx" });
  heldHere.add(dataDir);
  return () => {
    heldHere.delete(dataDir);
    rmSync(path, { force: true });
  };
}

type Holder = { readonly pid: number; readonly started: string };

function readHolder(path: string): Holder | undefined {
  try {
    const [pid, started] = readFileSync(path, "utf8").trim().split(" ");
    return pid === undefined || started === undefined ? undefined : { pid: Number(pid), started };
  } catch {
    return undefined;
  }
}

function isAlive({ pid, started }: Holder): boolean {
  // Process ids are used again, by ourselves too after a restart of a container; the start time tells the two apart.
  if (pid === process.pid || startTime(pid) !== started) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Start of a process in clock ticks since boot (field 22 of proc(5) stat), `-` where the system has no /proc or no such process. */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the command in parentheses and may hold blanks.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "-";
  } catch {
    return "-";
  }
}
