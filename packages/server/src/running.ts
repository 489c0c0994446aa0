import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Demo } from "./demo.ts";
import { writePrivately } from "./secrets.ts";

/** What a running platform tells the commands beside it: `running.json` in the data directory, readable by its owner only. */
export type Running = {
  readonly pid: number;
  readonly api: string;
  readonly sip: readonly string[];
  readonly zone: string;
  readonly operator: { readonly sid: string; readonly token: string };
  readonly demo: Demo | null;
};

const path = (dataDir: string): string => join(dataDir, "running.json");

export function announceRunning(dataDir: string, running: Running): void {
  writePrivately(path(dataDir), running);
}

export function retractRunning(dataDir: string): void {
  rmSync(path(dataDir), { force: true });
}

/** The platform that runs on this data directory; undefined when none does (a file left by a crash counts as none). */
export function findRunning(dataDir: string): Running | undefined {
  if (!existsSync(path(dataDir))) return undefined;
  const running = JSON.parse(readFileSync(path(dataDir), "utf8")) as Running;
  return isAlive(running.pid) ? running : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
