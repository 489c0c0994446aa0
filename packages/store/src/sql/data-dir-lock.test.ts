import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { lockDataDir } from "./data-dir-lock.ts";

const root = mkdtempSync(join(tmpdir(), "trunkline-lock-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const statOf = (pid: number): string => readFileSync(`/proc/${pid}/stat`, "utf8");
const startOf = (pid: number): string =>
  statOf(pid)
    .slice(statOf(pid).lastIndexOf(")") + 2)
    .split(" ")[19] ?? "";

it("is refused to a second taker in this process until it is given back", () => {
  const directory = join(root, "own");
  const unlock = lockDataDir(directory);
  expect(() => lockDataDir(directory)).toThrow(expect.objectContaining({ code: "STORE_IN_USE" }));
  unlock();
  expect(existsSync(`${directory}.lock`)).toBe(false);
  lockDataDir(directory)();
});

it("is refused while another living process has it, and taken over once that is dead", async () => {
  const directory = join(root, "foreign");
  const other = spawn("sleep", ["60"]);
  await once(other, "spawn");
  const pid = other.pid ?? 0;
  writeFileSync(`${directory}.lock`, `${pid} ${startOf(pid)}\n`);
  expect(() => lockDataDir(directory)).toThrow(`open in process ${pid}`);
  const exited = once(other, "exit");
  other.kill("SIGKILL");
  await exited;
  lockDataDir(directory)();
});

it.each([
  ["of an earlier process with the same id as ours", `${process.pid} 1\n`],
  ["of a process whose id another one has now", `${process.ppid} 1\n`],
  ["that is empty", ""],
  ["that is garbage", "x"],
])("takes over a lock file %s", (_title, contents) => {
  const directory = join(root, "stale");
  writeFileSync(`${directory}.lock`, contents);
  lockDataDir(directory)();
});
