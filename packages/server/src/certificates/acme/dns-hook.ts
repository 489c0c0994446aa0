import { spawn } from "node:child_process";
import { AcmeProblem, printable } from "./acme-problem.ts";

/** A record may have to reach a provider's servers all over the world. */
const WITHIN_MS = 5 * 60_000;
/** As much of what it complains of is read. */
const ERRORS_MAX_BYTES = 4_096;

/** Runs the operator's program once; rejects with an `AcmeProblem` when it does not end well. */
export type HookRun = (action: "add" | "remove", name: string, value: string) => Promise<void>;

/**
 * The operator's program that changes DNS, called as `hook add|remove NAME VALUE`. No shell reads the words. It has a process group of its
 * own, so that whatever it started ends with it when its time is over, and none of our variables: some of them are secrets.
 */
export function dnsHook(program: string, signal: AbortSignal, withinMs = WITHIN_MS): HookRun {
  return async (action, name, value) => {
    const why = signal.aborted ? "not run any more" : await run(program, [action, name, value], signal, withinMs);
    if (why === undefined) return;
    throw new AcmeProblem("hook", `TRUNKLINE_ACME_DNS_HOOK ${action} ${name}: ${why}`, { concerns: "all" });
  };
}

/** Gives why it did not end well. */
function run(
  program: string,
  words: readonly string[],
  signal: AbortSignal,
  withinMs: number,
): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const child = spawn(program, words, { detached: true, env: environment(), stdio: ["ignore", "ignore", "pipe"] });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-ERRORS_MAX_BYTES);
  });
  child.once("error", ({ message }) => resolve(message));
  // Not before the last of the group has closed its end of the pipe.
  child.once("close", (code, by) => resolve(code === 0 ? undefined : `${ending(code, by)} ${lastLine(errors)}`.trim()));
  const end = (why: string): void => {
    resolve(why);
    if (child.pid !== undefined) endGroup(child.pid);
  };
  const timer = setTimeout(() => end(`still running after ${withinMs / 1_000} s, ended`), withinMs);
  const abort = (): void => end("ended, as the platform stops");
  signal.addEventListener("abort", abort);
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
    child.stderr.destroy();
  });
}

/** Called only while somebody of the group holds the pipe, so that the number is still the group's. */
function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has just ended by itself.
  }
}

const ending = (code: number | null, by: NodeJS.Signals | null): string =>
  code === null ? `ended by ${by}` : `exit code ${code}`;

function lastLine(text: string): string {
  return printable(text.trim().split("\n").at(-1) ?? "");
}

function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("TRUNKLINE_")));
}
