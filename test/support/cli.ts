import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

export type Ran = { readonly code: number | null; readonly out: string; readonly error: string };

/** Runs `trunkline` as a stranger would. @param input for its standard input, which is no terminal */
export async function trunkline(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  input = "",
): Promise<Ran> {
  const child = spawn(`${root}/node_modules/.bin/node`, ["packages/server/bin/trunkline.js", ...args], {
    cwd: root,
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  // Who does not read its input may be gone before it is written.
  child.stdin.on("error", () => undefined).end(input);
  const exited = new Promise<number | null>((resolve) => child.on("exit", resolve));
  const [out, error, code] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { code, out, error };
}
