// What the scripts of package.json share. Runs on any Node from 20 and on the standard library alone: nothing is installed yet.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));
const bin = join(root, "node_modules", ".bin");

/** The environment in which the project's own Node and tools come first. */
export const projectEnv = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ""}` };

/** Prints a line about what is being done. */
export function say(text) {
  process.stdout.write(`${text}\n`);
}

/** Runs a command to its end with its output shown; ends the script with its exit code when it fails. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit", env: projectEnv, ...options });
  if (error) throw error;
  if (status !== 0) {
    process.stderr.write(`${command} ${args.join(" ")} failed (exit code ${status ?? "none"}).\n`);
    process.exit(status ?? 1);
  }
}

/** Runs a command and gives its exit code, its output hidden; 127 when there is no such command. */
export function quiet(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "ignore", env: projectEnv });
  return error ? 127 : (status ?? 1);
}

/** Installs the packages of the lock file when they are not there or the lock file has changed since. */
export function installPackages() {
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  const stamp = join(root, "node_modules", ".trunkline-lock");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  say("Installing packages ...");
  // Not `npm ci`: it insists on the optional packages of every platform, which a lock file made on one of them may not list.
  run("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"], { env: process.env });
  mkdirSync(join(root, "node_modules"), { recursive: true });
  writeFileSync(stamp, lock);
}

/** Compiles all rooms and prepares the embedded store's first data directory; quick when nothing has changed. */
export function build() {
  say("Building ...");
  run("npm", ["run", "--silent", "build"]);
}

/** Starts a program on the project's own Node and passes signals on; the script ends as the program ends. */
export function become(args, env = projectEnv) {
  const child = spawn(join(bin, "node"), args, { cwd: root, stdio: "inherit", env });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}
